// One request to a server and its reply, within limits of time and size that hold whatever the
// server does. What happened is an outcome, not yet a sentence.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "model/http_url.h"

namespace llmc {

struct HttpLimits {
  std::chrono::milliseconds timeout{120'000};         ///< from the connection to the last byte
  std::chrono::milliseconds connect_timeout{10'000};  ///< for the connection, of each address
  std::uint64_t most_bytes = 16 << 20;                ///< of a reply
};

struct HttpRequest {
  std::string method;         ///< "GET" or "POST"
  std::string path;           ///< from the server's root, such as "/v1/models"
  std::string body;           ///< JSON; empty: none
  std::string authorization;  ///< that header's value; empty: none
};

enum class HttpOutcome {
  complete,     ///< the whole reply is there
  stopped,      ///< the receiver wanted no more
  unresolved,   ///< nobody knows the host's name
  unconnected,  ///< no connection came about
  no_tls,       ///< the other side does not speak TLS
  untrusted,    ///< the server's certificate is not one of a known authority for that name
  timed_out,    ///< the time was over; `status` tells whether the reply had begun
  too_large,    ///< the reply has more than `most_bytes`, or a head out of all proportion
  broken        ///< the connection ended too early, or what came is not HTTP
};

struct HttpReply {
  HttpOutcome outcome = HttpOutcome::broken;
  int status = 0;  ///< 0: none came
  std::string type;
  std::string location;
  std::string retry_after;
  std::string body;  ///< as far as it came
};

/// Takes the pieces of an event stream (status 200, text/event-stream) as they come, in place of
/// `body`; false: no more is wanted.
using HttpReceiver = std::function<bool(std::string_view piece)>;

/// Sends `request` over a connection of its own and waits for the reply. Redirects are not
/// followed, nothing is compressed, no thread is started, no exception comes out, and SIGPIPE is
/// held back meanwhile.
HttpReply exchange(const HttpUrl& url, const HttpRequest& request, const HttpLimits& limits,
                   const HttpReceiver& receiver = {});

}  // namespace llmc
