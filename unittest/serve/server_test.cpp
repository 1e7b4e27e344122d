#include "serve/server.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <httplib.h>
#include <nlohmann/json.hpp>
#include <sys/socket.h>
#include <unistd.h>

#include <future>
#include <thread>

#include "support/files.h"

namespace llmc {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::StartsWith;

/// A server whose commands are a shell script of the test's.
class ScriptServer : public testing::Test {
 protected:
  ScriptServer() {
    settings.port = 0;
    settings.commands = {"size", "optimize", "emulate", "lift"};
    settings.work.program = folder.path() / "llmc";
    settings.work.cache = folder.path() / "cache";
    settings.work.confined = landlock_version() > 0;
  }

  Server start(const std::string& script) {
    EXPECT_TRUE(write_file(settings.work.program, "#!/bin/sh\n" + script + "\n"));
    fs::permissions(settings.work.program, fs::perms::owner_all);
    auto server = Server::start(settings);
    if (!server) throw std::runtime_error(server.error().message);
    port = std::stoi(server->url().substr(server->url().rfind(':') + 1));
    return std::move(*server);
  }

  httplib::Result post(const std::string& path, const std::string& body) const {
    httplib::Client client("127.0.0.1", port);
    client.set_read_timeout(60);
    return client.Post(path.c_str(), body, "application/json");
  }

  /// What the server answers to the parts, sent with pauses.
  [[nodiscard]] std::string send(const std::vector<std::string>& parts, milliseconds pause) const {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    for (const std::string& part : parts) {
      if (::send(fd, part.data(), part.size(), MSG_NOSIGNAL) < 0) break;
      std::this_thread::sleep_for(pause);
    }
    std::string answer;
    char buffer[4096];
    for (ssize_t count = 0; (count = ::recv(fd, buffer, sizeof buffer, 0)) > 0;)
      answer.append(buffer, static_cast<std::size_t>(count));
    ::close(fd);
    return answer;
  }

  TemporaryFolder folder = *TemporaryFolder::create();
  ServerSettings settings;
  int port = 0;
};

constexpr const char* k_request = R"({"code": "int x;", "language": "c"})";

TEST_F(ScriptServer, TheCommandSeesItsFileAndItsLinesComeBack) {
  const Server server = start(
      R"(cat program.c; echo; echo "{\"a\": \"$PWD/program.c\"}"; echo "[1]"
         echo "$*; $HOME $TMPDIR; $LLMC_STORE; $USER" >&2; echo talk; exit 1)");
  const auto response = post("/v1/size", k_request);
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  const auto body = nlohmann::json::parse(response->body);
  EXPECT_EQ(body["results"], nlohmann::json::parse(R"([{"a": "program.c"}, [1]])"));
  EXPECT_EQ(body["exit"], 1);
  EXPECT_EQ(body["messages"],
            nlohmann::json({"int x;", "talk", "size --json program.c; . .; cache/store.db; "}));
}

TEST_F(ScriptServer, OutputsComeBackAsTextOrBase64) {
  const Server server = start(
      R"(for f in output.o output.ll; do [ "${*#*$f}" != "$*" ] && printf 'a\377b' > $f; done; exit 0)");
  auto response = post("/v1/optimize", R"({"code": "x", "language": "c", "output": "object"})");
  EXPECT_EQ(nlohmann::json::parse(response->body)["output"], "Yf9i");
  response = post("/v1/optimize", R"({"code": "x", "language": "c", "output": "ir"})");
  EXPECT_EQ(nlohmann::json::parse(response->body)["output"],
            "a\xef\xbf\xbd"
            "b");
  response = post("/v1/optimize", R"({"code": "x", "language": "c"})");
  EXPECT_FALSE(nlohmann::json::parse(response->body).contains("output"));
}

TEST_F(ScriptServer, AnOutputThatIsALinkIsNotFollowed) {
  ASSERT_TRUE(write_file(folder.path() / "secret", "the secret"));
  settings.work.confined = false;  // which would not let it make one
  const Server server = start("ln -s " + (folder.path() / "secret").string() + " output.ll");
  const auto response = post("/v1/optimize", R"({"code": "x", "language": "c", "output": "ir"})");
  EXPECT_EQ(response->status, 200);
  EXPECT_FALSE(nlohmann::json::parse(response->body).contains("output")) << response->body;
}

TEST_F(ScriptServer, ExitCodesBecomeStatuses) {
  const Server server = start(R"(read code < program.c
    case $code in usage) echo "llmc: error: list: no such pass; expected one" >&2; exit 2;;
    crash) kill -SEGV $$;; odd) exit 77;; endless) exec yes;; esac)");
  const auto ask = [&](const std::string& code) {
    return post("/v1/size", R"({"language": "c", "code": ")" + code + "\\n\"}");
  };
  EXPECT_EQ(ask("usage")->status, 400);
  EXPECT_THAT(ask("usage")->body, HasSubstr(R"("error":"list: no such pass; expected one")"));
  EXPECT_EQ(ask("crash")->status, 500);
  EXPECT_THAT(ask("crash")->body, HasSubstr("signal 11"));
  EXPECT_EQ(ask("odd")->status, 500);
  const auto endless = ask("endless");
  EXPECT_EQ(endless->status, 500);
  EXPECT_THAT(endless->body, HasSubstr("wrote too much"));
  EXPECT_LT(endless->body.size(), 100'000U);
  EXPECT_EQ(ask("good")->status, 200);
}

