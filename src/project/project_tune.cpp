#include "project/project_tune.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "project/project_database.h"
#include "project/project_units.h"
#include "support/files.h"
#include "support/stopwatch.h"
#include "toolchain/program.h"

namespace llmc {
namespace fs = std::filesystem;

namespace {

/// The phases of one run, and what they hand on.
class ProjectTuner {
 public:
  ProjectTuner(Evaluator& evaluator, const ProjectTuneSetting& setting)
      : evaluator_(evaluator), setting_(setting) {}

  Result<ProjectReport> run() {
    if (has_build()) {
      LLMC_TRY(ProjectBuilds builds, ProjectBuilds::open(setting_.commands));
      builds_.emplace(std::move(builds));
    }
    LLMC_CHECK(timed("build at -Oz", has_build() ? &ProjectTuner::record : &ProjectTuner::compile));
    LLMC_CHECK(timed("tests at -Oz", &ProjectTuner::test_baseline));
    LLMC_CHECK(timed("IR of units", &ProjectTuner::load));
    LLMC_CHECK(timed("links", &ProjectTuner::open_bench));
    LLMC_CHECK(timed("search", &ProjectTuner::search));
    LLMC_CHECK(timed("choice by link", &ProjectTuner::choose));
    LLMC_CHECK(timed("gate", &ProjectTuner::gate));
    if (setting_.inlining > 0) LLMC_CHECK(timed("inlining", &ProjectTuner::inline_calls));
    LLMC_CHECK(timed("build and tests with the lock file",
                     has_build() ? &ProjectTuner::verify : &ProjectTuner::verify_objects));
    LLMC_CHECK(timed("explanations", &ProjectTuner::explain_units));
    if (setting_.hints) {
      LLMC_CHECK(timed("hints", &ProjectTuner::measure_linker_hints));
    }
    return std::move(report_);
  }

 private:
  using Step = Result<void> (ProjectTuner::*)();

  Result<void> timed(const char* name, Step step) {
    const auto start = std::chrono::steady_clock::now();
    setting_.observe(name);
    auto done = (this->*step)();
    report_.seconds.emplace_back(name, seconds_since(start));
    return done;
  }

  /// Shows "what [done/all]"; false once the run is interrupted.
  [[nodiscard]] bool goes_on(const char* what, std::size_t done) const {
    setting_.observe(fmt::format("{} [{}/{} units]", what, done, loaded_.units.size()));
    return !is_interrupted();
  }

  [[nodiscard]] bool is_interrupted() const {
    const volatile int* const flag = setting_.commands.interrupt;
    return flag != nullptr && *flag != 0;
  }

  [[nodiscard]] bool has_build() const { return setting_.database.empty(); }

  /// The folder that names of units in the lock file start from.
  [[nodiscard]] fs::path root() const {
    return has_build() ? baseline_.tree() : setting_.lock_folder;
  }

  /// In the place of a build.
  Result<void> compile() {
    baseline_.folder = setting_.commands.work / "baseline";
    LLMC_TRY(const FrontEnd front_end, FrontEnd::find());
    LLMC_TRY(recorded_,
             compile_database(setting_.database, baseline_.tree(), front_end,
                              [&](std::size_t done, std::size_t all) {
                                setting_.observe(fmt::format("compiling [{}/{}]", done, all));
                                return !is_interrupted();
                              }));
    return {};
  }

  Result<void> record() {
    LLMC_TRY(baseline_, builds_->build("baseline", LockFile(toolchain_version())));
    LLMC_TRY(recorded_, builds_->records(baseline_));
    return {};
  }

  Result<void> test_baseline() {
    if (setting_.commands.test.empty()) return {};
    LLMC_TRY(const PhaseResult tests, builds_->test(baseline_));
    if (tests.good()) return {};
    return fail(
        fmt::format("the tests fail in the build by clang -Oz ({}; {}): expected tests that pass "
                    "there; without "
                    "--test none are run",
                    tests.ending, (baseline_.folder / "test.stdout").string()));
  }

