#include "lift/x86_machine.h"

#include <fmt/format.h>
#include <llvm/Analysis/ConstantFolding.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/Intrinsics.h>

#include <algorithm>
#include <bit>

namespace llmc {
namespace {

constexpr std::array<unsigned, 9> k_caller_saved = {k_rax, k_rcx, k_rdx, k_rsi, k_rdi,
                                                    8,     9,     10,    11};

/// Constants that code generation makes by itself, in clang's and in gcc's spelling.
bool is_constant_pool(const AsmDatum& datum) {
  return datum.name.starts_with(".LC") && datum.references.empty() &&
         (datum.kind == AsmSectionKind::mergeable || datum.kind == AsmSectionKind::read_only);
}

bool is_got(const AsmOperand& operand) { return operand.modifier.starts_with("GOTPCREL"); }

}  // namespace

X86Machine::X86Machine(const AsmUnit& unit, llvm::Function& function, LiftFacts& facts)
    : ir(&function.getEntryBlock()), unit_(unit), function_(function), facts_(facts) {
  llvm::Type* const vector = llvm::FixedVectorType::get(ir.getInt64Ty(), 2);
  for (General& reg : general_)
    reg = {ir.CreateAlloca(ir.getInt64Ty()), ir.CreateAlloca(ir.getInt32Ty()),
           ir.CreateAlloca(ir.getInt16Ty()), ir.CreateAlloca(ir.getInt8Ty())};
  for (Vector& reg : vector_)
    reg = {ir.CreateAlloca(vector), ir.CreateAlloca(ir.getDoubleTy()),
           ir.CreateAlloca(ir.getFloatTy())};
  for (llvm::AllocaInst*& flag : stored_) flag = ir.CreateAlloca(ir.getInt1Ty());
  for (unsigned xmm = 0; xmm < 8; ++xmm) registers.vector[xmm].parameters = {xmm};
}

void X86Machine::refuse(std::string reason) {
  if (refusal_.empty()) refusal_ = std::move(reason);
}

// ---- general registers

llvm::Value* X86Machine::read64(unsigned number) { return read({number, 64}); }

llvm::Value* X86Machine::read(X86Register reg) {
  if (reg.number == k_rsp || (reg.number == k_rbp && rbp_is_frame)) {
    if (reg.width != 64) refuse("it computes with a part of the stack pointer");
    const std::int64_t offset = reg.number == k_rsp ? sp : rbp_offset;
    note_escape(offset);
    return ir.CreatePtrToInt(frame_pointer(offset, 1), ir.getInt64Ty());
  }
  note_read(reg.number, reg.width);
  const General& place = general_[reg.number];
  if (reg.width == 64) return ir.CreateLoad(ir.getInt64Ty(), place.wide);
  if (reg.width == 32) return ir.CreateLoad(ir.getInt32Ty(), place.word);
  if (reg.width == 16 || reg.high) {
    llvm::Value* const half = ir.CreateLoad(ir.getInt16Ty(), place.half);
    return reg.high ? ir.CreateTrunc(ir.CreateLShr(half, 8), ir.getInt8Ty()) : half;
  }
  return ir.CreateLoad(ir.getInt8Ty(), place.byte);
}

void X86Machine::write(X86Register reg, llvm::Value* value) {
  if (reg.number == k_rsp || (reg.number == k_rbp && rbp_is_frame))
    return refuse("it computes the stack pointer");
  note_write(reg.number, reg.width);
  const General& place = general_[reg.number];
  if (reg.width >= 32) {
    ir.CreateStore(ir.CreateZExtOrTrunc(value, ir.getInt64Ty()), place.wide);
    ir.CreateStore(ir.CreateTrunc(value, ir.getInt32Ty()), place.word);
    ir.CreateStore(ir.CreateTrunc(value, ir.getInt16Ty()), place.half);
    ir.CreateStore(ir.CreateTrunc(value, ir.getInt8Ty()), place.byte);
    return;
  }
  const unsigned shift = reg.high ? 8 : 0;
  const std::uint64_t mask = ((std::uint64_t{1} << reg.width) - 1) << shift;
  const auto merge = [&](llvm::IntegerType* type, llvm::AllocaInst* where) {
    llvm::Value* const old =
        ir.CreateAnd(ir.CreateLoad(type, where), llvm::ConstantInt::get(type, ~mask));
    ir.CreateStore(ir.CreateOr(old, ir.CreateShl(ir.CreateZExt(value, type), shift)), where);
  };
  merge(ir.getInt64Ty(), place.wide);
  merge(ir.getInt32Ty(), place.word);
  if (reg.width == 8)
    merge(ir.getInt16Ty(), place.half);
  else
    ir.CreateStore(value, place.half);
  if (!reg.high) ir.CreateStore(ir.CreateTrunc(value, ir.getInt8Ty()), place.byte);
}

// ---- vector registers

llvm::Value* X86Machine::read_vector(unsigned xmm, llvm::Type* type) {
  note_vector_read(xmm, AbiType::v128);
  llvm::AllocaInst* const whole = vector_[xmm].whole;
  return ir.CreateBitCast(ir.CreateLoad(whole->getAllocatedType(), whole), type);
}

llvm::Value* X86Machine::read_double(unsigned xmm) {
  note_vector_read(xmm, AbiType::f64);
  return ir.CreateLoad(ir.getDoubleTy(), vector_[xmm].real);
}

llvm::Value* X86Machine::read_float(unsigned xmm) {
  note_vector_read(xmm, AbiType::f32);
  return ir.CreateLoad(ir.getFloatTy(), vector_[xmm].single);
}

void X86Machine::write_vector(unsigned xmm, llvm::Value* value) {
  note_vector_write(xmm, AbiType::v128);
  const Vector& place = vector_[xmm];
  ir.CreateStore(ir.CreateBitCast(value, place.whole->getAllocatedType()), place.whole);
  const auto low = [&](llvm::Type* type, unsigned count, llvm::AllocaInst* where) {
    llvm::Value* const parts = ir.CreateBitCast(value, llvm::FixedVectorType::get(type, count));
    ir.CreateStore(ir.CreateExtractElement(parts, std::uint64_t{0}), where);
  };
  low(ir.getDoubleTy(), 2, place.real);
  low(ir.getFloatTy(), 4, place.single);
}

void X86Machine::write_double(unsigned xmm, llvm::Value* value) {
  const Vector& place = vector_[xmm];
  llvm::Type* const type = llvm::FixedVectorType::get(ir.getDoubleTy(), 2);
  llvm::Value* const old =
      ir.CreateBitCast(ir.CreateLoad(place.whole->getAllocatedType(), place.whole), type);
  write_vector(xmm, ir.CreateInsertElement(old, value, std::uint64_t{0}));
  ir.CreateStore(value, place.real);
  note_vector_write(xmm, AbiType::f64);
}

void X86Machine::write_float(unsigned xmm, llvm::Value* value) {
  const Vector& place = vector_[xmm];
  llvm::Type* const type = llvm::FixedVectorType::get(ir.getFloatTy(), 4);
  llvm::Value* const old =
      ir.CreateBitCast(ir.CreateLoad(place.whole->getAllocatedType(), place.whole), type);
  write_vector(xmm, ir.CreateInsertElement(old, value, std::uint64_t{0}));
  ir.CreateStore(value, place.single);
  note_vector_write(xmm, AbiType::f32);
}

void X86Machine::write_low_double(unsigned xmm, llvm::Value* value) {
  llvm::Type* const type = llvm::FixedVectorType::get(ir.getDoubleTy(), 2);
  write_vector(xmm,
               ir.CreateInsertElement(llvm::Constant::getNullValue(type), value, std::uint64_t{0}));
  ir.CreateStore(value, vector_[xmm].real);
  note_vector_write(xmm, AbiType::f64);
}

void X86Machine::write_low_float(unsigned xmm, llvm::Value* value) {
  llvm::Type* const type = llvm::FixedVectorType::get(ir.getFloatTy(), 4);
  write_vector(xmm,
               ir.CreateInsertElement(llvm::Constant::getNullValue(type), value, std::uint64_t{0}));
  ir.CreateStore(value, vector_[xmm].single);
  note_vector_write(xmm, AbiType::f32);
}

// ---- memory

std::span<const AsmOperand> X86Machine::address_of(const AsmInstruction& instruction) {
  using Kind = AsmOperand::Kind;
  const auto& operands = instruction.operands;
  for (std::size_t i = 0; i + 5 <= operands.size(); ++i) {
    const AsmOperand& scale = operands[i + 1];
    const bool is_scale = scale.kind == Kind::imm && (scale.value == 1 || scale.value == 2 ||
                                                      scale.value == 4 || scale.value == 8);
    if (operands[i].kind == Kind::reg && is_scale && operands[i + 2].kind == Kind::reg &&
        operands[i + 3].kind != Kind::reg && operands[i + 4].kind == Kind::reg)
      return std::span(operands).subspan(i, 5);
  }
  return {};
}

std::optional<X86Machine::FrameAddress> X86Machine::frame_base(const AsmOperand& base) const {
  if (base.reg == "RSP") return FrameAddress{sp};
  if (base.reg == "RBP" && rbp_is_frame) return FrameAddress{rbp_offset};
  return std::nullopt;
}

void X86Machine::note_escape(std::int64_t offset) {
  facts_.escapes.insert(offset);
  if (offset >= 8) refuse("it takes the address of an argument on the stack");
}

llvm::Value* X86Machine::frame_pointer(std::int64_t offset, unsigned bytes) {
  unsigned& most = facts_.slots[offset];
  most = std::max(most, bytes);
  if (offset > -static_cast<std::int64_t>(bytes) && offset < 8)
    refuse("it reads or writes its return address");
  if (frame_.empty()) return llvm::PoisonValue::get(ir.getPtrTy());
  for (const FrameObject& object : frame_)
    if (object.begin <= offset && offset < object.end)
      return offset == object.begin
                 ? static_cast<llvm::Value*>(object.place)
                 : ir.CreateConstInBoundsGEP1_64(ir.getInt8Ty(), object.place,
                                                 static_cast<std::uint64_t>(offset - object.begin));
  refuse("its stack frame cannot be told");
  return llvm::PoisonValue::get(ir.getPtrTy());
}

bool X86Machine::has_frame_at(std::int64_t offset) const {
  return std::ranges::any_of(frame_, [&](const FrameObject& object) {
    return object.begin <= offset && offset < object.end;
  });
}

void X86Machine::push(llvm::Value* value) {
  sp -= 8;
  ir.CreateAlignedStore(value, frame_pointer(sp, 8), llvm::Align(8));
}

llvm::Value* X86Machine::pop() {
  llvm::Value* const value =
      ir.CreateAlignedLoad(ir.getInt64Ty(), frame_pointer(sp, 8), llvm::Align(8));
  sp += 8;
  return value;
}

llvm::Value* X86Machine::effective_address(std::span<const AsmOperand> address) {
  using Kind = AsmOperand::Kind;
  const AsmOperand &base = address[0], &scale = address[1], &index = address[2];
  const AsmOperand& displacement = address[3];
  llvm::Value* sum = nullptr;
  std::int64_t offset = displacement.kind == Kind::imm ? displacement.value : 0;
  const auto add = [&](llvm::Value* value) {
    sum = sum == nullptr ? value : ir.CreateAdd(sum, value);
  };
  if (displacement.kind == Kind::other) refuse("it uses the expression " + displacement.symbol);
  if (displacement.kind == Kind::symbol) {
    if (!displacement.modifier.empty() && displacement.modifier != "PLT")
      refuse("it uses the relocation " + displacement.modifier);
    add(ir.CreatePtrToInt(symbol(displacement.symbol), ir.getInt64Ty()));
    offset = displacement.value;
  }
  if (base.reg == "RIP") {
    if (displacement.kind != Kind::symbol) refuse("it addresses its own code");
  } else if (const auto frame = frame_base(base)) {
    const std::int64_t place = frame->offset + offset;
    note_escape(place);
    offset = 0;
    add(ir.CreatePtrToInt(frame_pointer(place, 1), ir.getInt64Ty()));
  } else if (!base.reg.empty()) {
    const auto reg = x86_register(base.reg);
    if (!reg || reg->width != 64)
      refuse(fmt::format("it has an address in {}", base.reg));
    else
      add(read(*reg));
  }
  if (!index.reg.empty()) {
    const auto reg = x86_register(index.reg);
    if (!reg || reg->width != 64) {
      refuse(fmt::format("it has an index in {}", index.reg));
    } else {
      llvm::Value* const value = read(*reg);
      add(scale.value == 1 ? value
                           : ir.CreateShl(value, static_cast<std::uint64_t>(std::countr_zero(
                                                     static_cast<unsigned>(scale.value)))));
    }
  }
  if (offset != 0 || sum == nullptr) add(ir.getInt64(static_cast<std::uint64_t>(offset)));
  return sum;
}

llvm::Value* X86Machine::narrow_address(std::span<const AsmOperand> address) {
  const auto base = x86_register(address[0].reg), index = x86_register(address[2].reg);
  const bool is_plain = address[3].kind == AsmOperand::Kind::imm && !frame_base(address[0]) &&
                        (base || address[0].reg.empty()) && (index || address[2].reg.empty());
  if (!is_plain) return nullptr;
  llvm::Value* sum = nullptr;
  const auto add = [&](llvm::Value* value) {
    sum = sum == nullptr ? value : ir.CreateAdd(sum, value);
  };
  if (base) add(read({base->number, 32}));
  if (index) {
    llvm::Value* const value = read({index->number, 32});
    const auto scale = static_cast<unsigned>(address[1].value);
    add(scale == 1 ? value : ir.CreateShl(value, static_cast<unsigned>(std::countr_zero(scale))));
  }
  if (address[3].value != 0 || sum == nullptr)
    add(ir.getInt32(static_cast<std::uint32_t>(address[3].value)));
  return sum;
}

llvm::Value* X86Machine::pointer(std::span<const AsmOperand> address, unsigned bytes) {
  if (!address[4].reg.empty()) refuse("it uses thread-local storage");
  const auto frame = frame_base(address[0]);
  if (frame && address[2].reg.empty() && address[3].kind == AsmOperand::Kind::imm)
    return frame_pointer(frame->offset + address[3].value, bytes);
  llvm::Value* const value = effective_address(address);
  if (auto* cast = llvm::dyn_cast<llvm::PtrToIntOperator>(value)) return cast->getPointerOperand();
  return ir.CreateIntToPtr(value, ir.getPtrTy());
}

llvm::Value* X86Machine::got_address(std::span<const AsmOperand> address) {
  llvm::GlobalValue* const global = symbol(address[3].symbol);
  return ir.CreatePtrToInt(global, ir.getInt64Ty());
}

llvm::Constant* X86Machine::constant_at(llvm::Type* type, std::span<const AsmOperand> address) {
  const AsmOperand& displacement = address[3];
  const bool is_plain = displacement.kind == AsmOperand::Kind::symbol &&
                        (address[0].reg == "RIP" || address[0].reg.empty()) &&
                        address[2].reg.empty() && displacement.modifier.empty();
  const AsmDatum* const datum = is_plain ? unit_.datum(displacement.symbol) : nullptr;
  if (datum == nullptr || !is_constant_pool(*datum)) return nullptr;
  const llvm::DataLayout& layout = function_.getParent()->getDataLayout();
  const std::uint64_t size = layout.getTypeStoreSize(type);
  if (displacement.value < 0 ||
      static_cast<std::uint64_t>(displacement.value) + size > datum->bytes.size())
    return nullptr;
  llvm::Constant* const bytes =
      llvm::ConstantDataArray::getString(ir.getContext(), datum->bytes, /*AddNull=*/false);
  return llvm::ConstantFoldLoadFromConst(
      bytes, type, llvm::APInt(64, static_cast<std::uint64_t>(displacement.value)), layout);
}

llvm::Value* X86Machine::load(llvm::Type* type, std::span<const AsmOperand> address,
                              unsigned alignment) {
  if (is_got(address[3])) return got_address(address);
  if (llvm::Constant* const constant = constant_at(type, address)) return constant;
  const auto bytes =
      static_cast<unsigned>(function_.getParent()->getDataLayout().getTypeStoreSize(type));
  return ir.CreateAlignedLoad(type, pointer(address, bytes), llvm::Align(alignment));
}

void X86Machine::store(llvm::Value* value, std::span<const AsmOperand> address,
                       unsigned alignment) {
  const auto bytes = static_cast<unsigned>(
      function_.getParent()->getDataLayout().getTypeStoreSize(value->getType()));
  ir.CreateAlignedStore(value, pointer(address, bytes), llvm::Align(alignment));
}

// ---- symbols

llvm::Type* X86Machine::type_of(AbiType type) {
  switch (type) {
    case AbiType::none:
      return ir.getVoidTy();
    case AbiType::i8:
      return ir.getInt8Ty();
    case AbiType::i16:
      return ir.getInt16Ty();
    case AbiType::i32:
      return ir.getInt32Ty();
    case AbiType::i64:
      return ir.getInt64Ty();
    case AbiType::ptr:
      return ir.getPtrTy();
    case AbiType::f32:
      return ir.getFloatTy();
    case AbiType::f64:
      return ir.getDoubleTy();
    case AbiType::v128:
      return llvm::FixedVectorType::get(ir.getInt64Ty(), 2);
  }
  return ir.getVoidTy();
}

llvm::FunctionType* X86Machine::function_type(const LiftSignature& signature) {
  std::vector<llvm::Type*> parameters;
  for (const AbiValue& parameter : signature.parameters)
    parameters.push_back(type_of(parameter.type));
  llvm::Type* result = type_of(signature.result.type);
  if (signature.second != AbiType::none)
    result = llvm::StructType::get(result, type_of(signature.second));
  return llvm::FunctionType::get(result, parameters, signature.variadic);
}

llvm::Function* X86Machine::declare(const std::string& name, const LiftSignature& signature) {
  llvm::Module& module = *function_.getParent();
  llvm::FunctionType* const type = function_type(signature);
  llvm::GlobalValue* const known = module.getNamedValue(name);
  if (known == &function_) return &function_;
  auto* const same = llvm::dyn_cast_or_null<llvm::Function>(known);
  if (same != nullptr && same->getFunctionType() == type) return same;
  llvm::Function* const made =
      llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, "", &module);
  if (known != nullptr) {
    known->replaceAllUsesWith(made);
    made->takeName(known);
    known->eraseFromParent();
  } else {
    made->setName(name);
  }
  const auto extend = [&](AbiExtension extension) {
    return extension == AbiExtension::sign ? llvm::Attribute::SExt : llvm::Attribute::ZExt;
  };
  for (unsigned i = 0; i < signature.parameters.size(); ++i)
    if (signature.parameters[i].extension != AbiExtension::none)
      made->addParamAttr(i, extend(signature.parameters[i].extension));
  if (signature.result.extension != AbiExtension::none)
    made->addRetAttr(extend(signature.result.extension));
  if (!signature.returns) made->addFnAttr(llvm::Attribute::NoReturn);
  return made;
}

