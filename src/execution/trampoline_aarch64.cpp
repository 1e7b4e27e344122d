#include <sys/ucontext.h>

#include <array>
#include <cstddef>
#include <cstring>

#include "execution/layout.h"
#include "execution/trampoline.h"

#if defined(__aarch64__)

namespace llmc {

static_assert(k_context_address == 0x10000000);
static_assert(offsetof(CallContext, vectors) == 256);
static_assert(offsetof(CallContext, target) == 768);
static_assert(offsetof(CallContext, host_stack) == 776);
static_assert(offsetof(CallContext, control) == 792);
static_assert(offsetof(CallContext, standard_control) == 800);
static_assert(offsetof(CallContext, returned) == 808);

// x16 and x17 are anyone's between a caller and what it calls, so one of them has the context's
// address and the other what goes through it.
asm(R"(
  .macro context_in base
    movz \base, #0x1000, lsl #16
  .endm

  .macro save_registers base
    stp x0, x1, [\base, #0]
    stp x2, x3, [\base, #16]
    stp x4, x5, [\base, #32]
    stp x6, x7, [\base, #48]
    stp x8, x9, [\base, #64]
    stp x10, x11, [\base, #80]
    stp x12, x13, [\base, #96]
    stp x14, x15, [\base, #112]
    str x18, [\base, #144]
    stp x19, x20, [\base, #152]
    stp x21, x22, [\base, #168]
    stp x23, x24, [\base, #184]
    stp x25, x26, [\base, #200]
    stp x27, x28, [\base, #216]
    stp x29, x30, [\base, #232]
    mov x0, sp
    str x0, [\base, #248]
    .irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
      str q\n, [\base, #256+16*\n]
    .endr
  .endm

  .macro load_registers base
    .irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
      ldr q\n, [\base, #256+16*\n]
    .endr
    ldr x0, [\base, #248]
    mov sp, x0
    ldp x0, x1, [\base, #0]
    ldp x2, x3, [\base, #16]
    ldp x4, x5, [\base, #32]
    ldp x6, x7, [\base, #48]
    ldp x8, x9, [\base, #64]
    ldp x10, x11, [\base, #80]
    ldp x12, x13, [\base, #96]
    ldp x14, x15, [\base, #112]
    ldr x18, [\base, #144]
    ldp x19, x20, [\base, #152]
    ldp x21, x22, [\base, #168]
    ldp x23, x24, [\base, #184]
    ldp x25, x26, [\base, #200]
    ldp x27, x28, [\base, #216]
    ldp x29, x30, [\base, #232]
  .endm

  .text
  .p2align 4
  .globl llmc_enter_function
  .type llmc_enter_function, %function
llmc_enter_function:
  stp x29, x30, [sp, #-160]!
  stp x19, x20, [sp, #16]
  stp x21, x22, [sp, #32]
  stp x23, x24, [sp, #48]
  stp x25, x26, [sp, #64]
  stp x27, x28, [sp, #80]
  stp d8, d9, [sp, #96]
  stp d10, d11, [sp, #112]
  stp d12, d13, [sp, #128]
  stp d14, d15, [sp, #144]
  context_in x17
  mov x16, sp
  str x16, [x17, #776]
  str xzr, [x17, #808]
  ldr x16, [x17, #800]
  msr fpcr, x16
  load_registers x17
  ldr x16, [x17, #768]
  ldr x17, [x17, #136]
  br x16

  .globl llmc_return_address
llmc_return_address:
  context_in x16
  save_registers x16
  mov x17, #1
  str x17, [x16, #808]
  mrs x17, fpcr
  str x17, [x16, #792]

  .globl llmc_leave_address
llmc_leave_address:
  context_in x16
  ldr x17, [x16, #776]
  mov sp, x17
  ldr x17, [x16, #800]
  msr fpcr, x17
  ldp x19, x20, [sp, #16]
  ldp x21, x22, [sp, #32]
  ldp x23, x24, [sp, #48]
  ldp x25, x26, [sp, #64]
  ldp x27, x28, [sp, #80]
  ldp d8, d9, [sp, #96]
  ldp d10, d11, [sp, #112]
  ldp d12, d13, [sp, #128]
  ldp d14, d15, [sp, #144]
  ldp x29, x30, [sp], #160
  ret
  .size llmc_enter_function, .-llmc_enter_function

  .p2align 4
  .globl llmc_stub_continuation
  .type llmc_stub_continuation, %function
llmc_stub_continuation:
  context_in x17
  save_registers x17
  mov x0, x16
  ldr x1, [x17, #776]
  mov sp, x1
  bl llmc_handle_call
  context_in x17
  load_registers x17
  ldp x16, x17, [x17, #128]
  ret
  .size llmc_stub_continuation, .-llmc_stub_continuation
)");

extern "C" {
void llmc_enter_function();
void llmc_return_address();
[[noreturn]] void llmc_leave_address();
void llmc_stub_continuation();
}

void enter_function() { llmc_enter_function(); }
std::uint64_t return_address() { return reinterpret_cast<std::uint64_t>(&llmc_return_address); }
std::uint64_t leave_address() { return reinterpret_cast<std::uint64_t>(&llmc_leave_address); }
void leave_function() { llmc_leave_address(); }

void divert_to_leave(void* signal_context) {
  // The way out loads its own stack pointer.
  static_cast<ucontext_t*>(signal_context)->uc_mcontext.pc = leave_address();
}

std::string stub_code(std::size_t count) {
  std::string code;
  const auto append = [&code](const std::array<std::uint32_t, 4>& words) {
    code.append(reinterpret_cast<const char*>(words.data()), sizeof words);
  };
  static_assert(k_stub_size == 16);
  for (std::size_t i = 0; i < count; ++i) {
    const auto number = static_cast<std::uint32_t>(i);
    const auto distance = static_cast<std::uint32_t>((count - i) * k_stub_size / 4 - 1);
    append({0x52800010 | number << 5, 0x14000000 | distance, 0, 0});  // movz w16, #n; b common
  }
  const auto continuation = reinterpret_cast<std::uint64_t>(&llmc_stub_continuation);
  append({0x58000051, 0xd61f0220,  // ldr x17, .+8; br x17
          static_cast<std::uint32_t>(continuation),
          static_cast<std::uint32_t>(continuation >> 32)});
  return code;
}

}  // namespace llmc

#endif
