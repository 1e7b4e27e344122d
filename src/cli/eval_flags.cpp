// llmc eval flags: how much smaller programs become with the first k lists of each proposer.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>
#include <set>

#include "benchmark/answer_journal.h"
#include "benchmark/flag_rows.h"
#include "benchmark/output_check.h"
#include "benchmark/unit_detail.h"
#include "cli/command.h"
#include "cli/eval_common.h"
#include "cli/flag_table.h"
#include "cli/soundness_common.h"
#include "passes/verdict_table.h"
#include "propose/flag_evaluation.h"
#include "propose/responses.h"
#include "support/files.h"
#include "support/own_program.h"
#include "support/stopwatch.h"
#include "tasks/flag_grammar.h"
#include "tune/portfolio.h"
#include "tune/tuner.h"

namespace llmc {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::uint32_t k_list_answer_tokens = 256;
constexpr const char* k_model_prefix = "model:";

struct FlagOptions : MeasuringOptions {
  EvalOptions eval;
  std::vector<std::string> from = {"portfolio", "model"};
  std::vector<std::uint64_t> ks = {1, 2, 5, 10, 30};
  ModelOptions model;
  std::string portfolio;
  std::uint64_t evaluations = 500;
  bool no_store = false;
  bool unsafe = false;
  std::size_t tests = 0;  ///< 0: as many as are needed
  SoundnessOptions gate;
  bool run_programs = false;
  std::size_t details = 20;
  bool json = false;

  [[nodiscard]] bool uses(std::string_view proposer) const {
    return std::ranges::find(from, proposer) != from.end();
  }
  [[nodiscard]] std::size_t most_lists() const { return std::ranges::max(ks); }
};

/// "" if `name` is a proposer, else what is wrong with it.
std::string check_proposer(const std::string& name) {
  static const std::set<std::string> known = {"portfolio", "model", "best", "evolve", "random",
                                              "-O1",       "-O2",   "-O3",  "-Os"};
  if (known.contains(name) || name.starts_with(k_model_prefix)) return "";
  return name +
         ": no such proposer; expected portfolio, model, model:FILE, evolve, random, best, "
         "-Os, -O1, -O2 or -O3";
}

void add_flag_options(CLI::App& app, FlagOptions& options) {
  options.eval.programs.corpus.least_bytes = 200;
  options.eval.programs.corpus.most_bytes = 16'384;
  options.eval.add_programs(app, options,
                            "Sources, IR, a compile_commands.json or a folder with one (default: "
                            "programs of the corpus)",
                            "function");
  app.add_option("--from", options.from,
                 "Proposers, separated by commas: portfolio; model; model:FILE or model:URL; "
                 "evolve (a search that starts from the portfolio); random (a random search); best "
                 "(the smallest of all that was measured); -Os, -O1, -O2, -O3 (clang itself)")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::Validator([](std::string& name) { return check_proposer(name); }, "PROPOSER"))
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
  options.add_measuring(app, "Lists measured, and programs tested, at the same time");
  app.add_flag("--no-store", options.no_store, "Keep no evaluations, look none up");
  options.gate.add_suites(app, "--test-suite");
  app.add_flag("--unsafe", options.unsafe,
               "Do not test lists on a suite: the gain is not a sound one");
  app.add_option("--tests", options.tests,
                 "Test so many lists, those first that the gains owe most to; others count as if "
                 "they had failed (0: all that matter)")
      ->capture_default_str();
  app.add_flag("--run-programs", options.run_programs,
               "Build each benchmark of the suite with what each proposer chose, run it, and "
               "compare with its -O2 build");
  app.add_option("--details", options.details,
                 "Keep IR, sections and symbols of so many units, those that save most")
      ->capture_default_str();
  options.eval.add_run(app, "Seed of searches and of the choice of programs");
  app.add_flag("--json", options.json, "JSON lines");
  options.add_codegen(app);
  options.add_limits(app);
}

/// What one model needs to be asked.
struct OpenModel {
  std::unique_ptr<FlagGrammar> grammar;  ///< held to by `model`; its dialect decides which
  std::unique_ptr<FlagGrammar> paper_grammar;
  std::unique_ptr<LanguageModel> model;
  std::optional<ResponseClasses> classes;
};

/// Where a program is from: what EvaluatedProgram has beside it.
struct ProgramOrigin {
  std::string benchmark;
  std::optional<CompileCommand> command;
};

