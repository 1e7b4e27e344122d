#include "model/http_exchange.h"

#include <fcntl.h>
#include <httplib.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <exception>
#include <optional>

namespace llmc {
namespace {

using Clock = std::chrono::steady_clock;

// cpp-httplib reads a head of any length, and takes its lines apart with regular expressions whose
// recursion is as deep as a line is long.
constexpr std::uint64_t k_most_head = 64 << 10;
constexpr std::uint64_t k_most_line = 4 << 10;

/// What an exchange may still use up.
struct Allowance {
  Clock::time_point deadline;
  std::uint64_t bytes;
  std::uint64_t head = k_most_head;
  std::uint64_t line = k_most_line;
  bool in_head = true;
  std::optional<HttpOutcome> overdrawn{};  ///< what ended the exchange

  /// Charges bytes that are handed on; false if they are too many.
  bool charge(std::string_view bytes_read) {
    const std::uint64_t count = bytes_read.size();
    bytes -= std::min(bytes, count);
    bool enough = bytes > 0;
    if (in_head) {
      head -= std::min(head, count);
      line = bytes_read.contains('\n') ? k_most_line : line - std::min(line, count);
      enough = enough && head > 0 && line > 0;
    }
    if (!enough) overdrawn = HttpOutcome::too_large;
    return enough;
  }
};

/// A connection that keeps to an allowance. cpp-httplib's own stream gives each read its own
/// timeout, so that a server that sends a byte now and then could hold it forever.
class BoundedStream final : public httplib::Stream {
 public:
  /// `tls` is null for a plain connection.
  BoundedStream(int socket, SSL* tls, Allowance& allowance)
      : socket_(socket), tls_(tls), allowance_(allowance) {
    fcntl(socket_, F_SETFL, fcntl(socket_, F_GETFL) | O_NONBLOCK);
  }

  bool is_readable() const override { return true; }
  bool is_writable() const override { return wait(POLLOUT); }

  ssize_t read(char* bytes, size_t size) override {
    if (at_ == filled_) {
      const ssize_t count = repeat([&] { return receive(buffer_.data(), buffer_.size()); });
      if (count <= 0) return count;
      at_ = 0;
      filled_ = static_cast<std::size_t>(count);
    }
    const std::size_t count = std::min(size, filled_ - at_);
    std::copy_n(buffer_.data() + at_, count, bytes);
    at_ += count;
    return allowance_.charge({bytes, count}) ? static_cast<ssize_t>(count) : -1;
  }

  ssize_t write(const char* bytes, size_t size) override {
    std::size_t written = 0;
    while (written < size) {
      const ssize_t count = repeat([&] { return send(bytes + written, size - written); });
      if (count <= 0) return -1;
      written += static_cast<std::size_t>(count);
    }
    return static_cast<ssize_t>(size);
  }

  void get_remote_ip_and_port(std::string&, int&) const override {}
  void get_local_ip_and_port(std::string&, int&) const override {}
  socket_t socket() const override { return socket_; }

 private:
  /// Does `action` until it moves bytes, fails (-1), meets the end (0) or the time is over (-1).
  template <typename Action>
  ssize_t repeat(const Action& action) {
    for (;;) {
      wanted_ = 0;
      const ssize_t count = action();
      if (count >= 0 || wanted_ == 0) return count;
      if (!wait(wanted_)) return -1;
    }
  }

  ssize_t receive(char* bytes, std::size_t size) {
    if (tls_ != nullptr) return judge_tls(SSL_read(tls_, bytes, static_cast<int>(size)));
    return judge(recv(socket_, bytes, size, 0), POLLIN);
  }

  ssize_t send(const char* bytes, std::size_t size) {
    const std::size_t some = std::min<std::size_t>(size, 1 << 20);
    if (tls_ != nullptr) return judge_tls(SSL_write(tls_, bytes, static_cast<int>(some)));
    return judge(::send(socket_, bytes, some, MSG_NOSIGNAL), POLLOUT);
  }

  ssize_t judge(ssize_t count, short event) {
    if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) wanted_ = event;
    return count;
  }

  ssize_t judge_tls(int count) {
    if (count > 0) return count;
    const int error = SSL_get_error(tls_, count);
    ERR_clear_error();
    if (error == SSL_ERROR_ZERO_RETURN) return 0;
    if (error == SSL_ERROR_WANT_READ) wanted_ = POLLIN;
    if (error == SSL_ERROR_WANT_WRITE) wanted_ = POLLOUT;
    return -1;
  }

  /// False if the time is over before `event` is there.
  bool wait(short event) const {
    using std::chrono::milliseconds;
    for (;;) {
      const auto left = std::chrono::ceil<milliseconds>(allowance_.deadline - Clock::now());
      pollfd poller{socket_, event, 0};
      const int longest = 60'000;
      const auto time = std::clamp<milliseconds::rep>(left.count(), 0, longest);
      if (left.count() > 0 && poll(&poller, 1, static_cast<int>(time)) > 0) return true;
      if (Clock::now() < allowance_.deadline) continue;
      allowance_.overdrawn = HttpOutcome::timed_out;
      return false;
    }
  }

