// llmc optimize: proposals of a model and of the portfolio, measured, tested, and the smallest
// kept.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <optional>

#include "cli/command.h"
#include "cli/model_common.h"
#include "cli/soundness_common.h"
#include "cli/tune_common.h"
#include "passes/verdict_table.h"
#include "propose/report.h"
#include "support/files.h"
#include "support/stopwatch.h"
#include "tune/portfolio.h"
#include "tune/report.h"

namespace llmc {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr std::uint32_t k_answer_tokens = 256;  ///< of one answer, for a list of 50 passes

struct OptimizeArguments : MeasuringOptions {
  unsigned k = 5;
  std::vector<std::string> from = {"model", "portfolio"};
  ModelOptions model;
  SamplingOptions sampling;
  std::string ask = "auto";
  std::string split = "auto";
  std::size_t functions = 8;
  std::size_t function_parts = 2;
  bool no_grammar = false;
  std::string tier = "quarantined";
  std::uint64_t evaluations = 100;
  std::uint64_t seed = 1;
  bool no_store = false;
  bool unsafe = false;
  bool trust_baseline = false;
  SoundnessOptions gate;
  std::string output;
  std::string emit;
  bool explain = false;
  bool json = false;

  [[nodiscard]] bool uses(const std::string& source) const {
    return std::ranges::find(from, source) != from.end();
  }
  [[nodiscard]] PassTier pass_tier() const {
    return parse_tier(tier).value_or(PassTier::trusted);  // the option takes nothing else
  }
};

void add_proposers(CLI::App& app, OptimizeArguments& options) {
  app.add_option("-k", options.k, "Lists measured from each proposer")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  app.add_option("--from", options.from,
                 "Who proposes, separated by commas: model; portfolio (lists that did well "
                 "elsewhere); search (starts from the others' lists)")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->check(CLI::IsMember({"model", "portfolio", "search"}))
      ->capture_default_str();
  options.model.add(app);
  options.sampling.add(app);
  app.add_option(
         "--ask", options.ask,
         "What the model is asked: responses (how the size of each function responds to "
         "known lists, from which a plan is made), lists (to write lists); auto: responses, "
         "if it has learnt them")
      ->check(CLI::IsMember({"auto", "responses", "lists"}))
      ->capture_default_str();
  app.add_option("--split", options.split,
                 "Ask about functions one by one: auto (as the model was trained, or where the "
                 "whole does not fit), always")
      ->check(CLI::IsMember({"auto", "always"}))
      ->capture_default_str();
  app.add_option("--functions", options.functions,
                 "Of functions asked about one by one: the largest so many")
      ->check(CLI::Range(1, 1 << 20))
      ->capture_default_str();
  app.add_option("--function-parts", options.function_parts,
                 "Of functions asked about one by one: lists of their own for so many; each is "
                 "one more list to test")
      ->check(CLI::Range(0, 1000))
      ->capture_default_str();
  app.add_flag("--no-grammar", options.no_grammar,
               "Let the model write what it likes; what is no valid list is dropped");
  app.add_option("--tier", options.tier,
                 "Least trusted passes that lists may name: trusted or quarantined (see llmc "
                 "passes)")
      ->check(CLI::IsMember({"trusted", "quarantined"}))
      ->capture_default_str();
  app.add_option("--evals", options.evaluations, "Evaluations of a search for each program")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  app.add_option("--seed", options.seed, "Seed of a search")->capture_default_str();
}

void add_options(CLI::App& app, OptimizeArguments& options) {
  options.add_inputs(app, "Sources, IR, a compile_commands.json or a folder with one");
  add_proposers(app, options);
  options.add_measuring(app, "Lists measured, and programs tested, at the same time");
  app.add_flag("--no-store", options.no_store, "Keep no evaluations, look none up");
  options.gate.add_suites(app);
  app.add_flag("--unsafe", options.unsafe,
               "Do not test winners on a suite: results may be wrong programs");
  app.add_flag("--trust-baseline", options.trust_baseline,
               "Do not compare the in-process -Oz baseline with clang's own object");
  app.add_option("-o,--output", options.output,
                 "The file to write for one program (-: standard output); a folder for several");
  app.add_option("--emit", options.emit,
                 "What to write: obj, bc, ll or asm (default: as the file's name says, or obj)")
      ->check(CLI::IsMember({"obj", "bc", "ll", "asm"}));
  app.add_flag("--explain", options.explain,
               "Show which passes of a list matter and what became smaller");
  app.add_flag("--json", options.json, "One JSON object per program and one for the run");
  options.add_codegen(app);
  options.add_limits(app);
}

Result<std::vector<PassList>> all_of_portfolio(const OptimizeArguments& options,
                                               const PassCatalogue& catalogue) {
  std::vector<PassList> lists;
  if (const fs::path path = default_portfolio(); !path.empty()) {
    LLMC_TRY(lists, read_portfolio(path, catalogue));
  }
  for (PassList& list : stock_lists(catalogue))
    if (std::ranges::find(lists, list) == lists.end()) lists.push_back(std::move(list));
  std::erase_if(lists,
                [&](const PassList& list) { return list.tier(catalogue) > options.pass_tier(); });
  return lists;
}

/// The grammars that models can be held to.
struct Grammars {
  FlagGrammar answer, list;  ///< with and without sizes
};

Grammars make_grammars(const OptimizeArguments& options, const PassCatalogue& catalogue,
                       const std::vector<Ingredient>& ingredients,
                       const std::vector<PassList>& portfolio, ListSpelling spelling) {
  FlagGrammarOptions grammar;
  grammar.tier = options.pass_tier();
  grammar.examples = portfolio;
  grammar.spelling = spelling;
  FlagGrammarOptions short_grammar = grammar;
  short_grammar.with_sizes = false;
  return {{catalogue, ingredients, grammar}, {catalogue, ingredients, short_grammar}};
}

/// The model and its grammars, which must be known before it is. Without a model the others
/// propose alone.
struct Advisor {
  std::unique_ptr<Grammars> canonical, paper;
  std::unique_ptr<LanguageModel> model;
  std::optional<ResponseClasses> responses;  ///< if it is to be asked for them

