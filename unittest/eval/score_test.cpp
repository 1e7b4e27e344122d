#include "eval/score.h"

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
