// A server that is asked again where that helps, and whose failures are sentences.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "model/http_exchange.h"
#include "support/error.h"

namespace llmc {

/// What a server says that is wrong: the message of its JSON, or all of the reply's body.
struct ServerComplaint {
  std::string message;
  std::string parameter;  ///< the field of the request that it is about; empty: it does not say
};
ServerComplaint complaint_of(const HttpReply& reply);

/// Whether a complaint is about a prompt and a budget that do not fit into the model's context.
bool is_about_context(const ServerComplaint& complaint);

struct LinkSettings {
  HttpUrl url;
  std::string key;    ///< bearer token; empty: user and password of the URL, if there are any
  std::string model;  ///< for sentences about it; may be empty
  HttpLimits limits;
  unsigned retries = 3;
  std::function<void(std::chrono::milliseconds)> sleep;
};

/// All errors have the form "URL: what is wrong; what was expected, what to do". What they quote
/// of the server's words is short, printable, and has neither key nor password in it.
class ServerLink {
 public:
  explicit ServerLink(LinkSettings settings);

  [[nodiscard]] const std::string& shown() const { return settings_.url.shown; }
  void set_model(std::string model) { settings_.model = std::move(model); }

  /// The reply to `method` `path`, whatever its status. Asks again, after pauses of 0.5 s, 1 s,
  /// 2 s, ... or what the server names in seconds with Retry-After (30 s at most), where no
  /// connection came about or it ended before a reply, and on 408, 429 and 5xx other than 501.
  /// Fails where in the end there is no whole reply; but a stream of which `receiver` took
  /// something is a reply however it ended, unless it was too large.
  Result<HttpReply> ask(std::string_view method, std::string_view path, std::string body = {},
                        const HttpReceiver& receiver = {});

  /// One try of at most `timeout`, without sentences: for questions that a server need not know.
  HttpReply ask_once(std::string_view method, std::string_view path,
                     std::chrono::milliseconds timeout);

  /// The JSON object that a reply of status 2xx is; otherwise its refusal, or what it is instead.
  Result<nlohmann::json> read_object(const HttpReply& reply, std::string_view path) const;

  /// `body` as text; fails if a string in it is not UTF-8.
  Result<std::string> to_text(const nlohmann::json& body) const;

  /// The object that is the reply to posting `body`.
  Result<nlohmann::json> post(std::string_view path, const nlohmann::json& body);

  /// The sentence for a reply that is not whole.
  [[nodiscard]] Error failure(const HttpReply& reply) const;

  /// The sentence for a reply whose status is not 2xx.
  [[nodiscard]] Error refusal(const HttpReply& reply, std::string_view path) const;

  /// "URL: `what`".
  [[nodiscard]] Error error(const std::string& what) const;

  /// The server's words, fit for a sentence.
  [[nodiscard]] std::string quote(std::string_view words) const;

 private:
  [[nodiscard]] HttpRequest request(std::string_view method, std::string_view path,
                                    std::string body) const;
  [[nodiscard]] std::chrono::milliseconds pause(const HttpReply& reply, unsigned tries) const;

  LinkSettings settings_;
};

}  // namespace llmc
