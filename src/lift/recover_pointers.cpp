#include <llvm/ADT/MapVector.h>
#include <llvm/Analysis/ConstantFolding.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Operator.h>
#include <llvm/Transforms/Utils/Cloning.h>

#include <map>
#include <set>
#include <vector>

#include "lift/recover.h"

namespace llmc {
namespace {

using llvm::Value;

/// True if one of the values is the phi itself plus a constant.
bool steps_by_constant(const llvm::PHINode& phi) {
  for (const llvm::Use& incoming : phi.incoming_values()) {
    const auto* const sum = llvm::dyn_cast<llvm::BinaryOperator>(&*incoming);
    if (sum != nullptr && sum->getOpcode() == llvm::Instruction::Add &&
        sum->getOperand(0) == &phi && llvm::isa<llvm::ConstantInt>(sum->getOperand(1)))
      return true;
  }
  return false;
}

/// Which of two summands is no address.
bool is_certainly_number(const Value* value) {
  if (llvm::isa<llvm::ConstantInt>(value)) return true;
  const auto* const operation = llvm::dyn_cast<llvm::Instruction>(value);
  if (operation == nullptr) return false;
  // A counter begins at a number.
  if (const auto* const phi = llvm::dyn_cast<llvm::PHINode>(value))
    for (const llvm::Use& incoming : phi->incoming_values())
      if (const auto* const begin = llvm::dyn_cast<llvm::ConstantInt>(&*incoming);
          begin != nullptr && steps_by_constant(*phi))
        return true;
  switch (operation->getOpcode()) {
    case llvm::Instruction::ZExt:
    case llvm::Instruction::SExt:
    case llvm::Instruction::Shl:
    case llvm::Instruction::Mul:
    case llvm::Instruction::LShr:
    case llvm::Instruction::AShr:
    case llvm::Instruction::UDiv:
    case llvm::Instruction::SDiv:
    case llvm::Instruction::URem:
    case llvm::Instruction::SRem:
    case llvm::Instruction::Sub:
    case llvm::Instruction::Xor:
    case llvm::Instruction::Or:
    case llvm::Instruction::And:
      return true;
    default:
      return false;
  }
}

/// Decides which values are addresses, then makes pointers of them.
class PointerRecovery {
 public:
  explicit PointerRecovery(llvm::Function& function)
      : function_(function), ptr_(llvm::PointerType::get(function.getContext(), 0)) {}

  /// Finds the addresses.
  void find();
  /// The function with pointers for parameters that are addresses; the one that was is gone then.
  llvm::Function* change_parameters();
  /// Computes the addresses as pointers.
  void rewrite() {
    replace_casts();
    compare_as_pointers();
    replace_integers();
  }

 private:
  void settle();
  bool spread();
  void demand(Value* value);
  void demand_operands(Value* value);
  Value* base_of(llvm::BinaryOperator& sum);
  bool is_address(Value* value) const { return addresses_.contains(value); }
  Value* pointer(Value* value);
  Value* make(Value* value);
  Value* make_sum(llvm::BinaryOperator& sum);
  void replace_integers();
  void replace_casts();
  void compare_as_pointers();
  bool returns_address() const;

