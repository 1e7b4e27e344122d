#include "model/decoding.h"

#include <cmath>
#include <map>
#include <set>

#include "testing.h"

namespace llmc {
namespace {

using test::take;
using testing::ElementsAre;

/// A model of three letters and an end, whose logits depend on all that was written: odd, but the
/// same each time, so that every probability can be computed by hand.
class LetterModel : public TokenPredictor {
 public:
  static constexpr Token k_stop = 3;

  const TokenTexts& texts() const override { return texts_; }
  const TokenTree& tree() const override { return tree_; }
  bool is_end(Token token) const override { return token == k_stop; }
  std::span<const float> after_prompt() override { return row(0, {}); }

  Result<std::span<const float>> restart(int sequence, std::span<const Token> tokens) override {
    sequences_[sequence].assign(tokens.begin(), tokens.end());
    return row(0, sequences_[sequence]);
  }
  Result<std::vector<std::span<const float>>> advance(std::span<const Step> steps) override {
    ++calls_;
    std::vector<std::span<const float>> rows;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      sequences_[steps[i].sequence].push_back(steps[i].token);
      rows.push_back(row(i, sequences_[steps[i].sequence]));
    }
    return rows;
  }

  static std::vector<float> logits_after(const std::vector<Token>& tokens) {
    unsigned hash = 17;
    for (const Token token : tokens) hash = hash * 31 + static_cast<unsigned>(token) + 7;
    std::vector<float> logits;
    for (unsigned token = 0; token < 4; ++token)
      logits.push_back(static_cast<float>((hash * (token + 3) * 2654435761U) >> 20) / 1024);
    logits[k_stop] += static_cast<float>(tokens.size()) - 2;
    return logits;
  }

  int calls_ = 0;