  [[nodiscard]] const Grammars& grammars() const {
    return model->info().dialect == Dialect::llmc ? *canonical : *paper;
  }
};

Result<Advisor> make_advisor(const OptimizeArguments& options, const PassCatalogue& catalogue,
                             const std::vector<PassList>& portfolio) {
  Advisor advisor;
  if (!options.uses("model")) return advisor;
  const std::vector<Ingredient> ingredients = ingredients_of(catalogue, options.pass_tier());
  const auto make = [&](ListSpelling spelling) {
    return std::make_unique<Grammars>(
        make_grammars(options, catalogue, ingredients, portfolio, spelling));
  };
  advisor.canonical = make(ListSpelling::canonical);
  advisor.paper = make(ListSpelling::paper);
  auto model = options.model.open({&advisor.canonical->answer, &advisor.canonical->list,
                                   &advisor.paper->answer, &advisor.paper->list});
  if (model) {
    advisor.model = std::move(*model);
    if (options.ask == "lists") return advisor;
    LLMC_TRY(advisor.responses, response_classes_of(advisor.model->info()));
    if (options.ask == "responses" && !advisor.responses)
      return fail(advisor.model->info().name +
                      ": has not learnt how sizes respond; --ask lists asks it for lists",
                  ErrorKind::usage);
    return advisor;
  }
  if (model.error().kind != ErrorKind::failed) return std::unexpected(model.error());
  warn(model.error().message +
       (options.uses("portfolio") ? "; the portfolio proposes alone" : "; -Oz will stand"));
  return advisor;
}

OptimizeSetting make_setting(const OptimizeArguments& options, const PassCatalogue& catalogue,
                             const Advisor& advisor, const std::vector<PassList>& portfolio,
                             const SearchSetting& search) {
  OptimizeSetting setting;
  setting.catalogue = &catalogue;
  setting.objective = options.what();
  setting.model_lists = options.k;
  ProposalSources& sources = setting.sources;
  if (options.uses("portfolio"))
    sources.portfolio.assign(
        portfolio.begin(),
        portfolio.begin() + static_cast<long>(std::min<std::size_t>(options.k, portfolio.size())));
  if (options.uses("search")) sources.search = &search;
  if (advisor.model == nullptr) return setting;
  sources.model = advisor.model.get();
  sources.responses = advisor.responses ? &*advisor.responses : nullptr;
  sources.function_parts = options.function_parts;
  sources.advice.tier = options.pass_tier();
  if (!options.no_grammar) {
    sources.advice.grammar = &advisor.grammars().answer;
    sources.advice.list_grammar = &advisor.grammars().list;
  }
  sources.advice.sampling = options.sampling.sampling(options.k, k_answer_tokens);
  QuestionOptions& questions = sources.advice.questions;
  questions.answer_tokens = k_answer_tokens;
  questions.most_functions = options.functions;
  // Sketches are quick.
  if (advisor.responses)
    questions.most_functions = std::max(options.functions, QuestionOptions().most_functions);
  // Models of llmc-train learnt from functions.
  const bool by_function =
      options.split == "always" || advisor.model->info().dialect == Dialect::llmc;
  questions.splitting = by_function ? Splitting::always : Splitting::where_needed;
  return setting;
}

void show_search_progress(ProgressLine& line, const OptimizeProgress& progress,
                          Clock::time_point start) {
  const double spent = seconds_since(start);
  const auto done = static_cast<double>(progress.done);
  const double left =
      done == 0 ? 0 : spent / done * (static_cast<double>(progress.programs) - done);
  line.show(fmt::format(
      "{} [{}/{} programs]{}",
      progress.phase == OptimizeProgress::Phase::asking ? "asking the model" : "measuring",
      progress.done, progress.programs, done == 0 ? "" : ", " + format_duration(left) + " left"));
}

Result<void> print_outcome(Evaluator& evaluator, const OptimizeOutcome& outcome,
                           const std::vector<LoadFailure>& failures, const PassCatalogue& catalogue,
                           double seconds, const OptimizeArguments& options) {
  if (options.json)
    for (const LoadFailure& failure : failures)
      fmt::print("{}\n", to_json_line(failure.name, failure.error));
  for (std::size_t i = 0; i < outcome.tuned.size(); ++i) {
    const TunedProgram& one = outcome.tuned[i];
    std::optional<Explanation> explanation;
    if (options.explain && one.result && one.result->best.list != k_baseline_list) {
      LLMC_TRY(explanation, explain(evaluator, one, catalogue));
    }
    if (options.json) {
      fmt::print("{}\n", to_json_line(one, outcome.proposals[i], options.what(),
                                      explanation ? &*explanation : nullptr));
      continue;
    }
    fmt::print("{}", describe(one, outcome.proposals[i], options.what()));
    if (explanation) fmt::print("{}", to_string(*explanation));
  }
  const GainSummary summary = summarise(outcome.tuned, options.what());
  if (options.json)
    fmt::print("{}\n", to_json_line(summary, evaluator.statistics(), {}, seconds));
  else if (summary.programs > 1)
    fmt::print(
        "\n{} of {} programs improved; gain {:.2f} % (geometric mean, -Oz where nothing is "
        "smaller); {} → {} bytes in all; {}\n",
        summary.improved, summary.programs, 100 * summary.gain, summary.total_before,
        summary.total_after, format_duration(seconds));
  return {};
}

/// Writes what was asked for; the number of outputs that could not be written.
std::size_t write_all(Evaluator& evaluator, const std::vector<TunedProgram>& tuned,
                      const OptimizeArguments& options) {
  if (options.output.empty()) return 0;
  const OutputKind kind =
      options.emit.empty() ? kind_for_file(options.output) : *parse_output_kind(options.emit);
  const bool is_folder =
      tuned.size() > 1 || options.output.ends_with('/') || fs::is_directory(options.output);
  if (is_folder) return write_outputs(evaluator, tuned, options.output, kind);
  if (!tuned.front().result) return 0;
  auto bytes = build_output(evaluator, tuned.front(), kind);
  auto written = bytes ? write_file(options.output, *bytes) : std::unexpected(bytes.error());
  if (!written) report(written.error());
  return written ? 0 : 1;
}

Result<void> gate(Evaluator& evaluator, std::vector<TunedProgram>& tuned,
                  std::vector<Checker>& checkers, const OptimizeArguments& options,
                  ProgressLine& line) {
  if (options.unsafe) return {};
  const auto is_known_sound = [&](const std::string& list) {
    const auto is_sound = known_to_all(checkers, list);
    return is_sound && is_sound->value_or(false);
  };
  prefer_tested_lists(tuned, options.what(), is_known_sound);
  SearchSetting setting;
  setting.options.objective = options.what();
  setting.options.minimise = Minimise::none;  // what was measured is what is tested
  LLMC_CHECK(run_gate(evaluator, tuned, setting, checkers, line));
  return {};
}

/// Everything that is open while programs are optimised.
struct Session {
  std::optional<Store> store;
  std::unique_ptr<SoundnessStore> verdicts;
  std::vector<Checker> checkers;
};

Result<Session> open_session(OptimizeArguments& options, ProgressLine& line) {
  Session session;
  options.gate.jobs = options.jobs;
  options.gate.no_verdicts = options.unsafe;
  LLMC_TRY(session.verdicts, options.gate.open_store());
  if (!options.unsafe) {
    LLMC_TRY(session.checkers, options.gate.make_checkers(session.verdicts.get(), line));
  }
  if (!options.no_store) {
    LLMC_TRY(Store store, Store::open(options.store_path()));
    session.store.emplace(std::move(store));
  }
  return session;
}

/// The run itself; the number of items that failed.
Result<std::size_t> optimise_all(OptimizeArguments& options, const PassCatalogue& catalogue) {
  ProgressLine line;
  LLMC_TRY(Session session, open_session(options, line));
  LLMC_TRY(const auto inputs, find_inputs(options.files, options.compiler_flags()));
  std::vector<LoadFailure> failures;
  std::vector<const Input*> sources;
  std::vector<Program> programs;
  for (LoadedProgram& loaded : load_programs(inputs, options, failures)) {
    programs.push_back(std::move(loaded.program));
    sources.push_back(loaded.input);
  }
  if (programs.empty() && interrupted == 0)
    return fail("nothing to optimise: no input could be compiled");
  if (session.store) {
    LLMC_CHECK(remember_names(*session.store, programs));
  }

  // The model's process and the workers are forked from here: no thread may have started.
  const auto start = Clock::now();
  LLMC_TRY(const auto portfolio, all_of_portfolio(options, catalogue));
  LLMC_TRY(const Advisor advisor, make_advisor(options, catalogue, portfolio));
  std::optional<Alphabet> alphabet;
  if (options.uses("search")) {
    alphabet.emplace(catalogue, options.pass_tier());
    alphabet->prefer(portfolio);
  }
  SearchSetting search{alphabet ? &*alphabet : nullptr, portfolio, {}};
  search.options.objective = options.what();
  search.options.evaluations = options.evaluations;
  search.options.seed = options.seed;
  const OptimizeSetting setting = make_setting(options, catalogue, advisor, portfolio, search);
  LLMC_TRY(auto evaluator, Evaluator::create({options.jobs, options.limits(), Reuse::all,
                                              session.store ? &*session.store : nullptr}));
  evaluator->set_interrupt_flag(&interrupted);
  const auto show = [&](const OptimizeProgress& progress) {
    show_search_progress(line, progress, start);
  };
  auto outcome = optimise(*evaluator, programs, setting, show);
  line.clear();
  if (!outcome) return std::unexpected(outcome.error());
  LLMC_CHECK(gate(*evaluator, outcome->tuned, session.checkers, options, line));

  if (!options.trust_baseline && options.level() == CodegenLevel::oz)
    check_baselines(outcome->tuned, sources);
  warn_about_large_gains(outcome->tuned, options.what());
  if (options.unsafe) warn("UNSAFE: no list was tested on any program");
  const double seconds = seconds_since(start);
  LLMC_CHECK(print_outcome(*evaluator, *outcome, failures, catalogue, seconds, options));
  if (interrupted != 0) return fail("interrupted", ErrorKind::interrupted);
  std::size_t failed = failures.size();
  for (const TunedProgram& one : outcome->tuned) failed += one.result ? 0 : 1;
  return failed + write_all(*evaluator, outcome->tuned, options);
}

}  // namespace

int run_optimize(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Makes programs smaller than clang -Oz does. A language model and a portfolio propose pass\n"
      "lists, the compiler measures them, a suite of programs tests the smallest, and what is not\n"
      "smaller and sound is left at -Oz: the result is never larger and never untested.",
      "llmc optimize");
  OptimizeArguments options;
  add_options(app, options);
  if (const int code = parse_options(app, arguments); code >= 0) return code;
  catch_interrupts();
  initialize_targets();
  const auto catalogue = installed_catalogue();
  if (!catalogue) return report(catalogue.error());
  const auto failed = optimise_all(options, *catalogue);
  if (!failed) return report(failed.error());
  return *failed == 0 ? k_exit_done : k_exit_failed;
}

}  // namespace llmc