llvm::GlobalValue* X86Machine::symbol(const std::string& name) {
  llvm::Module& module = *function_.getParent();
  const bool is_private = name.starts_with(".L");
  const std::string ir_name = is_private ? name.substr(2) : name;
  if (llvm::GlobalValue* const known = module.getNamedValue(ir_name)) return known;
  llvm::GlobalValue* global = nullptr;
  if (unit_.function(name) != nullptr) {
    global = llvm::Function::Create(llvm::FunctionType::get(ir.getVoidTy(), false),
                                    llvm::GlobalValue::ExternalLinkage, ir_name, &module);
  } else {
    const AsmDatum* const datum = unit_.datum(name);
    llvm::Type* const type = datum == nullptr
                                 ? static_cast<llvm::Type*>(ir.getInt8Ty())
                                 : llvm::ArrayType::get(ir.getInt8Ty(), datum->bytes.size());
    auto* const variable = new llvm::GlobalVariable(
        module, type, false, llvm::GlobalValue::ExternalLinkage, nullptr, ir_name);
    if (datum != nullptr)
      variable->setAlignment(llvm::Align(std::max<std::uint64_t>(1, datum->alignment)));
    global = variable;
  }
  if (unit_.function(name) != nullptr || unit_.datum(name) != nullptr) global->setDSOLocal(true);
  return global;
}

