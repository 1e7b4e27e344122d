#include "ir/forget.h"

#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Operator.h>

#include <algorithm>

namespace llmc {
namespace {

/// What decides how arguments and results are passed.
constexpr llvm::Attribute::AttrKind k_calling[] = {
    llvm::Attribute::SExt,      llvm::Attribute::ZExt,      llvm::Attribute::ByVal,
    llvm::Attribute::StructRet, llvm::Attribute::InReg,     llvm::Attribute::Nest,
    llvm::Attribute::InAlloca,  llvm::Attribute::SwiftSelf, llvm::Attribute::SwiftError,
    llvm::Attribute::ByRef,     llvm::Attribute::Alignment, llvm::Attribute::ElementType};

/// What decides how a function, or a call of it, is laid out and unwound, or where it ends.
constexpr llvm::Attribute::AttrKind k_of_layout[] = {llvm::Attribute::NoUnwind,
                                                     llvm::Attribute::UWTable,
                                                     llvm::Attribute::NoReturn,
                                                     llvm::Attribute::ReturnsTwice,
                                                     llvm::Attribute::MinSize,
                                                     llvm::Attribute::OptimizeForSize,
                                                     llvm::Attribute::OptimizeNone,
                                                     llvm::Attribute::Naked,
                                                     llvm::Attribute::NoRedZone,
                                                     llvm::Attribute::NoImplicitFloat,
                                                     llvm::Attribute::StackProtect,
                                                     llvm::Attribute::StackProtectReq,
                                                     llvm::Attribute::StackProtectStrong,
                                                     llvm::Attribute::StackAlignment,
                                                     llvm::Attribute::StrictFP,
                                                     llvm::Attribute::NonLazyBind,
                                                     llvm::Attribute::NoBuiltin,
                                                     llvm::Attribute::Builtin,
                                                     llvm::Attribute::NoCfCheck,
                                                     llvm::Attribute::NoInline,
                                                     llvm::Attribute::AlwaysInline,
                                                     llvm::Attribute::Convergent,
                                                     llvm::Attribute::NoMerge};

template <typename Kinds>
llvm::AttributeSet only(llvm::LLVMContext& context, const llvm::AttributeSet& set,
                        const Kinds& kinds) {
  llvm::AttrBuilder kept(context);
  for (const llvm::Attribute& attribute : set)
    if (attribute.isStringAttribute() ||
        std::ranges::find(kinds, attribute.getKindAsEnum()) != std::end(kinds))
      kept.addAttribute(attribute);
  return llvm::AttributeSet::get(context, kept);
}

llvm::AttributeList without_promises(llvm::LLVMContext& context, const llvm::AttributeList& all,
                                     unsigned arguments) {
  llvm::SmallVector<llvm::AttributeSet, 8> of_arguments;
  for (unsigned i = 0; i < arguments; ++i)
    of_arguments.push_back(only(context, all.getParamAttrs(i), k_calling));
  return llvm::AttributeList::get(context, only(context, all.getFnAttrs(), k_of_layout),
                                  only(context, all.getRetAttrs(), k_calling), of_arguments);
}

/// Intrinsics have the attributes that LLVM gives them, whatever is said.
bool is_intrinsic(const llvm::CallBase& call) {
  return call.getCalledFunction() != nullptr && call.getCalledFunction()->isIntrinsic();
}

}  // namespace

void forget(IrModule& module, Forget what) {
  if (what == Forget::nothing) return;
  llvm::LLVMContext& context = module.module().getContext();
  for (llvm::Function& function : module.module()) {
    if (!function.isIntrinsic())
      function.setAttributes(
          without_promises(context, function.getAttributes(), function.arg_size()));
    for (llvm::Instruction& instruction : llvm::instructions(function)) {
      if (auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction);
          call != nullptr && !is_intrinsic(*call))
        call->setAttributes(without_promises(context, call->getAttributes(), call->arg_size()));
      if (what == Forget::flags) instruction.dropPoisonGeneratingFlags();
      if (what == Forget::flags && llvm::isa<llvm::FPMathOperator>(instruction))
        instruction.copyFastMathFlags(llvm::FastMathFlags());
    }
  }
}

}  // namespace llmc
