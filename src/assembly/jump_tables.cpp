// Compilers read jump tables in a few ways only. x86-64, of numbers relative to the table:
//
//     leaq .LJTI0_0(%rip), %rX          # base
//     movslq (%rX,%rI,4), %rY           # load
//     addq %rX, %rY
//     jmpq *%rY
//
// of addresses: `jmpq *.LJTI0_0(,%rI,8)`, or a movq from there and `jmpq *%rY`. AArch64, of
// distances from a label, shifted:
//
//     adrp xT, .LJTI0_0 ; add xT, xT, :lo12:.LJTI0_0
//     adr xB, .LBB0_2
//     ldrb wY, [xT, xI]                 # load
//     add xB, xB, xY, lsl #2
//     br xB
//
// Other instructions may stand between, so each register is followed back to where it was written.
// The base may have been computed before a loop: all ways back must lead to the same value then.
#include "assembly/jump_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace llmc {
namespace {

/// Where the operands of an x86 address are, counted from its first.
constexpr std::size_t k_base = 0, k_scale = 1, k_index = 2, k_displacement = 3, k_segment = 4;
constexpr std::size_t k_address = 5;

/// How many instructions are looked at for one register.
constexpr std::size_t k_longest_way = 100'000;

/// An address of an x86 instruction.
struct X86Address {
  std::string_view base, index;
  std::int64_t scale = 1;
  std::string symbol;  ///< empty: none
};

class TableFinder {
 public:
  TableFinder(const AsmUnit& unit, const AsmFunction& function, const LabelPlaces& labels,
              const RoughFlow& flow, const InstructionFacts& facts)
      : unit_(unit), function_(function), labels_(labels), flow_(flow), facts_(facts) {}

  Result<std::optional<LocatedTable>> locate(std::size_t jump) {
    return unit_.target == NormalTarget::x86_64 ? locate_x86(jump) : locate_aarch64(jump);
  }

  Result<std::optional<FoundTable>> find(std::size_t jump) {
    LLMC_TRY(auto located, locate(jump));
    if (!located) return std::nullopt;
    return with_targets(jump, std::move(*located));
  }

 private:
  [[nodiscard]] const AsmInstruction& at(std::size_t number) const {
    return function_.instructions[number];
  }

  [[nodiscard]] std::unexpected<Error> refuse(std::size_t jump, std::string_view why) const {
    return fail(fmt::format("line {}: the table of '{}' is not understood: {}", at(jump).line,
                            at(jump).text, why));
  }

  /// The instructions that may have written what `reg` holds just before `place`; empty if it may
  /// be from before the function, or if there are too many to look at.
  [[nodiscard]] std::set<std::size_t> writers(std::size_t place, std::string_view reg) const {
    std::set<std::size_t> found;
    std::set<std::size_t> seen;
    std::vector<std::size_t> open = {place};
    while (!open.empty()) {
      const std::size_t here = open.back();
      open.pop_back();
      if (!seen.insert(here).second) continue;
      if (seen.size() > k_longest_way || here == 0) return {};
      std::vector<std::size_t> before = flow_.from[here];
      if (flow_.falls[here - 1]) before.push_back(here - 1);
      for (const std::size_t earlier : before) {
        if (facts_.writes(at(earlier), reg))
          found.insert(earlier);
        else
          open.push_back(earlier);
      }
    }
    return found;
  }

  /// The one instruction that has written `reg`, copies followed to their origin.
  [[nodiscard]] std::optional<std::size_t> writer(std::size_t place, std::string_view reg) const {
    for (int copies = 0; copies < 8; ++copies) {
      const auto found = writers(place, reg);
      if (found.size() != 1) return std::nullopt;
      const AsmInstruction& instruction = at(*found.begin());
      if (instruction.operands.empty() || instruction.operands[0].reg != reg) return std::nullopt;
      if (instruction.name != "MOV64rr") return *found.begin();
      reg = instruction.operands[1].reg;
      place = *found.begin();
    }
    return std::nullopt;
  }

