#include "lift/lift_calls.h"

#include <algorithm>

#include "assembly/facts.h"
#include "lift/lift_inference.h"

namespace llmc {
namespace {

using Kind = RegisterOrigin::Kind;

AbiType integer_type(const RegisterOrigin& origin) {
  return origin.kind == Kind::defined && origin.width <= 32 ? AbiType::i32 : AbiType::i64;
}

AbiType real_type(const RegisterOrigin& origin) {
  return origin.type == AbiType::f32 ? AbiType::f32 : AbiType::f64;
}

}  // namespace

/// How many of the registers of integers seem to be passed: up to the last that was written for no
/// other reason.
std::size_t LiftCalls::integers_passed() const {
  const LiftRegisters& registers = machine_.registers;
  std::size_t count = 0;
  for (std::size_t i = 0; i < machine_.convention().arguments.size(); ++i) {
    const RegisterOrigin& origin = registers.general[argument_register(i)];
    if (origin.kind == Kind::clobbered) break;
    if (origin.is_fresh()) count = i + 1;
  }
  const RegisterOrigin& first = registers.general[argument_register(0)];
  return count == 0 && passes_first(first) ? 1 : count;
}

/// False for a register that a call has left without a value: it has destroyed it, or gives nothing
/// back there.
bool LiftCalls::has_value(unsigned number) const {
  const RegisterOrigin& origin = machine_.registers.general[number];
  if (origin.kind != Kind::result || number != machine_.convention().second)
    return origin.kind != Kind::clobbered;
  return std::ranges::any_of(origin.sites, [&](std::size_t site) {
    const auto callee = callees_.find(machine_.facts().calls[site].callee);
    return callee != callees_.end() && callee->second.second != AbiType::none;
  });
}

std::size_t LiftCalls::reals_passed() const {
  std::size_t count = 0;
  for (std::size_t i = 0; i < machine_.convention().real_arguments; ++i) {
    const RegisterOrigin& origin = machine_.registers.vector[i];
    if (origin.kind == Kind::clobbered) break;
    if (origin.is_fresh()) count = i + 1;
  }
  return count;
}

void LiftCalls::finish() {
  LiftFacts& facts = machine_.facts();
  facts.calls.resize(next_);
  // What is written at the bottom of the frame and read by nobody here is for a callee.
  for (CallFacts& call : facts.calls) {
    for (std::size_t word = 0; word < call.pushed && !pops_words(); ++word)
      if (facts.reads.contains(call.sp + 8 * static_cast<std::int64_t>(word))) call.pushed = word;
    if (call.pushed != 0 || call.is_tail) continue;
    for (std::int64_t at = call.sp; at < 0; at += 8) {
      const auto slot = facts.slots.find(at);
      if (slot == facts.slots.end() || facts.reads.contains(at) || facts.escapes.contains(at) ||
          facts.saves.contains(at) || slot->second > 8)
        break;
      slot->second = 8;  // the callee may read it as a word
      ++call.pushed;
    }
  }
}

void LiftCalls::write_integer(unsigned number, llvm::Value* value) {
  if (value->getType()->isPointerTy())
    value = machine_.ir.CreatePtrToInt(value, machine_.ir.getInt64Ty());
  machine_.write_general(number, value);
}

void LiftCalls::write_real(unsigned number, llvm::Value* value) {
  if (value->getType()->isFloatingPointTy())
    machine_.write_lane(number, value);
  else
    machine_.write_vector(number, value);
}

void LiftCalls::bind_parameters() {
  const LiftRegisters entry = machine_.registers;
  std::size_t integers = 0;
  unsigned reals = 0;
  std::int64_t stack = machine_.convention().stack_arguments;
  for (llvm::Argument& argument : machine_.function().args()) {
    const bool is_real =
        argument.getType()->isFloatingPointTy() || argument.getType()->isVectorTy();
    if (is_real && reals < machine_.convention().real_arguments) {
      write_real(reals++, &argument);
    } else if (!is_real && integers < machine_.convention().arguments.size()) {
      write_integer(argument_register(integers++), &argument);
    } else {
      const unsigned bytes = machine_.bytes_of(argument.getType());
      // Slots that the code never touches are not part of the frame.
      if (machine_.has_frame_at(stack))
        machine_.ir.CreateAlignedStore(&argument, machine_.frame_pointer(stack, bytes),
                                       llvm::Align(8));
      stack += 8;
    }
  }
  machine_.registers = entry;
}

/// `facts` with what the registers tell here.
CallFacts LiftCalls::facts_here(const LiftCallee& callee, CallFacts facts) const {
  facts.callee = callee.name;
  const LiftRegisters& registers = machine_.registers;
  facts.sets_al = says_variadic();
  facts.integers.clear();
  facts.reals.clear();
  facts.available = 0;
  while (facts.available < machine_.convention().arguments.size() &&
         has_value(argument_register(facts.available)))
    ++facts.available;
  facts.pushed = words_on_stack();
  facts.sp = machine_.sp;
  for (std::size_t i = 0; i < integers_passed(); ++i)
    facts.integers.push_back(integer_type(registers.general[argument_register(i)]));
  for (std::size_t i = 0; i < reals_passed(); ++i)
    facts.reals.push_back(real_type(registers.vector[i]));
  return facts;
}

LiftSignature LiftCalls::signature_at(const LiftCallee& callee, std::size_t site) const {
  if (!callee.name.empty())
    if (const auto known = callees_.find(callee.name); known != callees_.end())
      return known->second;
  return inferred_signature(
      std::vector<CallFacts>{site < sites_.size() ? sites_[site] : machine_.facts().calls[site]},
      machine_.convention());
}

llvm::Value* LiftCalls::integer_argument(unsigned number, AbiType type) {
  llvm::IRBuilder<>& ir = machine_.ir;
  switch (type) {
    case AbiType::i8:
      return machine_.read_general(number, 8);
    case AbiType::i16:
      return machine_.read_general(number, 16);
    case AbiType::i32:
      return machine_.read_general(number, 32);
    case AbiType::ptr:
      return ir.CreateIntToPtr(machine_.read_general(number, 64), ir.getPtrTy());
    default:
      return machine_.read_general(number, 64);
  }
}

llvm::Value* LiftCalls::real_argument(unsigned number, AbiType type) {
  if (type == AbiType::f32) return machine_.read_float(number);
  if (type == AbiType::f64) return machine_.read_double(number);
  return machine_.read_vector(number, type_of(type, machine_.ir.getContext()));
}

std::vector<llvm::Value*> LiftCalls::arguments(const LiftSignature& signature,
                                               const CallFacts& here,
                                               std::vector<llvm::Type*>& types, bool is_tail) {
  std::vector<llvm::Value*> values;
  std::size_t integers = 0;
  unsigned reals = 0;
  std::int64_t stack = machine_.sp + (is_tail ? machine_.convention().stack_arguments : 0);
  const auto pass = [&](AbiType type) {
    llvm::Value* value = nullptr;
    if (is_vector_class(type) && reals < machine_.convention().real_arguments) {
      value = real_argument(reals++, type);
    } else if (!is_vector_class(type) && integers < machine_.convention().arguments.size()) {
      value = integer_argument(argument_register(integers++), type);
    } else {
      llvm::Type* const loaded = type_of(type, machine_.ir.getContext());
      value =
          machine_.ir.CreateAlignedLoad(loaded, machine_.frame_pointer(stack, 8), llvm::Align(8));
      stack += 8;
    }
    types.push_back(value->getType());
    values.push_back(value);
  };
  for (const AbiValue& parameter : signature.parameters) pass(parameter.type);
  if (signature.variadic) {
    for (std::size_t i = integers; i < here.integers.size(); ++i) pass(here.integers[i]);
    for (std::size_t i = reals; i < here.reals.size(); ++i) pass(here.reals[i]);
    // What was put on the stack for the call, and no parameter has taken.
    const std::int64_t end = machine_.sp + 8 * static_cast<std::int64_t>(here.pushed);
    const bool are_full = integers == machine_.convention().arguments.size() ||
                          reals == machine_.convention().real_arguments;
    while (!is_tail && are_full && stack < end) {
      integers = machine_.convention().arguments.size();
      pass(AbiType::i64);
    }
  }
  return values;
}

/// A call in tail position through a pointer is likely to hand on what the function was given.
void LiftCalls::pass_on(LiftSignature& signature) const {
  if (signature_ == nullptr) return;
  const auto is_integer = [](const AbiValue& value) { return !is_vector_class(value.type); };
  auto own = std::ranges::count_if(signature_->parameters, is_integer);
  auto passed = std::ranges::count_if(signature.parameters, is_integer);
  if (passed != static_cast<std::ptrdiff_t>(signature.parameters.size())) return;
  own = std::min<std::ptrdiff_t>(
      own, static_cast<std::ptrdiff_t>(machine_.convention().arguments.size()));
  for (; passed < own; ++passed) {
    const unsigned number = argument_register(static_cast<std::size_t>(passed));
    if (machine_.registers.general[number].kind != Kind::entry) return;
    signature.parameters.push_back({AbiType::i64});
  }
}

llvm::CallInst* LiftCalls::emit(const LiftCallee& callee, bool is_tail) {
  const std::size_t site = next_++;
  CallFacts& here = machine_.facts().calls[site];
  here = facts_here(callee, here);
  here.is_tail = is_tail;
  LiftSignature signature = signature_at(callee, site);
  // What is handed on to the caller has the caller's type.
  const bool is_guessed = signature.source == SignatureSource::inferred;
  if (is_guessed && signature.variadic && !here.sets_al) {
    signature.variadic = false;
    for (const AbiType type : here.integers) signature.parameters.push_back({type});
    for (const AbiType type : here.reals) signature.parameters.push_back({type});
  }
  if (is_tail && is_guessed && callee.name.empty()) pass_on(signature);
  if (is_tail && signature_ != nullptr && signature_->result.type != AbiType::none &&
      signature.source == SignatureSource::inferred) {
    signature.result = signature_->result;
    signature.second = signature_->second;
  }
  const CallFacts& passed = site < sites_.size() ? sites_[site] : here;
  std::vector<llvm::Type*> types;
  machine_.reads_for_keeping = true;
  const auto values = arguments(signature, passed, types, is_tail);
  machine_.reads_for_keeping = false;
  llvm::FunctionType* const type = function_type_of(signature, machine_.ir.getContext());
  llvm::Value* target = callee.address;
  if (!callee.name.empty()) {
    llvm::Function* const function = machine_.declare(callee.name, signature);
    if (callee.is_direct) function->setDSOLocal(true);
    target = function;
  }
  if (target == nullptr) return nullptr;
  llvm::CallInst* const call = machine_.ir.CreateCall(type, target, values);
  if (auto* const function = llvm::dyn_cast<llvm::Function>(target);
      function != nullptr && function->getFunctionType() == type)
    call->setAttributes(llvm::AttributeList::get(
        call->getContext(), llvm::AttributeSet(), function->getAttributes().getRetAttrs(), [&] {
          std::vector<llvm::AttributeSet> sets;
          for (unsigned i = 0; i < type->getNumParams(); ++i)
            sets.push_back(function->getAttributes().getParamAttrs(i));
          return sets;
        }()));
  if (is_tail) call->setTailCall();
  if (!signature.returns) call->setDoesNotReturn();
  last_ = call;
  last_signature_ = std::move(signature);
  return call;
}

void LiftCalls::take_result(llvm::CallInst* call, const LiftSignature& signature,
                            std::size_t site) {
  machine_.forget_caller_saved();
  llvm::Value* first = call;
  llvm::Value* second = nullptr;
  if (signature.second != AbiType::none) {
    first = machine_.ir.CreateExtractValue(call, 0);
    second = machine_.ir.CreateExtractValue(call, 1);
  }
  const AbiType type = signature.result.type;
  if (type != AbiType::none && !is_vector_class(type)) {
    write_integer(machine_.convention().result, first);
    if (second != nullptr) write_integer(machine_.convention().second, second);
  } else if (type != AbiType::none) {
    write_real(0, first);
    if (second != nullptr) write_real(1, second);
  }
  RegisterOrigin result;
  result.kind = Kind::result;
  result.sites = {site};
  machine_.registers.general[machine_.convention().result] = result;
  machine_.registers.general[machine_.convention().second] = result;
  machine_.registers.vector[0] = result;
}

void LiftCalls::call(const AsmInstruction& instruction) {
  const LiftCallee callee = callee_of(instruction);
  llvm::CallInst* const made = emit(callee, false);
  if (made == nullptr) return machine_.refuse("what it calls cannot be told");
  take_result(made, last_signature_, next_ - 1);
}

void LiftCalls::note_return() {
  const LiftRegisters& registers = machine_.registers;
  const LiftConvention& convention = machine_.convention();
  machine_.facts().returns.push_back({registers.general[convention.result],
                                      registers.general[convention.second], registers.vector[0]});
}

llvm::Value* LiftCalls::result_value(AbiType type, bool is_second) {
  machine_.reads_for_keeping = true;
  llvm::Value* const value =
      is_vector_class(type)
          ? real_argument(is_second ? 1 : 0, type)
          : integer_argument(
                is_second ? machine_.convention().second : machine_.convention().result, type);
  machine_.reads_for_keeping = false;
  return value;
}

void LiftCalls::give_back() {
  if (machine_.sp != 0) return machine_.refuse("its stack pointer is not where it was at entry");
  note_return();
  llvm::IRBuilder<>& ir = machine_.ir;
  if (signature_ == nullptr || signature_->result.type == AbiType::none) {
    ir.CreateRetVoid();
    return;
  }
  llvm::Value* value = result_value(signature_->result.type, false);
  if (signature_->second != AbiType::none) {
    llvm::Value* pair = llvm::PoisonValue::get(machine_.function().getReturnType());
    pair = ir.CreateInsertValue(pair, value, 0);
    value = ir.CreateInsertValue(pair, result_value(signature_->second, true), 1);
  }
  ir.CreateRet(value);
}

void LiftCalls::tail_call(const AsmInstruction& jump) {
  if (machine_.sp != 0) return machine_.refuse("its stack pointer is not where it was at entry");
  const LiftCallee callee = callee_of(jump);
  llvm::CallInst* const made = emit(callee, true);
  if (made == nullptr) return machine_.refuse("what it calls cannot be told");
  take_result(made, last_signature_, next_ - 1);
  note_return();
  llvm::IRBuilder<>& ir = machine_.ir;
  const bool is_void = signature_ == nullptr || signature_->result.type == AbiType::none;
  if (is_void)
    ir.CreateRetVoid();
  else if (made->getType() == machine_.function().getReturnType())
    ir.CreateRet(made);
  else if (made->getType()->isIntegerTy() && machine_.function().getReturnType()->isIntegerTy())
    ir.CreateRet(ir.CreateZExtOrTrunc(made, machine_.function().getReturnType()));
  else if (made->getType()->isPointerTy() && machine_.function().getReturnType()->isIntegerTy(64))
    ir.CreateRet(ir.CreatePtrToInt(made, machine_.function().getReturnType()));
  else
    machine_.refuse("the call that it ends with gives another type than it does");
}

void LiftCalls::note_no_return(const AsmInstruction& last) {
  const bool is_call = flow_kind(machine_.unit().target, last) == FlowKind::call;
  if (!is_call || last_ == nullptr) return;
  machine_.facts().calls[next_ - 1].returns = false;
  last_->setDoesNotReturn();
}

}  // namespace llmc
