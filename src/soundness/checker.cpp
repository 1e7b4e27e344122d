#include "soundness/checker.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <numeric>

#include "ir/module.h"
#include "passes/targeted.h"
#include "soundness/trials.h"
#include "support/files.h"
#include "support/stopwatch.h"
#include "support/text.h"
#include "toolchain/codegen.h"
#include "toolchain/optimizer.h"

namespace llmc {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t k_programs_together = 4;  ///< programs in one child

/// Where two texts part, as one line.
std::string first_wrong_line(const std::string& expected, const std::string& got) {
  const auto [e, g] = std::mismatch(expected.begin(), expected.end(), got.begin(), got.end());
  const auto line = 1 + std::count(expected.begin(), e, '\n');
  const auto line_at = [](const std::string& text, std::size_t at) {
    if (at >= text.size()) return std::string("the end");
    const std::size_t start = at == 0 ? 0 : text.rfind('\n', at - 1) + 1;
    return "'" + text.substr(start, std::min(text.find('\n', start), start + 60) - start) + "'";
  };
  return fmt::format("line {}: expected {}, got {}", line,
                     line_at(expected, static_cast<std::size_t>(e - expected.begin())),
                     line_at(got, static_cast<std::size_t>(g - got.begin())));
}

/// Names a build: equal IR makes equal objects.
Digest build_key(const SuiteProgram& program, const IrModule& optimised) {
  return Digest::of(fmt::format("{}|{}|{}|{}|{}", toolchain_version(), program.program.id.hex(),
                                program.is_cxx, Digest::of(program.expected).hex(),
                                optimised.digest().hex()));
}

}  // namespace

ProgramFinding run_object(const std::string& object, const SuiteProgram& program,
                          const Linker& linker, const ConfinedLimits& limits) {
  auto folder = TemporaryFolder::create();
  if (!folder) return {Finding::not_tested, folder.error().message, {}};
  const auto object_file = folder->path() / "program.o";
  const auto executable = folder->path() / "program";
  if (auto written = write_file(object_file, object); !written)
    return {Finding::not_tested, written.error().message, {}};
  if (auto linked = linker.link({object_file}, executable, program.is_cxx); !linked)
    return {Finding::link_failure, first_line(linked.error().message), {}};
  Result<ConfinedRun> run = run_confined(executable, folder->path(), limits);
  // A busy machine is no verdict: what hung gets a second chance with more time.
  if (run && run->ending == ConfinedRun::Ending::timeout) {
    ConfinedLimits patient = limits;
    patient.deadline *= 2;
    run = run_confined(executable, folder->path(), patient);
  }
  if (!run) return {Finding::not_tested, run.error().message, {}};
  switch (run->ending) {
    case ConfinedRun::Ending::killed:
      return {Finding::run_crash, run->describe(), {}};
    case ConfinedRun::Ending::timeout:
      return {Finding::run_hang, run->describe(), {}};
    case ConfinedRun::Ending::flood:
      return {Finding::wrong_output, run->describe(), {}};
    case ConfinedRun::Ending::exited:
      break;
  }
  if (run->code != 0)
    return {Finding::wrong_exit, fmt::format("{}, expected 0", run->describe()), {}};
  if (run->output != program.expected)
    return {Finding::wrong_output, first_wrong_line(program.expected, run->output), {}};
  return {};
}

ProgramFinding check_program(const SuiteProgram& program, const std::string& list,
                             const Linker& linker, const std::unordered_set<Digest>& good_builds,
                             const ConfinedLimits& limits) {
  const auto failed = [](Finding finding, std::string evidence) {
    return ProgramFinding{finding, std::move(evidence), {}};
  };
  auto module = module_of(program.program);
  if (!module) return failed(Finding::compiler_crash, module.error().message);
  auto generator = CodeGenerator::create(program.program.codegen, module->target_triple());
  if (!generator) return failed(Finding::compiler_crash, generator.error().message);
  {
    Optimizer optimizer(module->module(), *generator);
    if (auto ran = optimizer.run(list); !ran)
      return failed(Finding::rejected_list, ran.error().message);
  }
  if (auto verified = module->verify_optimised(); !verified)
    return failed(Finding::invalid_ir, verified.error().message);
  const Digest key = build_key(program, *module);
  ProgramFinding finding;
  if (!good_builds.contains(key)) {
    auto object = generator->emit_object(module->module());
    if (!object) return failed(Finding::compiler_crash, object.error().message);
    finding = run_object(*object, program, linker, limits);
  }
  finding.build = key;
  return finding;
}

