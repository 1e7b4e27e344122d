// One client's connection, as httplib reads and writes it, with limits that httplib has not.
#pragma once

#include <httplib.h>

#include <atomic>
#include <chrono>
#include <string>

#include "serve/connection_limits.h"

namespace llmc {

/// A stream over a connected socket, which it does not close. One that has not begun to ask is
/// given up when the server stops.
class Connection : public httplib::Stream {
 public:
  Connection(socket_t socket, const ConnectionLimits& limits, const std::atomic<bool>& stopping);

  /// Called when the headers were read: this many bytes of a body may follow.
  void expect_body(std::size_t bytes) { allowance_ = bytes; }

  /// False once the client has closed the connection, or its side of it.
  [[nodiscard]] bool client_is_there() const;

  /// Ends the response: nothing more is sent, and what the client still sends is dropped for a
  /// moment, so that it reads the response before it sees that nobody listens.
  void finish();

  [[nodiscard]] bool is_readable() const override;
  [[nodiscard]] bool is_writable() const override;
  ssize_t read(char* bytes, size_t size) override;
  ssize_t write(const char* bytes, size_t size) override;
  void get_remote_ip_and_port(std::string& ip, int& port) const override;
  void get_local_ip_and_port(std::string& ip, int& port) const override;
  [[nodiscard]] socket_t socket() const override { return socket_; }

 private:
  [[nodiscard]] bool wait_for(short event, std::chrono::steady_clock::time_point end) const;
  bool receive();

  socket_t socket_;
  ConnectionLimits limits_;
  std::chrono::steady_clock::time_point end_of_request_;
  std::size_t allowance_;  // bytes that may still be read
  const std::atomic<bool>& stopping_;
  bool begun_ = false;  // something was received
  std::string buffer_;  // received and not yet read
  std::size_t position_ = 0;
};

}  // namespace llmc
