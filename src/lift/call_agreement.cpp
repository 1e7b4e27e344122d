#include "lift/call_agreement.h"

#include <fmt/format.h>
#include <llvm/ADT/STLExtras.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/Instructions.h>

#include <vector>

namespace llmc {
namespace {

/// The registers of one class, in order, as bits of each.
struct PassedValues {
  std::vector<unsigned> integers, reals;
};

unsigned bits_of(const llvm::Type& type) {
  return type.isPointerTy() ? 64 : static_cast<unsigned>(type.getPrimitiveSizeInBits());
}

bool is_real(const llvm::Type& type) { return type.isFPOrFPVectorTy() || type.isVectorTy(); }

void pass(const llvm::Type& type, PassedValues& values) {
  if (type.isVoidTy()) return;
  if (const auto* const pair = llvm::dyn_cast<llvm::StructType>(&type)) {
    for (const llvm::Type* const part : pair->elements()) pass(*part, values);
    return;
  }
  (is_real(type) ? values.reals : values.integers).push_back(bits_of(type));
}

PassedValues parameters_of(const llvm::FunctionType& type) {
  PassedValues values;
  for (const llvm::Type* const parameter : type.params()) pass(*parameter, values);
  return values;
}

PassedValues results_of(const llvm::FunctionType& type) {
  PassedValues values;
  pass(*type.getReturnType(), values);
  return values;
}

/// True if each value of `taken` has its bits in `given`.
bool covers(const std::vector<unsigned>& given, const std::vector<unsigned>& taken) {
  for (std::size_t i = 0; i < taken.size(); ++i)
    if (i >= given.size() || given[i] < taken[i]) return false;
  return true;
}

/// A float and a double in the same register are different values.
bool covers_reals(const std::vector<unsigned>& given, const std::vector<unsigned>& taken) {
  for (std::size_t i = 0; i < taken.size(); ++i)
    if (i >= given.size() || given[i] != taken[i]) return false;
  return true;
}

/// True if the value goes nowhere but to the caller: what is in the register stays in it.
bool is_handed_on(const llvm::Value& value) {
  return llvm::all_of(value.users(), [&](const llvm::User* user) {
    return llvm::isa<llvm::ReturnInst>(user) ||
           (llvm::isa<llvm::PHINode>(user) && !llvm::isa<llvm::PHINode>(value) &&
            is_handed_on(*user));
  });
}

}  // namespace

void repeat_at_call(llvm::CallBase& call) {
  const llvm::Function* const callee = call.getCalledFunction();
  if (callee == nullptr || callee->isIntrinsic()) return;
  for (const auto kind : {llvm::Attribute::SExt, llvm::Attribute::ZExt}) {
    for (unsigned i = 0; i < callee->arg_size(); ++i)
      if (callee->hasParamAttribute(i, kind)) call.addParamAttr(i, kind);
    if (callee->hasRetAttribute(kind)) call.addRetAttr(kind);
  }
  if (callee->doesNotReturn()) call.setDoesNotReturn();
}

std::string disagreement(const llvm::CallBase& call) {
  const auto* const callee =
      llvm::dyn_cast<llvm::Function>(call.getCalledOperand()->stripPointerCasts());
  if (callee == nullptr || callee->isDeclaration()) return "";
  const llvm::FunctionType& made = *call.getFunctionType();
  const llvm::FunctionType& defined = *callee->getFunctionType();
  if (&made == &defined) return "";
  PassedValues given;
  for (const llvm::Use& argument : call.args()) pass(*argument->getType(), given);
  const PassedValues taken = parameters_of(defined);
  const std::string name = callee->getName().str();
  if (!covers(given.integers, taken.integers) || !covers_reals(given.reals, taken.reals))
    return fmt::format("its call of '{}' passes less than that takes", name);
  if (defined.isVarArg() && !made.isVarArg())
    return fmt::format("its call of '{}' does not say how many registers it uses", name);
  if (is_handed_on(call)) return "";
  const PassedValues wanted = results_of(made), got = results_of(defined);
  if (!covers(got.integers, wanted.integers) || !covers_reals(got.reals, wanted.reals))
    return fmt::format("its call of '{}' reads more than that returns", name);
  return "";
}

}  // namespace llmc
