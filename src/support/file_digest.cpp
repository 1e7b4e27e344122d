#include "support/file_digest.h"

#include <xxhash.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <vector>

namespace llmc {

Result<Digest> digest_of_file(const std::filesystem::path& path) {
  constexpr std::size_t k_piece = std::size_t{1} << 20;
  const std::unique_ptr<std::FILE, decltype([](std::FILE* open) { std::fclose(open); })> file(
      std::fopen(path.c_str(), "re"));
  if (!file) return fail(path.string() + ": cannot open: " + std::strerror(errno));
  const std::unique_ptr<XXH3_state_t, decltype([](XXH3_state_t* made) { XXH3_freeState(made); })>
      state(XXH3_createState());
  XXH3_128bits_reset(state.get());
  std::vector<char> piece(k_piece);
  while (const std::size_t size = std::fread(piece.data(), 1, piece.size(), file.get()))
    XXH3_128bits_update(state.get(), piece.data(), size);
  if (std::ferror(file.get()) != 0)
    return fail(path.string() + ": cannot read: " + std::strerror(errno));
  const XXH128_hash_t hash = XXH3_128bits_digest(state.get());
  return Digest{hash.high64, hash.low64};
}

}  // namespace llmc
