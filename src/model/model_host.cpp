#include "model/model_host.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <optional>

namespace llmc {
namespace {

using Json = nlohmann::json;

constexpr std::uint32_t k_most_bytes = 1U << 30;
constexpr int k_poll_milliseconds = 200;
constexpr int k_patience_milliseconds = 50;  ///< with a child that should end

// --- Messages
// --------------------------------------------------------------------------------------

bool send_all(int socket, const void* data, std::size_t size) {
  const auto* at = static_cast<const char*>(data);
  while (size > 0) {
    const ssize_t sent = ::send(socket, at, size, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) return false;
    at += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

bool send_message(int socket, const Json& message) {
  const std::vector<std::uint8_t> bytes = Json::to_cbor(message);
  const auto size = static_cast<std::uint32_t>(bytes.size());
  return send_all(socket, &size, sizeof size) && send_all(socket, bytes.data(), bytes.size());
}

enum class Received { all, closed, interrupted };

Received receive_all(int socket, void* data, std::size_t size, const volatile int* interrupted) {
  auto* at = static_cast<char*>(data);
  while (size > 0) {
    if (interrupted != nullptr && *interrupted != 0) return Received::interrupted;
    pollfd ready{socket, POLLIN, 0};
    if (::poll(&ready, 1, k_poll_milliseconds) <= 0) continue;
    const ssize_t got = ::recv(socket, at, size, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return Received::closed;
    at += got;
    size -= static_cast<std::size_t>(got);
  }
  return Received::all;
}

Received receive_message(int socket, Json& message, const volatile int* interrupted) {
  std::uint32_t size = 0;
  if (const auto how = receive_all(socket, &size, sizeof size, interrupted); how != Received::all)
    return how;
  if (size > k_most_bytes) return Received::closed;
  std::vector<std::uint8_t> bytes(size);
  if (const auto how = receive_all(socket, bytes.data(), size, interrupted); how != Received::all)
    return how;
  message = Json::from_cbor(bytes, true, /*allow_exceptions=*/false);
  return message.is_object() ? Received::all : Received::closed;
}

// --- Values as messages
// ------------------------------------------------------------------------------

Json to_json(const ModelInfo& info) {
  return {{"name", info.name},
          {"location", info.location},
          {"kind", info.kind},
          {"dialect", to_string(info.dialect)},
          {"parameters", info.parameters},
          {"file_bytes", info.file_bytes},
          {"context", info.context},
          {"trained_context", info.trained_context},
          {"vocabulary", info.vocabulary},
          {"card", info.card}};
}

ModelInfo info_from(const Json& json) {
  ModelInfo info;
  json.at("name").get_to(info.name);
  json.at("location").get_to(info.location);
  json.at("kind").get_to(info.kind);
  info.dialect = parse_dialect(json.at("dialect").get<std::string>()).value_or(Dialect::chat);
  json.at("parameters").get_to(info.parameters);
  json.at("file_bytes").get_to(info.file_bytes);
  json.at("context").get_to(info.context);
  json.at("trained_context").get_to(info.trained_context);
  json.at("vocabulary").get_to(info.vocabulary);
  json.at("card").get_to(info.card);
  return info;
}

Json to_json(const GenerationRequest& request, std::size_t constraint) {
  const Sampling& sampling = request.sampling;
  return {{"call", "generate"},
          {"prompt", request.prompt},
          {"stop", request.stop},
          {"constraint", constraint},
          {"random", sampling.method == SamplingMethod::random},
          {"count", sampling.count},
          {"temperature", sampling.temperature},
          {"top_p", sampling.top_p},
          {"seed", sampling.seed},
          {"most_tokens", sampling.most_tokens}};
}

/// `constraints` are counted from 1; 0 is none.
GenerationRequest request_from(const Json& json,
                               const std::vector<const TextConstraint*>& constraints) {
  GenerationRequest request;
  json.at("prompt").get_to(request.prompt);
  json.at("stop").get_to(request.stop);
  const std::size_t constraint = json.at("constraint");
  if (constraint != 0) request.constraint = constraints.at(constraint - 1);
  Sampling& sampling = request.sampling;
  sampling.method = json.at("random") ? SamplingMethod::random : SamplingMethod::priority;
  json.at("count").get_to(sampling.count);
  json.at("temperature").get_to(sampling.temperature);
  json.at("top_p").get_to(sampling.top_p);
  json.at("seed").get_to(sampling.seed);
  json.at("most_tokens").get_to(sampling.most_tokens);
  return request;
}

Json to_json(const Generation& generation) {
  Json completions = Json::array();
  for (const Completion& one : generation.completions)
    completions.push_back({{"text", one.text},
                           {"log_probability", one.log_probability},
                           {"ended", one.ended},
                           {"tokens", one.tokens}});
  return {{"completions", std::move(completions)},
          {"prompt_tokens", generation.prompt_tokens},
          {"prompt_seconds", generation.prompt_seconds},
          {"answer_seconds", generation.answer_seconds},
          {"answer_tokens", generation.answer_tokens}};
}

Generation generation_from(const Json& json) {
  Generation generation;
  for (const Json& one : json.at("completions"))
    generation.completions.push_back(
        {one.at("text"), one.at("log_probability"), one.at("ended"), one.at("tokens")});
  json.at("prompt_tokens").get_to(generation.prompt_tokens);
  json.at("prompt_seconds").get_to(generation.prompt_seconds);
  json.at("answer_seconds").get_to(generation.answer_seconds);
  json.at("answer_tokens").get_to(generation.answer_tokens);
  return generation;
}

Json to_json(const std::vector<std::int32_t>& tokens) { return tokens; }
Json to_json(const std::vector<double>& shares) { return shares; }

Json to_json(const TextScore& score) {
  return {{"log_probability", score.log_probability}, {"tokens", score.tokens}};
}

TextScore score_from(const Json& json) {
  return {json.at("log_probability").get<double>(), json.at("tokens").get<std::uint64_t>()};
}

template <typename T>
Json answer_of(const Result<T>& result) {
  if (!result)
    return {{"error", result.error().message}, {"usage", result.error().kind == ErrorKind::usage}};
  if constexpr (std::is_integral_v<T>)
    return {{"value", *result}};
  else
    return {{"value", to_json(*result)}};
}

// --- The child
// ------------------------------------------------------------------------------------

Json answer_call(LanguageModel& model, const Json& call,
                 const std::vector<const TextConstraint*>& constraints) {
  const std::string name = call.at("call");
  if (name == "generate") return answer_of(model.generate(request_from(call, constraints)));
  const std::string text = call.at("text");
  if (name == "count") return answer_of(model.count_tokens(text));
  if (name == "choose")
    return answer_of(model.choose(text, call.at("choices").get<std::vector<std::string>>()));
  if (name == "tokenise") return answer_of(model.tokenise(text));
  if (name == "score")
    return answer_of(model.score(text, call.at("continuation").get<std::string>()));
  return answer_of(model.score_text(text, call.at("window").get<std::uint32_t>()));
}

/// The child's whole life. Errors of JSON cannot happen: both ends are this file.
[[noreturn]] void serve(int socket, const ModelOpener& open,
                        const std::vector<const TextConstraint*>& constraints) {
  auto model = open();
  if (!model) {
    send_message(socket, {{"error", model.error().message},
                          {"usage", model.error().kind == ErrorKind::usage}});
    _exit(1);
  }
  send_message(socket, {{"value", to_json((*model)->info())}});
  Json call;
  while (receive_message(socket, call, nullptr) == Received::all) {
    Json answer = answer_call(**model, call, constraints);
    answer["memory"] = (*model)->peak_memory();
    if (!send_message(socket, answer)) break;
  }
  _exit(0);
}

// --- The parent
// -----------------------------------------------------------------------------------

class HostedModel final : public LanguageModel {
 public:
  HostedModel(ModelOpener open, std::vector<const TextConstraint*> constraints,
              const volatile int* interrupted)
      : open_(std::move(open)), constraints_(std::move(constraints)), interrupted_(interrupted) {}
  ~HostedModel() override { stop(); }

  Result<void> start() {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
      return fail(fmt::format("cannot start a process for the model: {}", std::strerror(errno)));
    const pid_t parent = ::getpid();
    child_ = ::fork();
    if (child_ < 0) {
      ::close(ends[0]);
      ::close(ends[1]);
      return fail(fmt::format("cannot start a process for the model: {}", std::strerror(errno)));
    }
    if (child_ == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      if (::getppid() != parent) _exit(1);
      std::signal(SIGINT, SIG_IGN);  // the parent is asked, and stops this process
      std::signal(SIGTERM, SIG_DFL);
      ::close(ends[0]);
      serve(ends[1], open_, constraints_);
    }
    ::close(ends[1]);
    socket_ = ends[0];
    LLMC_TRY(const Json answer, receive("loading the model"));
    info_ = info_from(answer);
    return {};
  }

  [[nodiscard]] const ModelInfo& info() const override { return info_; }
  [[nodiscard]] std::uint64_t peak_memory() const override { return memory_; }

  Result<std::uint64_t> count_tokens(std::string_view text) override {
    LLMC_TRY(const Json answer, ask({{"call", "count"}, {"text", text}}));
    return answer.get<std::uint64_t>();
  }

  Result<std::vector<std::int32_t>> tokenise(std::string_view text) override {
    LLMC_TRY(const Json answer, ask({{"call", "tokenise"}, {"text", text}}));
    return answer.get<std::vector<std::int32_t>>();
  }

  Result<Generation> generate(const GenerationRequest& request) override {
    std::size_t constraint = 0;
    if (request.constraint != nullptr) {
      const auto found = std::ranges::find(constraints_, request.constraint);
      if (found == constraints_.end())
        return fail("a model in another process does not know this constraint");
      constraint = static_cast<std::size_t>(found - constraints_.begin()) + 1;
    }
    LLMC_TRY(const Json answer, ask(to_json(request, constraint)));
    return generation_from(answer);
  }

  Result<TextScore> score(std::string_view prompt, std::string_view continuation) override {
    LLMC_TRY(const Json answer,
             ask({{"call", "score"}, {"text", prompt}, {"continuation", continuation}}));
    return score_from(answer);
  }

  Result<std::vector<double>> choose(std::string_view prompt,
                                     const std::vector<std::string>& choices) override {
    LLMC_TRY(const Json answer, ask({{"call", "choose"}, {"text", prompt}, {"choices", choices}}));
    return answer.get<std::vector<double>>();
  }

  Result<TextScore> score_text(std::string_view text, std::uint32_t window) override {
    LLMC_TRY(const Json answer, ask({{"call", "score-text"}, {"text", text}, {"window", window}}));
    return score_from(answer);
  }

 private:
  Result<Json> ask(const Json& call) {
    if (child_ <= 0) {
      LLMC_CHECK(start());
    }
    if (!send_message(socket_, call)) return lost("answering");
    return receive("answering");
  }

  /// The value in the next message.
  Result<Json> receive(const char* what) {
    Json answer;
    switch (receive_message(socket_, answer, interrupted_)) {
      case Received::closed:
        return lost(what);
      case Received::interrupted:
        stop();
        return fail("interrupted", ErrorKind::interrupted);
      case Received::all:
        break;
    }
    if (answer.contains("memory")) answer["memory"].get_to(memory_);
    if (!answer.contains("error")) return std::move(answer["value"]);
    return fail(answer["error"].get<std::string>(),
                answer["usage"].get<bool>() ? ErrorKind::usage : ErrorKind::failed);
  }

  /// The child is gone: says how.
  std::unexpected<Error> lost(const char* what) {
    const int status = stop();
    const std::string how =
        WIFSIGNALED(status)
            ? fmt::format("signal {} ({})", WTERMSIG(status), ::strsignal(WTERMSIG(status)))
            : fmt::format("exit status {}", WEXITSTATUS(status));
    return fail(
        fmt::format("{}the model's process died while {}: {}; the file may be damaged, or "
                    "memory may be short",
                    info_.location.empty() ? "" : info_.location + ": ", what, how));
  }

  /// Ends the child; its wait status.
  int stop() {
    if (child_ <= 0) return 0;
    ::close(socket_);
    int status = 0;
    // A child that waits or has died ends at once; one that computes does not see the closed
    // socket.
    for (int i = 0; i < k_patience_milliseconds; ++i) {
      if (::waitpid(child_, &status, WNOHANG) == child_) return std::exchange(child_, -1), status;
      ::usleep(1000);
    }
    ::kill(child_, SIGKILL);
    ::waitpid(child_, &status, 0);
    child_ = -1;
    return status;
  }

  ModelOpener open_;
  std::vector<const TextConstraint*> constraints_;
  const volatile int* interrupted_;
  ModelInfo info_;
  std::uint64_t memory_ = 0;
  pid_t child_ = -1;
  int socket_ = -1;
};

}  // namespace

Result<std::unique_ptr<LanguageModel>> host_model(ModelOpener open,
                                                  std::vector<const TextConstraint*> constraints,
                                                  const volatile int* interrupted) {
  auto model = std::make_unique<HostedModel>(std::move(open), std::move(constraints), interrupted);
  LLMC_CHECK(model->start());
  return model;
}

}  // namespace llmc
