#include "assembly/object_data.h"

#include <fmt/format.h>
#include <llvm/BinaryFormat/ELF.h>

#include <algorithm>
#include <bit>
#include <optional>

namespace llmc {
namespace {

using namespace llvm::ELF;

/// How a relocation of data reads.
struct DataForm {
  unsigned size = 8;
  bool relative = false;
};

std::optional<DataForm> data_form(NormalTarget target, unsigned type) {
  if (target == NormalTarget::x86_64) {
    switch (type) {
      case R_X86_64_64:
        return DataForm{8};
      case R_X86_64_32:
      case R_X86_64_32S:
        return DataForm{4};
      case R_X86_64_16:
        return DataForm{2};
      case R_X86_64_PC32:
      case R_X86_64_PLT32:
        return DataForm{4, true};
      case R_X86_64_PC64:
        return DataForm{8, true};
      default:
        return std::nullopt;
    }
  }
  switch (type) {
    case R_AARCH64_ABS64:
      return DataForm{8};
    case R_AARCH64_ABS32:
      return DataForm{4};
    case R_AARCH64_ABS16:
      return DataForm{2};
    case R_AARCH64_PREL64:
      return DataForm{8, true};
    case R_AARCH64_PREL32:
    case R_AARCH64_PLT32:
      return DataForm{4, true};
    case R_AARCH64_PREL16:
      return DataForm{2, true};
    default:
      return std::nullopt;
  }
}

/// Writes the data of one section.
class SectionCutter {
 public:
  SectionCutter(const ObjectFile& file, ObjectPlaces& places, const std::vector<DecodedCode>& code,
                std::size_t section, AsmUnit& unit)
      : file_(file),
        places_(places),
        code_(code),
        number_(section),
        section_(file.sections[section]),
        unit_(unit) {}

  /// Names what the addresses in this section are of.
  void name_addresses() {
    for (const ObjectRelocation& relocation : section_.relocations) {
      const auto form = data_form(file_.target, relocation.type);
      if (form && !form->relative) places_.target(relocation.symbol, relocation.addend);
    }
  }

  /// Names what the differences in this section are of; all addresses must have names.
  void name_differences() {
    std::vector<ObjectRelocation> group;
    std::uint64_t begin = 0;
    const auto finish = [&] {
      if (!group.empty()) add_group(group, begin);
      group.clear();
    };
    for (const ObjectRelocation& relocation : section_.relocations) {
      const auto form = data_form(file_.target, relocation.type);
      if (!form || !form->relative) continue;
      const std::uint64_t here = datum_begin(relocation.offset);
      if (here != begin) finish();
      begin = here;
      group.push_back(relocation);
    }
    finish();
  }

  void write() {
    std::set<std::uint64_t> all = places_.cuts(number_);
    if (section_.size != 0) all.insert(0);
    cut_entries(all);
    const std::vector<std::uint64_t> begins(all.begin(), all.end());
    for (std::size_t i = 0; i < begins.size(); ++i) {
      const std::uint64_t end = i + 1 < begins.size() ? begins[i + 1] : section_.size;
      write_datum(begins[i], end);
    }
  }

 private:
  /// Where the entries of a mergeable section begin, so that none is taken for a part of another.
  void cut_entries(std::set<std::uint64_t>& begins) const {
    const std::uint64_t size = section_.entry_size;
    if ((section_.flags & SHF_MERGE) == 0 || size == 0 || section_.bytes.empty()) return;
    const bool strings = (section_.flags & SHF_STRINGS) != 0;
    for (std::uint64_t end = size; end < section_.size; end += size) {
      const std::string_view entry = section_.bytes.substr(end - size, size);
      if (!strings || entry.find_first_not_of('\0') == std::string_view::npos) begins.insert(end);
    }
  }

  [[nodiscard]] std::uint64_t datum_begin(std::uint64_t offset) const {
    const auto& cuts = places_.cuts(number_);
    const auto after = cuts.upper_bound(offset);
    return after == cuts.begin() ? 0 : *std::prev(after);
  }