  llvm::Function& function_;
  llvm::PointerType* ptr_;
  std::set<Value*> addresses_;
  std::vector<Value*> work_;
  llvm::MapVector<Value*, Value*> made_;  ///< in the order in which they were made
};

/// The summand that is the address; null if neither can be.
Value* PointerRecovery::base_of(llvm::BinaryOperator& sum) {
  Value *const a = sum.getOperand(0), *const b = sum.getOperand(1);
  if (sum.getOpcode() == llvm::Instruction::Sub) return is_certainly_number(a) ? nullptr : a;
  const bool a_is_number = is_certainly_number(a), b_is_number = is_certainly_number(b);
  if (a_is_number && b_is_number) return nullptr;
  if (a_is_number) return b;
  if (b_is_number) return a;
  if (is_address(b) && !is_address(a)) return b;
  return a;
}

void PointerRecovery::demand(Value* value) {
  if (!value->getType()->isIntegerTy(64) || !addresses_.insert(value).second) return;
  work_.push_back(value);
}

void PointerRecovery::demand_operands(Value* value) {
  if (auto* const phi = llvm::dyn_cast<llvm::PHINode>(value)) {
    for (Value* incoming : phi->incoming_values()) demand(incoming);
  } else if (auto* const select = llvm::dyn_cast<llvm::SelectInst>(value)) {
    demand(select->getTrueValue());
    demand(select->getFalseValue());
  } else if (auto* const sum = llvm::dyn_cast<llvm::BinaryOperator>(value)) {
    const bool is_sum =
        sum->getOpcode() == llvm::Instruction::Add || sum->getOpcode() == llvm::Instruction::Sub;
    if (Value* const base = is_sum ? base_of(*sum) : nullptr) demand(base);
  }
}

/// Where the pointer for `value` is computed: beside it.
Value* PointerRecovery::pointer(Value* value) {
  if (const auto known = made_.find(value); known != made_.end()) return known->second;
  if (auto* const phi = llvm::dyn_cast<llvm::PHINode>(value); phi != nullptr && is_address(value)) {
    auto* const made =
        llvm::PHINode::Create(ptr_, phi->getNumIncomingValues(), "", phi->getIterator());
    made_[value] = made;
    for (unsigned i = 0; i < phi->getNumIncomingValues(); ++i)
      made->addIncoming(pointer(phi->getIncomingValue(i)), phi->getIncomingBlock(i));
    return made;
  }
  Value* const made = make(value);
  made_[value] = made;
  return made;
}

Value* PointerRecovery::make_sum(llvm::BinaryOperator& sum) {
  Value* const base = base_of(sum);
  if (base == nullptr) return nullptr;
  llvm::IRBuilder<> builder(&sum);
  Value* other = sum.getOperand(0) == base ? sum.getOperand(1) : sum.getOperand(0);
  if (sum.getOpcode() == llvm::Instruction::Sub) other = builder.CreateNeg(sum.getOperand(1));
  Value* const pointer_to_base = pointer(base);
  builder.SetInsertPoint(&sum);
  return builder.CreateGEP(builder.getInt8Ty(), pointer_to_base, other);
}

Value* PointerRecovery::make(Value* value) {
  if (auto* const cast = llvm::dyn_cast<llvm::PtrToIntOperator>(value))
    return cast->getPointerOperand();
  if (auto* const constant = llvm::dyn_cast<llvm::Constant>(value)) {
    const auto* const sum = llvm::dyn_cast<llvm::ConstantExpr>(constant);
    const bool is_sum = sum != nullptr && sum->getOpcode() == llvm::Instruction::Add;
    auto* const base =
        is_sum ? llvm::dyn_cast<llvm::PtrToIntOperator>(sum->getOperand(0)) : nullptr;
    if (base != nullptr)
      return llvm::ConstantExpr::getGetElementPtr(
          llvm::Type::getInt8Ty(function_.getContext()),
          llvm::cast<llvm::Constant>(base->getPointerOperand()),
          llvm::cast<llvm::Constant>(sum->getOperand(1)));
    return llvm::ConstantExpr::getIntToPtr(constant, ptr_);
  }
  auto* const instruction = llvm::dyn_cast<llvm::Instruction>(value);
  if (instruction == nullptr) {  // an argument whose type stays
    llvm::IRBuilder<> builder(&*function_.getEntryBlock().getFirstInsertionPt());
    return builder.CreateIntToPtr(value, ptr_);
  }
  if (is_address(value)) {
    if (auto* const select = llvm::dyn_cast<llvm::SelectInst>(instruction)) {
      Value* const yes = pointer(select->getTrueValue());
      Value* const no = pointer(select->getFalseValue());
      return llvm::IRBuilder<>(select).CreateSelect(select->getCondition(), yes, no);
    }
    if (auto* const sum = llvm::dyn_cast<llvm::BinaryOperator>(instruction))
      if (Value* const made = make_sum(*sum)) return made;
    if (auto* const load = llvm::dyn_cast<llvm::LoadInst>(instruction)) {
      llvm::IRBuilder<> builder(load);
      auto* const made =
          builder.CreateAlignedLoad(ptr_, load->getPointerOperand(), load->getAlign());
      made->setVolatile(load->isVolatile());
      return made;
    }
  }
  llvm::IRBuilder<> builder(function_.getContext());
  if (llvm::isa<llvm::PHINode>(instruction))
    builder.SetInsertPoint(&*instruction->getParent()->getFirstInsertionPt());
  else
    builder.SetInsertPoint(instruction->getNextNode());
  return builder.CreateIntToPtr(instruction, ptr_);
}

/// Comparisons and stores of addresses, and what is returned, as pointers too.
void PointerRecovery::compare_as_pointers() {
  std::vector<llvm::Instruction*> instructions;
  for (llvm::Instruction& instruction : llvm::instructions(function_))
    instructions.push_back(&instruction);
  for (llvm::Instruction* const instruction : instructions) {
    if (auto* const compare = llvm::dyn_cast<llvm::ICmpInst>(instruction)) {
      Value *const a = compare->getOperand(0), *const b = compare->getOperand(1);
      const auto is_one = [&](Value* value) {
        const auto* const constant = llvm::dyn_cast<llvm::ConstantInt>(value);
        return is_address(value) || llvm::isa<llvm::PtrToIntOperator>(value) ||
               (constant != nullptr && constant->isZero());
      };
      const auto is_number = [](Value* value) { return llvm::isa<llvm::ConstantInt>(value); };
      if (!a->getType()->isIntegerTy(64) || is_number(a) || !is_one(a) || !is_one(b)) continue;
      Value *const left = pointer(a), *const right = pointer(b);
      compare->setOperand(0, left);
      compare->setOperand(1, right);
    } else if (auto* const store = llvm::dyn_cast<llvm::StoreInst>(instruction)) {
      if (is_address(store->getValueOperand()))
        store->setOperand(0, pointer(store->getValueOperand()));
    }
  }
}

void PointerRecovery::replace_casts() {
  std::vector<llvm::IntToPtrInst*> casts;
  for (llvm::Instruction& instruction : llvm::instructions(function_))
    if (auto* const cast = llvm::dyn_cast<llvm::IntToPtrInst>(&instruction);
        cast != nullptr && cast->getType() == ptr_ && is_address(cast->getOperand(0)))
      casts.push_back(cast);
  for (llvm::IntToPtrInst* const cast : casts) {
    Value* const made = pointer(cast->getOperand(0));
    if (made == cast) continue;
    cast->replaceAllUsesWith(made);
    for (auto& [value, known] : made_)
      if (known == cast) known = made;
    cast->eraseFromParent();
  }
}

/// What is left of the integers reads the pointers, so that nothing is computed or loaded twice.
void PointerRecovery::replace_integers() {
  for (const auto& [value, made] : made_) {
    auto* const old = llvm::dyn_cast<llvm::Instruction>(value);
    auto* const pointer = llvm::dyn_cast<llvm::Instruction>(made);
    if (old == nullptr || pointer == nullptr || !is_address(value) ||
        llvm::isa<llvm::IntToPtrInst>(pointer) || old->getParent() != pointer->getParent())
      continue;
    std::vector<llvm::Use*> outside;
    for (llvm::Use& use : old->uses())
      if (!is_address(use.getUser())) outside.push_back(&use);
    if (outside.empty()) continue;
    llvm::IRBuilder<> builder(function_.getContext());
    if (llvm::isa<llvm::PHINode>(old))
      builder.SetInsertPoint(&*old->getParent()->getFirstInsertionPt());
    else
      builder.SetInsertPoint(old->getNextNode());
    Value* const number = builder.CreatePtrToInt(pointer, old->getType());
    for (llvm::Use* const use : outside) use->set(number);
  }
}

/// True if all that is returned is an address or null, and some of it an address.
bool PointerRecovery::returns_address() const {
  bool is_one = false;
  for (llvm::BasicBlock& block : function_) {
    auto* const exit = llvm::dyn_cast<llvm::ReturnInst>(block.getTerminator());
    if (exit == nullptr) continue;
    Value* const value = exit->getReturnValue();
    if (value == nullptr || !value->getType()->isIntegerTy(64)) return false;
    const auto* const constant = llvm::dyn_cast<llvm::ConstantInt>(value);
    if (is_address(value) || llvm::isa<llvm::PtrToIntOperator>(value))
      is_one = true;
    else if (constant == nullptr || !constant->isZero())
      return false;
  }
  return is_one;
}

llvm::Function* PointerRecovery::change_parameters() {
  std::vector<llvm::Type*> types;
  bool changes = false;
  for (llvm::Argument& argument : function_.args()) {
    const bool is_pointer = is_address(&argument);
    changes = changes || is_pointer;
    types.push_back(is_pointer ? ptr_ : argument.getType());
  }
  const bool gives_address = returns_address();
  if (!changes && !gives_address) return &function_;
  llvm::Type* const result = gives_address ? ptr_ : function_.getReturnType();
  llvm::FunctionType* const type = llvm::FunctionType::get(result, types, function_.isVarArg());
  llvm::Function* const made =
      llvm::Function::Create(type, function_.getLinkage(), "", function_.getParent());
  llvm::ValueToValueMapTy map;
  llvm::BasicBlock* const entry = llvm::BasicBlock::Create(function_.getContext(), "", made);
  llvm::IRBuilder<> builder(entry);
  for (unsigned i = 0; i < function_.arg_size(); ++i) {
    llvm::Argument* const old = function_.getArg(i);
    Value* value = made->getArg(i);
    if (value->getType() != old->getType()) value = builder.CreatePtrToInt(value, old->getType());
    map[old] = value;
  }
  llvm::SmallVector<llvm::ReturnInst*, 4> returns;
  llvm::CloneFunctionInto(made, &function_, map, llvm::CloneFunctionChangeType::LocalChangesOnly,
                          returns);
  auto* const body = llvm::cast<llvm::BasicBlock>(map[&function_.getEntryBlock()]);
  builder.CreateBr(body);
  if (gives_address)
    for (llvm::ReturnInst* const exit : returns)
      exit->setOperand(0, llvm::IRBuilder<>(exit).CreateIntToPtr(exit->getReturnValue(), ptr_));
  made->takeName(&function_);
  function_.replaceAllUsesWith(made);
  function_.eraseFromParent();
  return made;
}

void PointerRecovery::find() {
  for (llvm::Instruction& instruction : llvm::instructions(function_))
    if (auto* const cast = llvm::dyn_cast<llvm::IntToPtrInst>(&instruction);
        cast != nullptr && cast->getType() == ptr_)
      demand(cast->getOperand(0));
  do settle();
  while (spread());
}

void PointerRecovery::settle() {
  while (!work_.empty()) {
    Value* const value = work_.back();
    work_.pop_back();
    demand_operands(value);
  }
}

/// What is computed from addresses as addresses are is one too. True if there was anything new.
bool PointerRecovery::spread() {
  const auto is_known = [&](Value* value) {
    return is_address(value) || llvm::isa<llvm::PtrToIntOperator>(value);
  };
  for (llvm::Instruction& instruction : llvm::instructions(function_)) {
    if (auto* const compare = llvm::dyn_cast<llvm::ICmpInst>(&instruction)) {
      // What is compared with an address is one.
      Value *const a = compare->getOperand(0), *const b = compare->getOperand(1);
      if (is_known(a) && !is_certainly_number(b)) demand(b);
      if (is_known(b) && !is_certainly_number(a)) demand(a);
      continue;
    }
    if (!instruction.getType()->isIntegerTy(64) || is_known(&instruction)) continue;
    if (auto* const sum = llvm::dyn_cast<llvm::BinaryOperator>(&instruction)) {
      const bool is_sum =
          sum->getOpcode() == llvm::Instruction::Add || sum->getOpcode() == llvm::Instruction::Sub;
      Value* const base = is_sum ? base_of(*sum) : nullptr;
      if (base == nullptr || !is_known(base)) continue;
      Value* const other = sum->getOperand(0) == base ? sum->getOperand(1) : sum->getOperand(0);
      if (!is_known(other)) demand(sum);
    } else if (auto* const phi = llvm::dyn_cast<llvm::PHINode>(&instruction)) {
      for (Value* incoming : phi->incoming_values())
        if (is_known(incoming)) demand(phi);
    } else if (auto* const select = llvm::dyn_cast<llvm::SelectInst>(&instruction)) {
      if (is_known(select->getTrueValue()) || is_known(select->getFalseValue())) demand(select);
    }
  }
  return !work_.empty();
}

/// Addresses that are computed as numbers from that of a symbol become steps from the symbol.
void compute_constant_addresses(llvm::Function& function) {
  const llvm::DataLayout& layout = function.getParent()->getDataLayout();
  llvm::Type* const byte = llvm::Type::getInt8Ty(function.getContext());
  for (llvm::Instruction& instruction : llvm::instructions(function))
    for (llvm::Use& operand : instruction.operands()) {
      auto* const cast = llvm::dyn_cast<llvm::ConstantExpr>(&*operand);
      if (cast == nullptr || cast->getOpcode() != llvm::Instruction::IntToPtr) continue;
      llvm::GlobalValue* symbol = nullptr;
      llvm::APInt offset;
      if (llvm::IsConstantOffsetFromGlobal(cast->getOperand(0), symbol, offset, layout))
        operand.set(llvm::ConstantExpr::getGetElementPtr(
            byte, symbol,
            static_cast<llvm::Constant*>(llvm::ConstantInt::get(function.getContext(), offset))));
    }
}

}  // namespace

llvm::Function* recover_pointers(llvm::Function& function) {
  PointerRecovery parameters(function);
  parameters.find();
  llvm::Function* const made = parameters.change_parameters();
  PointerRecovery body(*made);
  body.find();
  body.rewrite();
  compute_constant_addresses(*made);
  return made;
}

}  // namespace llmc