  [[nodiscard]] std::string meaning(const std::string& symbol) const {
    const auto alias = unit_.aliases.find(symbol);
    return alias == unit_.aliases.end() ? symbol : alias->second;
  }

  /// The address at operand `first`; none if it has a segment or a displacement of another kind.
  static std::optional<X86Address> address_of(const AsmInstruction& instruction,
                                              std::size_t first) {
    if (instruction.operands.size() < first + k_address) return std::nullopt;
    const auto* operands = &instruction.operands[first];
    if (!operands[k_segment].reg.empty()) return std::nullopt;
    X86Address address{operands[k_base].reg, operands[k_index].reg, operands[k_scale].value, {}};
    const AsmOperand& displacement = operands[k_displacement];
    if (displacement.value != 0 || displacement.kind == AsmOperand::Kind::other)
      return std::nullopt;
    if (displacement.kind == AsmOperand::Kind::symbol) {
      if (!displacement.modifier.empty()) return std::nullopt;
      address.symbol = displacement.symbol;
    }
    return address;
  }

  /// The datum whose address `instruction` computes; empty if it does something else.
  [[nodiscard]] std::string x86_address_taken(const AsmInstruction& instruction) const {
    if (instruction.name == "LEA64r") {
      const auto address = address_of(instruction, 1);
      if (address && address->base == "RIP" && address->index.empty()) return address->symbol;
    }
    if (instruction.name == "MOV32ri" || instruction.name == "MOV64ri32" ||
        instruction.name == "MOV64ri") {
      const AsmOperand& operand = instruction.operands[1];
      if (operand.kind == AsmOperand::Kind::symbol && operand.value == 0) return operand.symbol;
    }
    return {};
  }

  /// The datum whose address `reg` holds just before `place`; empty if it is not known. Several
  /// writers may agree.
  [[nodiscard]] std::string base_datum(std::size_t place, std::string_view reg) const {
    std::string datum;
    for (const std::size_t number : writers(place, reg)) {
      const std::string taken = unit_.target == NormalTarget::x86_64
                                    ? x86_address_taken(at(number))
                                    : aarch64_address_taken(number);
      if (taken.empty() || (!datum.empty() && datum != taken)) return {};
      datum = taken;
    }
    return datum;
  }

  /// The table that an x86 load or jump through memory reads; none if its address is of another
  /// form.
  [[nodiscard]] std::optional<JumpTable> x86_table(std::size_t load, std::size_t first_operand,
                                                   std::int64_t scale) const {
    const auto address = address_of(at(load), first_operand);
    if (!address || address->index.empty() || address->scale != scale) return std::nullopt;
    std::string datum = address->symbol;
    if (address->base.empty() == datum.empty()) return std::nullopt;
    if (datum.empty()) datum = base_datum(load, address->base);
    if (unit_.datum(meaning(datum)) == nullptr) return std::nullopt;
    return JumpTable{load, address->index, meaning(datum)};
  }

  Result<std::optional<LocatedTable>> locate_x86(std::size_t jump) {
    const AsmInstruction& instruction = at(jump);
    if (instruction.name.starts_with("JMP64m")) {
      const auto table = x86_table(jump, 0, 8);
      if (!table) return std::nullopt;
      return LocatedTable{*table, 8, {}};
    }
    if (!instruction.name.starts_with("JMP64r")) return std::nullopt;
    const auto sum = writer(jump, instruction.operands[0].reg);
    if (!sum) return std::nullopt;
    if (at(*sum).name == "MOV64rm") {
      const auto table = x86_table(*sum, 1, 8);
      if (!table) return std::nullopt;
      return LocatedTable{*table, 8, {}};
    }
    if (at(*sum).name != "ADD64rr") return std::nullopt;
    for (const auto& [distance, base] : {std::pair{1, 2}, std::pair{2, 1}}) {
      const auto load = writer(*sum, at(*sum).operands[static_cast<std::size_t>(distance)].reg);
      if (!load || at(*load).name != "MOVSX64rm32") continue;
      const auto table = x86_table(*load, 1, 4);
      const std::string from =
          base_datum(*sum, at(*sum).operands[static_cast<std::size_t>(base)].reg);
      if (!table || meaning(from) != table->datum)
        return refuse(jump, "it is not known which table is read");
      return LocatedTable{*table, 4, table->datum};
    }
    return std::nullopt;
  }

