#include "eval/bleu.h"

#include <cmath>

#include "testing.h"

namespace llmc {
namespace {

using testing::ElementsAre;

TEST(Bleu, EqualTextsScoreOne) {
  EXPECT_DOUBLE_EQ(bleu("define i32 @f() {\nret i32 0\n}\n", "define i32 @f() { ret i32 0 }"), 1);
  EXPECT_DOUBLE_EQ(bleu("ret", "ret"), 1);
  EXPECT_DOUBLE_EQ(bleu("", ""), 1);
}

TEST(Bleu, TextsWithNothingInCommonScoreZero) {
  EXPECT_DOUBLE_EQ(bleu("mov eax ecx ret", "%1 = load ptr"), 0);
  EXPECT_DOUBLE_EQ(bleu("", "ret"), 0);
}

TEST(Bleu, IsTheFormulaOnASmallExample) {
  // a b c d e against a b c d f: 4 of 5 words, 3 of 4 pairs, 2 of 3 triples, 1 of 2 runs of four.
  const double expected = std::pow(4.0 / 5 * 3 / 4 * 2 / 3 * 1 / 2, 0.25);
  EXPECT_NEAR(bleu("a b c d e", "a b c d f"), expected, 1e-12);
}

TEST(Bleu, ATextThatIsTooShortIsPenalised) {
  EXPECT_NEAR(bleu("a b c d", "a b c d e f g h"), std::exp(1 - 2.0), 1e-12);
  EXPECT_LT(bleu("a b c d e f g h", "a b c d"), 1);
}

TEST(Bleu, TokensAreWordsAndSigns) {
  EXPECT_THAT(code_tokens("%3 = add nsw i32 %0, -1"),
              ElementsAre("%3", "=", "add", "nsw", "i32", "%0", ",", "-", "1"));
}

}  // namespace
}  // namespace llmc