// ---- where values are from

void X86Machine::note_read(unsigned number, unsigned width) {
  if (registers.general[number].kind == RegisterOrigin::Kind::clobbered && !reads_for_keeping)
    refuse("it reads a register that a call has left without a value");
  RegisterOrigin& origin = registers.general[number];
  origin.is_read = true;
  if (origin.kind == RegisterOrigin::Kind::entry) {
    if (number == k_rax && width == 8)
      refuse("it takes a variable number of arguments, which is not modelled");
    for (std::size_t i = 0; i < k_argument_registers.size(); ++i)
      if (k_argument_registers[i] == number)
        facts_.integer_parameters[i] = std::max(facts_.integer_parameters[i], width);
  }
  for (const std::size_t site : origin.sites) {
    CallFacts& call = facts_.calls[site];
    unsigned& most = number == k_rax ? call.result_width : call.second_width;
    most = std::max(most, width);
  }
}

void X86Machine::note_write(unsigned number, unsigned width) {
  RegisterOrigin& origin = registers.general[number];
  // A part on top of a fresh zero is meant to be read as a whole.
  const bool is_extension = width < 32 && origin.kind == RegisterOrigin::Kind::defined &&
                            origin.constant == std::int64_t{0} && !origin.is_read;
  if (is_extension) width = 32;
  origin = {RegisterOrigin::Kind::defined, width};
  if (number == k_rax || number == k_rdx) sign_width_ = 0;
}

