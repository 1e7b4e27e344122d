// same_modulo_registers. An example, of two blocks that do the same:
//
//     a: movl %edi, %eax          b: movl %edi, %ecx
//        addl %esi, %eax             movl %edx, (%r8)
//        movl %edx, (%r8)            addl %esi, %ecx
//
// Before them, each register is in the class of its own name. The first instructions are the same
// one on the same class, so what they write is one new class, in eax of a and in ecx of b. The
// addition of b is looked at when its inputs have classes, wherever it stands, and finds that of a;
// the stores have the same memory before them. At the end eax of a and ecx of b are in one class,
// which is what the next block knows.
//
// Where several blocks lead to one, two registers are in one class there if they are at the end of
// each. The first round takes only blocks that have been seen; rounds are repeated until nothing
// changes, so what is left holds on all ways.
#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <set>

#include "assembly/canonical.h"
#include "assembly/compare.h"
#include "assembly/facts.h"

namespace llmc {
namespace {

constexpr int k_most_rounds = 1000;

/// The classes of values in the units of registers (the smallest parts) and, last, in memory.
using ValueClasses = std::vector<int>;

struct ClassesOfBoth {
  ValueClasses a, b;
  friend bool operator==(const ClassesOfBoth&, const ClassesOfBoth&) = default;
};

/// What one instruction reads and writes, as units in order.
struct ValueUse {
  std::string form;  ///< all of it but registers
  std::vector<unsigned> reads;
  std::vector<unsigned> writes;
};

struct RegisterNames {
  std::vector<std::string_view> arguments, results, kept;
};

const RegisterNames& abi_registers(NormalTarget target) {
  static const RegisterNames k_x86 = {
      {"RDI", "RSI", "RDX", "RCX", "R8", "R9", "RAX", "R10", "RSP", "XMM0", "XMM1", "XMM2", "XMM3",
       "XMM4", "XMM5", "XMM6", "XMM7"},
      {"RAX", "RDX", "XMM0", "XMM1"},
      {"RBX", "RBP", "RSP", "R12", "R13", "R14", "R15"}};
  static const RegisterNames k_aarch64 = {
      {"X0", "X1", "X2", "X3", "X4", "X5", "X6", "X7", "X8", "X18", "SP", "Q0", "Q1", "Q2", "Q3",
       "Q4", "Q5", "Q6", "Q7"},
      {"X0", "X1", "X2", "X3", "X4", "X5", "X6", "X7", "Q0", "Q1", "Q2", "Q3", "Q4", "Q5", "Q6",
       "Q7"},
      {"X18", "X19", "X20", "X21", "X22", "X23", "X24", "X25", "X26", "X27", "X28",
       "FP",  "LR",  "SP",  "D8",  "D9",  "D10", "D11", "D12", "D13", "D14", "D15"}};
  return target == NormalTarget::x86_64 ? k_x86 : k_aarch64;
}

/// Whether an x86 instruction makes its register zero, whatever was in it.
bool makes_zero(const AsmInstruction& instruction) {
  static const std::set<std::string_view> k_names = {"XOR32rr",  "XOR64rr", "SUB32rr", "SUB64rr",
                                                     "XORPSrr",  "XORPDrr", "PXORrr",  "VXORPSrr",
                                                     "VXORPDrr", "VPXORrr"};
  return k_names.contains(instruction.name) &&
         instruction.operands[1].reg == instruction.operands[2].reg;
}

/// One of the two functions.
class ValueReader {
 public:
  ValueReader(const AsmUnit& unit, const AsmFunction& function, const InstructionFacts& facts)
      : function_(function), facts_(facts), symbols_(canonical_symbols(unit, function)) {
    const std::size_t units = facts.registers().getNumRegUnits();
    memory_ = static_cast<unsigned>(units);
    // Where an exception leads to is in tables that are not read.
    unclear_ = !function.personality.empty();
    for (const AsmInstruction& instruction : function.instructions) note_unclear(instruction);
  }

  [[nodiscard]] std::size_t places() const { return memory_ + 1; }

  /// Whether some instruction cannot be understood as reading and writing whole units.
  [[nodiscard]] bool is_unclear() const { return unclear_ || (wide_ && legacy_); }