  Result<void> load() {
    LLMC_TRY(const FrontEnd front_end, FrontEnd::find());
    LLMC_TRY(loaded_, load_units(recorded_, root(), front_end, [&](std::size_t done) {
               setting_.observe(fmt::format("loading [{}/{}]", done, recorded_.units.size()));
               return !is_interrupted();
             }));
    report_.left_out = loaded_.left_out;
    if (loaded_.units.empty())
      return fail("no unit of the build can be tuned" +
                  (loaded_.left_out.empty() ? std::string() : ": " + loaded_.left_out.front()));
    return {};
  }

  Result<void> open_bench() {
    auto products = find_products(recorded_, baseline_.tree(), setting_.products);
    LLMC_TRY(ProductBench bench,
             ProductBench::open(recorded_, baseline_.tree(), setting_.commands.work / "links",
                                std::move(products), setting_.commands.clang));
    bench_.emplace(std::move(bench));
    if (!setting_.products.empty() && bench_->products().empty())
      return fail(
          fmt::format("the build links nothing that --product names; it links {}", link_names()));
    const LooseUnits loose = setting_.products.empty() ? LooseUnits::count : LooseUnits::ignored;
    for (const ProjectUnit& unit : loaded_.units)
      bytes_.push_back(linked_bytes(unit, recorded_, bench_->products(), loose));
    return {};
  }

  [[nodiscard]] std::string link_names() const {
    std::string names;
    for (const RecordedLink& link : recorded_.links)
      names += (names.empty() ? "" : ", ") + lock_name(link.output, baseline_.tree());
    return names.empty() ? "nothing" : names;
  }

  Result<void> search() {
    SharedSearch shared = setting_.search;
    shared.bytes = bytes_;
    shared.is_known_sound = setting_.is_known_sound;
    const auto counting = std::ranges::count_if(bytes_, [](double bytes) { return bytes > 0; });
    shared.evaluations = setting_.evaluations * static_cast<std::uint64_t>(counting);
    if (setting_.advise) {
      LLMC_TRY(shared.first, setting_.advise(loaded_.programs));
    }
    const auto show = [&](const SharedSearchProgress& progress) {
      setting_.observe(fmt::format("{} [{}/{} evaluations], {:.0f} bytes saved", progress.phase,
                                   progress.evaluations, progress.wanted, progress.saved));
    };
    LLMC_TRY(tuned_, search_shared(evaluator_, loaded_.programs, shared, show));
    for (std::size_t i = 0; i < tuned_.size(); ++i) {
      if (!tuned_[i].result) {
        report_.left_out.push_back(loaded_.units[i].name + ": " + tuned_[i].result.error().message);
        continue;
      }
      const SearchResult& result = *tuned_[i].result;
      report_.evaluations += result.evaluations + result.minimisation + result.broadcast;
      report_.found += weight(i) * (static_cast<double>(result.baseline.sizes.binary_size()) -
                                    static_cast<double>(result.best.sizes.binary_size()));
    }
    return {};
  }

  /// Linked bytes for each byte of the unit's object.
  [[nodiscard]] double weight(std::size_t i) const {
    const auto whole = tuned_[i].result ? tuned_[i].result->baseline.sizes.binary_size() : 0;
    return whole == 0 ? 0 : bytes_[i] / static_cast<double>(whole);
  }

  Result<void> choose() {
    std::vector<double> weights;
    for (std::size_t i = 0; i < tuned_.size(); ++i) weights.push_back(weight(i));
    keep_only(tuned_,
              lists_worth_testing(tuned_, weights, setting_.tested_lists, setting_.is_known_sound),
              setting_.is_known_sound);
    ChoiceSetting choice;
    choice.most = setting_.linked_lists;
    choice.is_known_sound = setting_.is_known_sound;
    choice.observe = [&](std::size_t done) { return goes_on("linking", done); };
    LLMC_TRY(choices_, choose_by_link(evaluator_, *bench_, loaded_.units, bytes_, tuned_, choice));
    return {};
  }