void X86Machine::note_vector_read(unsigned xmm, AbiType type) {
  if (registers.vector[xmm].kind == RegisterOrigin::Kind::clobbered && !reads_for_keeping)
    refuse("it reads a register that a call has left without a value");
  RegisterOrigin& origin = registers.vector[xmm];
  origin.is_read = true;
  const auto learn = [&](AbiType& known) {
    if (known == AbiType::none || known == AbiType::v128) known = type;
  };
  for (const unsigned parameter : origin.parameters) learn(facts_.real_parameters[parameter]);
  for (const std::size_t site : origin.sites) learn(facts_.calls[site].real_result);
}

void X86Machine::note_vector_write(unsigned xmm, AbiType type) {
  registers.vector[xmm] = {.kind = RegisterOrigin::Kind::defined, .width = 128, .type = type};
}

void X86Machine::copy_vector(unsigned to, unsigned from) {
  const Vector &target = vector_[to], &source = vector_[from];
  const auto copy = [&](llvm::AllocaInst* where, llvm::AllocaInst* what) {
    ir.CreateStore(ir.CreateLoad(what->getAllocatedType(), what), where);
  };
  copy(target.whole, source.whole);
  copy(target.real, source.real);
  copy(target.single, source.single);
  RegisterOrigin& origin = registers.vector[from];
  origin.is_read = true;
  RegisterOrigin copied = origin;
  copied.kind = RegisterOrigin::Kind::defined;
  copied.is_read = false;
  if (copied.type == AbiType::none) copied.type = AbiType::v128;
  registers.vector[to] = std::move(copied);
}

void X86Machine::forget_caller_saved() {
  for (const unsigned number : k_caller_saved) {
    const General& place = general_[number];
    for (llvm::AllocaInst* part : {place.wide, place.word, place.half, place.byte})
      ir.CreateStore(llvm::UndefValue::get(part->getAllocatedType()), part);
    registers.general[number] = {RegisterOrigin::Kind::clobbered};
  }
  for (unsigned xmm = 0; xmm < vector_.size(); ++xmm) {
    const Vector& place = vector_[xmm];
    for (llvm::AllocaInst* part : {place.whole, place.real, place.single})
      ir.CreateStore(llvm::UndefValue::get(part->getAllocatedType()), part);
    registers.vector[xmm] = {RegisterOrigin::Kind::clobbered};
  }
  flags = {};
  sign_width_ = 0;
}

}  // namespace llmc
