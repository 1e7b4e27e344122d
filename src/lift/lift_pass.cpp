#include "lift/lift_pass.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "assembly/facts.h"

namespace llmc {
namespace {

/// Blocks in reverse post-order from the first; those that nothing reaches are left out.
std::vector<std::size_t> reverse_post_order(const std::vector<AsmBlock>& blocks) {
  std::vector<std::size_t> order;
  std::vector<char> seen(blocks.size(), 0);
  std::vector<std::pair<std::size_t, std::size_t>> path = {{0, 0}};
  seen[0] = 1;
  while (!path.empty()) {
    auto& [block, next] = path.back();
    if (next < blocks[block].successors.size()) {
      const std::size_t successor = blocks[block].successors[next++];
      if (seen[successor] == 0) {
        seen[successor] = 1;
        path.emplace_back(successor, 0);
      }
    } else {
      order.push_back(block);
      path.pop_back();
    }
  }
  std::ranges::reverse(order);
  return order;
}

/// The flags that are alive at the beginning of each block.
std::vector<unsigned> live_flags(const LiftSource& source, FlagUse use) {
  const auto& blocks = source.blocks;
  std::vector<unsigned> live(blocks.size(), 0);
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t number = blocks.size(); number-- > 0;) {
      unsigned alive = 0;
      for (const std::size_t successor : blocks[number].successors) alive |= live[successor];
      for (std::size_t at = blocks[number].end; at-- > blocks[number].first;) {
        const AsmInstruction& instruction = source.function->instructions[at];
        alive = (alive & ~use.set(instruction)) | use.read(instruction);
      }
      changed = changed || alive != live[number];
      live[number] = alive;
    }
  }
  return live;
}

}  // namespace

LiftPass::LiftPass(const LiftSource& source, FlagUse flag_use)
    : source_(source),
      order_(reverse_post_order(source.blocks)),
      live_(live_flags(source, flag_use)),
      predecessors_(source.blocks.size()) {
  for (const std::size_t block : order_)
    for (const std::size_t successor : source.blocks[block].successors)
      predecessors_[successor].insert(block);
}

Result<void> LiftPass::run(std::map<std::size_t, LiftRegisters>& exits) {
  before_ = &exits;
  entry_ = machine().registers;
  begin();
  // Blocks stand in the order of the text: code generation keeps to it where it can.
  std::vector<std::size_t> in_text = order_;
  std::ranges::sort(in_text);
  for (const std::size_t number : in_text)
    places_[number] =
        llvm::BasicBlock::Create(machine().ir.getContext(), "", &machine().function());
  machine().ir.CreateBr(place(0));
  reached_ = {0};
  // What only a call that never returns leads to is not lifted; a loop may be reached late.
  for (bool is_new = true; std::exchange(is_new, false);)
    for (const std::size_t number : order_)
      if (reached_.contains(number) && lifted_.insert(number).second) {
        LLMC_CHECK(lift_block(number));
        is_new = true;
      }
  for (const auto& [number, block] : places_)
    if (!lifted_.contains(number)) new llvm::UnreachableInst(block->getContext(), block);
  calls().finish();
  exits.clear();
  for (const auto& [number, exit] : done_) {
    exits[number] = exit.registers;
    for (const std::size_t successor : source_.blocks[number].successors)
      if (done_.contains(successor) && predecessors_[successor].size() > 1)
        LLMC_CHECK(enter(successor));
  }
  return {};
}

Result<void> LiftPass::enter(std::size_t number) {
  bool is_first = true;
  std::optional<std::int64_t> sp;
  LiftRegisters registers;
  if (number == 0) {
    registers = entry_;
    sp = 0;
    is_first = false;
  }
  for (const std::size_t from : predecessors_[number]) {
    const auto known = done_.find(from);
    const auto earlier = before_->find(from);
    if (known != done_.end()) {
      if (sp && *sp != known->second.sp)
        return fail("its stack pointer depends on the way that is taken");
      sp = known->second.sp;
    }
    if (known == done_.end() && earlier == before_->end()) continue;
    const LiftRegisters& exit = known != done_.end() ? known->second.registers : earlier->second;
    registers = is_first ? exit : merged(registers, exit);
    is_first = false;
  }
  machine().sp = sp.value_or(0);
  machine().registers = std::move(registers);
  return {};
}

/// What ways to the block leave behind beside registers.
void LiftPass::take_up_all(std::size_t number) {
  machine().flags = {};
  machine().fp_is_frame = false;
  forget();
  for (const std::size_t from : predecessors_[number])
    if (const auto known = done_.find(from); known != done_.end()) {
      machine().fp_is_frame = known->second.fp_is_frame;
      machine().fp_offset = known->second.fp_offset;
      take_up(from);
    }
  if (predecessors_[number].size() == 1 && number != 0)
    machine().flags = done_.at(*predecessors_[number].begin()).flags;
  else if (live_[number] != 0 && number != 0)
    machine().load_flags();
}

