#include "soundness/checker.h"

#include "testing.h"
#include "toolchain/program.h"

namespace llmc {
namespace {

using test::take;

constexpr const char* k_list = "function(gvn)";

/// A suite that cannot be compiled, so that no test of a list on it can succeed.
SuiteSources uncompilable() {
  SuiteSources suite;
  suite.name = "uncompilable";
  suite.programs.push_back({"a.c", "this is not C", false, "", true});
  return suite;
}

Checker checker_with(const Digest& suite, Finding finding) {
  CheckerOptions options;
  options.shipped = std::make_shared<const VerdictFile>(
      VerdictFile{toolchain_version(), suite.hex(), {{k_list, finding}}});
  return {uncompilable(), options};
}

TEST(Checker, TakesTheShippedVerdictOfItsOwnSuiteForATest) {
  Checker checker = checker_with(uncompilable().version(), Finding::sound);
  const Verdict verdict = take(checker.check(k_list));
  EXPECT_TRUE(verdict.sound());
  EXPECT_TRUE(verdict.from_store);
  EXPECT_EQ(verdict.programs, 1U);
  EXPECT_FALSE(take(checker.known_verdict("function(dse)")));
}

TEST(Checker, TakesTheShippedVerdictForEachViewOfATargetedList) {
  Checker checker = checker_with(uncompilable().version(), Finding::sound);
  EXPECT_TRUE(take(checker.known_verdict("on<f>(gvn)")));
  EXPECT_FALSE(take(checker.known_verdict("on<f>(gvn),function(dse)")));
}

TEST(Checker, TakesNoShippedVerdictOfAnotherSuiteAndNoneThatRejects) {
  EXPECT_FALSE(take(checker_with(Digest{1, 2}, Finding::sound).known_verdict(k_list)));
  EXPECT_FALSE(
      take(checker_with(uncompilable().version(), Finding::wrong_output).known_verdict(k_list)));
}

}  // namespace
}  // namespace llmc
