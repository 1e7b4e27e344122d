#include "soundness/checker.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <numeric>

#include "ir/module.h"
#include "support/files.h"
#include "toolchain/codegen.h"
#include "toolchain/optimizer.h"

namespace llmc {
namespace {

using Clock = std::chrono::steady_clock;

/// Where two texts part, as one line.
std::string first_difference(const std::string& expected, const std::string& got) {
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

/// `text` without bytes that are not printable ASCII, so that it survives JSON and terminals.
std::string printable(std::string text) {
  for (char& c : text)
    if (c < ' ' || c > '~') c = '?';
  return text;
}

Digest object_key(const SuiteProgram& program, const std::string& object) {
  return Digest::of(fmt::format("{}|{}|{}|", program.program.id.hex(), program.is_cxx,
                                Digest::of(program.expected).hex()) +
                    object);
}

std::string pack(const ProgramFinding& finding) {
  return nlohmann::json({std::string(to_string(finding.finding)), printable(finding.evidence),
                         finding.object.high, finding.object.low})
      .dump();
}

ProgramFinding unpack(const std::string& text) {
  const nlohmann::json fields = nlohmann::json::parse(text);
  return {*parse_finding(fields[0].get<std::string>()), fields[1], {fields[2], fields[3]}};
}

/// Passes and code generation; a finding other than sound, or the object.
std::expected<std::string, ProgramFinding> compile(const SuiteProgram& program,
                                                   const std::string& list) {
  const auto failed = [](Finding finding, std::string evidence) {
    return std::unexpected(ProgramFinding{finding, std::move(evidence), {}});
  };
  auto module = IrModule::parse(program.program.bitcode, program.program.name, ValueNames::discard);
  if (!module) return failed(Finding::compiler_crash, module.error().message);
  auto generator = CodeGenerator::create(program.program.codegen, module->target_triple());
  if (!generator) return failed(Finding::compiler_crash, generator.error().message);
  {
    Optimizer optimizer(module->module(), *generator);
    if (auto ran = optimizer.run(list); !ran)
      return failed(Finding::rejected_list, ran.error().message);
  }
  if (auto verified = module->verify(); !verified)
    return failed(Finding::invalid_ir, verified.error().message);
  auto object = generator->emit_object(module->module());
  if (!object) return failed(Finding::compiler_crash, object.error().message);
  return std::move(*object);
}

}  // namespace

ProgramFinding run_object(const std::string& object, const SuiteProgram& program,
                          const Linker& linker, const ConfinedLimits& limits) {
  auto folder = TemporaryFolder::create();
  if (!folder) return {Finding::link_failure, folder.error().message, {}};
  const auto object_file = folder->path() / "program.o";
  const auto executable = folder->path() / "program";
  if (auto written = write_file(object_file, object); !written)
    return {Finding::link_failure, written.error().message, {}};
  if (auto linked = linker.link({object_file}, executable, program.is_cxx); !linked)
    return {Finding::link_failure, linked.error().message, {}};
  Result<ConfinedRun> run = run_confined(executable, folder->path(), limits);
  // A busy machine is no verdict: what hung gets a second chance with more time.
  if (run && run->ending == ConfinedRun::Ending::timeout) {
    ConfinedLimits patient = limits;
    patient.deadline *= 2;
    run = run_confined(executable, folder->path(), patient);
  }
  if (!run) return {Finding::link_failure, run.error().message, {}};
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
    return {Finding::wrong_output, first_difference(program.expected, run->output), {}};
  return {};
}

ProgramFinding check_program(const SuiteProgram& program, const std::string& list,
                             const Linker& linker, const std::unordered_set<Digest>& good_objects,
                             const ConfinedLimits& limits) {
  auto object = compile(program, list);
  if (!object) return object.error();
  const Digest key = object_key(program, *object);
  ProgramFinding finding;
  if (!good_objects.contains(key)) finding = run_object(*object, program, linker, limits);
  finding.object = key;
  return finding;
}

ProgramFinding finding_of(const ChildResult& result) {
  const bool hang = result.outcome == Outcome::timeout;
  const std::string why = result.bytes ? "" : printable(result.bytes.error().message);
  return {hang ? Finding::compiler_hang : Finding::compiler_crash, why, {}};
}

Checker::Checker(SuiteSources sources, const CheckerOptions& options, Linker linker)
    : sources_(std::move(sources)),
      options_(options),
      linker_(std::move(linker)),
      version_(sources_.version()) {}

Result<Checker> Checker::create(SuiteSources sources, const CheckerOptions& options) {
  LLMC_TRY(Linker linker, Linker::create());
  return Checker(std::move(sources), options, std::move(linker));
}

void Checker::observe_compilation(std::function<void(std::size_t, std::size_t)> observe) {
  observe_ = std::move(observe);
}

Result<void> Checker::prepare() {
  if (suite_) return {};
  const std::size_t all = sources_.programs.size();
  LLMC_TRY(Suite compiled,
           compile_suite(sources_, options_.store, options_.jobs, [&](std::size_t done) {
             if (observe_) observe_(done, all);
           }));
  suite_ = std::make_unique<Suite>(std::move(compiled));
  order_.resize(suite_->programs.size());
  std::iota(order_.begin(), order_.end(), 0);
  if (options_.store != nullptr) good_objects_ = options_.store->good_objects();
  return {};
}

Result<const Suite*> Checker::suite() {
  LLMC_CHECK(prepare());
  return suite_.get();
}

/// The findings in the order of `order_`; those behind the first failure mean nothing if `until`
/// says to stop there.
Result<std::vector<ProgramFinding>> Checker::run(const std::string& list, Until until) {
  LLMC_CHECK(prepare());
  const auto& programs = suite_->programs;
  std::vector<ProgramFinding> findings(programs.size());
  std::size_t end = programs.size();  // programs from here on are of no interest any more
  // What a killed child leaves behind goes with this folder.
  LLMC_TRY(const TemporaryFolder scratch, TemporaryFolder::create());
  ChildPool pool(options_.jobs, options_.compile);
  std::size_t next = 0;
  while (next < end || !pool.idle()) {
    if (interrupted_ != nullptr && *interrupted_ != 0)
      return fail("interrupted", ErrorKind::interrupted);
    while (next < end && pool.has_room()) {
      const SuiteProgram& program = programs[order_[next]];
      LLMC_CHECK(pool.start(next++, [&]() -> Result<std::string> {
        ::setenv("TMPDIR", scratch.path().c_str(), 1);
        return pack(check_program(program, list, linker_, good_objects_, options_.run));
      }));
    }
    const auto result = pool.wait();
    if (!result) continue;
    ProgramFinding& finding = findings[result->tag];
    finding = result->bytes ? unpack(*result->bytes) : finding_of(*result);
    if (finding.finding != Finding::sound && until == Until::first_failure)
      end = std::min(end, result->tag);
  }
  std::vector<Digest> fresh;
  for (const ProgramFinding& finding : findings)
    if (finding.finding == Finding::sound && finding.object != Digest{} &&
        good_objects_.insert(finding.object).second)
      fresh.push_back(finding.object);
  if (options_.store != nullptr) {
    LLMC_CHECK(options_.store->add_good_objects(fresh));
  }
  return findings;
}

Result<Verdict> Checker::check(const std::string& list) {
  if (options_.store != nullptr)
    if (auto known = options_.store->find_verdict(list, version_)) return *known;
  const auto start = Clock::now();
  Verdict verdict;
  verdict.list = list;
  LLMC_TRY(const auto findings, run(list, Until::first_failure));
  verdict.seconds = std::chrono::duration<double>(Clock::now() - start).count();
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
    LLMC_CHECK(options_.store->add_verdict(verdict, version_));
  }
  return verdict;
}

Result<std::vector<std::pair<std::string, ProgramFinding>>> Checker::failures(
    const std::string& list) {
  LLMC_TRY(const auto findings, run(list, Until::end));
  std::vector<std::pair<std::string, ProgramFinding>> failed;
  for (std::size_t i = 0; i < findings.size(); ++i)
    if (findings[i].finding != Finding::sound)
      failed.emplace_back(suite_->programs[order_[i]].program.name, findings[i]);
  return failed;
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
