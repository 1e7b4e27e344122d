#include "toolchain/measurement.h"

#include <fmt/format.h>
#include <llvm/BinaryFormat/Magic.h>
#include <llvm/Object/ObjectFile.h>
#include <llvm/Object/SymbolSize.h>
#include <llvm/Support/MemoryBuffer.h>

#include <algorithm>
#include <memory>

namespace llmc {
namespace {

using ObjectFile = std::unique_ptr<llvm::object::ObjectFile>;

Result<ObjectFile> read_object(std::string_view object, const std::string& name) {
  const llvm::MemoryBufferRef buffer(llvm::StringRef(object.data(), object.size()), name);
  auto file = llvm::object::ObjectFile::createObjectFile(buffer);
  if (!file)
    return fail(
        fmt::format("{}: {}; expected an object file", name, llvm::toString(file.takeError())));
  return std::move(*file);
}

/// What LLVM says about a symbol or a section; empty where it cannot.
template <typename T>
T value_or_nothing(llvm::Expected<T> value) {
  if (value) return *value;
  llvm::consumeError(value.takeError());
  return T{};
}

}  // namespace

Result<Measurement> measure_object(std::string_view object, const std::string& name) {
  LLMC_TRY(const ObjectFile file, read_object(object, name));
  Measurement sizes;
  for (const llvm::object::SectionRef& section : file->sections()) {
    const std::uint64_t bytes = section.getSize();
    if (section.isBerkeleyText()) {
      if (value_or_nothing(section.getName()) == ".eh_frame")
        sizes.eh_frame += bytes;
      else if (section.isText())
        sizes.text += bytes;
      else
        sizes.rodata += bytes;
    } else if (section.isBerkeleyData()) {
      sizes.data += bytes;
    } else if (section.isBSS()) {
      sizes.bss += bytes;
    }
  }
  return sizes;
}

Result<std::vector<SymbolSize>> symbol_sizes(std::string_view object, const std::string& name) {
  LLMC_TRY(const ObjectFile file, read_object(object, name));
  std::vector<SymbolSize> symbols;
  for (const auto& [symbol, bytes] : llvm::object::computeSymbolSizes(*file)) {
    const auto type = value_or_nothing(symbol.getType());
    if (bytes == 0 ||
        (type != llvm::object::SymbolRef::ST_Function && type != llvm::object::SymbolRef::ST_Data))
      continue;
    auto section = symbol.getSection();
    if (!section) llvm::consumeError(section.takeError());
    const bool placed = section && *section != file->section_end();
    symbols.push_back({value_or_nothing(symbol.getName()).str(),
                       placed ? value_or_nothing((*section)->getName()).str() : "", bytes});
  }
  std::ranges::stable_sort(
      symbols, [](const SymbolSize& a, const SymbolSize& b) { return a.bytes > b.bytes; });
  return symbols;
}

bool is_object(std::string_view bytes) {
  switch (llvm::identify_magic(llvm::StringRef(bytes.data(), bytes.size()))) {
    case llvm::file_magic::elf_relocatable:
    case llvm::file_magic::elf_executable:
    case llvm::file_magic::elf_shared_object:
    case llvm::file_magic::macho_object:
    case llvm::file_magic::coff_object:
      return true;
    default:
      return false;
  }
}

}  // namespace llmc