  /// Tests the lists; where another one wins, that one's object is put in place.
  Result<void> gate() {
    std::vector<std::string> before;
    for (const TunedProgram& one : tuned_)
      before.push_back(one.result ? one.result->best.list : "");
    LLMC_CHECK(setting_.gate(evaluator_, tuned_));
    for (std::size_t i = 0; i < tuned_.size(); ++i) {
      if (!tuned_[i].result || tuned_[i].result->best.list == before[i]) continue;
      LLMC_TRY(const BuiltList built,
               evaluator_.build(loaded_.programs[i], tuned_[i].result->best.list));
      LLMC_CHECK(bench_->keep(loaded_.units[i].places, built.object));
    }
    return {};
  }

  /// Decides on single calls, behind the lists that have passed the gate.
  Result<void> inline_calls() {
    InliningSetting setting;
    setting.evaluations = setting_.inlining;
    constexpr const char* k_fallback = "default<Oz>";
    if (setting_.is_known_sound && setting_.is_known_sound(k_fallback))
      setting.fallback = k_fallback;
    setting.observe = [&](std::size_t done) { return goes_on("calls", done); };
    LLMC_TRY(report_.inlining, decide_inlining(evaluator_, *bench_, loaded_.units, loaded_.programs,
                                               bytes_, tuned_, setting));
    report_.evaluations += report_.inlining->evaluations;
    for (std::size_t i = 0; i < choices_.size(); ++i)
      choices_[i].after -= std::min(choices_[i].after, report_.inlining->saved[i]);
    return {};
  }

  [[nodiscard]] LockFile make_lock() const {
    LockFile lock(toolchain_version());
    for (std::size_t i = 0; i < tuned_.size(); ++i) {
      if (!tuned_[i].result || tuned_[i].result->best.list == k_baseline_list) continue;
      const SearchResult& result = *tuned_[i].result;
      lock.set({loaded_.units[i].key, loaded_.units[i].name, result.best.list,
                result.baseline.sizes.binary_size(), result.best.sizes.binary_size(),
                setting_.suite});
    }
    return lock;
  }

  Result<void> verify() {
    const LockFile lock = make_lock();
    const bool has_tests = !setting_.commands.test.empty();
    LLMC_TRY(VerifiedLock verified, verify_lock(*builds_, bench_->products(), lock, has_tests));
    report_.tested = has_tests;
    report_.builds = verified.builds;
    report_.dropped = std::move(verified.dropped);
    report_.lock = std::move(verified.lock);
    LLMC_TRY(const auto rows, builds_->log_of(verified.tree));
    drop_what_was_not_applied(rows, verified.tree.tree());
    for (std::size_t i = 0; i < bench_->products().size(); ++i) {
      const Product& product = bench_->products()[i];
      report_.products.push_back({product.name, product.sizes, verified.sizes[i], product.problem});
    }
    forget_dropped();
    lock_the_others();
    return {};
  }

  /// `llmc cc` compiles the units with the lock file, as a build would have it do.
  Result<void> verify_objects() {
    report_.lock = make_lock();
    const fs::path folder = setting_.commands.work / "proposal";
    LLMC_CHECK(make_folder(folder));
    LockedCompilation how{setting_.commands.llmc,    setting_.commands.clang,
                          folder / k_lock_file_name, folder / "log.jsonl",
                          folder / "tree",           {}};
    how.observe = [&](std::size_t done) { return goes_on("compiling with the lock file", done); };
    LLMC_CHECK(write_file(how.lock, report_.lock.to_text()));
    LLMC_TRY(const auto rows, compile_with_lock(recorded_, how));
    drop_what_was_not_applied(rows, root());
    std::vector<fs::path> before;
    std::vector<fs::path> after;
    for (const ProjectUnit& unit : loaded_.units) {
      before.push_back(recorded_.units[unit.places.front()].object);
      const bool locked = report_.lock.find(unit.key) != nullptr;
      after.push_back(locked ? how.objects / before.back().filename() : before.back());
    }
    TunedProduct objects{"objects", {}, {}, ""};
    LLMC_TRY(objects.before, sum_of_objects(before));
    LLMC_TRY(objects.after, sum_of_objects(after));
    report_.products.push_back(std::move(objects));
    forget_dropped();
    lock_the_others();
    return {};
  }

