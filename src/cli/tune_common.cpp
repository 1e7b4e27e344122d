#include "cli/tune_common.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>

#include "cli/command.h"
#include "support/files.h"
#include "support/terminal.h"
#include "toolchain/measurement.h"

namespace llmc {

namespace fs = std::filesystem;

volatile int interrupted = 0;

namespace {

void handle_interrupt(int) { interrupted = 1; }

}  // namespace

void catch_interrupts() {
  std::signal(SIGINT, handle_interrupt);
  std::signal(SIGTERM, handle_interrupt);
}

void MeasuringOptions::add_measuring(CLI::App& app, const std::string& jobs_help) {
  app.add_option("--objective", objective, "What to make small")
      ->check(CLI::IsMember({"binary", "instructions"}))
      ->capture_default_str();
  app.add_option("-j,--jobs", jobs, jobs_help)->check(CLI::Range(1, 1024))->capture_default_str();
  app.add_option("--store", store,
                 "Where evaluations are kept and looked up (default: $LLMC_STORE or "
                 "~/.cache/llmc/store.db)");
}

Objective MeasuringOptions::what() const {
  return objective == "binary" ? Objective::binary : Objective::instructions;
}

std::filesystem::path MeasuringOptions::store_path() const {
  return store.empty() ? Store::default_path() : std::filesystem::path(store);
}

void TuneCommonOptions::add_common(CLI::App& app) {
  add_inputs(app, "Sources, IR, a compile_commands.json or a folder with one");
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
  add_measuring(app, "Worker processes");
  add_codegen(app);
  add_limits(app);
}

PassTier TuneCommonOptions::pass_tier() const {
  return parse_tier(tier).value_or(PassTier::trusted);  // the option takes nothing else
}

SearchOptions TuneCommonOptions::search_options() const {
  SearchOptions search;
  search.objective = what();
  search.seed = seed;
  search.minimise = minimise == "none"   ? Minimise::none
                    : minimise == "full" ? Minimise::full
                                         : Minimise::drop;
  return search;
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

namespace {

/// Compares the in-process baseline with clang's own object, where there is a source.
Result<void> check_baseline(const Input& input, const SearchResult& result) {
  if (!input.command) return {};
  LLMC_TRY(const std::string object, clang_baseline_object(input));
  LLMC_TRY(Measurement sizes, measure_object(object, input.name));
  if (sizes.binary_size() == result.baseline.sizes.binary_size()) return {};
  return fail(fmt::format(
      "{}: clang -Oz makes {} bytes, the in-process baseline {}; the gain is against the latter",
      input.name, sizes.binary_size(), result.baseline.sizes.binary_size()));
}

/// Where a program's result goes: its file name, numbered where others are called the same.
fs::path output_path(const std::vector<TunedProgram>& tuned, std::size_t index,
                     const fs::path& folder, OutputKind kind) {
  const auto name_of = [](const TunedProgram& one) {
    return fs::path(one.program->name).filename().string();
  };
  std::string stem = name_of(tuned[index]);
  const auto same = std::ranges::count(tuned, stem, name_of);
  if (same > 1) stem += fmt::format(".{}", index + 1);
  return folder / fmt::format("{}.{}", stem, extension_of(kind));
}

}  // namespace

Result<void> remember_names(Store& store, const std::vector<Program>& programs) {
  for (const Program& program : programs) {
    LLMC_CHECK(store.add_program(program.id, program.name));
  }
  return {};
}

void check_baselines(const std::vector<TunedProgram>& tuned,
                     const std::vector<const Input*>& sources) {
  for (std::size_t i = 0; i < tuned.size() && interrupted == 0; ++i) {
    if (!tuned[i].result) continue;
    if (auto same = check_baseline(*sources[i], *tuned[i].result); !same)
      warn(same.error().message);
  }
}

void warn_about_large_gains(const std::vector<TunedProgram>& tuned, Objective objective) {
  for (const TunedProgram& one : tuned) {
    if (!one.result) continue;
    const auto before = static_cast<double>(cost(one.result->baseline.sizes, objective));
    const auto after = static_cast<double>(cost(one.result->best.sizes, objective));
    const double gain = before > 0 ? 1 - after / before : 0;
    if (gain > 0.2)
      warn(
          fmt::format("{}: a gain of {:.0f}% is more likely a miscompile than a success; test "
                      "the program before you believe it",
                      one.program->name, 100 * gain));
  }
}

std::size_t write_outputs(Evaluator& evaluator, const std::vector<TunedProgram>& tuned,
                          const fs::path& folder, OutputKind kind) {
  if (auto made = make_folder(folder); !made) {
    report(made.error());
    return tuned.size();
  }
  std::size_t failed = 0;
  for (std::size_t i = 0; i < tuned.size(); ++i) {
    if (!tuned[i].result) continue;
    auto bytes = build_output(evaluator, tuned[i], kind);
    auto written = bytes ? write_file(output_path(tuned, i, folder, kind), *bytes)
                         : std::unexpected(bytes.error());
    if (written) continue;
    report(written.error());
    ++failed;
  }
  return failed;
}

}  // namespace llmc
