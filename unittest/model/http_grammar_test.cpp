#include <cmath>

#include "model/http_model.h"
#include "model/http_stand_in.h"

namespace llmc {
namespace {

using test::answer;
using test::chat_answer;
using test::greedy;
using test::json;
using test::k_chat;
using test::k_completions;
using test::k_llama_props;
using test::object;
using test::open;
using test::options_for;
using test::reply_of;
using test::Seen;
using test::StandIn;
using test::take;
using test::texts_of;
using test::Wire;
using test::with_tokens;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

/// a or b, any number of times, with commas between.
class Letters : public TextConstraint {
 public:
  [[nodiscard]] State start() const override { return 0; }
  [[nodiscard]] State next(State state, unsigned char byte) const override {
    if (state == 0 && (byte == 'a' || byte == 'b')) return 1;
    return state == 1 && byte == ',' ? 0 : k_refused;
  }
  [[nodiscard]] bool may_end(State state) const override { return state == 1; }
  [[nodiscard]] std::string ending(State state) const override { return state == 1 ? "" : "a"; }
  [[nodiscard]] std::string gbnf() const override { return "root ::= [ab] (\",\" [ab])*"; }
};

TEST(HttpModelGrammar, GoesToLlamaServerOnly) {
  const Letters letters;
  GenerationRequest request = greedy("p");
  request.constraint = &letters;
  const auto body_seen = [&](const std::string& route, const json& page) {
    StandIn server({{k_completions, object(answer({"a,b"}))}, {route, object(page)}});
    EXPECT_THAT(texts_of(take(open(server)->generate(request))), ElementsAre("a,b"));
    return server.seen(k_completions)[0].body;
  };
  const json llama = body_seen("GET /props", k_llama_props);
  EXPECT_EQ(llama["grammar"], letters.gbnf());
  EXPECT_EQ(llama["top_k"], 0);
  const json vllm = body_seen("GET /version", {{"version", "0.12.0"}});
  EXPECT_EQ(vllm["structured_outputs"], (json{{"grammar", letters.gbnf()}}));
  EXPECT_EQ(vllm["top_k"], -1);
  EXPECT_FALSE(vllm.contains("grammar"));
  EXPECT_EQ(body_seen("GET /version", {{"version", "0.9.1"}})["guided_grammar"], letters.gbnf());
  const json other = body_seen("GET /health", {{"status", "ok"}});
  for (const char* field : {"grammar", "structured_outputs", "guided_grammar", "top_k", "min_p"})
    EXPECT_FALSE(other.contains(field)) << field;
}

/// Letters that also come as JSON.
class LettersInJson : public Letters {
 public:
  std::string json_schema() const override { return R"({"type": "object"})"; }
  std::optional<std::string> text_of_json(std::string_view value) const override {
    return value == R"({"letters": "ab"})" ? std::optional<std::string>("a,b") : std::nullopt;
  }
};

TEST(HttpModelGrammar, AJsonSchemaGoesToChatsThatTakeNoGrammar) {
  StandIn server({{k_chat, object(chat_answer(R"({"letters": "ab"})"))}});
  HttpModelOptions options = options_for(server.url());
  options.endpoint = HttpModelOptions::Endpoint::chat;
  const LettersInJson letters;
  GenerationRequest request = greedy("p");
  request.constraint = &letters;
  const Generation got = take(open(options)->generate(request));
  EXPECT_THAT(texts_of(got), ElementsAre("a,b"));
  EXPECT_TRUE(std::isnan(got.completions[0].log_probability));
  const json format = server.seen(k_chat)[0].body["response_format"];
  EXPECT_EQ(format["type"], "json_schema");
  EXPECT_EQ(format["json_schema"]["schema"]["type"], "object");
}

TEST(HttpModelGrammar, AJsonSchemaIsLeftOutOnceTheServerRefusesIt) {
  StandIn server({{k_chat, [](const Seen& seen, const Wire& wire) {
                     if (seen.body.contains("response_format"))
                       wire.send(reply_of(400, R"({"error": {"message": "no schema here"}})"));
                     else
                       wire.send(reply_of(chat_answer("a,b")));
                   }}});
  HttpModelOptions options = options_for(server.url());
  options.endpoint = HttpModelOptions::Endpoint::chat;
  const LettersInJson letters;
  GenerationRequest request = greedy("p");
  request.constraint = &letters;
  const auto model = open(options);
  take(model->generate(request));
  EXPECT_THAT(texts_of(take(model->generate(request))), ElementsAre("a,b"));
  EXPECT_THAT(server.seen(k_chat), SizeIs(3));
}

TEST(HttpModelGrammar, IsLeftOutOnceTheServerRefusesIt) {
  StandIn server({{"GET /props", object(k_llama_props)},
                  {k_completions, [](const Seen& seen, const Wire& wire) {
                     if (seen.body.contains("grammar"))
                       wire.send(reply_of(400, R"({"error": {"message": "bad request"}})"));
                     else
                       wire.send(reply_of(answer({"a"})));
                   }}});
  const Letters letters;
  GenerationRequest request = greedy("p");
  request.constraint = &letters;
  const auto model = open(server);
  take(model->generate(request));
  EXPECT_THAT(texts_of(take(model->generate(request))), ElementsAre("a"));
  EXPECT_THAT(server.seen(k_completions), SizeIs(3));
}

TEST(HttpModelGrammar, TextsAreCutToWhatMayEndOrDropped) {
  json cut = with_tokens(answer({"a,b,", "no", "b\n", ""}), {{"a,", -1}, {"b", -2}, {",", -4}});
  StandIn server({{k_completions, object(cut)}});
  const Letters letters;
  GenerationRequest request = greedy("p");
  request.constraint = &letters;
  request.sampling.method = SamplingMethod::random;
  request.sampling.count = 4;
  const Generation got = take(open(server)->generate(request));
  EXPECT_THAT(texts_of(got), ElementsAre("a,b", "b"));
  EXPECT_DOUBLE_EQ(got.completions[0].log_probability, -3);
  EXPECT_EQ(got.completions[0].tokens, 2U);
}

TEST(HttpModelGrammar, NoTextThatMayEndIsNoError) {
  StandIn server({{k_completions, object(answer({"Sure! Here is a list."}))}});
  const Letters letters;
  GenerationRequest request = greedy("p");
  request.constraint = &letters;
  EXPECT_THAT(take(open(server)->generate(request)).completions, IsEmpty());
}

TEST(HttpModelGrammar, ATokenThatIsCutLeavesTheProbabilityUnknown) {
  StandIn server(
      {{k_completions, object(with_tokens(answer({"a,b,"}), {{"a", -1}, {",b,", -2}}))}});
  const Letters letters;
  GenerationRequest request = greedy("p");
  request.constraint = &letters;
  const Generation got = take(open(server)->generate(request));
  EXPECT_THAT(texts_of(got), ElementsAre("a,b"));
  EXPECT_TRUE(std::isnan(got.completions[0].log_probability));
}

}  // namespace
}  // namespace llmc
