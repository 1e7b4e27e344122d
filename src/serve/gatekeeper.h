// Which requests are answered at all, judged by their head before a body is read.
#pragma once

#include <httplib.h>

#include <optional>
#include <string>
#include <string_view>

#include "serve/server.h"

namespace llmc {

/// A response without work.
struct Refusal {
  int status = 0;
  std::string message;
  httplib::Headers headers;
};

/// The first thing that is wrong with the request's line or headers: 400, 401, 403, 404, 405, 411,
/// 413, 415 or 501.
std::optional<Refusal> refuse(const httplib::Request& request, const ServerSettings& settings);

/// The body's length as announced; nothing if it is not announced as one number.
std::optional<std::size_t> content_length(const httplib::Request& request);

/// Equality of keys, in a time that depends on the length of `offered` alone.
bool same_key(std::string_view offered, std::string_view key);

/// True for the names and addresses that only this machine itself reaches.
bool is_loopback(std::string_view host);

}  // namespace llmc
