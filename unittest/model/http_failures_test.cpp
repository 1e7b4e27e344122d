
#include "model/http_model.h"
#include "model/http_stand_in.h"
#include "model/http_url.h"
#include "model/server_text.h"

namespace llmc {
namespace {

using std::chrono::milliseconds;
using test::Answer;
using test::bytes;
using test::event_of;
using test::greedy;
using test::in_turn;
using test::json;
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
using test::Wire;
using testing::AllOf;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

/// What generate says where the server answers a request for texts like that.
std::string complaint_about(const Answer& answer) {
  StandIn server({{k_completions, answer}});
  HttpModelOptions options = options_for(server.url());
  options.retries = 0;
  options.endpoint = HttpModelOptions::Endpoint::completions;
  const std::string message = message_of(open(options)->generate(greedy("p")));
  EXPECT_THAT(message, StartsWith(server.url() + ": "));
  EXPECT_THAT(message, Not(HasSubstr("\n")));
  EXPECT_THAT(message, Not(EndsWith(".")));
  return message;
}

std::string complaint_about(int status, const std::string& body) {
  return complaint_about(bytes(reply_of(status, body)));
}

/// A port on which nothing listens.
int free_port() { return StandIn({}).port(); }

TEST(HttpFailure, ServerThatIsDownIsNamed) {
  HttpModelOptions options = options_for(fmt::format("http://127.0.0.1:{}/", free_port()));
  std::vector<milliseconds> pauses;
  options.sleep = [&](milliseconds pause) { pauses.push_back(pause); };
  EXPECT_EQ(message_of(open_http_model(options)),
            options.url.substr(0, options.url.size() - 1) +
                ": no connection; expected a server that listens there, start it or check the URL");
  EXPECT_THAT(pauses, ElementsAre(milliseconds(500), milliseconds(1000), milliseconds(2000)));
}

TEST(HttpFailure, HostThatNobodyKnowsIsNamed) {
  HttpModelOptions options = options_for("http://no-such-host.invalid/v1");
  options.retries = 0;
  EXPECT_THAT(message_of(open_http_model(options)),
              HasSubstr("nobody knows a host named 'no-such-host.invalid'; expected"));
}

TEST(HttpFailure, SilenceEndsAtTheTimeout) {
  StandIn server({{k_completions, [](const Seen&, const Wire& wire) { wire.wait_for_end(); }}});
  HttpModelOptions options = options_for(server.url());
  options.timeout = milliseconds(300);
  EXPECT_THAT(message_of(open(options)->generate(greedy("p"))),
              HasSubstr("no whole answer within 0.3 s; expected"));
  EXPECT_THAT(server.seen(k_completions), SizeIs(1));
}

TEST(HttpFailure, DripOfBytesEndsAtTheTimeout) {
  const auto drip = [](const std::string& head) {
    return [head](const Seen&, const Wire& wire) {
      wire.send(head);
      while (wire.send("x")) std::this_thread::sleep_for(milliseconds(5));
    };
  };
  StandIn server({{k_completions,
                   in_turn({drip("HTTP/1.1 200 OK\r\nX: "), drip(std::string(test::k_stream_head)),
                            drip("HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n")})}});
  HttpModelOptions options = options_for(server.url());
  options.timeout = milliseconds(300);
  const auto model = open(options);
  for (int i = 0; i < 3; ++i)
    EXPECT_THAT(message_of(model->generate(greedy("p"))), HasSubstr("no whole answer within")) << i;
}

TEST(HttpFailure, HtmlIsNoJson) {
  EXPECT_THAT(
      complaint_about(bytes(reply_of(200, "<html>hello", "text/html"))),
      HasSubstr("/v1/completions with HTML instead of JSON; expected an OpenAI-compatible"));
  StandIn server({{"GET /v1/models", bytes(reply_of(200, "\n <!DOCTYPE html>", "text/plain"))}});
  EXPECT_THAT(message_of(open_http_model(options_for(server.url()))),
              HasSubstr("/v1/models with HTML instead of JSON"));
}

TEST(HttpFailure, ErrorOfTheServerIsQuoted) {
  const std::string long_body = "CUDA\x1b[31m error\r\n\t at\x01 \xff" + std::string(500, 'y');
  EXPECT_THAT(complaint_about(500, long_body), HasSubstr("HTTP 500: 'CUDA[31m error at ?" +
                                                         std::string(181, 'y') + "...'; expected"));
  EXPECT_THAT(complaint_about(500, R"({"error": {"message": "slots are full"}})"),
              HasSubstr("'slots are full'"));
  EXPECT_THAT(complaint_about(400, R"({"message": "bad seed"})"), HasSubstr("'bad seed'"));
  EXPECT_THAT(complaint_about(400, R"({"error": "bad top_p"})"), HasSubstr("'bad top_p'"));
  EXPECT_THAT(complaint_about(418, ""), HasSubstr("HTTP 418: ''; expected 200"));
}

TEST(HttpFailure, RefusedKeyTellsWhereToSetIt) {
  for (const int status : {401, 403})
    EXPECT_THAT(
        complaint_about(status, R"({"error": {"message": "no key"}})"),
        AllOf(HasSubstr(fmt::format("HTTP {}: 'no key'", status)), HasSubstr("set LLMC_API_KEY")));
}

TEST(HttpFailure, UnknownModelIsNamed) {
  EXPECT_THAT(
      complaint_about(404, R"({"error": {"message": "The model does not exist"}})"),
      HasSubstr("does not know the model 'llmc-test' (HTTP 404: 'The model does not exist')"));
}

TEST(HttpFailure, WhatIsNoAnswerIsSaid) {
  EXPECT_THAT(complaint_about(200, R"({"choices": [)"), HasSubstr("what is no JSON in UTF-8: '{"));
  EXPECT_THAT(complaint_about(200, "{\"choices\": [{\"text\": \"\xc3(\"}]}"),
              HasSubstr("what is no JSON in UTF-8"));
  EXPECT_THAT(complaint_about(200, "[1, 2]"), HasSubstr("JSON of another shape: '[1, 2]'"));
  for (const char* body : {"{}", R"({"choices": []})", R"({"choices": 7})", R"({"choices": [7]})",
                           R"({"choices": [{"text": 7}]})", R"({"choices": {"text": "x"}})",
                           R"({"choices": [{"index": -1, "text": "x"}]})"})
    EXPECT_THAT(complaint_about(200, body), HasSubstr("no text among its choices; expected"))
        << body;
}

TEST(HttpFailure, ModelsOfAnotherShapeAreSaid) {
  for (const char* body : {"{}", R"({"data": 7})", R"({"data": [7, {"id": 7}]})"}) {
    StandIn server({{"GET /v1/models", bytes(reply_of(200, body))}});
    EXPECT_THAT(message_of(open_http_model(options_for(server.url()))), HasSubstr("names no model"))
        << body;
  }
}

TEST(HttpFailure, OddPropertiesAndNumbersAreOverlooked) {
  StandIn server(
      {{"GET /v1/models", bytes(reply_of(200, R"({"data": [{"id": "m", "max_model_len": "9", "meta":
                     {"n_params": -7, "size": 1e300, "n_vocab": null}}]})"))},
       {"GET /props", bytes(reply_of(200, R"({"total_slots": [],
                     "default_generation_settings": "none"})"))},
       {"POST /v1/chat/completions",
        bytes(reply_of(200, R"({"choices": [{"message": {"content": null}}],
                     "usage": {"prompt_tokens": -1, "completion_tokens": "x"}, "timings": 3})"))},
       {"POST /tokenize", bytes(reply_of(200, R"({"tokens": 3})"))}});
  const auto model = open(server);
  EXPECT_EQ(model->info().parameters, 0U);
  EXPECT_EQ(model->info().context, 0U);
  EXPECT_EQ(take(model->count_tokens("1234")), 2U);
  const Generation got = take(model->generate(greedy("p")));
  ASSERT_THAT(got.completions, SizeIs(1));
  EXPECT_EQ(got.completions[0].text, "");
  EXPECT_FALSE(got.completions[0].ended);
  EXPECT_EQ(got.prompt_tokens, 0U);
}

TEST(HttpFailure, StreamThatBreaksBeforeAnyTextIsAnError) {
  const std::string head(test::k_stream_head);
  EXPECT_THAT(complaint_about(bytes(head + "data: {\"error\": {\"message\": \"overload\"}}\n\n")),
              HasSubstr("reports an error in its answer: 'overload'"));
  EXPECT_THAT(complaint_about(bytes(head + "error: {\"error\": \"overload\"}\n\n")),
              HasSubstr("reports an error in its answer: 'overload'"));
  EXPECT_THAT(complaint_about(bytes(head + "data: {\"choi\xff\n\n")),
              HasSubstr("sends an event that is no JSON object in UTF-8: '{\"choi?'"));
  EXPECT_THAT(complaint_about(bytes(head)), HasSubstr("no text among its choices"));
  EXPECT_THAT(complaint_about(bytes(head + "data: [DONE]\n\n")), HasSubstr("no text among"));
}

TEST(HttpFailure, WhatIsNoHttpIsSaid) {
  for (const char* words : {"", "SSH-2.0-OpenSSH\r\n", "HTTP/1.1 200 OK\r\nContent-Len",
                            "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{\"choices\":",
                            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"})
    EXPECT_THAT(complaint_about(bytes(words)), HasSubstr("not HTTP; expected")) << words;
}

TEST(HttpFailure, GiganticAnswersAreCutOff) {
  const auto endless = [](std::string head, std::string more) {
    return [head, more](const Seen&, const Wire& wire) {
      wire.send(head);
      while (wire.send(more)) continue;
    };
  };
  const std::string kilobyte(1024, 'x');
  const std::string head = "HTTP/1.1 200 OK\r\n";
  const std::string event = "data: " + kilobyte;
  const std::vector<Answer> answers{
      endless(head + "Content-Length: 99999999999\r\n\r\n", kilobyte),
      endless(head + "Transfer-Encoding: chunked\r\n\r\n", "400\r\n" + kilobyte + "\r\n"),
      endless(head + "\r\n", kilobyte),
      endless(std::string(test::k_stream_head), event),
      bytes("HTTP/1.1 200 " + std::string(60'000, 'x') + "\r\n\r\n"),
      endless("HTTP/1.1 200 ", kilobyte),
      endless(head, "A: b\r\n"),
      endless(head + "A: ", kilobyte)};
  for (const Answer& answer : answers) {
    StandIn server({{k_completions, answer}});
    HttpModelOptions options = options_for(server.url());
    options.most_bytes = 200'000;
    EXPECT_THAT(message_of(open(options)->generate(greedy("p"))),
                HasSubstr("the answer is too large; expected at most 200000 bytes"));
  }
}

TEST(HttpFailure, RedirectsAreNotFollowed) {
  StandIn other({});
  const std::string message = complaint_about(bytes(
      reply_of(307, "", "text/plain", fmt::format("Location: {}/completions\r\n", other.url()))));
  EXPECT_THAT(message, HasSubstr("a redirect to '" + other.url() +
                                 "/completions'; redirects are not followed"));
  EXPECT_THAT(other.seen(k_completions), IsEmpty());
}

TEST(HttpFailure, ContextThatIsExceededIsSaid) {
  for (const int status : {400, 413, 500})
    EXPECT_THAT(complaint_about(status, R"({"error": {"message": "exceeds the Context size"}})"),
                HasSubstr("do not fit into the model's context (HTTP"));
}

TEST(HttpFailure, ContextThatIsExceededDoesNotCostTheGrammar) {
  class Anything final : public TextConstraint {
    [[nodiscard]] State start() const override { return 0; }
    [[nodiscard]] State next(State, unsigned char) const override { return 0; }
    [[nodiscard]] bool may_end(State) const override { return true; }
    [[nodiscard]] std::string ending(State) const override { return ""; }
    [[nodiscard]] std::string gbnf() const override { return "root ::= .*"; }
  };
  const Anything anything;
  StandIn server({{"GET /props", object({{"total_slots", 1}})},
                  {k_completions, bytes(reply_of(400, R"({"error": "context is full"})"))}});
  GenerationRequest request = greedy("p");
  request.constraint = &anything;
  EXPECT_THAT(message_of(open(server)->generate(request)), HasSubstr("model's context"));
  EXPECT_THAT(server.seen(k_completions), SizeIs(1));
}

TEST(HttpFailure, PromptThatIsNotUtf8IsSaid) {
  StandIn server({});
  EXPECT_THAT(message_of(open(server)->generate(greedy("\xff"))), HasSubstr("is not UTF-8"));
}

TEST(HttpRetry, WaitsAsLongAsTheServerSays) {
  const auto busy = [](int status, const std::string& after) {
    return bytes(reply_of(status, "{}", "application/json",
                          after.empty() ? "" : "Retry-After: " + after + "\r\n"));
  };
  StandIn server({{k_completions, in_turn({busy(429, "2.5"), busy(503, "86400"), busy(408, "soon"),
                                           busy(500, "-1"), stream({piece("gvn", "stop")})})}});
  HttpModelOptions options = options_for(server.url());
  options.retries = 4;
  std::vector<milliseconds> pauses;
  options.sleep = [&](milliseconds pause) { pauses.push_back(pause); };
  EXPECT_EQ(take(open(options)->generate(greedy("p"))).completions[0].text, "gvn");
  EXPECT_THAT(pauses, ElementsAre(milliseconds(2500), milliseconds(30'000), milliseconds(2000),
                                  milliseconds(4000)));
}

TEST(HttpRetry, EndsWithTheLastReply) {
  StandIn server({{k_completions, bytes(reply_of(503, R"({"error": "loading"})"))}});
  HttpModelOptions options = options_for(server.url());
  options.retries = 2;
  EXPECT_THAT(message_of(open(options)->generate(greedy("p"))), HasSubstr("HTTP 503: 'loading'"));
  EXPECT_THAT(server.seen(k_completions), SizeIs(3));
}

TEST(HttpRetry, IsLeftAloneWhereItCannotHelp) {
  for (const int status : {400, 404, 501}) {
    StandIn server({{k_completions, bytes(reply_of(status, "{}"))}});
    HttpModelOptions options = options_for(server.url());
    options.endpoint = HttpModelOptions::Endpoint::completions;
    message_of(open(options)->generate(greedy("p")));
    EXPECT_THAT(server.seen(k_completions), SizeIs(1)) << status;
  }
}

TEST(HttpRetry, ComesAfterAConnectionThatWasDropped) {
  StandIn server({{k_completions, in_turn({bytes(""), stream({piece("gvn", "stop")})})}});
  EXPECT_EQ(take(open(server)->generate(greedy("p"))).completions[0].text, "gvn");
}

TEST(HttpSecret, KeyAndPasswordAreInNoMessage) {
  const std::string key = "sk-0123456789";
  for (const int status : {200, 302, 400, 401, 404, 500}) {
    const std::vector<std::string> bodies{"bad key " + key,
                                          R"({"error": {"message": "bad key sk-\u000001234)"
                                          "56789"
                                          R"("}})",
                                          "z" + std::string(190, 'z') + key};
    for (const std::string& body : bodies) {
      StandIn server({{"GET /v1/models", bytes(reply_of(status, body, "text/plain",
                                                        "Location: /?" + key + "\r\n"))}});
      HttpModelOptions options = options_for(server.url());
      options.key = key;
      options.retries = 0;
      const std::string message = message_of(open_http_model(options));
      EXPECT_THAT(message, Not(HasSubstr("sk-012"))) << status << body;
    }
  }
  StandIn server({{"GET /v1/models", bytes(reply_of(400, "user:pass-word"))}});
  EXPECT_THAT(message_of(open_http_model(
                  options_for(fmt::format("http://user:pass-word@127.0.0.1:{}", server.port())))),
              AllOf(HasSubstr("'user:***'"), Not(HasSubstr("pass-word"))));
}

TEST(HttpSecret, KeyCannotWriteHeaders) {
  HttpModelOptions options = options_for("http://127.0.0.1:1/v1");
  options.key = "sk-x\r\nHost: elsewhere";
  const auto result = open_http_model(options);
  EXPECT_THAT(message_of(result), AllOf(HasSubstr("the key has a blank"), Not(HasSubstr("sk-x"))));
  EXPECT_EQ(result.error().kind, ErrorKind::usage);
}

TEST(HttpUrl, IsTakenApart) {
  const HttpUrl url = take(HttpUrl::parse("https://me:a@b@example.org:8443/prefix/v1//"));
  EXPECT_EQ(url.scheme, HttpUrl::Scheme::https);
  EXPECT_EQ(url.host, "example.org");
  EXPECT_EQ(url.port, 8443);
  EXPECT_EQ(url.root, "/prefix");
  EXPECT_EQ(url.user, "me");
  EXPECT_EQ(url.password, "a@b");
  EXPECT_EQ(url.shown, "https://example.org:8443/prefix/v1");
  for (const char* text : {"http://[::1]", "http://[::1]/", "http://[::1]/v1", "http://[::1]/v1/"})
    EXPECT_EQ(take(HttpUrl::parse(text)).root, "") << text;
  EXPECT_EQ(take(HttpUrl::parse("http://[::1]")).host, "::1");
  EXPECT_EQ(take(HttpUrl::parse("http://[::1]")).port, 80);
  EXPECT_EQ(take(HttpUrl::parse("https://h")).port, 443);
}

TEST(HttpUrl, ThatIsNoneIsRefusedWithoutItsPassword) {
  for (const char* text :
       {"", "127.0.0.1:8080", "ftp://me:word@host", "http://", "http://me:word@", "http://host:0",
        "http://me:word@host:70000", "http://host:80x", "http://[::1", "http://host/a b",
        "http://host/?key=1", "http://host/\r\nX: y", "http://me:word@:80"}) {
    const auto result = HttpUrl::parse(text);
    EXPECT_THAT(message_of(result),
                AllOf(HasSubstr("; expected a URL such as"), Not(HasSubstr("word"))))
        << text;
    EXPECT_EQ(result.error().kind, ErrorKind::usage) << text;
  }
}

TEST(ServerText, IsMadePrintable) {
  EXPECT_EQ(printable(" a\r\n\tb\x7f\x1b c\xc3\xa4 "), "a b c??");
  EXPECT_EQ(printable("abcdef", "", 3), "abc...");
  EXPECT_EQ(printable("k\x01y, key", "ky"), "***, key");
  EXPECT_TRUE(mentions("Maximum CONTEXT length", "context"));
  EXPECT_FALSE(mentions("con text", "context"));
}

}  // namespace
}  // namespace llmc
