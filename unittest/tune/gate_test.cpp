#include "tune/gate.h"

#include <set>

#include "tune/portfolio.h"
#include "tune_testing.h"

namespace llmc {
namespace {

using test::catalogue;
using test::example;
using test::take;

/// Two tuned programs, and a gate that says what the test wants.
class Gate : public testing::Test {
 protected:
  Gate() {
    programs_ = {example("hashmap.c"), example("fixfft.c")};
    setting_.alphabet = &test::alphabet();
    setting_.options.evaluations = 10;
    setting_.seeds = take(read_portfolio(default_portfolio(), catalogue()));
    tuned_ = take(tune(*evaluator_, programs_, setting_, 4, [](const TunerProgress&) {}));
  }

  /// Rejects the lists for which `rejects` is true.
  GateProgress gate(const std::function<bool(const std::string&)>& rejects) {
    return take(gate_winners(
        *evaluator_, tuned_, setting_,
        [&](const std::string& list) -> Result<Verdict> {
          EXPECT_TRUE(asked_.insert(list).second) << list << " is checked twice";
          Verdict verdict;
          verdict.list = list;
          verdict.programs = 7;
          if (rejects(list)) verdict.finding = Finding::wrong_output;
          return verdict;
        },
        [](const GateProgress&) {}));
  }

  std::unique_ptr<Evaluator> evaluator_ = test::evaluator();
  std::vector<Program> programs_;
  SearchSetting setting_;
  std::vector<TunedProgram> tuned_;
  std::set<std::string> asked_;
};

TEST_F(Gate, SoundWinnersStay) {
  std::vector<std::string> before;
  for (const TunedProgram& one : tuned_) before.push_back(one.result->best.list);
  const GateProgress progress = gate([](const std::string&) { return false; });
  EXPECT_EQ(progress.rejected, 0U);
  EXPECT_EQ(progress.programs_done, 2U);
  for (std::size_t i = 0; i < tuned_.size(); ++i) {
    EXPECT_EQ(tuned_[i].result->best.list, before[i]);
    EXPECT_EQ(tuned_[i].verdict.has_value(), before[i] != k_baseline_list);
    EXPECT_TRUE(tuned_[i].rejected.empty());
  }
}

TEST_F(Gate, TheNextBestReplacesWhatIsRejected) {
  ASSERT_NE(tuned_[0].result->best.list, k_baseline_list);
  const std::string winner = tuned_[0].result->best.list;
  const std::uint64_t size = tuned_[0].result->best.sizes.binary_size();
  gate([&](const std::string& list) { return list == winner; });
  const TunedProgram& one = tuned_[0];
  EXPECT_NE(one.result->best.list, winner);
  EXPECT_GE(one.result->best.sizes.binary_size(), size);
  ASSERT_EQ(one.rejected.size(), 1U);
  EXPECT_EQ(one.rejected[0].list, winner);
}

TEST_F(Gate, WhereNothingPassesOzIsLeft) {
  const GateProgress progress = gate([](const std::string&) { return true; });
  EXPECT_EQ(progress.lists, progress.rejected);
  for (const TunedProgram& one : tuned_) {
    EXPECT_EQ(one.result->best.list, k_baseline_list);
    EXPECT_EQ(one.result->best.sizes, one.result->baseline.sizes);
    EXPECT_FALSE(one.verdict);
  }
}

TEST_F(Gate, AnInterruptLeavesNoUntestedWinner) {
  ASSERT_NE(tuned_[0].result->best.list, k_baseline_list);
  take(gate_winners(
      *evaluator_, tuned_, setting_,
      [](const std::string&) -> Result<Verdict> {
        return fail("interrupted", ErrorKind::interrupted);
      },
      [](const GateProgress&) {}));
  for (const TunedProgram& one : tuned_) {
    if (one.result)
      EXPECT_EQ(one.result->best.list, k_baseline_list);
    else
      EXPECT_EQ(one.result.error().kind, ErrorKind::interrupted);
  }
}

TEST_F(Gate, AFailingCheckIsAnError) {
  ASSERT_NE(tuned_[0].result->best.list, k_baseline_list);
  EXPECT_EQ(test::message_of(gate_winners(
                *evaluator_, tuned_, setting_,
                [](const std::string&) -> Result<Verdict> { return fail("disk full"); },
                [](const GateProgress&) {})),
            "disk full");
}

}  // namespace
}  // namespace llmc
