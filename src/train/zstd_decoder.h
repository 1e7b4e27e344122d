// Decompression of zstd data, piece by piece. Implemented in zstd/, or in missing/ where llmc-train
// is built without zstd.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "support/error.h"

namespace llmc::train {

/// What every zstd frame begins with.
inline constexpr std::string_view k_zstd_magic = "\x28\xB5\x2F\xFD";

class ZstdDecoder {
 public:
  /// An error where llmc-train was built without zstd.
  static Result<ZstdDecoder> create();
  ZstdDecoder(ZstdDecoder&&) noexcept;
  ZstdDecoder& operator=(ZstdDecoder&&) noexcept;
  ~ZstdDecoder();

  /// Decompresses from the front of `in`, which it shortens, and appends to `out`. One call need
  /// not use all of `in`, nor give out all there is: call again until both stay as they are.
  Result<void> decode(std::string_view& in, std::string& out);

  /// True between frames: data that ends here is not cut off.
  [[nodiscard]] bool complete() const;

 private:
  struct Parts;
  explicit ZstdDecoder(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace llmc::train
