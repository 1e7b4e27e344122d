#include "soundness/difftest.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "soundness/build_phase.h"
#include "soundness/normalise.h"
#include "support/digest.h"
#include "support/files.h"
#include "support/halving.h"
#include "support/text.h"
#include "toolchain/program.h"

namespace llmc {
namespace fs = std::filesystem;

namespace {

/// Part of every stamp: to be changed when phases give something else.
constexpr const char* k_stamp_version = "llmc-difftest 1";

/// One build with its runs.
struct Side {
  std::string name;    ///< "baseline", "candidate", "bisection"
  fs::path folder;     ///< holds all that follows
  WrapperMode mode = WrapperMode::candidate;
  std::string only;    ///< LLMC_CC_ONLY's content; "": all units
  std::string stamp;   ///< of the last phase that is done

  [[nodiscard]] fs::path tree() const { return folder / "tree"; }
  [[nodiscard]] fs::path log() const { return folder / "log.jsonl"; }
};

// --- Phases --------------------------------------------------------------------------------------

class Session {
 public:
  explicit Session(const DifftestOptions& options) : options_(options) {}

  /// What must be known before the first phase.
  Result<void> prepare();

  /// Makes the tree and builds it, or finds that done.
  Result<PhaseResult> build(Side& side);
  /// Runs command `index` of the options, or finds that done.
  Result<PhaseResult> run(Side& side, std::size_t index);

 private:
  Result<PhaseResult> phase(Side& side, const std::string& name, const std::string& command,
                            const std::string& stamp);
  Result<void> copy_source(const Side& side) const;
  [[nodiscard]] BuildEnvironment environment(const Side& side) const;