Checker::Checker(SuiteSources sources, const CheckerOptions& options)
    : sources_(std::move(sources)), options_(options) {}

void Checker::observe_compilation(std::function<void(std::size_t, std::size_t)> observe) {
  observe_ = std::move(observe);
}

Result<void> Checker::prepare() {
  if (suite_) return {};
  LLMC_TRY(linker_, Linker::create());
  const std::size_t all = sources_.programs.size();
  LLMC_TRY(Suite compiled,
           compile_suite(sources_, options_.store, options_.jobs, [&](std::size_t done) {
             if (observe_) observe_(done, all);
           }));
  suite_ = std::make_unique<Suite>(std::move(compiled));
  order_.resize(suite_->programs.size());
  std::iota(order_.begin(), order_.end(), 0);
  if (options_.store != nullptr) good_builds_ = options_.store->good_builds();
  return {};
}

Result<const Suite*> Checker::suite() {
  LLMC_CHECK(prepare());
  return suite_.get();
}

std::vector<LeftOut> Checker::left_out() const {
  return suite_ ? suite_->left_out : std::vector<LeftOut>();
}

/// Without compiling, if no program can be left out.
Result<void> Checker::find_version() {
  if (version_) return {};
  if (sources_.all_outputs_known()) {
    version_ = sources_.version();
    return {};
  }
  LLMC_CHECK(prepare());
  version_ = suite_->version;
  return {};
}

/// The findings in the order of `order_`; those behind the first failure mean nothing if `until`
/// says to stop there.
Result<std::vector<ProgramFinding>> Checker::run(const std::string& list, Until until) {
  LLMC_CHECK(prepare());
  std::vector<ProgramFinding> findings(order_.size());
  std::size_t end = order_.size();  // programs from here on are of no interest any more
  TrialRun trials;
  trials.count = order_.size();
  trials.together = k_programs_together;
  trials.jobs = options_.jobs;
  trials.limits = options_.compile;
  trials.interrupted = interrupted_;
  trials.trial = [&](std::size_t place) {
    return check_program(suite_->programs[order_[place]], list, *linker_, good_builds_,
                         options_.run);
  };
  trials.wanted = [&](std::size_t place) { return place < end; };
  trials.done = [&](std::size_t place, ProgramFinding finding) -> Result<void> {
    findings[place] = std::move(finding);
    if (findings[place].finding != Finding::sound && until == Until::first_failure)
      end = std::min(end, place);
    return {};
  };
  LLMC_CHECK(run_trials(trials));
  std::vector<Digest> fresh;
  for (const ProgramFinding& finding : findings)
    if (finding.finding == Finding::sound && finding.build != Digest{} &&
        good_builds_.insert(finding.build).second)
      fresh.push_back(finding.build);
  if (options_.store != nullptr) {
    LLMC_CHECK(options_.store->add_good_builds(fresh));
  }
  return findings;
}

namespace {

/// The verdict on `list` from those of its views (passes/targeted.h), up to the first that rejects;
/// nothing if `ask`, which has a view's verdict or nothing, has nothing.
template <typename Ask>
Result<std::optional<Verdict>> verdict_of_views(const std::string& list, Ask ask) {
  LLMC_TRY(const auto views, targeted_views(list));
  Verdict all;
  all.from_store = true;
  for (const std::string& view : views) {
    LLMC_TRY(std::optional<Verdict> verdict, ask(view));
    if (!verdict) return std::nullopt;
    verdict->seconds += all.seconds;
    verdict->from_store = verdict->from_store && all.from_store;
    all = std::move(*verdict);
    if (!all.sound()) break;
  }
  all.list = list;
  return all;
}

}  // namespace