  int socket_;
  SSL* tls_;
  Allowance& allowance_;
  short wanted_ = 0;  ///< what the last action has to wait for
  std::array<char, 4096> buffer_{};
  std::size_t at_ = 0;
  std::size_t filled_ = 0;
};

/// httplib::ClientImpl or httplib::SSLClient with its stream replaced.
template <typename Base>
class BoundedClient final : public Base {
 public:
  BoundedClient(const HttpUrl& url, Allowance& allowance)
      : Base(url.host, url.port), allowance_(allowance) {}

 private:
  bool process_socket(const typename Base::Socket& socket,
                      std::function<bool(httplib::Stream&)> use) override {
    BoundedStream stream(socket.sock, socket.ssl, allowance_);
    return use(stream);
  }

  Allowance& allowance_;
};

/// Keeps SIGPIPE, which OpenSSL's writes may raise, from ending the process.
class HeldBrokenPipe {
 public:
  HeldBrokenPipe() {
    sigset_t pending;
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    sigemptyset(&pipe_);
    sigaddset(&pipe_, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_, &before_);
  }
  ~HeldBrokenPipe() {
    const timespec at_once{};
    if (!was_pending_)
      while (sigtimedwait(&pipe_, nullptr, &at_once) == SIGPIPE) continue;
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  HeldBrokenPipe(const HeldBrokenPipe&) = delete;
  HeldBrokenPipe& operator=(const HeldBrokenPipe&) = delete;

 private:
  sigset_t pipe_{};
  sigset_t before_{};
  bool was_pending_ = false;
};

/// Whether the host's name leads to an address; cpp-httplib does not tell.
bool resolves(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &found) != 0) return false;
  freeaddrinfo(found);
  return true;
}

HttpOutcome outcome_of(httplib::Error error, const Allowance& allowance, const HttpUrl& url) {
  if (allowance.overdrawn) return *allowance.overdrawn;
  switch (error) {
    case httplib::Error::Success:
      return HttpOutcome::complete;
    case httplib::Error::Canceled:
      return HttpOutcome::stopped;
    case httplib::Error::Connection:
      return resolves(url.host) ? HttpOutcome::unconnected : HttpOutcome::unresolved;
    case httplib::Error::ConnectionTimeout:
      return HttpOutcome::unconnected;
    case httplib::Error::SSLConnection:
      return HttpOutcome::no_tls;
    case httplib::Error::SSLLoadingCerts:
    case httplib::Error::SSLServerVerification:
      return HttpOutcome::untrusted;
    default:
      return HttpOutcome::broken;
  }
}

/// The request in cpp-httplib's words; what comes goes to `reply` and `receiver`.
httplib::Request to_httplib(const HttpUrl& url, const HttpRequest& request, Allowance& allowance,
                            const HttpReceiver& receiver, HttpReply& reply) {
  httplib::Request wanted;
  wanted.method = request.method;
  wanted.path = url.root + request.path;
  wanted.body = request.body;
  wanted.headers = {{"Accept-Encoding", "identity"}, {"User-Agent", "llmc/" LLMC_VERSION}};
  if (!request.body.empty()) wanted.headers.emplace("Content-Type", "application/json");
  if (!request.authorization.empty())
    wanted.headers.emplace("Authorization", request.authorization);
  wanted.response_handler = [&](const httplib::Response& head) {
    allowance.in_head = false;
    reply.status = head.status;
    reply.type = head.get_header_value("Content-Type");
    reply.location = head.get_header_value("Location");
    reply.retry_after = head.get_header_value("Retry-After");
    return true;
  };
  wanted.content_receiver = [&](const char* bytes, std::size_t size, std::uint64_t, std::uint64_t) {
    if (receiver && reply.status == 200 && reply.type.starts_with("text/event-stream"))
      return receiver({bytes, size});
    reply.body.append(bytes, size);
    return true;
  };
  return wanted;
}

template <typename Base>
HttpReply exchange_by(const HttpUrl& url, const HttpRequest& request, const HttpLimits& limits,
                      const HttpReceiver& receiver) {
  HttpReply reply;
  Allowance allowance{.deadline = Clock::now() + limits.timeout,
                      .bytes = limits.most_bytes + k_most_head};
  try {
    BoundedClient<Base> client(url, allowance);
    client.set_connection_timeout(std::min(limits.connect_timeout, limits.timeout));
    client.set_keep_alive(false);
    client.set_follow_location(false);
    client.set_decompress(false);
    httplib::Request wanted = to_httplib(url, request, allowance, receiver, reply);
    httplib::Response head;
    httplib::Error error = httplib::Error::Success;
    const bool done = client.send(wanted, head, error);
    if (!done && error == httplib::Error::Success) error = httplib::Error::Unknown;
    reply.outcome = outcome_of(error, allowance, url);
    if (reply.status == 0) reply.status = std::max(head.status, 0);
  } catch (const std::exception&) {
    reply.outcome = HttpOutcome::broken;
  }
  return reply;
}

}  // namespace

HttpReply exchange(const HttpUrl& url, const HttpRequest& request, const HttpLimits& limits,
                   const HttpReceiver& receiver) {
  const HeldBrokenPipe held;
  return url.scheme == HttpUrl::Scheme::https
             ? exchange_by<httplib::SSLClient>(url, request, limits, receiver)
             : exchange_by<httplib::ClientImpl>(url, request, limits, receiver);
}

}  // namespace llmc
