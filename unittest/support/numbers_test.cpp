#include "support/numbers.h"

#include <gmock/gmock.h>

#include <cstdint>

namespace llmc {
namespace {

using testing::ElementsAre;

TEST(Numbers, AreTheWholeText) {
  int number = 0;
  EXPECT_TRUE(parse_number("-12", number));
  EXPECT_EQ(number, -12);
  for (const char* bad : {"", "12x", " 12", "99999999999", "1.5"})
    EXPECT_FALSE(parse_number(bad, number)) << bad;
  std::uint64_t large = 0;
  EXPECT_FALSE(parse_number("-1", large));
}

TEST(Numbers, EqualNeighboursAreOneWordWithACount) {
  EXPECT_EQ(print_repeated({"0", "0", "0", "7", "-1", "-1"}), " 3*0 7 2*-1");
  EXPECT_EQ(print_repeated({}), "");
  EXPECT_THAT(*parse_repeated(" 3*0 7 2*-1", 6), ElementsAre("0", "0", "0", "7", "-1", "-1"));
  EXPECT_TRUE(parse_repeated("", 0)->empty());
}

TEST(Numbers, RowsThatAreTooLongOrNoneAreRefused) {
  EXPECT_FALSE(parse_repeated("3*0", 2));
  EXPECT_FALSE(parse_repeated("99999999999999999999*0", 5));
  EXPECT_FALSE(parse_repeated("x*0", 5));
  EXPECT_FALSE(parse_repeated("-1*0", 5));
}

}  // namespace
}  // namespace llmc
