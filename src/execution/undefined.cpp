#include "execution/undefined.h"

#include <llvm/IR/Constants.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Operator.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Transforms/Instrumentation/BoundsChecking.h>
#include <llvm/Transforms/Utils/BasicBlockUtils.h>

#include <cmath>
#include <set>
#include <vector>

namespace llmc {
namespace {

class PromiseChecker {
 public:
  explicit PromiseChecker(llvm::Function& function)
      : function_(function),
        undefined_(function.getParent()->getOrInsertFunction(
            llvm::StringRef(k_undefined_function.data(), k_undefined_function.size()),
            llvm::Type::getVoidTy(function.getContext()))) {}

  void run() {
    std::vector<llvm::Instruction*> instructions;
    for (llvm::Instruction& instruction : llvm::instructions(function_))
      instructions.push_back(&instruction);
    for (llvm::Instruction* instruction : instructions) visit(*instruction);
    check_bounds();
  }

 private:
  /// Calls the function of undefined behaviour before `at` if `broken` is true.
  void require_not(llvm::Value* broken, llvm::Instruction& at) {
    if (broken->getType()->isVectorTy()) broken = llvm::IRBuilder<>(&at).CreateOrReduce(broken);
    llvm::Instruction* end = llvm::SplitBlockAndInsertIfThen(broken, at.getIterator(), true);
    llvm::IRBuilder<>(end).CreateCall(undefined_);
  }

  void visit(llvm::Instruction& instruction) {
    if (auto* binary = llvm::dyn_cast<llvm::BinaryOperator>(&instruction))
      return arithmetic(*binary);
    if (auto* cast = llvm::dyn_cast<llvm::CastInst>(&instruction)) return conversion(*cast);
    if (auto* gep = llvm::dyn_cast<llvm::GetElementPtrInst>(&instruction)) return index(*gep);
    if (auto* load = llvm::dyn_cast<llvm::LoadInst>(&instruction)) return loaded(*load);
    if (auto* copy = llvm::dyn_cast<llvm::MemCpyInst>(&instruction)) return overlap(*copy);
    if (auto* assume = llvm::dyn_cast<llvm::AssumeInst>(&instruction)) {
      llvm::IRBuilder<> builder(assume);
      return require_not(builder.CreateNot(assume->getArgOperand(0)), *assume);
    }
    if (llvm::isa<llvm::UnreachableInst>(instruction)) {
      // What stands behind a call that does not return is rightly never reached.
      const llvm::Instruction* before = instruction.getPrevNonDebugInstruction();
      const auto* call = llvm::dyn_cast_or_null<llvm::CallBase>(before);
      if (call == nullptr || !call->doesNotReturn())
        llvm::IRBuilder<>(&instruction).CreateCall(undefined_);
    }
  }

  void arithmetic(llvm::BinaryOperator& operation) {
    using llvm::Intrinsic::ID;
    llvm::IRBuilder<> builder(&operation);
    llvm::Value* a = operation.getOperand(0);
    llvm::Value* b = operation.getOperand(1);
    const auto opcode = operation.getOpcode();
    if (operation.isShift()) {
      const auto bits = llvm::ConstantInt::get(b->getType(), b->getType()->getScalarSizeInBits());
      require_not(builder.CreateICmpUGE(b, bits), operation);
    }
    if (auto* joined = llvm::dyn_cast<llvm::PossiblyDisjointInst>(&operation)) {
      if (joined->isDisjoint())
        require_not(builder.CreateICmpNE(builder.CreateAnd(a, b),
                                         llvm::Constant::getNullValue(a->getType())),
                    operation);
      return;
    }
    if (!llvm::isa<llvm::OverflowingBinaryOperator>(operation)) return;
    for (const bool is_signed : {true, false}) {
      if (is_signed ? !operation.hasNoSignedWrap() : !operation.hasNoUnsignedWrap()) continue;
      builder.SetInsertPoint(&operation);
      if (opcode == llvm::Instruction::Shl) {
        llvm::Value* shifted = builder.CreateShl(a, b);
        llvm::Value* back =
            is_signed ? builder.CreateAShr(shifted, b) : builder.CreateLShr(shifted, b);
        require_not(builder.CreateICmpNE(back, a), operation);
        continue;
      }
      const ID id =
          opcode == llvm::Instruction::Add   ? (is_signed ? llvm::Intrinsic::sadd_with_overflow
                                                          : llvm::Intrinsic::uadd_with_overflow)
          : opcode == llvm::Instruction::Sub ? (is_signed ? llvm::Intrinsic::ssub_with_overflow
                                                          : llvm::Intrinsic::usub_with_overflow)
                                             : (is_signed ? llvm::Intrinsic::smul_with_overflow
                                                          : llvm::Intrinsic::umul_with_overflow);
      require_not(builder.CreateExtractValue(builder.CreateBinaryIntrinsic(id, a, b), 1),
                  operation);
    }
  }

