// llmc project: whole projects, as they are built.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <optional>

#include "cli/command.h"
#include "cli/model_common.h"
#include "cli/soundness_common.h"
#include "cli/tune_common.h"
#include "passes/verdict_table.h"
#include "project/project_database.h"
#include "project/project_report.h"
#include "project/project_tune.h"
#include "propose/responses.h"
#include "support/database.h"
#include "support/files.h"
#include "support/own_program.h"
#include "support/terminal.h"
#include "toolchain/front_end.h"
#include "tune/portfolio.h"

namespace llmc {
namespace {

namespace fs = std::filesystem;

struct ProjectOptions : MeasuringOptions {
  std::string folder;
  std::string build;
  std::string clean;
  std::string test;
  std::vector<std::string> products;
  std::uint64_t evaluations = 50;
  double seconds = 0;
  std::string spread = "where-it-pays";
  std::string tier = "quarantined";
  std::uint64_t seed = 1;
  std::size_t linked_lists = 8;
  std::size_t tested_lists = 12;
  ModelOptions model;
  std::size_t model_lists = 8;
  SoundnessOptions gate;
  double timeout = 3600;
  std::string work;
  std::string output;
  std::string report;
  bool hints = false;
  std::uint64_t inlining = 0;
  bool json = false;

  [[nodiscard]] PassTier pass_tier() const {
    return parse_tier(tier).value_or(PassTier::trusted);  // the option takes nothing else
  }
};

void add_project(CLI::App& app, ProjectOptions& options) {
  app.add_option("folder", options.folder,
                 "The project; it is copied, and nothing in it is written but the lock file; or, "
                 "without --build, a compile_commands.json or a folder with one")
      ->required()
      ->check(CLI::ExistingPath)
      ->type_name("DIR");
  app.add_option("--build", options.build,
                 "Shell command that builds it; without it, the units of compile_commands.json are "
                 "compiled, and their objects count")
      ->type_name("CMD");
  app.add_option("--test", options.test, "Shell command that tests it")->type_name("CMD");
  app.add_option("--clean", options.clean,
                 "Shell command that removes what an earlier build has left")
      ->type_name("CMD");
  app.add_option("--product", options.products,
                 "Programs and libraries that count, by their path in the project, such as "
                 "'src/*.so'; repeatable (default: all that the build links)")
      ->allow_extra_args(false)
      ->type_name("GLOB");
  app.add_option("--timeout", options.timeout, "Seconds that a build or a test run may take")
      ->check(CLI::Range(0.1, 1e6))
      ->capture_default_str();
  app.add_option("--work", options.work,
                 "Where the copies are; what is done there is not repeated (default: a folder for "
                 "the project in the cache folder)")
      ->type_name("FOLDER");
  app.add_option("-o,--output", options.output,
                 "The lock file (default: DIR/llmc.lock; without --build, llmc.lock here)")
      ->type_name("FILE");
  app.add_option("--report", options.report, "Write a report in Markdown")->type_name("FILE");
  app.add_flag("--hints", options.hints,
               "Measure what options of the linker would save; none is applied");
  app.add_flag("--json", options.json, "One JSON object instead of the table");
}

void add_search(CLI::App& app, ProjectOptions& options) {
  app.add_option("--evals", options.evaluations,
                 "Evaluations for each unit in the mean; all units share them")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_option("--seconds", options.seconds,
                 "Seconds for the search of all units; whichever ends first (what is found then "
                 "depends on the machine)")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--spread", options.spread,
                 "Who gets evaluations: where-it-pays (units that make up much of the products, "
                 "and in which the last ones found much), or even")
      ->check(CLI::IsMember({"where-it-pays", "even"}))
      ->capture_default_str();
  app.add_option("--links", options.linked_lists, "Lists of each unit that are tried in a link")
      ->check(CLI::Range(1, 24))
      ->capture_default_str();
  app.add_option("--tests-of-lists", options.tested_lists,
                 "New lists that may be tested on the suite, for all units together; those known "
                 "to be sound cost nothing")
      ->check(CLI::Range(0, 1'000'000))
      ->capture_default_str();
  app.add_option("--inlining", options.inlining,
                 "Also decide, call by call, what is inlined: so many evaluations of each unit; 0 "
                 "leaves that to LLVM")
      ->capture_default_str();
  app.add_option("--tier", options.tier,
                 "Least trusted passes to search over: trusted or quarantined (see llmc passes)")
      ->check(CLI::IsMember({"trusted", "quarantined"}))
      ->capture_default_str();
  app.add_option("--seed", options.seed, "Seed of all random choices")->capture_default_str();
  app.add_option("--model-lists", options.model_lists,
                 "Lists of the model that each search starts with; 0: no model is asked")
      ->check(CLI::Range(0, 1000))
      ->capture_default_str();
  options.model.add(app);
  options.add_measuring(app, "Lists measured, and programs tested, at the same time");
  options.gate.add_suites(app);
  options.add_limits(app);
}

/// Where the copies are, the same for each run on the project.
fs::path work_folder(const ProjectOptions& options, const fs::path& source) {
  if (!options.work.empty()) return fs::absolute(options.work).lexically_normal();
  const std::string name = source.filename().string();
  return cache_folder() / "project" /
         fmt::format("{}-{}", name, Digest::of(source.string()).hex().substr(0, 12));
}

/// Without a build there is nothing that these could be about.
Result<void> check_options(const ProjectOptions& options) {
  std::error_code code;
  if (!options.build.empty()) {
    if (fs::is_directory(options.folder, code)) return {};
    return fail(options.folder + ": with --build, expected the project's folder", ErrorKind::usage);
  }
  const char* const needy = !options.test.empty()       ? "--test"
                            : !options.clean.empty()    ? "--clean"
                            : !options.products.empty() ? "--product"
                            : options.hints             ? "--hints"
                                                        : nullptr;
  if (needy == nullptr) return {};
  return fail(fmt::format("{} needs --build CMD, the command that builds the project", needy),
              ErrorKind::usage);
}

fs::path lock_path(const ProjectOptions& options, const fs::path& source) {
  if (!options.output.empty()) return options.output;
  return options.build.empty() ? fs::path(k_lock_file_name) : source / k_lock_file_name;
}

Result<ProjectCommands> commands_of(const ProjectOptions& options, const FrontEnd& front_end) {
  ProjectCommands commands;
  std::error_code code;
  commands.source = fs::canonical(options.folder, code);
  if (code) return fail(options.folder + ": cannot be read", ErrorKind::usage);
  LLMC_TRY(commands.llmc, own_program());
  commands.clean = options.clean;
  commands.build = options.build;
  commands.test = options.test;
  commands.work = work_folder(options, commands.source);
  commands.clang = front_end.path();
  commands.suite = default_suite();
  commands.limit = std::chrono::milliseconds(static_cast<long>(options.timeout * 1000));
  commands.interrupt = &interrupted;
  const fs::path inside = commands.work.lexically_relative(commands.source);
  if (!options.build.empty() && !inside.empty() && *inside.begin() != "..")
    return fail(commands.work.string() + ": lies in the project; choose another --work",
                ErrorKind::usage);
  return commands;
}

/// What searches start from: the portfolio's lists that the tier allows, then LLVM's own.
Result<SearchSetting> search_setting(const ProjectOptions& options, Alphabet& alphabet) {
  SearchSetting setting{&alphabet, {}, {}};
  setting.options.objective = options.what();
  setting.options.seed = options.seed;
  const PassCatalogue& catalogue = alphabet.catalogue();
  if (const fs::path path = default_portfolio(); !path.empty()) {
    LLMC_TRY(setting.seeds, read_portfolio(path, catalogue));
  }
  std::erase_if(setting.seeds,
                [&](const PassList& list) { return list.tier(catalogue) > options.pass_tier(); });
  alphabet.prefer(setting.seeds);
  for (PassList& list : stock_lists(catalogue))
    if (std::ranges::find(setting.seeds, list) == setting.seeds.end())
      setting.seeds.push_back(std::move(list));
  return setting;
}

/// A model that has learnt how sizes respond to known lists, and its classes.
struct ProjectModel {
  std::unique_ptr<LanguageModel> model;
  std::optional<ResponseClasses> classes;
};

/// Without one the portfolio and the search do it alone.
ProjectModel open_model(const ProjectOptions& options) {
  ProjectModel opened;
  if (options.model_lists == 0) return opened;
  auto model = options.model.open({});
  auto classes = model ? response_classes_of((*model)->info())
                       : Result<std::optional<ResponseClasses>>(std::unexpected(model.error()));
  if (!classes || !*classes) {
    warn((classes ? (*model)->info().name + ": has not learnt how sizes respond"
                  : classes.error().message) +
         "; the searches start from the portfolio alone");
    return opened;
  }
  opened.model = std::move(*model);
  opened.classes = std::move(*classes);
  return opened;
}

/// The lists that the model would try on each program, in its order.
Result<std::vector<std::vector<PassList>>> advice_on(const std::vector<Program>& programs,
                                                     ProjectModel& model,
                                                     const PassCatalogue& catalogue,
                                                     const ProjectOptions& options) {
  AdviceOptions how;
  how.tier = options.pass_tier();
  how.sampling.count = static_cast<std::uint32_t>(options.model_lists);
  how.questions.splitting = Splitting::always;
  std::vector<std::vector<PassList>> lists;
  for (const Program& program : programs) {
    if (interrupted != 0) return fail("interrupted", ErrorKind::interrupted);
    LLMC_TRY(const ModelAdvice advice,
             ask_for_responses(program, *model.model, *model.classes, catalogue, how));
    lists.emplace_back();
    for (const RankedList& ranked : rank_lists(advice, options.model_lists))
      lists.back().push_back(ranked.list);
  }
  return lists;
}

/// Everything that is open while a project is tuned.
struct ProjectSession {
  std::optional<Store> store;
  std::unique_ptr<SoundnessStore> verdicts;
  std::vector<Checker> checkers;
};

Result<ProjectSession> open_session(ProjectOptions& options, ProgressLine& line) {
  ProjectSession session;
  options.gate.jobs = options.jobs;
  LLMC_TRY(session.verdicts, options.gate.open_store());
  LLMC_TRY(session.checkers, options.gate.make_checkers(session.verdicts.get(), line));
  LLMC_TRY(Store store, Store::open(options.store_path()));
  session.store.emplace(std::move(store));
  return session;
}

void connect_gate(ProjectTuneSetting& setting, ProjectSession& session, ProgressLine& line) {
  setting.is_known_sound = [&](const std::string& list) {
    const auto is_sound = known_to_all(session.checkers, list);
    return is_sound && is_sound->value_or(false);
  };
  setting.suite = session.checkers.front().source_version();
  const ListCheck check = [&](const std::string& list) {
    return check_all(session.checkers, list);
  };
  setting.gate = [&line, check](Evaluator& evaluator,
                                std::vector<TunedProgram>& tuned) -> Result<void> {
    SearchSetting as_measured;
    as_measured.options.minimise = Minimise::none;  // what was linked is what is tested
    LLMC_CHECK(gate_winners(evaluator, tuned, as_measured, check, [&](const GateProgress& gate) {
      line.show(fmt::format("gate: [{}/{} units] {} lists tested, {} rejected", gate.programs_done,
                            gate.programs, gate.lists, gate.rejected));
    }));
    return {};
  };
}

Result<void> write_results(const ProjectReport& report, const ProjectOptions& options,
                           const fs::path& source) {
  const fs::path lock = lock_path(options, source);
  LLMC_CHECK(write_file(lock, report.lock.to_text()));
  if (!options.report.empty()) {
    LLMC_CHECK(
        write_file(options.report, to_markdown(report, source.filename().string() + ", tuned")));
  }
  if (options.json)
    fmt::print("{}\n", to_json_line(report));
  else
    fmt::print("{}{}\n", to_table(report), lock.string());
  return {};
}

Result<void> tune_folder(ProjectOptions& options, const PassCatalogue& catalogue) {
  ProgressLine line;
  LLMC_TRY(const FrontEnd front_end, FrontEnd::find());
  ProjectTuneSetting setting;
  LLMC_CHECK(check_options(options));
  LLMC_TRY(setting.commands, commands_of(options, front_end));
  if (options.build.empty()) {
    LLMC_TRY(setting.database, find_database(setting.commands.source));
    const fs::path lock = fs::absolute(lock_path(options, setting.commands.source));
    setting.lock_folder = lock.lexically_normal().parent_path();
  }
  setting.observe = [&](const std::string& what) { line.show(what); };
  setting.commands.observe = setting.observe;
  LLMC_TRY(ProjectSession session, open_session(options, line));
  connect_gate(setting, session, line);
  Alphabet alphabet(catalogue, options.pass_tier());
  LLMC_TRY(setting.search.common, search_setting(options, alphabet));
  if (options.seconds > 0) setting.search.seconds = options.seconds;
  setting.search.spread =
      options.spread == "even" ? BudgetSpread::even : BudgetSpread::where_it_pays;
  setting.evaluations = options.evaluations;
  setting.products = options.products;
  setting.linked_lists = options.linked_lists;
  setting.tested_lists = options.tested_lists;
  setting.catalogue = &catalogue;
  setting.hints = options.hints;
  setting.inlining = options.inlining;

  // The model's process and the workers are forked from here: no thread may have started.
  ProjectModel model = open_model(options);
  if (model.model)
    setting.advise = [&](const std::vector<Program>& programs) {
      return advice_on(programs, model, catalogue, options);
    };
  LLMC_TRY(auto evaluator,
           Evaluator::create({options.jobs, options.limits(), Reuse::all, &*session.store}));
  evaluator->set_interrupt_flag(&interrupted);
  auto tuned = tune_project(*evaluator, setting);
  line.clear();
  if (!tuned) return std::unexpected(tuned.error());
  return write_results(*tuned, options, setting.commands.source);
}

/// Suite and verdicts are the same for this process and for the compilers of the builds.
void hand_on(const SoundnessOptions& gate) {
  if (!gate.suites.empty()) ::setenv("LLMC_SUITE", gate.suites.front().c_str(), 1);
  if (!gate.verdicts.empty()) ::setenv("LLMC_VERDICTS", fs::absolute(gate.verdicts).c_str(), 1);
}

int run_project_tune(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Records a project's build, searches the pass lists of all its units with one budget, by\n"
      "what they make of the linked programs, tests them, also with the project's own tests, and\n"
      "writes them down in a lock file, with which llmc cc builds the project so.",
      "llmc project tune");
  ProjectOptions options;
  add_project(app, options);
  add_search(app, options);
  if (const int code = parse_options(app, arguments); code >= 0) return code;
  if (options.gate.suites.size() > 1)
    return report({"a lock file rests on one suite; give --suite once", ErrorKind::usage});
  catch_interrupts();
  hand_on(options.gate);
  initialize_targets();
  const auto catalogue = installed_catalogue();
  if (!catalogue) return report(catalogue.error());
  const auto tuned = tune_folder(options, *catalogue);
  return tuned ? k_exit_done : report(tuned.error());
}

const std::vector<Command>& project_commands() {
  static const std::vector<Command> table = {
      {"tune", "find and verify the lock file of a project", run_project_tune},
  };
  return table;
}

void print_project_help() {
  fmt::print(
      "Whole projects, as their own build commands build them.\n\n"
      "Usage: llmc project COMMAND [OPTIONS] DIR\n\nCommands:\n");
  for (const Command& command : project_commands())
    fmt::print("  {:<12} {}\n", command.name, command.help);
  fmt::print("\n`llmc project COMMAND --help` explains a command.\n");
}

}  // namespace

int run_project(const std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments[0] == "--help" || arguments[0] == "-h") {
    print_project_help();
    return arguments.empty() ? k_exit_usage : k_exit_done;
  }
  for (const Command& command : project_commands())
    if (arguments[0] == command.name) return command.run({arguments.begin() + 1, arguments.end()});
  return report(
      {fmt::format("unknown command '{}'; `llmc project --help` lists the commands", arguments[0]),
       ErrorKind::usage});
}

}  // namespace llmc
