#include "support/digest.h"

#include <fmt/format.h>
#include <xxhash.h>

namespace llmc {

Digest Digest::of(std::string_view bytes) {
  const XXH128_hash_t hash = XXH3_128bits(bytes.data(), bytes.size());
  return {hash.high64, hash.low64};
}

std::string Digest::hex() const { return fmt::format("{:016x}{:016x}", high, low); }

}  // namespace llmc
