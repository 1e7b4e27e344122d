#include <fmt/format.h>
#include <llvm/BinaryFormat/ELF.h>
#include <llvm/Support/Endian.h>

#include <algorithm>

#include "assembly/jump_tables.h"
#include "assembly/object_code.h"
#include "assembly/object_data.h"

namespace llmc {
namespace {

class ObjectReader {
 public:
  ObjectReader(const ObjectFile& file, const AsmMachine& machine)
      : file_(file), machine_(machine), places_(file) {}

  Result<AsmUnit> read() {
    LLMC_TRY(const auto decoder, ObjectDecoder::create(machine_, file_, places_));
    unit_.target = file_.target;
    for (const ObjectFunction& function : places_.functions())
      code_.push_back(decoder->decode(function));
    add_object_data(file_, places_, code_, unit_);
    for (std::size_t i = 0; i < code_.size(); ++i) add_function(places_.functions()[i], code_[i]);
    if (file_.target == NormalTarget::aarch64) LLMC_CHECK(read_tables());
    for (const ObjectSection& section : file_.sections)
      if (section.name == ".eh_frame") read_frames(section);
    std::set<std::string> weak;
    for (const ObjectSymbol& symbol : file_.symbols)
      if (symbol.section == 0 && symbol.linkage == AsmLinkage::weak) weak.insert(symbol.name);
    collect_undefined(unit_, weak);
    return std::move(unit_);
  }

 private:
  void add_function(const ObjectFunction& extent, DecodedCode& code) {
    const ObjectSymbol& symbol = file_.symbols[extent.symbol];
    const ObjectSection& section = file_.sections[extent.section];
    AsmFunction function{.name = symbol.name,
                         .linkage = symbol.linkage,
                         .visibility = symbol.visibility,
                         .section = section.name,
                         .comdat = section.comdat,
                         .alignment = section.alignment};
    if (extent.begin != 0)
      function.alignment =
          std::min(section.alignment, std::uint64_t{1} << std::countr_zero(extent.begin));
    function.instructions = std::move(code.instructions);
    function.problem = code.problem;
    if (extent.overlaps) function.problem = "the next function begins before this one ends";
    for (const std::size_t other : extent.other_names) {
      unit_.aliases[file_.symbols[other].name] = symbol.name;
      unit_.alias_linkage[file_.symbols[other].name] = file_.symbols[other].linkage;
    }
    unit_.functions.push_back(std::move(function));
    set_labels(unit_.functions.size() - 1);
  }

  /// Gives a function the labels that lie in it.
  void set_labels(std::size_t number) {
    const ObjectFunction& extent = places_.functions()[number];
    const DecodedCode& code = code_[number];
    AsmFunction& function = unit_.functions[number];
    function.labels.clear();
    const auto& labels = places_.labels(extent.section);
    for (auto label = labels.lower_bound(extent.begin);
         label != labels.end() && label->first <= extent.end; ++label) {
      const auto [offset, name] = *label;
      if (offset == extent.end && places_.function_at(extent.section, offset) != nullptr) continue;
      const auto found = std::ranges::lower_bound(code.offsets, offset);
      const bool is_place = found == code.offsets.end() ? offset == extent.end : *found == offset;
      if (is_place)
        function.labels.push_back({name, static_cast<std::size_t>(found - code.offsets.begin())});
      else if (function.problem.empty())
        function.problem = fmt::format(
            "offset {:#x}: something refers to the middle of an "
            "instruction",
            offset);
    }
  }

  /// AArch64's tables are distances between labels, of which the assembler leaves only numbers.
  Result<void> read_tables() {
    LLMC_TRY(const InstructionFacts facts, InstructionFacts::create(file_.target));
    for (std::size_t i = 0; i < unit_.functions.size(); ++i) {
      const auto is_indirect = [](const AsmInstruction& instruction) {
        return instruction.name == "BR";
      };
      if (std::ranges::none_of(unit_.functions[i].instructions, is_indirect)) continue;
      // What one table leads to may be the way to the next.
      bool more = true;
      while (more) {
        more = false;
        for (const LocatedTable& table : located_tables(unit_, unit_.functions[i], facts))
          more = read_table(i, table) || more;
        if (more) set_labels(i);
      }
    }
    return {};
  }

