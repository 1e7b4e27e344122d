#include "serve/server.h"

#include <fmt/format.h>
#include <httplib.h>
#include <nlohmann/json.hpp>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "serve/admission.h"
#include "serve/connection.h"
#include "serve/gatekeeper.h"
#include "serve/metrics.h"

namespace llmc {
namespace {

constexpr int k_backlog = 128;
/// Threads beyond those that run commands or wait: for clients that are slow to ask, and reports.
constexpr unsigned k_spare_threads = 32;
constexpr const char* k_json = "application/json";
constexpr const char* k_prometheus = "text/plain; version=0.0.4";

/// httplib's server with connections of ours: one request each, read within limits.
class HttpServer : public httplib::Server {
 public:
  explicit HttpServer(const ServerSettings& settings) : settings_(settings) {}

  /// The port that it listens on; -1 if it cannot (errno).
  int bind(const std::string& host, int port) {
    errno = 0;
    if (port == 0)
      port = bind_to_any_port(host);
    else if (!bind_to_port(host, port))
      port = -1;
    if (port > 0) ::listen(svr_sock_, k_backlog);  // httplib's own backlog is 5
    return port;
  }

  std::atomic<bool> stopping = false;

 private:
  bool process_and_close_socket(socket_t socket) override {
    {
      Connection connection(socket, settings_.connection, stopping);
      bool closed = false;
      process_request(connection, true, closed, [&](httplib::Request& request) {
        connection.expect_body(std::min(content_length(request).value_or(0), settings_.most_bytes));
        // On a server nobody else calls it: it says whether the client still waits.
        request.progress = [&](auto, auto) { return connection.client_is_there(); };
      });
      connection.finish();
    }
    ::close(socket);
    return true;
  }

  const ServerSettings& settings_;
};

void answer(httplib::Response& response, int status, const std::string& body) {
  response.status = status;
  response.set_content(body, k_json);
}

void set_socket_options(socket_t socket) {
  const int yes = 1;  // not SO_REUSEPORT: a second server on the same port must fail
  ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
}

}  // namespace

struct Server::State {
  State(const ServerSettings& chosen, Worker worker_for_all)
      : settings(chosen),
        worker(std::move(worker_for_all)),
        admission(chosen.jobs, chosen.queue),
        http(settings) {}

  ServerSettings settings;
  Worker worker;
  Admission admission;
  Metrics metrics;
  HttpServer http;
  std::string url;
  std::atomic<bool> hurried = false;
  std::thread thread;

