// llmc judge: the verdict table.
#include "soundness/judge.h"

#include <fmt/format.h>

#include <map>

#include "cli/command.h"
#include "cli/soundness_common.h"
#include "cli/tune_common.h"
#include "passes/verdict_table.h"
#include "support/files.h"
#include "toolchain/program.h"
#include "tune/mutation.h"

namespace llmc {
namespace {

struct JudgeArguments : SoundnessOptions {
  JudgeArguments() { counts_shipped = false; }
  std::uint64_t seed = 1;
  std::size_t random_lists = 2;
  std::string output = "-";
  std::string convictions;
};

JudgeSuite::Use use_of(const std::string& suite) {
  if (suite == "builtin" || suite.starts_with("dir=")) return JudgeSuite::Use::every_pass;
  return suite == "csmith" ? JudgeSuite::Use::one_each : JudgeSuite::Use::shared_out;
}

/// One line for each conviction: finding, program, list, evidence.
std::string print_convictions(const Judgement& judgement) {
  std::string text;
  for (const Trial& trial : judgement.convictions)
    text += fmt::format("{}\t{}\t{}\t{}\n", to_string(trial.finding.finding),
                        trial.program->program.name, trial.list, trial.finding.evidence);
  return text;
}

void print_report(const Judgement& judgement) {
  std::map<PassTier, std::size_t> tiers;
  for (const PassVerdict& verdict : judgement.passes) ++tiers[verdict.tier];
  fmt::print(stderr, "{} trials; {} of {} random lists failed on their program\n", judgement.trials,
             judgement.random_failures, judgement.random_trials);
  for (const auto& [tier, count] : tiers)
    fmt::print(stderr, "{:>5} passes {}\n", count, to_string(tier));
  for (const PassVerdict& verdict : judgement.passes)
    if (verdict.tier == PassTier::denied && !verdict.finding.empty())
      fmt::print(stderr, "denied {}: {} on {}: {}\n", verdict.pass, verdict.finding,
                 verdict.program, verdict.list);
}

}  // namespace

int run_judge(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Makes the verdict table: tries every pass alone, before -Oz and in random lists on the\n"
      "suites, minimises what fails, and says which pass is to blame. The built-in suite sees\n"
      "every pass; others share them out. A run that was stopped goes on where it was.",
      "llmc judge");
  JudgeArguments options;
  options.add(app);
  app.add_option("--random-lists", options.random_lists, "Random lists for each program")
      ->capture_default_str();
  app.add_option("--seed", options.seed, "Seed of the random lists")->capture_default_str();
  app.add_option("-o,--output", options.output, "The table")->capture_default_str();
  app.add_option("--convictions", options.convictions,
                 "Also write every minimised failure to this file");
  if (const int code = parse_options(app, arguments); code >= 0) return code;
  catch_interrupts();
  initialize_targets();

  auto store = options.open_store();
  if (!store) return report(store.error());
  ProgressLine progress;
  auto checkers = options.make_checkers(store->get(), progress);
  if (!checkers) return report(checkers.error());
  VerdictTable table{toolchain_version(), 0, 0, 0, {}};
  std::vector<JudgeSuite> suites;
  for (Checker& checker : *checkers) {
    auto suite = checker.suite();
    if (!suite) return report(suite.error());
    suites.push_back({*suite, use_of(checker.name()), options.random_lists});
    table.programs += (*suite)->programs.size();
    if (checker.name() == "csmith") table.csmith += (*suite)->programs.size();
    fmt::print(stderr, "suite {}: {} programs, {} left out\n", checker.name(),
               (*suite)->programs.size(), (*suite)->left_out.size());
  }

  const PassCatalogue catalogue;  // by reputation: the table must not depend on an older table
  const Alphabet alphabet(catalogue, PassTier::denied);
  JudgeOptions judge_options;
  judge_options.checker = options.checker_options(store->get());
  judge_options.seed = options.seed;
  judge_options.passes = alphabet.all();
  judge_options.draw = [&](Random& random) { return random_list(alphabet, 50, random); };
  auto linker = Linker::create();
  if (!linker) return report(linker.error());
  auto judgement = judge(suites, catalogue, *linker, judge_options, &interrupted,
                         [&](const std::string& phase, std::size_t done, std::size_t all) {
                           progress.show(fmt::format("{}: {}/{} trials", phase, done, all));
                         });
  progress.clear();
  if (!judgement) return report(judgement.error());
  table.trials = judgement->trials;
  table.passes = judgement->passes;
  print_report(*judgement);
  if (!options.convictions.empty())
    if (auto written = write_file(options.convictions, print_convictions(*judgement)); !written)
      return report(written.error());
  if (auto written = write_file(options.output, print_verdict_table(table)); !written)
    return report(written.error());
  return k_exit_done;
}

}  // namespace llmc