Result<void> LiftPass::lift_block(std::size_t number) {
  const AsmBlock& block = source_.blocks[number];
  machine().ir.SetInsertPoint(place(number));
  LLMC_CHECK(enter(number));
  take_up_all(number);
  table_index_ = nullptr;
  for (std::size_t at = block.first; at < block.end; ++at) {
    const AsmInstruction& instruction = source_.function->instructions[at];
    if (block.ending == BlockEnd::table && at == block.table.load)
      table_index_ = table_index(block.table.index);
    lift(instruction);
    if (!machine().refusal().empty())
      return fail(fmt::format("line {}: '{}': {}", instruction.line, instruction.text,
                              machine().refusal()));
    const bool is_call = flow_kind(source_.unit->target, instruction) == FlowKind::call;
    if (is_call && calls().never_returns() && block.ending != BlockEnd::traps) {
      machine().ir.CreateUnreachable();
      return {};
    }
  }
  end(number);
  if (!machine().refusal().empty()) return fail(machine().refusal());
  done_[number] = {machine().registers, machine().sp, machine().flags, machine().fp_is_frame,
                   machine().fp_offset};
  keep(number);
  reached_.insert(block.successors.begin(), block.successors.end());
  return {};
}

void LiftPass::keep_flags(const AsmBlock& block) {
  unsigned wanted = 0;
  for (const std::size_t successor : block.successors)
    if (predecessors_[successor].size() > 1) wanted |= live_[successor];
  if (wanted != 0) machine().store_flags(wanted);
}

void LiftPass::branch(const AsmBlock& block, const AsmInstruction& jump) {
  llvm::Value* const condition = falls_through(jump);
  keep_flags(block);
  machine().ir.CreateCondBr(condition, place(block.successors[1]), place(block.successors[0]));
}

/// A call in tail position that is made if a condition holds.
void LiftPass::branch_away(const AsmBlock& block, const AsmInstruction& jump) {
  llvm::Value* const stays = falls_through(jump);
  keep_flags(block);
  auto* const away = llvm::BasicBlock::Create(machine().ir.getContext(), "", &machine().function());
  machine().ir.CreateCondBr(stays, place(block.successors.front()), away);
  machine().ir.SetInsertPoint(away);
  const LiftRegisters registers = machine().registers;
  const LiftFlags flags = machine().flags;
  calls().tail_call(jump);
  machine().registers = registers;
  machine().flags = flags;
}

void LiftPass::jump_by_table(const AsmBlock& block) {
  keep_flags(block);
  if (table_index_ == nullptr) return machine().refuse("the index of its jump table is not known");
  llvm::IRBuilder<>& ir = machine().ir;
  auto* const nowhere = llvm::BasicBlock::Create(ir.getContext(), "", &machine().function());
  new llvm::UnreachableInst(ir.getContext(), nowhere);
  auto* const jump = ir.CreateSwitch(table_index_, nowhere);
  for (std::size_t i = 0; i < block.successors.size(); ++i)
    jump->addCase(ir.getInt64(i), place(block.successors[i]));
}

void LiftPass::end(std::size_t number) {
  const AsmBlock& block = source_.blocks[number];
  const AsmInstruction& last = source_.function->instructions[block.end - 1];
  switch (block.ending) {
    case BlockEnd::falls:
    case BlockEnd::jumps:
      keep_flags(block);
      machine().ir.CreateBr(place(block.successors.front()));
      break;
    case BlockEnd::branches:
      branch(block, last);
      break;
    case BlockEnd::branches_away:
      branch_away(block, last);
      break;
    case BlockEnd::table:
      jump_by_table(block);
      break;
    case BlockEnd::returns:
      check_return(last);
      calls().give_back();
      break;
    case BlockEnd::tail_call:
      calls().tail_call(last);
      break;
    case BlockEnd::traps:
      trap(last);
      calls().note_no_return(last);
      machine().ir.CreateUnreachable();
      break;
  }
}

std::unique_ptr<LiftPass> make_pass(const LiftSource& source, const LiftContext& context,
                                    llvm::Function& function, LiftFacts& facts,
                                    const LiftSignature* signature) {
  const bool is_x86 = source.unit->target == NormalTarget::x86_64;
  const auto make = is_x86 ? make_x86_pass : make_a64_pass;
  return make(source, context, function, facts, signature);
}

}  // namespace llmc
