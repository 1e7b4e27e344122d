#include "lift/a64_machine.h"

#include <fmt/format.h>

namespace llmc {
namespace {

constexpr unsigned k_first_kept = 19;

/// What a register is said to hold the page of; the same for both halves of an address.
std::string page_of(const AsmOperand& half) {
  const bool is_table = half.modifier.starts_with("got");
  return fmt::format("{}{}+{}", is_table ? "got:" : "", half.symbol, half.value);
}

}  // namespace

llvm::Value* A64Machine::read(A64Register reg) {
  if (reg.number == k_zero_register) return llvm::Constant::getNullValue(integer(reg.width));
  if (const auto place = frame_place(reg)) {
    if (reg.width != 64) refuse("it computes with a part of the stack pointer");
    return frame_address(*place);
  }
  return read_general(reg.number, reg.width);
}

void A64Machine::write(A64Register reg, llvm::Value* value) {
  if (reg.number == k_zero_register) return;
  if (reg.number == k_stack_register) return refuse("it computes the stack pointer");
  if (reg.number == k_frame_register) fp_is_frame = false;
  write_general(reg.number, value);
}

void A64Machine::write_constant(A64Register reg, std::uint64_t value) {
  write(reg, llvm::ConstantInt::get(integer(reg.width), value));
  if (reg.number == k_zero_register || reg.number == k_stack_register) return;
  RegisterOrigin& origin = registers.general[reg.number];
  origin.constant = static_cast<std::int64_t>(value);
  origin.is_number = true;
}

std::optional<std::int64_t> A64Machine::frame_place(A64Register reg) const {
  if (reg.number == k_stack_register) return sp;
  if (reg.number == k_frame_register && fp_is_frame) return fp_offset;
  return std::nullopt;
}

// ---- memory

llvm::Value* A64Machine::pointer(A64Place place, unsigned bytes) {
  if (const auto frame = frame_place(place.base))
    return frame_pointer(*frame + place.offset, bytes);
  llvm::Value* address = read(place.base);
  if (place.offset != 0)
    address = ir.CreateAdd(address, ir.getInt64(static_cast<std::uint64_t>(place.offset)));
  return pointer(address);
}

llvm::Value* A64Machine::pointer(llvm::Value* address) {
  if (auto* cast = llvm::dyn_cast<llvm::PtrToIntOperator>(address))
    return cast->getPointerOperand();
  return ir.CreateIntToPtr(address, ir.getPtrTy());
}

// ---- addresses

void A64Machine::write_page(A64Register reg, const AsmOperand& half) {
  const bool is_known =
      half.kind == AsmOperand::Kind::symbol && (half.modifier.empty() || half.modifier == "got");
  if (!is_known) return refuse(fmt::format("it uses the relocation {}", half.modifier));
  write(reg, llvm::UndefValue::get(ir.getInt64Ty()));
  registers.general[reg.number].page = page_of(half);
}

bool A64Machine::has_page(A64Register reg, const AsmOperand& half) {
  if (half.modifier != "lo12" && half.modifier != "got_lo12") {
    refuse(fmt::format("it uses the relocation {}", half.modifier));
    return false;
  }
  if (reg.number >= k_zero_register || registers.general[reg.number].page != page_of(half)) {
    refuse("it adds the lower part of an address to what is not known to be its page");
    return false;
  }
  registers.general[reg.number].is_read = true;
  return true;
}

bool A64Machine::copy_page(A64Register reg, A64Register from) {
  if (from.number >= k_zero_register || reg.number >= k_zero_register) return false;
  const std::string page = registers.general[from.number].page;
  if (page.empty()) return false;
  write(reg, llvm::UndefValue::get(ir.getInt64Ty()));
  registers.general[reg.number].page = page;
  return true;
}

llvm::Constant* A64Machine::address(const AsmOperand& half) {
  llvm::GlobalValue* const global = symbol(half.symbol);
  // What the linker's table is asked for may be elsewhere.
  global->setDSOLocal(!half.modifier.starts_with("got"));
  if (half.value == 0) return global;
  return llvm::ConstantExpr::getGetElementPtr(
      ir.getInt8Ty(), global,
      llvm::ConstantInt::get(ir.getInt64Ty(), static_cast<std::uint64_t>(half.value)));
}

// ---- where values are from

bool A64Machine::is_callers(A64Register reg) const {
  if (reg.kind == A64Register::Class::vector)
    return reg.number >= 8 && reg.number < 16 &&
           registers.vector[reg.number].kind == RegisterOrigin::Kind::entry;
  return reg.number >= k_first_kept && reg.number <= k_link &&
         registers.general[reg.number].kind == RegisterOrigin::Kind::entry;
}

void A64Machine::give_back(A64Register reg) {
  if (reg.kind == A64Register::Class::vector)
    registers.vector[reg.number] = {};
  else
    registers.general[reg.number] = {};
}

void A64Machine::note_entry_read(unsigned number, unsigned width) {
  if (number >= convention().arguments.size() && !reads_for_keeping)
    refuse(number == k_indirect_result
               ? "it gives back a structure in memory, which is not modelled"
               : "it reads a register that its caller has put nothing into");
  LiftMachine::note_entry_read(number, width);
}

void A64Machine::forget_caller_saved() {
  LiftMachine::forget_caller_saved();
  written.clear();
}

}  // namespace llmc
