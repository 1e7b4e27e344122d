// The shipped model in llama.cpp, in a process of its own, as commands use it.
#include "model/llama_model.h"

#include <cmath>
#include <numeric>

#include "model/model_host.h"
#include "testing.h"

namespace llmc {
namespace {

using test::message_of;
using test::take;
using testing::HasSubstr;

std::unique_ptr<LanguageModel> shipped(const LlamaOptions& options = {}) {
  const auto path = test::source_path("models/llmc-small.gguf");
  return take(host_model([=] { return load_llama_model(path, options); }, {}));
}

GenerationRequest request_for(const std::string& prompt, unsigned count = 3) {
  GenerationRequest request;
  request.prompt = prompt;
  request.sampling.count = count;
  request.sampling.most_tokens = 24;
  return request;
}

std::vector<std::string> texts_of(const Generation& generation) {
  std::vector<std::string> texts;
  for (const Completion& one : generation.completions) texts.push_back(one.text);
  return texts;
}

constexpr const char* k_beginning =
    "[INST] Tell me how to optimize this LLVM-IR for object file size:\n\n<code>define dso_local "
    "i32 "
    "@f(i32 noundef %0) nounwind uwtable {\n%2 = alloca i32\n";

TEST(LlamaModel, WhatIsKeptOfAPromptChangesNoAnswer) {
  const std::string first = std::string(k_beginning) + "ret i32 1\n}\n</code> [/INST]";
  const std::string second = std::string(k_beginning) + "ret i32 %0\n}\n</code> [/INST]";
  const auto model = shipped();
  const auto alone = texts_of(take(shipped()->generate(request_for(second))));
  EXPECT_TRUE(model->generate(request_for(first)));
  EXPECT_EQ(texts_of(take(model->generate(request_for(second)))), alone);
  // The same prompt again, and one that is the beginning of what is kept.
  EXPECT_EQ(texts_of(take(model->generate(request_for(second)))), alone);
  const auto fresh = texts_of(take(shipped()->generate(request_for(k_beginning))));
  EXPECT_EQ(texts_of(take(model->generate(request_for(k_beginning)))), fresh);
}

TEST(LlamaModel, ALargerContextThanBeforeChangesNoAnswer) {
  const auto model = shipped();
  const auto before = texts_of(take(model->generate(request_for(k_beginning))));
  GenerationRequest wide = request_for(k_beginning, 16);
  wide.sampling.method = SamplingMethod::random;
  wide.sampling.most_tokens = 100;
  EXPECT_EQ(take(model->generate(wide)).completions.size(), 16U);
  EXPECT_EQ(texts_of(take(model->generate(request_for(k_beginning)))), before);
}

TEST(LlamaModel, AScoreIsTheProbabilityThatDecodingGives) {
  const auto model = shipped();
  GenerationRequest request = request_for(k_beginning, 1);
  request.sampling.most_tokens = 1;
  const Generation one = take(model->generate(request));
  const TextScore score = take(model->score(k_beginning, one.completions[0].text));
  ASSERT_EQ(score.tokens, 1U);
  // The score counts every token, decoding leaves out those that write nothing.
  EXPECT_NEAR(score.log_probability, one.completions[0].log_probability, 0.01);
}

TEST(LlamaModel, ChoicesHaveTheSharesThatTheirScoresGiveThem) {
  const auto model = shipped();
  const std::vector<std::string> choices = {"store i32", "%3 = load", "%3 = alloca ptr", "zebra"};
  const std::vector<double> shares = take(model->choose(k_beginning, choices));
  std::vector<double> scores;
  for (const std::string& choice : choices)
    scores.push_back(take(model->score(k_beginning, choice)).log_probability);
  const std::vector<double> expected = shares_of_probability(scores);
  ASSERT_EQ(shares.size(), expected.size());
  for (std::size_t i = 0; i < shares.size(); ++i) EXPECT_NEAR(shares[i], expected[i], 0.01);
  EXPECT_NEAR(std::accumulate(shares.begin(), shares.end(), 0.0), 1, 1e-9);
  // What was kept of this prompt does not change the next answer.
  EXPECT_EQ(take(model->choose(k_beginning, choices)), shares);
  EXPECT_TRUE(take(model->choose(k_beginning, {})).empty());
}

TEST(LlamaModel, HundredsOfChoicesThatBeginAlikeAreComparedAsTheirScoresAre) {
  const auto model = shipped();
  std::vector<std::string> choices;
  for (int i = 0; i < 500; ++i) choices.push_back(std::to_string(i));
  const std::vector<double> shares = take(model->choose(k_beginning, choices));
  ASSERT_EQ(shares.size(), choices.size());
  const double first = take(model->score(k_beginning, choices[0])).log_probability;
  for (const std::size_t i : {3U, 17U, 99U, 100U, 321U, 499U}) {
    const double score = take(model->score(k_beginning, choices[i])).log_probability;
    EXPECT_NEAR(std::log(shares[i] / shares[0]), score - first, 0.05) << choices[i];
  }
}

TEST(LlamaModel, AChoiceLongerThanABatchIsAnError) {
  const auto model = shipped();
  std::string endless;
  for (int i = 0; i < 300; ++i) endless += "zq ";
  EXPECT_THAT(message_of(model->choose(k_beginning, {"a", endless})), HasSubstr("a choice of"));
}

TEST(LlamaModel, AProbableTextScoresHigherThanAnImprobableOne) {
  const auto model = shipped();
  const double likely = take(model->score(k_beginning, "store i32 %0, ptr %2\n")).log_probability;
  const double odd = take(model->score(k_beginning, "zebra crossing ahead\n")).log_probability;
  EXPECT_GT(likely, odd + 5);
}

TEST(LlamaModel, WhatDoesNotFitTheContextIsAnError) {
  LlamaOptions options;
  options.context = 64;
  const auto model = shipped(options);
  std::string prompt;
  for (int i = 0; i < 200; ++i) prompt += "%1 = add i32 %0, 7\n";
  EXPECT_THAT(message_of(model->generate(request_for(prompt))), HasSubstr("context of 64"));
  EXPECT_THAT(message_of(model->score(prompt, "x")), HasSubstr("context of 64"));
  EXPECT_TRUE(model->generate(request_for("%1 = add")));
}

TEST(LlamaModel, AnAnswerEndsWithTheContext) {
  LlamaOptions options;
  options.context = 64;
  const auto model = shipped(options);
  GenerationRequest request = request_for(k_beginning, 1);
  request.sampling.most_tokens = 1000;
  const Generation generation = take(model->generate(request));
  EXPECT_LE(generation.prompt_tokens + generation.completions[0].tokens, 64U);
}

TEST(LlamaModel, TokensAreAsManyAsAreCounted) {
  const auto model = shipped();
  const auto tokens = take(model->tokenise(k_beginning));
  EXPECT_EQ(tokens.size(), take(model->count_tokens(k_beginning)));
  EXPECT_GT(tokens.size(), 10U);
  EXPECT_TRUE(take(model->tokenise("")).empty());
}

}  // namespace
}  // namespace llmc
