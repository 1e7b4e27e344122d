#include "lift/lift_convention.h"

#include "lift/a64_names.h"
#include "lift/x86_names.h"

namespace llmc {
namespace {

constexpr std::array<unsigned, 9> k_x86_changed = {k_rax, k_rcx, k_rdx, k_rsi, k_rdi, 8, 9, 10, 11};
constexpr std::array<unsigned, 20> k_a64_changed = {0,  1,  2,  3,  4,  5,  6,  7,  8,  9,
                                                    10, 11, 12, 13, 14, 15, 16, 17, 18, k_link};
constexpr std::array<unsigned, 8> k_a64_arguments = {0, 1, 2, 3, 4, 5, 6, 7};
constexpr std::array<unsigned, 8> k_a64_halves = {8, 9, 10, 11, 12, 13, 14, 15};

constexpr LiftConvention k_x86 = {.target = NormalTarget::x86_64,
                                  .arguments = k_argument_registers,
                                  .result = k_rax,
                                  .second = k_rdx,
                                  .changed = k_x86_changed,
                                  .halves_kept = {},
                                  .tells_variadic = true,
                                  .stack_arguments = 8};
constexpr LiftConvention k_a64 = {.target = NormalTarget::aarch64,
                                  .arguments = k_a64_arguments,
                                  .result = 0,
                                  .second = 1,
                                  .changed = k_a64_changed,
                                  .halves_kept = k_a64_halves,
                                  .tells_variadic = false,
                                  .stack_arguments = 0};

}  // namespace

const LiftConvention& convention_of(NormalTarget target) {
  return target == NormalTarget::x86_64 ? k_x86 : k_a64;
}

}  // namespace llmc
