#include "soundness/trials.h"

#include <signal.h>
#include <unistd.h>

#include <map>
#include <set>

#include "testing.h"

namespace llmc {
namespace {

using testing::HasSubstr;

/// Findings by trial, of trials that do what `trial` says.
class Trials : public testing::Test {
 protected:
  Trials() {
    run_.jobs = 2;
    run_.together = 4;
    run_.limits.deadline = std::chrono::seconds(20);
    run_.wanted = [](std::size_t) { return true; };
    run_.trial = [](std::size_t) { return ProgramFinding{}; };
    run_.done = [this](std::size_t trial, ProgramFinding finding) -> Result<void> {
      EXPECT_TRUE(findings_.emplace(trial, std::move(finding)).second) << trial << " twice";
      return {};
    };
  }

  void work(std::size_t count) {
    run_.count = count;
    const auto ran = run_trials(run_);
    ASSERT_TRUE(ran) << ran.error().message;
  }

  TrialRun run_;
  std::map<std::size_t, ProgramFinding> findings_;
};

TEST_F(Trials, EachIsDoneOnce) {
  work(23);
  EXPECT_EQ(findings_.size(), 23U);
  for (const auto& [trial, finding] : findings_) EXPECT_EQ(finding.finding, Finding::sound);
}

TEST_F(Trials, NoneIsNone) {
  work(0);
  EXPECT_TRUE(findings_.empty());
}

TEST_F(Trials, ACrashConvictsTheOneThatCrashed) {
  run_.trial = [](std::size_t trial) {
    if (trial == 5) ::raise(SIGSEGV);
    return ProgramFinding{};
  };
  work(9);
  ASSERT_EQ(findings_.size(), 9U);
  for (const auto& [trial, finding] : findings_)
    EXPECT_EQ(finding.finding, trial == 5 ? Finding::compiler_crash : Finding::sound) << trial;
  EXPECT_THAT(findings_[5].evidence, HasSubstr("signal 11"));
}

TEST_F(Trials, WhatOneTrialLeavesBehindSpoilsNoOther) {
  // A trial that fails only in company is not believed.
  static bool spoilt = false;
  run_.trial = [](std::size_t trial) {
    if (trial % 4 == 0) spoilt = true;
    return spoilt && trial % 4 != 0 ? ProgramFinding{Finding::wrong_output, "spoilt", {}}
                                    : ProgramFinding{};
  };
  work(8);
  ASSERT_EQ(findings_.size(), 8U);
  for (const auto& [trial, finding] : findings_) EXPECT_EQ(finding.finding, Finding::sound);
}

TEST_F(Trials, AHangConvictsTheOneThatHangs) {
  run_.limits.deadline = std::chrono::milliseconds(300);
  run_.trial = [](std::size_t trial) {
    while (trial == 2) ::usleep(1000);
    return ProgramFinding{};
  };
  work(4);
  ASSERT_EQ(findings_.size(), 4U);
  EXPECT_EQ(findings_[2].finding, Finding::compiler_hang);
  EXPECT_EQ(findings_[3].finding, Finding::sound);
}

TEST_F(Trials, WhatIsNotWantedIsNotRun) {
  std::size_t end = 100;
  run_.jobs = 1;
  run_.wanted = [&](std::size_t trial) { return trial < end; };
  run_.trial = [](std::size_t trial) {
    return ProgramFinding{trial < 10 ? Finding::sound : Finding::wrong_output, "", {}};
  };
  run_.done = [&](std::size_t trial, ProgramFinding finding) -> Result<void> {
    if (finding.finding != Finding::sound) end = std::min(end, trial);
    findings_.emplace(trial, std::move(finding));
    return {};
  };
  work(100);
  EXPECT_EQ(end, 10U);
  EXPECT_LT(findings_.size(), 20U);
}

TEST_F(Trials, FindingsComeThroughWhole) {
  run_.trial = [](std::size_t trial) {
    return ProgramFinding{trial == 0 ? Finding::wrong_exit : Finding::sound, "line 1: \"\xff\"\n",
                          Digest{1, trial}};
  };
  work(2);
  EXPECT_EQ(findings_[0].finding, Finding::wrong_exit);
  EXPECT_EQ(findings_[0].evidence, "line 1: \"?\"?");
  EXPECT_EQ(findings_[1].build, (Digest{1, 1}));
}

TEST_F(Trials, AnErrorOfTheReceiverEndsTheRun) {
  run_.done = [](std::size_t, const ProgramFinding&) -> Result<void> { return fail("disk full"); };
  run_.count = 50;
  EXPECT_EQ(test::message_of(run_trials(run_)), "disk full");
}

TEST_F(Trials, AnInterruptEndsTheRun) {
  static const volatile int interrupted = 1;
  run_.interrupted = &interrupted;
  run_.count = 50;
  const auto ran = run_trials(run_);
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error().kind, ErrorKind::interrupted);
}

}  // namespace
}  // namespace llmc
