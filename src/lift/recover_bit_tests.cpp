#include <llvm/IR/Constants.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/PatternMatch.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "lift/recover.h"

namespace llmc {
namespace {

using namespace llvm::PatternMatch;
using llvm::Value;

/// A block that does nothing but look at bit number `index` of `mask`.
struct BitTest {
  Value* index = nullptr;  ///< of any width
  llvm::APInt mask;
  llvm::BasicBlock* if_set = nullptr;
  llvm::BasicBlock* if_clear = nullptr;
};

std::optional<BitTest> bit_test(llvm::BasicBlock& block) {
  auto* const branch = llvm::dyn_cast<llvm::BranchInst>(block.getTerminator());
  if (branch == nullptr || !branch->isConditional()) return std::nullopt;
  Value* shifted = nullptr;
  Value* condition = branch->getCondition();
  bool is_opposite = false;
  llvm::CmpInst::Predicate predicate{};
  if (match(condition, m_ICmp(predicate, m_And(m_Value(shifted), m_One()), m_Zero()))) {
    if (!llvm::CmpInst::isEquality(predicate)) return std::nullopt;
    is_opposite = predicate == llvm::CmpInst::ICMP_EQ;
  } else if (!match(condition, m_Trunc(m_Value(shifted)))) {
    return std::nullopt;
  }
  const llvm::APInt* mask = nullptr;
  Value* index = nullptr;
  if (!match(shifted, m_LShr(m_APInt(mask), m_Value(index)))) return std::nullopt;
  Value* narrow = nullptr;
  if (match(index, m_ZExt(m_Value(narrow)))) index = narrow;
  // The shift, the mask or cast, the comparison, the extension and the branch are all there is.
  constexpr std::size_t k_most = 5;
  if (block.size() > k_most) return std::nullopt;
  for (const llvm::Instruction& instruction : block)
    if (&instruction != branch &&
        (instruction.mayHaveSideEffects() || instruction.mayReadFromMemory() ||
         instruction.isUsedOutsideOfBlock(&block)))
      return std::nullopt;
  return BitTest{index, *mask, branch->getSuccessor(is_opposite ? 1 : 0),
                 branch->getSuccessor(is_opposite ? 0 : 1)};
}

/// The number below which `index` is where `guard` leads to `block`, and otherwise to `outside`.
std::optional<std::uint64_t> bound_of(llvm::BranchInst& guard, const llvm::BasicBlock& block,
                                      const Value* index, const llvm::BasicBlock* outside) {
  auto* const compare = llvm::dyn_cast<llvm::ICmpInst>(guard.getCondition());
  if (compare == nullptr || compare->getOperand(0) != index) return std::nullopt;
  const auto* const bound = llvm::dyn_cast<llvm::ConstantInt>(compare->getOperand(1));
  const bool is_first = guard.getSuccessor(0) == &block;
  if (bound == nullptr || guard.getSuccessor(is_first ? 1 : 0) != outside) return std::nullopt;
  const auto predicate = is_first ? compare->getPredicate() : compare->getInversePredicate();
  if (bound->getValue().getActiveBits() > 32) return std::nullopt;
  if (predicate == llvm::CmpInst::ICMP_ULT) return bound->getZExtValue();
  if (predicate == llvm::CmpInst::ICMP_ULE) return bound->getZExtValue() + 1;
  return std::nullopt;
}

bool agree(llvm::BasicBlock& target, llvm::BasicBlock* a, llvm::BasicBlock* b) {
  return std::ranges::all_of(target.phis(), [&](const llvm::PHINode& phi) {
    return phi.getIncomingValueForBlock(a) == phi.getIncomingValueForBlock(b);
  });
}

bool recover(llvm::BasicBlock& block) {
  const auto test = bit_test(block);
  if (!test || test->if_set == test->if_clear) return false;
  llvm::BasicBlock* const before = block.getSinglePredecessor();
  if (before == nullptr || before == &block) return false;
  auto* const guard = llvm::dyn_cast<llvm::BranchInst>(before->getTerminator());
  if (guard == nullptr || !guard->isConditional()) return false;
  auto bound = bound_of(*guard, block, test->index, test->if_clear);
  // The values outside may go where the set bits go as well.
  const bool is_set_outside = !bound;
  if (!bound) bound = bound_of(*guard, block, test->index, test->if_set);
  if (!bound || *bound > test->mask.getBitWidth()) return false;
  llvm::BasicBlock* const outside = is_set_outside ? test->if_set : test->if_clear;
  llvm::BasicBlock* const inside = is_set_outside ? test->if_clear : test->if_set;
  if (!agree(*outside, before, &block)) return false;

  llvm::IRBuilder<> builder(guard);
  auto* const made = builder.CreateSwitch(test->index, outside);
  auto* const type = llvm::cast<llvm::IntegerType>(test->index->getType());
  for (std::uint64_t value = 0; value < *bound; ++value)
    if (test->mask[static_cast<unsigned>(value)] != is_set_outside)
      made->addCase(llvm::ConstantInt::get(type, value), inside);
  if (made->getNumCases() == 0) {
    made->eraseFromParent();
    return false;
  }
  for (llvm::PHINode& phi : inside->phis()) {
    Value* const value = phi.getIncomingValueForBlock(&block);
    for (unsigned i = 0; i < made->getNumCases(); ++i) phi.addIncoming(value, before);
  }
  auto* const compare = llvm::cast<llvm::Instruction>(guard->getCondition());
  guard->eraseFromParent();
  if (compare->use_empty()) compare->eraseFromParent();
  return true;
}

}  // namespace

void recover_bit_tests(llvm::Function& function) {
  std::vector<llvm::BasicBlock*> blocks;
  for (llvm::BasicBlock& block : function) blocks.push_back(&block);
  bool changed = false;
  for (llvm::BasicBlock* const block : blocks) changed = recover(*block) || changed;
  if (changed) llvm::EliminateUnreachableBlocks(function);
}

}  // namespace llmc
