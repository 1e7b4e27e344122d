#include "cli/tune_common.h"

#include <fmt/format.h>

#include <csignal>

#include "cli/command.h"
#include "support/terminal.h"

namespace llmc {

volatile int interrupted = 0;

namespace {

void handle_interrupt(int) { interrupted = 1; }

}  // namespace

void catch_interrupts() {
  std::signal(SIGINT, handle_interrupt);
  std::signal(SIGTERM, handle_interrupt);
}

void TuneCommonOptions::add_common(CLI::App& app) {
  add_inputs(app, "Sources, IR, a compile_commands.json or a folder with one");
  app.add_option("--objective", objective, "What to make small")
      ->check(CLI::IsMember({"binary", "instructions"}))
      ->capture_default_str();
  app.add_option("--minimise", minimise,
                 "Shorten winners: none; drop (passes that do nothing); full (tries insertions "
                 "too, slow)")
      ->check(CLI::IsMember({"none", "drop", "full"}))
      ->capture_default_str();
  app.add_option("--tier", tier,
                 "Least trusted passes to search over: trusted, quarantined or denied (see llmc "
                 "passes)")
      ->check(CLI::IsMember({"trusted", "quarantined", "denied"}))
      ->capture_default_str();
  app.add_option("--seed", seed, "Seed of all random choices")->capture_default_str();
  app.add_option("-j,--jobs", jobs, "Worker processes")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  app.add_option("--store", store,
                 "Where evaluations are kept and looked up (default: $LLMC_STORE or "
                 "~/.cache/llmc/store.db)");
  add_codegen(app);
  add_limits(app);
}

PassTier TuneCommonOptions::pass_tier() const {
  return parse_tier(tier).value_or(PassTier::trusted);  // the option takes nothing else
}

SearchOptions TuneCommonOptions::search_options() const {
  SearchOptions search;
  search.objective = objective == "binary" ? Objective::binary : Objective::instructions;
  search.seed = seed;
  search.minimise = minimise == "none"   ? Minimise::none
                    : minimise == "full" ? Minimise::full
                                         : Minimise::drop;
  return search;
}

std::filesystem::path TuneCommonOptions::store_path() const {
  return store.empty() ? Store::default_path() : std::filesystem::path(store);
}

std::vector<LoadedProgram> load_programs(const std::vector<Input>& inputs,
                                         const SharedOptions& options,
                                         std::vector<LoadFailure>& failures) {
  std::vector<LoadedProgram> programs;
  ProgressLine progress;
  for (std::size_t i = 0; i < inputs.size() && interrupted == 0; ++i) {
    progress.show(fmt::format("loading [{}/{}] {}", i + 1, inputs.size(), inputs[i].name));
    auto program = load_program(inputs[i], options.codegen());
    if (!program) {
      progress.clear();
      report(program.error());
      failures.push_back({inputs[i].name, program.error().message});
      continue;
    }
    for (const std::string& warning : program->warnings) {
      progress.clear();
      warn(program->name + ": " + warning);
    }
    programs.push_back({std::move(*program), &inputs[i]});
  }
  return programs;
}

}  // namespace llmc
