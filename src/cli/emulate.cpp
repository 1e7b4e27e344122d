// llmc emulate: what a model says that a pass list does, beside what it does.
#include "propose/emulate.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>

#include "cli/command.h"
#include "cli/model_common.h"
#include "cli/tune_common.h"
#include "passes/verdict_table.h"
#include "support/files.h"

namespace llmc {
namespace {

struct EmulateArguments : SharedOptions {
  std::string list;
  std::string function;
  bool assembly = false;
  std::uint32_t most_tokens = 0;
  ModelOptions model;
  std::string output;
  bool json = false;
};

double error_share(std::uint64_t said, std::uint64_t is) {
  return is == 0 ? 0 : std::abs(static_cast<double>(said) / static_cast<double>(is) - 1);
}

const char* yes_or_no(bool value) { return value ? "yes" : "no"; }

void print_text(const std::string& name, const Emulation& emulation,
                const EmulateArguments& options) {
  fmt::print("{}{}\n", name, options.function.empty() ? "" : ": " + options.function);
  fmt::print("  {:<22} {:>12} {:>12}\n", "", "instructions", "bytes");
  fmt::print("  {:<22} {:>12} {:>12}\n", "before", emulation.input.instructions,
             emulation.input.binary_size);
  if (emulation.truth_error.empty())
    fmt::print("  {:<22} {:>12} {:>12}\n", "after, by LLVM", emulation.truth.instructions,
               emulation.truth.binary_size);
  else
    fmt::print("  LLVM makes nothing of it: {}\n", emulation.truth_error);
  if (emulation.parses)
    fmt::print("  {:<22} {:>12} {:>12}\n", "after, by the model", emulation.answer.instructions,
               emulation.answer.binary_size);
  fmt::print("  the answer has code: {}; ", yes_or_no(emulation.parses));
  if (!options.assembly) fmt::print("it compiles: {}; ", yes_or_no(emulation.compiles));
  fmt::print("it is LLVM's: {}; BLEU {:.3f}\n", yes_or_no(emulation.exact), emulation.bleu);
  fmt::print("  {} + {} tokens in {:.2f} s{}\n", emulation.prompt_tokens, emulation.answer_tokens,
             emulation.seconds, emulation.ended ? "" : "; the answer was cut off");
}

void print_json(const std::string& name, const Emulation& emulation,
                const EmulateArguments& options) {
  nlohmann::ordered_json row = {{"name", name},
                                {"function", options.function},
                                {"list", options.list},
                                {"wanted", options.assembly ? "assembly" : "ir"},
                                {"instructions_before", emulation.input.instructions},
                                {"bytes_before", emulation.input.binary_size},
                                {"parses", emulation.parses},
                                {"exact", emulation.exact},
                                {"bleu", emulation.bleu},
                                {"ended", emulation.ended},
                                {"prompt_tokens", emulation.prompt_tokens},
                                {"answer_tokens", emulation.answer_tokens},
                                {"seconds", emulation.seconds}};
  if (!options.assembly) row["compiles"] = emulation.compiles;
  if (emulation.parses) {
    row["instructions_predicted"] = emulation.answer.instructions;
    row["bytes_predicted"] = emulation.answer.binary_size;
    row["code"] = emulation.answer.code;
  } else {
    row["answer"] = emulation.text;
  }
  if (emulation.truth_error.empty()) {
    row["instructions"] = emulation.truth.instructions;
    row["bytes"] = emulation.truth.binary_size;
    row["truth"] = emulation.truth.code;
    row["bytes_error"] = error_share(emulation.answer.binary_size, emulation.truth.binary_size);
  } else {
    row["compiler_error"] = emulation.truth_error;
  }
  fmt::print("{}\n", row.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

Result<void> emulate_one(const EmulateArguments& options) {
  LLMC_TRY(const PassCatalogue catalogue, installed_catalogue());
  EmulationSetting setting;
  auto list = PassList::parse(options.list, catalogue);
  if (!list) return fail(list.error().message, ErrorKind::usage);
  setting.list = std::move(*list);
  setting.wanted = options.assembly ? CodeKind::assembly : CodeKind::ir;
  setting.function = options.function;
  setting.sampling.most_tokens = options.most_tokens;
  LLMC_TRY(const auto inputs, find_inputs(options.files, options.compiler_flags()));
  if (inputs.size() != 1) return fail("expected one program; name one file", ErrorKind::usage);
  LLMC_TRY(const Program program, load_program(inputs.front(), options.codegen()));
  LLMC_TRY(const auto model, options.model.open({}));
  LLMC_TRY(const Emulation emulation, emulate(program, *model, setting));
  (options.json ? print_json : print_text)(program.name, emulation, options);
  if (options.output.empty()) return {};
  if (!emulation.parses) return fail("the answer has no code that could be written");
  return write_file(options.output, emulation.answer.code);
}

}  // namespace

int run_emulate(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Asks a model what a pass list makes of a program - its IR or assembly, and its size - and\n"
      "compares that with what LLVM makes of it.",
      "llmc emulate");
  EmulateArguments options;
  options.add_inputs(app, "A source, or IR");
  app.add_option("-p,--passes", options.list, "The pass list, as for opt")->required();
  app.add_option("--function", options.function, "Emulate this function alone");
  app.add_flag("--asm", options.assembly, "Ask for assembly");
  app.add_option("--most", options.most_tokens,
                 "Tokens of the answer at most (default: what the context leaves)");
  options.model.add(app);
  app.add_option("-o,--output", options.output,
                 "Where to write the model's code (-: standard "
                 "output)");
  app.add_flag("--json", options.json, "One JSON object");
  options.add_codegen(app);
  if (const int code = parse_options(app, arguments); code >= 0) return code;
  catch_interrupts();
  initialize_targets();
  auto done = emulate_one(options);
  return done ? k_exit_done : report(done.error());
}

}  // namespace llmc
