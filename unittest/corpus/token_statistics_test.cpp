#include "corpus/token_statistics.h"

#include "testing.h"

namespace llmc {
namespace {

using test::message_of;
using test::take;
using testing::HasSubstr;

TEST(TokenStatistics, SummariseLengths) {
  std::vector<std::string> texts;
  for (std::size_t length = 1; length <= 100; ++length) texts.emplace_back(50 * length, 'x');
  const TokenStatistics found = take(count_tokens(
      texts, [](std::string_view text) { return Result<std::uint64_t>(text.size() / 2); }));
  EXPECT_EQ(found.texts, 100U);
  EXPECT_EQ(found.tokens, 25U * 5050U);
  EXPECT_EQ(found.median, 25U * 51U);
  EXPECT_EQ(found.percentile_95, 25U * 96U);
  EXPECT_EQ(found.longest, 2500U);
  EXPECT_DOUBLE_EQ(found.fitting[0], 0.40);  // 40 * 25 <= 1024
  EXPECT_DOUBLE_EQ(found.fitting[1], 1.0);
  EXPECT_DOUBLE_EQ(found.tokens_in(1000), 500);
}

TEST(TokenStatistics, NothingIsNothingAndFailuresAreOnes) {
  const auto never = [](std::string_view) -> Result<std::uint64_t> { return fail("no tokens"); };
  EXPECT_EQ(take(count_tokens({}, never)).tokens_in(1000), 0);
  EXPECT_THAT(message_of(count_tokens({"a"}, never)), HasSubstr("no tokens"));
}

}  // namespace
}  // namespace llmc
