#include "model/http_model.h"

#include <cmath>

#include "model/http_stand_in.h"

namespace llmc {
namespace {

using test::answer;
using test::bytes;
using test::chat_answer;
using test::event_of;
using test::greedy;
using test::in_turn;
using test::json;
using test::k_chat;
using test::k_completions;
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
using test::texts_of;
using test::Wire;
using test::with_tokens;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

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

}  // namespace
}  // namespace llmc
