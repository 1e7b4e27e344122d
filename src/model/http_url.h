// The address of a server.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "support/error.h"

namespace llmc {

struct HttpUrl {
  enum class Scheme { http, https };

  Scheme scheme = Scheme::http;
  std::string host;  ///< a name or an address, an IPv6 one without its brackets
  std::uint16_t port = 80;
  std::string root;      ///< path of the server without /v1 and final slashes: "" or "/prefix"
  std::string user;      ///< as written before the '@'; empty: none
  std::string password;  ///< the same
  std::string shown;     ///< the address as written, without user, password and final slashes

  /// Reads http://[USER:PASSWORD@]HOST[:PORT][/PREFIX][/v1]; the error (a wrong use) does not show
  /// user and password.
  static Result<HttpUrl> parse(std::string_view text);
};

}  // namespace llmc
