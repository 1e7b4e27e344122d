// llmc check: PassListEval, the gate that pass lists must go through.
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <map>

#include "cli/command.h"
#include "cli/soundness_common.h"
#include "cli/tune_common.h"
#include "passes/pass_list.h"
#include "passes/verdict_table.h"
#include "soundness/verdict_file.h"
#include "support/files.h"
#include "toolchain/program.h"
#include "tune/mutation.h"
#include "tune/portfolio.h"

namespace llmc {
namespace {

using Clock = std::chrono::steady_clock;

/// The share of its lists that the LLM Compiler paper's PassListEval threw out.
constexpr double k_paper_rejection = 0.0985;

struct CheckArguments : SoundnessOptions {
  CheckArguments() { counts_shipped = false; }
  std::vector<std::string> lists;
  std::string file;
  std::size_t random = 0;
  std::uint64_t seed = 1;
  std::string tier = "denied";
  bool every = false;
  std::string export_file;
  bool json = false;
};

Result<std::vector<PassList>> lists_to_check(const CheckArguments& options,
                                             const PassCatalogue& catalogue) {
  std::vector<PassList> lists;
  for (const std::string& text : options.lists) {
    auto list = PassList::parse(text, catalogue);
    if (!list) return fail(list.error().message, ErrorKind::usage);
    lists.push_back(std::move(*list));
  }
  if (!options.file.empty()) {
    LLMC_TRY(auto more, read_lists(options.file, catalogue));
    lists.insert(lists.end(), more.begin(), more.end());
  }
  if (options.random > 0) {
    LLMC_TRY(const PassTier most, parse_tier(options.tier));
    const Alphabet alphabet(catalogue, most);
    Random random(options.seed);
    for (std::size_t i = 0; i < options.random; ++i)
      lists.push_back(random_list(alphabet, 50, random));
  }
  if (lists.empty())
    return fail("no lists; give LIST, --file or --random (`llmc check --help` explains)",
                ErrorKind::usage);
  return lists;
}

nlohmann::json to_json(const Verdict& verdict) {
  return {{"list", verdict.list},
          {"sound", verdict.sound()},
          {"finding", std::string(to_string(verdict.finding))},
          {"program", verdict.program},
          {"evidence", verdict.evidence},
          {"programs", verdict.programs},
          {"seconds", verdict.seconds},
          {"known", verdict.from_store}};
}

void print_verdict(const Verdict& verdict) {
  const Style style = Style::for_standard_output();
  if (verdict.sound()) {
    fmt::print("{}sound{}     {}\n          {} programs{}\n", style.green, style.plain,
               verdict.list, verdict.programs,
               verdict.from_store ? ", known" : fmt::format(" in {:.1f} s", verdict.seconds));
    return;
  }
  fmt::print("{}rejected{}  {}\n          {}: {}: {}{}\n", style.red, style.plain, verdict.list,
             to_string(verdict.finding), verdict.program, verdict.evidence,
             verdict.from_store ? " (known)" : "");
}

/// What became of all lists, beside the paper's figure.
void print_summary(const std::map<Finding, std::size_t>& counts, std::size_t all) {
  const auto share = [&](std::size_t count) {
    return 100.0 * static_cast<double>(count) / static_cast<double>(all);
  };
  const auto count = [&](std::initializer_list<Finding> findings) {
    std::size_t sum = 0;
    for (const Finding finding : findings)
      if (const auto found = counts.find(finding); found != counts.end()) sum += found->second;
    return sum;
  };
  const std::size_t crash = count({Finding::compiler_crash, Finding::rejected_list});
  const std::size_t hang = count({Finding::compiler_hang});
  const std::size_t invalid = count({Finding::invalid_ir, Finding::link_failure});
  const std::size_t wrong = count({Finding::run_crash, Finding::wrong_exit, Finding::wrong_output});
  const std::size_t run_hang = count({Finding::run_hang});
  const std::size_t rejected = crash + hang + invalid + wrong + run_hang;
  fmt::print("\n{} of {} lists rejected: {:.2f} % (the LLM Compiler paper: {:.2f} %)\n", rejected,
             all, share(rejected), 100 * k_paper_rejection);
  fmt::print("  LLVM crashes        {:>6}  {:>6.2f} %\n", crash, share(crash));
  fmt::print("  LLVM hangs          {:>6}  {:>6.2f} %\n", hang, share(hang));
  fmt::print("  invalid IR or link  {:>6}  {:>6.2f} %\n", invalid, share(invalid));
  fmt::print("  wrong result        {:>6}  {:>6.2f} %\n", wrong, share(wrong));
  fmt::print("  program hangs       {:>6}  {:>6.2f} %\n", run_hang, share(run_hang));
}

/// Every program that fails under the list, for one list.
int print_failures(std::vector<Checker>& checkers, const std::string& list) {
  bool sound = true;
  for (Checker& checker : checkers) {
    auto failures = checker.failures(list);
    if (!failures) return report(failures.error());
    for (const auto& [program, finding] : *failures)
      fmt::print("{:<14}  {:<32}  {}\n", to_string(finding.finding), program, finding.evidence);
    sound = sound && failures->empty();
  }
  return sound ? k_exit_done : k_exit_failed;
}

void report_left_out(const std::vector<Checker>& checkers) {
  for (const Checker& checker : checkers) {
    if (checker.name() == "csmith") continue;
    for (const LeftOut& left_out : checker.left_out())
      warn(fmt::format("suite {}: {} is left out: {}", checker.name(), left_out.name,
                       left_out.reason));
  }
}

/// Writes the findings of this run, if they are wanted, beside those that the file has already of
/// the same LLVM and suite.
Result<void> export_verdicts(const CheckArguments& options, std::vector<Checker>& checkers,
                             std::map<std::string, Finding> findings) {
  if (options.export_file.empty()) return {};
  if (checkers.size() != 1)
    return fail("--export: verdicts of one suite go into a file; give one --suite",
                ErrorKind::usage);
  LLMC_TRY(const Suite* const suite, checkers.front().suite());
  VerdictFile file{toolchain_version(), suite->version.hex(), std::move(findings)};
  const auto text = read_file(options.export_file);
  auto before =
      text ? parse_verdict_file(*text, options.export_file) : std::unexpected(text.error());
  if (before && before->toolchain == file.toolchain && before->suite == file.suite)
    file.findings.merge(before->findings);
  return write_file(options.export_file, print_verdict_file(file));
}

void add_options(CLI::App& app, CheckArguments& options) {
  app.add_option("lists", options.lists, "Pass lists")->type_name("LIST");
  app.add_option("--file", options.file,
                 "A file with one list a line (# begins a comment), or a portfolio");
  app.add_option("--random", options.random,
                 "This many random lists (length uniform in 1..50, passes uniform)");
  app.add_option("--seed", options.seed, "Seed of the random lists")->capture_default_str();
  app.add_option("--tier", options.tier, "Least trusted passes in random lists")
      ->capture_default_str();
  options.add(app);
  app.add_flag("--every", options.every, "Show every program that fails, not the first alone");
  app.add_option("--export", options.export_file,
                 "Add the verdicts on these lists to a file that counts as tests where LLVM and "
                 "the suite are the same ($LLMC_LIST_VERDICTS); one suite only")
      ->type_name("FILE");
  app.add_flag("--json", options.json, "One JSON object per list");
}

}  // namespace

int run_check(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Tests pass lists (PassListEval): each list is applied to every program of a suite; all\n"
      "must compile, link, run within limits, and print what they should. Verdicts are kept:\n"
      "a known list answers at once. The exit status is 1 if a list was rejected.",
      "llmc check");
  CheckArguments options;
  add_options(app, options);
  if (const int code = parse_options(app, arguments); code >= 0) return code;
  catch_interrupts();
  initialize_targets();

