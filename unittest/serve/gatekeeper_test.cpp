#include "serve/gatekeeper.h"

#include <gtest/gtest.h>

namespace llmc {
namespace {

httplib::Request post(const std::string& path) {
  httplib::Request request;
  request.method = "POST";
  request.path = path;
  request.headers = {{"Content-Type", "application/json"}, {"Content-Length", "10"}};
  return request;
}

ServerSettings settings() {
  ServerSettings settings;
  settings.commands = {"size"};
  return settings;
}

/// The status of the refusal; 0: none.
int refused(const httplib::Request& request, const ServerSettings& settings) {
  const auto refusal = refuse(request, settings);
  return refusal ? refusal->status : 0;
}

TEST(Gatekeeper, KeysAreEqualOrNot) {
  EXPECT_TRUE(same_key("abc", "abc"));
  for (const char* offered : {"", "ab", "abcd", "abd", "abcabc", "ABC"})
    EXPECT_FALSE(same_key(offered, "abc")) << offered;
  EXPECT_FALSE(same_key("a", ""));
}

TEST(Gatekeeper, LengthsAreNumbers) {
  const auto length = [](const char* text) {
    httplib::Request request;
    request.headers = {{"Content-Length", text}};
    return content_length(request);
  };
  EXPECT_EQ(length("0"), 0U);
  EXPECT_EQ(length("123"), 123U);
  EXPECT_EQ(length("99999999999999999999999"), SIZE_MAX);
  for (const char* text : {"", "-1", "+1", "0x10", "1 ", "1,2"})
    EXPECT_EQ(length(text), std::nullopt) << text;
}

TEST(Gatekeeper, TheFirstThingThatIsWrongIsSaid) {
  EXPECT_EQ(refused(post("/v1/size"), settings()), 0);
  EXPECT_EQ(refused(post("/v1/optimize"), settings()), 501);
  EXPECT_EQ(refused(post("/v2"), settings()), 404);
  EXPECT_EQ(refused(post("/metrics"), settings()), 405);
  httplib::Request request = post("/v1/size");
  request.headers = {{"Content-Type", "application/json"}};
  EXPECT_EQ(refused(request, settings()), 411);
  request.headers = {{"Content-Type", "Application/JSON ; charset=utf-8"},
                     {"Content-Length", "4194305"}};
  EXPECT_EQ(refused(request, settings()), 413);
  request.headers = {{"Content-Length", "1"}};
  EXPECT_EQ(refused(request, settings()), 415);
}

TEST(Gatekeeper, NamesOfOthersAreForeignOnALoopback) {
  const auto with_host = [](const char* host) {
    httplib::Request request = post("/v1/size");
    request.headers.emplace("Host", host);
    return request;
  };
  for (const char* host : {"localhost", "localhost:80", "127.0.0.1:8019", "[::1]:8019", "[::1]"})
    EXPECT_EQ(refused(with_host(host), settings()), 0) << host;
  for (const char* host :
       {"evil.example", "evil.example:8019", "", "[", "127", "127.evil", "localhost.evil"})
    EXPECT_EQ(refused(with_host(host), settings()), 403) << host;
  ServerSettings open = settings();
  open.host = "0.0.0.0";
  EXPECT_EQ(refused(with_host("llmc.example"), open), 0);
}

TEST(Gatekeeper, AKeyIsAskedForEverywhereButHealth) {
  ServerSettings locked = settings();
  locked.key = "k";
  EXPECT_EQ(refused(post("/v1/size"), locked), 401);
  EXPECT_EQ(refused(post("/v2"), locked), 401);
  httplib::Request health;
  health.method = "GET";
  health.path = "/health";
  EXPECT_EQ(refused(health, locked), 0);
  health.path = "/metrics";
  EXPECT_EQ(refused(health, locked), 401);
  health.headers = {{"Authorization", "Bearer k"}};
  EXPECT_EQ(refused(health, locked), 0);
}

}  // namespace
}  // namespace llmc
