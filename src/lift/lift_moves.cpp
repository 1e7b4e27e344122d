#include "lift/lift_moves.h"

#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/MDBuilder.h>
#include <llvm/IR/Operator.h>
#include <llvm/IR/PatternMatch.h>
#include <llvm/IR/ValueHandle.h>

#include <algorithm>
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

bool sink(Instruction& instruction) {
  if (!is_pure(instruction) || instruction.use_empty()) return false;
  llvm::BasicBlock* target = nullptr;
  for (const llvm::User* const user : instruction.users()) {
    const auto* const one = llvm::cast<Instruction>(user);
    if (llvm::isa<llvm::PHINode>(one) || (target != nullptr && one->getParent() != target))
      return false;
    target = const_cast<llvm::BasicBlock*>(one->getParent());
  }
  if (target == instruction.getParent() ||
      target->getSinglePredecessor() != instruction.getParent())
    return false;
  instruction.moveBefore(&*target->getFirstInsertionPt());
  return true;
}

bool weigh(Instruction& instruction, std::uint32_t taken, std::uint32_t otherwise) {
  auto* const branch = llvm::dyn_cast<llvm::BranchInst>(&instruction);
  if (branch == nullptr || !branch->isConditional()) return false;
  llvm::MDNode* const weights =
      llvm::MDBuilder(branch->getContext()).createBranchWeights(taken, otherwise);
  if (branch->getMetadata(llvm::LLVMContext::MD_prof) == weights) return false;
  branch->setMetadata(llvm::LLVMContext::MD_prof, weights);
  return true;
}

// As much as clang makes of __builtin_expect.
constexpr std::uint32_t k_expected = 2000;
bool expect_either(Instruction& instruction) { return weigh(instruction, 1, 1); }
bool expect_first(Instruction& instruction) { return weigh(instruction, k_expected, 1); }
bool expect_second(Instruction& instruction) { return weigh(instruction, 1, k_expected); }

/// `load i32` of which 16 bits are looked at: code generation reads 32 where it may.
bool load_half(Instruction& instruction) {
  auto* const load = llvm::dyn_cast<llvm::LoadInst>(&instruction);
  if (load == nullptr || !load->getType()->isIntegerTy(32) || load->use_empty()) return false;
  const auto is_half = [](const llvm::User* user) {
    return llvm::isa<llvm::TruncInst>(user) && user->getType()->isIntegerTy(16);
  };
  if (!std::ranges::all_of(load->users(), is_half)) return false;
  llvm::Type* const half = llvm::Type::getInt16Ty(load->getContext());
  auto* const made = new llvm::LoadInst(half, load->getPointerOperand(), "", load->isVolatile(),
                                        llvm::Align(4), load->getIterator());
  const std::vector<llvm::User*> users(load->user_begin(), load->user_end());
  for (llvm::User* const user : users) {
    user->replaceAllUsesWith(made);
    llvm::cast<Instruction>(user)->eraseFromParent();
  }
  load->eraseFromParent();
  return true;
}

/// A byte that a call gives and that is only compared with zero is a truth value.
bool give_truth(Instruction& instruction) {
  using namespace llvm::PatternMatch;
  auto* const call = llvm::dyn_cast<llvm::CallInst>(&instruction);
  if (call == nullptr || !call->getType()->isIntegerTy(8) || call->use_empty()) return false;
  const auto asks_for_zero = [](const llvm::User* user) {
    const auto* const compare = llvm::dyn_cast<llvm::ICmpInst>(user);
    return compare != nullptr && compare->isEquality() &&
           (match(compare->getOperand(1), m_Zero()) || match(compare->getOperand(0), m_Zero()));
  };
  if (!std::ranges::all_of(call->users(), asks_for_zero)) return false;
  llvm::FunctionType* const old = call->getFunctionType();
  auto* const type = llvm::FunctionType::get(llvm::Type::getInt1Ty(call->getContext()),
                                             old->params(), old->isVarArg());
  const std::vector<llvm::Value*> arguments(call->arg_begin(), call->arg_end());
  auto* const made =
      llvm::CallInst::Create(type, call->getCalledOperand(), arguments, "", call->getIterator());
  made->setAttributes(call->getAttributes());
  made->addRetAttr(llvm::Attribute::ZExt);
  made->setTailCallKind(call->getTailCallKind());
  const std::vector<llvm::User*> users(call->user_begin(), call->user_end());
  for (llvm::User* const user : users) {
    auto* const compare = llvm::cast<llvm::ICmpInst>(user);
    llvm::Value* truth = made;
    if (compare->getPredicate() == llvm::CmpInst::ICMP_EQ)
      truth = llvm::BinaryOperator::CreateNot(made, "", compare->getIterator());
    compare->replaceAllUsesWith(truth);
    compare->eraseFromParent();
  }
  call->eraseFromParent();
  return true;
}

/// A branch on the opposite of a truth value goes the other way on the value itself.
bool ask_without_not(Instruction& instruction) {
  using namespace llvm::PatternMatch;
  auto* const branch = llvm::dyn_cast<llvm::BranchInst>(&instruction);
  if (branch == nullptr || !branch->isConditional()) return false;
  auto* const condition = llvm::dyn_cast<Instruction>(branch->getCondition());
  llvm::Value* truth = nullptr;
  if (condition == nullptr || !match(condition, m_Not(m_Value(truth)))) return false;
  branch->setCondition(truth);
  branch->swapSuccessors();
  if (condition->use_empty()) condition->eraseFromParent();
  return true;
}

using Move = bool (*)(Instruction&);
constexpr std::array<Move, 14> k_moves = {
    expect_either, give_truth,     load_half,      ask_without_not,  expect_first,
    expect_second, sink,           swap_with_next, swap_operands,    ask_the_opposite,
    hoist,         move_phi_first, block_last,     claim_no_overflow};
static_assert(k_moves_everywhere < k_moves.size());

}  // namespace

std::size_t move_kinds() { return k_moves.size(); }

bool move_claims(std::size_t kind) {
  return k_moves[kind] == give_truth || k_moves[kind] == load_half ||
         k_moves[kind] == claim_no_overflow;
}

bool make_move(llvm::Function& function, std::size_t place, std::size_t kind) {
  for (Instruction& instruction : llvm::instructions(function))
    if (place-- == 0) return k_moves[kind](instruction);
  return false;
}

bool make_everywhere(llvm::Function& function, std::size_t kind) {
  bool is_changed = false;
  std::vector<llvm::WeakVH> instructions;  // a move may take some away
  for (Instruction& instruction : llvm::instructions(function))
    instructions.emplace_back(&instruction);
  for (const llvm::WeakVH& instruction : instructions)
    if (instruction)
      is_changed = k_moves[kind](*llvm::cast<Instruction>(instruction)) || is_changed;
  return is_changed;
}

}  // namespace llmc
