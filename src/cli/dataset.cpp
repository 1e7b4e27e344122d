// llmc dataset: sources to what models are trained on.
#include "corpus/dataset.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <set>

#include "cli/command.h"
#include "cli/corpus_common.h"
#include "cli/shared_options.h"
#include "cli/soundness_common.h"
#include "cli/tune_common.h"
#include "ir/normal_form.h"
#include "passes/verdict_table.h"
#include "support/files.h"
#include "support/terminal.h"
#include "tune/portfolio.h"

namespace llmc {
namespace {

namespace fs = std::filesystem;

struct DatasetArguments : SharedOptions {
  std::string kind;
  std::string output = "-";
  std::vector<std::string> without;
  std::string labels;
  std::string portfolio;
  std::size_t most_lists = 32;
  SoundnessOptions gate;
  DatasetOptions dataset;
};

void add_options(CLI::App& app, DatasetArguments& options) {
  DatasetOptions& dataset = options.dataset;
  CorpusOptions& corpus = dataset.corpus;
  corpus.jobs = std::max(1U, std::thread::hardware_concurrency());
  options.deadline_seconds = 60;
  app.add_option("kind", options.kind, "pretrain, emulate, flags, lift, or programs")
      ->required()
      ->check(CLI::IsMember({"pretrain", "emulate", "flags", "lift", "programs"}));
  options.add_inputs(app,
                     "Sources, IR, a compile_commands.json or a folder with one; or pretrain rows\n"
                     "(.jsonl, .jsonl.zst), whose programs are taken as they are");
  app.add_option("-o,--output", options.output,
                 "Output file; compressed if it ends in .zst. A folder for programs")
      ->capture_default_str();
  app.add_option("--max-bytes", corpus.cut.most_bytes, "Leave out functions of longer text")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--min-bytes", corpus.cut.least_bytes, "Leave out functions of shorter text")
      ->capture_default_str();
  app.add_option("--min-instructions", corpus.cut.least_instructions,
                 "Leave out functions of fewer instructions")
      ->capture_default_str();
  app.add_option("--without", options.without, "Leave out the programs of these pretrain rows")
      ->type_name("FILE")
      ->allow_extra_args(false);
  app.add_option("--sample", corpus.most_programs,
                 "Take so many functions, chosen by hash; 0 for all")
      ->capture_default_str();
  app.add_option("--lists", dataset.lists, "emulate: pass lists for each function")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  app.add_option("--length", dataset.longest_list, "emulate: passes in a list, at most")
      ->check(CLI::Range(1, 1'000))
      ->capture_default_str();
  app.add_option("--labels", options.labels,
                 "flags: what llmc tune --json printed for the files of llmc dataset programs");
  app.add_option("--portfolio", options.portfolio,
                 "flags, without --labels: the lists to choose from, one a line");
  app.add_option("--most-lists", options.most_lists,
                 "flags, without --labels: take so many of these, the first that are sound")
      ->check(CLI::Range(1, 100'000))
      ->capture_default_str();
  options.gate.add_suites(app);
  app.add_flag("--with-code", dataset.with_code, "flags: end answers with the optimised code");
  app.add_option("--seed", corpus.seed, "Seed of all random choices")->capture_default_str();
  app.add_option("-j,--jobs", corpus.jobs, "Processes at work")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  options.add_limits(app);
}

bool is_row_file(const std::string& name) {
  return name.ends_with(".jsonl") || name.ends_with(".jsonl.zst");
}

/// The units behind one argument, with the package and the source that their rows will name.
Result<void> add_units(const std::string& argument, const std::vector<std::string>& flags,
                       std::vector<CorpusUnit>& units) {
  LLMC_TRY(auto inputs, find_inputs({argument}, flags));
  const fs::path folder = package_folder(argument);
  for (Input& input : inputs) {
    const fs::path file = input.name;
    const std::string source = path_below(file, folder).value_or(file.filename());
    units.push_back({std::move(input), folder.filename(), source});
  }
  return {};
}

Result<Corpus> collect(const DatasetArguments& options, ProgressLine& line) {
  CorpusSources sources;
  for (const std::string& file : options.files) {
    if (is_row_file(file)) {
      sources.row_files.emplace_back(file);
      continue;
    }
    LLMC_CHECK(add_units(file, options.compiler_flags(), sources.units));
  }
  for (const std::string& file : options.without) sources.without.emplace_back(file);
  LLMC_TRY(Corpus corpus,
           collect_programs(sources, options.dataset.corpus, show_progress(line, "", "units")));
  line.clear();
  const CorpusCounts& counts = corpus.counts;
  const bool nothing = corpus.programs.empty();
  if (nothing && counts.units == 1 && counts.failed_units == 1) return fail(corpus.failures[0]);
  for (const std::string& failure : corpus.failures) report({failure});
  if (nothing)
    return fail(fmt::format("no function to learn from among {} in {} units; left out: {}",
                            counts.functions, counts.units, describe_counts(counts.skipped)));
  fmt::print(stderr, "{} functions of {} in {} units; left out: {}\n", corpus.programs.size(),
             counts.functions, counts.units, describe_counts(counts.skipped));
  if (counts.plain_bytes > 0)
    fmt::print(stderr, "{} bytes as LLVM prints them, {} in normal form ({:.3f})\n",
               counts.plain_bytes, counts.normal_bytes,
               static_cast<double>(counts.normal_bytes) / static_cast<double>(counts.plain_bytes));
  return corpus;
}

/// Writes each program as ID.bc.
Result<void> write_programs(const Corpus& corpus, const DatasetArguments& options,
                            ProgressLine& line) {
  LLMC_CHECK(make_folder(options.output));
  std::size_t done = 0;
  const auto progress = show_progress(line, "", "programs");
  return run_in_children(
      corpus.programs.size(), options.dataset.corpus,
      [&](std::size_t i) -> Result<std::string> {
        LLMC_TRY(const IrModule module, read_normal(corpus.programs[i].text, "program"));
        return module.bitcode();
      },
      [&](const ChildResult& result) -> Result<void> {
        progress(++done, corpus.programs.size());
        if (!result.bytes) return std::unexpected(result.bytes.error());
        const std::string name = corpus.programs[result.tag].id.hex() + ".bc";
        return write_file(fs::path(options.output) / name, *result.bytes);
      });
}

Result<void> write_rows(const Corpus& corpus, DatasetOptions& options, RowFile& file,
                        const std::string& output, ProgressLine& line) {
  LLMC_TRY(const PassCatalogue catalogue, installed_catalogue());
  const Alphabet alphabet(catalogue, PassTier::trusted);
  options.alphabet = &alphabet;
  options.catalogue = &catalogue;
  LLMC_TRY(const DatasetCounts counts,
           write_dataset(corpus.programs, options, file, show_progress(line, "", "functions")));
  LLMC_CHECK(file.finish());
  line.clear();
  fmt::print(stderr, "{}: {} bytes of rows: {}; left out: {}\n", output, counts.bytes,
             describe_counts(counts.rows), describe_counts(counts.skipped));
  return {};
}

void describe_labels(const Labels& labels) {
  std::set<std::string> lists;
  for (const auto& [id, label] : labels.by_program)
    if (!label.list.empty()) lists.insert(label.list);
  fmt::print(stderr, "{} labels, {} with one of {} lists; gain {:.2f}%; left out: {}\n",
             labels.by_program.size(), labels.improved(), lists.size(), 100 * labels.gain(),
             describe_counts(labels.skipped));
}

/// The lists of the portfolio that the suite finds sound.
Result<std::vector<std::string>> sound_lists(const DatasetArguments& options, ProgressLine& line) {
  LLMC_TRY(const PassCatalogue catalogue, installed_catalogue());
  const fs::path path =
      options.portfolio.empty() ? default_portfolio() : fs::path(options.portfolio);
  LLMC_TRY(const std::vector<PassList> known, read_lists(path, catalogue));
  LLMC_TRY(const auto verdicts, options.gate.open_store());
  LLMC_TRY(auto checkers, options.gate.make_checkers(verdicts.get(), line));
  std::vector<std::string> sound;
  std::size_t rejected = 0;
  for (const PassList& list : known) {
    if (sound.size() == options.most_lists) break;
    if (list.tier(catalogue) > PassTier::trusted) continue;
    line.show(fmt::format("gate: {} lists sound, {} rejected", sound.size(), rejected));
    LLMC_TRY(const Verdict verdict, check_all(checkers, list.to_string()));
    if (verdict.sound())
      sound.push_back(list.to_string());
    else
      ++rejected;
  }
  line.clear();
  if (sound.empty()) return fail(fmt::format("{}: no sound list of trusted passes", path.string()));
  fmt::print(stderr, "{}: {} lists are sound, {} rejected\n", path.string(), sound.size(),
             rejected);
  return sound;
}

Result<Labels> make_labels(const Corpus& corpus, const DatasetArguments& options,
                           const std::vector<std::string>& lists, ProgressLine& line) {
  if (!options.labels.empty()) {
    LLMC_TRY(const PassCatalogue catalogue, installed_catalogue());
    return read_labels(options.labels, catalogue);
  }
  auto labels = choose_labels(corpus.programs, lists, options.dataset.corpus,
                              show_progress(line, "", "programs labelled"));
  line.clear();
  return labels;
}

Result<void> make_programs(const DatasetArguments& options, ProgressLine& line) {
  if (options.output == "-")
    return fail("programs need a folder; give one with -o", ErrorKind::usage);
  LLMC_TRY(const Corpus corpus, collect(options, line));
  return write_programs(corpus, options, line);
}

Result<void> make_rows(DatasetArguments& options, ProgressLine& line) {
  // Before the work, so that what is wrong with the file is known at once.
  LLMC_TRY(RowFile file, RowFile::create(options.output));
  options.dataset.kind = dataset_kind(options.kind);
  const bool flags = options.dataset.kind == DatasetKind::flags;
  std::vector<std::string> lists;
  if (flags && options.labels.empty()) {
    LLMC_TRY(lists, sound_lists(options, line));
  }
  LLMC_TRY(const Corpus corpus, collect(options, line));
  Labels labels;
  if (flags) {
    LLMC_TRY(labels, make_labels(corpus, options, lists, line));
    describe_labels(labels);
  }
  options.dataset.labels = &labels;
  return write_rows(corpus, options.dataset, file, options.output, line);
}

}  // namespace

int run_dataset(const std::vector<std::string>& arguments) {
  const std::string first = arguments.empty() ? "" : arguments[0];
  const auto rest = [&] {
    return std::vector<std::string>(arguments.begin() + 1, arguments.end());
  };
  if (first == "build") return run_dataset_build(rest());
  if (first == "check") return run_dataset_check(rest());
  CLI::App app(
      "Turns sources into training data. Each function becomes a program of its own, in normal\n"
      "form; rows are JSON lines. pretrain: its IR before and after the standard pipelines, and\n"
      "its assembly. emulate: what drawn pass lists make of it. flags: the best list known.\n"
      "lift: assembly back to IR. programs: the functions as bitcode, for llmc tune to label.\n\n"
      "llmc dataset build makes all of them from a corpus; llmc dataset check makes rows once\n"
      "more and compares. Both have a --help of their own.",
      "llmc dataset");
  DatasetArguments options;
  add_options(app, options);
  if (const int code = parse_options(app, arguments); code >= 0) return code;
  catch_interrupts();
  initialize_targets();
  options.gate.jobs = options.dataset.corpus.jobs;
  options.gate.compile_seconds = options.deadline_seconds;
  options.dataset.corpus.limits = options.limits();
  options.dataset.corpus.interrupt = &interrupted;
  ProgressLine line;
  auto done = options.kind == "programs" ? make_programs(options, line) : make_rows(options, line);
  line.clear();
  if (!done) return report(done.error());
  return k_exit_done;
}

}  // namespace llmc
