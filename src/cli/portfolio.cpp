// llmc portfolio: from what searches found on many programs to a list of lists to start from.
#include <fmt/format.h>

#include "cli/command.h"
#include "cli/tune_common.h"
#include "passes/verdict_table.h"
#include "support/files.h"
#include "support/terminal.h"
#include "tune/portfolio_builder.h"

namespace llmc {
namespace {

struct PortfolioArguments : TuneCommonOptions {
  PortfolioOptions portfolio;
  std::string with;
  std::string output = "-";
};

}  // namespace

int run_portfolio(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Chooses, from the best lists that llmc tune found for these programs (in the store),\n"
      "the few that do best on all of them together. Searches on other programs start\n"
      "there. Lists are minimised, evaluated on every program, and chosen greedily.",
      "llmc portfolio");
  PortfolioArguments options;
  options.add_common(app);
  app.add_option("--per-program", options.portfolio.per_program,
                 "Best lists of each program to consider")
      ->capture_default_str();
  app.add_option("-k,--size", options.portfolio.most, "Lists to choose")->capture_default_str();
  app.add_option("--with", options.with,
                 "A portfolio, or a file with one list a line, whose lists are candidates too");
  app.add_option("-o,--output", options.output, "The portfolio file")->capture_default_str();
  if (const int code = parse_options(app, arguments); code >= 0) return code;
  catch_interrupts();
  initialize_targets();

  auto inputs = find_inputs(options.files, options.compiler_flags());
  if (!inputs) return report(inputs.error());
  auto store = Store::open(options.store_path());
  if (!store) return report(store.error());
  std::vector<LoadFailure> failures;
  std::vector<Program> programs;
  for (LoadedProgram& loaded : load_programs(*inputs, options, failures))
    programs.push_back(std::move(loaded.program));

  const auto catalogue = installed_catalogue();
  if (!catalogue) return report(catalogue.error());
  const Alphabet alphabet(*catalogue, options.pass_tier());
  SearchSetting setting{&alphabet, stock_lists(*catalogue), options.search_options()};
  if (!options.with.empty()) {
    auto lists = read_lists(options.with, *catalogue);
    if (!lists) return report(lists.error());
    setting.seeds.insert(setting.seeds.end(), lists->begin(), lists->end());
  }
  auto evaluator = Evaluator::create({options.jobs, options.limits(), Reuse::all, &*store});
  if (!evaluator) return report(evaluator.error());
  (*evaluator)->set_interrupt_flag(&interrupted);
  ProgressLine progress;
  auto chosen = build_portfolio(**evaluator, *store, programs, setting, options.portfolio,
                                [&](const std::string& text) { progress.show(text); });
  progress.clear();
  if (!chosen) return report(chosen.error());

  for (std::size_t k = 0; k < chosen->gain_of_prefix.size(); ++k)
    fmt::print(stderr, "{:>4} {:>6.2f}%  {}\n", k + 1, 100 * chosen->gain_of_prefix[k],
               chosen->lists[k].substr(0, 70));
  const std::string comment =
      fmt::format("chosen by llmc portfolio from {} candidates on {} programs, seed {}",
                  chosen->candidates, programs.size(), options.seed);
  auto written = write_file(options.output, print_portfolio(chosen->lists, comment));
  if (!written) return report(written.error());
  return failures.empty() ? k_exit_done : k_exit_failed;
}

}  // namespace llmc