  /// As x86_address_taken, for `adrp` with `add`, or `adr`.
  [[nodiscard]] std::string aarch64_address_taken(std::size_t number) const {
    const AsmInstruction& instruction = at(number);
    const auto symbol = [](const AsmOperand& operand, std::string_view modifier) {
      return operand.kind == AsmOperand::Kind::symbol && operand.value == 0 &&
                     operand.modifier == modifier
                 ? operand.symbol
                 : std::string();
    };
    if (instruction.name == "ADR") return symbol(instruction.operands[1], "");
    if (instruction.name != "ADDXri") return {};
    const std::string low = symbol(instruction.operands[2], "lo12");
    const auto page = writer(number, instruction.operands[1].reg);
    if (!page || at(*page).name != "ADRP") return {};
    return symbol(at(*page).operands[1], "") == low ? low : std::string();
  }

  /// The bytes of an entry that a load of AArch64 reads; 0 if it is none of a table.
  static unsigned aarch64_entry(const AsmInstruction& load) {
    if (load.operands.size() < 5) return 0;
    const bool scaled = load.operands[4].value != 0;
    if (load.name == "LDRBBroX" || load.name == "LDRBBroW") return 1;
    if (load.name == "LDRHHroX" || load.name == "LDRHHroW") return scaled ? 2 : 0;
    if (load.name == "LDRSWroX" || load.name == "LDRSWroW") return scaled ? 4 : 0;
    return 0;
  }

  Result<std::optional<LocatedTable>> locate_aarch64(std::size_t jump) {
    if (at(jump).name != "BR") return std::nullopt;
    const auto sum = writer(jump, at(jump).operands[0].reg);
    if (!sum || (at(*sum).name != "ADDXrs" && at(*sum).name != "ADDXrx")) return std::nullopt;
    const AsmInstruction& addition = at(*sum);
    // ADDXrs has the amount of a left shift there, ADDXrx the kind of extension above it.
    const std::int64_t amount = addition.operands[3].value;
    const bool extends = addition.name == "ADDXrx";
    if (!extends && amount > 7) return std::nullopt;
    const auto load = aarch64_load(*sum, addition.operands[2].reg);
    if (!load) return std::nullopt;
    const AsmInstruction& reads = at(*load);
    const std::string datum = base_datum(*load, reads.operands[1].reg);
    const std::string from = base_datum(*sum, addition.operands[1].reg);
    if (unit_.datum(meaning(datum)) == nullptr || from.empty())
      return refuse(jump, "it is not known which table is read, or what its entries count from");
    const JumpTable table{*load, reads.operands[2].reg, meaning(datum)};
    const bool is_signed = reads.name.starts_with("LDRSW") || (extends && (amount >> 3) >= 4);
    return LocatedTable{table,     aarch64_entry(reads),
                        from,      static_cast<unsigned>(amount & 7),
                        is_signed, checked_entries(*load, table.index)};
  }