TEST_F(ScriptServer, ACommandMayRunWhatItMakesInItsFolder) {
  const Server server = start("cp /bin/echo made && ./made '[1]'");
  const auto response = post("/v1/size", k_request);
  EXPECT_EQ(nlohmann::json::parse(response->body)["results"], nlohmann::json::parse("[[1]]"))
      << response->body;
}

TEST_F(ScriptServer, OddOutputDoesNotHurtTheServer) {
  const Server server = start(
      R"(head -c 4000000 program.c; echo; head -c 4000000 program.c | tr ']' '['; printf '\n\377\n'
         echo '{"a": [1]}')");
  std::string nested(1'000'000, '[');
  nested.append(1'000'000, ']');
  const auto response = post("/v1/size", R"({"language": "c", "code": ")" + nested + R"("})");
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 200);
  const auto body = nlohmann::json::parse(response->body);
  EXPECT_EQ(body["results"].back(), nlohmann::json::parse(R"({"a": [1]})"));
  // The server's own folders, many times.
  const std::string folders = [&] {
    std::string text;
    for (int i = 0; i < 50'000; ++i) text += settings.work.cache.string();
    return text;
  }();
  EXPECT_EQ(post("/v1/size", R"({"language": "c", "code": ")" + folders + R"("})")->status, 200);
}

TEST_F(ScriptServer, AProgramThatIsGoneIsASentence) {
  const Server server = start("exit 0");
  fs::remove(settings.work.program);
  const auto response = post("/v1/size", k_request);
  EXPECT_EQ(response->status, 500);
  EXPECT_THAT(response->body, HasSubstr("cannot execute it"));
}

TEST_F(ScriptServer, ClientsThatAreSlowToAskAreLeft) {
  settings.connection.request = milliseconds(400);
  const Server server = start("exit 0");
  const std::string head =
      "POST /v1/size HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n";
  // A body that never comes; one that drips; a head that drips.
  EXPECT_THAT(send({head + "Content-Length: 10\r\n\r\n{"}, milliseconds(0)),
              StartsWith("HTTP/1.1 408"));
  std::vector<std::string> drops = {head + "Content-Length: 100\r\n\r\n"};
  drops.insert(drops.end(), 10, " ");
  EXPECT_THAT(send(drops, milliseconds(100)), StartsWith("HTTP/1.1 408"));
  drops.assign(10, "P");
  EXPECT_EQ(send(drops, milliseconds(100)), "");
  EXPECT_EQ(send({""}, milliseconds(0)), "");
  EXPECT_EQ(post("/v1/size", k_request)->status, 200);
}

TEST_F(ScriptServer, SlowClientsDoNotKeepOthersWaiting) {
  settings.queue = 0;
  const Server server = start("exit 0");
  std::vector<int> idle;
  for (int i = 0; i < 20; ++i) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    idle.push_back(::socket(AF_INET, SOCK_STREAM, 0));
    ASSERT_EQ(::connect(idle.back(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  }
  EXPECT_EQ(post("/v1/size", k_request)->status, 200);
  for (const int fd : idle) ::close(fd);
}

TEST_F(ScriptServer, CommandsThatThisBuildHasNotAreNotImplemented) {
  settings.commands = {"size"};
  const Server server = start("exit 0");
  EXPECT_EQ(post("/v1/size", k_request)->status, 200);
  EXPECT_EQ(post("/v1/lift", R"({"assembly": "ret"})")->status, 501);
}

TEST_F(ScriptServer, StoppingAnswersWhatWasBegun) {
  Server server = start("sleep 1; echo 1");
  auto response = std::async(std::launch::async, [&] { return post("/v1/size", k_request); });
  std::this_thread::sleep_for(milliseconds(300));
  server.stop();
  ASSERT_TRUE(response.get());
  EXPECT_FALSE(post("/v1/size", k_request));  // nobody listens any more
}

TEST(PortOfUrl, IsTheGivenOneOrTheUsualOne) {
  EXPECT_EQ(port_of_url("http://localhost:8080/v1"), 8080);
  EXPECT_EQ(port_of_url("http://localhost/v1:9"), 80);
  EXPECT_EQ(port_of_url("https://example.org"), 443);
  EXPECT_EQ(port_of_url("http://user:1@host:81"), 81);
  EXPECT_EQ(port_of_url("http://[::1]:82/x"), 82);
  EXPECT_EQ(port_of_url("http://[::1]"), 80);
  EXPECT_EQ(port_of_url("model.gguf"), std::nullopt);
  EXPECT_EQ(port_of_url(""), std::nullopt);
}

TEST(Confinement, NamesTheModelAndTheSettings) {
  WorkSettings settings;
  settings.program = "/opt/llmc";
  settings.cache = "/cache";
  settings.model = "/models/a.gguf";
  ::setenv("LLMC_SUITE", "dir=/the/suite", 1);
  Confinement shared = shared_confinement(settings);
  EXPECT_THAT(shared.readable, testing::IsSupersetOf<fs::path>(
                                   {"/opt/llmc", "/models/a.gguf", "/the/suite", "/usr"}));
  EXPECT_THAT(shared.readable, testing::Not(testing::Contains(fs::path("/etc/hosts"))));
  EXPECT_THAT(shared.writable, testing::ElementsAre("/cache"));
  EXPECT_FALSE(shared.port);
  settings.model = "http://localhost:80";
  shared = shared_confinement(settings);
  EXPECT_THAT(shared.readable, testing::Contains(fs::path("/etc/hosts")));
  EXPECT_EQ(shared.port, 80);
  ::unsetenv("LLMC_SUITE");
}

}  // namespace
}  // namespace llmc
