#include "catalogue.h"
#include "propose/compose.h"
#include "propose/explain.h"
#include "propose/model_proposer.h"
#include "propose/propose_testing.h"
#include "testing.h"

namespace llmc {
namespace {

using test::catalogue;
using test::take;
using test::texts_of;
using testing::ElementsAre;

PassList list_of(const std::string& text) { return take(PassList::parse(text, catalogue())); }

Advice advice_for(const std::string& list, double log_probability) {
  return {list.empty() ? std::nullopt : std::optional(list_of(list)), log_probability, 0, 0};
}

TEST(RankLists, AListCountsWithItsFunctionsWeightAndItsProbability) {
  ModelAdvice advice;
  advice.answers.push_back({"big", 0.7, {advice_for("dse", -1), advice_for("dce", -1.2)}, 0});
  advice.answers.push_back({"small", 0.3, {advice_for("dce", -0.1), advice_for("adce", -3)}, 0});
  // dse: 0.7 * 0.55 = 0.38; dce: 0.7 * 0.45 + 0.3 * 0.95 = 0.60; adce: 0.3 * 0.05.
  const auto ranked = rank_lists(advice, 10);
  EXPECT_THAT(texts_of(ranked), ElementsAre("function(dce)", "function(dse)", "function(adce)"));
  EXPECT_NEAR(ranked[0].support + ranked[1].support + ranked[2].support, 1.0, 1e-9);
  EXPECT_EQ(rank_lists(advice, 1).size(), 1U);
}

TEST(RankLists, ThatNothingBeatsOzIsNoList) {
  ModelAdvice advice;
  advice.answers.push_back({"", 1, {advice_for("", -0.1), advice_for("dse", -2)}, 0});
  EXPECT_THAT(texts_of(rank_lists(advice, 5)), ElementsAre("function(dse)"));
}

TEST(FunctionPart, IsWhatWorksOnFunctions) {
  const auto part = function_part(
      list_of("function(sroa,dse),globaldce,cgscc(inline,function(gvn)),loop-rotate"), "f");
  ASSERT_TRUE(part);
  EXPECT_EQ(to_string(part->element), "on<f>(sroa,dse,gvn,loop(loop-rotate))");
  EXPECT_FALSE(function_part(list_of("globaldce,default<Oz>"), "f"));
  EXPECT_FALSE(function_part(list_of("function(dse)"), "a>b,c"));
}

TEST(Compose, PutsThePartsInFrontOfTheList) {
  ModelAdvice advice;
  advice.answers.push_back(
      {"f", 0.5, {advice_for("dse", -1), advice_for("function(dse),globaldce", -2)}, 0});
  advice.answers.push_back({"g", 0.5, {advice_for("", -1), advice_for("gvn", -2)}, 0});
  const auto parts = parts_of_advice(advice, 2);
  ASSERT_EQ(parts.size(), 2U);  // both of f's answers are the same part
  const PassList whole = compose(parts, list_of("default<Oz>"));
  EXPECT_EQ(whole.to_string(), "on<f>(dse),on<g>(gvn),default<Oz>");
  EXPECT_EQ(list_of(whole.to_string()), whole);
}

TEST(WithoutEachPass, LeavesOutOneLeafAfterTheOther) {
  std::vector<std::string> lists;
  for (const auto& [pass, list] :
       without_each_pass(list_of("function(sroa,loop(loop-rotate)),globaldce")))
    lists.push_back(pass + ": " + list.to_string());
  EXPECT_THAT(lists, ElementsAre("sroa: function(loop(loop-rotate)),globaldce",
                                 "loop-rotate: function(sroa),globaldce",
                                 "globaldce: function(sroa,loop(loop-rotate))"));
}

}  // namespace
}  // namespace llmc
