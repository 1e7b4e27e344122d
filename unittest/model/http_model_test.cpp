#include "model/http_model.h"

#include <cmath>

#include "model/http_stand_in.h"

namespace llmc {
namespace {

using test::bytes;
using test::event_of;
using test::greedy;
using test::in_turn;
using test::json;
using test::message_of;
using test::object;
using test::open;
using test::options_for;
using test::piece;
using test::reply_of;
using test::Seen;
using test::StandIn;
using test::stream;
using test::take;
using test::Wire;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr const char* k_completions = "POST /v1/completions";
constexpr const char* k_chat = "POST /v1/chat/completions";

json chat_answer(const std::string& text) {
  return {{"choices",
           {{{"index", 0},
             {"message", {{"role", "assistant"}, {"content", text}}},
             {"finish_reason", "stop"}}}}};
}

json answer(const std::vector<std::string>& texts, const char* reason = "stop") {
  json choices = json::array();
  for (const std::string& text : texts)
    choices.push_back({{"index", choices.size()}, {"text", text}, {"finish_reason", reason}});
  return {{"choices", choices}};
}

json with_tokens(json choice_of, const std::vector<std::pair<std::string, double>>& tokens) {
  json texts = json::array();
  json values = json::array();
  for (const auto& [text, value] : tokens) {
    texts.push_back(text);
    values.push_back(value);
  }
  choice_of["choices"][0]["logprobs"] = {{"tokens", texts}, {"token_logprobs", values}};
  return choice_of;
}

std::vector<std::string> texts_of(const Generation& generation) {
  std::vector<std::string> texts;
  for (const Completion& completion : generation.completions) texts.push_back(completion.text);
  return texts;
}

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

const json k_llama_props = {{"default_generation_settings", {{"n_ctx", 64}}}};

TEST(HttpModel, GivesTheTextOfAStream) {
  StandIn server(
      {{k_completions, stream({piece("run "),
                               piece("gvn", "stop"),
                               {{"choices", json::array()},
                                {"usage", {{"prompt_tokens", 7}, {"completion_tokens", 3}}}}})}});
  const Generation got = take(open(server)->generate(greedy("the prompt")));
  ASSERT_THAT(got.completions, SizeIs(1));
  EXPECT_EQ(got.completions[0].text, "run gvn");
  EXPECT_TRUE(got.completions[0].ended);
  EXPECT_EQ(got.completions[0].tokens, 3U);
  EXPECT_TRUE(std::isnan(got.completions[0].log_probability));
  EXPECT_EQ(got.prompt_tokens, 7U);
  EXPECT_EQ(got.answer_tokens, 3U);
}

TEST(HttpModel, GivesTheTextOfAnAnswerInOnePiece) {
  json whole = with_tokens(answer({"run gvn"}, "length"), {{"run ", -0.5}, {"gvn", -0.25}});
  whole["timings"] = {{"prompt_ms", 500}, {"predicted_ms", 250}};
  StandIn server({{k_completions, object(whole)}});
  HttpModelOptions options = options_for(server.url());
  options.stream = false;
  const Generation got = take(open(options)->generate(greedy("p")));
  ASSERT_THAT(got.completions, SizeIs(1));
  EXPECT_EQ(got.completions[0].text, "run gvn");
  EXPECT_FALSE(got.completions[0].ended);
  EXPECT_EQ(got.completions[0].tokens, 2U);
  EXPECT_DOUBLE_EQ(got.completions[0].log_probability, -0.75);
  EXPECT_DOUBLE_EQ(got.prompt_seconds, 0.5);
  EXPECT_DOUBLE_EQ(got.answer_seconds, 0.25);
  EXPECT_EQ(server.seen(k_completions)[0].body["stream"], false);
  EXPECT_FALSE(server.seen(k_completions)[0].body.contains("stream_options"));
}

TEST(HttpModel, TakesAnObjectWhereItWantedAStreamAndTheOtherWayRound) {
  StandIn server(
      {{k_completions,
        in_turn({object(answer({"whole"})),
                 bytes(reply_of(200, event_of(piece("streamed", "stop")), "application/json"))})}});
  const auto model = open(server);
  EXPECT_THAT(texts_of(take(model->generate(greedy("p")))), ElementsAre("whole"));
  EXPECT_THAT(texts_of(take(model->generate(greedy("p")))), ElementsAre("streamed"));
}

TEST(HttpModel, SpeaksAsAUserToAChatModel) {
  const json delta = {{"choices",
                       {{{"index", 0},
                         {"delta", {{"content", "gvn"}}},
                         {"logprobs", {{"content", {{{"token", "gvn"}, {"logprob", -2.0}}}}}},
                         {"finish_reason", nullptr}}}}};
  const json role = {{"choices", {{{"index", 0}, {"delta", {{"role", "assistant"}}}}}}};
  const json end = {
      {"choices", {{{"index", 0}, {"delta", json::object()}, {"finish_reason", "stop"}}}}};
  StandIn server({{"GET /v1/models", object({{"data", {{{"id", "general-7b"}}}}})},
                  {k_chat, in_turn({stream({role, delta, end}), object(chat_answer("sroa"))})}});
  const auto model = open(server);
  EXPECT_EQ(model->info().dialect, Dialect::chat);
  const Generation got = take(model->generate(greedy("hello")));
  EXPECT_THAT(texts_of(got), ElementsAre("gvn"));
  EXPECT_DOUBLE_EQ(got.completions[0].log_probability, -2);
  EXPECT_TRUE(got.completions[0].ended);
  EXPECT_THAT(texts_of(take(model->generate(greedy("hello")))), ElementsAre("sroa"));
  const json body = server.seen(k_chat)[0].body;
  EXPECT_EQ(body["messages"], json::parse(R"([{"role": "user", "content": "hello"}])"));
  EXPECT_EQ(body["logprobs"], true);
  EXPECT_FALSE(body.contains("prompt"));
}

TEST(HttpModel, SendsEveryFieldOfTheSampling) {
  StandIn server({{k_completions, object(answer({"x", "y", "z"}))}});
  HttpModelOptions options = options_for(server.url());
  options.key = "sk-secret";
  GenerationRequest request = greedy("a \"prompt\"\n");
  request.sampling = {SamplingMethod::random, 3, 0.7, 0.9, 42, 17};
  request.stop = {"</code>", ""};
  EXPECT_THAT(texts_of(take(open(options)->generate(request))), ElementsAre("x", "y", "z"));
  ASSERT_THAT(server.seen(k_completions), SizeIs(1));
  const Seen seen = server.seen(k_completions)[0];
  EXPECT_EQ(seen.body, json::parse(R"({"model": "llmc-test", "prompt": "a \"prompt\"\n", "n": 3,
      "max_tokens": 17, "temperature": 0.7, "top_p": 0.9, "seed": 42, "stop": ["</code>"],
      "stream": true, "stream_options": {"include_usage": true}, "logprobs": 1})"));
  EXPECT_THAT(seen.head, HasSubstr("Authorization: Bearer sk-secret\r\n"));
  EXPECT_THAT(seen.head, HasSubstr("Content-Type: application/json\r\n"));
}

TEST(HttpModel, KeepsTheTextsOfOneStreamApart) {
  StandIn server({{k_completions,
                   stream({piece("a", nullptr, 1), piece("b", nullptr, 0), piece("c", "stop", 1),
                           piece("d", "length", 0), piece("e", "stop", 9)})}});
  GenerationRequest request = greedy("p");
  request.sampling.method = SamplingMethod::random;
  request.sampling.count = 2;
  const Generation got = take(open(server)->generate(request));
  EXPECT_THAT(texts_of(got), ElementsAre("bd", "ac"));
  EXPECT_FALSE(got.completions[0].ended);
  EXPECT_TRUE(got.completions[1].ended);
}

TEST(HttpModel, PriorityIsTheGreedyTextAndDrawsUniqueAndInOrder) {
  json draws = answer({"second", "greedy", "first"});
  draws["choices"][0]["logprobs"] = {{"tokens", {"second"}}, {"token_logprobs", {-3.0}}};
  draws["choices"][2]["logprobs"] = {{"tokens", {"first"}}, {"token_logprobs", {-0.5}}};
  StandIn server(
      {{k_completions,
        in_turn({object(with_tokens(answer({"greedy"}), {{"greedy", -1}})), object(draws)})}});
  GenerationRequest request = greedy("p");
  request.sampling.count = 4;
  request.sampling.seed = 10;
  const Generation got = take(open(server)->generate(request));
  EXPECT_THAT(texts_of(got), ElementsAre("first", "greedy", "second"));
  const auto seen = server.seen(k_completions);
  ASSERT_THAT(seen, SizeIs(2));
  EXPECT_EQ(seen[0].body["temperature"], 0.0);
  EXPECT_EQ(seen[0].body["n"], 1);
  EXPECT_EQ(seen[1].body["temperature"], 1.0);
  EXPECT_EQ(seen[1].body["n"], 3);
  EXPECT_EQ(seen[1].body["seed"], 11);
}

TEST(HttpModel, AsksAgainWhereTheServerGivesOneTextAtATime) {
  StandIn server({{k_completions, object(answer({"x"}))}});
  GenerationRequest request = greedy("p");
  request.sampling.method = SamplingMethod::random;
  request.sampling.count = 3;
  request.sampling.seed = (1ULL << 40) + 5;
  EXPECT_THAT(texts_of(take(open(server)->generate(request))), ElementsAre("x", "x", "x"));
  const auto seen = server.seen(k_completions);
  ASSERT_THAT(seen, SizeIs(3));
  for (unsigned i = 0; i < 3; ++i) {
    EXPECT_EQ(seen[i].body["seed"], 5 + i);
    EXPECT_EQ(seen[i].body["n"], i == 0 ? 3 : 1);
  }
}

TEST(HttpModel, CopiesTheOneTextOfTemperatureZero) {
  StandIn server({{k_completions, object(answer({"x"}))}});
  GenerationRequest request = greedy("p");
  request.sampling = {SamplingMethod::random, 3, 0, 1, 1, 8};
  EXPECT_THAT(texts_of(take(open(server)->generate(request))), ElementsAre("x", "x", "x"));
  EXPECT_THAT(server.seen(k_completions), SizeIs(1));
}

TEST(HttpModel, EndsATextAtAStopThatTheServerOverlooks) {
  StandIn server({{k_completions, [](const Seen&, const Wire& wire) {
                     wire.send(test::k_stream_head);
                     wire.send(event_of(piece("gvn</co")) + event_of(piece("de> and more")));
                     while (wire.send(event_of(piece(" more")))) continue;
                   }}});
  GenerationRequest request = greedy("p");
  request.stop = {"</code>"};
  const Generation got = take(open(server)->generate(request));
  EXPECT_THAT(texts_of(got), ElementsAre("gvn"));
  EXPECT_TRUE(got.completions[0].ended);
}

TEST(HttpModel, CutsAnEndlessStreamAtTheBudget) {
  StandIn server({{k_completions, [](const Seen&, const Wire& wire) {
                     wire.send(test::k_stream_head);
                     while (wire.send(event_of(piece("x")))) continue;
                   }}});
  GenerationRequest request = greedy("p");
  request.sampling.most_tokens = 5;
  const Generation got = take(open(server)->generate(request));
  EXPECT_THAT(texts_of(got), ElementsAre("xxxxx"));
  EXPECT_FALSE(got.completions[0].ended);
  EXPECT_EQ(got.completions[0].tokens, 5U);
}

TEST(HttpModel, CutsAnEndlessStreamAtTheDeadline) {
  StandIn server({{k_completions, [](const Seen&, const Wire& wire) {
                     wire.send(test::k_stream_head);
                     wire.send(event_of(piece("gvn")));
                     while (wire.send(": still thinking\n\n"))
                       std::this_thread::sleep_for(std::chrono::milliseconds(5));
                   }}});
  HttpModelOptions options = options_for(server.url());
  options.timeout = std::chrono::milliseconds(300);
  const Generation got = take(open(options)->generate(greedy("p")));
  EXPECT_THAT(texts_of(got), ElementsAre("gvn"));
  EXPECT_FALSE(got.completions[0].ended);
}

TEST(HttpModel, KeepsWhatCameOfAStreamThatEndsEarly) {
  const std::string begun = std::string(test::k_stream_head) + event_of(piece("gv"));
  const std::string chunked =
      "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
      "40\r\n" +
      event_of(piece("gv"));
  const std::string half = begun + R"(data: {"choices": [{"te)";
  const std::string error = begun + "data: {\"error\": {\"message\": \"out of memory\"}}\n\n";
  StandIn server(
      {{k_completions, in_turn({bytes(begun), bytes(chunked), bytes(half), bytes(error)})}});
  const auto model = open(server);
  for (int i = 0; i < 4; ++i) {
    const Generation got = take(model->generate(greedy("p")));
    EXPECT_THAT(texts_of(got), ElementsAre("gv")) << i;
    EXPECT_FALSE(got.completions[0].ended) << i;
  }
}

TEST(HttpModel, ReadsLinesThatComeInPieces) {
  StandIn server({{k_completions, [](const Seen&, const Wire& wire) {
                     std::string all(test::k_stream_head);
                     all += ": a comment\r\nevent: message\r\nid: 4\r\ndata:" +
                            piece("gvn", "stop").dump() + "\r\n\r\n";
                     for (const char c : all) wire.send({&c, 1});
                   }}});
  EXPECT_THAT(texts_of(take(open(server)->generate(greedy("p")))), ElementsAre("gvn"));
}

TEST(HttpModel, TakesChatWhereThereAreNoCompletions) {
  for (const int status : {404, 405}) {
    StandIn server({{k_completions, bytes(reply_of(status, "nothing here", "text/plain"))},
                    {k_chat, object(chat_answer("gvn"))}});
    const auto model = open(server);
    EXPECT_THAT(texts_of(take(model->generate(greedy("p")))), ElementsAre("gvn"));
    EXPECT_THAT(texts_of(take(model->generate(greedy("p")))), ElementsAre("gvn"));
    EXPECT_THAT(server.seen(k_completions), SizeIs(1));
    EXPECT_THAT(server.seen(k_chat), SizeIs(2));
  }
}

TEST(HttpModel, StaysWithTheEndpointThatItWasTold) {
  StandIn server({{k_chat, object(chat_answer("gvn"))}});
  HttpModelOptions options = options_for(server.url());
  options.endpoint = HttpModelOptions::Endpoint::chat;
  EXPECT_THAT(texts_of(take(open(options)->generate(greedy("p")))), ElementsAre("gvn"));
  options.endpoint = HttpModelOptions::Endpoint::completions;
  EXPECT_THAT(message_of(open(options)->generate(greedy("p"))),
              HasSubstr("has no /v1/completions (HTTP 404); expected an OpenAI-compatible server"));
}

TEST(HttpModel, LeavesOutWhatTheServerRefuses) {
  StandIn server({{k_completions, [](const Seen& seen, const Wire& wire) {
                     if (seen.body.contains("max_tokens"))
                       wire.send(reply_of(400, R"({"error": {"message": "Unsupported parameter",
                                                   "param": "max_tokens"}})"));
                     else if (seen.body.contains("logprobs"))
                       wire.send(reply_of(422, R"({"detail": "unknown field 'logprobs'"})"));
                     else
                       wire.send(reply_of(answer({"gvn"})));
                   }}});
  const auto model = open(server);
  take(model->generate(greedy("p")));
  EXPECT_THAT(texts_of(take(model->generate(greedy("p")))), ElementsAre("gvn"));
  const auto seen = server.seen(k_completions);
  ASSERT_THAT(seen, SizeIs(4));
  EXPECT_EQ(seen[3].body["max_completion_tokens"], 512);
  EXPECT_FALSE(seen[3].body.contains("max_tokens"));
  EXPECT_FALSE(seen[3].body.contains("logprobs"));
}

