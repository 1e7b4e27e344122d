#include "support/digest.h"

#include <string>
#include <unordered_set>

#include "testing.h"

namespace llmc {
namespace {

// The values are XXH3's published ones (XXH128, seed 0).
TEST(Digest, IsXxh3Of128Bits) {
  EXPECT_EQ(Digest::of("").hex(), "99aa06d3014798d86001c324468d497f");
  EXPECT_EQ(Digest::of("a").hex(), "a96faf705af16834e6c632b61e964e1f");
  EXPECT_EQ(Digest::of("abc").hex(), "06b05ab6733a618578af5f94892f3950");
}

TEST(Digest, PrintsLeadingZeros) {
  EXPECT_EQ(Digest().hex(), "00000000000000000000000000000000");
  EXPECT_EQ((Digest{0x1, 0xab}).hex(), "000000000000000100000000000000ab");
}

TEST(Digest, SeesZeroBytesAndLength) {
  EXPECT_NE(Digest::of(std::string_view("a\0b", 3)), Digest::of("a"));
  EXPECT_NE(Digest::of(std::string(100, 'x')), Digest::of(std::string(101, 'x')));
}

TEST(Digest, OrdersLikeItsHexadecimalText) {
  const Digest a = Digest::of("a");
  const Digest b = Digest::of("b");
  EXPECT_EQ(a < b, a.hex() < b.hex());
  EXPECT_LT((Digest{0, 9}), (Digest{1, 0}));
}

TEST(Digest, IsAKeyOfHashedContainers) {
  std::unordered_set<Digest> digests;
  for (int i = 0; i < 1000; ++i) digests.insert(Digest::of(std::to_string(i)));
  EXPECT_EQ(digests.size(), 1000U);
  EXPECT_TRUE(digests.contains(Digest::of("17")));
}

}  // namespace
}  // namespace llmc