/// Everything that one run needs and makes.
class FlagEvaluation {
 public:
  FlagEvaluation(const FlagOptions& options, const PassCatalogue& catalogue, RunRow run)
      : options_(options), catalogue_(catalogue), run_(std::move(run)) {}

  Result<void> run() {
    if (options_.run_programs && !options_.eval.programs.has_benchmarks())
      return fail("--run-programs needs a suite; `llmc eval init` writes one", ErrorKind::usage);
    LLMC_CHECK(options_.eval.output.check());
    if (options_.unsafe) run_.suite += ", UNSAFE: lists are untested";
    LLMC_CHECK(load());
    LLMC_CHECK(open());
    LLMC_CHECK(open_journal());
    LLMC_CHECK(propose());
    LLMC_CHECK(measure());
    LLMC_CHECK(save());
    for (const char* strategy : {"evolve", "random"})
      if (options_.uses(strategy)) {
        LLMC_CHECK(search(strategy));
        LLMC_CHECK(save());
      }
    LLMC_CHECK(compile_at_levels());
    LLMC_CHECK(test());
    LLMC_CHECK(save());
    LLMC_CHECK(keep_details());
    if (options_.run_programs) LLMC_CHECK(run_benchmarks());
    print();
    LLMC_CHECK(save(/*is_whole=*/true));
    journal_.remove_file();
    return {};
  }

 private:
  Result<void> load();
  Result<void> open();
  Result<void> open_journal();
  Result<OpenModel> open_model(const std::string& location) const;
  Result<void> propose();
  Result<ModelAnswer> ask(const Program& program, OpenModel& open) const;
  Result<void> ask_all(const std::string& proposer, OpenModel& open);
  Result<void> measure();
  Result<void> search(const std::string& strategy);
  Result<void> compile_at_levels();
  Result<void> test();
  Result<void> keep_details();
  Result<void> run_benchmarks();
  /// Writes what is known so far; a pipe is given the whole at the end only.
  Result<void> save(bool is_whole = false) {
    results_.runs = {run_};
    const ResultsOutput& output = options_.eval.output;
    if (output.file.empty() || !(is_whole || output.is_kept())) return {};
    return write_file(output.file, print_results(results_));
  }
  [[nodiscard]] FlagCosts costs() const;
  void print() const;
  /// `before`: seconds that it took in a run that this one goes on with.
  void add_time(const std::string& proposer, Clock::time_point start, double before = 0) {
    results_.times.push_back({proposer, "", before + seconds_since(start)});
  }

  const FlagOptions& options_;
  const PassCatalogue& catalogue_;
  RunRow run_;
  ProgressLine line_;
  std::vector<Program> programs_;
  std::vector<ProgramOrigin> origins_;  ///< of each of them
  std::vector<PassList> portfolio_;
  std::vector<std::pair<std::string, OpenModel>> models_;  ///< by proposer
  std::optional<Store> store_;
  std::unique_ptr<Evaluator> evaluator_;
  std::vector<FlagProposals> proposals_;
  AnswerJournal journal_;
  ResultSet results_;
  TestedLists tested_;
};

Result<OpenModel> FlagEvaluation::open_model(const std::string& location) const {
  OpenModel open;
  FlagGrammarOptions grammar;
  grammar.tier = PassTier::quarantined;
  grammar.examples = portfolio_;
  const std::vector<Ingredient> ingredients = ingredients_of(catalogue_, PassTier::quarantined);
  open.grammar = std::make_unique<FlagGrammar>(catalogue_, ingredients, grammar);
  grammar.spelling = ListSpelling::paper;
  open.paper_grammar = std::make_unique<FlagGrammar>(catalogue_, ingredients, grammar);
  ModelOptions named = options_.model;
  if (!location.empty()) named.model = location;
  LLMC_TRY(open.model, named.open({open.grammar.get(), open.paper_grammar.get()}));
  LLMC_TRY(open.classes, response_classes_of(open.model->info()));
  return open;
}

Result<void> FlagEvaluation::load() {
  LLMC_TRY(auto loaded,
           options_.eval.programs.load(options_, options_.eval.seed, results_.units, line_));
  for (const UnitRow& one : results_.units) warn(one.name + ": " + one.failed);
  if (loaded.empty()) return fail("no program could be loaded");
  for (EvaluatedProgram& one : loaded) {
    programs_.push_back(std::move(one.program));
    origins_.push_back({std::move(one.benchmark), std::move(one.command)});
  }
  return {};
}