TEST(HttpModel, RepeatsSingleRequestsWhereSeveralTextsAreRefused) {
  StandIn server({{k_completions, [](const Seen& seen, const Wire& wire) {
                     if (seen.body.value("n", 1) > 1)
                       wire.send(reply_of(400, R"({"error": "only one choice"})"));
                     else
                       wire.send(reply_of(answer({"x"})));
                   }}});
  GenerationRequest request = greedy("p");
  request.sampling.method = SamplingMethod::random;
  request.sampling.count = 2;
  EXPECT_THAT(texts_of(take(open(server)->generate(request))), ElementsAre("x", "x"));
}

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

TEST(HttpModelInfo, SaysWhatTheServerSays) {
  StandIn server(
      {{"GET /v1/models",
        object(json::parse(R"({"data": [{"id": "other"}, {"id": "org/LLM-Compiler-7b", "meta":
          {"n_params": 7, "size": 14, "n_ctx_train": 99, "n_vocab": 32016}}]})"))},
       {"GET /props", object(k_llama_props)}});
  HttpModelOptions options =
      options_for(fmt::format("http://user:word@127.0.0.1:{}/v1/", server.port()));
  options.model = "org/LLM-Compiler-7b";
  const ModelInfo info = open(options)->info();
  EXPECT_EQ(info.name, "org/LLM-Compiler-7b");
  EXPECT_EQ(info.location, server.url());
  EXPECT_EQ(info.kind, "server");
  EXPECT_EQ(info.dialect, Dialect::paper);
  EXPECT_EQ(info.context, 64U);
  EXPECT_EQ(info.trained_context, 99U);
  EXPECT_EQ(info.parameters, 7U);
  EXPECT_EQ(info.file_bytes, 14U);
  EXPECT_EQ(info.vocabulary, 32016U);
  EXPECT_THAT(server.seen("GET /v1/models")[0].head,
              HasSubstr("Authorization: Basic dXNlcjp3b3Jk\r\n"));
}

