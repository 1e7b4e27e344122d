#include "tune/mutation.h"

#include <map>
#include <set>

#include "tune/tune_testing.h"

namespace llmc {
namespace {

using test::alphabet;
using test::catalogue;
using test::take;

TEST(Mutation, GivesValidListsAlways) {
  Random random(7);
  PassList list = take(PassList::parse(clang_oz_pipeline_text(), catalogue()));
  for (int i = 0; i < 5000; ++i) {
    // Now and then from the start again, so that short and long lists are both changed.
    if (i % 100 == 50) list = random_list(alphabet(), 10, random);
    if (i % 1000 == 0) list = take(PassList::parse(clang_oz_pipeline_text(), catalogue()));
    list = mutate(list, alphabet(), random);
    if (list.empty()) continue;
    const auto accepted = check_with_llvm(list.to_string());
    ASSERT_TRUE(accepted) << list.to_string() << ": " << accepted.error().message;
    ASSERT_LE(list.pass_count(), 121U);
  }
}

TEST(Mutation, MostlyChangesTheList) {
  Random random(8);
  const PassList list = take(PassList::parse(clang_oz_pipeline_text(), catalogue()));
  std::set<std::string> different;
  for (int i = 0; i < 500; ++i) different.insert(mutate(list, alphabet(), random).to_string());
  EXPECT_GT(different.size(), 400U);
}

TEST(Mutation, WorksOnAnEmptyList) {
  Random random(9);
  bool grew = false;
  for (int i = 0; i < 50; ++i) grew |= !mutate(PassList(), alphabet(), random).empty();
  EXPECT_TRUE(grew);
}

TEST(Mutation, IsTheSameForTheSameSeed) {
  const auto chain = [](std::uint64_t seed) {
    Random random(seed);
    PassList list = random_list(alphabet(), 20, random);
    for (int i = 0; i < 50; ++i) list = mutate(list, alphabet(), random);
    return list.to_string();
  };
  EXPECT_EQ(chain(10), chain(10));
  EXPECT_NE(chain(10), chain(11));
}

TEST(Mutation, KeepsToItsAlphabet) {
  const Alphabet pipeline(catalogue(), PassTier::trusted);
  Random random(12);
  PassList list;
  for (int i = 0; i < 500; ++i) {
    list = mutate(list, pipeline, random);
    ASSERT_EQ(list.tier(catalogue()), PassTier::trusted) << list.to_string();
  }
}

TEST(Crossover, JoinsABeginningAndAnEnd) {
  const PassList first = take(PassList::parse("globaldce,constmerge,globalopt", catalogue()));
  const PassList second =
      take(PassList::parse("cgscc(inline),function(gvn),deadargelim", catalogue()));
  Random random(13);
  std::set<std::string> children;
  for (int i = 0; i < 300; ++i) {
    const PassList child = crossover(first, second, random);
    children.insert(child.to_string());
    ASSERT_TRUE(child.empty() || check_with_llvm(child.to_string())) << child.to_string();
  }
  // 4 beginnings × 4 ends, the empty ones among them.
  EXPECT_EQ(children.size(), 16U);
}

TEST(RandomList, HasTheLengthsOfThePaper) {
  Random random(14);
  std::map<std::size_t, int> lengths;
  for (int i = 0; i < 5000; ++i) ++lengths[random_list(alphabet(), 50, random).elements().size()];
  EXPECT_EQ(lengths.size(), 50U);
  EXPECT_EQ(lengths.begin()->first, 1U);
  EXPECT_EQ(lengths.rbegin()->first, 50U);
  // Uniform: 100 expected each, 5 standard deviations around it.
  for (const auto& [length, count] : lengths) EXPECT_NEAR(count, 100, 50) << length;
}

TEST(RandomList, DrawsEveryPass) {
  Random random(15);
  std::set<std::string> drawn;
  for (int i = 0; i < 1000; ++i) {
    const PassList list = random_list(alphabet(), 20, random);
    for (const PassElement& element : list.elements()) drawn.insert(to_string(element));
  }
  for (const PassElement& element : alphabet().all())
    EXPECT_TRUE(drawn.contains(to_string(element))) << to_string(element);
}

TEST(Alphabet, HoldsValidElementsInOrder) {
  const std::vector<PassElement> all = alphabet().all();
  EXPECT_EQ(all.size(), alphabet().size());
  EXPECT_GT(all.size(), 80U);
  for (const PassElement& element : all) EXPECT_TRUE(check_with_llvm(to_string(element)));
  EXPECT_TRUE(std::ranges::is_sorted(
      all, {}, [](const PassElement& element) { return to_string(element); }));
}

TEST(Alphabet, DrawsParametersThatLlvmAccepts) {
  Random random(16);
  std::set<std::string> seen;
  for (const char* name : {"gvn", "simplifycfg", "loop-unroll", "licm"}) {
    const PassInfo* pass = catalogue().find(name);
    ASSERT_NE(pass, nullptr);
    for (int i = 0; i < 100; ++i) {
      const std::string parameters = alphabet().draw_parameters(name, random);
      const std::string text = to_string(make_element(*pass, parameters, PassLevel::module));
      seen.insert(text);
      ASSERT_TRUE(check_with_llvm(text)) << text;
    }
  }
  EXPECT_GT(seen.size(), 30U);
  EXPECT_EQ(alphabet().draw_parameters("no-such-pass", random), "");
}

TEST(Alphabet, PrefersWhatDidWell) {
  Alphabet preferring(catalogue(), PassTier::trusted);
  preferring.prefer({take(PassList::parse("globaldce", catalogue()))});
  Random random(17);
  int count = 0;
  constexpr int draws = 2000;
  for (int i = 0; i < draws; ++i)
    count += to_string(preferring.draw(random, PassLevel::module, false)) == "globaldce";
  // Seven of ten draws, and its share of the rest.
  EXPECT_NEAR(count, draws * 0.7, draws * 0.05);
}

TEST(Alphabet, DrawsElementsThatFitTheirPlace) {
  Random random(18);
  for (int i = 0; i < 500; ++i) {
    const auto inside = [&](PassLevel level) {
      return to_string(alphabet().draw(random, level, true));
    };
    for (const std::string& text : {"cgscc(" + inside(PassLevel::cgscc) + ")",
                                    "function(" + inside(PassLevel::function) + ")",
                                    "function(loop-mssa(" + inside(PassLevel::loop) + "))"}) {
      const auto accepted = check_with_llvm(text);
      ASSERT_TRUE(accepted) << text << ": " << accepted.error().message;
    }
  }
}

}  // namespace
}  // namespace llmc