  /// The instruction `number`; `leaves` if it is a jump to another function.
  [[nodiscard]] ValueUse use(std::size_t number, bool leaves) const {
    const AsmInstruction& instruction = function_.instructions[number];
    const llvm::MCInstrDesc& description = *facts_.description(instruction);
    ValueUse use{.form = fmt::format("{} {} {}", instruction.opcode,
                                     static_cast<int>(instruction.prefix), symbols_[number])};
    const std::size_t defined =
        std::min<std::size_t>(description.getNumDefs(), instruction.operands.size());
    for (std::size_t i = 0; i < instruction.operands.size(); ++i) {
      const AsmOperand& operand = instruction.operands[i];
      if (operand.kind == AsmOperand::Kind::imm)
        use.form += fmt::format(" {}", operand.value);
      else if (operand.kind == AsmOperand::Kind::other)
        use.form += " " + operand.symbol;
      else if (operand.kind == AsmOperand::Kind::reg)
        add_register(operand.reg, i < defined, use);
    }
    if (makes_zero(instruction)) {
      use.form += " zero";
      use.reads.clear();
    }
    for (const llvm::MCPhysReg reg : description.implicit_uses()) add_units(reg, use.reads);
    for (const llvm::MCPhysReg reg : description.implicit_defs()) add_units(reg, use.writes);
    add_memory(description, use);
    // A division may stop the program, so it stays where it is among stores and calls.
    if (instruction.name.starts_with("DIV") || instruction.name.starts_with("IDIV"))
      use.reads.push_back(memory_);
    const FlowKind flow = flow_kind(facts_.target(), instruction);
    add_call(flow, leaves, description.hasUnmodeledSideEffects(), use);
    return use;
  }

 private:
  void note_unclear(const AsmInstruction& instruction) {
    const llvm::MCInstrDesc* description = facts_.description(instruction);
    if (description == nullptr) {
      unclear_ = true;
      return;
    }
    // LLVM's tables do not say how the x87 stack moves.
    for (const llvm::MCPhysReg reg : description->implicit_defs())
      if (std::string_view(facts_.registers().getName(reg)) == "FPSW") unclear_ = true;
    for (const AsmOperand& operand : instruction.operands) {
      if (operand.kind == AsmOperand::Kind::other) unclear_ = true;
      if (operand.reg.starts_with("YMM") || operand.reg.starts_with("ZMM")) wide_ = true;
      if (operand.reg.starts_with("XMM") && !instruction.name.starts_with('V')) legacy_ = true;
      if (operand.reg.starts_with('Z') && facts_.target() == NormalTarget::aarch64 &&
          operand.reg.size() <= 3)
        unclear_ = true;
    }
  }

  static bool is_constant(std::string_view reg) {
    return reg == "RIP" || reg == "EIP" || reg == "WZR" || reg == "XZR" || reg == "SSP";
  }

  void add_units(unsigned reg, std::vector<unsigned>& units) const {
    if (reg == 0 || is_constant(facts_.registers().getName(reg))) return;
    for (const auto unit : facts_.registers().regunits(reg)) units.push_back(unit);
  }

  void add_register(std::string_view reg, bool written, ValueUse& use) const {
    if (reg.empty() || is_constant(reg)) {
      use.form += reg.empty() ? " -" : " " + std::string(reg);
      return;
    }
    // A part of another register is another operation: %ah and %al.
    const unsigned number = facts_.number(reg);
    std::vector<unsigned>& units = written ? use.writes : use.reads;
    const std::size_t before = units.size();
    add_units(number, units);
    use.form += fmt::format(" r{}", units.size() - before);
    if (reg.ends_with('H')) use.form += "h";
  }

  void add_memory(const llvm::MCInstrDesc& description, ValueUse& use) const {
    const bool writes =
        description.mayStore() || description.hasUnmodeledSideEffects() || description.isCall();
    if (writes || description.mayLoad()) use.reads.push_back(memory_);
    if (writes) use.writes.push_back(memory_);
  }

  void add_named(const std::vector<std::string_view>& names, std::vector<unsigned>& units) const {
    for (const std::string_view name : names) add_units(facts_.number(name), units);
  }

  void add_call(FlowKind flow, bool leaves, bool side_effects, ValueUse& use) const {
    const RegisterNames& abi = abi_registers(facts_.target());
    const bool returns = flow == FlowKind::returns;
    const bool calls = flow == FlowKind::call || leaves || (side_effects && !returns);
    if (calls) add_named(abi.arguments, use.reads);
    if (returns) add_named(abi.results, use.reads);
    if (returns || leaves) add_named(abi.kept, use.reads);
    if (calls || returns || flow == FlowKind::trap) use.reads.push_back(memory_);
    if (flow != FlowKind::call) return;
    std::vector<unsigned> kept;
    add_named(abi.kept, kept);
    for (unsigned unit = 0; unit < memory_; ++unit)
      if (std::ranges::find(kept, unit) == kept.end()) use.writes.push_back(unit);
    use.writes.push_back(memory_);
  }