TEST(HttpModelInfo, TakesTheFirstModelAndItsContext) {
  StandIn server({{"GET /prefix/v1/models",
                   object(json::parse(
                       R"({"data": [{"id": "llmc-nano", "max_model_len": 2048}, {"id": "b"}]})"))},
                  {"GET /prefix/version", object({{"version", "0.11.0"}})}});
  HttpModelOptions options = options_for(fmt::format("http://localhost:{}/prefix", server.port()));
  const auto model = open(options);
  EXPECT_EQ(model->info().name, "llmc-nano");
  EXPECT_EQ(model->info().context, 2048U);
  EXPECT_EQ(model->info().dialect, Dialect::llmc);
  options.dialect = Dialect::paper;
  EXPECT_EQ(open(options)->info().dialect, Dialect::paper);
}

TEST(HttpModelInfo, ListOfModelsIsOnlyNeededForAName) {
  StandIn server({{"GET /v1/models", bytes(reply_of(404, "{}"))}});
  HttpModelOptions options = options_for(server.url());
  options.model = "mine";
  EXPECT_EQ(open(options)->info().name, "mine");
  options.model = "";
  EXPECT_THAT(message_of(open_http_model(options)), HasSubstr("has no /v1/models (HTTP 404)"));
  StandIn empty({{"GET /v1/models", object({{"data", json::array()}})}});
  EXPECT_THAT(message_of(open_http_model(options_for(empty.url()))),
              HasSubstr("names no model; expected at least one, set --server-model"));
}

