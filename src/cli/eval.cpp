// llmc eval: what models are worth. eval flags: how much smaller programs become with the first k
// lists of each proposer.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <optional>
#include <set>

#include "cli/command.h"
#include "cli/corpus_common.h"
#include "cli/model_common.h"
#include "cli/soundness_common.h"
#include "cli/tune_common.h"
#include "corpus/label_run.h"
#include "passes/verdict_table.h"
#include "propose/flag_evaluation.h"
#include "propose/responses.h"
#include "support/files.h"
#include "support/stopwatch.h"
#include "tune/portfolio.h"
#include "tune/tuner.h"

namespace llmc {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

constexpr std::size_t k_draws = 2000;  ///< of the bootstrap

struct Options : MeasuringOptions {
  CorpusChoice corpus;
  std::size_t most_programs = 0;
  std::vector<std::string> from = {"portfolio", "model"};
  std::vector<std::size_t> ks = {1, 2, 5, 10, 30};
  ModelOptions model;
  std::string portfolio;
  std::uint64_t evaluations = 500;
  std::uint64_t seed = 1;
  bool no_store = false;
  bool unsafe = false;
  SoundnessOptions gate;
  std::string rows;
  bool json = false;

  [[nodiscard]] bool uses(const char* proposer) const {
    return std::ranges::find(from, proposer) != from.end();
  }
  [[nodiscard]] std::size_t most_lists() const { return std::ranges::max(ks); }
};

void add_options(CLI::App& app, Options& options) {
  options.corpus.split = "validation";
  options.corpus.kind = "function";
  options.corpus.target = "x86_64";
  options.corpus.least_bytes = 200;
  options.corpus.most_bytes = 16'384;
  app.add_option("files", options.files,
                 "Sources, IR, a compile_commands.json or a folder with one (default: programs of "
                 "the corpus)");
  app.add_option("-X,--flag", options.flags, "A compiler flag for source files; repeatable")
      ->allow_extra_args(false)
      ->type_name("FLAG");
  options.corpus.add_folder(app);
  options.corpus.add_filter(app);
  app.add_option("--programs", options.most_programs,
                 "So many programs of the corpus, chosen by hash; 0 for all")
      ->capture_default_str();
  app.add_option("--from", options.from,
                 "Proposers, separated by commas: portfolio; model; best (the smallest of "
                 "everything that was measured); evolve (a search that starts from the portfolio)")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::IsMember({"portfolio", "model", "best", "evolve"}))
      ->capture_default_str();
  app.add_option("-k", options.ks, "After so many lists, separated by commas")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  options.model.add(app);
  app.add_option("--portfolio", options.portfolio,
                 "Lists of the portfolio (default: the one that came with llmc)")
      ->type_name("FILE");
  app.add_option("--evals", options.evaluations, "Evaluations of a search for each program")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--seed", options.seed, "Seed of searches and of the choice of programs")
      ->capture_default_str();
  options.add_measuring(app, "Lists measured, and programs tested, at the same time");
  app.add_flag("--no-store", options.no_store, "Keep no evaluations, look none up");
  options.gate.add_suites(app);
  app.add_flag("--unsafe", options.unsafe,
               "Do not test lists on a suite: the gain is not a sound one");
  app.add_option("--rows", options.rows, "Write sizes by program and list here, as JSON lines")
      ->type_name("FILE");
  app.add_flag("--json", options.json, "JSON lines");
  options.add_codegen(app);
  options.add_limits(app);
}

Result<std::vector<Program>> load(const Options& options) {
  std::vector<Program> programs;
  if (options.files.empty()) {
    LLMC_TRY(CorpusStore corpus, options.corpus.open(CorpusStore::Mode::read));
    LLMC_CHECK(corpus.check_not_apart());
    LLMC_TRY(auto loaded, load_label_programs(corpus, options.corpus.filter(), Shard(),
                                              options.most_programs, options.seed));
    for (LabelProgram& one : loaded) programs.push_back(std::move(one.program));
  } else {
    LLMC_TRY(const auto inputs, find_inputs(options.files, options.compiler_flags()));
    std::vector<LoadFailure> failures;
    for (LoadedProgram& one : load_programs(inputs, options, failures))
      programs.push_back(std::move(one.program));
  }
  if (programs.empty()) return fail("no program to evaluate on");
  return programs;
}

