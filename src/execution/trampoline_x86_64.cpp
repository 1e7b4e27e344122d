#include <sys/ucontext.h>

#include <array>
#include <cstddef>
#include <cstring>

#include "execution/layout.h"
#include "execution/trampoline.h"

#if defined(__x86_64__)

namespace llmc {

static_assert(k_context_address == 0x10000000);
static_assert(offsetof(CallContext, vectors) == 256);
static_assert(offsetof(CallContext, target) == 768);
static_assert(offsetof(CallContext, host_stack) == 776);
static_assert(offsetof(CallContext, flags) == 784);
static_assert(offsetof(CallContext, control) == 792);
static_assert(offsetof(CallContext, standard_control) == 800);
static_assert(offsetof(CallContext, returned) == 808);

// The context is addressed by number, so that no register is lost before it is saved.
asm(R"(
  .set CONTEXT, 0x10000000

  .macro save_general
    movq %rax, CONTEXT+0
    movq %rbx, CONTEXT+24
    movq %rcx, CONTEXT+8
    movq %rdx, CONTEXT+16
    movq %rsi, CONTEXT+48
    movq %rdi, CONTEXT+56
    movq %rbp, CONTEXT+40
    movq %rsp, CONTEXT+32
    movq %r8, CONTEXT+64
    movq %r9, CONTEXT+72
    movq %r10, CONTEXT+80
    movq %r11, CONTEXT+88
    movq %r12, CONTEXT+96
    movq %r13, CONTEXT+104
    movq %r14, CONTEXT+112
    movq %r15, CONTEXT+120
  .endm

  .macro load_general
    movq CONTEXT+0, %rax
    movq CONTEXT+24, %rbx
    movq CONTEXT+8, %rcx
    movq CONTEXT+16, %rdx
    movq CONTEXT+48, %rsi
    movq CONTEXT+56, %rdi
    movq CONTEXT+40, %rbp
    movq CONTEXT+64, %r8
    movq CONTEXT+72, %r9
    movq CONTEXT+80, %r10
    movq CONTEXT+88, %r11
    movq CONTEXT+96, %r12
    movq CONTEXT+104, %r13
    movq CONTEXT+112, %r14
    movq CONTEXT+120, %r15
    movq CONTEXT+32, %rsp
  .endm

  .macro save_vectors
    .irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
      movdqu %xmm\n, CONTEXT+256+16*\n
    .endr
  .endm

  .macro load_vectors
    .irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
      movdqu CONTEXT+256+16*\n, %xmm\n
    .endr
  .endm

  .text
  .p2align 4
  .globl llmc_enter_function
  .type llmc_enter_function, @function
llmc_enter_function:
  pushq %rbx
  pushq %rbp
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  subq $8, %rsp
  movq %rsp, CONTEXT+776
  movq $0, CONTEXT+808
  ldmxcsr CONTEXT+800
  load_vectors
  load_general
  jmpq *CONTEXT+768

  .globl llmc_return_address
llmc_return_address:
  save_general
  save_vectors
  movq $1, CONTEXT+808
  movq CONTEXT+776, %rsp
  pushfq
  popq CONTEXT+784
  stmxcsr CONTEXT+792

  .globl llmc_leave_address
llmc_leave_address:
  movq CONTEXT+776, %rsp
  cld
  fninit
  ldmxcsr CONTEXT+800
  addq $8, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbp
  popq %rbx
  retq
  .size llmc_enter_function, .-llmc_enter_function

  .p2align 4
  .globl llmc_stub_continuation
  .type llmc_stub_continuation, @function
llmc_stub_continuation:
  save_general
  save_vectors
  movq (%rsp), %rdi
  movq CONTEXT+776, %rsp
  cld
  callq llmc_handle_call
  load_vectors
  load_general
  leaq 8(%rsp), %rsp
  retq
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
  static_cast<ucontext_t*>(signal_context)->uc_mcontext.gregs[REG_RIP] =
      static_cast<greg_t>(leave_address());
}

std::string stub_code(std::size_t count) {
  const std::uint64_t common = k_stub_base + count * k_stub_size;
  std::string code;
  for (std::size_t i = 0; i < count; ++i) {
    std::array<unsigned char, k_stub_size> stub{0x68, 0, 0, 0, 0, 0xe9};  // push imm32; jmp rel32
    const auto number = static_cast<std::uint32_t>(i);
    const auto distance = static_cast<std::uint32_t>(common - (k_stub_base + i * k_stub_size + 10));
    std::memcpy(&stub[1], &number, 4);
    std::memcpy(&stub[6], &distance, 4);
    code.append(reinterpret_cast<const char*>(stub.data()), stub.size());
  }
  // jmp *0(%rip), and the address behind it: no register is touched.
  const auto continuation = reinterpret_cast<std::uint64_t>(&llmc_stub_continuation);
  std::array<unsigned char, k_stub_size> jump{0xff, 0x25, 0, 0, 0, 0};
  std::memcpy(&jump[6], &continuation, 8);
  code.append(reinterpret_cast<const char*>(jump.data()), jump.size());
  return code;
}

}  // namespace llmc

#endif