Result<void> FlagEvaluation::open() {
  const fs::path path =
      options_.portfolio.empty() ? default_portfolio() : fs::path(options_.portfolio);
  LLMC_TRY(portfolio_, read_lists(path, catalogue_));
  std::erase_if(portfolio_,
                [&](const PassList& list) { return list.tier(catalogue_) == PassTier::denied; });
  // Models' processes are forked before anything else is open.
  for (const std::string& name : options_.from) {
    if (!name.starts_with("model")) continue;
    const std::string location =
        name == "model" ? "" : name.substr(std::string_view(k_model_prefix).size());
    LLMC_TRY(OpenModel open, open_model(location));
    if (!run_.model) LLMC_CHECK(name_model(run_, open.model->info()));
    models_.emplace_back(name, std::move(open));
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

Result<void> FlagEvaluation::propose() {
  if (options_.uses("portfolio")) {
    std::vector<std::string> lists;
    for (const PassList& list : portfolio_)
      if (lists.size() < options_.most_lists()) lists.push_back(list.to_string());
    proposals_.push_back(
        {"portfolio", std::vector<std::vector<std::string>>(programs_.size(), lists)});
  }
  for (auto& [name, open] : models_) LLMC_CHECK(ask_all(name, open));
  return {};
}

/// The answers of models are kept beside the results until the run is over.
Result<void> FlagEvaluation::open_journal() {
  const ResultsOutput& output = options_.eval.output;
  if (!output.is_kept()) return {};
  const std::string path = output.file + ".answers";
  if (output.resume) LLMC_CHECK(read_own_run(output.file, run_));
  LLMC_TRY(journal_,
           output.resume ? AnswerJournal::resume(path, run_) : AnswerJournal::create(path, run_));
  return {};
}

Result<ModelAnswer> FlagEvaluation::ask(const Program& program, OpenModel& open) const {
  AdviceOptions advice;
  advice.sampling.count = static_cast<unsigned>(options_.most_lists());
  advice.sampling.most_tokens = k_list_answer_tokens;
  const bool is_ours = open.model->info().dialect == Dialect::llmc;
  advice.grammar = is_ours ? open.grammar.get() : open.paper_grammar.get();
  LLMC_TRY(const ModelAdvice said,
           open.classes ? ask_for_responses(program, *open.model, *open.classes, catalogue_, advice)
                        : ask_model(program, *open.model, catalogue_, advice));
  ModelAnswer answer;
  for (const RankedList& ranked : rank_lists(said, options_.most_lists()))
    answer.lists.push_back(ranked.list.to_string());
  for (const AnsweredQuestion& question : said.answers)
    for (const Advice& one : question.advice)
      if (question.about.empty() && one.list && one.after > 0)
        answer.predicted.try_emplace(one.list->to_string(), one.before, one.after);
  for (std::size_t i = 0; i < said.plan_changes.size(); ++i)
    answer.changes.try_emplace(said.plan[i].to_string(), said.plan_changes[i]);
  answer.prompt_tokens = said.prompt_tokens;
  answer.fits = said.failure.empty() && said.questions.unasked.empty();
  answer.is_split = said.questions.is_split;
  answer.failure = said.failure;
  answer.seconds = said.seconds;
  return answer;
}

Result<void> FlagEvaluation::ask_all(const std::string& proposer, OpenModel& open) {
  FlagProposals proposals{proposer, {}};
  const auto start = Clock::now();
  double seconds_before = 0;
  std::size_t done = 0;
  for (const Program& program : programs_)
    if (const ModelAnswer* known = journal_.find(proposer, program.id.hex())) {
      seconds_before += known->seconds;
      ++done;
    }
  if (options_.eval.output.resume)
    fmt::print(stderr, "llmc: {} of {} programs were done before by {}\n", done, programs_.size(),
               proposer);
  const CorpusProgress progress = show_progress(line_, "asking " + proposer + " ", "programs");
  for (const Program& program : programs_) {
    const std::string id = program.id.hex();
    const ModelAnswer* answer = journal_.find(proposer, id);
    if (answer == nullptr) {
      LLMC_TRY(ModelAnswer said, ask(program, open));
      LLMC_CHECK(journal_.add(proposer, id, std::move(said)));
      answer = journal_.find(proposer, id);
      progress(++done, programs_.size());
    }
    proposals.lists.push_back(answer->lists);
  }
  line_.clear();
  add_time(proposer, start, seconds_before);
  proposals_.push_back(std::move(proposals));
  return {};
}

/// Adds the sizes that the model expects of the row's list, for a unit of `baseline` at -Oz.
void predict(ProposalRow& row, const ModelAnswer& answer, std::uint64_t baseline) {
  if (const auto change = answer.changes.find(row.list); change != answer.changes.end())
    row.predicted_after = static_cast<std::uint64_t>(
        std::llround(static_cast<double>(baseline) * std::exp(change->second)));
  const auto said = answer.predicted.find(row.list);
  if (said == answer.predicted.end()) return;
  if (said->second.first > 0) row.predicted_before = said->second.first;
  row.predicted_after = said->second.second;
}

Result<void> FlagEvaluation::measure() {
  const auto start = Clock::now();
  auto sizes = measure_proposals(*evaluator_, programs_, proposals_, options_.what(),
                                 show_progress(line_, "measuring ", "programs"));
  line_.clear();
  if (!sizes) return std::unexpected(sizes.error());
  add_time("measuring", start);
  std::set<std::string> known;
  for (std::size_t i = 0; i < programs_.size(); ++i) {
    const Program& program = programs_[i];
    if (!known.insert(program.id.hex()).second) continue;  // the same content twice
    UnitRow unit = unit_row(program, origins_[i].benchmark, (*sizes)[i]);
    if (!models_.empty()) {
      const ModelAnswer& answer = *journal_.find(models_.back().first, unit.id);
      unit.tokens = answer.prompt_tokens;
      unit.fits = answer.fits;
      unit.split = answer.is_split;
    }
    for (const FlagProposals& one : proposals_) {
      const ModelAnswer* answer = journal_.find(one.proposer, unit.id);
      for (ProposalRow& row : list_rows(unit.id, one.proposer, one.lists[i], (*sizes)[i])) {
        if (answer != nullptr && unit.size) predict(row, *answer, *unit.size);
        results_.proposals.push_back(std::move(row));
      }
      if (answer != nullptr && !answer->failure.empty() && one.lists[i].empty())
        results_.proposals.push_back(unanswered_row(unit.id, one.proposer, answer->failure));
    }
    results_.units.push_back(std::move(unit));
  }
  return {};
}

Result<void> FlagEvaluation::search(const std::string& strategy) {
  const Alphabet alphabet(catalogue_, PassTier::trusted);
  SearchSetting setting{&alphabet, portfolio_, {}};
  setting.options.strategy = strategy == "random" ? Strategy::random : Strategy::evolve;
  setting.options.evaluations = options_.evaluations;
  setting.options.objective = options_.what();
  setting.options.minimise = Minimise::none;
  setting.options.seed = options_.eval.seed;
  const CorpusProgress progress = show_progress(line_, strategy + " ", "programs");
  const auto start = Clock::now();
  LLMC_TRY(const auto searched,
           tune(*evaluator_, programs_, setting, /*broadcast=*/0,
                [&](const TunerProgress& now) { progress(now.programs_done, programs_.size()); }));
  line_.clear();
  if (interrupted != 0) return fail("interrupted", ErrorKind::interrupted);
  add_time(strategy, start);
  std::set<std::string> known;
  for (const TunedProgram& one : searched) {
    const std::string id = one.program->id.hex();
    if (!one.result || !known.insert(id).second) continue;
    for (ProposalRow& row : search_rows(id, strategy, *one.result, options_.what()))
      results_.proposals.push_back(std::move(row));
  }
  return {};
}

/// What clang itself makes at other levels, of units whose source is there.
Result<void> FlagEvaluation::compile_at_levels() {
  std::vector<std::string> levels;
  for (const std::string& name : options_.from)
    if (name.starts_with("-O")) levels.push_back(name);
  if (levels.empty()) return {};
  LLMC_TRY(const FrontEnd front_end, FrontEnd::find());
  std::set<std::string> known;
  for (std::size_t i = 0; i < programs_.size(); ++i) {
    const std::string id = programs_[i].id.hex();
    const auto& command = origins_[i].command;
    if (!command || !known.insert(id).second) continue;
    for (const std::string& level : levels) {
      if (interrupted != 0) return fail("interrupted", ErrorKind::interrupted);
      line_.show("clang " + level + " " + programs_[i].name);
      results_.proposals.push_back(level_row(id, level, front_end, *command, options_.what()));
    }
  }
  line_.clear();
  if (known.empty()) warn("clang's levels need sources; there are none here");
  return {};
}

/// Tests the lists on which the figures hang.
Result<void> FlagEvaluation::test() {
  if (options_.unsafe) return {};
  const auto start = Clock::now();
  LLMC_TRY(const auto verdicts, options_.gate.open_store());
  LLMC_TRY(auto checkers, options_.gate.make_checkers(verdicts.get(), line_));
  ListTests tests;
  tests.known = [&](const std::string& list) -> Result<std::optional<bool>> {
    if (is_clang_level(list)) return true;
    return known_to_all(checkers, list);
  };
  tests.test = [&](const std::string& list) -> Result<bool> {
    if (interrupted != 0) return fail("interrupted", ErrorKind::interrupted);
    LLMC_TRY(const Verdict verdict, check_all(checkers, list));
    return verdict.sound();
  };
  if (options_.tests > 0) tests.most = options_.tests;
  tests.progress = show_progress(line_, "testing ", "lists");
  LLMC_TRY(tested_, test_deciding_lists(results_, options_.ks, tests));
  line_.clear();
  add_time("testing", start);
  return {};
}

Result<void> FlagEvaluation::keep_details() {
  if (options_.eval.output.file.empty() || options_.details == 0) return {};
  line_.show("looking at what changed");
  LLMC_TRY(results_.details, unit_details(*evaluator_, programs_, results_, options_.details));
  line_.clear();
  return {};
}

Result<void> FlagEvaluation::run_benchmarks() {
  const EvaluatedChoice& choice = options_.eval.programs;
  LLMC_TRY(const BenchmarkSuite suite, read_suite(choice.suite));
  OutputCheckOptions setting;
  setting.work = suite_work_folder(choice.suite, choice.work);
  LLMC_TRY(setting.llmc, own_program());
  setting.limit = std::chrono::milliseconds(static_cast<long>(choice.build_seconds * 1000));
  setting.interrupt = &interrupted;
  setting.observe = [&](const std::string& what) { line_.show(what); };
  LLMC_TRY(results_.outputs, check_outputs(suite, results_, setting));
  line_.clear();
  return {};
}

/// What was spent on the figures.
FlagCosts FlagEvaluation::costs() const {
  FlagCosts costs;
  costs.lists_tested = tested_.deciding;
  costs.lists_left_untested = tested_.left_untested;
  costs.programs = programs_.size();
  costs.has_models = !models_.empty();
  for (const auto& [name, open] : models_) {
    for (const UnitRow& unit : results_.units)
      if (const ModelAnswer* answer = journal_.find(name, unit.id);
          answer != nullptr && !answer->failure.empty())
        ++costs.failures[name + ": " + answer->failure];
    for (const Program& program : programs_)
      costs.prompt_tokens += journal_.find(name, program.id.hex())->prompt_tokens;
  }
  return costs;
}

void FlagEvaluation::print() const {
  FlagTable table;
  table.ks = options_.ks;
  table.evaluations = options_.evaluations;
  table.seed = options_.eval.seed;
  table.has_best = options_.uses("best");
  table.is_unsafe = options_.unsafe;
  table.json = options_.json;
  print_flag_table(results_, table, costs());
}

}  // namespace

int run_eval_flags(const std::vector<std::string>& arguments) {
  CLI::App app(
      "How much smaller programs become with the first k pass lists of each proposer: a "
      "portfolio,\n"
      "models, searches, clang's other levels. Gains are 1 - geometric mean of size / -Oz size, "
      "-Oz\nwhere nothing is smaller; lists that the suite finds unsound count as if they had "
      "failed.",
      "llmc eval flags");
  FlagOptions options;
  add_flag_options(app, options);
  if (const int code = parse_options(app, arguments); code >= 0) return code;
  options.gate.jobs = options.jobs;
  catch_interrupts();
  initialize_targets();
  const auto catalogue = installed_catalogue();
  if (!catalogue) return report(catalogue.error());
  RunRow run = run_row("flags", arguments, options.eval.programs.name(options), options.eval.seed);
  run.objective = options.objective;
  const auto done = FlagEvaluation(options, *catalogue, std::move(run)).run();
  return done ? k_exit_done : report(done.error());
}

}  // namespace llmc