  /// How many indices a comparison before `load` lets through: of `cmp wI, #n; b.hi`, n + 1. Looks
  /// back where there is only one way.
  [[nodiscard]] std::optional<std::size_t> checked_entries(std::size_t load,
                                                           std::string_view index) const {
    constexpr std::int64_t k_higher_or_same = 2, k_higher = 8;
    std::int64_t skips = -1;  // the condition on which the load is not reached
    std::size_t place = load;
    for (int steps = 0; steps < 256; ++steps) {
      const bool falls = place > 0 && flow_.falls[place - 1];
      if (flow_.from[place].size() + (falls ? 1 : 0) != 1) return std::nullopt;
      place = falls ? place - 1 : flow_.from[place].front();
      const AsmInstruction& instruction = at(place);
      if (instruction.name == "Bcc") {
        const std::int64_t condition = instruction.operands[0].value ^ (falls ? 0 : 1);
        if (condition == k_higher || condition == k_higher_or_same) skips = condition;
      } else if ((instruction.name == "SUBSWri" || instruction.name == "SUBSXri") && skips >= 0 &&
                 facts_.overlap(instruction.operands[1].reg, index)) {
        return static_cast<std::size_t>(instruction.operands[2].value +
                                        (skips == k_higher ? 1 : 0));
      } else if (facts_.writes(instruction, "NZCV")) {
        skips = -1;
      }
      if (facts_.writes(instruction, index)) return std::nullopt;
    }
    return std::nullopt;
  }

  /// The load of an entry into `reg`, which may be the 64-bit form of the register loaded.
  [[nodiscard]] std::optional<std::size_t> aarch64_load(std::size_t place,
                                                        std::string_view reg) const {
    const auto found = writers(place, reg);
    if (found.size() != 1 || aarch64_entry(at(*found.begin())) == 0) return std::nullopt;
    return *found.begin();
  }

  /// Whether two symbols are the same place in this function or the same datum.
  [[nodiscard]] bool same_place(const std::string& a, const std::string& b) const {
    if (a == b) return true;
    const auto first = labels_.find(a), second = labels_.find(b);
    if (first != labels_.end() && second != labels_.end()) return first->second == second->second;
    const AsmDatum* datum = unit_.datum(meaning(a));
    return datum != nullptr && datum == unit_.datum(meaning(b));
  }

  /// Whether `reference` is an entry of a table whose entries count from `from` (empty: addresses).
  [[nodiscard]] bool is_entry(const AsmReference& reference, const AsmDatum& datum,
                              const std::string& from, unsigned shift) const {
    if (from.empty())
      return reference.minus.empty() && !reference.relative && reference.addend == 0;
    if (reference.shift != shift) return false;
    if (reference.relative)
      return reference.addend == static_cast<std::int64_t>(reference.offset) &&
             same_place(from, datum.name);
    return reference.addend == 0 && !reference.minus.empty() && same_place(from, reference.minus);
  }

  Result<std::optional<FoundTable>> with_targets(std::size_t jump, LocatedTable located) {
    const AsmDatum& datum = *unit_.datum(located.table.datum);
    FoundTable found{std::move(located.table), {}};
    std::uint64_t end = 0;
    for (const AsmReference& reference : datum.references) {
      const auto target = labels_.find(reference.symbol);
      if (reference.offset != end || reference.size != located.size ||
          !is_entry(reference, datum, located.from, located.shift))
        return refuse(jump, fmt::format("the entry at {} is of another kind", end));
      if (target == labels_.end())
        return refuse(jump, fmt::format("'{}' is no place in this function", reference.symbol));
      found.targets.push_back(target->second);
      end += located.size;
    }
    if (end == 0 || end + datum.padding < datum.bytes.size())
      return refuse(jump, "it has numbers that are no entries");
    return found;
  }

  const AsmUnit& unit_;
  const AsmFunction& function_;
  const LabelPlaces& labels_;
  const RoughFlow& flow_;
  const InstructionFacts& facts_;
};

}  // namespace

Result<std::optional<FoundTable>> find_table(const AsmUnit& unit, const AsmFunction& function,
                                             const LabelPlaces& labels, const RoughFlow& flow,
                                             const InstructionFacts& facts, std::size_t jump) {
  return TableFinder(unit, function, labels, flow, facts).find(jump);
}

Result<std::optional<LocatedTable>> locate_table(const AsmUnit& unit, const AsmFunction& function,
                                                 const LabelPlaces& labels, const RoughFlow& flow,
                                                 const InstructionFacts& facts, std::size_t jump) {
  return TableFinder(unit, function, labels, flow, facts).locate(jump);
}

}  // namespace llmc
