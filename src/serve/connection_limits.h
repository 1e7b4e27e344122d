// How long a client may take, and how much it may send.
#pragma once

#include <chrono>
#include <cstddef>

namespace llmc {

struct ConnectionLimits {
  std::chrono::milliseconds request{10'000};  ///< until the last byte of the body has come
  std::chrono::milliseconds response{10'000};  ///< for each write of the response
  std::size_t head_bytes = 65'536;             ///< request line and headers
};

}  // namespace llmc
