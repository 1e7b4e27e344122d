#include "soundness/gzip_file.h"

#include <fmt/format.h>
#include <zlib.h>

namespace llmc {

Result<std::string> read_maybe_gzip(const std::filesystem::path& path) {
  gzFile file = gzopen(path.c_str(), "rb");
  if (file == nullptr) return fail(fmt::format("{}: cannot open", path.string()));
  std::string bytes;
  char buffer[1 << 16];
  int count = 0;
  while ((count = gzread(file, buffer, sizeof buffer)) > 0)
    bytes.append(buffer, static_cast<std::size_t>(count));
  const bool cut_off = gzclose_r(file) != Z_OK || count < 0;
  if (cut_off) return fail(fmt::format("{}: truncated or damaged gzip data", path.string()));
  return bytes;
}

}  // namespace llmc
