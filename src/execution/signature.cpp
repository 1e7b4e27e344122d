#include "execution/signature.h"

#include <fmt/format.h>
#include <llvm/IR/ConstantRange.h>
#include <llvm/IR/DerivedTypes.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/InstrTypes.h>
#include <llvm/IR/Module.h>

#include <algorithm>

namespace llmc {
namespace {

constexpr unsigned k_integer_registers = 6;
constexpr unsigned k_vector_registers = 8;
constexpr std::size_t k_returned_of_a_kind = 2;

std::string type_text(const llvm::Type& type) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  type.print(stream);
  return text;
}

/// The registers that a value of `type` takes; false if that is not known here.
bool flatten(llvm::Type* type, std::vector<CallValue>& values) {
  CallValue value;
  if (type->isPointerTy()) {
    value.kind = CallValue::Kind::pointer;
  } else if (type->isIntegerTy() && type->getIntegerBitWidth() <= 64) {
    value.bits = type->getIntegerBitWidth();
  } else if (type->isFloatTy() || type->isDoubleTy()) {
    value.kind = CallValue::Kind::floating;
    value.bits = type->isFloatTy() ? 32 : 64;
  } else if (const auto* vector = llvm::dyn_cast<llvm::FixedVectorType>(type)) {
    const llvm::Type* element = vector->getElementType();
    const std::uint64_t bits = type->getPrimitiveSizeInBits();
    const bool pair = bits == 64 && element->isFloatTy();
    if (!pair && bits != 128) return false;
    if (!element->isFloatTy() && !element->isDoubleTy() && !element->isIntegerTy()) return false;
    value.kind = CallValue::Kind::floating;
    value.bits = static_cast<unsigned>(bits);
  } else if (const auto* aggregate = llvm::dyn_cast<llvm::StructType>(type)) {
    return std::ranges::all_of(aggregate->elements(),
                               [&](llvm::Type* each) { return flatten(each, values); });
  } else if (const auto* array = llvm::dyn_cast<llvm::ArrayType>(type)) {
    if (array->getNumElements() > 8) return false;
    for (unsigned i = 0; i < array->getNumElements(); ++i)
      if (!flatten(array->getElementType(), values)) return false;
    return true;
  } else {
    return false;
  }
  values.push_back(value);
  return true;
}

void read_attributes(CallValue& value, const llvm::AttributeSet& attributes) {
  if (attributes.hasAttribute(llvm::Attribute::ZExt)) value.extension = CallValue::Extension::zero;
  if (attributes.hasAttribute(llvm::Attribute::SExt)) value.extension = CallValue::Extension::sign;
  value.nonnull =
      attributes.hasAttribute(llvm::Attribute::NonNull) || attributes.getDereferenceableBytes() > 0;
  value.exclusive = attributes.hasAttribute(llvm::Attribute::NoAlias) ||
                    attributes.hasAttribute(llvm::Attribute::StructRet);
  value.read_only = attributes.hasAttribute(llvm::Attribute::ReadOnly) ||
                    attributes.hasAttribute(llvm::Attribute::ReadNone);
  value.bytes = attributes.getDereferenceableBytes();
  if (const auto alignment = attributes.getAlignment()) value.alignment = alignment->value();
  if (attributes.hasAttribute(llvm::Attribute::Range) && value.bits <= 64) {
    const llvm::ConstantRange& range = attributes.getAttribute(llvm::Attribute::Range).getRange();
    if (!range.isFullSet() && !range.isWrappedSet() && !range.isSignWrappedSet())
      value.range = {range.getLower().getSExtValue(), range.getUpper().getSExtValue()};
    else if (!range.isFullSet() && !range.isSignWrappedSet())
      value.range = {range.getSignedMin().getSExtValue(), range.getSignedMax().getSExtValue() + 1};
  }
}

/// Kinds of parameters that are passed in other ways.
bool is_passed_oddly(const llvm::AttributeSet& attributes) {
  for (const auto kind :
       {llvm::Attribute::ByVal, llvm::Attribute::InAlloca, llvm::Attribute::Preallocated,
        llvm::Attribute::Nest, llvm::Attribute::SwiftSelf, llvm::Attribute::SwiftAsync,
        llvm::Attribute::SwiftError, llvm::Attribute::InReg})
    if (attributes.hasAttribute(kind)) return true;
  return false;
}

Result<std::vector<CallValue>> results_of(llvm::Type* type, const llvm::AttributeSet& attributes) {
  std::vector<CallValue> results;
  if (type->isVoidTy()) return results;
  if (!flatten(type, results))
    return fail(fmt::format("values of type {} cannot be returned here", type_text(*type)));
  const auto floating = static_cast<std::size_t>(
      std::ranges::count(results, CallValue::Kind::floating, &CallValue::kind));
  if (floating > k_returned_of_a_kind || results.size() - floating > k_returned_of_a_kind)
    return fail(fmt::format("it returns more than four registers ({})", type_text(*type)));
  if (results.size() == 1) read_attributes(results[0], attributes);
  return results;
}

void read_effects(CallSignature& signature, const llvm::MemoryEffects& effects) {
  signature.pure = effects.doesNotAccessMemory();
  signature.sees_memory = llvm::isRefSet(effects.getModRef(llvm::IRMemLocation::Other));
  signature.writes_memory = llvm::isModSet(effects.getModRef(llvm::IRMemLocation::ArgMem));
}

/// Adds the parameters of one call, as far as their places are known.
void add_arguments(const llvm::CallBase& call, std::vector<CallValue>& parameters) {
  for (unsigned i = 0; i < call.arg_size(); ++i) {
    llvm::AttributeSet attributes = call.getAttributes().getParamAttrs(i);
    if (is_passed_oddly(attributes)) return;
    std::vector<CallValue> values;
    if (!flatten(call.getArgOperand(i)->getType(), values)) return;
    if (values.size() == 1) read_attributes(values[0], attributes);
    parameters.insert(parameters.end(), values.begin(), values.end());
  }
}

bool same_place(const CallValue& a, const CallValue& b) {
  return (a.kind == CallValue::Kind::floating) == (b.kind == CallValue::Kind::floating);
}

/// Keeps of `agreed` what `other` has too, the narrower of each.
void agree(std::vector<CallValue>& agreed, const std::vector<CallValue>& other) {
  std::size_t count = 0;
  while (count < agreed.size() && count < other.size() && same_place(agreed[count], other[count])) {
    agreed[count].bits = std::min(agreed[count].bits, other[count].bits);
    ++count;
  }
  agreed.resize(count);
}

/// The calls in `caller` of `callee`; those through pointers if it is null.
std::vector<const llvm::CallBase*> calls_of(const llvm::Function* callee,
                                            const llvm::Function& caller) {
  std::vector<const llvm::CallBase*> calls;
  for (const llvm::Instruction& instruction : llvm::instructions(caller)) {
    const auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction);
    if (call == nullptr || call->isInlineAsm()) continue;
    if (callee == nullptr ? call->isIndirectCall()
                          : call->getCalledOperand()->stripPointerCasts() == callee)
      calls.push_back(call);
  }
  return calls;
}

}  // namespace

