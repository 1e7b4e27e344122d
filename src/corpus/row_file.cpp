#include "corpus/row_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "support/files.h"

namespace llmc {
namespace fs = std::filesystem;

namespace {

/// A little slower than the default level, a few percent smaller.
constexpr int k_row_level = 9;

bool is_compressed(const fs::path& path) { return path.extension() == ".zst"; }

}  // namespace

struct RowFile::State {
  ~State() {
    ZSTD_freeCCtx(compressor);
    if (fd > STDERR_FILENO) ::close(fd);
    if (!temporary.empty()) ::unlink(temporary.c_str());
  }

  [[nodiscard]] std::unexpected<Error> error(const char* what) const {
    return fail(fmt::format("{}: {}: {}", path.string(), what, std::strerror(errno)));
  }

  Result<void> write_all(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t written = ::write(fd, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return error("cannot write");
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
  }

  Result<void> compress(std::string_view bytes, ZSTD_EndDirective directive) {
    ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
    buffer.resize(ZSTD_CStreamOutSize());
    while (true) {
      ZSTD_outBuffer output{buffer.data(), buffer.size(), 0};
      const std::size_t left = ZSTD_compressStream2(compressor, &output, &input, directive);
      if (ZSTD_isError(left) != 0)
        return fail(fmt::format("{}: zstd: {}", path.string(), ZSTD_getErrorName(left)));
      LLMC_CHECK(write_all({buffer.data(), output.pos}));
      const bool done = directive == ZSTD_e_continue ? input.pos == input.size : left == 0;
      if (done) return {};
    }
  }

  fs::path path;
  std::string temporary;  ///< empty: `path` itself is written (standard output, a device)
  int fd = -1;
  ZSTD_CCtx* compressor = nullptr;
  std::vector<char> buffer;
};

RowFile::RowFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
RowFile::RowFile(RowFile&&) noexcept = default;
RowFile::~RowFile() = default;

Result<RowFile> RowFile::create(const fs::path& path) {
  auto state = std::make_unique<State>();
  state->path = path == "-" ? "standard output" : path;
  struct stat info{};
  const bool special = ::stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode);
  if (path == "-") {
    state->fd = STDOUT_FILENO;
  } else if (special) {
    state->fd = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
    if (state->fd < 0) return state->error("cannot write");
  } else {
    state->temporary = path.string() + ".XXXXXX";
    state->fd = ::mkstemp(state->temporary.data());
    if (state->fd < 0) {
      state->temporary.clear();
      return state->error("cannot create");
    }
    ::fchmod(state->fd, 0644);
  }
  if (is_compressed(path)) {
    state->compressor = ZSTD_createCCtx();
    ZSTD_CCtx_setParameter(state->compressor, ZSTD_c_compressionLevel, k_row_level);
    ZSTD_CCtx_setParameter(state->compressor, ZSTD_c_checksumFlag, 1);
  }
  return RowFile(std::move(state));
}

Result<void> RowFile::add(std::string_view lines) {
  if (lines.empty()) return {};
  return state_->compressor == nullptr ? state_->write_all(lines)
                                       : state_->compress(lines, ZSTD_e_continue);
}

Result<void> RowFile::finish() {
  if (state_->compressor != nullptr) {
    LLMC_CHECK(state_->compress("", ZSTD_e_end));
  }
  if (state_->temporary.empty()) return {};
  const int closed = ::close(state_->fd);
  state_->fd = -1;
  if (closed != 0) return state_->error("cannot write");
  if (::rename(state_->temporary.c_str(), state_->path.c_str()) != 0)
    return state_->error("cannot rename into place");
  state_->temporary.clear();
  return {};
}

namespace {

using Take = std::function<Result<void>(std::string_view)>;

/// Hands the text that `bytes` are in a compressed form of to `take`, piece by piece.
Result<void> decompress(const fs::path& path, std::string_view bytes, const Take& take) {
  const std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)> context(ZSTD_createDCtx(),
                                                                     &ZSTD_freeDCtx);
  std::string buffer(ZSTD_DStreamOutSize(), '\0');
  ZSTD_inBuffer input{bytes.data(), bytes.size(), 0};
  std::size_t left = 1;
  while (true) {
    ZSTD_outBuffer output{buffer.data(), buffer.size(), 0};
    left = ZSTD_decompressStream(context.get(), &output, &input);
    if (ZSTD_isError(left) != 0)
      return fail(fmt::format("{}: not a zstd file, or a damaged one: {}", path.string(),
                              ZSTD_getErrorName(left)));
    LLMC_CHECK(take({buffer.data(), output.pos}));
    if (input.pos == input.size && output.pos < output.size) break;
  }
  if (left != 0) return fail(fmt::format("{}: the file is truncated", path.string()));
  return {};
}

}  // namespace

Result<std::string> read_rows(const fs::path& path) {
  LLMC_TRY(std::string bytes, read_file(path));
  if (!is_compressed(path)) return bytes;
  std::string text;
  LLMC_CHECK(decompress(path, bytes, [&](std::string_view piece) {
    text += piece;
    return Result<void>();
  }));
  return text;
}

Result<void> for_each_line(const fs::path& path,
                           const std::function<Result<void>(std::size_t, std::string_view)>& use) {
  LLMC_TRY(const std::string bytes, read_file(path));
  std::size_t number = 0;
  std::string begun;  // a line whose end is in a later piece
  const auto take = [&](std::string_view piece) -> Result<void> {
    for (std::size_t end = piece.find('\n'); end != piece.npos; end = piece.find('\n')) {
      begun += piece.substr(0, end);
      LLMC_CHECK(use(++number, begun));
      begun.clear();
      piece.remove_prefix(end + 1);
    }
    begun += piece;
    return {};
  };
  LLMC_CHECK(is_compressed(path) ? decompress(path, bytes, take) : take(bytes));
  return begun.empty() ? Result<void>() : use(++number, begun);
}

}  // namespace llmc