  /// Whether something begins exactly where `relocation` points to.
  [[nodiscard]] bool is_beginning(const ObjectRelocation& relocation, std::int64_t addend) const {
    const ObjectSymbol& symbol = file_.symbols[relocation.symbol];
    if (symbol.section == 0 || (symbol.type != STT_SECTION && !symbol.name.empty()))
      return addend == 0;
    const std::int64_t place = static_cast<std::int64_t>(symbol.value) + addend;
    if (place < 0) return false;
    const auto offset = static_cast<std::uint64_t>(place);
    const ObjectFunction* function = places_.function_at(symbol.section, offset);
    if (function == nullptr) return places_.cuts(symbol.section).contains(offset);
    const auto number = static_cast<std::size_t>(function - places_.functions().data());
    return std::ranges::binary_search(code_[number].offsets, offset);
  }

  /// The assembler turns both `x - table` and `x - .` into a relocation relative to the place. A
  /// group of them in one datum is a table where that makes each entry point to a beginning.
  void add_group(const std::vector<ObjectRelocation>& group, std::uint64_t begin) {
    const auto from_table = [&](const ObjectRelocation& relocation) {
      return relocation.addend - static_cast<std::int64_t>(relocation.offset - begin);
    };
    const bool table = std::ranges::all_of(group, [&](const ObjectRelocation& relocation) {
      return is_beginning(relocation, from_table(relocation));
    });
    for (const ObjectRelocation& relocation : group) {
      const std::int64_t addend = table ? from_table(relocation) : relocation.addend;
      ObjectPlace place = places_.target(relocation.symbol, addend);
      AsmReference reference{.symbol = std::move(place.symbol), .addend = place.addend};
      if (table)
        reference.minus = places_.name(number_, static_cast<std::int64_t>(begin)).symbol;
      else
        reference.relative = true;
      differences_.emplace(relocation.offset, std::move(reference));
    }
  }

  [[nodiscard]] std::uint64_t known_end(std::uint64_t begin, std::uint64_t end) const {
    std::uint64_t size = 0;
    for (const std::size_t symbol : places_.symbols_at(number_, begin))
      size = std::max(size, file_.symbols[symbol].size);
    if (size == 0 || begin + size >= end) return end;
    if (section_.bytes.empty()) return begin + size;
    const std::string_view rest = section_.bytes.substr(begin + size, end - begin - size);
    return rest.find_first_not_of('\0') == std::string_view::npos ? begin + size : end;
  }

  /// How many of the bytes before `end` may be there only to align what follows. Only of tables of
  /// references this can be told from their content.
  [[nodiscard]] static std::uint64_t padding_of(const AsmDatum& datum) {
    std::uint64_t end = 0;
    for (const AsmReference& reference : datum.references) {
      if (reference.offset != end) return 0;
      end += reference.size;
    }
    const bool zeros = datum.bytes.find_first_not_of('\0', end) == std::string::npos;
    return end != 0 && zeros ? datum.bytes.size() - end : 0;
  }

  void write_datum(std::uint64_t begin, std::uint64_t next) {
    const std::uint64_t end = known_end(begin, next);
    AsmDatum datum{.kind = section_kind(section_.name, section_.type, section_.flags),
                   .section = section_.name,
                   .comdat = section_.comdat,
                   .entry_size = static_cast<unsigned>(section_.entry_size),
                   .strings = (section_.flags & SHF_STRINGS) != 0};
    datum.alignment =
        begin == 0 ? section_.alignment
                   : std::min(section_.alignment, std::uint64_t{1} << std::countr_zero(begin));
    const auto symbols = places_.symbols_at(number_, begin);
    if (!symbols.empty()) {
      const ObjectSymbol& first = file_.symbols[symbols.front()];
      datum.name = first.name;
      datum.linkage = first.linkage;
      datum.visibility = first.visibility;
      for (std::size_t i = 1; i < symbols.size(); ++i) add_name(datum, file_.symbols[symbols[i]]);
    } else if (places_.cuts(number_).contains(begin)) {
      datum.name = places_.made_up(number_, begin);
    }
    datum.bytes = section_.bytes.empty() ? std::string(end - begin, '\0')
                                         : std::string(section_.bytes.substr(begin, end - begin));
    add_references(datum, begin, end);
    if (symbols.empty()) datum.padding = padding_of(datum);
    unit_.data.push_back(std::move(datum));
  }