std::vector<CallPlace> places_of(const std::vector<CallValue>& parameters) {
  std::vector<CallPlace> places;
  unsigned integers = 0;
  unsigned vectors = 0;
  unsigned words = 0;
  for (const CallValue& value : parameters) {
    const bool floating = value.kind == CallValue::Kind::floating;
    if (floating && vectors < k_vector_registers) {
      places.push_back({CallPlace::Where::vector_register, vectors++});
    } else if (!floating && integers < k_integer_registers) {
      places.push_back({CallPlace::Where::integer_register, integers++});
    } else {
      if (value.bits == 128) words += words % 2;
      places.push_back({CallPlace::Where::stack, words});
      words += value.bits == 128 ? 2 : 1;
    }
  }
  return places;
}

Result<CallSignature> signature_of(const llvm::Function& function) {
  CallSignature signature;
  if (function.isVarArg()) return fail("it takes a variable number of arguments");
  if (function.hasPersonalityFn()) return fail("it handles exceptions");
  if (function.getCallingConv() != llvm::CallingConv::C &&
      function.getCallingConv() != llvm::CallingConv::Fast)
    return fail("its calling convention is not that of C");
  for (const llvm::Argument& argument : function.args()) {
    const llvm::AttributeSet attributes =
        function.getAttributes().getParamAttrs(argument.getArgNo());
    std::vector<CallValue> values;
    if (is_passed_oddly(attributes))
      return fail(fmt::format("its parameter {} is passed in memory or in a register of its own",
                              argument.getArgNo() + 1));
    if (!flatten(argument.getType(), values))
      return fail(fmt::format("its parameter {} is of the type {}", argument.getArgNo() + 1,
                              type_text(*argument.getType())));
    if (values.size() == 1) read_attributes(values[0], attributes);
    signature.parameters.insert(signature.parameters.end(), values.begin(), values.end());
  }
  LLMC_TRY(signature.results,
           results_of(function.getReturnType(), function.getAttributes().getRetAttrs()));
  return signature;
}

CallSignature callee_signature(const llvm::Function& callee, const llvm::Function& caller) {
  CallSignature signature;
  signature.variadic = callee.isVarArg();
  signature.returns = !callee.doesNotReturn();
  read_effects(signature, callee.getMemoryEffects());
  if (auto results = results_of(callee.getReturnType(), callee.getAttributes().getRetAttrs()))
    signature.results = std::move(*results);
  bool first = true;
  for (const llvm::CallBase* call : calls_of(&callee, caller)) {
    std::vector<CallValue> parameters;
    add_arguments(*call, parameters);
    if (first)
      signature.parameters = std::move(parameters);
    else
      agree(signature.parameters, parameters);
    first = false;
  }
  for (unsigned i = 0; i < signature.parameters.size() && i < callee.arg_size(); ++i)
    if (callee.getAttributes().hasParamAttr(i, llvm::Attribute::ReadOnly) ||
        callee.getAttributes().hasParamAttr(i, llvm::Attribute::ReadNone))
      signature.parameters[i].read_only = true;
  return signature;
}

CallSignature indirect_signature(const llvm::Function& caller) {
  CallSignature signature;
  bool first = true;
  for (const llvm::CallBase* call : calls_of(nullptr, caller)) {
    std::vector<CallValue> parameters;
    add_arguments(*call, parameters);
    std::vector<CallValue> results;
    if (auto known = results_of(call->getType(), call->getAttributes().getRetAttrs()))
      results = std::move(*known);
    if (first) {
      signature.parameters = std::move(parameters);
      signature.results = std::move(results);
    } else {
      agree(signature.parameters, parameters);
      if (signature.results.size() < results.size()) signature.results = std::move(results);
    }
    first = false;
  }
  return signature;
}

bool uses_floats(const llvm::Function& function) {
  const auto is_floating = [](const llvm::Type* type) { return type->isFPOrFPVectorTy(); };
  for (const llvm::Argument& argument : function.args())
    if (is_floating(argument.getType())) return true;
  for (const llvm::Instruction& instruction : llvm::instructions(function))
    if (is_floating(instruction.getType())) return true;
  return false;
}

}  // namespace llmc