  const AsmFunction& function_;
  const InstructionFacts& facts_;
  std::vector<std::string> symbols_;
  unsigned memory_ = 0;
  bool wide_ = false, legacy_ = false, unclear_ = false;
};

/// The instructions of a block, without those that do nothing.
struct BlockUses {
  std::vector<ValueUse> uses;
};

BlockUses uses_of(const ValueReader& reader, const AsmFunction& function, const AsmBlock& block) {
  BlockUses result;
  const bool leaves =
      block.ending == BlockEnd::tail_call || block.ending == BlockEnd::branches_away;
  for (std::size_t i = block.first; i < block.end; ++i)
    if (!does_nothing(function.instructions[i]))
      result.uses.push_back(reader.use(i, leaves && i + 1 == block.end));
  return result;
}

/// Values in one block are numbers: classes from before, then what instructions of `a` write.
class BlockMatcher {
 public:
  BlockMatcher(const BlockUses& a, const BlockUses& b, const ClassesOfBoth& before)
      : a_(a.uses), b_(b.uses), before_(before) {}

  /// The classes after the block; none if the instructions are not the same.
  std::optional<ClassesOfBoth> match() {
    if (a_.size() != b_.size()) return std::nullopt;
    prepare();
    ClassesOfBoth after{before_.a, before_.b};
    next_value_ =
        1 + std::max(*std::ranges::max_element(before_.a), *std::ranges::max_element(before_.b));
    for (const ValueUse& use : a_) {
      const auto found = ready_.find(key(use.form, values_at(use.reads, after.a)));
      if (found == ready_.end() || found->second.empty()) return std::nullopt;
      const std::size_t twin = found->second.front();
      found->second.pop_front();
      if (b_[twin].writes.size() != use.writes.size()) return std::nullopt;
      first_value_[twin] = next_value_;
      for (const unsigned unit : use.writes) after.a[unit] = next_value_++;
      for (const std::size_t reader : readers_[twin])
        if (--waits_for_[reader] == 0) make_ready(reader);
    }
    for (std::size_t i = 0; i < b_.size(); ++i)
      for (std::size_t k = 0; k < b_[i].writes.size(); ++k)
        after.b[b_[i].writes[k]] = first_value_[i] + static_cast<int>(k);
    return renumbered(after);
  }

  /// Classes with the numbers 0, 1, … in the order in which they appear.
  static ClassesOfBoth renumbered(ClassesOfBoth classes) {
    std::map<int, int> numbers;
    for (ValueClasses* part : {&classes.a, &classes.b})
      for (int& value : *part)
        value = numbers.emplace(value, static_cast<int>(numbers.size())).first->second;
    return classes;
  }

 private:
  /// Where an instruction of b gets a value from: an instruction and the place among what it
  /// writes, or a class from before.
  struct Source {
    std::size_t writer = k_before;
    std::size_t place = 0;
  };
  static constexpr std::size_t k_before = ~std::size_t{0};

  static std::string key(const std::string& form, const std::vector<int>& values) {
    std::string key = form + "|";
    for (const int value : values) key += std::to_string(value) + ",";
    return key;
  }

  static std::vector<int> values_at(const std::vector<unsigned>& units,
                                    const ValueClasses& classes) {
    std::vector<int> values;
    for (const unsigned unit : units) values.push_back(classes[unit]);
    return values;
  }

  void prepare() {
    std::vector<Source> last(before_.b.size());
    for (std::size_t unit = 0; unit < last.size(); ++unit) last[unit].place = unit;
    readers_.resize(b_.size());
    waits_for_.resize(b_.size());
    first_value_.resize(b_.size());
    for (std::size_t i = 0; i < b_.size(); ++i) {
      std::set<std::size_t> writers;
      sources_.emplace_back();
      for (const unsigned unit : b_[i].reads) {
        sources_[i].push_back(last[unit]);
        if (last[unit].writer != k_before) writers.insert(last[unit].writer);
      }
      for (const std::size_t writer : writers) readers_[writer].push_back(i);
      waits_for_[i] = writers.size();
      for (std::size_t k = 0; k < b_[i].writes.size(); ++k) last[b_[i].writes[k]] = {i, k};
      if (writers.empty()) make_ready(i);
    }
  }

