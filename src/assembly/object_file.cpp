#include "assembly/object_file.h"

#include <fmt/format.h>
#include <llvm/BinaryFormat/ELF.h>
#include <llvm/Object/ELF.h>
#include <llvm/Support/Error.h>

#include <algorithm>

#include "assembly/machine.h"

namespace llmc {
namespace {

using ElfFile = llvm::object::ELFFile<llvm::object::ELF64LE>;
using Header = llvm::object::ELF64LE::Shdr;

/// As much data as sections without bytes may have.
constexpr std::uint64_t k_most_zeros = std::uint64_t{1} << 28;

/// Takes the value of an llvm::Expected, or turns its error into one of ours.
template <typename T>
Result<T> value_of(llvm::Expected<T> value, std::string_view what) {
  if (value) return std::move(*value);
  return fail(fmt::format("{} cannot be read ({}); a complete relocatable object was expected",
                          what, llvm::toString(value.takeError())));
}

class ObjectLoader {
 public:
  explicit ObjectLoader(ElfFile file) : file_(std::move(file)) {}

  Result<ObjectFile> load() {
    LLMC_CHECK(check_kind());
    LLMC_TRY(const auto sections, value_of(file_.sections(), "the table of sections"));
    headers_ = sections;
    for (const Header& header : sections) LLMC_CHECK(load_section(header));
    for (const Header& header : sections) LLMC_CHECK(load_symbols(header));
    for (const Header& header : sections) {
      LLMC_CHECK(load_relocations(header));
      LLMC_CHECK(load_group(header));
    }
    for (ObjectSection& section : object_.sections)
      std::ranges::stable_sort(section.relocations, {}, &ObjectRelocation::offset);
    return std::move(object_);
  }

 private:
  Result<void> check_kind() {
    const auto& header = file_.getHeader();
    if (header.e_type != llvm::ELF::ET_REL)
      return fail(
          "this is an ELF file, but no relocatable object; pass what the compiler's -c "
          "writes");
    if (header.e_machine == llvm::ELF::EM_X86_64)
      object_.target = NormalTarget::x86_64;
    else if (header.e_machine == llvm::ELF::EM_AARCH64)
      object_.target = NormalTarget::aarch64;
    else
      return fail(
          fmt::format("this object is for another machine (number {}); x86-64 or AArch64 "
                      "was expected",
                      unsigned{header.e_machine}));
    return {};
  }

  Result<void> load_section(const Header& header) {
    LLMC_TRY(const auto name, value_of(file_.getSectionName(header), "the name of a section"));
    ObjectSection section{.name = name.str(),
                          .type = header.sh_type,
                          .flags = header.sh_flags,
                          .entry_size = header.sh_entsize,
                          .alignment = std::max<std::uint64_t>(header.sh_addralign, 1),
                          .size = header.sh_size};
    section.skipped = is_skipped_section(section.name, section.flags);
    if (header.sh_type == llvm::ELF::SHT_NOBITS) {
      zeros_ += std::min(section.size, k_most_zeros + 1);
      if (zeros_ > k_most_zeros) return fail("the object has more than 256 MiB of zero data");
    } else if (header.sh_type != llvm::ELF::SHT_NULL) {
      LLMC_TRY(const auto content,
               value_of(file_.getSectionContents(header), "the section " + section.name));
      section.bytes = {reinterpret_cast<const char*>(content.data()), content.size()};
    }
    if ((section.flags & llvm::ELF::SHF_COMPRESSED) != 0) section.skipped = true;
    object_.sections.push_back(std::move(section));
    return {};
  }

