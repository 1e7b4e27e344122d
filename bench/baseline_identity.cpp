// Is the in-process -Oz baseline what clang -Oz -c gives? Byte for byte, for every unit of the
// given sources and compilation databases.
//
//   bench_baseline_identity FILE.c... compile_commands.json...
//
// Prints a line for each unit that differs and a summary; exits with 1 if any differs.
#include <fmt/format.h>

#include <string>
#include <vector>

#include "sandbox/inputs.h"
#include "toolchain/measurement.h"
#include "toolchain/program.h"

namespace {

using namespace llmc;

enum class Verdict { identical, same_sizes, different, not_compiled };

Verdict compare(const Input& input) {
  const auto program = load_program(input, CodegenOptions());
  const auto clang = program ? clang_baseline_object(input) : fail("");
  const auto ours = program ? baseline_object(*program) : fail("");
  if (!clang || !ours) return Verdict::not_compiled;
  if (*clang == *ours) return Verdict::identical;
  const auto clang_sizes = measure_object(*clang, input.name);
  const auto our_sizes = measure_object(*ours, input.name);
  return clang_sizes && our_sizes && *clang_sizes == *our_sizes ? Verdict::same_sizes
                                                                : Verdict::different;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: bench_baseline_identity FILE.c... compile_commands.json...\n");
    return 2;
  }
  initialize_targets();
  const auto inputs = find_inputs(std::vector<std::string>(argv + 1, argv + argc), {});
  if (!inputs) {
    fmt::print(stderr, "bench_baseline_identity: {}\n", inputs.error().message);
    return 1;
  }
  std::size_t counts[4] = {};
  for (const Input& input : *inputs) {
    const Verdict verdict = compare(input);
    ++counts[static_cast<int>(verdict)];
    if (verdict == Verdict::same_sizes) fmt::print("same sizes, other bytes: {}\n", input.name);
    if (verdict == Verdict::different) fmt::print("DIFFERENT: {}\n", input.name);
    if (verdict == Verdict::not_compiled) fmt::print("does not compile: {}\n", input.name);
  }
  fmt::print(
      "{} units: {} byte-identical to clang -Oz -c, {} of the same sizes only, {} different, "
      "{} not compiled\n",
      inputs->size(), counts[0], counts[1], counts[2], counts[3]);
  return counts[1] + counts[2] == 0 ? 0 : 1;
}
