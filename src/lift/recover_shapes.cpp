#include <llvm/ADT/STLExtras.h>
#include <llvm/ADT/SetVector.h>
#include <llvm/Analysis/ConstantFolding.h>
#include <llvm/Analysis/ValueTracking.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/Dominators.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/PatternMatch.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>
#include <llvm/Transforms/Utils/Local.h>

#include <map>
#include <optional>
#include <vector>

#include "lift/recover.h"

namespace llmc {
namespace {

using namespace llvm::PatternMatch;
using llvm::Value;

bool fits_32(const llvm::ConstantInt& constant) { return constant.getValue().isIntN(32); }

/// The i32 that `value` is extended from.
Value* narrow_source(Value* value) {
  auto* const extension = llvm::dyn_cast<llvm::ZExtInst>(value);
  return extension != nullptr && extension->getOperand(0)->getType()->isIntegerTy(32)
             ? extension->getOperand(0)
             : nullptr;
}

/// All phis of 64 bits that only ever hold values of 32.
llvm::SetVector<llvm::PHINode*> narrow_candidates(llvm::Function& function) {
  llvm::SetVector<llvm::PHINode*> candidates;
  for (llvm::Instruction& instruction : llvm::instructions(function))
    if (auto* const phi = llvm::dyn_cast<llvm::PHINode>(&instruction);
        phi != nullptr && phi->getType()->isIntegerTy(64))
      candidates.insert(phi);
  const auto is_wide = [&](llvm::PHINode* candidate) {
    return llvm::any_of(candidate->incoming_values(), [&](Value* incoming) {
      auto* const phi = llvm::dyn_cast<llvm::PHINode>(incoming);
      const auto* const constant = llvm::dyn_cast<llvm::ConstantInt>(incoming);
      return narrow_source(incoming) == nullptr && (constant == nullptr || !fits_32(*constant)) &&
             (phi == nullptr || !candidates.contains(phi));
    });
  };
  while (candidates.remove_if(is_wide)) {
  }
  return candidates;
}

/// A bounds check in front of a switch.
struct GuardedSwitch {
  llvm::BasicBlock* guard = nullptr;
  llvm::BasicBlock* outside = nullptr;
  Value* index = nullptr;  ///< what is compared, of any width
};

/// `br (icmp ugt x, n)` to `outside`, else to `jump`'s block, whose condition is x or its
/// extension.
std::optional<GuardedSwitch> guard_of(llvm::SwitchInst& jump) {
  llvm::BasicBlock* const block = jump.getParent();
  llvm::BasicBlock* const guard = block->getSinglePredecessor();
  if (guard == nullptr || guard == block) return std::nullopt;
  auto* const branch = llvm::dyn_cast<llvm::BranchInst>(guard->getTerminator());
  if (branch == nullptr || !branch->isConditional()) return std::nullopt;
  auto* const compare = llvm::dyn_cast<llvm::ICmpInst>(branch->getCondition());
  if (compare == nullptr) return std::nullopt;
  auto predicate = compare->getPredicate();
  const bool is_first = branch->getSuccessor(0) == block;
  if (is_first) predicate = llvm::CmpInst::getInversePredicate(predicate);
  const auto* const bound = llvm::dyn_cast<llvm::ConstantInt>(compare->getOperand(1));
  if (bound == nullptr) return std::nullopt;
  llvm::APInt last = bound->getValue();
  if (predicate == llvm::CmpInst::ICMP_UGE)
    last -= 1;
  else if (predicate != llvm::CmpInst::ICMP_UGT)
    return std::nullopt;
  if (last != jump.getNumCases() - 1) return std::nullopt;
  Value* const index = compare->getOperand(0);
  Value* const condition = jump.getCondition();
  Value* extended = nullptr;
  if (condition != index && !(match(condition, m_ZExt(m_Value(extended))) && extended == index))
    return std::nullopt;
  return GuardedSwitch{guard, branch->getSuccessor(is_first ? 1 : 0), index};
}

/// True if what stands before `jump` may as well be done before the bounds check.
bool can_move_up(llvm::SwitchInst& jump) {
  for (llvm::Instruction& instruction : *jump.getParent())
    if (&instruction != &jump && (llvm::isa<llvm::PHINode>(instruction) ||
                                  !llvm::isSafeToSpeculativelyExecute(&instruction)))
      return false;
  return true;
}

/// True if all phis of `target` have the same from `a` and from `b`.
bool phis_agree(llvm::BasicBlock& target, llvm::BasicBlock* a, llvm::BasicBlock* b) {
  for (llvm::PHINode& phi : target.phis())
    if (phi.getIncomingValueForBlock(a) != phi.getIncomingValueForBlock(b)) return false;
  return true;
}

bool join(llvm::SwitchInst& jump, const GuardedSwitch& found) {
  llvm::BasicBlock* const block = jump.getParent();
  bool leads_outside = false;
  for (const auto& one : jump.cases())
    leads_outside = leads_outside || one.getCaseSuccessor() == found.outside;
  if (leads_outside && !phis_agree(*found.outside, found.guard, block)) return false;
  llvm::Instruction* const branch = found.guard->getTerminator();
  while (&block->front() != &jump) block->front().moveBefore(branch);
  llvm::IRBuilder<> builder(branch);
  auto* const made = builder.CreateSwitch(found.index, found.outside, jump.getNumCases());
  std::map<llvm::BasicBlock*, unsigned> edges;
  auto* const type = llvm::cast<llvm::IntegerType>(found.index->getType());
  for (const auto& one : jump.cases()) {
    if (one.getCaseSuccessor() == found.outside) continue;
    made->addCase(llvm::ConstantInt::get(type, one.getCaseValue()->getZExtValue()),
                  one.getCaseSuccessor());
  }
  if (leads_outside)
    for (llvm::PHINode& phi : found.outside->phis())
      while (phi.getBasicBlockIndex(block) >= 0) phi.removeIncomingValue(block, false);
  for (const auto& one : jump.cases())
    if (one.getCaseSuccessor() != found.outside)
      one.getCaseSuccessor()->replacePhiUsesWith(block, found.guard);
  jump.getDefaultDest()->removePredecessor(block);
  branch->eraseFromParent();
  jump.eraseFromParent();
  new llvm::UnreachableInst(block->getContext(), block);
  return true;
}

/// Replaces `value`, and what is cast from it, by `constant` wherever control comes over `edge`.
void replace_known(Value* value, llvm::Constant* constant, const llvm::BasicBlockEdge& edge,
                   llvm::DominatorTree& tree) {
  for (llvm::User* const user : value->users()) {
    auto* const cast = llvm::dyn_cast<llvm::CastInst>(user);
    if (cast == nullptr) continue;
    const llvm::DataLayout& layout = cast->getModule()->getDataLayout();
    if (llvm::Constant* const folded =
            llvm::ConstantFoldCastOperand(cast->getOpcode(), constant, cast->getType(), layout))
      replace_known(cast, folded, edge, tree);
  }
  llvm::replaceDominatedUsesWith(value, constant, tree, edge);
}

}  // namespace

void use_known_values(llvm::Function& function) {
  llvm::DominatorTree tree(function);
  for (llvm::BasicBlock& block : function) {
    auto* const branch = llvm::dyn_cast<llvm::BranchInst>(block.getTerminator());
    if (branch == nullptr || !branch->isConditional() ||
        branch->getSuccessor(0) == branch->getSuccessor(1))
      continue;
    auto* const compare = llvm::dyn_cast<llvm::ICmpInst>(branch->getCondition());
    if (compare == nullptr || !compare->isEquality()) continue;
    auto* const constant = llvm::dyn_cast<llvm::Constant>(compare->getOperand(1));
    Value* const value = compare->getOperand(0);
    const bool is_plain =
        constant != nullptr && !llvm::isa<llvm::Constant>(value) &&
        (llvm::isa<llvm::ConstantInt>(constant) || llvm::isa<llvm::ConstantPointerNull>(constant));
    if (!is_plain) continue;
    const unsigned equal = compare->getPredicate() == llvm::CmpInst::ICMP_EQ ? 0 : 1;
    replace_known(value, constant, {&block, branch->getSuccessor(equal)}, tree);
    // The pointer whose number is compared.
    if (auto* const cast = llvm::dyn_cast<llvm::PtrToIntInst>(value);
        cast != nullptr && constant->isNullValue())
      replace_known(cast->getPointerOperand(),
                    llvm::Constant::getNullValue(cast->getPointerOperand()->getType()),
                    {&block, branch->getSuccessor(equal)}, tree);
  }
}

void narrow_phis(llvm::Function& function) {
  const llvm::SetVector<llvm::PHINode*> candidates = narrow_candidates(function);
  std::map<Value*, llvm::PHINode*> made;
  llvm::Type* const narrow = llvm::Type::getInt32Ty(function.getContext());
  for (llvm::PHINode* const phi : candidates)
    made[phi] = llvm::PHINode::Create(narrow, phi->getNumIncomingValues(), "", phi->getIterator());
  for (llvm::PHINode* const phi : candidates) {
    for (unsigned i = 0; i < phi->getNumIncomingValues(); ++i) {
      Value* const incoming = phi->getIncomingValue(i);
      Value* value = narrow_source(incoming);
      if (value == nullptr) {
        const auto* const constant = llvm::dyn_cast<llvm::ConstantInt>(incoming);
        value = constant != nullptr
                    ? static_cast<Value*>(llvm::ConstantInt::get(narrow, constant->getZExtValue()))
                    : made.at(incoming);
      }
      made.at(phi)->addIncoming(value, phi->getIncomingBlock(i));
    }
  }
  for (llvm::PHINode* const phi : candidates) {
    llvm::IRBuilder<> builder(&*phi->getParent()->getFirstInsertionPt());
    phi->replaceAllUsesWith(builder.CreateZExt(made.at(phi), phi->getType()));
  }
  for (llvm::PHINode* const phi : candidates) phi->eraseFromParent();
}

void recover_elements(llvm::Function& function) {
  std::vector<llvm::GetElementPtrInst*> steps;
  for (llvm::Instruction& instruction : llvm::instructions(function))
    if (auto* const step = llvm::dyn_cast<llvm::GetElementPtrInst>(&instruction))
      steps.push_back(step);
  llvm::Type* const byte = llvm::Type::getInt8Ty(function.getContext());
  for (llvm::GetElementPtrInst* const step : steps) {
    if (step->getNumIndices() != 1 || !step->getSourceElementType()->isIntegerTy(8)) continue;
    Value* index = nullptr;
    const llvm::APInt* factor = nullptr;
    std::uint64_t size = 0;
    if (match(step->getOperand(1), m_Shl(m_Value(index), m_APInt(factor))) && factor->ult(16))
      size = std::uint64_t{1} << factor->getZExtValue();
    else if (match(step->getOperand(1), m_Mul(m_Value(index), m_APInt(factor))) &&
             factor->isStrictlyPositive() && factor->ult(1 << 20))
      size = factor->getZExtValue();
    if (size < 2) continue;
    // Where the product is computed is where the address was.
    auto* const product = llvm::dyn_cast<llvm::Instruction>(step->getOperand(1));
    const auto* const base = llvm::dyn_cast<llvm::Instruction>(step->getPointerOperand());
    const bool can_go_up = product != nullptr && product->getParent() == step->getParent() &&
                           (base == nullptr || base->getParent() != product->getParent() ||
                            base->comesBefore(product));
    llvm::IRBuilder<> builder(can_go_up ? product : step);
    Value* const made =
        builder.CreateGEP(llvm::ArrayType::get(byte, size), step->getPointerOperand(), index);
    step->replaceAllUsesWith(made);
    step->eraseFromParent();
    if (product != nullptr && product->use_empty()) product->eraseFromParent();
  }
}

void order_blocks(llvm::Function& function) {
  std::vector<llvm::BasicBlock*> exits;
  for (llvm::BasicBlock& block : function)
    if (&block != &function.getEntryBlock() && llvm::isa<llvm::ReturnInst>(block.getTerminator()))
      exits.push_back(&block);
  for (llvm::BasicBlock* const block : exits) block->moveAfter(&function.back());
}

void recover_switches(llvm::Function& function) {
  std::vector<llvm::SwitchInst*> jumps;
  for (llvm::Instruction& instruction : llvm::instructions(function))
    if (auto* const jump = llvm::dyn_cast<llvm::SwitchInst>(&instruction)) jumps.push_back(jump);
  bool changed = false;
  for (llvm::SwitchInst* const jump : jumps)
    if (const auto found = guard_of(*jump); found && can_move_up(*jump))
      changed = join(*jump, *found) || changed;
  if (changed) llvm::EliminateUnreachableBlocks(function);
}

}  // namespace llmc