  const auto catalogue = installed_catalogue();
  if (!catalogue) return report(catalogue.error());
  auto lists = lists_to_check(options, *catalogue);
  if (!lists) return report(lists.error());
  auto store = options.open_store();
  if (!store) return report(store.error());
  ProgressLine progress;
  auto checkers = options.make_checkers(store->get(), progress);
  if (!checkers) return report(checkers.error());
  if (options.every) {
    int worst = k_exit_done;
    for (const PassList& list : *lists) {
      const int code = print_failures(*checkers, list.to_string());
      if (code != k_exit_done && code != k_exit_failed) return code;
      worst = std::max(worst, code);
    }
    return worst;
  }

  std::map<Finding, std::size_t> counts;
  std::map<std::string, Finding> findings;
  const auto start = Clock::now();
  for (std::size_t i = 0; i < lists->size(); ++i) {
    const double spent = std::chrono::duration<double>(Clock::now() - start).count();
    const double left =
        i == 0 ? 0 : spent / static_cast<double>(i) * static_cast<double>(lists->size() - i);
    progress.show(fmt::format("list {}/{}, {} rejected, {} left", i + 1, lists->size(),
                              i - counts[Finding::sound], format_duration(left)));
    auto verdict = check_all(*checkers, (*lists)[i].to_string());
    progress.clear();
    if (!verdict) return report(verdict.error());
    ++counts[verdict->finding];
    findings[verdict->list] = verdict->finding;
    if (options.json)
      fmt::print("{}\n", to_json(*verdict).dump());
    else
      print_verdict(*verdict);
    std::fflush(stdout);
  }
  report_left_out(*checkers);
  if (const auto written = export_verdicts(options, *checkers, std::move(findings)); !written)
    return report(written.error());
  if (lists->size() > 1 && !options.json) print_summary(counts, lists->size());
  return counts[Finding::sound] == lists->size() ? k_exit_done : k_exit_failed;
}

}  // namespace llmc