/// Everything that one run needs and makes.
class FlagEvaluator {
 public:
  FlagEvaluator(const Options& options, const PassCatalogue& catalogue)
      : options_(options), catalogue_(catalogue) {}

  Result<void> run() {
    LLMC_TRY(programs_, load(options_));
    LLMC_CHECK(open());
    if (options_.uses("portfolio")) {
      proposals_.push_back(same_for_all("portfolio"));
    }
    if (options_.uses("model")) {
      LLMC_CHECK(ask());
    }
    LLMC_CHECK(measure());
    if (options_.uses("evolve")) {
      LLMC_CHECK(search());
    }
    LLMC_CHECK(test());
    print();
    return options_.rows.empty() ? Result<void>() : write_file(options_.rows, rows());
  }

 private:
  Result<void> open() {
    const fs::path path =
        options_.portfolio.empty() ? default_portfolio() : fs::path(options_.portfolio);
    LLMC_TRY(portfolio_, read_lists(path, catalogue_));
    // The model's process is forked before anything else is open.
    if (options_.uses("model")) {
      LLMC_TRY(model_, options_.model.open({}));
      LLMC_TRY(classes_, response_classes_of(model_->info()));
      if (!classes_)
        return fail(model_->info().name + ": has not learnt how sizes respond to lists",
                    ErrorKind::usage);
    }
    if (!options_.no_store) {
      LLMC_TRY(Store store, Store::open(options_.store_path()));
      store_.emplace(std::move(store));
    }
    LLMC_TRY(evaluator_, Evaluator::create({options_.jobs, options_.limits(), Reuse::all,
                                            store_ ? &*store_ : nullptr}));
    evaluator_->set_interrupt_flag(&interrupted);
    return {};
  }

  FlagProposals same_for_all(const char* name) const {
    std::vector<std::string> lists;
    for (const PassList& list : portfolio_)
      if (lists.size() < options_.most_lists()) lists.push_back(list.to_string());
    return {name, std::vector<std::vector<std::string>>(programs_.size(), lists)};
  }

  Result<void> ask() {
    AdviceOptions advice;
    advice.sampling.count = static_cast<unsigned>(options_.most_lists());
    FlagProposals proposals{"model", {}};
    const auto start = Clock::now();
    const CorpusProgress progress = show_progress(line_, "asking the model ", "programs");
    for (const Program& program : programs_) {
      LLMC_TRY(const ModelAdvice said,
               ask_for_responses(program, *model_, *classes_, catalogue_, advice));
      if (!said.failure.empty()) ++failures_[said.failure];
      std::vector<std::string>& lists = proposals.lists.emplace_back();
      for (const PassList& list : said.plan) lists.push_back(list.to_string());
      tokens_ += said.prompt_tokens;
      progress(proposals.lists.size(), programs_.size());
    }
    asking_seconds_ = seconds_since(start);
    line_.clear();
    proposals_.push_back(std::move(proposals));
    return {};
  }

  Result<void> measure() {
    const auto start = Clock::now();
    auto sizes = measure_proposals(*evaluator_, programs_, proposals_, options_.what(),
                                   show_progress(line_, "measuring ", "programs"));
    line_.clear();
    measuring_seconds_ = seconds_since(start);
    if (!sizes) return std::unexpected(sizes.error());
    sizes_ = std::move(*sizes);
    return {};
  }

  Result<void> search() {
    const Alphabet alphabet(catalogue_, PassTier::trusted);
    SearchSetting setting{&alphabet, portfolio_, {}};
    setting.options.evaluations = options_.evaluations;
    setting.options.objective = options_.what();
    setting.options.minimise = Minimise::none;
    setting.options.seed = options_.seed;
    const CorpusProgress progress = show_progress(line_, "searching ", "programs");
    const auto start = Clock::now();
    LLMC_TRY(searched_,
             tune(*evaluator_, programs_, setting, /*broadcast=*/0, [&](const TunerProgress& now) {
               progress(now.programs_done, programs_.size());
             }));
    line_.clear();
    searching_seconds_ = seconds_since(start);
    if (interrupted != 0) return fail("interrupted", ErrorKind::interrupted);
    return {};
  }

