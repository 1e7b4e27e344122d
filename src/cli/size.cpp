// llmc size: measurements as a table or JSON lines.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/shared_options.h"
#include "passes/pass_list.h"
#include "sandbox/inputs.h"
#include "support/files.h"
#include "toolchain/measurement.h"
#include "tune/evaluator.h"

namespace llmc {
namespace {

struct SizeArguments : SharedOptions {
  std::string list;
  bool json = false;
};

/// Sizes of one input: an object as it is; a program after the list, or after clang's -Oz.
Result<Measurement> measure(const Input& input, const SizeArguments& options,
                            const std::string& list, Evaluator& evaluator) {
  std::string bytes;
  if (!input.command) {
    LLMC_TRY(bytes, read_file(input.name));
    if (is_object(bytes)) return measure_object(bytes, input.name);
  }
  LLMC_TRY(const Program program, input.command
                                      ? load_program(input, options.codegen())
                                      : program_from_bytes(bytes, input.name, options.codegen()));
  for (const std::string& warning : program.warnings) warn(program.name + ": " + warning);
  LLMC_TRY(const auto rows, evaluator.evaluate(program, {list}));
  if (!rows[0].ok())
    return fail(fmt::format("{}: {}: {}", input.name, to_string(rows[0].outcome), rows[0].message));
  return rows[0].sizes;
}

void print_row(const std::string& name, const Measurement& sizes, bool json) {
  if (json) {
    const nlohmann::json row = {
        {"name", name},           {"instructions", sizes.instructions}, {"text", sizes.text},
        {"rodata", sizes.rodata}, {"eh_frame", sizes.eh_frame},         {"data", sizes.data},
        {"bss", sizes.bss},       {"binary_size", sizes.binary_size()}};
    fmt::print("{}\n", row.dump());
    return;
  }
  fmt::print("{:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>9}  {}\n", sizes.instructions, sizes.text,
             sizes.rodata, sizes.eh_frame, sizes.data, sizes.bss, sizes.binary_size(), name);
}

}  // namespace

int run_size(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Measures objects, or what sources and IR compile to: bytes of code, read-only data,\n"
      "unwind tables, data and bss. binary = text + rodata + eh_frame + data, which is\n"
      "text + data as llvm-size counts them. Instructions are the IR's, 0 for objects.\n"
      "Sources and IR are compiled as clang -Oz does unless -p gives a list.",
      "llmc size");
  SizeArguments options;
  options.add_inputs(app, "Objects, sources, IR, a compile_commands.json or a folder with one");
  CLI::Option* list_option =
      app.add_option("-p,--passes", options.list, "Apply this list instead of clang -Oz")
          ->type_name("LIST");
  app.add_flag("--json", options.json, "One JSON object per line");
  options.add_codegen(app);
  options.add_limits(app);
  if (const int code = parse_options(app, arguments); code >= 0) return code;

  std::string list(k_baseline_list);
  if (list_option->count() > 0) {
    auto parsed = PassList::parse(options.list, PassCatalogue());
    if (!parsed) return report({parsed.error().message, ErrorKind::usage});
    list = parsed->to_string();
  }
  initialize_targets();
  auto inputs = find_inputs(options.files, options.compiler_flags());
  if (!inputs) return report(inputs.error());
  auto evaluator = Evaluator::create({1, options.limits(), Reuse::all, nullptr});
  if (!evaluator) return report(evaluator.error());
  if (!options.json)
    fmt::print("{:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>9}  {}\n", "instrs", "text", "rodata",
               "eh_frame", "data", "bss", "binary", "name");
  int code = k_exit_done;
  for (const Input& input : *inputs) {
    auto sizes = measure(input, options, list, **evaluator);
    if (sizes)
      print_row(input.name, *sizes, options.json);
    else
      code = report(sizes.error());
  }
  return code;
}

}  // namespace llmc
