// llmc opt: apply a pass list.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "cli/command.h"
#include "cli/shared_options.h"
#include "ir/module.h"
#include "passes/pass_list.h"
#include "sandbox/inputs.h"
#include "support/files.h"
#include "support/terminal.h"
#include "toolchain/optimizer.h"

namespace llmc {
namespace {

enum class Emit { bitcode, text, assembly, object };

struct OptArguments : SharedOptions {
  std::string list;
  bool clang_oz = false;
  bool print_list = false;
  std::string output = "-";
  std::string emit = "bc";
  bool text = false;
  bool force = false;
};

Emit emit_kind(const OptArguments& options) {
  if (options.text || options.emit == "ll") return Emit::text;
  if (options.emit == "asm") return Emit::assembly;
  return options.emit == "obj" ? Emit::object : Emit::bitcode;
}

/// The bytes and lowering options of the input; a source is compiled first.
struct Source {
  std::string bytes;
  std::string name;
  CodegenOptions codegen;
};

Result<Source> load(const Input& input, const OptArguments& options) {
  Source source{"", input.name, options.codegen()};
  if (!input.command) {
    LLMC_TRY(source.bytes, read_file(input.name));
    if (input.name == "-") source.name = "<stdin>";
    return source;
  }
  LLMC_TRY(const FrontEnd front_end, FrontEnd::find());
  LLMC_TRY(source.bytes, front_end.unoptimised_bitcode(*input.command));
  std::vector<std::string> unsupported;
  LLMC_TRY(source.codegen, front_end.codegen_options(*input.command, unsupported));
  source.codegen.level = options.level();
  for (const std::string& flag : unsupported)
    warn(fmt::format("{}: the flag {} is not reproduced in-process", input.name, flag));
  return source;
}

/// Runs in a child: parse, optimise, emit.
Result<std::string> optimise(const Source& source, const OptArguments& options,
                             const std::string& list) {
  LLMC_TRY(IrModule module, IrModule::parse(source.bytes, source.name));
  LLMC_TRY(const CodeGenerator generator,
           CodeGenerator::create(source.codegen, module.target_triple()));
  {
    Optimizer optimizer(module.module(), generator);
    if (options.clang_oz) optimizer.run_clang_oz(source.codegen);
    if (!list.empty()) {
      LLMC_CHECK(optimizer.run(list));
    }
  }
  LLMC_CHECK(module.verify());
  switch (emit_kind(options)) {
    case Emit::text:
      return module.text();
    case Emit::assembly:
      return generator.emit_assembly(module.module());
    case Emit::object:
      return generator.emit_object(module.module());
    case Emit::bitcode:
      break;
  }
  return module.bitcode();
}

}  // namespace

int run_opt(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Applies a pass list to a program, exactly as opt -passes= does, in a child process\n"
      "with a deadline and a memory limit. The list may be spelled as opt does, as the LLM\n"
      "Compiler paper does (module(licm)), or with LLVM 17 names.",
      "llmc opt");
  OptArguments options;
  options.add_inputs(app, "A source, IR file or - for standard input");
  app.add_option("-p,--passes", options.list, "The pass list")->type_name("LIST");
  app.add_flag("--clang-oz", options.clang_oz, "First run the pipeline that clang -Oz runs");
  app.add_flag("--print-list", options.print_list, "Print the canonical list and do no more");
  app.add_option("-o,--output", options.output, "Output file")->capture_default_str();
  app.add_option("--emit", options.emit, "bc, ll, asm or obj")
      ->check(CLI::IsMember({"bc", "ll", "asm", "obj"}))
      ->capture_default_str();
  app.add_flag("-S", options.text, "Textual IR, the same as --emit ll");
  app.add_flag("-f,--force", options.force, "Write binary data even to a terminal");
  options.add_codegen(app);
  options.add_limits(app);
  app.get_option("files")->required(false);
  if (const int code = parse_options(app, arguments); code >= 0) return code;

  const PassCatalogue catalogue;
  auto list = PassList::parse(options.list, catalogue);
  if (!list) return report({list.error().message, ErrorKind::usage});
  if (options.print_list) {
    fmt::print("{}\n", list->to_string());
    return k_exit_done;
  }
  if (options.files.size() != 1)
    return report({"give exactly one input; `llmc opt --help` explains", ErrorKind::usage});
  const bool binary = emit_kind(options) == Emit::bitcode || emit_kind(options) == Emit::object;
  if (options.output == "-" && binary && !options.force && standard_output_is_terminal())
    return report(
        {"binary output is not for a terminal; use -S, -o FILE, or -f", ErrorKind::usage});

  initialize_targets();
  auto inputs = find_inputs(options.files, options.compiler_flags());
  if (!inputs) return report(inputs.error());
  if (inputs->size() != 1)
    return report({"give one unit, not a whole compilation database", ErrorKind::usage});
  auto source = load(inputs->front(), options);
  if (!source) return report(source.error());
  auto result =
      run_in_child([&] { return optimise(*source, options, list->to_string()); }, options.limits());
  if (!result) {
    const bool named = result.error().message.starts_with(source->name);
    return report(named ? result.error() : result.error().with_context(source->name));
  }
  if (auto written = write_file(options.output, *result); !written) return report(written.error());
  return k_exit_done;
}

}  // namespace llmc