TEST(HttpModelTokens, AreCountedByTheServerThatCan) {
  StandIn llama(
      {{"GET /props", object(k_llama_props)}, {"POST /tokenize", object({{"tokens", {5, 6, 7}}})}});
  EXPECT_EQ(take(open(llama)->count_tokens("some text")), 3U);
  EXPECT_EQ(llama.seen("POST /tokenize")[0].body,
            (json{{"content", "some text"}, {"add_special", false}}));
  StandIn vllm({{"GET /version", object({{"version", "0.12.0"}})},
                {"POST /tokenize", object({{"count", 4}, {"max_model_len", 9}})}});
  EXPECT_EQ(take(open(vllm)->count_tokens("some text")), 4U);
  EXPECT_EQ(vllm.seen("POST /tokenize")[0].body,
            (json{{"model", "llmc-test"}, {"prompt", "some text"}, {"add_special_tokens", false}}));
}

TEST(HttpModelTokens, AreEstimatedFromTheBytesOtherwise) {
  StandIn other({});
  EXPECT_EQ(take(open(other)->count_tokens("")), 0U);
  EXPECT_EQ(take(open(other)->count_tokens("12345")), 3U);
  EXPECT_THAT(other.seen("POST /tokenize"), IsEmpty());
  StandIn without({{"GET /props", object(k_llama_props)}});
  const auto model = open(without);
  EXPECT_EQ(take(model->count_tokens("12345")), 3U);
  EXPECT_EQ(take(model->count_tokens("12345")), 3U);
  EXPECT_THAT(without.seen("POST /tokenize"), SizeIs(1));
}

