#include "serve/connection.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace llmc {
namespace {

using Clock = std::chrono::steady_clock;
using namespace std::chrono_literals;

constexpr std::chrono::milliseconds k_step = 200ms;
constexpr std::chrono::seconds k_farewell{3};

}  // namespace

Connection::Connection(socket_t socket, const ConnectionLimits& limits,
                       const std::atomic<bool>& stopping)
    : socket_(socket),
      limits_(limits),
      end_of_request_(Clock::now() + limits.request),
      allowance_(limits.head_bytes),
      stopping_(stopping) {}

bool Connection::wait_for(short event, Clock::time_point end) const {
  while (true) {
    const bool given_up = stopping_ && !begun_;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - Clock::now());
    const auto step = given_up ? std::chrono::milliseconds(0) : std::clamp(left, 0ms, k_step);
    pollfd polled{socket_, event, 0};
    const int ready = ::poll(&polled, 1, static_cast<int>(step.count()));
    if (ready > 0) return true;
    if (given_up || left <= 0ms || (ready < 0 && errno != EINTR)) return false;
  }
}

bool Connection::client_is_there() const {
  char byte = 0;
  const ssize_t count = ::recv(socket_, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR));
}

void Connection::finish() {
  ::shutdown(socket_, SHUT_WR);
  const auto end = Clock::now() + k_farewell;
  char dropped[1 << 16];
  while (Clock::now() < end && wait_for(POLLIN, end))
    if (::recv(socket_, dropped, sizeof dropped, MSG_DONTWAIT) <= 0) break;
}

bool Connection::is_readable() const {
  return position_ < buffer_.size() || wait_for(POLLIN, end_of_request_);
}

bool Connection::is_writable() const { return wait_for(POLLOUT, Clock::now() + limits_.response); }

bool Connection::receive() {
  position_ = 0;
  buffer_.clear();
  if (!wait_for(POLLIN, end_of_request_)) return false;
  buffer_.resize(1 << 14);
  const ssize_t count = ::recv(socket_, buffer_.data(), buffer_.size(), MSG_DONTWAIT);
  buffer_.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  begun_ = begun_ || count > 0;
  return count > 0;
}

ssize_t Connection::read(char* bytes, size_t size) {
  size = std::min(size, allowance_);
  if (size == 0) return -1;
  if (position_ == buffer_.size() && !receive()) return -1;
  size = std::min(size, buffer_.size() - position_);
  std::memcpy(bytes, buffer_.data() + position_, size);
  position_ += size;
  allowance_ -= size;
  return static_cast<ssize_t>(size);
}

ssize_t Connection::write(const char* bytes, size_t size) {
  if (!is_writable()) return -1;
  return ::send(socket_, bytes, size, MSG_NOSIGNAL | MSG_DONTWAIT);
}

// Nobody asks who the client is.
void Connection::get_remote_ip_and_port(std::string&, int&) const {}
void Connection::get_local_ip_and_port(std::string&, int&) const {}

}  // namespace llmc
