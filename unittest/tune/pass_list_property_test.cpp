// Properties of pass lists over generated ones. The seeds are fixed: a failure can be repeated.
#include "passes/pass_list.h"
#include "tune/tune_testing.h"

namespace llmc {
namespace {

using test::take;

const Alphabet& all_passes() {
  static const Alphabet the_alphabet(test::catalogue(), PassTier::denied);
  return the_alphabet;
}

/// Lists as searches make them: drawn, changed, crossed.
std::vector<PassList> generated(std::size_t count) {
  Random random(20'240'702);
  std::vector<PassList> lists;
  while (lists.size() < count) {
    PassList list = random_list(all_passes(), 30, random);
    for (std::size_t i = random.below(4); i > 0; --i) list = mutate(list, all_passes(), random);
    if (!lists.empty() && random.chance(0.2)) list = crossover(list, lists.back(), random);
    lists.push_back(std::move(list));
  }
  return lists;
}

TEST(PassListProperty, ParseUndoesPrint) {
  int failures = 0;
  for (const PassList& list : generated(2000)) {
    const std::string text = list.to_string();
    const auto read = PassList::parse(text, test::catalogue());
    ASSERT_TRUE(read) << text << ": " << read.error().message;
    if (*read == list) continue;
    if (++failures <= 3) ADD_FAILURE() << "printed " << text << "\nread as " << read->to_string();
  }
  EXPECT_EQ(failures, 0) << "of 2000";
}

TEST(PassListProperty, LlvmAcceptsEveryPrintedList) {
  for (const PassList& list : generated(2000)) {
    if (list.empty()) continue;
    const auto accepted = check_with_llvm(list.to_string());
    ASSERT_TRUE(accepted) << list.to_string() << ": " << accepted.error().message;
  }
}

TEST(PassListProperty, CanonicalFormIsAFixedPoint) {
  for (const PassList& list : generated(500)) {
    const std::string once = take(PassList::parse(list.to_string(), test::catalogue())).to_string();
    const std::string twice = take(PassList::parse(once, test::catalogue())).to_string();
    ASSERT_EQ(twice, once);
  }
}

TEST(PassListProperty, ThePapersSpellingIsTheSameList) {
  int failures = 0;
  for (const PassList& list : generated(500)) {
    const auto read = PassList::parse(list.to_paper_string(), test::catalogue());
    ASSERT_TRUE(read) << list.to_paper_string() << ": " << read.error().message;
    if (*read == list) continue;
    if (++failures <= 3)
      ADD_FAILURE() << "printed " << list.to_paper_string() << "\nread as " << read->to_string();
  }
  EXPECT_EQ(failures, 0) << "of 500";
}

TEST(PassListProperty, StepsJoinedAreTheList) {
  for (const PassList& list : generated(300)) {
    const std::vector<std::string> steps = split_steps(list.to_string());
    ASSERT_EQ(steps.size(), list.elements().size()) << list.to_string();
    for (std::size_t i = 0; i < steps.size(); ++i)
      ASSERT_EQ(steps[i], to_string(list.elements()[i]));
  }
}

}  // namespace
}  // namespace llmc