Result<std::optional<Verdict>> Checker::find_known(const std::string& view) {
  if (options_.store == nullptr && !options_.shipped) return std::nullopt;
  LLMC_CHECK(find_version());
  if (options_.store != nullptr)
    if (auto known = options_.store->find_verdict(view, *version_)) return known;
  if (!options_.shipped || !options_.shipped->vouches_for(view, toolchain_version(), *version_))
    return std::nullopt;
  Verdict vouched;
  vouched.list = view;
  vouched.programs = sources_.programs.size();
  vouched.from_store = true;
  return vouched;
}

Result<std::optional<Verdict>> Checker::known_verdict(const std::string& list) {
  return verdict_of_views(list, [&](const std::string& view) { return find_known(view); });
}

Result<Verdict> Checker::check(const std::string& list) {
  const auto ask = [&](const std::string& view) -> Result<std::optional<Verdict>> {
    LLMC_TRY(auto known, find_known(view));
    if (known) return known;
    return check_anew(view);
  };
  LLMC_TRY(std::optional<Verdict> verdict, verdict_of_views(list, ask));
  return std::move(verdict).value();
}

Result<Verdict> Checker::check_anew(const std::string& list) {
  const auto start = Clock::now();
  Verdict verdict;
  verdict.list = list;
  LLMC_TRY(const auto findings, run(list, Until::first_failure));
  verdict.seconds = seconds_since(start);
  verdict.programs = findings.size();
  const auto failed = std::ranges::find_if(
      findings, [](const ProgramFinding& one) { return one.finding != Finding::sound; });
  if (failed != findings.end()) {
    const auto place = order_.begin() + (failed - findings.begin());
    verdict.finding = failed->finding;
    verdict.evidence = failed->evidence;
    verdict.program = suite_->programs[*place].program.name;
    // Those behind it may have started, but do not count.
    verdict.programs = static_cast<std::uint64_t>(failed - findings.begin()) + 1;
    std::rotate(order_.begin(), place, place + 1);
  }
  if (options_.store != nullptr) {
    LLMC_CHECK(options_.store->add_verdict(verdict, *version_));
  }
  return verdict;
}

Result<std::vector<std::pair<std::string, ProgramFinding>>> Checker::failures(
    const std::string& list) {
  if (has_targeted_parts(list))
    return fail(list + ": check the lists that it is for each function, one by one",
                ErrorKind::usage);
  LLMC_TRY(const auto findings, run(list, Until::end));
  std::vector<std::pair<std::string, ProgramFinding>> failed;
  for (std::size_t i = 0; i < findings.size(); ++i)
    if (findings[i].finding != Finding::sound)
      failed.emplace_back(suite_->programs[order_[i]].program.name, findings[i]);
  return failed;
}

Result<std::optional<Verdict>> known_verdict(const std::string& list) {
  LLMC_TRY(SoundnessStore store, SoundnessStore::open(SoundnessStore::default_path()));
  LLMC_TRY(SuiteSources suite, suite_by_name(default_suite()));
  CheckerOptions options;
  options.store = &store;
  LLMC_TRY(options.shipped, shipped_verdicts());
  return Checker(std::move(suite), options).known_verdict(list);
}

Result<std::optional<bool>> known_to_all(std::vector<Checker>& checkers, const std::string& list) {
  std::optional<bool> is_sound = true;
  for (Checker& checker : checkers) {
    LLMC_TRY(const auto verdict, checker.known_verdict(list));
    if (verdict && !verdict->sound()) return false;
    if (!verdict) is_sound.reset();
  }
  return is_sound;
}

Result<Verdict> check_all(std::vector<Checker>& checkers, const std::string& list) {
  Verdict all;
  all.list = list;
  all.from_store = true;
  for (Checker& checker : checkers) {
    LLMC_TRY(Verdict verdict, checker.check(list));
    verdict.programs += all.programs;
    verdict.seconds += all.seconds;
    verdict.from_store = verdict.from_store && all.from_store;
    all = std::move(verdict);
    if (!all.sound()) break;
  }
  return all;
}

}  // namespace llmc
