#include "train/stream_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace llmc::train {

Result<void> write_stream(const std::filesystem::path& path,
                          const std::function<Result<void>(std::FILE*)>& write) {
  const auto failed = [&](const char* what) {
    return fail(path.string() + ": cannot " + what + ": " + std::strerror(errno));
  };
  std::string temporary = path.string() + ".XXXXXX";
  const int file = ::mkstemp(temporary.data());
  if (file < 0) return failed("create");
  ::fchmod(file, 0644);
  std::FILE* stream = ::fdopen(file, "wb");
  Result<void> result = write(stream);
  if (!result) result = std::unexpected(result.error().with_context(path.string()));
  if (std::ferror(stream) != 0 && result) result = failed("write");
  if (std::fclose(stream) != 0 && result) result = failed("write");
  if (result && ::rename(temporary.c_str(), path.c_str()) != 0)
    result = failed("rename into place");
  if (!result) ::unlink(temporary.c_str());
  return result;
}

}  // namespace llmc::train