  /// Tests every list that makes some program smaller.
  Result<void> test() {
    if (options_.unsafe) return {};
    std::set<std::string> smaller;
    for (const FlagSizes& one : sizes_)
      for (const auto& [list, size] : one.with)
        if (size && one.baseline && *size < *one.baseline) smaller.insert(list);
    LLMC_TRY(const auto verdicts, options_.gate.open_store());
    LLMC_TRY(auto checkers, options_.gate.make_checkers(verdicts.get(), line_));
    for (const std::string& list : smaller) {
      if (interrupted != 0) return fail("interrupted", ErrorKind::interrupted);
      LLMC_TRY(const Verdict verdict, check_all(checkers, list));
      if (!verdict.sound()) unsound_.insert(list);
    }
    line_.clear();
    tested_ = smaller.size();
    return {};
  }

  void print_score(const std::string& proposer, const FlagScore& score) const {
    const Interval mean = bootstrap_mean(score.log_ratios, k_draws, options_.seed);
    const Interval gain{1 - std::exp(mean.high), 1 - std::exp(mean.low)};
    if (options_.json) {
      fmt::print("{}\n", Json({{"type", "score"},
                               {"proposer", proposer},
                               {"k", score.k},
                               {"programs", score.programs},
                               {"improved", score.improved},
                               {"regressed", score.regressed},
                               {"gain", score.gain},
                               {"gain_low", gain.low},
                               {"gain_high", gain.high},
                               {"gain_without_backup", score.unguarded},
                               {"bytes_before", score.bytes_before},
                               {"bytes_after", score.bytes_after}})
                             .dump());
      return;
    }
    fmt::print("{:<10} {:>5} {:>8} {:>9} {:>8.2f}% {:>7.2f} … {:<5.2f} {:>9.2f}% {:>9.2f}%\n",
               proposer, score.k, score.improved, score.regressed, 100 * score.gain, 100 * gain.low,
               100 * gain.high, 100 * score.unguarded,
               100 * (1 - static_cast<double>(score.bytes_after) /
                              static_cast<double>(std::max<std::uint64_t>(1, score.bytes_before))));
  }

  void print() const {
    if (!options_.json)
      fmt::print("{} programs{}\n\n{:<10} {:>5} {:>8} {:>9} {:>9} {:>15} {:>10} {:>10}\n",
                 programs_.size(),
                 options_.unsafe ? "; UNSAFE: no list was tested on any program" : "", "proposer",
                 "lists", "improved", "regressed", "gain", "95 % interval", "no backup", "bytes");
    const auto is_sound = [this](const std::string& list) { return !unsound_.contains(list); };
    std::map<std::string, std::vector<FlagScore>> scores;
    for (const FlagProposals& one : proposals_) {
      scores[one.proposer] = score_proposals(sizes_, one, options_.ks, is_sound);
      for (const FlagScore& score : scores[one.proposer]) print_score(one.proposer, score);
    }
    if (options_.uses("best")) print_score("best", score_best(sizes_, is_sound));
    if (options_.uses("evolve")) print_search();
    if (options_.uses("portfolio") && options_.uses("model") && !options_.json)
      print_comparison(scores["portfolio"], scores["model"]);
    print_costs();
  }

  /// A search's lists are not tested: its gains are what it says of itself.
  void print_search() const {
    std::vector<std::size_t> ks = options_.ks;
    for (const std::size_t k : {std::size_t{50}, std::size_t{options_.evaluations}})
      if (k <= options_.evaluations && std::ranges::find(ks, k) == ks.end()) ks.push_back(k);
    for (const std::size_t k : ks)
      print_score("evolve", score_searches(searched_, options_.what(), k));
  }

  /// The model against the portfolio, program by program.
  void print_comparison(const std::vector<FlagScore>& portfolio,
                        const std::vector<FlagScore>& model) const {
    fmt::print("\nmodel against portfolio, gain in points with 95 % interval:");
    for (std::size_t i = 0; i < model.size(); ++i) {
      std::vector<double> saved;
      double sum = 0;
      for (std::size_t j = 0; j < model[i].log_ratios.size(); ++j) {
        saved.push_back(portfolio[i].log_ratios[j] - model[i].log_ratios[j]);
        sum += saved.back();
      }
      const Interval interval = bootstrap_mean(saved, k_draws, options_.seed);
      fmt::print("{} k={}: {:+.2f} ({:+.2f} … {:+.2f})", i == 0 ? "" : ",", model[i].k,
                 100 * sum / static_cast<double>(std::max<std::size_t>(1, saved.size())),
                 100 * interval.low, 100 * interval.high);
    }
    fmt::print("\n");
  }

