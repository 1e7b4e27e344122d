#include "execution/trampoline.h"

#include <cstddef>

namespace llmc {

#if defined(__x86_64__)

static_assert(k_context_address == 0x10000000);
static_assert(offsetof(CallContext, r8) == 64);
static_assert(offsetof(CallContext, xmm) == 128);
static_assert(offsetof(CallContext, target) == 384);
static_assert(offsetof(CallContext, host_rsp) == 392);
static_assert(offsetof(CallContext, flags) == 400);
static_assert(offsetof(CallContext, mxcsr) == 408);
static_assert(offsetof(CallContext, returned) == 416);

// The context is addressed by number, so that no register is lost before it is saved.
asm(R"(
  .set CONTEXT, 0x10000000

  .macro save_general
    movq %rax, CONTEXT+0
    movq %rbx, CONTEXT+8
    movq %rcx, CONTEXT+16
    movq %rdx, CONTEXT+24
    movq %rsi, CONTEXT+32
    movq %rdi, CONTEXT+40
    movq %rbp, CONTEXT+48
    movq %rsp, CONTEXT+56
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
    movq CONTEXT+8, %rbx
    movq CONTEXT+16, %rcx
    movq CONTEXT+24, %rdx
    movq CONTEXT+32, %rsi
    movq CONTEXT+40, %rdi
    movq CONTEXT+48, %rbp
    movq CONTEXT+64, %r8
    movq CONTEXT+72, %r9
    movq CONTEXT+80, %r10
    movq CONTEXT+88, %r11
    movq CONTEXT+96, %r12
    movq CONTEXT+104, %r13
    movq CONTEXT+112, %r14
    movq CONTEXT+120, %r15
    movq CONTEXT+56, %rsp
  .endm

  .macro save_vectors
    .irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
      movdqu %xmm\n, CONTEXT+128+16*\n
    .endr
  .endm

  .macro load_vectors
    .irp n,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
      movdqu CONTEXT+128+16*\n, %xmm\n
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
  movq %rsp, CONTEXT+392
  movq $0, CONTEXT+416
  ldmxcsr CONTEXT+412
  load_vectors
  load_general
  jmpq *CONTEXT+384

  .globl llmc_return_address
llmc_return_address:
  save_general
  save_vectors
  movq $1, CONTEXT+416
  movq CONTEXT+392, %rsp
  pushfq
  popq CONTEXT+400
  stmxcsr CONTEXT+408

  .globl llmc_leave_address
llmc_leave_address:
  movq CONTEXT+392, %rsp
  cld
  fninit
  ldmxcsr CONTEXT+412
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
  movq CONTEXT+392, %rsp
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

bool can_enter_functions() { return true; }
void enter_function() { llmc_enter_function(); }
std::uint64_t return_address() { return reinterpret_cast<std::uint64_t>(&llmc_return_address); }
std::uint64_t leave_address() { return reinterpret_cast<std::uint64_t>(&llmc_leave_address); }
void leave_function() { llmc_leave_address(); }
std::uint64_t stub_continuation() {
  return reinterpret_cast<std::uint64_t>(&llmc_stub_continuation);
}

#else

bool can_enter_functions() { return false; }
void enter_function() {}
std::uint64_t return_address() { return 0; }
std::uint64_t leave_address() { return 0; }
void leave_function() { __builtin_trap(); }
std::uint64_t stub_continuation() { return 0; }

#endif

}  // namespace llmc
