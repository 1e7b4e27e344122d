#include "assembly/flow.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "assembly/jump_tables.h"

namespace llmc {
namespace {

/// What one instruction does, with its targets as numbers of instructions.
struct Step {
  FlowKind kind = FlowKind::next;
  bool away = false;  ///< a jump or branch to another function
  std::vector<std::size_t> targets;
  JumpTable table;
};

class BlockFinder {
 public:
  BlockFinder(const AsmUnit& unit, const AsmFunction& function)
      : unit_(unit), function_(function), count_(function.instructions.size()) {}

  Result<std::vector<AsmBlock>> find() {
    if (!function_.problem.empty()) return fail(function_.problem);
    for (const AsmLabel& label : function_.labels) labels_.emplace(label.name, label.at);
    LLMC_CHECK(read_steps());
    LLMC_CHECK(read_tables());
    LLMC_CHECK(check_end());
    return blocks();
  }

  std::vector<LocatedTable> tables(const InstructionFacts& facts) {
    for (const AsmLabel& label : function_.labels) labels_.emplace(label.name, label.at);
    std::vector<LocatedTable> tables;
    if (!read_steps()) return tables;
    const RoughFlow flow = rough_flow(places_taken());
    for (std::size_t i = 0; i < count_; ++i) {
      if (steps_[i].kind != FlowKind::indirect) continue;
      if (auto table = locate_table(unit_, function_, labels_, flow, facts, i); table && *table)
        tables.push_back(std::move(**table));
    }
    return tables;
  }

 private:
  [[nodiscard]] std::unexpected<Error> refuse(std::size_t number, std::string_view why) const {
    const AsmInstruction& instruction = function_.instructions[number];
    return fail(fmt::format("line {}: '{}' {}", instruction.line, instruction.text, why));
  }

  /// What stands behind a chain of `.set`.
  [[nodiscard]] std::string_view meaning(std::string_view symbol) const {
    for (int links = 0; links < 8; ++links) {
      const auto alias = unit_.aliases.find(std::string(symbol));
      if (alias == unit_.aliases.end()) break;
      symbol = alias->second;
    }
    return symbol;
  }

  Result<void> read_steps() {
    steps_.resize(count_);
    for (std::size_t i = 0; i < count_; ++i) {
      Step& step = steps_[i];
      step.kind = flow_kind(unit_.target, function_.instructions[i]);
      if (step.kind == FlowKind::jump || step.kind == FlowKind::branch)
        LLMC_CHECK(read_jump(i, step));
    }
    return {};
  }

  Result<void> read_jump(std::size_t number, Step& step) {
    const AsmOperand* operand = jump_operand(function_.instructions[number]);
    if (operand == nullptr || operand->kind != AsmOperand::Kind::symbol || operand->value != 0)
      return refuse(number, "does not jump to a label");
    const auto label = labels_.find(operand->symbol);
    if (label != labels_.end()) {
      if (label->second >= count_) return refuse(number, "jumps behind the end of the function");
      step.targets = {label->second};
      return {};
    }
    const std::string_view symbol = meaning(operand->symbol);
    if (is_private_name(symbol) && unit_.function(symbol) == nullptr)
      return refuse(number, "jumps to a place that is not in this function");
    if (unit_.datum(symbol) != nullptr) return refuse(number, "jumps to data");
    step.away = true;
    return {};
  }

  static bool is_private_name(std::string_view name) { return name.starts_with(".L"); }

  /// Labels that something else than a jump refers to: indirect jumps may lead to them.
  [[nodiscard]] std::set<std::size_t> places_taken() const {
    std::set<std::size_t> taken;
    const auto take = [&](const std::string& symbol) {
      if (const auto label = labels_.find(symbol); label != labels_.end())
        taken.insert(label->second);
    };
    for (const AsmDatum& datum : unit_.data)
      for (const AsmReference& reference : datum.references) take(reference.symbol);
    for (std::size_t i = 0; i < count_; ++i) {
      if (steps_[i].kind == FlowKind::jump || steps_[i].kind == FlowKind::branch) continue;
      for (const AsmOperand& operand : function_.instructions[i].operands)
        if (operand.kind == AsmOperand::Kind::symbol) take(operand.symbol);
    }
    return taken;
  }

  [[nodiscard]] RoughFlow rough_flow(const std::set<std::size_t>& taken) const {
    RoughFlow flow{std::vector<std::vector<std::size_t>>(count_), std::vector<bool>(count_)};
    for (std::size_t i = 0; i < count_; ++i) {
      const FlowKind kind = steps_[i].kind;
      flow.falls[i] = kind == FlowKind::next || kind == FlowKind::call || kind == FlowKind::branch;
      for (const std::size_t target : steps_[i].targets) flow.from[target].push_back(i);
      if (kind == FlowKind::indirect)
        for (const std::size_t target : taken)
          if (target < count_) flow.from[target].push_back(i);
    }
    return flow;
  }