  void print_costs() const {
    for (const auto& [why, times] : failures_) warn(fmt::format("{} programs: {}", times, why));
    if (options_.json) {
      fmt::print("{}\n", Json({{"type", "costs"},
                               {"asking_seconds", asking_seconds_},
                               {"prompt_tokens", tokens_},
                               {"measuring_seconds", measuring_seconds_},
                               {"searching_seconds", searching_seconds_},
                               {"lists_tested", tested_},
                               {"lists_unsound", unsound_.size()}})
                             .dump());
      return;
    }
    if (options_.uses("model"))
      fmt::print("asking the model took {}, {:.0f} tokens and {:.1f} ms for each program\n",
                 format_duration(asking_seconds_),
                 static_cast<double>(tokens_) / static_cast<double>(programs_.size()),
                 1000 * asking_seconds_ / static_cast<double>(programs_.size()));
    if (!options_.unsafe)
      fmt::print("{} lists that make something smaller were tested on the suite; {} unsound\n",
                 tested_, unsound_.size());
  }

  [[nodiscard]] std::string rows() const {
    std::string text;
    for (std::size_t i = 0; i < programs_.size(); ++i) {
      if (!sizes_[i].baseline) continue;
      Json row = {{"program", programs_[i].name}, {"baseline", *sizes_[i].baseline}};
      for (const FlagProposals& one : proposals_) {
        Json lists = Json::array();
        for (const std::string& list : one.lists[i]) {
          const auto& size = sizes_[i].with.at(list);
          lists.push_back({{"list", list}, {"size", size ? Json(*size) : Json()}});
        }
        row[one.proposer] = std::move(lists);
      }
      text += row.dump() + "\n";
    }
    return text;
  }

  const Options& options_;
  const PassCatalogue& catalogue_;
  ProgressLine line_;
  std::vector<Program> programs_;
  std::vector<PassList> portfolio_;
  std::unique_ptr<LanguageModel> model_;
  std::optional<ResponseClasses> classes_;
  std::optional<Store> store_;
  std::unique_ptr<Evaluator> evaluator_;
  std::vector<FlagProposals> proposals_;
  std::vector<FlagSizes> sizes_;
  std::vector<TunedProgram> searched_;
  std::set<std::string> unsound_;
  std::size_t tested_ = 0;
  std::map<std::string, std::size_t> failures_;
  std::uint64_t tokens_ = 0;
  double asking_seconds_ = 0, measuring_seconds_ = 0, searching_seconds_ = 0;
};

int run_eval_flags(const std::vector<std::string>& arguments) {
  CLI::App app(
      "How much smaller programs become with the first k lists of each proposer: a portfolio, a\n"
      "model that plans from how it guesses sizes to respond, a search. Gains are 1 - geometric\n"
      "mean of size / -Oz size, -Oz where nothing is smaller; lists that the suite finds unsound\n"
      "count as if they had failed.",
      "llmc eval flags");
  Options options;
  add_options(app, options);
  if (const int code = parse_options(app, arguments); code >= 0) return code;
  options.gate.jobs = options.jobs;
  catch_interrupts();
  initialize_targets();
  const auto catalogue = installed_catalogue();
  if (!catalogue) return report(catalogue.error());
  const auto done = FlagEvaluator(options, *catalogue).run();
  return done ? k_exit_done : report(done.error());
}

}  // namespace

int run_eval(const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h") {
    fmt::print(
        "What models and other proposers are worth.\n\nUsage: llmc eval COMMAND [OPTIONS] ...\n\n"
        "Commands:\n  flags        gain over -Oz with the first k pass lists of each proposer\n\n"
        "`llmc eval COMMAND --help` explains a command.\n");
    return arguments.empty() ? k_exit_usage : k_exit_done;
  }
  if (arguments[0] == "flags") return run_eval_flags({arguments.begin() + 1, arguments.end()});
  return report(
      {fmt::format("eval {}: no such command; `llmc eval --help` lists them", arguments[0]),
       ErrorKind::usage});
}

}  // namespace llmc
