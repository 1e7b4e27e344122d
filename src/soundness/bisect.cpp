#include "soundness/bisect.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <limits>

#include "ir/module.h"

namespace llmc {
namespace {

constexpr std::uint64_t k_all = std::numeric_limits<std::uint64_t>::max();

/// One build with some of the executions.
struct BisectTrial {
  SteppedRun run;
  std::string symptom;  ///< empty: right
  std::string bitcode;
  bool compiled = true;
};

nlohmann::json binary(const std::string& bytes) {
  return nlohmann::json::binary({bytes.begin(), bytes.end()});
}

std::string text(const nlohmann::json& bytes) {
  const auto& binary = bytes.get_binary();
  return {binary.begin(), binary.end()};
}

/// In the child: the first `limit` executions, then code generation, then the test.
Result<std::string> build_and_test(const BisectSubject& subject, const BuildTest& test,
                                   std::uint64_t limit) {
  LLMC_TRY(IrModule module, IrModule::parse(subject.bitcode, subject.name));
  LLMC_TRY(const CodeGenerator generator,
           CodeGenerator::create(subject.codegen, module.target_triple()));
  LLMC_TRY(const SteppedRun run, run_stepped(module.module(), generator, subject.list, limit));
  const std::string bitcode = module.bitcode();
  std::string symptom;
  if (auto verified = module.verify(); !verified) {
    symptom = "invalid IR: " + verified.error().message;
  } else {
    LLMC_TRY(const std::string object, generator.emit_object(module.module()));
    LLMC_TRY(symptom, test(object));
  }
  const auto bytes =
      nlohmann::json::to_cbor({run.executions, binary(run.next.pass), binary(run.next.unit),
                               binary(symptom), binary(bitcode)});
  return std::string(bytes.begin(), bytes.end());
}

Result<BisectTrial> attempt(const BisectSubject& subject, const BuildTest& test,
                            std::uint64_t limit, const Limits& limits) {
  ChildPool pool(1, limits);
  LLMC_CHECK(pool.start(0, [&] { return build_and_test(subject, test, limit); }));
  std::optional<ChildResult> result;
  while (!result) result = pool.wait();
  BisectTrial trial;
  if (result->outcome != Outcome::ok) {
    trial.compiled = false;
    trial.symptom = result->bytes.error().message;
    return trial;
  }
  if (!result->bytes) return std::unexpected(result->bytes.error());
  const nlohmann::json fields = nlohmann::json::from_cbor(*result->bytes);
  trial.run.executions = fields[0];
  trial.run.next = {text(fields[1]), text(fields[2])};
  trial.symptom = text(fields[3]);
  trial.bitcode = text(fields[4]);
  return trial;
}

/// A number of executions after which it fails, where the whole list does not come back.
Result<std::uint64_t> count_until_death(const BisectSubject& subject, const BuildTest& test,
                                        const Limits& limits, std::uint64_t& builds) {
  for (std::uint64_t limit = 64;; limit *= 2) {
    LLMC_TRY(const BisectTrial trial, attempt(subject, test, limit, limits));
    ++builds;
    if (!trial.compiled || !trial.symptom.empty()) return limit;
    if (trial.run.executions < limit)
      return fail("LLVM fails on the whole list, but not each time; nothing to bisect");
  }
}

}  // namespace

Result<Bisection> bisect(const BisectSubject& subject, const BuildTest& test,
                         const Limits& limits) {
  Bisection found;
  LLMC_TRY(BisectTrial good, attempt(subject, test, 0, limits));
  LLMC_TRY(BisectTrial bad, attempt(subject, test, k_all, limits));
  found.builds = 2;
  if (!good.symptom.empty())
    return fail(fmt::format("the program is wrong without any pass: {}", good.symptom));
  if (bad.symptom.empty()) return fail("nothing to find: the program is right with the whole list");
  std::uint64_t low = 0;
  std::uint64_t high = bad.run.executions;
  if (!bad.compiled) {
    LLMC_TRY(high, count_until_death(subject, test, limits, found.builds));
  }
  found.executions = high;
  while (high - low > 1) {
    const std::uint64_t middle = low + (high - low) / 2;
    LLMC_TRY(BisectTrial trial, attempt(subject, test, middle, limits));
    ++found.builds;
    (trial.symptom.empty() ? low : high) = middle;
    (trial.symptom.empty() ? good : bad) = std::move(trial);
  }
  // `bad` may still be the build with the whole list.
  LLMC_TRY(bad, attempt(subject, test, high, limits));
  ++found.builds;
  found.guilty = high;
  found.symptom = bad.symptom;
  found.while_compiling = !bad.compiled;
  found.before = std::move(good.bitcode);
  found.after = std::move(bad.bitcode);
  found.culprit = good.run.next;
  return found;
}

}  // namespace llmc