  const DifftestOptions& options_;
  fs::path wrappers_;
  std::string source_digest_;
  std::string program_digest_;  ///< of this program
  std::string plan_;  ///< content
};

Result<void> Session::prepare() {
  LLMC_CHECK(make_folder(options_.work));
  wrappers_ = options_.work / "bin";
  LLMC_CHECK(write_compiler_scripts(wrappers_, options_.llmc, {"llmc-cc", "llmc-c++"}));
  LLMC_TRY(source_digest_, digest_of_folder(options_.source));
  LLMC_TRY(const std::string program, read_file(options_.llmc));
  program_digest_ = Digest::of(program).hex();
  if (!options_.plan.empty()) {
    LLMC_TRY(plan_, read_file(options_.plan));
    auto plan = UnitPlan::parse(plan_);
    if (!plan) return std::unexpected(plan.error().with_context(options_.plan.string()));
  }
  return {};
}

Result<void> Session::copy_source(const Side& side) const {
  LLMC_CHECK(copy_to_tree(options_.source, side.folder));
  return side.only.empty() ? Result<void>() : write_file(side.folder / "only", side.only);
}

BuildEnvironment Session::environment(const Side& side) const {
  BuildEnvironment variables;
  for (const std::string& name : wrapper_variables()) variables.emplace_back(name, std::nullopt);
  const char* path = std::getenv("PATH");
  variables.emplace_back("PATH", wrappers_.string() + ":" + (path == nullptr ? "" : path));
  variables.emplace_back("CC", "llmc-cc");
  variables.emplace_back("CXX", "llmc-c++");
  variables.emplace_back("LLMC_CC_LOG", side.log().string());
  if (side.mode == WrapperMode::baseline) {
    variables.emplace_back("LLMC_CC_MODE", "baseline");
    variables.emplace_back("LLMC_CC_LEVEL", options_.baseline_level);
    return variables;
  }
  variables.emplace_back("LLMC_CC_MODE", "candidate");
  variables.emplace_back("LLMC_CC_UNSAFE", "1");  // to find out is what this is for
  if (!options_.list.empty()) variables.emplace_back("LLMC_CC_LIST", options_.list);
  if (!options_.plan.empty()) variables.emplace_back("LLMC_CC_PLAN", options_.plan.string());
  if (!side.only.empty()) variables.emplace_back("LLMC_CC_ONLY", (side.folder / "only").string());
  return variables;
}

Result<PhaseResult> Session::phase(Side& side, const std::string& name, const std::string& command,
                                   const std::string& stamp) {
  Phase phase{side.folder,        name, command, stamp, {}, environment(side), options_.limit,
              options_.interrupt, {}};
  if (name == "build") phase.prepare = [&] { return copy_source(side); };
  phase.observe = [&] {
    if (options_.observe) options_.observe(fmt::format("{}: {}", side.name, name));
  };
  LLMC_TRY(PhaseResult result, run_phase(phase));
  side.stamp = stamp;
  return result;
}

Result<PhaseResult> Session::build(Side& side) {
  std::string settings;
  for (const auto& [name, value] : environment(side))
    if (name != "PATH") settings += name + "=" + value.value_or("") + "\n";
  const std::string stamp =
      stamp_of({k_stamp_version, toolchain_version(), program_digest_, source_digest_, settings,
                plan_, side.only, options_.build, fmt::to_string(options_.limit.count())});
  return phase(side, "build", options_.build, stamp);
}

Result<PhaseResult> Session::run(Side& side, std::size_t index) {
  const std::string& command = options_.runs[index];
  return phase(side, fmt::format("run{}", index + 1), command,
               stamp_of({side.stamp, command, fmt::to_string(options_.limit.count())}));
}

// --- What a build says ---------------------------------------------------------------------------

Result<std::vector<WrapperRow>> rows_of(const Side& side) {
  std::error_code code;
  if (!fs::exists(side.log(), code))
    return fail(
        "the build command called neither $CC nor $CXX; expected a build that honours them, such "
        "as make CC=\"$CC\"");
  LLMC_TRY(const std::string text, read_file(side.log()));
  auto rows = read_wrapper_log(text);
  if (!rows) return std::unexpected(rows.error().with_context(side.log().string()));
  return rows;
}

/// The unit's path in the tree.
std::string name_in_tree(const std::string& unit, const Side& side) {
  return fs::path(unit).lexically_relative(side.tree()).string();
}

BuildSummary summarise(const std::vector<WrapperRow>& rows, const Side& side) {
  BuildSummary summary;
  for (const WrapperRow& row : rows) {
    switch (row.action) {
      case WrapperAction::compiled:
        ++summary.compiled;
        break;
      case WrapperAction::fell_back:
        ++summary.fell_back;
        summary.fall_backs.push_back(name_in_tree(row.unit, side) + ": " + row.reason);
        break;
      case WrapperAction::passed_through:
        ++summary.passed_through;
        break;
      case WrapperAction::failed:
        ++summary.failed;
        break;
    }
    summary.object_bytes += row.object_size;
  }
  return summary;
}

// --- Comparison ----------------------------------------------------------------------------------

std::vector<std::string> names_of_tree(const Side& side) {
  std::error_code code;
  std::vector<std::string> names = {side.tree().string()};
  const std::string real = fs::canonical(side.tree(), code).string();
  if (!code && real != names[0]) names.push_back(real);
  return names;
}

/// The files of the tree that a pattern fits, by their path in it.
std::set<std::string> matching_files(const Side& side, const std::vector<std::string>& patterns) {
  std::set<std::string> files;
  std::error_code code;
  for (fs::recursive_directory_iterator it(side.tree(), code), end; !code && it != end;
       it.increment(code)) {
    const std::string name = it->path().lexically_relative(side.tree()).string();
    const bool fits = std::ranges::any_of(patterns, [&](const std::string& pattern) {
      return ::fnmatch(pattern.c_str(), name.c_str(), FNM_PATHNAME) == 0;
    });
    if (fits && it->is_regular_file(code)) files.insert(name);
  }
  return files;
}

/// Compares the two sides' results of one phase.
void compare_phase(const std::string& name, const Side& before_side, const PhaseResult& before,
                   const Side& after_side, const PhaseResult& after,
                   std::vector<Difference>& differences) {
  if (before.ending != after.ending)
    differences.push_back(
        {name + ": end", fmt::format("'{}' became '{}'", before.ending, after.ending)});
  const auto compare = [&](const char* stream, const std::string& one, const std::string& other) {
    const std::string detail = first_difference(normalise_output(one, names_of_tree(before_side)),
                                                normalise_output(other, names_of_tree(after_side)));
    if (!detail.empty()) differences.push_back({fmt::format("{}: {}", name, stream), detail});
  };
  compare("standard output", before.output, after.output);
  compare("standard error", before.errors, after.errors);
}

Result<void> compare_files(const Side& before, const Side& after, const DifftestOptions& options,
                           std::vector<Difference>& differences) {
  std::set<std::string> files = matching_files(before, options.compare);
  files.merge(matching_files(after, options.compare));
  for (const std::string& file : files) {
    const auto one = read_file(before.tree() / file);
    const auto other = read_file(after.tree() / file);
    if (!one || !other)
      differences.push_back({file, one ? "is missing" : "is new"});
    else if (*one != *other)
      differences.push_back({file, first_difference(*one, *other)});
  }
  return {};
}

/// The baseline, done: what every candidate is compared with.
struct Reference {
  Side side;
  std::vector<PhaseResult> runs;
};

/// Builds and runs `side` and compares it with the reference.
Result<std::vector<Difference>> compare_with(Session& session, const DifftestOptions& options,
                                             const Reference& reference, Side& side) {
  std::vector<Difference> differences;
  LLMC_TRY(const PhaseResult build, session.build(side));
  if (!build.good()) {
    const std::size_t start =
        build.errors.size() > 1 ? build.errors.rfind('\n', build.errors.size() - 2) : 0;
    const std::string last = build.errors.substr(start == std::string::npos ? 0 : start + 1);
    differences.push_back({"build", fmt::format("{}: {}", build.ending, first_line(last))});
    return differences;
  }
  for (std::size_t i = 0; i < options.runs.size(); ++i) {
    LLMC_TRY(const PhaseResult run, session.run(side, i));
    compare_phase(fmt::format("run {}", i + 1), reference.side, reference.runs[i], side, run,
                  differences);
  }
  LLMC_CHECK(compare_files(reference.side, side, options, differences));
  return differences;
}

// --- Bisection -----------------------------------------------------------------------------------

/// The units of the candidate's log that a list was applied to, in its order, once each.
std::vector<WrapperRow> suspects(const std::vector<WrapperRow>& rows, const Side& candidate) {
  std::vector<WrapperRow> units;
  std::set<std::string> seen;
  for (WrapperRow row : rows) {
    if (row.action != WrapperAction::compiled || row.list == k_clang_oz) continue;
    if (!seen.insert(row.unit).second) continue;
    row.unit = name_in_tree(row.unit, candidate);
    units.push_back(std::move(row));
  }
  return units;
}

/// Searches the smallest k such that lists for the first k suspects make a difference: the k-th
/// is the culprit. Found in log2(suspects) builds, as long as more lists never undo a difference.
Result<Culprit> find_guilty(Session& session, const DifftestOptions& options,
                            const Reference& reference, const std::vector<WrapperRow>& units) {
  const auto differs = [&](std::size_t count) -> Result<bool> {
    Side side{"bisection", options.work / "bisection", WrapperMode::candidate, "# none\n", ""};
    for (std::size_t i = 0; i < count; ++i)
      side.only += (side.tree() / units[i].unit).lexically_normal().string() + "\n";
    if (options.observe)
      options.observe(fmt::format("bisection: lists for {} of {} units", count, units.size()));
    LLMC_TRY(const auto differences, compare_with(session, options, reference, side));
    return !differences.empty();
  };
  LLMC_TRY(const bool without_lists, differs(0));
  if (without_lists) return Culprit{"", std::string(k_clang_oz)};
  if (units.empty()) return fail("the difference is gone with clang -Oz, but no unit had a list");
  LLMC_TRY(const std::size_t bad, smallest_that_holds(units.size(), differs));
  return Culprit{units[bad - 1].unit, units[bad - 1].list};
}

Result<void> check_options(const DifftestOptions& options) {
  std::error_code code;
  if (!fs::is_directory(options.source, code))
    return fail(fmt::format("{}: no such folder", options.source.string()));
  const fs::path inside = options.work.lexically_relative(options.source);
  if (!inside.empty() && *inside.begin() != "..")
    return fail(
        fmt::format("{}: lies in the source folder; choose another --work", options.work.string()),
        ErrorKind::usage);
  return {};
}

}  // namespace

Result<DifftestReport> difftest(const DifftestOptions& options) {
  LLMC_CHECK(check_options(options));
  Session session(options);
  LLMC_CHECK(session.prepare());
  DifftestReport report;

  Reference reference{{"baseline", options.work / "baseline", WrapperMode::baseline, "", ""}, {}};
  LLMC_TRY(const PhaseResult built, session.build(reference.side));
  if (!built.good())
    return fail(fmt::format("the baseline does not build: {}{}{}", built.ending,
                            built.errors.empty() ? "" : "\n", built.errors));
  LLMC_CHECK(rows_of(reference.side));
  for (std::size_t i = 0; i < options.runs.size(); ++i) {
    LLMC_TRY(reference.runs.emplace_back(), session.run(reference.side, i));
    const PhaseResult& run = reference.runs.back();
    if (!run.ended())
      return fail(fmt::format(
          "run {} of the baseline: {}; expected a command that comes to an end, or a longer "
          "--timeout",
          i + 1, run.ending));
    if (!run.good()) report.failed_runs.push_back(fmt::format("run {}: {}", i + 1, run.ending));
  }

  Side candidate{"candidate", options.work / "candidate", WrapperMode::candidate, "", ""};
  LLMC_TRY(report.differences, compare_with(session, options, reference, candidate));
  // Test suites compile as well: both logs are read when all is done.
  LLMC_TRY(const auto baseline_rows, rows_of(reference.side));
  LLMC_TRY(const auto candidate_rows, rows_of(candidate));
  report.baseline = summarise(baseline_rows, reference.side);
  report.candidate = summarise(candidate_rows, candidate);
  if (!report.same() && options.bisection == Bisecting::yes) {
    LLMC_TRY(report.culprit,
             find_guilty(session, options, reference, suspects(candidate_rows, candidate)));
  }
  return report;
}

}  // namespace llmc