TEST(HttpModelTokens, ThatDoNotFitTheContextAreRefused) {
  StandIn server({{"GET /props", object(k_llama_props)},
                  {"POST /tokenize", object({{"tokens", std::vector<int>(50, 1)}})},
                  {k_completions, object(answer({"gvn"}))}});
  GenerationRequest request = greedy(std::string(100, 'x'));
  request.sampling.most_tokens = 15;
  const auto model = open(server);
  EXPECT_THAT(message_of(model->generate(request)),
              HasSubstr("a prompt of 50 tokens and an answer of 15 do not fit into the model's "
                        "context of 64; expected fewer"));
  request.sampling.most_tokens = 14;
  EXPECT_THAT(texts_of(take(model->generate(request))), ElementsAre("gvn"));
}

TEST(HttpModelScores, ComeFromVllmsPromptProbabilities) {
  const auto tokenize = [](const Seen& seen, const Wire& wire) {
    json tokens = {1};
    for (const char c : seen.body["prompt"].get<std::string>()) tokens.push_back(c);
    wire.send(reply_of({{"tokens", tokens}, {"count", tokens.size()}}));
  };
  const auto complete = [](const Seen& seen, const Wire& wire) {
    json values = json::array();
    for (const json& token : seen.body["prompt"]) {
      if (values.empty())
        values.push_back(nullptr);
      else
        values.push_back({{token.dump(), {{"logprob", -token.get<double>()}}}});
    }
    wire.send(reply_of({{"choices", {{{"text", "x"}, {"prompt_logprobs", values}}}}}));
  };
  StandIn server({{"GET /version", object({{"version", "0.12.0"}})},
                  {"POST /tokenize", tokenize},
                  {k_completions, complete}});
  const auto model = open(server);
  const TextScore score = take(model->score("a", "bc"));
  EXPECT_EQ(score.tokens, 2U);
  EXPECT_DOUBLE_EQ(score.log_probability, -('b' + 'c'));
  // <s> 1 2 3 | <s> 5 6 7 | 8 (the window's first token gives way to <s>)
  const TextScore text = take(model->score_text("12345678", 4));
  EXPECT_EQ(text.tokens, 2U);
  EXPECT_DOUBLE_EQ(text.log_probability, -('3' + '7'));
  EXPECT_EQ(server.seen(k_completions)[2].body["prompt"], (json{1, '5', '6', '7'}));
  EXPECT_EQ(take(model->score("a", "")).tokens, 0U);
}

