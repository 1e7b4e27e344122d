#include "project/build_log.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <ctime>

#include "support/digest.h"
#include "support/files.h"

namespace llmc {
namespace fs = std::filesystem;

namespace {

constexpr std::uintmax_t k_log_limit = 1 << 20;
constexpr std::time_t k_silence = 3600;  ///< seconds between two equal warnings

/// Whether nobody has said it lately; then this process has.
bool is_news(const std::string& message) {
  std::error_code code;
  const fs::path base = fs::temp_directory_path(code);
  const fs::path folder = base / fmt::format("llmc-told-{}", ::getuid());
  if (code || (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST)) return false;
  const fs::path stamp = folder / Digest::of(message).hex();
  struct stat info{};
  if (::lstat(stamp.c_str(), &info) == 0 && std::time(nullptr) - info.st_mtime > k_silence)
    ::unlink(stamp.c_str());
  const int fd = ::open(stamp.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return false;
  ::close(fd);
  return true;
}

}  // namespace

void log_build_call(const std::string& log, const fs::path& cache, const WrapperRow& row) {
  if (!log.empty()) return append_to_log(log, row);
  if (row.action != WrapperAction::fell_back) return;
  const fs::path common = cache / "cc.log";
  std::error_code code;
  const std::uintmax_t size = fs::file_size(common, code);
  if (!code && size >= k_log_limit) return;
  if (code && !make_folder(cache)) return;
  append_to_log(common.string(), row);
}

void say_once(const std::string& message) {
  if (is_news(message)) fmt::print(stderr, "llmc: warning: {}\n", message);
}

}  // namespace llmc
