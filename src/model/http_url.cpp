#include "model/http_url.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "model/server_text.h"

namespace llmc {
namespace {

std::unexpected<Error> refuse(std::string_view shown, const std::string& what) {
  return fail(fmt::format("{}: {}; expected a URL such as http://127.0.0.1:8080/v1",
                          printable(shown), what),
              ErrorKind::usage);
}

/// Takes a scheme and "://" away from the front of `rest`.
bool take_scheme(std::string_view& rest, HttpUrl& url) {
  for (const HttpUrl::Scheme scheme : {HttpUrl::Scheme::http, HttpUrl::Scheme::https}) {
    const bool secure = scheme == HttpUrl::Scheme::https;
    const std::string_view prefix = secure ? "https://" : "http://";
    if (!rest.starts_with(prefix)) continue;
    rest.remove_prefix(prefix.size());
    url.scheme = scheme;
    url.port = secure ? 443 : 80;
    return true;
  }
  return false;
}

/// Reads HOST, HOST:PORT or [IPV6]:PORT.
bool read_host(std::string_view text, HttpUrl& url) {
  std::string_view port;
  if (text.starts_with('[')) {
    const std::size_t close = text.find(']');
    if (close == text.npos) return false;
    url.host = text.substr(1, close - 1);
    port = text.substr(close + 1);
  } else {
    const std::size_t colon = std::min(text.find(':'), text.size());
    url.host = text.substr(0, colon);
    port = text.substr(colon);
  }
  if (url.host.empty() || port.empty()) return port.empty() && !url.host.empty();
  port.remove_prefix(1);
  const auto [end, code] = std::from_chars(port.data(), port.data() + port.size(), url.port);
  return code == std::errc() && end == port.data() + port.size() && url.port != 0;
}

}  // namespace

Result<HttpUrl> HttpUrl::parse(std::string_view text) {
  HttpUrl url;
  std::string_view rest = text;
  const bool known = take_scheme(rest, url);
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  std::string_view authority = rest.substr(0, slash);
  std::string_view path = rest.substr(slash);
  if (const std::size_t at = authority.rfind('@'); at != authority.npos) {
    const std::string_view user = authority.substr(0, at);
    const std::size_t colon = std::min(user.find(':'), user.size());
    url.user = user.substr(0, colon);
    url.password = user.substr(std::min(colon + 1, user.size()));
    authority.remove_prefix(at + 1);
  }
  while (path.ends_with('/')) path.remove_suffix(1);
  // Without a scheme, an '@' may stand behind the first slash ("ftp://user:word@host").
  const std::string_view unread = rest.substr(rest.rfind('@') + 1);
  if (!known) return refuse(unread, "starts with neither http:// nor https://");
  const std::string_view prefix = url.scheme == Scheme::https ? "https://" : "http://";
  url.shown = fmt::format("{}{}{}", prefix, authority, path);
  const auto bad = [](char c) { return c <= ' ' || c >= 0x7f || c == '?' || c == '#'; };
  if (std::ranges::any_of(text, bad))
    return refuse(url.shown, "has a blank, a '?', a '#' or a character beyond ASCII in it");
  if (!read_host(authority, url)) return refuse(url.shown, "names no host, or a port that is none");
  if (path.ends_with("/v1")) path.remove_suffix(3);
  while (path.ends_with('/')) path.remove_suffix(1);
  url.root = path;
  return url;
}

}  // namespace llmc
