// llmc over HTTP: an endpoint for each command, none of whose work is done in this process.
#pragma once

#include <csignal>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "serve/connection_limits.h"
#include "serve/worker.h"
#include "support/error.h"

namespace llmc {

struct ServerSettings {
  std::string host = "127.0.0.1";
  int port = 8019;             ///< 0: any free one
  std::string key;             ///< bearer token of every request but for /health; empty: none
  std::size_t most_bytes = std::size_t{4} << 20;  ///< of a request's body
  unsigned jobs = 1;                              ///< commands at the same time
  unsigned queue = 16;                            ///< requests that wait for their turn
  ConnectionLimits connection;
  std::vector<std::string> commands;  ///< that this build has
  WorkSettings work;
};

/// A server from the moment at which it listens.
class Server {
 public:
  /// Listens and answers, in threads of its own. The threads inherit the blocked signals of the
  /// caller. Fails if the address cannot be had or requests cannot be confined.
  static Result<Server> start(const ServerSettings& settings);
  Server(Server&&) noexcept;
  Server& operator=(Server&&) = delete;
  ~Server();  ///< as `stop`, but ends requests at once

  /// "http://127.0.0.1:8019"
  [[nodiscard]] const std::string& url() const;

  /// Stops listening and returns when the requests in flight are answered; those that wait for
  /// their turn are sent away with 503.
  void stop();

  /// Ends the commands of requests in flight, from another thread or before `stop`.
  void hurry();

 private:
  struct State;
  explicit Server(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace llmc
