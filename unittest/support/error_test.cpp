#include "support/error.h"

#include "testing.h"

namespace llmc {
namespace {

Result<int> half(int number) {
  if (number % 2 != 0) return fail("odd", ErrorKind::usage);
  return number / 2;
}

Result<int> quarter(int number) {
  LLMC_TRY(const int once, half(number));
  LLMC_TRY(const int twice, half(once));
  return twice;
}

Result<void> must_be_even(int number) {
  LLMC_CHECK(half(number));
  return {};
}

TEST(Error, TryHandsOnTheValueOrTheError) {
  EXPECT_EQ(quarter(12).value(), 3);
  ASSERT_FALSE(quarter(6));
  EXPECT_EQ(quarter(6).error().message, "odd");
  EXPECT_EQ(quarter(6).error().kind, ErrorKind::usage);
}

TEST(Error, CheckHandsOnTheError) {
  EXPECT_TRUE(must_be_even(2));
  EXPECT_EQ(test::message_of(must_be_even(3)), "odd");
}

TEST(Error, ContextStandsInFrontAndKeepsTheKind) {
  const Error error = Error{"is odd", ErrorKind::interrupted}.with_context("7").with_context("a.c");
  EXPECT_EQ(error.message, "a.c: 7: is odd");
  EXPECT_EQ(error.kind, ErrorKind::interrupted);
}

}  // namespace
}  // namespace llmc
