#include "lift/x86_machine.h"

#include <fmt/format.h>

#include <bit>

namespace llmc {
namespace {

bool is_got(const AsmOperand& operand) { return operand.modifier.starts_with("GOTPCREL"); }

/// The address space in which LLVM has what lies behind a segment register.
unsigned segment_space(const AsmOperand& segment) { return segment.reg == "FS" ? 257 : 256; }

}  // namespace

llvm::Value* X86Machine::read(X86Register reg) {
  if (reg.number == k_rsp || (reg.number == k_rbp && fp_is_frame)) {
    if (reg.width != 64) refuse("it computes with a part of the stack pointer");
    return frame_address(reg.number == k_rsp ? sp : fp_offset);
  }
  if (!reg.high) return read_general(reg.number, reg.width);
  note_read(reg.number, reg.width);
  llvm::Value* const half = ir.CreateLoad(ir.getInt16Ty(), general(reg.number).half);
  return ir.CreateTrunc(ir.CreateLShr(half, 8), ir.getInt8Ty());
}

void X86Machine::write_general(unsigned number, llvm::Value* value) {
  write({number, value->getType()->getIntegerBitWidth()}, value);
}

void X86Machine::write(X86Register reg, llvm::Value* value) {
  if (reg.number == k_rsp || (reg.number == k_rbp && fp_is_frame))
    return refuse("it computes the stack pointer");
  note_write(reg.number, reg.width);
  if (reg.width >= 32) return set_facets(reg.number, value);
  const General& place = general(reg.number);
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

std::optional<std::int64_t> X86Machine::frame_base(const AsmOperand& base) const {
  if (base.reg == "RSP") return sp;
  if (base.reg == "RBP" && fp_is_frame) return fp_offset;
  return std::nullopt;
}

void X86Machine::push(llvm::Value* value) {
  sp -= 8;
  ir.CreateAlignedStore(value, frame_pointer(sp, 8), llvm::Align(8));
}

llvm::Value* X86Machine::pop() {
  facts().reads.insert(sp);
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
    add(frame_address(*frame + offset));
    offset = 0;
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
  if (const AsmOperand& segment = address[4]; !segment.reg.empty()) {
    if (segment.reg != "FS" && segment.reg != "GS") refuse("it names a segment register");
    if (address[3].kind == AsmOperand::Kind::symbol) refuse("it uses thread-local variables");
    return ir.CreateIntToPtr(effective_address(address), ir.getPtrTy(segment_space(segment)));
  }
  const auto frame = frame_base(address[0]);
  if (frame && address[2].reg.empty() && address[3].kind == AsmOperand::Kind::imm)
    return frame_pointer(*frame + address[3].value, bytes);
  llvm::Value* const value = effective_address(address);
  if (auto* cast = llvm::dyn_cast<llvm::PtrToIntOperator>(value)) return cast->getPointerOperand();
  return ir.CreateIntToPtr(value, ir.getPtrTy());
}

llvm::Constant* X86Machine::constant_at(llvm::Type* type, std::span<const AsmOperand> address) {
  const AsmOperand& displacement = address[3];
  const bool is_plain = displacement.kind == AsmOperand::Kind::symbol &&
                        (address[0].reg == "RIP" || address[0].reg.empty()) &&
                        address[2].reg.empty() && displacement.modifier.empty();
  return is_plain ? pooled_constant(type, displacement.symbol, displacement.value) : nullptr;
}

llvm::Value* X86Machine::load(llvm::Type* type, std::span<const AsmOperand> address,
                              unsigned alignment) {
  if (is_got(address[3])) return ir.CreatePtrToInt(symbol(address[3].symbol), ir.getInt64Ty());
  if (llvm::Constant* const constant = constant_at(type, address)) return constant;
  if (const auto frame = frame_base(address[0]); frame && address[2].reg.empty())
    facts().reads.insert(*frame + address[3].value);
  auto* const made =
      ir.CreateAlignedLoad(type, pointer(address, bytes_of(type)), llvm::Align(alignment));
  // A guard of the stack is read again to see whether something has changed it.
  made->setVolatile(made->getPointerAddressSpace() != 0);
  return made;
}

void X86Machine::store(llvm::Value* value, std::span<const AsmOperand> address,
                       unsigned alignment) {
  const unsigned bytes = bytes_of(value->getType());
  ir.CreateAlignedStore(value, pointer(address, bytes), llvm::Align(alignment));
}

// ---- where values are from

void X86Machine::note_entry_read(unsigned number, unsigned width) {
  if (number == k_rax && width == 8)
    refuse("it takes a variable number of arguments, which is not modelled");
  LiftMachine::note_entry_read(number, width);
}

void X86Machine::note_write(unsigned number, unsigned width) {
  const RegisterOrigin& origin = registers.general[number];
  // A part on top of a fresh zero is meant to be read as a whole.
  const bool is_extension = width < 32 && origin.kind == RegisterOrigin::Kind::defined &&
                            origin.constant == std::int64_t{0} && !origin.is_read;
  LiftMachine::note_write(number, is_extension ? 32 : width);
  if (number == k_rax || number == k_rdx) sign_width_ = 0;
}

void X86Machine::forget_caller_saved() {
  LiftMachine::forget_caller_saved();
  sign_width_ = 0;
}

}  // namespace llmc
