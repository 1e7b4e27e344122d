#include "support/text.h"

#include <gmock/gmock.h>

namespace llmc {
namespace {

TEST(TakeLine, GivesLineAfterLineAndTheLastWithoutABreakToo) {
  std::string_view text = "one\n\nthree";
  EXPECT_EQ(take_line(text), "one");
  EXPECT_EQ(take_line(text), "");
  EXPECT_EQ(text, "three");
  EXPECT_EQ(take_line(text), "three");
  EXPECT_EQ(take_line(text), "");
  EXPECT_EQ(text, "");
}

TEST(ReplaceAll, LeavesWhatItPutInAlone) {
  EXPECT_EQ(replace_all("aXbXX", "X", "XY"), "aXYbXYXY");
  EXPECT_EQ(replace_all("abc", "", "X"), "abc");
  EXPECT_EQ(replace_all("", "a", "b"), "");
  EXPECT_EQ(replace_all("aaa", "aa", ""), "a");
}

TEST(FirstLine, IsAllWhereThereIsNoBreak) {
  EXPECT_EQ(first_line("a\nb"), "a");
  EXPECT_EQ(first_line("a"), "a");
}

}  // namespace
}  // namespace llmc