  void conversion(llvm::CastInst& cast) {
    llvm::IRBuilder<> builder(&cast);
    llvm::Value* from = cast.getOperand(0);
    if (llvm::isa<llvm::PossiblyNonNegInst>(cast) && cast.hasNonNeg())
      require_not(builder.CreateICmpSLT(from, llvm::Constant::getNullValue(from->getType())), cast);
    const bool is_signed = cast.getOpcode() == llvm::Instruction::FPToSI;
    if (!is_signed && cast.getOpcode() != llvm::Instruction::FPToUI) return;
    const auto bits = static_cast<int>(cast.getType()->getScalarSizeInBits());
    const double limit = std::ldexp(1.0, is_signed ? bits - 1 : bits);
    // Unordered, so that NaNs are refused too. At -2^31 - 0.5 it is stricter than need be.
    llvm::Value* high = builder.CreateFCmpUGE(from, llvm::ConstantFP::get(from->getType(), limit));
    llvm::Value* low =
        is_signed ? builder.CreateFCmpULT(from, llvm::ConstantFP::get(from->getType(), -limit))
                  : builder.CreateFCmpULE(from, llvm::ConstantFP::get(from->getType(), -1.0));
    require_not(builder.CreateOr(high, low), cast);
  }

  void index(llvm::GetElementPtrInst& gep) {
    if (gep.getType()->isVectorTy()) return;
    bool accessed = true;  // by each user, so that one behind the last is too far
    for (const llvm::User* user : gep.users())
      accessed &= llvm::getLoadStorePointerOperand(user) == &gep;
    std::vector<llvm::Value*> broken;
    llvm::IRBuilder<> builder(&gep);
    // The first index is not into a type; short arrays at the end of a struct may be longer.
    llvm::Type* type = gep.getSourceElementType();
    for (unsigned i = 2; i < gep.getNumOperands(); ++i) {
      llvm::Value* operand = gep.getOperand(i);
      if (const auto* array = llvm::dyn_cast<llvm::ArrayType>(type);
          array != nullptr && array->getNumElements() > 1 && !llvm::isa<llvm::Constant>(operand))
        broken.push_back(builder.CreateICmpUGE(
            operand, llvm::ConstantInt::get(operand->getType(),
                                            array->getNumElements() + (accessed ? 0 : 1))));
      type = llvm::GetElementPtrInst::getTypeAtIndex(type, operand);
    }
    for (llvm::Value* each : broken) require_not(each, gep);
  }

  void loaded(llvm::LoadInst& load) {
    llvm::Instruction* next = load.getNextNode();
    llvm::IRBuilder<> builder(next);
    if (load.hasMetadata(llvm::LLVMContext::MD_nonnull) && load.getType()->isPointerTy())
      require_not(builder.CreateIsNull(&load), *next);
    const llvm::MDNode* range = load.getMetadata(llvm::LLVMContext::MD_range);
    if (range == nullptr || range->getNumOperands() != 2 || !load.getType()->isIntegerTy()) return;
    auto* low = llvm::mdconst::extract<llvm::ConstantInt>(range->getOperand(0));
    auto* high = llvm::mdconst::extract<llvm::ConstantInt>(range->getOperand(1));
    builder.SetInsertPoint(next);
    llvm::Value* width = builder.CreateSub(high, low);
    require_not(builder.CreateICmpUGE(builder.CreateSub(&load, low), width), *next);
  }

  void overlap(llvm::MemCpyInst& copy) {
    llvm::IRBuilder<> builder(&copy);
    llvm::Type* word = builder.getInt64Ty();
    llvm::Value* to = builder.CreatePtrToInt(copy.getDest(), word);
    llvm::Value* from = builder.CreatePtrToInt(copy.getSource(), word);
    llvm::Value* size = builder.CreateZExtOrTrunc(copy.getLength(), word);
    llvm::Value* forth = builder.CreateICmpULT(builder.CreateSub(to, from), size);
    llvm::Value* back = builder.CreateICmpULT(builder.CreateSub(from, to), size);
    llvm::Value* apart = builder.CreateICmpNE(to, from);
    require_not(builder.CreateAnd(apart, builder.CreateOr(forth, back)), copy);
  }

  /// LLVM's own pass checks accesses; what it traps on is sent where the rest goes.
  void check_bounds() {
    std::set<const llvm::Instruction*> traps;
    for (const llvm::Instruction& instruction : llvm::instructions(function_))
      if (llvm::isa<llvm::IntrinsicInst>(instruction)) traps.insert(&instruction);
    llvm::PassBuilder builder;
    llvm::FunctionAnalysisManager functions;
    llvm::ModuleAnalysisManager modules;
    llvm::CGSCCAnalysisManager components;
    llvm::LoopAnalysisManager loops;
    builder.registerModuleAnalyses(modules);
    builder.registerCGSCCAnalyses(components);
    builder.registerFunctionAnalyses(functions);
    builder.registerLoopAnalyses(loops);
    builder.crossRegisterProxies(loops, functions, components, modules);
    llvm::BoundsCheckingPass().run(function_, functions);
    std::vector<llvm::IntrinsicInst*> added;
    for (llvm::Instruction& instruction : llvm::instructions(function_))
      if (auto* trap = llvm::dyn_cast<llvm::IntrinsicInst>(&instruction))
        if (!traps.contains(trap) && (trap->getIntrinsicID() == llvm::Intrinsic::trap ||
                                      trap->getIntrinsicID() == llvm::Intrinsic::ubsantrap))
          added.push_back(trap);
    for (llvm::IntrinsicInst* trap : added) {
      llvm::IRBuilder<>(trap).CreateCall(undefined_);
      trap->eraseFromParent();
    }
  }

  llvm::Function& function_;
  llvm::FunctionCallee undefined_;
};

}  // namespace

void check_promises(llvm::Function& function) { PromiseChecker(function).run(); }

}  // namespace llmc
