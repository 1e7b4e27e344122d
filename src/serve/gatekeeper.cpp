#include "serve/gatekeeper.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "serve/endpoint.h"

namespace llmc {
namespace {

bool is_report(std::string_view path) { return path == "/health" || path == "/metrics"; }

/// "localhost" of "localhost:8019", "::1" of "[::1]:8019".
std::string_view host_of(std::string_view header) {
  if (header.starts_with('[')) return header.substr(1, header.find(']') - 1);
  return header.substr(0, header.find(':'));
}

/// A page in somebody's browser may have its own name resolved to this machine ("DNS rebinding"),
/// and would then be taken for a local client. Its name gives it away.
bool is_foreign(const httplib::Request& request, const ServerSettings& settings) {
  if (!settings.key.empty() || !is_loopback(settings.host) || !request.has_header("Host"))
    return false;
  const std::string header = request.get_header_value("Host");
  return !is_loopback(host_of(header)) && host_of(header) != settings.host;
}

std::optional<Refusal> refuse_client(const httplib::Request& request,
                                     const ServerSettings& settings) {
  if (is_foreign(request, settings))
    return Refusal{403, "Host: not a name of this machine; expected localhost"};
  const std::string prefix = "Bearer ";
  const std::string offered = request.get_header_value("Authorization");
  const bool welcome = settings.key.empty() || request.path == "/health" ||
                       (offered.starts_with(prefix) &&
                        same_key(std::string_view(offered).substr(prefix.size()), settings.key));
  if (!welcome)
    return Refusal{401,
                   "the key is missing or wrong; expected Authorization: Bearer KEY",
                   {{"WWW-Authenticate", "Bearer"}}};
  return std::nullopt;
}

std::optional<Refusal> refuse_path(const httplib::Request& request,
                                   const ServerSettings& settings) {
  const Endpoint* endpoint = find_endpoint(request.path);
  if (endpoint == nullptr && !is_report(request.path)) {
    std::string known = "/health, /metrics";
    for (const Endpoint& row : endpoints()) known += fmt::format(", {}", row.path);
    return Refusal{404, "there is nothing at this path; expected one of " + known};
  }
  const std::string_view wanted = endpoint == nullptr ? "GET" : "POST";
  if (request.method != wanted && !(endpoint == nullptr && request.method == "HEAD"))
    return Refusal{405,
                   fmt::format("{} is asked for with {}", request.path, wanted),
                   {{"Allow", std::string(wanted)}}};
  if (endpoint != nullptr &&
      std::ranges::find(settings.commands, endpoint->command) == settings.commands.end())
    return Refusal{501, fmt::format("this build of llmc has no command {}", endpoint->command)};
  return std::nullopt;
}

std::optional<Refusal> refuse_body(const httplib::Request& request,
                                   const ServerSettings& settings) {
  std::string type = request.get_header_value("Content-Type");
  type.erase(std::min(type.find_first_of("; "), type.size()));
  std::ranges::transform(type, type.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (type != "application/json") return Refusal{415, "Content-Type: expected application/json"};
  if (request.has_header("Content-Encoding"))
    return Refusal{415, "Content-Encoding: expected none"};
  if (request.has_header("Transfer-Encoding") || !request.has_header("Content-Length"))
    return Refusal{411, "Content-Length: the header is missing; expected the length of the body"};
  const auto length = content_length(request);
  if (!length) return Refusal{400, "Content-Length: not a number of bytes"};
  if (*length > settings.most_bytes)
    return Refusal{
        413, fmt::format("the body is too large; expected {} bytes at most", settings.most_bytes)};
  return std::nullopt;
}

}  // namespace

std::optional<Refusal> refuse(const httplib::Request& request, const ServerSettings& settings) {
  auto refusal = refuse_client(request, settings);
  if (!refusal) refusal = refuse_path(request, settings);
  if (!refusal && request.method == "POST") refusal = refuse_body(request, settings);
  return refusal;
}

std::optional<std::size_t> content_length(const httplib::Request& request) {
  if (request.get_header_value_count("Content-Length") != 1) return std::nullopt;
  const std::string text = request.get_header_value("Content-Length");
  std::size_t length = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, length);
  if (error == std::errc::result_out_of_range) return SIZE_MAX;
  if (error != std::errc() || rest != end) return std::nullopt;
  return length;
}

bool same_key(std::string_view offered, std::string_view key) {
  std::size_t difference = offered.size() ^ key.size();
  for (std::size_t i = 0; i < offered.size() && !key.empty(); ++i)
    difference |= static_cast<unsigned char>(offered[i] ^ key[i % key.size()]);
  return difference == 0;
}

bool is_loopback(std::string_view host) {
  const bool numeric = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return host == "localhost" || host == "::1" || (numeric && host.starts_with("127."));
}

}  // namespace llmc
