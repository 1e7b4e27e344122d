#include "execution/runner_program.h"

// LLMC_AARCH64_RUNNER is the executable's path while llmc is built.
#ifdef LLMC_AARCH64_RUNNER
asm(".section .rodata\n"
    ".globl llmc_aarch64_runner_begin\n"
    ".globl llmc_aarch64_runner_end\n"
    "llmc_aarch64_runner_begin:\n"
    ".incbin \"" LLMC_AARCH64_RUNNER
    "\"\n"
    "llmc_aarch64_runner_end:\n"
    ".text\n");

extern "C" const char llmc_aarch64_runner_begin[];
extern "C" const char llmc_aarch64_runner_end[];
#endif

namespace llmc {

std::string_view aarch64_runner() {
#ifdef LLMC_AARCH64_RUNNER
  return {llmc_aarch64_runner_begin, llmc_aarch64_runner_end};
#else
  return {};
#endif
}

}  // namespace llmc
