#include "tune/report.h"

#include <nlohmann/json.hpp>

#include <cmath>

#include "tune/tune_testing.h"

namespace llmc {
namespace {

using testing::HasSubstr;

/// A program whose size went from `before` to `after`, with its trace.
TunedProgram tuned(const Program& program, std::uint64_t before, std::uint64_t after,
                   std::vector<TracePoint> trace = {}) {
  SearchResult result;
  result.baseline.list = k_baseline_list;
  result.baseline.outcome = Outcome::ok;
  result.baseline.sizes.text = before;
  result.baseline.sizes.instructions = before / 4;
  result.best = result.baseline;
  result.best.sizes.text = after;
  result.best.sizes.instructions = after / 4;
  if (after < before) result.best.list = "function(gvn)";
  result.evaluations = 10;
  result.minimisation = 5;
  result.trace = std::move(trace);
  TunedProgram one;
  one.program = &program;
  one.result = std::move(result);
  return one;
}

const Program& program() {
  static const Program the_program = [] {
    Program made;
    made.name = "a.c";
    made.id = Digest::of("a.c");
    return made;
  }();
  return the_program;
}

TunedProgram failed() {
  TunedProgram one;
  one.program = &program();
  one.result = fail("does not compile");
  return one;
}

TEST(Summarise, IsTheGeometricMean) {
  // Ratios 1/2, 1, 1/2: gain = 1 - (1/4)^(1/3).
  const GainSummary summary = summarise(
      {tuned(program(), 100, 50), tuned(program(), 200, 200), failed(), tuned(program(), 8, 4)},
      Objective::binary);
  EXPECT_EQ(summary.programs, 3U);
  EXPECT_EQ(summary.improved, 2U);
  EXPECT_DOUBLE_EQ(summary.gain, 1 - std::cbrt(0.25));
  EXPECT_DOUBLE_EQ(summary.best, 0.5);
  EXPECT_DOUBLE_EQ(summary.worst, 0);
  EXPECT_EQ(summary.total_before, 308U);
  EXPECT_EQ(summary.total_after, 254U);
  EXPECT_EQ(summary.evaluations, 45U);
}

TEST(Summarise, CountsInstructionsIfThatIsTheObjective) {
  const GainSummary summary = summarise({tuned(program(), 400, 100)}, Objective::instructions);
  EXPECT_EQ(summary.total_before, 100U);
  EXPECT_EQ(summary.total_after, 25U);
  EXPECT_DOUBLE_EQ(summary.gain, 0.75);
  EXPECT_DOUBLE_EQ(summary.worst, 0.75);
}

TEST(Summarise, NothingHasNoGain) {
  for (const auto& nothing : {std::vector<TunedProgram>{}, std::vector<TunedProgram>{failed()}}) {
    const GainSummary summary = summarise(nothing, Objective::binary);
    EXPECT_EQ(summary.programs, 0U);
    EXPECT_EQ(summary.gain, 0);
    EXPECT_EQ(summary.worst, 0);
    EXPECT_EQ(gain_after(nothing, Objective::binary, 10), 0);
  }
}

TEST(Summarise, AnEmptyProgramCountsAsOne) {
  const GainSummary summary =
      summarise({tuned(program(), 0, 0), tuned(program(), 100, 25)}, Objective::binary);
  EXPECT_DOUBLE_EQ(summary.gain, 0.5);
  EXPECT_FALSE(std::isnan(summary.best) || std::isnan(summary.worst));
}

TEST(GainAfter, FollowsTheTrace) {
  const std::vector<TunedProgram> run = {tuned(program(), 100, 50, {{3, 80}, {10, 50}}),
                                         tuned(program(), 100, 25, {{1, 25}})};
  EXPECT_DOUBLE_EQ(gain_after(run, Objective::binary, 0), 0);
  EXPECT_DOUBLE_EQ(gain_after(run, Objective::binary, 1), 1 - std::sqrt(0.25));
  EXPECT_DOUBLE_EQ(gain_after(run, Objective::binary, 3), 1 - std::sqrt(0.8 * 0.25));
  EXPECT_DOUBLE_EQ(gain_after(run, Objective::binary, 9), 1 - std::sqrt(0.8 * 0.25));
  EXPECT_DOUBLE_EQ(gain_after(run, Objective::binary, 100), 1 - std::sqrt(0.5 * 0.25));
}

TEST(GainCurve, HasPointsUpToTheBudgetThatNeverFall) {
  const std::vector<TunedProgram> run = {tuned(program(), 100, 50, {{3, 80}, {10, 50}}),
                                         tuned(program(), 100, 25, {{1, 25}})};
  const GainCurve curve = gain_curve(run, Objective::binary, 100);
  ASSERT_FALSE(curve.empty());
  std::uint64_t last = 0;
  double gain = 0;
  for (const auto& [evaluations, value] : curve) {
    EXPECT_GT(evaluations, last);
    EXPECT_LE(evaluations, 100U);
    EXPECT_GE(value, gain);
    EXPECT_DOUBLE_EQ(value, gain_after(run, Objective::binary, evaluations));
    last = evaluations;
    gain = value;
  }
  EXPECT_DOUBLE_EQ(gain, 1 - std::sqrt(0.5 * 0.25));
}

TEST(JsonLine, HoldsTheProgram) {
  const auto row = nlohmann::json::parse(
      to_json_line(tuned(program(), 100, 50, {{3, 80}, {10, 50}}), Objective::binary));
  EXPECT_EQ(row["name"], "a.c");
  EXPECT_EQ(row["id"], program().id.hex());
  EXPECT_EQ(row["baseline"]["binary_size"], 100);
  EXPECT_EQ(row["best"]["binary_size"], 50);
  EXPECT_EQ(row["gain"], 0.5);
  EXPECT_EQ(row["improved"], true);
  EXPECT_EQ(row["trace"][1][0], 10);
}

TEST(JsonLine, HoldsTheErrorOfAProgramThatFailed) {
  const auto row = nlohmann::json::parse(to_json_line(failed(), Objective::binary));
  EXPECT_EQ(row["error"], "does not compile");
  EXPECT_FALSE(row.contains("best"));
}

TEST(JsonLine, IsOneLineOfValidJsonForAnyName) {
  Program odd = program();
  odd.name = "a\n\"b\\\xff.c";
  for (const std::string& line : {to_json_line(tuned(odd, 100, 50), Objective::binary)}) {
    EXPECT_EQ(line.find('\n'), std::string::npos);
    EXPECT_TRUE(nlohmann::json::accept(line)) << line;
  }
}

TEST(JsonLine, HoldsTheSummary) {
  const auto row =
      nlohmann::json::parse(to_json_line(summarise({tuned(program(), 100, 50)}, Objective::binary),
                                         EvaluatorStatistics(), {{1, 0.0}, {5, 0.5}}, 1.5));
  EXPECT_EQ(row["type"], "summary");
  EXPECT_EQ(row["programs"], 1);
  EXPECT_EQ(row["gain"], 0.5);
  EXPECT_EQ(row["seconds"], 1.5);
  EXPECT_TRUE(nlohmann::json::accept(to_json_line("odd \xff name", "why\nnot")));
}

TEST(Table, HasALineForEachProgramAndTheTotals) {
  const std::string table = to_table({tuned(program(), 100, 50), failed()}, Objective::binary);
  EXPECT_THAT(table, HasSubstr("50.00%"));
  EXPECT_THAT(table, HasSubstr("does not compile"));
  EXPECT_THAT(table, HasSubstr("1 of 1 programs improved"));
}

TEST(DescribeSavings, DividesByNothing) {
  EXPECT_THAT(describe_savings(EvaluatorStatistics(), 0, 1), HasSubstr("0 evaluations"));
}

}  // namespace
}  // namespace llmc
