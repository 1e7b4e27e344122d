#include "lift/lift_moves.h"

#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Operator.h>

#include <array>
#include <vector>

namespace llmc {
namespace {

using llvm::Instruction;

bool is_pure(const Instruction& instruction) {
  return !instruction.mayReadOrWriteMemory() && !instruction.isTerminator() &&
         !llvm::isa<llvm::PHINode>(instruction) && !instruction.mayHaveSideEffects();
}

bool swap_operands(Instruction& instruction) {
  if (auto* const compare = llvm::dyn_cast<llvm::CmpInst>(&instruction)) {
    compare->swapOperands();
    return true;
  }
  auto* const operation = llvm::dyn_cast<llvm::BinaryOperator>(&instruction);
  return operation != nullptr && operation->isCommutative() && !operation->swapOperands();
}

bool swap_with_next(Instruction& instruction) {
  Instruction* const next = instruction.getNextNode();
  if (next == nullptr || next->isTerminator() || llvm::isa<llvm::PHINode>(instruction) ||
      llvm::isa<llvm::AllocaInst>(instruction))
    return false;
  for (const llvm::Use& use : next->operands())
    if (use.get() == &instruction) return false;
  const bool only_read = !instruction.mayWriteToMemory() && !next->mayWriteToMemory() &&
                         !instruction.mayHaveSideEffects() && !next->mayHaveSideEffects();
  if (!is_pure(instruction) && !is_pure(*next) && !only_read) return false;
  instruction.moveAfter(next);
  return true;
}

bool ask_the_opposite(Instruction& instruction) {
  auto* const branch = llvm::dyn_cast<llvm::BranchInst>(&instruction);
  if (branch == nullptr || !branch->isConditional()) return false;
  auto* const compare = llvm::dyn_cast<llvm::CmpInst>(branch->getCondition());
  if (compare == nullptr || !compare->hasOneUse()) return false;
  compare->setPredicate(compare->getInversePredicate());
  branch->swapSuccessors();
  return true;
}

bool move_phi_first(Instruction& instruction) {
  auto* const phi = llvm::dyn_cast<llvm::PHINode>(&instruction);
  if (phi == nullptr || phi == &phi->getParent()->front()) return false;
  phi->moveBefore(&phi->getParent()->front());
  return true;
}

bool hoist(Instruction& instruction) {
  llvm::BasicBlock* const block = instruction.getParent();
  llvm::BasicBlock* const before = block->getSinglePredecessor();
  if (before == nullptr || !is_pure(instruction) ||
      !llvm::isSafeToSpeculativelyExecute(&instruction))
    return false;
  for (const llvm::Use& use : instruction.operands())
    if (const auto* const operand = llvm::dyn_cast<Instruction>(use.get());
        operand != nullptr && operand->getParent() == block)
      return false;
  instruction.moveBefore(before->getTerminator());
  return true;
}

bool block_last(Instruction& instruction) {
  llvm::BasicBlock* const block = instruction.getParent();
  llvm::Function& function = *block->getParent();
  if (!instruction.isTerminator() || block == &function.getEntryBlock() ||
      block == &function.back())
    return false;
  block->moveAfter(&function.back());
  return true;
}

bool claim_no_overflow(Instruction& instruction) {
  if (!llvm::isa<llvm::OverflowingBinaryOperator>(instruction)) return false;
  if (instruction.hasNoSignedWrap()) return false;
  instruction.setHasNoSignedWrap();
  return true;
}

using Move = bool (*)(Instruction&);
constexpr std::array<Move, 7> k_moves = {swap_with_next, swap_operands, ask_the_opposite, hoist,
                                         move_phi_first, block_last,    claim_no_overflow};

}  // namespace

std::size_t count_moves(llvm::Function& function) {
  return function.getInstructionCount() * k_moves.size();
}

bool make_move(llvm::Function& function, std::size_t which) {
  std::size_t place = which / k_moves.size();
  for (Instruction& instruction : llvm::instructions(function))
    if (place-- == 0) return k_moves[which % k_moves.size()](instruction);
  return false;
}

}  // namespace llmc