TEST(HttpModelScores, ComeFromAnEchoElsewhere) {
  const auto echo = [](const Seen& seen, const Wire& wire) {
    const std::string prompt = seen.body["prompt"];
    json tokens = json::array();
    json values = {nullptr};
    for (const char c : prompt) tokens.push_back(std::string(1, c));
    while (values.size() < prompt.size()) values.push_back(-0.5);
    wire.send(reply_of(
        {{"choices",
          {{{"text", prompt}, {"logprobs", {{"tokens", tokens}, {"token_logprobs", values}}}}}}}));
  };
  StandIn server({{k_completions, echo}});
  const auto model = open(server);
  const TextScore score = take(model->score("ab", "cde"));
  EXPECT_EQ(score.tokens, 3U);
  EXPECT_DOUBLE_EQ(score.log_probability, -1.5);
  EXPECT_EQ(take(model->score("", "cde")).tokens, 2U);
  EXPECT_EQ(server.seen(k_completions)[0].body["echo"], true);
}

TEST(HttpModelScores, AreRefusedWhereTheServerHasNone) {
  const char* words = "the server does not give the probabilities of a prompt; use a GGUF file";
  StandIn llama({{"GET /props", object(k_llama_props)}});
  EXPECT_THAT(message_of(open(llama)->score("a", "b")), HasSubstr(words));
  EXPECT_THAT(message_of(open(llama)->score_text("a", 0)), HasSubstr(words));
  StandIn without({});
  EXPECT_THAT(message_of(open(without)->score("a", "b")), HasSubstr(words));
  StandIn deaf({{k_completions, object(with_tokens(answer({"own words"}), {{"own", -1}}))}});
  EXPECT_THAT(message_of(open(deaf)->score("a", "b")), HasSubstr(words));
  StandIn odd({{"GET /version", object({{"version", "0.12.0"}})},
               {"POST /tokenize", object({{"tokens", {1, 2}}})},
               {k_completions, object(answer({"x"}))}});
  EXPECT_THAT(message_of(open(odd)->score("a", "b")), HasSubstr(words));
}

}  // namespace
}  // namespace llmc
