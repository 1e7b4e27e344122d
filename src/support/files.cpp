#include "support/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace llmc {
namespace fs = std::filesystem;

namespace {

Error system_error(const fs::path& path, const std::string& what) {
  return {path.string() + ": " + what + ": " + std::strerror(errno)};
}

Result<void> write_all(int fd, std::string_view bytes, const fs::path& path) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return std::unexpected(system_error(path, "cannot write"));
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

}  // namespace

Result<std::string> read_file(const fs::path& path) {
  const bool standard_input = path == "-";
  const int fd = standard_input ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return std::unexpected(system_error(path, "cannot open"));
  std::string bytes;
  char buffer[1 << 16];
  while (true) {
    const ssize_t count = ::read(fd, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      Error error = system_error(path, "cannot read");
      if (!standard_input) ::close(fd);
      return std::unexpected(std::move(error));
    }
    if (count == 0) break;
    bytes.append(buffer, static_cast<std::size_t>(count));
  }
  if (!standard_input) ::close(fd);
  return bytes;
}

Result<std::string> read_part(const fs::path& path, std::uint64_t offset, std::uint64_t size) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return std::unexpected(system_error(path, "cannot open"));
  std::string bytes(size, '\0');
  std::uint64_t got = 0;
  while (got < size) {
    const ssize_t count =
        ::pread(fd, bytes.data() + got, size - got, static_cast<off_t>(offset + got));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) {
      Error error = count < 0 ? system_error(path, "cannot read")
                              : Error{path.string() + ": shorter than expected; it was truncated"};
      ::close(fd);
      return std::unexpected(std::move(error));
    }
    got += static_cast<std::uint64_t>(count);
  }
  ::close(fd);
  return bytes;
}

Result<void> write_file(const fs::path& path, std::string_view bytes) {
  if (path == "-") return write_all(STDOUT_FILENO, bytes, "standard output");
  struct stat info{};
  const bool special = ::stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode);
  if (special) {
    const int fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (fd < 0) return std::unexpected(system_error(path, "cannot write"));
    auto result = write_all(fd, bytes, path);
    ::close(fd);
    return result;
  }
  std::string temporary = path.string() + ".XXXXXX";
  const int fd = ::mkstemp(temporary.data());
  if (fd < 0) return std::unexpected(system_error(path, "cannot create"));
  ::fchmod(fd, 0644);
  auto result = write_all(fd, bytes, path);
  if (::close(fd) != 0 && result) result = std::unexpected(system_error(path, "cannot write"));
  if (result && ::rename(temporary.c_str(), path.c_str()) != 0)
    result = std::unexpected(system_error(path, "cannot rename into place"));
  if (!result) ::unlink(temporary.c_str());
  return result;
}

Result<void> make_folder(const fs::path& path) {
  std::error_code code;
  fs::create_directories(path, code);
  if (code) return fail(path.string() + ": cannot create the folder: " + code.message());
  return {};
}

Result<TemporaryFolder> TemporaryFolder::create() {
  std::error_code code;
  fs::path base = fs::temp_directory_path(code);
  if (code) return fail("no folder for temporary files; set TMPDIR to one that exists");
  std::string name = (base / "llmc-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr)
    return std::unexpected(system_error(name, "cannot create a temporary folder"));
  return TemporaryFolder(fs::path(name));
}

TemporaryFolder::TemporaryFolder(TemporaryFolder&& other) noexcept
    : path_(std::exchange(other.path_, {})) {}

TemporaryFolder::~TemporaryFolder() {
  if (path_.empty()) return;
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace llmc
