#include "corpus/similarity.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <set>

namespace llmc {
namespace {

/// A function of `lines` additions, whose constants start at `first`.
std::string additions(const std::string& name, int lines, int first = 1) {
  std::string text = fmt::format("define i32 @{}(i32 %0) {{\n", name);
  for (int i = 0; i < lines; ++i)
    text += fmt::format("%{} = {} i32 %{}, {}\n", i + 2, i % 3 == 0 ? "add" : "mul",
                        i == 0 ? 0 : i + 1, first + i);
  return text + fmt::format("ret i32 %{}\n}}\n", lines + 1);
}

TEST(Shape, IsWithoutNamesOfSymbolsAndTypes) {
  EXPECT_EQ(shape_of("%struct.a = type { i32 }\ncall void @f(ptr %1)\n"),
            shape_of("%struct.bee = type { i32 }\ncall void @\"g h\"(ptr %1)\n"));
  EXPECT_EQ(shape_of("c\"one\\00\""), shape_of("c\"two\\00\""));
}

TEST(Shape, KeepsTypesValuesAndConstants) {
  EXPECT_NE(shape_of("%2 = add i32 %0, 1"), shape_of("%2 = add i64 %0, 1"));
  EXPECT_NE(shape_of("%2 = add i32 %0, 1"), shape_of("%2 = add i32 %1, 1"));
  EXPECT_NE(shape_of("%2 = add i32 %0, 1"), shape_of("%2 = add i32 %0, 2"));
}

TEST(Sketch, IsTheSameWhateverTheConstantsAre) {
  EXPECT_EQ(resemblance(sketch_of(additions("f", 30)), sketch_of(additions("g", 30, 500))), 1.0);
}

TEST(Sketch, SurvivesItsBytes) {
  const Sketch sketch = sketch_of(additions("f", 30));
  EXPECT_EQ(Sketch::from_bytes(sketch.bytes()).least, sketch.least);
  EXPECT_EQ(Sketch::from_bytes("short").least, Sketch().least);
}

/// The share of runs of three that two sets of lines have in common.
double jaccard(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  const auto runs = [](const std::vector<std::string>& lines) {
    std::set<std::string> all;
    for (std::size_t i = 0; i + 3 <= lines.size(); ++i)
      all.insert(lines[i] + lines[i + 1] + lines[i + 2]);
    return all;
  };
  const auto of_a = runs(a);
  const auto of_b = runs(b);
  std::size_t common = 0;
  for (const auto& run : of_a) common += of_b.contains(run);
  return static_cast<double>(common) / static_cast<double>(of_a.size() + of_b.size() - common);
}

TEST(Sketch, EstimatesTheJaccardIndex) {
  // 400 different lines each, of which the first `shared` are common.
  for (const int shared : {0, 100, 200, 300, 380}) {
    std::vector<std::string> a;
    std::vector<std::string> b;
    for (int i = 0; i < 400; ++i) {
      const auto line = [&](char side) {
        return fmt::format("call_{}_{}\n", i < shared ? 's' : side, std::string(i + 1, 'x'));
      };
      a.push_back(line('a'));
      b.push_back(line('b'));
    }
    const auto join = [](const std::vector<std::string>& lines) {
      std::string text;
      for (const auto& line : lines) text += line;
      return text;
    };
    const double estimate = resemblance(sketch_of(join(a)), sketch_of(join(b)));
    EXPECT_NEAR(estimate, jaccard(a, b), 3 * 0.0625) << shared;
  }
}

TEST(NearDuplicatesOf, AFunctionAreFoundAndOthersAreNot) {
  NearDuplicates near(0.9);
  EXPECT_FALSE(near.seen(sketch_of(additions("f", 40))));
  EXPECT_TRUE(near.seen(sketch_of(additions("g", 40, 77))));
  EXPECT_FALSE(near.seen(sketch_of("define void @h() {\ncall void @i()\nret void\n}\n")));
}

}  // namespace
}  // namespace llmc
