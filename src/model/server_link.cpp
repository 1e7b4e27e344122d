#include "model/server_link.h"

#include <fmt/format.h>
#include <httplib.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "model/server_text.h"

namespace llmc {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;

constexpr milliseconds k_first_pause{500};
constexpr milliseconds k_longest_pause{30'000};

bool is_good(const HttpReply& reply) { return reply.status >= 200 && reply.status < 300; }

/// Whether asking again may help.
bool may_pass(const HttpReply& reply) {
  switch (reply.outcome) {
    case HttpOutcome::complete:
      return reply.status == 408 || reply.status == 429 ||
             (reply.status >= 500 && reply.status != 501);
    case HttpOutcome::unconnected:
      return true;
    case HttpOutcome::broken:
      return reply.status == 0;
    default:
      return false;
  }
}

bool is_html(const HttpReply& reply) {
  const std::size_t first = reply.body.find_first_not_of(" \t\r\n");
  return reply.type.starts_with("text/html") ||
         (first != reply.body.npos && reply.body[first] == '<');
}

/// The string at `key` of an object; empty if there is none.
std::string string_at(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

ServerComplaint complaint_of(const HttpReply& reply) {
  const json body = json::parse(reply.body, nullptr, false);
  if (!body.is_object()) return {reply.body, ""};
  const auto inner = body.find("error");
  const json& error = inner != body.end() && inner->is_object() ? *inner : body;
  ServerComplaint complaint{string_at(error, "message"), string_at(error, "param")};
  if (complaint.message.empty()) complaint.message = string_at(error, "error");
  if (complaint.message.empty()) complaint.message = string_at(error, "detail");
  if (complaint.message.empty()) complaint.message = reply.body;
  return complaint;
}

bool is_about_context(const ServerComplaint& complaint) {
  return mentions(complaint.message, "context") && !mentions(complaint.message, "context-free") &&
         !mentions(complaint.message, "context free");
}

ServerLink::ServerLink(LinkSettings settings) : settings_(std::move(settings)) {}

HttpRequest ServerLink::request(std::string_view method, std::string_view path,
                                std::string body) const {
  HttpRequest request{std::string(method), std::string(path), std::move(body), ""};
  if (!settings_.key.empty())
    request.authorization = "Bearer " + settings_.key;
  else if (!settings_.url.user.empty())
    request.authorization =
        httplib::make_basic_authentication_header(settings_.url.user, settings_.url.password)
            .second;
  return request;
}

Result<HttpReply> ServerLink::ask(std::string_view method, std::string_view path, std::string body,
                                  const HttpReceiver& receiver) {
  const HttpRequest wanted = request(method, path, std::move(body));
  bool received = false;
  const auto watched = [&](std::string_view piece) {
    received = true;
    return receiver(piece);
  };
  for (unsigned tries = 0;; ++tries) {
    HttpReply reply =
        exchange(settings_.url, wanted, settings_.limits, receiver ? watched : HttpReceiver());
    if (may_pass(reply) && tries < settings_.retries) {
      settings_.sleep(pause(reply, tries));
      continue;
    }
    const bool whole =
        reply.outcome == HttpOutcome::complete || reply.outcome == HttpOutcome::stopped;
    if (whole || (received && reply.outcome != HttpOutcome::too_large)) return reply;
    return std::unexpected(failure(reply));
  }
}

HttpReply ServerLink::ask_once(std::string_view method, std::string_view path,
                               milliseconds timeout) {
  HttpLimits limits = settings_.limits;
  limits.timeout = std::min(limits.timeout, timeout);
  return exchange(settings_.url, request(method, path, ""), limits);
}

milliseconds ServerLink::pause(const HttpReply& reply, unsigned tries) const {
  const std::string& text = reply.retry_after;
  double seconds = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (code == std::errc() && end == text.data() + text.size() && seconds >= 0) {
    const double longest = std::chrono::duration<double>(k_longest_pause).count();
    return milliseconds(std::lround(std::min(seconds, longest) * 1000));
  }
  return std::min(k_first_pause * (1 << std::min(tries, 10U)), k_longest_pause);
}

Error ServerLink::error(const std::string& what) const { return {shown() + ": " + what}; }

std::string ServerLink::quote(std::string_view words) const {
  // The password goes first, without a cut that could leave a part of the key behind.
  const std::string line = printable(words, settings_.url.password, words.size());
  return printable(line, settings_.key);
}

Error ServerLink::failure(const HttpReply& reply) const {
  const auto seconds = std::chrono::duration<double>(settings_.limits.timeout).count();
  switch (reply.outcome) {
    case HttpOutcome::unresolved:
      return error(
          fmt::format("nobody knows a host named '{}'; expected the name or the address "
                      "of a server, check the URL and the network",
                      settings_.url.host));
    case HttpOutcome::unconnected:
      return error(
          "no connection; expected a server that listens there, start it or check the URL");
    case HttpOutcome::no_tls:
      return error(
          "no secure connection; expected a server that speaks TLS, check the URL's https");
    case HttpOutcome::untrusted:
      return error(
          "the server's certificate could not be verified; expected one of a known "
          "authority for that name, check the URL or SSL_CERT_FILE");
    case HttpOutcome::timed_out:
      return error(
          fmt::format("no whole answer within {} s; expected one in that time, ask for "
                      "fewer tokens or try again later",
                      seconds));
    case HttpOutcome::too_large:
      return error(
          fmt::format("the answer is too large; expected at most {} bytes, check that the "
                      "URL is a model's",
                      settings_.limits.most_bytes));
    default:
      break;
  }
  return error(
      "the connection ended before a whole answer came, or what came is not HTTP; expected "
      "an HTTP server, see its log");
}

Error ServerLink::refusal(const HttpReply& reply, std::string_view path) const {
  const ServerComplaint complaint = complaint_of(reply);
  const std::string words = quote(complaint.message);
  if (reply.status >= 300 && reply.status < 400)
    return error(
        fmt::format("answers {} with a redirect to '{}'; redirects are not followed, give "
                    "the address that it leads to",
                    path, quote(reply.location)));
  if (reply.status == 401 || reply.status == 403)
    return error(
        fmt::format("refuses access (HTTP {}: '{}'); expected a key that it knows, set "
                    "LLMC_API_KEY",
                    reply.status, words));
  if (reply.status == 400 || reply.status == 413 || reply.status == 422 || reply.status == 500)
    if (is_about_context(complaint))
      return error(
          fmt::format("prompt and answer do not fit into the model's context (HTTP {}: "
                      "'{}'); expected fewer tokens, shorten the input or give the server "
                      "a larger context",
                      reply.status, words));
  if (reply.status == 404 && mentions(complaint.message, "model"))
    return error(
        fmt::format("does not know the model '{}' (HTTP 404: '{}'); expected one that GET "
                    "/v1/models names, set --server-model",
                    settings_.model, words));
  if (reply.status == 404 || reply.status == 405)
    return error(
        fmt::format("has no {} (HTTP {}); expected an OpenAI-compatible server, check the "
                    "URL",
                    path, reply.status));
  return error(fmt::format("answers {} with HTTP {}: '{}'; expected 200, see the server's log",
                           path, reply.status, words));
}

Result<std::string> ServerLink::to_text(const json& body) const {
  try {
    return body.dump();
  } catch (const json::exception&) {
    return std::unexpected(
        error("the text to send is not UTF-8; servers take no other, give it in UTF-8"));
  }
}

Result<json> ServerLink::post(std::string_view path, const json& body) {
  LLMC_TRY(std::string text, to_text(body));
  LLMC_TRY(const HttpReply reply, ask("POST", path, std::move(text)));
  return read_object(reply, path);
}

Result<json> ServerLink::read_object(const HttpReply& reply, std::string_view path) const {
  if (!is_good(reply)) return std::unexpected(refusal(reply, path));
  const std::string what = fmt::format("answers {} with", path);
  if (is_html(reply))
    return std::unexpected(error(what + " HTML instead of JSON; expected an OpenAI-compatible "
                                        "server, check the URL and its port"));
  json object = json::parse(reply.body, nullptr, false);
  if (object.is_discarded())
    return std::unexpected(error(fmt::format(
        "{} what is no JSON in UTF-8: '{}'; expected an OpenAI-compatible server, check "
        "the URL and the server's log",
        what, quote(reply.body))));
  if (!object.is_object())
    return std::unexpected(
        error(fmt::format("{} JSON of another shape: '{}'; expected an object, check the URL", what,
                          quote(reply.body))));
  return object;
}

}  // namespace llmc