  void make_ready(std::size_t number) {
    std::vector<int> values;
    for (const Source& source : sources_[number])
      values.push_back(source.writer == k_before
                           ? before_.b[source.place]
                           : first_value_[source.writer] + static_cast<int>(source.place));
    ready_[key(b_[number].form, values)].push_back(number);
  }

  const std::vector<ValueUse>&a_, &b_;
  const ClassesOfBoth& before_;
  std::map<std::string, std::deque<std::size_t>> ready_;  ///< of b, by what they compute
  std::vector<std::vector<Source>> sources_;
  std::vector<std::vector<std::size_t>> readers_;
  std::vector<std::size_t> waits_for_;
  std::vector<int> first_value_;
  int next_value_ = 0;
};

/// Two are in one class if they are in one class in each of `ways`.
ClassesOfBoth met(const std::vector<const ClassesOfBoth*>& ways) {
  ClassesOfBoth result = *ways.front();
  std::map<std::vector<int>, int> numbers;
  for (ValueClasses ClassesOfBoth::* part : {&ClassesOfBoth::a, &ClassesOfBoth::b}) {
    for (std::size_t i = 0; i < (result.*part).size(); ++i) {
      std::vector<int> classes;
      for (const ClassesOfBoth* way : ways) classes.push_back((way->*part)[i]);
      (result.*part)[i] =
          numbers.emplace(std::move(classes), static_cast<int>(numbers.size())).first->second;
    }
  }
  return result;
}

ClassesOfBoth at_entry(std::size_t places) {
  ClassesOfBoth classes;
  for (std::size_t i = 0; i < places; ++i) classes.a.push_back(static_cast<int>(i));
  classes.b = classes.a;
  return classes;
}

bool same_shape(const std::vector<AsmBlock>& a, const std::vector<AsmBlock>& b) {
  return std::ranges::equal(a, b, [](const AsmBlock& left, const AsmBlock& right) {
    return left.ending == right.ending && left.successors == right.successors;
  });
}

/// Rounds over the blocks until what is known before each does not change.
bool same_values(const std::vector<AsmBlock>& blocks, const std::vector<BlockUses>& a,
                 const std::vector<BlockUses>& b, std::size_t places) {
  const ClassesOfBoth entry = at_entry(places);
  std::vector<std::vector<std::size_t>> before(blocks.size());
  for (std::size_t i = 0; i < blocks.size(); ++i)
    for (const std::size_t next : blocks[i].successors) before[next].push_back(i);
  std::vector<std::optional<ClassesOfBoth>> known(blocks.size()), after(blocks.size());
  for (int round = 0; round < k_most_rounds; ++round) {
    bool changed = false;
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      std::vector<const ClassesOfBoth*> ways;
      if (i == 0) ways.push_back(&entry);
      for (const std::size_t earlier : before[i])
        if (after[earlier]) ways.push_back(&*after[earlier]);
      if (ways.empty()) continue;
      ClassesOfBoth here = met(ways);
      if (known[i] && *known[i] == here) continue;
      changed = true;
      known[i] = std::move(here);
      after[i] = BlockMatcher(a[i], b[i], *known[i]).match();
      if (!after[i]) return false;
    }
    if (!changed) return true;
  }
  return false;
}

}  // namespace

bool same_modulo_registers(const AsmUnit& unit_a, const AsmFunction& a, const AsmUnit& unit_b,
                           const AsmFunction& b) {
  if (unit_a.target != unit_b.target) return false;
  const auto facts = InstructionFacts::create(unit_a.target);
  const auto blocks_a = blocks_of(unit_a, a), blocks_b = blocks_of(unit_b, b);
  if (!facts || !blocks_a || !blocks_b || !same_shape(*blocks_a, *blocks_b)) return false;
  const ValueReader reader_a(unit_a, a, *facts), reader_b(unit_b, b, *facts);
  if (reader_a.is_unclear() || reader_b.is_unclear()) return false;
  std::vector<BlockUses> uses_a, uses_b;
  for (const AsmBlock& block : *blocks_a) uses_a.push_back(uses_of(reader_a, a, block));
  for (const AsmBlock& block : *blocks_b) uses_b.push_back(uses_of(reader_b, b, block));
  return same_values(*blocks_a, uses_a, uses_b, reader_a.places());
}

}  // namespace llmc