  void configure();
  bool answer_without_body(const httplib::Request& request, httplib::Response& response);
  void answer_command(const httplib::Request& request, httplib::Response& response,
                      const httplib::ContentReader& read);
  void run_command(const Endpoint& endpoint, const httplib::Request& request,
                   const CommandLine& line, httplib::Response& response);
  [[nodiscard]] std::string health() const;
};

std::string Server::State::health() const {
  nlohmann::ordered_json commands = nlohmann::ordered_json::array();
  for (const Endpoint& endpoint : endpoints())
    if (std::ranges::find(settings.commands, endpoint.command) != settings.commands.end())
      commands.push_back(endpoint.command);
  const nlohmann::ordered_json body = {{"status", "ok"},
                                       {"version", LLMC_VERSION},
                                       {"confined", settings.work.confined},
                                       {"commands", std::move(commands)}};
  return body.dump() + "\n";
}

/// True if the head of the request was enough to answer it.
bool Server::State::answer_without_body(const httplib::Request& request,
                                        httplib::Response& response) {
  if (auto refusal = refuse(request, settings)) {
    answer(response, refusal->status, error_body(refusal->message));
    response.headers.insert(refusal->headers.begin(), refusal->headers.end());
  } else if (request.path == "/health") {
    answer(response, 200, health());
  } else if (request.path == "/metrics") {
    response.status = 200;
    response.set_content(metrics.text(admission.load()), k_prometheus);
  } else {
    return false;
  }
  return true;
}

void Server::State::answer_command(const httplib::Request& request, httplib::Response& response,
                                   const httplib::ContentReader& read) {
  const Endpoint& endpoint = *find_endpoint(request.path);
  std::string body;
  const bool complete = read([&](const char* bytes, std::size_t count) {
    body.append(bytes, count);
    return true;
  });
  metrics.count_received(body.size());
  if (!complete) return answer(response, 408, error_body("the body did not come in time"));
  auto line = read_request(endpoint, body);
  if (!line) return answer(response, 400, error_body(line.error().message));
  run_command(endpoint, request, *line, response);
}

void Server::State::run_command(const Endpoint& endpoint, const httplib::Request& request,
                                const CommandLine& line, httplib::Response& response) {
  const auto wanted = [&] { return !hurried && request.progress(0, 0); };
  switch (admission.enter(settings.work.limit, wanted)) {
    case Admission::Answer::full:
      metrics.count_rejected();
      response.set_header("Retry-After", "1");
      return answer(response, 429, error_body("too many requests are at work; try again"));
    case Admission::Answer::closed:
      return answer(response, 503, error_body("the server is shutting down"));
    case Admission::Answer::unwanted:
      return answer(response, 499, error_body("nobody waits for the answer"));
    case Admission::Answer::admitted:
      break;
  }
  const Reply reply = worker.run(line, wanted);
  admission.leave();
  metrics.count_command(endpoint.path, reply.seconds);
  if (reply.killed) metrics.count_killed();
  if (hurried && reply.killed)
    return answer(response, 503, error_body("the server is shutting down"));
  answer(response, reply.status, reply.body);
}

void Server::State::configure() {
  const unsigned threads = settings.jobs + settings.queue + k_spare_threads;
  http.new_task_queue = [threads] { return new httplib::ThreadPool(threads); };
  http.set_socket_options(set_socket_options);
  http.set_payload_max_length(settings.most_bytes);
  http.set_pre_routing_handler([this](const auto& request, auto& response) {
    return answer_without_body(request, response) ? httplib::Server::HandlerResponse::Handled
                                                  : httplib::Server::HandlerResponse::Unhandled;
  });
  http.set_expect_100_continue_handler([this](const auto& request, auto& response) {
    return answer_without_body(request, response) ? response.status : 100;
  });
  for (const Endpoint& endpoint : endpoints())
    http.Post(
        std::string(endpoint.path),
        [this](const httplib::Request& request, httplib::Response& response,
               const httplib::ContentReader& read) { answer_command(request, response, read); });
  // What httplib refuses by itself, such as garbage instead of a request.
  http.set_error_handler([](const httplib::Request&, httplib::Response& response) {
    if (response.body.empty())
      response.set_content(error_body("not a request that this server understands"), k_json);
  });
  http.set_exception_handler([](const auto&, auto& response, const std::exception_ptr&) {
    answer(response, 500, error_body("the server has not enough memory for this request"));
  });
  http.set_logger([this](const httplib::Request& request, const httplib::Response& response) {
    const bool known = request.path == "/health" || request.path == "/metrics" ||
                       find_endpoint(request.path) != nullptr;
    metrics.count_response(known ? request.path : "other", response.status, response.body.size());
  });
}

Result<Server> Server::start(const ServerSettings& settings) {
  LLMC_TRY(Worker worker, Worker::create(settings.work));
  Server server(std::make_unique<State>(settings, std::move(worker)));
  State& state = *server.state_;
  state.configure();
  const int port = state.http.bind(settings.host, settings.port);
  if (port <= 0)
    return fail(fmt::format("cannot listen on {} port {}{}", settings.host, settings.port,
                            errno == 0 ? std::string() : fmt::format(": {}", strerror(errno))));
  const bool ipv6 = settings.host.find(':') != std::string::npos;
  state.url =
      fmt::format("http://{0}{1}{2}:{3}", ipv6 ? "[" : "", settings.host, ipv6 ? "]" : "", port);
  state.thread = std::thread([&state] { state.http.listen_after_bind(); });
  while (!state.http.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return server;
}

Server::Server(std::unique_ptr<State> state) : state_(std::move(state)) {}
Server::Server(Server&&) noexcept = default;

Server::~Server() {
  if (state_ == nullptr) return;
  hurry();
  stop();
}

const std::string& Server::url() const { return state_->url; }

void Server::stop() {
  state_->admission.close();
  state_->http.stopping = true;
  state_->http.stop();
  if (state_->thread.joinable()) state_->thread.join();
}

void Server::hurry() { state_->hurried = true; }

}  // namespace llmc
