#include "execution/signature.h"

#include <fmt/format.h>
#include <llvm/IR/ConstantRange.h>
#include <llvm/IR/DerivedTypes.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/InstrTypes.h>
#include <llvm/IR/Module.h>
#include <llvm/TargetParser/Triple.h>

#include <algorithm>

namespace llmc {
namespace {

/// How many registers a target passes and returns values in.
struct CallRegisters {
  unsigned integers = 6;
  unsigned vectors = 8;
  std::size_t returned_integers = 2;
  std::size_t returned_vectors = 2;
  std::optional<unsigned> result_place;  ///< the register for it, where that is no argument's
};

CallRegisters registers_of(NormalTarget target) {
  if (target == NormalTarget::x86_64) return {};
  return {8, 8, 2, 4, 8};
}

NormalTarget known_target(const llvm::Function& function) {
  return target_of(*function.getParent()).value_or(NormalTarget::x86_64);
}

std::string type_text(const llvm::Type& type) {
  std::string text;
  llvm::raw_string_ostream stream(text);
  type.print(stream);
  return text;
}

/// Whether a vector of `bits` with such elements is passed in one register.
bool fits_vector_register(const llvm::Type& element, std::uint64_t bits, NormalTarget target) {
  if (!element.isFloatTy() && !element.isDoubleTy() && !element.isIntegerTy()) return false;
  return bits == 128 || (bits == 64 && (target == NormalTarget::aarch64 || element.isFloatTy()));
}

/// The registers that a value of `type` takes; false if that is not known here.
bool flatten(llvm::Type* type, NormalTarget target, std::vector<CallValue>& values) {
  CallValue value;
  if (type->isPointerTy()) {
    value.kind = CallValue::Kind::pointer;
  } else if (type->isIntegerTy() && type->getIntegerBitWidth() <= 64) {
    value.bits = type->getIntegerBitWidth();
    // Nobody extends on AArch64, but what is true or false fills a byte.
    if (target == NormalTarget::aarch64) value.defined = std::max(8U, value.bits);
  } else if (type->isFloatTy() || type->isDoubleTy()) {
    value.kind = CallValue::Kind::floating;
    value.bits = type->isFloatTy() ? 32 : 64;
  } else if (type->isFP128Ty() && target == NormalTarget::aarch64) {
    value.kind = CallValue::Kind::floating;
    value.bits = 128;
  } else if (const auto* vector = llvm::dyn_cast<llvm::FixedVectorType>(type)) {
    const std::uint64_t bits = type->getPrimitiveSizeInBits();
    if (!fits_vector_register(*vector->getElementType(), bits, target)) return false;
    value.kind = CallValue::Kind::floating;
    value.bits = static_cast<unsigned>(bits);
  } else if (const auto* aggregate = llvm::dyn_cast<llvm::StructType>(type)) {
    return std::ranges::all_of(aggregate->elements(),
                               [&](llvm::Type* each) { return flatten(each, target, values); });
  } else if (const auto* array = llvm::dyn_cast<llvm::ArrayType>(type)) {
    if (array->getNumElements() > 8) return false;
    const std::size_t first = values.size();
    for (unsigned i = 0; i < array->getNumElements(); ++i)
      if (!flatten(array->getElementType(), target, values)) return false;
    if (target == NormalTarget::aarch64)
      for (std::size_t i = first; i < values.size(); ++i)
        values[i].together = static_cast<unsigned>(values.size() - i);
    return true;
  } else {
    return false;
  }
  values.push_back(value);
  return true;
}

/// Whether all have places of 8 bytes: arrays of smaller elements are packed on the stack.
bool are_placed_whole(const std::vector<CallValue>& parameters, NormalTarget target) {
  const std::vector<CallPlace> places = places_of(parameters, target);
  for (std::size_t i = 0; i < places.size(); ++i)
    if (places[i].where == CallPlace::Where::stack && parameters[i].together > 1 &&
        parameters[i].bits < 64)
      return false;
  return true;
}

void read_attributes(CallValue& value, const llvm::AttributeSet& attributes) {
  if (attributes.hasAttribute(llvm::Attribute::ZExt)) value.extension = CallValue::Extension::zero;
  if (attributes.hasAttribute(llvm::Attribute::SExt)) value.extension = CallValue::Extension::sign;
  value.nonnull =
      attributes.hasAttribute(llvm::Attribute::NonNull) || attributes.getDereferenceableBytes() > 0;
  value.result_place = attributes.hasAttribute(llvm::Attribute::StructRet);
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

Result<std::vector<CallValue>> results_of(llvm::Type* type, const llvm::AttributeSet& attributes,
                                          NormalTarget target) {
  std::vector<CallValue> results;
  if (type->isVoidTy()) return results;
  if (!flatten(type, target, results))
    return fail(fmt::format("values of type {} cannot be returned here", type_text(*type)));
  const auto floating = static_cast<std::size_t>(
      std::ranges::count(results, CallValue::Kind::floating, &CallValue::kind));
  const CallRegisters registers = registers_of(target);
  if (floating > registers.returned_vectors ||
      results.size() - floating > registers.returned_integers)
    return fail(fmt::format("it returns more registers than known here ({})", type_text(*type)));
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
  const NormalTarget target = known_target(*call.getFunction());
  for (unsigned i = 0; i < call.arg_size(); ++i) {
    llvm::AttributeSet attributes = call.getAttributes().getParamAttrs(i);
    if (is_passed_oddly(attributes)) return;
    std::vector<CallValue> values;
    if (!flatten(call.getArgOperand(i)->getType(), target, values)) return;
    if (values.size() == 1) read_attributes(values[0], attributes);
    const std::size_t before = parameters.size();
    parameters.insert(parameters.end(), values.begin(), values.end());
    if (!are_placed_whole(parameters, target)) return parameters.resize(before);
  }
}

bool same_place(const CallValue& a, const CallValue& b) {
  return (a.kind == CallValue::Kind::floating) == (b.kind == CallValue::Kind::floating) &&
         a.together == b.together && a.result_place == b.result_place;
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

Result<NormalTarget> target_of(const llvm::Module& module) {
  const llvm::Triple triple(module.getTargetTriple());
  if (triple.getArch() == llvm::Triple::x86_64) return NormalTarget::x86_64;
  if (triple.getArch() == llvm::Triple::aarch64) return NormalTarget::aarch64;
  return fail(fmt::format("the IR is for {}, not for x86-64 or AArch64", triple.str()));
}

std::vector<CallPlace> places_of(const std::vector<CallValue>& parameters, NormalTarget target) {
  const CallRegisters registers = registers_of(target);
  std::vector<CallPlace> places;
  unsigned integers = 0;
  unsigned vectors = 0;
  unsigned words = 0;
  for (const CallValue& value : parameters) {
    const bool floating = value.kind == CallValue::Kind::floating;
    unsigned& used = floating ? vectors : integers;
    const unsigned most = floating ? registers.vectors : registers.integers;
    if (value.result_place && registers.result_place) {
      places.push_back({CallPlace::Where::integer_register, *registers.result_place});
    } else if (used + value.together <= most) {
      places.push_back(
          {floating ? CallPlace::Where::vector_register : CallPlace::Where::integer_register,
           used++});
    } else {
      // Once one of a kind is on the stack, all that follow are.
      if (value.together > 1) used = most;
      if (value.bits == 128) words += words % 2;
      places.push_back({CallPlace::Where::stack, words});
      words += value.bits == 128 ? 2 : 1;
    }
  }
  return places;
}

Result<CallSignature> signature_of(const llvm::Function& function) {
  CallSignature signature;
  LLMC_TRY(const NormalTarget target, target_of(*function.getParent()));
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
    if (!flatten(argument.getType(), target, values))
      return fail(fmt::format("its parameter {} is of the type {}", argument.getArgNo() + 1,
                              type_text(*argument.getType())));
    if (values.size() == 1) read_attributes(values[0], attributes);
    signature.parameters.insert(signature.parameters.end(), values.begin(), values.end());
  }
  if (!are_placed_whole(signature.parameters, target))
    return fail("an array of small elements is passed on the stack");
  LLMC_TRY(signature.results,
           results_of(function.getReturnType(), function.getAttributes().getRetAttrs(), target));
  return signature;
}

CallSignature callee_signature(const llvm::Function& callee, const llvm::Function& caller) {
  CallSignature signature;
  signature.variadic = callee.isVarArg();
  signature.returns = !callee.doesNotReturn();
  read_effects(signature, callee.getMemoryEffects());
  if (auto results = results_of(callee.getReturnType(), callee.getAttributes().getRetAttrs(),
                                known_target(caller)))
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
    if (auto known =
            results_of(call->getType(), call->getAttributes().getRetAttrs(), known_target(caller)))
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
