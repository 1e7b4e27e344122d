#include "model/http_model.h"
#include "model/http_stand_in.h"

namespace llmc {
namespace {

using test::answer;
using test::bytes;
using test::greedy;
using test::json;
using test::k_completions;
using test::k_llama_props;
using test::message_of;
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
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

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
