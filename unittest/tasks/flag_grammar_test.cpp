#include "tasks/flag_grammar.h"

#include <cstdlib>

#include "passes/verdict_table.h"
#include "support/files.h"
#include "support/random.h"
#include "tasks/answers.h"
#include "testing.h"

namespace llmc {
namespace {

using test::take;

const PassCatalogue& shipped_catalogue() {
  static const PassCatalogue installed = take(installed_catalogue());
  return installed;
}

/// The lists that the repository ships.
std::vector<PassList> shipped_lists() {
  std::vector<PassList> lists;
  for (const char* name : {"portfolio.txt", "function-portfolio.txt"}) {
    const std::string text = take(read_file(std::string(LLMC_SOURCE_FOLDER "/data/") + name));
    std::size_t at = 0;
    while (at < text.size()) {
      const std::size_t end = std::min(text.find('\n', at), text.size());
      const std::string line = text.substr(at, end - at);
      at = end + 1;
      if (line.empty() || line[0] == '#' || line.starts_with("llmc-portfolio")) continue;
      lists.push_back(take(PassList::parse(line, shipped_catalogue())));
    }
  }
  return lists;
}

FlagGrammar make_grammar(ListSpelling spelling, PassTier tier = PassTier::quarantined) {
  FlagGrammarOptions options;
  options.spelling = spelling;
  options.tier = tier;
  options.examples = shipped_lists();
  return {shipped_catalogue(), options};
}

const FlagGrammar& canonical() {
  static const FlagGrammar grammar = make_grammar(ListSpelling::canonical);
  return grammar;
}

const FlagGrammar& paper() {
  static const FlagGrammar grammar = make_grammar(ListSpelling::paper);
  return grammar;
}

/// A random text of the language, up to `most` bytes and then as `ending` completes it.
std::string random_text(const FlagGrammar& grammar, std::size_t most, Random& random) {
  std::string text;
  auto state = grammar.start();
  while (text.size() < most) {
    std::vector<std::pair<char, TextConstraint::State>> next;
    for (int byte = 0; byte < 256; ++byte)
      if (const auto to = grammar.next(state, static_cast<unsigned char>(byte));
          to != TextConstraint::k_refused)
        next.emplace_back(static_cast<char>(byte), to);
    if (next.empty() || (grammar.may_end(state) && random.chance(0.3))) return text;
    const auto& [byte, to] = next[random.below(next.size())];
    text += byte;
    state = to;
  }
  return text + grammar.ending(state);
}

std::string answer_with(const std::string& list) {
  return "Run the following passes opt -p '" + list +
         "' to reduce the binary size from 9 to 8 bytes.";
}

TEST(FlagGrammar, EveryTextOfItIsAValidAnswer) {
  Random random(7);
  for (const FlagGrammar* grammar : {&canonical(), &paper()})
    for (int i = 0; i < 1500; ++i) {
      const std::string text = random_text(*grammar, 20 + random.below(600), random);
      ASSERT_TRUE(grammar->accepts(text)) << text;
      const auto answer = FlagTuningAnswer::parse(text, shipped_catalogue());
      ASSERT_TRUE(answer) << answer.error().message << " in " << text;
      if (answer->list) {
        EXPECT_LE(answer->list->tier(shipped_catalogue()), PassTier::quarantined) << text;
        EXPECT_LE(answer->list->pass_count(), 50U);
      }
    }
}

TEST(FlagGrammar, WhatAnswersPrintIsInIt) {
  for (const PassList& list : shipped_lists()) {
    if (list.pass_count() > 50) continue;
    const FlagTuningAnswer answer{list, 1234, 1000, ""};
    EXPECT_TRUE(canonical().accepts(to_string(answer))) << to_string(answer);
  }
  EXPECT_TRUE(canonical().accepts(to_string(FlagTuningAnswer{std::nullopt, 77, 0, ""})));
}

TEST(FlagGrammar, ThePapersSpellingIsInTheOther) {
  EXPECT_TRUE(
      paper().accepts("Run the following passes opt -p "
                      "'module(default<Oz>),module(iroutliner)'"));
  EXPECT_TRUE(paper().accepts(answer_with("module(default<Oz>),cgscc(inline)")));
  EXPECT_TRUE(paper().accepts(answer_with("module(licm),module(lowerswitch)")));
  EXPECT_FALSE(canonical().accepts(answer_with("module(globaldce)")));
}

TEST(FlagGrammar, OtherAnswersAreNot) {
  for (const FlagGrammar* grammar : {&canonical(), &paper()}) {
    EXPECT_FALSE(grammar->accepts(answer_with("no-such-pass")));
    EXPECT_FALSE(grammar->accepts(answer_with("function(sroa")));
    EXPECT_FALSE(grammar->accepts(answer_with("function(sroa),")));
    EXPECT_FALSE(grammar->accepts(answer_with("function()")));
    EXPECT_FALSE(grammar->accepts(answer_with("")));
    EXPECT_FALSE(grammar->accepts(answer_with("function(unify-loop-exits)")));  // denied
    EXPECT_FALSE(grammar->accepts("I think that you should use -O3"));
    EXPECT_FALSE(grammar->accepts(""));
  }
  const FlagGrammar trusted = make_grammar(ListSpelling::canonical, PassTier::trusted);
  const auto candidates = shipped_catalogue().candidates(PassTier::quarantined);
  const auto suspect = std::ranges::find_if(candidates, [](const PassInfo* pass) {
    return pass->tier == PassTier::quarantined && pass->level == PassLevel::function;
  });
  const std::string list = "function(" + (*suspect)->name + ")";
  EXPECT_TRUE(canonical().accepts(answer_with(list))) << list;
  EXPECT_FALSE(trusted.accepts(answer_with(list))) << list;
}

TEST(FlagGrammar, AListOfMoreThanFiftyPassesIsNot) {
  std::string list = "function(dse";
  for (int i = 1; i < 50; ++i) list += ",dse";
  EXPECT_TRUE(canonical().accepts(answer_with(list + ")")));
  EXPECT_FALSE(canonical().accepts(answer_with(list + ",dse)")));
}

TEST(FlagGrammar, EveryBeginningCanBeEnded) {
  const std::string text = answer_with("cgscc(function(sroa,loop-mssa(licm)),inline),globaldce");
  auto state = canonical().start();
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string whole = text.substr(0, i) + canonical().ending(state);
    EXPECT_TRUE(canonical().accepts(whole)) << whole;
    EXPECT_TRUE(FlagTuningAnswer::parse(whole, shipped_catalogue())) << whole;
    state = canonical().next(state, static_cast<unsigned char>(text[i]));
    ASSERT_NE(state, TextConstraint::k_refused) << text.substr(0, i + 1);
  }
}

TEST(FlagGrammar, AValueOfItsJsonSchemaIsAnAnswer) {
  EXPECT_NE(paper().json_schema().find("\"sroa\""), std::string::npos);
  EXPECT_EQ(paper().json_schema().find("unify-loop-exits"), std::string::npos);
  EXPECT_EQ(canonical().json_schema(), "");
  const auto text = paper().text_of_json(R"({"passes": ["default<Oz>", "sroa", "licm"]})");
  ASSERT_TRUE(text);
  const FlagTuningAnswer answer = take(FlagTuningAnswer::parse(*text, shipped_catalogue()));
  EXPECT_EQ(answer.list->to_string(), "default<Oz>,function(sroa),function(loop-mssa(licm))");
  EXPECT_FALSE(paper().text_of_json(R"({"passes": ["no-such-pass"]})"));
  EXPECT_FALSE(paper().text_of_json(R"({"passes": []})"));
  EXPECT_FALSE(paper().text_of_json("{"));
}

}  // namespace
}  // namespace llmc
