#include "soundness/verdict_file.h"

#include "testing.h"

namespace llmc {
namespace {

using test::message_of;
using test::take;
using testing::HasSubstr;

const Digest k_suite{1, 2};

VerdictFile some_verdicts() {
  return {"19.1.7", k_suite.hex(), {{"gvn", Finding::sound}, {"sroa", Finding::wrong_output}}};
}

TEST(VerdictFile, IsReadAsItWasWritten) {
  EXPECT_EQ(take(parse_verdict_file(print_verdict_file(some_verdicts()), "f")), some_verdicts());
}

TEST(VerdictFile, VouchesForSoundListsOfItsOwnSuiteAndLlvmOnly) {
  const VerdictFile file = some_verdicts();
  EXPECT_TRUE(file.vouches_for("gvn", "19.1.7", k_suite));
  EXPECT_FALSE(file.vouches_for("sroa", "19.1.7", k_suite));
  EXPECT_FALSE(file.vouches_for("dse", "19.1.7", k_suite));
  EXPECT_FALSE(file.vouches_for("gvn", "19.1.8", k_suite));
  EXPECT_FALSE(file.vouches_for("gvn", "19.1.7", {1, 3}));
}

TEST(VerdictFile, ThatCameWithUsIsReadUnlessNoneIsWanted) {
  const char* variable = "LLMC_LIST_VERDICTS";
  const TemporaryFolder folder = test::temporary_folder();
  const auto file = folder.path() / "verdicts.tsv";
  ASSERT_TRUE(write_file(file, print_verdict_file(some_verdicts())));
  ::setenv(variable, file.c_str(), 1);
  EXPECT_EQ(*take(shipped_verdicts()), some_verdicts());
  ::setenv(variable, "none", 1);
  EXPECT_EQ(take(shipped_verdicts()), nullptr);
  ::setenv(variable, (folder.path() / "absent").c_str(), 1);
  EXPECT_EQ(take(shipped_verdicts()), nullptr);
  ::unsetenv(variable);
  EXPECT_FALSE(take(shipped_verdicts())->findings.empty());
}

TEST(VerdictFile, CutOffOrForeignFilesAreRefused) {
  const std::string text = print_verdict_file(some_verdicts());
  EXPECT_THAT(message_of(parse_verdict_file(text.substr(0, text.size() - 1), "f")),
              HasSubstr("f: the checksum does not fit"));
  EXPECT_THAT(message_of(parse_verdict_file("gvn\n", "f")), HasSubstr("f: not a file of verdicts"));
}

}  // namespace
}  // namespace llmc
