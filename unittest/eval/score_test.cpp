#include "eval/score.h"

#include "tasks/answers.h"
#include "testing.h"

namespace llmc {
namespace {

using llmc::test::message_of;
using llmc::test::take;

class Score : public testing::Test {
 protected:
  AnswerScore of(const std::string& task, const std::string& wanted, const std::string& answer) {
    return take(score_answer({task, wanted, answer, true}, catalogue_));
  }
  PassCatalogue catalogue_;
};

const std::string k_list =
    "Run the following passes opt -p 'default<Oz>,gvn' to reduce the binary size from 90 to 80 "
    "bytes.";

TEST_F(Score, AListCountsAsWhatItIs) {
  const AnswerScore right = of("flags", k_list, k_list);
  EXPECT_TRUE(right.parses && right.valid && right.same);
  const AnswerScore other = of("flags", k_list, "Run opt -p 'module(default<Oz>)' for 3 bytes.");
  EXPECT_TRUE(other.parses && other.valid);
  EXPECT_FALSE(other.same);
  const AnswerScore unknown = of("flags", k_list, "Run opt -p 'no-such-pass'.");
  EXPECT_TRUE(unknown.parses);
  EXPECT_FALSE(unknown.valid);
  EXPECT_FALSE(of("flags", k_list, "I do not know").parses);
}

TEST_F(Score, TheSameSizesAreNotAskedFor) {
  EXPECT_TRUE(of("flags", k_list, "opt -p 'default<Oz>,gvn' from 1 to 2").same);
}

TEST_F(Score, AListWithADeniedPassIsNotValid) {
  catalogue_.distrust("gvn", PassTier::denied, "a test");
  const AnswerScore score = of("flags", k_list, k_list);
  EXPECT_TRUE(score.parses);
  EXPECT_FALSE(score.valid);
}

TEST_F(Score, NothingBetterIsAnAnswer) {
  const std::string none = "No list beats -Oz; the unoptimized binary size is 71 bytes.";
  EXPECT_TRUE(of("flags", none, none).same);
  EXPECT_FALSE(of("flags", k_list, none).same);
}

TEST_F(Score, IrMustVerify) {
  const std::string good = "<code>define i32 @f() {\nret i32 1\n}\n</code>";
  const AnswerScore right = of("lift", good, good);
  EXPECT_TRUE(right.parses && right.valid && right.same);
  const AnswerScore other = of("lift", good, "<code>define i32 @f() {\nret i32 2\n}\n</code>");
  EXPECT_TRUE(other.valid);
  EXPECT_FALSE(other.same);
  for (const char* bad : {"<code>define i32 @f() {\nret i64 1\n}\n</code>", "<code>x</code>",
                          "<code>define i32 @f() {\nret i32 1"}) {
    const AnswerScore score = of("lift", good, bad);
    EXPECT_TRUE(score.parses) << bad;
    EXPECT_FALSE(score.valid) << bad;
  }
  EXPECT_FALSE(of("emulate-ir", good, "define i32 @f()").parses);
}

TEST_F(Score, SizesAreOffByAShareOfTheRightOnes) {
  const AnswerScore flags = of("flags", k_list, "opt -p 'default<Oz>,gvn' from 99 to 60 bytes");
  EXPECT_NEAR(*flags.error_before, 0.1, 1e-12);
  EXPECT_NEAR(*flags.error_after, 0.25, 1e-12);
  const AnswerScore other = of("flags", k_list, "opt -p 'default<Oz>' from 99 to 60 bytes");
  EXPECT_TRUE(other.error_before);
  EXPECT_FALSE(other.error_after);  // of another list
  const auto emulated = [](int bytes) {
    return to_string(EmulationAnswer{3, static_cast<std::uint64_t>(bytes), "ret"});
  };
  EXPECT_NEAR(*of("emulate-asm", emulated(40), emulated(50)).error_after, 0.25, 1e-12);
  EXPECT_FALSE(of("emulate-asm", emulated(40), "no code").error_after);
}

TEST_F(Score, RowsCanBeCountedByLength) {
  std::string lines;
  for (const int tokens : {10, 256, 257, 700})
    lines += R"({"task":"flags","completion":"","answer":"x","prompt_tokens":)" +
             std::to_string(tokens) + "}\n";
  const auto scores = take(score_rows(lines, catalogue_, ScoreGroups::by_length));
  EXPECT_EQ(scores.at("flags <=   256").rows, 2U);
  EXPECT_EQ(scores.at("flags <=   512").rows, 1U);
  EXPECT_EQ(scores.at("flags <=  1024").rows, 1U);
}

TEST_F(Score, RowsAreCountedByTask) {
  const std::string lines =
      R"({"task":"emulate-asm","completion":"<code>ret</code>","answer":"<code>ret</code>","ended":true}
{"task":"emulate-asm","completion":"<code>ret</code>","answer":"<code>nop</code>","ended":false}

{"task":"flags","completion":"","answer":"nonsense"})";
  const auto scores = take(score_rows(lines, catalogue_));
  EXPECT_EQ(scores.at("emulate-asm").rows, 2U);
  EXPECT_EQ(scores.at("emulate-asm").ended, 1U);
  EXPECT_EQ(scores.at("emulate-asm").same, 1U);
  EXPECT_EQ(scores.at("flags").parses, 0U);
}

TEST_F(Score, RowsThatAreNoneAreNamed) {
  EXPECT_THAT(message_of(score_rows("{}\n", catalogue_)),
              testing::HasSubstr("line 1: not an answered"));
  EXPECT_THAT(
      message_of(score_rows("\n{\"task\":\"x\",\"completion\":\"\",\"answer\":\"\"}", catalogue_)),
      testing::HasSubstr("line 2: unknown task 'x'"));
}

}  // namespace
}  // namespace llmc
