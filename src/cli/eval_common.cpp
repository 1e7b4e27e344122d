#include "cli/eval_common.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <iterator>
#include <utility>

#include "benchmark/suite_build.h"
#include "cli/command.h"
#include "support/database.h"
#include "support/digest.h"
#include "support/file_digest.h"
#include "support/own_program.h"
#include "support/text.h"

namespace llmc {

namespace fs = std::filesystem;

void EvaluatedChoice::add(CLI::App& app) {
  app.add_option("--suite", suite,
                 "A suite that `llmc eval init` wrote, or `validation` or `test`: the units of "
                 "these packages of the corpus")
      ->type_name("FOLDER|FILE|SPLIT");
  app.add_option("--work", work,
                 "Where benchmarks of a suite are built (default: in the cache folder)")
      ->type_name("DIR");
  app.add_option("--build-timeout", build_seconds, "Seconds that the build of a benchmark may take")
      ->check(CLI::Range(0.1, 1e6))
      ->capture_default_str();
  app.add_option("--limit,--programs", most,
                 "So many programs only: of a suite the first, of the corpus chosen by hash; 0 "
                 "for all")
      ->capture_default_str();
  app.add_option("--shard", shard, "Share I of N of the programs only: I/N, I from 0")
      ->type_name("I/N");
  corpus.add_folder(app);
  corpus.add_filter(app);
}

void EvalOptions::add_programs(CLI::App& app, SharedOptions& shared, const std::string& files_help,
                               const std::string& kind) {
  programs.corpus.split = "validation";
  programs.corpus.kind = kind;
  programs.corpus.target = "x86_64";
  app.add_option("files", shared.files, files_help);
  app.add_option("-X,--flag", shared.flags, "A compiler flag for source files; repeatable")
      ->allow_extra_args(false)
      ->type_name("FLAG");
  programs.add(app);
}

void EvalOptions::add_run(CLI::App& app, const std::string& seed_help) {
  app.add_option("--seed", seed, seed_help)->capture_default_str();
  output.add(app);
}

void ResultsOutput::add(CLI::App& app) {
  app.add_option("-o,--output", file,
                 "Write the results here, for `llmc eval report` and `llmc eval compare`")
      ->type_name("FILE");
  app.add_flag("--resume", resume,
               "Go on with the results that FILE has, by the same command: what is in it is not "
               "done again");
}

bool ResultsOutput::is_kept() const {
  std::error_code ignored;
  return !file.empty() && file != "-" &&
         (!fs::exists(file, ignored) || fs::is_regular_file(file, ignored));
}

Result<void> ResultsOutput::check() const {
  if (resume && !is_kept())
    return fail("--resume: there is no file to go on with; name it with -o FILE", ErrorKind::usage);
  return {};
}

Result<ResultLog> ResultsOutput::open(RunRow run, std::string_view last_proposer,
                                      ResultSet& results) const {
  const std::vector<UnitRow> unloaded = std::exchange(results.units, {});
  LLMC_TRY(ResultLog log,
           resume ? ResultLog::resume(file, run, last_proposer, results) : ResultLog::create(file));
  if (results.runs.empty()) results.runs.push_back(std::move(run));
  for (const UnitRow& one : unloaded)
    if (!log.take_done(one.id)) results.units.push_back(one);
  LLMC_CHECK(log.add_new(results));
  return log;
}

std::vector<bool> ResultsOutput::done_before(ResultLog& log, const std::vector<std::string>& keys,
                                             std::string_view nouns) const {
  std::vector<bool> done;
  for (const std::string& key : keys) done.push_back(log.take_done(key));
  if (resume)
    fmt::print(stderr, "llmc: {} of {} {} were done before\n", std::ranges::count(done, true),
               keys.size(), nouns);
  return done;
}

std::vector<std::string> ids_of(const std::vector<EvaluatedProgram>& programs) {
  std::vector<std::string> ids;
  for (const EvaluatedProgram& one : programs) ids.push_back(one.program.id.hex());
  return ids;
}

fs::path suite_work_folder(const std::string& suite, const std::string& work) {
  if (!work.empty()) return fs::absolute(work).lexically_normal();
  const fs::path manifest = fs::absolute(suite).lexically_normal();
  std::error_code ignored;
  const fs::path folder = fs::is_directory(manifest, ignored) ? manifest : manifest.parent_path();
  return cache_folder() / "eval" /
         fmt::format("{}-{}", folder.filename().string(),
                     Digest::of(folder.string()).hex().substr(0, 8));
}

namespace {

bool is_split(const std::string& suite) { return suite == "validation" || suite == "test"; }

Result<std::vector<EvaluatedProgram>> load_suite_programs(const EvaluatedChoice& choice,
                                                          std::vector<UnitRow>& failures,
                                                          ProgressLine& line) {
  LLMC_TRY(const BenchmarkSuite suite, read_suite(choice.suite));
  SuiteBuildOptions options;
  options.work = suite_work_folder(choice.suite, choice.work);
  LLMC_TRY(options.llmc, own_program());
  options.limit = std::chrono::milliseconds(static_cast<long>(choice.build_seconds * 1000));
  options.interrupt = &interrupted;
  options.observe = [&](const std::string& what) { line.show("building " + what); };
  LLMC_TRY(LoadedSuite loaded, load_suite(suite, options));
  line.clear();
  for (const SuiteFailure& one : loaded.failures)
    failures.push_back(
        unloaded_row(one.unit.empty() ? one.benchmark : one.benchmark + "/" + one.unit,
                     one.benchmark, one.reason));
  std::vector<EvaluatedProgram> programs;
  for (SuiteUnit& unit : loaded.units)
    programs.push_back({unit.benchmark, std::move(unit.program), std::move(unit.command)});
  return programs;
}

Result<std::vector<EvaluatedProgram>> load_files(const SharedOptions& options,
                                                 std::vector<UnitRow>& failures) {
  LLMC_TRY(const auto inputs, find_inputs(options.files, options.compiler_flags()));
  std::vector<LoadFailure> failed;
  std::vector<EvaluatedProgram> programs;
  for (LoadedProgram& one : load_programs(inputs, options, failed)) {
    const fs::path folder = fs::path(one.program.name).parent_path();
    programs.push_back({folder.filename().string(), std::move(one.program), one.input->command});
  }
  for (const LoadFailure& one : failed)
    failures.push_back(unloaded_row(one.name, "", first_line(one.error)));
  return programs;
}

}  // namespace

Result<std::vector<EvaluatedProgram>> EvaluatedChoice::load(const SharedOptions& options,
                                                            std::uint64_t seed,
                                                            std::vector<UnitRow>& failures,
                                                            ProgressLine& line) const {
  Shard share;
  if (!shard.empty()) {
    LLMC_TRY(share, parse_shard(shard));
  }
  if (!options.files.empty() && !suite.empty())
    return fail("files and --suite: expected one of them", ErrorKind::usage);
  std::vector<EvaluatedProgram> programs;
  if (!options.files.empty() || has_benchmarks()) {
    LLMC_TRY(programs, options.files.empty() ? load_suite_programs(*this, failures, line)
                                             : load_files(options, failures));
    if (most > 0 && programs.size() > most)
      programs.erase(programs.begin() + static_cast<long>(most), programs.end());
    std::erase_if(programs,
                  [&](const EvaluatedProgram& one) { return !share.holds(one.program.id); });
  } else {
    LLMC_TRY(CorpusStore store, corpus.open(CorpusStore::Mode::read));
    LLMC_CHECK(store.check_not_apart());
    ProgramFilter filter = corpus.filter();
    if (is_split(suite)) {
      filter.split = *parse_split(suite);
      filter.kind = ProgramKind::unit;
      filter.least_bytes = 0;
      filter.most_bytes = UINT64_MAX;
    }
    LLMC_TRY(programs, load_corpus_programs(store, filter, share, most, seed));
  }
  if (programs.empty() && failures.empty()) return fail("no program to evaluate on");
  return programs;
}

bool EvaluatedChoice::has_benchmarks() const { return !suite.empty() && !is_split(suite); }

std::string EvaluatedChoice::name(const SharedOptions& options) const {
  if (!options.files.empty()) return "files";
  if (is_split(suite)) return suite + " packages, units";
  if (!suite.empty()) {
    const auto read = read_suite(suite);
    return read ? read->name : suite;
  }
  const std::string kinds = corpus.kind.empty() ? "programs" : corpus.kind + "s";
  return corpus.split.empty() ? "corpus, " + kinds : corpus.split + " packages, " + kinds;
}

RunRow run_row(const std::string& task, const std::vector<std::string>& arguments,
               const std::string& suite, std::uint64_t seed) {
  RunRow row;
  row.task = task;
  row.llmc = LLMC_VERSION;
  row.llvm = toolchain_version();
  row.target = "x86_64";
  row.objective = "binary";
  row.seed = seed;
  row.suite = suite;
  row.command = "llmc eval " + task;
  for (const std::string& argument : arguments)
    if (argument != "--resume") row.command += " " + argument;
  return row;
}

Result<void> name_model(RunRow& row, const ModelInfo& model) {
  row.model = model.name;
  if (model.kind == "server") return {};
  LLMC_TRY(const Digest digest, digest_of_file(model.location));
  row.model_hash = digest.hex();
  return {};
}

}  // namespace llmc
