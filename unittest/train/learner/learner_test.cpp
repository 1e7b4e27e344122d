// Learning, with SentencePiece's own encoder as the authority for ours.
#include "train/learner/learner.h"

#include <sentencepiece_processor.h>

#include <algorithm>
#include <cctype>

#include "support/random.h"
#include "testing.h"
#include "train/tokenizer.h"

namespace llmc::train {
namespace {

using llmc::test::contents;
using llmc::test::example_sources;
using llmc::test::message_of;
using llmc::test::take;

std::vector<std::string> segments_of(std::string_view text, std::int64_t digits = 1) {
  std::vector<std::string> segments;
  for_each_segment(text, digits, [&](std::string_view segment) { segments.emplace_back(segment); });
  return segments;
}

std::string examples() {
  std::string text;
  for (const auto& source : example_sources()) text += contents(source);
  return text;
}

std::string learn(std::int64_t vocabulary, std::int64_t digits = 1) {
  SegmentCounter segments(digits);
  segments.add_program(examples());
  return take(train_tokenizer(segments, {.vocabulary = vocabulary, .digits = digits}));
}

TEST(Segments, EndBeforeLineBreaksAndAroundNumbers) {
  EXPECT_THAT(
      segments_of("\n  %5 = load i32, ptr %13, align 4\n\n"),
      testing::ElementsAre("\n  %", "5", " = load i32, ptr %", "1", "3", ", align 4", "\n", "\n"));
  EXPECT_THAT(
      segments_of("movl $12, -8(%r12d)\n.LBB0_21:", 2),
      testing::ElementsAre("movl $", "12", ", -", "8", "(%r12d)", "\n.LBB", "0", "_", "21", ":"));
  EXPECT_THAT(segments_of("0x90 1234567", 3),
              testing::ElementsAre("0", "x", "90", " ", "123", "456", "7"));
}

TEST(Segments, LeaveOutMarkupAndWhatIsNotAscii) {
  EXPECT_THAT(segments_of("a[INST]b\u00e9c</code>"), testing::ElementsAre("a", "b", "c"));
}

TEST(Segments, OfAProgramCountOnceHoweverOftenItIsShown) {
  SegmentCounter segments(1);
  segments.add_program("ret");
  for (int i = 0; i < 3; ++i)
    segments.add_words("[INST]Optimise<code>ret</code>now[/INST]<code>add</code>");
  EXPECT_THAT(segments.counts(),
              testing::UnorderedElementsAre(testing::Pair("ret", 1), testing::Pair("add", 1),
                                            testing::Pair("Optimise", 3), testing::Pair("now", 3)));
}

TEST(Learner, TheSameTextGivesTheSameFile) { EXPECT_EQ(learn(700), learn(700)); }

TEST(Learner, TooLittleTextIsAnError) {
  SegmentCounter segments(1);
  segments.add_program("int main() { return 0; }");
  EXPECT_NE(message_of(train_tokenizer(segments, {.vocabulary = 4096})), "");
}

TEST(Learner, PiecesKeepToTheSegments) {
  const Tokenizer tokenizer = take(Tokenizer::from_bytes(learn(2000)));
  EXPECT_EQ(tokenizer.size(), 2000U);
  bool line_break = false, space = false;
  for (const Piece& piece : tokenizer.pieces()) {
    if (piece.kind != PieceKind::normal) continue;
    const std::string text = bytes_of(piece);
    EXPECT_EQ(text.find('\n', 1), std::string::npos) << text;
    line_break = line_break || (text.size() > 3 && text[0] == '\n');
    space = space || (text.size() > 2 && text.back() == ' ');
  }
  EXPECT_TRUE(line_break) << "no piece begins with a line break";
  EXPECT_TRUE(space) << "no piece ends with a space";
}

TEST(Learner, SentencePieceReadsTextAsWeDo) {
  const std::string model = learn(2000, 3);
  const Tokenizer tokenizer = take(Tokenizer::from_bytes(model));
  sentencepiece::SentencePieceProcessor processor;
  ASSERT_TRUE(processor.LoadFromSerializedProto(model).ok());
  std::vector<std::string> texts = {examples(), "  a\tb\n\n c ", "[INST] <code>x</code>[/INST]",
                                    "<s>caf\u00e9 \u4e2d\U0001F600</s>"};
  Random random(5);
  for (int i = 0; i < 500; ++i) {
    std::string text(random.below(200), ' ');
    for (char& c : text) c = static_cast<char>(random.chance(0.1) ? '\n' : ' ' + random.below(95));
    texts.push_back(text);
  }
  for (const std::string& text : texts) {
    std::vector<int> expected;
    ASSERT_TRUE(processor.Encode(text, &expected).ok());
    ASSERT_TRUE(std::ranges::equal(tokenizer.encode(text), expected)) << text.substr(0, 200);
  }
}

}  // namespace
}  // namespace llmc::train