  Result<void> read_tables() {
    if (std::ranges::none_of(steps_,
                             [](const Step& step) { return step.kind == FlowKind::indirect; }))
      return {};
    LLMC_TRY(const InstructionFacts facts, InstructionFacts::create(unit_.target));
    const std::set<std::size_t> taken = places_taken();
    const RoughFlow flow = rough_flow(taken);
    for (std::size_t i = 0; i < count_; ++i) {
      if (steps_[i].kind != FlowKind::indirect) continue;
      LLMC_TRY(auto found, find_table(unit_, function_, labels_, flow, facts, i));
      // Without a label that it could lead to, it can only leave the function.
      if (!found && !taken.empty())
        return refuse(i, "may jump to labels of this function, but its table is not understood");
      if (!found) continue;
      steps_[i].table = std::move(found->table);
      steps_[i].targets = std::move(found->targets);
      if (std::ranges::any_of(steps_[i].targets,
                              [&](std::size_t target) { return target >= count_; }))
        return refuse(i, "jumps behind the end of the function");
    }
    return {};
  }

  /// The number of instructions but for padding at the end.
  [[nodiscard]] std::size_t count_without_padding() const {
    std::size_t count = count_;
    while (count > 0 && does_nothing(function_.instructions[count - 1])) --count;
    return count;
  }

  Result<void> check_end() {
    const std::size_t count = count_without_padding();
    if (count == 0)
      return fail(fmt::format("line {}: the function '{}' has no instructions", function_.line,
                              function_.name));
    const FlowKind kind = steps_[count - 1].kind;
    if (kind == FlowKind::call) {
      steps_[count - 1].kind = FlowKind::trap;
      for (std::size_t i = count; i < count_; ++i) steps_[i].kind = FlowKind::trap;
    } else if (kind == FlowKind::next || kind == FlowKind::branch) {
      return refuse(count - 1, "is the last instruction, and the function goes on after it");
    } else {
      for (std::size_t i = count; i < count_; ++i) steps_[i].kind = FlowKind::trap;
    }
    return {};
  }

  [[nodiscard]] static bool ends_block(const Step& step) {
    return step.kind != FlowKind::next && step.kind != FlowKind::call;
  }

  [[nodiscard]] Result<std::vector<AsmBlock>> blocks() const {
    std::vector<bool> leads(count_ + 1, false);
    leads[0] = leads[count_] = true;
    for (std::size_t i = 0; i < count_; ++i) {
      if (ends_block(steps_[i])) leads[i + 1] = true;
      for (const std::size_t target : steps_[i].targets) leads[target] = true;
    }
    std::vector<std::size_t> number(count_ + 1, 0);
    std::vector<AsmBlock> blocks;
    for (std::size_t i = 0; i < count_; ++i) {
      if (leads[i]) blocks.push_back({.first = i});
      number[i] = blocks.size() - 1;
      blocks.back().end = i + 1;
    }
    for (std::size_t i = 0; i < blocks.size(); ++i) end_block(blocks[i], i + 1, number);
    return blocks;
  }

  void end_block(AsmBlock& block, std::size_t next, const std::vector<std::size_t>& number) const {
    const Step& step = steps_[block.end - 1];
    for (const std::size_t target : step.targets) block.successors.push_back(number[target]);
    block.table = step.table;
    switch (step.kind) {
      case FlowKind::next:
      case FlowKind::call:
        block.ending = BlockEnd::falls;
        block.successors = {next};
        break;
      case FlowKind::jump:
        block.ending = step.away ? BlockEnd::tail_call : BlockEnd::jumps;
        break;
      case FlowKind::branch:
        block.ending = step.away ? BlockEnd::branches_away : BlockEnd::branches;
        block.successors.push_back(next);
        break;
      case FlowKind::indirect:
        block.ending = step.targets.empty() ? BlockEnd::tail_call : BlockEnd::table;
        break;
      case FlowKind::returns:
        block.ending = BlockEnd::returns;
        break;
      case FlowKind::trap:
        block.ending = BlockEnd::traps;
        break;
    }
  }

  const AsmUnit& unit_;
  const AsmFunction& function_;
  std::size_t count_;
  LabelPlaces labels_;
  std::vector<Step> steps_;
};

}  // namespace

Result<std::vector<AsmBlock>> blocks_of(const AsmUnit& unit, const AsmFunction& function) {
  return BlockFinder(unit, function).find();
}

std::vector<LocatedTable> located_tables(const AsmUnit& unit, const AsmFunction& function,
                                         const InstructionFacts& facts) {
  return BlockFinder(unit, function).tables(facts);
}

}  // namespace llmc