  /// Turns the numbers of a table into references; false if that is done or cannot be.
  bool read_table(std::size_t number, const LocatedTable& table) {
    const auto found = std::ranges::find(unit_.data, table.table.datum, &AsmDatum::name);
    const ObjectFunction& extent = places_.functions()[number];
    const std::optional<std::uint64_t> from = offset_of(extent, table.from);
    if (found == unit_.data.end() || !found->references.empty() || !from) return false;
    AsmDatum& datum = *found;
    std::size_t count = datum.bytes.size() / table.size;
    if (table.checked) count = std::min(count, *table.checked);
    std::vector<AsmReference> references;
    for (std::size_t i = 0; i < count; ++i) {
      const std::uint64_t offset = i * table.size;
      const std::int64_t entry = entry_at(datum.bytes, offset, table);
      const std::uint64_t target = *from + (static_cast<std::uint64_t>(entry) << table.shift);
      if (!std::ranges::binary_search(code_[number].offsets, target)) return false;
      references.push_back({.offset = offset,
                            .size = table.size,
                            .symbol = places_.label(extent.section, target),
                            .minus = table.from,
                            .shift = table.shift});
    }
    if (references.empty()) return false;
    const std::size_t used = count * table.size;
    if (datum.bytes.find_first_not_of('\0', used) == std::string::npos)
      datum.padding = datum.bytes.size() - used;
    std::fill_n(datum.bytes.begin(), used, '\0');
    datum.references = std::move(references);
    return true;
  }

  [[nodiscard]] std::optional<std::uint64_t> offset_of(const ObjectFunction& extent,
                                                       const std::string& label) const {
    for (const auto& [offset, name] : places_.labels(extent.section))
      if (name == label) return offset;
    return std::nullopt;
  }

  static std::int64_t entry_at(std::string_view bytes, std::uint64_t offset,
                               const LocatedTable& table) {
    std::uint64_t entry = 0;
    for (unsigned i = 0; i < table.size; ++i)
      entry |= std::uint64_t{static_cast<unsigned char>(bytes[offset + i])} << (8 * i);
    const unsigned unused = 64 - 8 * table.size;
    if (!table.is_signed) return static_cast<std::int64_t>(entry);
    return static_cast<std::int64_t>(entry << unused) >> unused;
  }

  /// Goes through the records of .eh_frame: a CIE may name the routine for exceptions, an FDE names
  /// its function, both by relocations.
  void read_frames(const ObjectSection& section) {
    std::map<std::uint64_t, std::string> personalities;  // by the offset of the CIE
    for (std::uint64_t offset = 0; offset + 8 <= section.bytes.size();) {
      const char* record = section.bytes.data() + offset;
      const std::uint64_t length = llvm::support::endian::read32le(record);
      const std::uint64_t back = llvm::support::endian::read32le(record + 4);
      if (length < 4 || offset + 4 + length > section.bytes.size()) return;
      const ObjectRelocation* first = relocation_in(section, offset, offset + 4 + length);
      if (back == 0)
        personalities[offset] = first == nullptr
                                    ? std::string()
                                    : personality_name(places_.target(first->symbol, 0).symbol);
      else if (first != nullptr)
        add_frame(*first, personalities[offset + 4 - std::min(back, offset + 4)]);
      offset += 4 + length;
    }
  }

  static const ObjectRelocation* relocation_in(const ObjectSection& section, std::uint64_t begin,
                                               std::uint64_t end) {
    const auto found =
        std::ranges::lower_bound(section.relocations, begin, {}, &ObjectRelocation::offset);
    return found != section.relocations.end() && found->offset < end ? &*found : nullptr;
  }

  void add_frame(const ObjectRelocation& relocation, const std::string& personality) {
    const ObjectSymbol& symbol = file_.symbols[relocation.symbol];
    const ObjectFunction* function = places_.function_at(
        symbol.section, symbol.value + static_cast<std::uint64_t>(relocation.addend));
    if (function == nullptr) return;
    const auto number = static_cast<std::size_t>(function - places_.functions().data());
    unit_.functions[number].unwinds = true;
    unit_.functions[number].personality = personality;
  }

  const ObjectFile& file_;
  const AsmMachine& machine_;
  ObjectPlaces places_;
  std::vector<DecodedCode> code_;
  AsmUnit unit_;
};

}  // namespace

Result<AsmUnit> read_object(std::string_view bytes, const std::string& name) {
  LLMC_TRY(const ObjectFile file, load_object(bytes, name));
  LLMC_TRY(const AsmMachine machine, AsmMachine::create(file.target));
  auto unit = ObjectReader(file, machine).read();
  if (!unit) return std::unexpected(unit.error().with_context(name));
  return unit;
}

}  // namespace llmc