 private:
  std::span<const float> row(std::size_t i, const std::vector<Token>& tokens) {
    return rows_[i] = logits_after(tokens);
  }
  TokenTexts texts_ = {"a", "b", "ab", ""};
  TokenTree tree_{texts_};
  std::map<int, std::vector<Token>> sequences_;
  std::map<std::size_t, std::vector<float>> rows_;
};

double log_share(const std::vector<float>& logits, Token token) {
  double sum = 0;
  for (const float logit : logits) sum += std::exp(logit);
  return logits[static_cast<std::size_t>(token)] - std::log(sum);
}

/// Every way to write a text of at most `most` tokens that ends, with its probability.
void enumerate(std::vector<Token>& tokens, double log_p, std::size_t most,
               std::vector<std::pair<double, std::string>>& out) {
  const std::vector<float> logits = LetterModel::logits_after(tokens);
  std::string text;
  for (const Token token : tokens) text += token == 0 ? "a" : token == 1 ? "b" : "ab";
  out.emplace_back(log_p + log_share(logits, LetterModel::k_stop), text);
  if (tokens.size() == most) return;
  for (Token token = 0; token < 3; ++token) {
    tokens.push_back(token);
    enumerate(tokens, log_p + log_share(logits, token), most, out);
    tokens.pop_back();
  }
}

GenerationRequest request_for(SamplingMethod method, unsigned count) {
  GenerationRequest request;
  request.sampling.method = method;
  request.sampling.count = count;
  request.sampling.most_tokens = 12;
  return request;
}

TEST(PrioritySampling, TheFirstTextIsTheGreedyOne) {
  LetterModel model;
  std::vector<Token> tokens;
  double log_p = 0;
  while (true) {
    const std::vector<float> logits = LetterModel::logits_after(tokens);
    const auto best = static_cast<Token>(std::ranges::max_element(logits) - logits.begin());
    log_p += log_share(logits, best);
    if (best == LetterModel::k_stop) break;
    tokens.push_back(best);
  }
  const auto one = take(decode(model, request_for(SamplingMethod::priority, 1), 100));
  ASSERT_EQ(one.size(), 1U);
  EXPECT_EQ(one[0].tokens, tokens.size());
  EXPECT_TRUE(one[0].ended);
  EXPECT_NEAR(one[0].log_probability, log_p, 1e-5);
}

TEST(PrioritySampling, TextsAreUniqueAndTheirProbabilitiesAreTheModels) {
  LetterModel model;
  const auto found = take(decode(model, request_for(SamplingMethod::priority, 12), 100));
  ASSERT_EQ(found.size(), 12U);
  std::vector<std::pair<double, std::string>> all;
  std::vector<Token> tokens;
  enumerate(tokens, 0, 6, all);
  std::set<std::string> texts;
  for (const Completion& one : found) {
    EXPECT_TRUE(texts.insert(one.text).second) << one.text;
    if (one.tokens > 6) continue;
    const bool is_possible = std::ranges::any_of(all, [&](const auto& each) {
      return each.second == one.text && std::abs(each.first - one.log_probability) < 1e-5;
    });
    EXPECT_TRUE(is_possible) << one.text << " " << one.log_probability;
  }
}

TEST(PrioritySampling, WithEnoughTextsTheMostProbableOnesAreAmongThem) {
  LetterModel model;
  std::vector<std::pair<double, std::string>> all;
  std::vector<Token> tokens;
  enumerate(tokens, 0, 7, all);
  std::ranges::sort(all, std::greater<>());
  std::set<std::string> found;
  for (const Completion& one : take(decode(model, request_for(SamplingMethod::priority, 40), 100)))
    found.insert(one.text);
  for (std::size_t i = 0; i < 5; ++i) EXPECT_TRUE(found.contains(all[i].second)) << all[i].second;
}

TEST(PrioritySampling, ASmallerCountGivesTheBeginningOfALargerOne) {
  LetterModel model;
  const auto few = take(decode(model, request_for(SamplingMethod::priority, 4), 100));
  const auto many = take(decode(model, request_for(SamplingMethod::priority, 9), 100));
  for (std::size_t i = 0; i < few.size(); ++i) EXPECT_EQ(few[i].text, many[i].text);
}

/// "ab" again and again, then a full stop... of letters: (ab)+.
class AbOnly : public TextConstraint {
 public:
  State start() const override { return 0; }
  State next(State state, unsigned char byte) const override {
    if (state == 1) return byte == 'b' ? 2 : k_refused;
    return byte == 'a' ? 1 : k_refused;
  }
  bool may_end(State state) const override { return state == 2; }
  std::string ending(State state) const override {
    return state == 2 ? "" : state == 1 ? "b" : "ab";
  }
  std::string gbnf() const override { return "root ::= (\"ab\")+"; }
};

TEST(ConstrainedDecoding, WritesOnlyTextsOfTheLanguage) {
  LetterModel model;
  const AbOnly constraint;
  for (const SamplingMethod method : {SamplingMethod::priority, SamplingMethod::random}) {
    GenerationRequest request = request_for(method, 6);
    request.constraint = &constraint;
    for (const Completion& one : take(decode(model, request, 100)))
      EXPECT_TRUE(constraint.accepts(one.text)) << one.text;
  }
}

TEST(ConstrainedDecoding, ATextThatIsCutOffIsCompleted) {
  LetterModel model;
  const AbOnly constraint;
  GenerationRequest request = request_for(SamplingMethod::priority, 3);
  request.constraint = &constraint;
  for (unsigned budget = 0; budget < 6; ++budget) {
    request.sampling.most_tokens = budget;
    for (const Completion& one : take(decode(model, request, 100)))
      EXPECT_TRUE(constraint.accepts(one.text)) << one.text << " with " << budget;
  }
}

TEST(RandomSampling, TheSameSeedDrawsTheSameTexts) {
  LetterModel model;
  const auto once = take(decode(model, request_for(SamplingMethod::random, 8), 100));
  const auto again = take(decode(model, request_for(SamplingMethod::random, 8), 100));
  ASSERT_EQ(once.size(), again.size());
  for (std::size_t i = 0; i < once.size(); ++i) EXPECT_EQ(once[i].text, again[i].text);
}

TEST(RandomSampling, DrawsAsOftenAsTheProbabilitySays) {
  LetterModel model;
  GenerationRequest request = request_for(SamplingMethod::random, 4000);
  request.sampling.most_tokens = 1;
  std::map<std::string, double> counts;
  for (const Completion& one : take(decode(model, request, 100))) counts[one.text] += 1.0 / 4000;
  const std::vector<float> logits = LetterModel::logits_after({});
  const std::vector<std::string> texts = {"a", "b", "ab", ""};
  for (Token token = 0; token < 4; ++token)
    EXPECT_NEAR(counts[texts[static_cast<std::size_t>(token)]], std::exp(log_share(logits, token)),
                0.04);
}

TEST(RandomSampling, WithoutTemperatureItIsGreedy) {
  LetterModel model;
  GenerationRequest request = request_for(SamplingMethod::random, 3);
  request.sampling.temperature = 0;
  const auto greedy = take(decode(model, request_for(SamplingMethod::priority, 1), 100));
  for (const Completion& one : take(decode(model, request, 100)))
    EXPECT_EQ(one.text, greedy[0].text);
}

TEST(RandomSampling, TextsAreLengthenedSideBySide) {
  LetterModel model;
  const auto found = take(decode(model, request_for(SamplingMethod::random, 16), 100));
  std::uint32_t longest = 0;
  for (const Completion& one : found) longest = std::max(longest, one.tokens);
  EXPECT_LE(model.calls_, static_cast<int>(longest));
}

TEST(Decoding, AStopEndsATextBeforeIt) {
  LetterModel model;
  GenerationRequest request = request_for(SamplingMethod::random, 20);
  request.stop = {"ba"};
  for (const Completion& one : take(decode(model, request, 100)))
    EXPECT_EQ(one.text.find("ba"), std::string::npos) << one.text;
}

TEST(TokenTree, FindsTheTokensThatALanguageAllows) {
  const TokenTree tree({"a", "b", "ab", "", "aba", "abb"});
  const AbOnly constraint;
  EXPECT_THAT(tree.allowed(constraint, 0), ElementsAre(0, 2, 4));
  EXPECT_THAT(tree.allowed(constraint, 1), ElementsAre(1));
}

}  // namespace
}  // namespace llmc