  void add_name(AsmDatum& datum, const ObjectSymbol& symbol) {
    datum.other_names.push_back(symbol.name);
    if (symbol.linkage == datum.linkage) return;
    datum.inner_names.push_back({symbol.name, 0, symbol.linkage, symbol.visibility});
  }

  void add_references(AsmDatum& datum, std::uint64_t begin, std::uint64_t end) {
    auto relocation =
        std::ranges::lower_bound(section_.relocations, begin, {}, &ObjectRelocation::offset);
    for (; relocation != section_.relocations.end() && relocation->offset < end; ++relocation) {
      const auto form = data_form(file_.target, relocation->type);
      const std::uint64_t offset = relocation->offset - begin;
      if (!form || offset + form->size > datum.bytes.size()) {
        if (relocation->type != R_X86_64_NONE)
          datum.problem = fmt::format(
              "the relocation number {} at offset {:#x} of {} is not "
              "understood",
              relocation->type, relocation->offset, section_.name);
        continue;
      }
      AsmReference reference;
      if (const auto known = differences_.find(relocation->offset); known != differences_.end()) {
        reference = known->second;
      } else {
        ObjectPlace place = places_.target(relocation->symbol, relocation->addend);
        reference.symbol = std::move(place.symbol);
        reference.addend = place.addend;
      }
      reference.offset = offset;
      reference.size = form->size;
      std::fill_n(datum.bytes.begin() + static_cast<long>(offset), form->size, '\0');
      datum.references.push_back(std::move(reference));
    }
  }

  const ObjectFile& file_;
  ObjectPlaces& places_;
  const std::vector<DecodedCode>& code_;
  std::size_t number_;
  const ObjectSection& section_;
  AsmUnit& unit_;
  std::map<std::uint64_t, AsmReference> differences_;  ///< by their offset in the section
};

bool has_data(const ObjectSection& section) {
  if (section.skipped || (section.flags & SHF_EXECINSTR) != 0) return false;
  return section.type != SHT_NULL && section.type != SHT_RELA && section.type != SHT_SYMTAB &&
         section.type != SHT_STRTAB && section.type != SHT_GROUP;
}

}  // namespace

void add_object_data(const ObjectFile& file, ObjectPlaces& places,
                     const std::vector<DecodedCode>& code, AsmUnit& unit) {
  std::vector<SectionCutter> cutters;
  for (std::size_t i = 1; i < file.sections.size(); ++i)
    if (has_data(file.sections[i])) cutters.emplace_back(file, places, code, i, unit);
  for (SectionCutter& cutter : cutters) cutter.name_addresses();
  for (SectionCutter& cutter : cutters) cutter.name_differences();
  for (SectionCutter& cutter : cutters) cutter.write();
  for (const ObjectSymbol& symbol : file.symbols) {
    if (!symbol.common) continue;
    if (symbol.size > (std::uint64_t{1} << 28)) {
      unit.problems.push_back(fmt::format("'{}' has more than 256 MiB", symbol.name));
      continue;
    }
    unit.data.push_back({.name = symbol.name,
                         .linkage = symbol.linkage,
                         .visibility = symbol.visibility,
                         .kind = AsmSectionKind::zero,
                         .section = "COMMON",
                         .alignment = std::max<std::uint64_t>(symbol.value, 1),
                         .bytes = std::string(symbol.size, '\0')});
  }
}

}  // namespace llmc
