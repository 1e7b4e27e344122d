#include "support/random.h"

#include <array>
#include <cmath>

#include "testing.h"

namespace llmc {
namespace {

// The first outputs of mt19937_64 with seed 1, computed with an independent implementation:
// 2469588189546311528, 2516265689700432462, 8323445853463659930, 387828560950575246, …
TEST(Random, GivesTheSameNumbersEverywhere) {
  Random random(1);
  const std::array<std::size_t, 8> expected = {133, 136, 451, 21, 350, 911, 470, 74};
  for (const std::size_t value : expected) EXPECT_EQ(random.below(1000), value);
  Random fractions(1);
  EXPECT_DOUBLE_EQ(fractions.unit(), 0.13387664401253263);
  EXPECT_DOUBLE_EQ(fractions.unit(), 0.13640703636619722);
  EXPECT_DOUBLE_EQ(fractions.unit(), 0.4512149038445381);
}

TEST(Random, SeedsDiffer) { EXPECT_NE(Random(1).below(1U << 30), Random(2).below(1U << 30)); }

TEST(Random, StaysBelowItsBound) {
  Random random(3);
  for (const std::size_t bound : {1UL, 2UL, 3UL, 7UL, 1000UL, ~0UL})
    for (int i = 0; i < 1000; ++i) ASSERT_LT(random.below(bound), bound);
  for (int i = 0; i < 100'000; ++i) {
    const double fraction = random.unit();
    ASSERT_GE(fraction, 0);
    ASSERT_LT(fraction, 1);
  }
}

/// |observed - n p| within `sigmas` standard deviations of the binomial distribution.
void expect_frequency(int observed, int n, double p, double sigmas = 3) {
  const double deviation = std::sqrt(n * p * (1 - p));
  EXPECT_NEAR(observed, n * p, sigmas * deviation);
}

TEST(Random, IsUniformBelowABound) {
  Random random(4);
  constexpr int draws = 70'000;
  std::array<int, 7> counts{};
  for (int i = 0; i < draws; ++i) ++counts[random.below(7)];
  for (const int count : counts) expect_frequency(count, draws, 1.0 / 7);
}

TEST(Random, DrawsInProportionToWeights) {
  Random random(5);
  constexpr int draws = 100'000;
  const std::vector<double> weights = {1, 0, 3, 0.5, 5.5};
  std::array<int, 5> counts{};
  for (int i = 0; i < draws; ++i) ++counts[random.weighted(weights)];
  EXPECT_EQ(counts[1], 0) << "a weight of zero is never drawn";
  for (std::size_t i = 0; i < counts.size(); ++i)
    expect_frequency(counts[i], draws, weights[i] / 10);
}

TEST(Random, HappensWithItsProbability) {
  Random random(6);
  int count = 0;
  for (int i = 0; i < 50'000; ++i) count += random.chance(0.2);
  expect_frequency(count, 50'000, 0.2);
  EXPECT_FALSE(random.chance(0));
  EXPECT_TRUE(random.chance(1));
}

}  // namespace
}  // namespace llmc
