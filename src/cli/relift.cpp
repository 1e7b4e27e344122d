// llmc relift: assembly made smaller by way of IR.
#include "lift/relift.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/lift_common.h"
#include "cli/tune_common.h"
#include "passes/pass_list.h"
#include "support/files.h"

namespace llmc {
namespace {

struct ReliftArguments {
  LiftInputOptions input;
  RuleOptions rules;
  std::string passes;
  ReliftTrust trust = ReliftTrust::identical;
  std::string output = "-";
  bool json = false;
};

void print_relifted_table(const Relifted& made, const std::string& name) {
  std::size_t replaced = 0;
  fmt::print(stderr, "{:>8} {:>8}  function\n", "before", "after");
  for (const ReliftedFunction& function : made.functions) {
    replaced += function.replaced ? 1 : 0;
    fmt::print(stderr, "{:>8} {:>8}  {}{}{}\n", function.before, function.after, function.name,
               function.reason.empty() ? "" : ": kept: ", function.reason);
  }
  const std::uint64_t before = made.before.binary_size(), after = made.after.binary_size();
  fmt::print(
      stderr, "{}: {} of {} functions replaced; code {} to {} bytes, all {} to {} ({:+.2f} %)\n",
      name, replaced, made.functions.size(), made.before.text, made.after.text, before, after,
      before == 0 ? 0.0 : 100.0 * (static_cast<double>(after) / static_cast<double>(before) - 1));
}

void print_relifted_json(const Relifted& made) {
  for (const ReliftedFunction& function : made.functions) {
    const nlohmann::ordered_json row = {
        {"type", "function"},      {"name", function.name},         {"before", function.before},
        {"after", function.after}, {"replaced", function.replaced}, {"reason", function.reason}};
    fmt::print("{}\n", row.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  }
  const nlohmann::ordered_json total = {{"type", "file"},
                                        {"text_before", made.before.text},
                                        {"text_after", made.after.text},
                                        {"binary_size_before", made.before.binary_size()},
                                        {"binary_size_after", made.after.binary_size()}};
  fmt::print("{}\n", total.dump());
}

Result<void> relift_file(const ReliftArguments& options) {
  LLMC_TRY(const LiftInput input, options.input.read());
  if (input.text.empty())
    return fail(input.name + ": it is an object; relift writes assembly and needs assembly");
  LLMC_TRY(LiftOptions how, options.rules.lift_options(input.unit));
  LLMC_TRY(how.given, options.input.signatures(input));
  if (options.trust == ReliftTrust::executed && !how.execution) how.execution.emplace();
  auto lifted = lift_with_progress(input, how);
  if (!lifted) return std::unexpected(lifted.error().with_context(input.name));
  LLMC_TRY(const Relifted made, relift(input.text, input.unit, *lifted, input.name,
                                       {options.passes, options.trust, how.given}));
  if (options.json)
    print_relifted_json(made);
  else
    print_relifted_table(made, input.name);
  return write_file(options.output, made.text);
}

}  // namespace

int run_relift(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Makes assembly smaller: lifts it to IR, optimises that for size, compiles it, and puts "
      "back\n"
      "what is proven and smaller. All else stays as it is in the text.",
      "llmc relift");
  ReliftArguments options;
  options.input.add(app, "Assembly, or what lift compiles at -Oz first; -: standard input");
  options.rules.add(app);
  app.add_option("-p,--passes", options.passes,
                 "A pass list for the IR (default: clang's -Oz pipeline)")
      ->type_name("LIST");
  const std::map<std::string, ReliftTrust> trusts = {{"identical", ReliftTrust::identical},
                                                     {"executed", ReliftTrust::executed}};
  app.add_option("--trust", options.trust,
                 "identical: only IR that compiles to the original; executed: also IR that ran as "
                 "the original does")
      ->transform(CLI::CheckedTransformer(trusts))
      ->option_text("identical|executed");
  app.add_option("-o,--output", options.output, "Where to write the assembly")
      ->capture_default_str();
  app.add_flag("--json", options.json,
               "A JSON object for each function and one for the file, on standard output");
  if (const int code = parse_options(app, arguments); code >= 0) return code;
  if (options.json && options.output == "-")
    return report({"--json needs -o FILE for the assembly", ErrorKind::usage});
  auto list = PassList::parse(options.passes, PassCatalogue());
  if (!list) return report({list.error().message, ErrorKind::usage});
  options.passes = list->to_string();
  catch_interrupts();
  initialize_targets();
  auto done = relift_file(options);
  return done ? k_exit_done : report(done.error());
}

}  // namespace llmc
