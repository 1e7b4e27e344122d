#include "lift/x86_calls.h"

#include <fmt/format.h>

#include <algorithm>

#include "lift/x86_function.h"

namespace llmc {
namespace {

using Kind = RegisterOrigin::Kind;

constexpr unsigned k_reals = 8;

/// An instruction has put it there, and nothing but a call can be why.
bool is_fresh(const RegisterOrigin& origin) {
  return origin.kind == Kind::defined && !origin.is_read && !origin.is_garbage;
}

/// How many of the six seem to be passed: up to the last that was written for no other reason.
std::size_t integers_passed(const LiftRegisters& registers) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < k_argument_registers.size(); ++i) {
    const RegisterOrigin& origin = registers.general[k_argument_registers[i]];
    if (origin.kind == Kind::clobbered) break;
    if (is_fresh(origin)) count = i + 1;
  }
  // The first is the last that is chosen for anything else.
  const RegisterOrigin& first = registers.general[k_rdi];
  if (count == 0 && (first.kind == Kind::defined && !first.is_garbage)) count = 1;
  return count;
}

std::size_t reals_passed(const LiftRegisters& registers) {
  std::size_t count = 0;
  for (std::size_t i = 0; i < k_reals; ++i) {
    if (registers.vector[i].kind == Kind::clobbered) break;
    if (is_fresh(registers.vector[i])) count = i + 1;
  }
  return count;
}

AbiType integer_type(const RegisterOrigin& origin) {
  return origin.kind == Kind::defined && origin.width <= 32 ? AbiType::i32 : AbiType::i64;
}

AbiType real_type(const RegisterOrigin& origin) {
  return origin.type == AbiType::f32 ? AbiType::f32 : AbiType::f64;
}

}  // namespace

bool is_argument_register(unsigned number) {
  return std::ranges::find(k_argument_registers, number) != k_argument_registers.end();
}

void X86Calls::write_integer(unsigned number, llvm::Value* value) {
  if (value->getType()->isPointerTy())
    value = machine_.ir.CreatePtrToInt(value, machine_.ir.getInt64Ty());
  machine_.write({number, value->getType()->getIntegerBitWidth()}, value);
}

void X86Calls::write_real(unsigned xmm, llvm::Value* value) {
  if (value->getType()->isDoubleTy())
    machine_.write_double(xmm, value);
  else if (value->getType()->isFloatTy())
    machine_.write_float(xmm, value);
  else
    machine_.write_vector(xmm, value);
}

void X86Calls::bind_parameters() {
  const LiftRegisters entry = machine_.registers;
  std::size_t integers = 0;
  unsigned reals = 0;
  std::int64_t stack = 8;
  for (llvm::Argument& argument : machine_.function().args()) {
    const bool is_real =
        argument.getType()->isFloatingPointTy() || argument.getType()->isVectorTy();
    if (is_real && reals < k_reals) {
      write_real(reals++, &argument);
    } else if (!is_real && integers < k_argument_registers.size()) {
      write_integer(k_argument_registers[integers++], &argument);
    } else {
      const auto bytes = static_cast<unsigned>(
          machine_.function().getParent()->getDataLayout().getTypeStoreSize(argument.getType()));
      // Slots that the code never touches are not part of the frame.
      if (machine_.has_frame_at(stack))
        machine_.ir.CreateAlignedStore(&argument, machine_.frame_pointer(stack, bytes),
                                       llvm::Align(8));
      stack += 8;
    }
  }
  machine_.registers = entry;
  machine_.flags = {};
}

X86Calls::Callee X86Calls::callee_of(const AsmInstruction& instruction) {
  const AsmOperand& operand = instruction.operands.front();
  const auto address = X86Machine::address_of(instruction);
  if (!address.empty()) {
    const AsmOperand& displacement = address[3];
    if (displacement.kind == AsmOperand::Kind::symbol &&
        displacement.modifier.starts_with("GOTPCREL"))
      return {displacement.symbol};
    return {"", machine_.load(machine_.ir.getPtrTy(), address, 8)};
  }
  if (operand.kind == AsmOperand::Kind::symbol && operand.value == 0)
    return {operand.symbol, nullptr, operand.modifier.empty()};
  const auto reg = x86_register(operand.reg);
  if (!reg) {
    machine_.refuse("what it calls cannot be told");
    return {};
  }
  return {"", machine_.ir.CreateIntToPtr(machine_.read(*reg), machine_.ir.getPtrTy())};
}

/// `facts` with what the registers tell here.
CallFacts X86Calls::facts_here(const Callee& callee, CallFacts facts) const {
  facts.callee = callee.name;
  const LiftRegisters& registers = machine_.registers;
  const RegisterOrigin& rax = registers.general[k_rax];
  facts.sets_al = is_fresh(rax) && (rax.width == 8 || (rax.constant && *rax.constant <= 8));
  facts.integers.clear();
  facts.reals.clear();
  facts.available = 0;
  while (facts.available < k_argument_registers.size() &&
         registers.general[k_argument_registers[facts.available]].kind != Kind::clobbered)
    ++facts.available;
  facts.pushed = 0;
  for (std::int64_t at = machine_.sp;; at += 8) {
    const auto slot = machine_.pushes.find(at);
    if (slot == machine_.pushes.end() || slot->second) break;
    ++facts.pushed;
  }
  for (std::size_t i = 0; i < integers_passed(registers); ++i)
    facts.integers.push_back(integer_type(registers.general[k_argument_registers[i]]));
  for (std::size_t i = 0; i < reals_passed(registers); ++i)
    facts.reals.push_back(real_type(registers.vector[i]));
  return facts;
}