  /// Units without a decision are reported as they are at -Oz.
  void forget_dropped() {
    for (std::size_t i = 0; i < tuned_.size(); ++i)
      if (report_.lock.find(loaded_.units[i].key) == nullptr && tuned_[i].result) {
        tuned_[i].result->best = tuned_[i].result->baseline;
        tuned_[i].result->found_by = "-Oz";
      }
  }

  /// That no list is better is a decision as well: without it a unit would count as not locked.
  void lock_the_others() {
    for (std::size_t i = 0; i < tuned_.size(); ++i) {
      const ProjectUnit& unit = loaded_.units[i];
      if (!tuned_[i].result || report_.lock.find(unit.key) != nullptr) continue;
      const std::uint64_t bytes = tuned_[i].result->baseline.sizes.binary_size();
      report_.lock.set({unit.key, unit.name, std::string(k_clang_oz), bytes, bytes, Digest{}});
    }
  }

  /// A decision that `llmc cc` did not apply does nothing, and is not to be believed in.
  void drop_what_was_not_applied(const std::vector<WrapperRow>& rows, const fs::path& tree) {
    for (const LockEntry& entry : report_.lock.entries()) {
      std::string reason = "the build did not compile it";
      bool applied = false;
      for (const WrapperRow& row : rows) {
        if (lock_name(row.unit, tree) != entry.unit) continue;
        applied |= row.action == WrapperAction::compiled && row.list == entry.list;
        if (row.action == WrapperAction::fell_back) reason = row.reason;
      }
      if (applied) continue;
      report_.dropped.push_back({entry, "it was not applied: " + reason});
      report_.lock.erase(entry.key);
    }
  }

  Result<void> explain_units() {
    std::vector<std::size_t> order(loaded_.units.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, std::ranges::greater(),
                             [&](std::size_t i) { return bytes_[i]; });
    std::vector<std::size_t> by_saving = order;
    std::erase_if(by_saving, [&](std::size_t i) {
      return !tuned_[i].result || tuned_[i].result->best.list == k_baseline_list;
    });
    std::ranges::stable_sort(by_saving, std::ranges::greater(),
                             [&](std::size_t i) { return choices_[i].before - choices_[i].after; });
    if (by_saving.size() > setting_.explained) by_saving.resize(setting_.explained);
    for (const std::size_t i : order) {
      const bool wanted = std::ranges::find(by_saving, i) != by_saving.end();
      LLMC_TRY(report_.units.emplace_back(), report_of(i, wanted));
    }
    return {};
  }

  Result<TunedUnit> report_of(std::size_t i, bool with_explanation) {
    TunedUnit unit;
    unit.name = loaded_.units[i].name;
    unit.linked = bytes_[i];
    unit.choice = choices_[i];
    unit.list = k_baseline_list;
    if (!tuned_[i].result) return unit;
    const SearchResult& result = *tuned_[i].result;
    unit.oz_size = result.baseline.sizes.binary_size();
    unit.size = result.best.sizes.binary_size();
    unit.list = result.best.list;
    unit.found_by = result.found_by;
    unit.evaluations = result.evaluations;
    unit.rejected = tuned_[i].rejected.size();
    if (with_explanation) {
      LLMC_TRY(unit.explanation, explain(evaluator_, tuned_[i], *setting_.catalogue));
    }
    return unit;
  }

  Result<void> measure_linker_hints() {
    LLMC_TRY(report_.hints,
             measure_hints(evaluator_, *bench_, loaded_.units, tuned_,
                           [&](std::size_t done) { return goes_on("hints", done); }));
    return {};
  }

  Evaluator& evaluator_;
  const ProjectTuneSetting& setting_;
  std::optional<ProjectBuilds> builds_;  ///< none with a database
  BuiltTree baseline_;
  RecordedBuild recorded_;
  ProjectUnits loaded_;
  std::optional<ProductBench> bench_;
  std::vector<double> bytes_;  ///< linked, of each unit
  std::vector<TunedProgram> tuned_;
  std::vector<LinkedChoice> choices_;
  ProjectReport report_;
};

}  // namespace

Result<ProjectReport> tune_project(Evaluator& evaluator, const ProjectTuneSetting& setting) {
  return ProjectTuner(evaluator, setting).run();
}

}  // namespace llmc
