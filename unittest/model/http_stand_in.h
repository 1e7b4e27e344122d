// A stand-in for a model's server: what it answers is bytes, so that it can be as bad as wanted.
#pragma once

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "model/http_model.h"
#include "testing.h"

namespace llmc::test {

using nlohmann::json;

/// A request as it came.
struct Seen {
  std::string route;  ///< "GET /v1/models"
  std::string head;
  json body;  ///< null if there was none
};

/// The server's side of a connection.
class Wire {
 public:
  explicit Wire(int socket) : socket_(socket) {}
  /// False if the client is gone.
  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  /// Says nothing until the client goes away.
  void wait_for_end() const {
    char byte = 0;
    while (recv(socket_, &byte, 1, 0) > 0) continue;
  }

 private:
  int socket_;
};

using Answer = std::function<void(const Seen&, const Wire&)>;

/// A whole reply; `headers` are lines with their ends.
inline std::string reply_of(int status, std::string_view body,
                            std::string_view type = "application/json",
                            std::string_view headers = "") {
  return fmt::format(
      "HTTP/1.1 {} Status\r\nContent-Type: {}\r\nContent-Length: {}\r\n{}Connection: "
      "close\r\n\r\n{}",
      status, type, body.size(), headers, body);
}

inline std::string reply_of(const json& body) { return reply_of(200, body.dump()); }

/// The head of a stream that ends with the connection.
constexpr std::string_view k_stream_head =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";

inline std::string event_of(const json& event) { return "data: " + event.dump() + "\n\n"; }

/// An event of /v1/completions.
inline json piece(const std::string& text, const json& reason = nullptr, unsigned index = 0) {
  return {{"choices", {{{"index", index}, {"text", text}, {"finish_reason", reason}}}}};
}

inline Answer bytes(std::string all) {
  return [all = std::move(all)](const Seen&, const Wire& wire) { wire.send(all); };
}
inline Answer object(const json& body) { return bytes(reply_of(body)); }
inline Answer stream(const std::vector<json>& events) {
  std::string all(k_stream_head);
  for (const json& event : events) all += event_of(event);
  return bytes(all + "data: [DONE]\n\n");
}
/// Answers in turn; the last one stays.
inline Answer in_turn(std::vector<Answer> answers) {
  return [answers = std::move(answers), next = std::size_t{0}](const Seen& seen,
                                                               const Wire& wire) mutable {
    answers[std::min(next++, answers.size() - 1)](seen, wire);
  };
}

/// Listens on a free port of 127.0.0.1 and answers one connection after another.
class StandIn {
 public:
  /// Answers by route; others get 404 with a body of JSON.
  explicit StandIn(std::map<std::string, Answer> answers) : answers_(std::move(answers)) {
    answers_.emplace("GET /v1/models", object({{"data", {{{"id", "llmc-test"}}}}}));
    socket_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* where = reinterpret_cast<sockaddr*>(&address);
    if (bind(socket_, where, size) != 0 || listen(socket_, 16) != 0 ||
        getsockname(socket_, where, &size) != 0)
      throw std::runtime_error("cannot listen");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }
  ~StandIn() {
    stopped_ = true;
    thread_.join();
    close(socket_);
  }
  StandIn(const StandIn&) = delete;
  StandIn& operator=(const StandIn&) = delete;

  [[nodiscard]] std::string url() const { return fmt::format("http://127.0.0.1:{}/v1", port_); }
  [[nodiscard]] int port() const { return port_; }

  /// The requests on `route` so far.
  std::vector<Seen> seen(const std::string& route) {
    const std::scoped_lock lock(mutex_);
    std::vector<Seen> found;
    for (const Seen& one : seen_)
      if (one.route == route) found.push_back(one);
    return found;
  }

 private:
  void serve() {
    while (!stopped_) {
      pollfd poller{socket_, POLLIN, 0};
      if (poll(&poller, 1, 5) <= 0) continue;
      const int client = accept(socket_, nullptr, nullptr);
      if (client < 0) continue;
      answer(client);
      shutdown(client, SHUT_WR);
      close(client);
    }
  }

  void answer(int client) {
    std::string request;
    std::size_t wanted = std::string::npos;
    std::size_t head = 0;
    char buffer[4096];
    while (request.size() < wanted) {
      const ssize_t count = recv(client, buffer, sizeof buffer, 0);
      if (count <= 0) return;
      request.append(buffer, static_cast<std::size_t>(count));
      const std::size_t end = request.find("\r\n\r\n");
      if (wanted != std::string::npos || end == std::string::npos) continue;
      head = end + 4;
      const std::size_t length = request.find("Content-Length: ");
      wanted = head + (length < head ? std::stoul(request.substr(length + 16)) : 0);
    }
    Seen seen{request.substr(0, request.find(" HTTP/")), request.substr(0, head),
              json::parse(request.substr(head), nullptr, false)};
    {
      const std::scoped_lock lock(mutex_);
      seen_.push_back(seen);
    }
    const auto found = answers_.find(seen.route);
    if (found == answers_.end())
      Wire(client).send(reply_of(404, R"({"error": {"message": "File Not Found"}})"));
    else
      found->second(seen, Wire(client));
  }

  std::map<std::string, Answer> answers_;
  int socket_ = -1;
  int port_ = 0;
  std::atomic<bool> stopped_ = false;
  std::mutex mutex_;
  std::vector<Seen> seen_;
  std::thread thread_;
};

/// Options for `url` with short times and no sleep.
inline HttpModelOptions options_for(const std::string& url) {
  HttpModelOptions options;
  options.url = url;
  options.timeout = std::chrono::seconds(5);
  options.sleep = [](std::chrono::milliseconds) {};
  return options;
}

inline std::unique_ptr<LanguageModel> open(const HttpModelOptions& options) {
  return take(open_http_model(options), "open_http_model");
}
inline std::unique_ptr<LanguageModel> open(const StandIn& server) {
  return open(options_for(server.url()));
}

/// A greedy request.
inline GenerationRequest greedy(const std::string& prompt) {
  GenerationRequest request;
  request.prompt = prompt;
  return request;
}

inline constexpr const char* k_completions = "POST /v1/completions";
inline constexpr const char* k_chat = "POST /v1/chat/completions";

inline json chat_answer(const std::string& text) {
  return {{"choices",
           {{{"index", 0},
             {"message", {{"role", "assistant"}, {"content", text}}},
             {"finish_reason", "stop"}}}}};
}

inline json answer(const std::vector<std::string>& texts, const char* reason = "stop") {
  json choices = json::array();
  for (const std::string& text : texts)
    choices.push_back({{"index", choices.size()}, {"text", text}, {"finish_reason", reason}});
  return {{"choices", choices}};
}

inline json with_tokens(json choice_of, const std::vector<std::pair<std::string, double>>& tokens) {
  json texts = json::array();
  json values = json::array();
  for (const auto& [text, value] : tokens) {
    texts.push_back(text);
    values.push_back(value);
  }
  choice_of["choices"][0]["logprobs"] = {{"tokens", texts}, {"token_logprobs", values}};
  return choice_of;
}

inline std::vector<std::string> texts_of(const Generation& generation) {
  std::vector<std::string> texts;
  for (const Completion& completion : generation.completions) texts.push_back(completion.text);
  return texts;
}

inline const json k_llama_props = {{"default_generation_settings", {{"n_ctx", 64}}}};

}  // namespace llmc::test