LiftSignature X86Calls::signature_at(const Callee& callee, std::size_t site) const {
  if (!callee.name.empty())
    if (const auto known = callees_.find(callee.name); known != callees_.end())
      return known->second;
  return inferred_signature(
      std::vector<CallFacts>{site < sites_.size() ? sites_[site] : machine_.facts().calls[site]});
}

llvm::Value* X86Calls::integer_argument(unsigned number, AbiType type) {
  llvm::IRBuilder<>& ir = machine_.ir;
  switch (type) {
    case AbiType::i8:
      return machine_.read({number, 8});
    case AbiType::i16:
      return machine_.read({number, 16});
    case AbiType::i32:
      return machine_.read({number, 32});
    case AbiType::ptr:
      return ir.CreateIntToPtr(machine_.read({number, 64}), ir.getPtrTy());
    default:
      return machine_.read({number, 64});
  }
}

llvm::Value* X86Calls::real_argument(unsigned xmm, AbiType type) {
  if (type == AbiType::f32) return machine_.read_float(xmm);
  if (type == AbiType::f64) return machine_.read_double(xmm);
  return machine_.read_vector(xmm, machine_.type_of(type));
}

std::vector<llvm::Value*> X86Calls::arguments(const LiftSignature& signature, const CallFacts& here,
                                              std::vector<llvm::Type*>& types, bool is_tail) {
  std::vector<llvm::Value*> values;
  std::size_t integers = 0;
  unsigned reals = 0;
  std::int64_t stack = machine_.sp + (is_tail ? 8 : 0);
  const auto pass = [&](AbiType type) {
    llvm::Value* value = nullptr;
    if (is_vector_class(type) && reals < k_reals) {
      value = real_argument(reals++, type);
    } else if (!is_vector_class(type) && integers < k_argument_registers.size()) {
      value = integer_argument(k_argument_registers[integers++], type);
    } else {
      llvm::Type* const loaded = machine_.type_of(type);
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
  }
  return values;
}

/// A call in tail position through a pointer is likely to hand on what the function was given.
void X86Calls::pass_on(LiftSignature& signature) const {
  if (signature_ == nullptr) return;
  const auto is_integer = [](const AbiValue& value) { return !is_vector_class(value.type); };
  auto own = std::ranges::count_if(signature_->parameters, is_integer);
  auto passed = std::ranges::count_if(signature.parameters, is_integer);
  if (passed != static_cast<std::ptrdiff_t>(signature.parameters.size())) return;
  own = std::min<std::ptrdiff_t>(own, k_argument_registers.size());
  for (; passed < own; ++passed) {
    const unsigned number = k_argument_registers[static_cast<std::size_t>(passed)];
    if (machine_.registers.general[number].kind != Kind::entry) return;
    signature.parameters.push_back({AbiType::i64});
  }
}

llvm::CallInst* X86Calls::emit(const Callee& callee, bool is_tail) {
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
  llvm::FunctionType* const type = machine_.function_type(signature);
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

void X86Calls::take_result(llvm::CallInst* call, const LiftSignature& signature, std::size_t site) {
  machine_.forget_caller_saved();
  llvm::Value* first = call;
  llvm::Value* second = nullptr;
  if (signature.second != AbiType::none) {
    first = machine_.ir.CreateExtractValue(call, 0);
    second = machine_.ir.CreateExtractValue(call, 1);
  }
  const AbiType type = signature.result.type;
  if (type != AbiType::none && !is_vector_class(type)) {
    write_integer(k_rax, first);
    if (second != nullptr) write_integer(k_rdx, second);
  } else if (type != AbiType::none) {
    write_real(0, first);
    if (second != nullptr) write_real(1, second);
  }
  RegisterOrigin result;
  result.kind = Kind::result;
  result.sites = {site};
  machine_.registers.general[k_rax] = result;
  machine_.registers.general[k_rdx] = result;
  machine_.registers.vector[0] = result;
}

void X86Calls::call(const AsmInstruction& instruction) {
  const Callee callee = callee_of(instruction);
  llvm::CallInst* const made = emit(callee, false);
  if (made == nullptr) return machine_.refuse("what it calls cannot be told");
  take_result(made, last_signature_, next_ - 1);
}

void X86Calls::note_return() {
  const LiftRegisters& registers = machine_.registers;
  machine_.facts().returns.push_back({registers.general[k_rax], registers.general[k_rdx],
                                      registers.vector[0], registers.vector[1]});
}

llvm::Value* X86Calls::result_value(AbiType type, bool is_second) {
  machine_.reads_for_keeping = true;
  llvm::Value* const value = is_vector_class(type)
                                 ? real_argument(is_second ? 1 : 0, type)
                                 : integer_argument(is_second ? k_rdx : k_rax, type);
  machine_.reads_for_keeping = false;
  return value;
}

void X86Calls::give_back() {
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

void X86Calls::tail_call(const AsmInstruction& jump) {
  if (machine_.sp != 0) return machine_.refuse("its stack pointer is not where it was at entry");
  const Callee callee = callee_of(jump);
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

void X86Calls::note_no_return(const AsmInstruction& last) {
  if (x86_name(last.name).stem != "CALL" || last_ == nullptr) return;
  machine_.facts().calls[next_ - 1].returns = false;
  last_->setDoesNotReturn();
}

}  // namespace llmc