  Result<void> load_symbols(const Header& header) {
    if (header.sh_type != llvm::ELF::SHT_SYMTAB) return {};
    LLMC_TRY(const auto symbols, value_of(file_.symbols(&header), "the table of symbols"));
    LLMC_TRY(const auto names,
             value_of(file_.getStringTableForSymtab(header), "the names of symbols"));
    llvm::ArrayRef<llvm::object::ELF64LE::Word> more_sections;
    for (const Header& other : headers_) {
      if (other.sh_type != llvm::ELF::SHT_SYMTAB_SHNDX) continue;
      LLMC_TRY(more_sections, value_of(file_.getSHNDXTable(other), "the table of large numbers"));
    }
    for (const auto& symbol : symbols) {
      LLMC_TRY(const auto name, value_of(symbol.getName(names), "the name of a symbol"));
      LLMC_TRY(const auto section, value_of(file_.getSectionIndex(symbol, symbols, more_sections),
                                            "the section of a symbol"));
      ObjectSymbol read{.name = name.str(),
                        .type = symbol.getType(),
                        .section = section < object_.sections.size() ? section : 0,
                        .common = symbol.st_shndx == llvm::ELF::SHN_COMMON,
                        .value = symbol.st_value,
                        .size = symbol.st_size};
      if (symbol.getBinding() == llvm::ELF::STB_WEAK)
        read.linkage = AsmLinkage::weak;
      else if (symbol.getBinding() != llvm::ELF::STB_LOCAL)
        read.linkage = AsmLinkage::global;
      if (symbol.getVisibility() == llvm::ELF::STV_PROTECTED)
        read.visibility = AsmVisibility::protected_;
      else if (symbol.getVisibility() != llvm::ELF::STV_DEFAULT)
        read.visibility = AsmVisibility::hidden;
      if (read.section != 0 && read.value > object_.sections[read.section].size)
        return fail(fmt::format("the symbol '{}' lies outside of its section", read.name));
      object_.symbols.push_back(std::move(read));
    }
    return {};
  }

  Result<void> load_relocations(const Header& header) {
    if (header.sh_type == llvm::ELF::SHT_REL)
      return fail("this object's relocations have no addends (SHT_REL), which neither target has");
    if (header.sh_type != llvm::ELF::SHT_RELA) return {};
    if (header.sh_info == 0 || header.sh_info >= object_.sections.size())
      return fail("there are relocations for a section that does not exist");
    ObjectSection& section = object_.sections[header.sh_info];
    LLMC_TRY(const auto relocations,
             value_of(file_.relas(header), "the relocations of " + section.name));
    for (const auto& relocation : relocations) {
      const std::size_t symbol = relocation.getSymbol(/*isMips64EL=*/false);
      if (symbol >= object_.symbols.size() || relocation.r_offset >= section.size)
        return fail(fmt::format("a relocation of {} is out of bounds", section.name));
      section.relocations.push_back(
          {relocation.r_offset, relocation.getType(false), symbol, relocation.r_addend});
    }
    return {};
  }

  Result<void> load_group(const Header& header) {
    if (header.sh_type != llvm::ELF::SHT_GROUP) return {};
    LLMC_TRY(const auto words,
             value_of(file_.getSectionContentsAsArray<llvm::object::ELF64LE::Word>(header),
                      "a group of sections"));
    if (words.empty() || header.sh_info >= object_.symbols.size())
      return fail("a group of sections has no name");
    const ObjectSymbol& signature = object_.symbols[header.sh_info];
    const std::string& name =
        signature.name.empty() ? object_.sections[signature.section].name : signature.name;
    for (const auto member : words.drop_front())
      if (member < object_.sections.size()) object_.sections[member].comdat = name;
    return {};
  }

  ElfFile file_;
  llvm::ArrayRef<Header> headers_;
  ObjectFile object_;
  std::uint64_t zeros_ = 0;
};

}  // namespace

Result<ObjectFile> load_object(std::string_view bytes, const std::string& name) {
  constexpr std::size_t k_identification = 16;
  if (bytes.size() < k_identification || !bytes.starts_with("\177ELF"))
    return fail(name + ": this is no ELF file; a relocatable object was expected");
  if (bytes[llvm::ELF::EI_CLASS] != llvm::ELF::ELFCLASS64 ||
      bytes[llvm::ELF::EI_DATA] != llvm::ELF::ELFDATA2LSB)
    return fail(name +
                ": this object is not of 64 bits with the low byte first; one for x86-64 or "
                "AArch64 was expected");
  auto file = value_of(ElfFile::create(llvm::StringRef(bytes.data(), bytes.size())), "the header");
  if (!file) return std::unexpected(file.error().with_context(name));
  auto object = ObjectLoader(std::move(*file)).load();
  if (!object) return std::unexpected(object.error().with_context(name));
  return object;
}

}  // namespace llmc
