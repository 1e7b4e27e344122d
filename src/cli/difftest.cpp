// llmc difftest: a project's own tests, on what clang makes and on what pass lists make.
#include "soundness/difftest.h"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "cli/tune_common.h"
#include "support/files.h"
#include "support/own_program.h"
#include "support/terminal.h"

namespace llmc {
namespace {

namespace fs = std::filesystem;

struct DifftestArguments {
  std::string source;
  std::string build;
  std::vector<std::string> runs;
  std::vector<std::string> compare;
  std::string list;
  std::string plan;
  std::string baseline_level = "-O2";
  double seconds = 600;
  std::string work;
  bool keep = false;
  bool bisect = false;
  bool json = false;
};

void add_options(CLI::App& app, DifftestArguments& options) {
  app.add_option("--source", options.source, "The project's folder; it is copied, never written to")
      ->required()
      ->type_name("DIR");
  app.add_option("--build", options.build, "Shell command that builds it with $CC and $CXX")
      ->required()
      ->type_name("CMD");
  app.add_option("--run", options.runs, "Shell command that tests it; repeatable")
      ->required()
      ->allow_extra_args(false)
      ->type_name("CMD");
  auto* list = app.add_option("--list", options.list, "A pass list for every unit");
  app.add_option("--plan", options.plan, "What llmc tune --json printed: a list for each unit")
      ->type_name("FILE")
      ->excludes(list);
  app.add_option("--compare", options.compare,
                 "Files that must be equal byte for byte, such as 'out/*.txt'; repeatable")
      ->allow_extra_args(false)
      ->type_name("GLOB");
  app.add_option("--baseline-level", options.baseline_level, "The baseline's level")
      ->check(CLI::IsMember({"-O0", "-O1", "-O2", "-O3", "-Os", "-Oz"}))
      ->capture_default_str();
  app.add_option("--timeout", options.seconds, "Seconds that a build or a run may take")
      ->check(CLI::Range(0.1, 1e6))
      ->capture_default_str();
  app.add_option("--work", options.work, "Where the trees are (default: a temporary folder)")
      ->type_name("DIR");
  app.add_flag("--keep", options.keep, "Keep the trees; with --work, done phases are not repeated");
  app.add_flag("--bisect", options.bisect, "Where there is a difference, find the unit");
  app.add_flag("--json", options.json, "One JSON object");
}

/// The absolute form of a path that the user gave.
fs::path absolute(const std::string& path) {
  fs::path result = fs::absolute(path).lexically_normal();
  return result.has_filename() ? result : result.parent_path();
}

/// What the options ask for; trees are in `temporary` unless they name a folder.
Result<DifftestOptions> request_of(const DifftestArguments& options, const fs::path& temporary) {
  DifftestOptions request;
  request.list = options.list;
  LLMC_TRY(request.llmc, own_program());
  request.source = absolute(options.source);
  request.build = options.build;
  request.runs = options.runs;
  request.compare = options.compare;
  if (!options.plan.empty()) request.plan = absolute(options.plan);
  request.baseline_level = options.baseline_level;
  request.limit = std::chrono::milliseconds(static_cast<long>(options.seconds * 1000));
  request.work = options.work.empty() ? temporary : absolute(options.work);
  request.bisection = options.bisect ? Bisecting::yes : Bisecting::no;
  request.interrupt = &interrupted;
  return request;
}

/// Removes what difftest makes in the work folder, and nothing else.
void remove_trees(const DifftestOptions& request) {
  std::error_code ignored;
  for (const char* name : {"baseline", "candidate", "bisection", "bin"})
    fs::remove_all(request.work / name, ignored);
}

nlohmann::json to_json(const BuildSummary& summary) {
  return {{"compiled", summary.compiled},
          {"fell_back", summary.fell_back},
          {"passed_through", summary.passed_through},
          {"failed", summary.failed},
          {"object_bytes", summary.object_bytes},
          {"fall_backs", summary.fall_backs}};
}

nlohmann::json to_json(const DifftestReport& report) {
  nlohmann::json json = {{"type", "difftest"},
                         {"baseline", to_json(report.baseline)},
                         {"candidate", to_json(report.candidate)},
                         {"failed_runs", report.failed_runs},
                         {"verdict", report.same() ? "same" : "different"}};
  json["differences"] = nlohmann::json::array();
  for (const Difference& one : report.differences)
    json["differences"].push_back({{"where", one.where}, {"detail", one.detail}});
  if (report.culprit)
    json["culprit"] = {{"unit", report.culprit->unit}, {"list", report.culprit->list}};
  return json;
}

void print_report(const DifftestReport& report) {
  fmt::print("{:<10} {:>9} {:>10} {:>15} {:>13}\n", "build", "compiled", "fell back",
             "passed through", "object bytes");
  const auto row = [](const char* name, const BuildSummary& summary) {
    fmt::print("{:<10} {:>9} {:>10} {:>15} {:>13}\n", name, summary.compiled, summary.fell_back,
               summary.passed_through, summary.object_bytes);
  };
  row("baseline", report.baseline);
  row("candidate", report.candidate);
  for (const std::string& one : report.candidate.fall_backs) fmt::print("fell back: {}\n", one);
  for (const std::string& one : report.failed_runs) fmt::print("fails in the baseline: {}\n", one);
  for (const Difference& one : report.differences)
    fmt::print("difference: {}: {}\n", one.where, one.detail);
  if (report.culprit) {
    const bool is_clang = report.culprit->unit.empty();
    fmt::print("guilty unit: {}\nguilty list: {}\n", is_clang ? "none" : report.culprit->unit,
               report.culprit->list);
  }
  const Style style = Style::for_standard_output();
  fmt::print("{}{}{}\n", report.same() ? style.green : style.red,
             report.same() ? "same" : "different", style.plain);
}

}  // namespace

int run_difftest(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Builds a project twice, with clang and with pass lists, runs its own tests on both, and\n"
      "compares exit status, standard output, standard error and files. The exit status is 0\n"
      "only if all of them are the same.",
      "llmc difftest");
  DifftestArguments options;
  add_options(app, options);
  if (const int code = parse_options(app, arguments); code >= 0) return code;
  catch_interrupts();
  if (options.keep && options.work.empty())
    return report({"--keep needs --work, the folder to keep", ErrorKind::usage});

  auto temporary = TemporaryFolder::create();
  if (!temporary) return report(temporary.error());
  auto request = request_of(options, temporary->path());
  if (!request) return report(request.error());
  ProgressLine progress;
  request->observe = [&progress](const std::string& phase) {
    progress.clear();
    progress.show(phase);
  };
  if (!options.keep) remove_trees(*request);
  const auto result = difftest(*request);
  progress.clear();
  if (!options.keep) remove_trees(*request);
  if (!result) return report(result.error());
  if (options.json)
    fmt::print("{}\n",
               to_json(*result).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  else
    print_report(*result);
  return result->same() ? k_exit_done : k_exit_failed;
}

}  // namespace llmc
