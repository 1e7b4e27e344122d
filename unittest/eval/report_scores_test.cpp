#include "eval/report_scores.h"

#include <cmath>

#include "testing.h"

namespace llmc {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

UnitRow unit(const std::string& id, std::uint64_t size, const std::string& benchmark = "b") {
  return {id, id + ".c", benchmark, "", Measurement{1, size, 0, 0, 0, 0}, size};
}

ProposalRow proposal(const std::string& id, std::uint64_t rank, std::optional<std::uint64_t> size,
                     ProposalStatus status = ProposalStatus::ok) {
  return {id, "model", rank, "sroa", status, "", size, 2 * rank};
}

/// Three units of 100, 200 and 50 bytes. u: 110, then 90. v: 220, then an unsound list of 100. w:
/// nothing proposed.
ResultSet example() {
  ResultSet results;
  results.units = {unit("u", 100), unit("v", 200), unit("w", 50, "c")};
  results.proposals = {proposal("u", 2, 90), proposal("u", 1, 110), proposal("v", 1, 220),
                       proposal("v", 2, 100, ProposalStatus::unsound)};
  return results;
}

const Resampling k_few{200, 1, {}};

TEST(ReportScores, TheFirstListsCountAndMinusOzBacksThemUp) {
  const ResultSet results = example();
  const ProposalTable table = tabulate(results);
  ASSERT_EQ(table.proposers.size(), 1U);
  const ProposerScore one = score_proposer(table, table.proposers[0], first_lists(1), k_few);
  EXPECT_EQ(one.units, 3U);
  EXPECT_EQ(one.answered, 2U);
  EXPECT_EQ(one.improved, 0U);
  EXPECT_EQ(one.regressed, 3U);
  EXPECT_EQ(one.gain, 0);
  EXPECT_NEAR(one.raw_gain, 1 - std::cbrt(1.1 * 1.1), 1e-12);
  const ProposerScore two = score_proposer(table, table.proposers[0], first_lists(2), k_few);
  EXPECT_EQ(two.improved, 1U);
  EXPECT_EQ(two.regressed, 2U);
  EXPECT_NEAR(two.gain, 1 - std::cbrt(0.9), 1e-12);
  EXPECT_NEAR(two.raw_gain, 1 - std::cbrt(0.9 * 1.1), 1e-12);
  EXPECT_EQ(two.bytes_before, 350U);
  EXPECT_EQ(two.bytes_after, 340U);
  EXPECT_EQ(two.unsound, 1U);
  EXPECT_NEAR(two.best, 0.1, 1e-12);
  EXPECT_NEAR(two.worst, -0.1, 1e-12);
  EXPECT_EQ(two.median, 0);
  EXPECT_NEAR(two.compilations, 8.0 / 3, 1e-12);
  EXPECT_LE(two.gain_interval.low, two.gain);
  EXPECT_GE(two.gain_interval.high, two.gain);
}

TEST(ReportScores, GainsAfterSoManyCompilations) {
  const ResultSet results = example();
  const ProposalTable table = tabulate(results);
  EXPECT_EQ(gain_with(table, table.proposers[0], first_compilations(3)), 0);
  EXPECT_NEAR(gain_with(table, table.proposers[0], first_compilations(4)), 1 - std::cbrt(0.9),
              1e-12);
}

TEST(ReportScores, ASmallerListIsSmallerThanMinusOz) {
  const ResultSet results = example();
  const ProposalTable table = tabulate(results);
  const auto smaller = [&](std::size_t unit, std::uint64_t k) {
    return smaller_list(*table.units[unit], table.proposers[0].by_unit[unit], first_lists(k));
  };
  EXPECT_EQ(smaller(0, 1), nullptr);  // 110 bytes against 100
  EXPECT_EQ(smaller(0, 2), &results.proposals[0]);
  EXPECT_EQ(smaller(1, 2), nullptr);  // the smaller one is unsound
  ResultSet equal = results;
  equal.units[0].size = 90;
  const ProposalTable again = tabulate(equal);
  EXPECT_EQ(smaller_list(*again.units[0], again.proposers[0].by_unit[0], first_lists(2)), nullptr);
}

TEST(ReportScores, UnitsWithoutABaselineAndTheirListsAreLeftOut) {
  ResultSet results = example();
  results.units.push_back({"x", "x.c", "b", "no header"});
  results.proposals.push_back(proposal("x", 1, 1));
  results.proposals.push_back(proposal("y", 1, 1));
  const ProposalTable table = tabulate(results);
  EXPECT_EQ(table.units.size(), 3U);
  EXPECT_EQ(table.failed_units, 1U);
  EXPECT_EQ(table.strays, 2U);
}

TEST(ReportScores, PairsOfGains) {
  const std::vector<double> first = {0, std::log(0.9), 0}, second = {std::log(0.8), 0, 0};
  const PairedGains paired = pair_gains(first, second, {2000, 1, {}});
  EXPECT_NEAR(paired.difference, std::cbrt(0.9) - std::cbrt(0.8), 1e-12);
  EXPECT_EQ(paired.smaller, 1U);
  EXPECT_EQ(paired.larger, 1U);
  EXPECT_EQ(paired.test.pairs, 2U);
  EXPECT_NEAR(paired.interval.high, 1 - 0.8, 1e-9);  // the best unit three times: 1 in 27 draws
  EXPECT_NEAR(paired.interval.low, 0.9 - 1, 1e-9);
}

TEST(ReportScores, PredictionsOfListsThatWork) {
  ResultSet results = example();
  results.proposals[0].predicted_after = 99;
  results.proposals[1].predicted_after = 99;
  results.proposals[3].predicted_after = 7;  // unsound
  const ProposalTable table = tabulate(results);
  const PredictionScore score = score_predictions(table, table.proposers[0]);
  EXPECT_EQ(score.lists, 2U);
  EXPECT_NEAR(*score.error, (0.1 + 0.1) / 2, 1e-12);
  EXPECT_NEAR(*score.error_of_no_change, (10.0 / 90 + 10.0 / 110) / 2, 1e-12);
  EXPECT_FALSE(score.pearson);  // one side is constant
}

TEST(ReportScores, PassesOfAList) {
  EXPECT_THAT(
      passes_of("module(function<eager-inv>(sroa<modify-cfg>,gvn)),default<Oz>,cgscc(inline)"),
      ElementsAre("sroa", "gvn", "default<Oz>", "inline"));
  EXPECT_THAT(passes_of("on<f(x),g>(licm)"), ElementsAre("licm"));
  EXPECT_THAT(passes_of(""), IsEmpty());
}

TEST(ReportScores, NumbersThatPeopleAskFor) {
  EXPECT_THAT(usual_numbers(8), ElementsAre(1, 2, 5, 8));
  EXPECT_THAT(usual_numbers(10), ElementsAre(1, 2, 5, 10));
  EXPECT_THAT(usual_numbers(0), IsEmpty());
}

TEST(ReportScores, UnitsOfABenchmarkAreACluster) {
  const ResultSet results = example();
  EXPECT_THAT(benchmark_numbers(tabulate(results).units), ElementsAre(0, 0, 1));
}

}  // namespace
}  // namespace llmc
