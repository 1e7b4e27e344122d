#include "train/jsonl.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>

#include "train/json.h"
#include "train/zstd_decoder.h"

namespace llmc::train {
namespace {

/// The bytes of a file, decompressed where they are zstd, a chunk at a time.
class ByteStream {
 public:
  explicit ByteStream(int file) : file_(file), chunk_(1 << 17, '\0') {}
  ByteStream(const ByteStream&) = delete;
  ByteStream& operator=(const ByteStream&) = delete;
  ~ByteStream() {
    if (file_ > STDIN_FILENO) ::close(file_);
  }

  /// Appends some bytes to `out`; false at the end.
  Result<bool> read(std::string& out) {
    if (rest_.empty()) LLMC_CHECK(fill());
    if (!begun_) LLMC_CHECK(begin());
    const std::size_t size = out.size();
    const bool file_ends = rest_.empty();
    if (decoder_) {
      LLMC_CHECK(decoder_->decode(rest_, out));
      const bool stuck = file_ends && out.size() == size;
      if (stuck && !decoder_->complete()) return fail("the zstd data is cut off");
      return !stuck;
    }
    out += rest_;
    rest_ = {};
    return !file_ends;
  }

 private:
  /// Reads more of the file behind what is left of it; nothing is left at the end.
  Result<void> fill() {
    std::memmove(chunk_.data(), rest_.data(), rest_.size());
    ssize_t count = 0;
    do count = ::read(file_, chunk_.data() + rest_.size(), chunk_.size() - rest_.size());
    while (count < 0 && errno == EINTR);
    if (count < 0) return fail(std::string("cannot read: ") + std::strerror(errno));
    rest_ = std::string_view(chunk_).substr(0, rest_.size() + static_cast<std::size_t>(count));
    return {};
  }

  /// Looks whether it is zstd; a pipe may hand out less than the magic at once.
  Result<void> begin() {
    begun_ = true;
    for (std::size_t had = 0; rest_.size() < k_zstd_magic.size() && had != rest_.size();) {
      had = rest_.size();
      LLMC_CHECK(fill());
    }
    if (!rest_.starts_with(k_zstd_magic)) return {};
    LLMC_TRY(decoder_, ZstdDecoder::create());
    return {};
  }

  int file_;
  std::string chunk_;
  std::string_view rest_;  ///< of the chunk, not used yet
  bool begun_ = false;
  std::optional<ZstdDecoder> decoder_;
};

/// Takes a text member of a row.
Result<bool> take(const Json& json, const char* name, std::string& out) {
  const Json* member = json.find(name);
  if (member == nullptr) return false;
  if (member->string() == nullptr)
    return fail(std::string("'") + name + "' is not text; expected a JSON string");
  out = *member->string();
  return true;
}

Result<void> read_row(std::string_view line, TextRow& row) {
  auto json = Json::parse(line);
  if (!json) {  // the caller knows the line
    constexpr std::string_view k_line = "line 1, ";
    Error error = json.error();
    if (error.message.starts_with(k_line)) error.message.erase(0, k_line.size());
    return std::unexpected(error);
  }
  if (json->object() == nullptr) return fail("not a JSON object; expected a row");
  row = {};
  LLMC_CHECK(take(*json, "task", row.task));
  LLMC_CHECK(take(*json, "kind", row.kind));
  LLMC_TRY(const bool text, take(*json, "text", row.text));
  LLMC_TRY(const bool prompt, take(*json, "prompt", row.prompt));
  LLMC_TRY(const bool completion, take(*json, "completion", row.completion));
  row.instruction = !text;
  if (text == prompt || prompt != completion)
    return fail("expected 'text', or 'prompt' and 'completion'");
  return {};
}

}  // namespace

struct TextReader::Parts {
  explicit Parts(std::string where, int file) : where(std::move(where)), stream(file) {}
  std::string where;
  ByteStream stream;
  std::string buffer;
  std::size_t at = 0;  ///< where the next line begins in the buffer
  std::uint64_t line = 0;
  bool at_end = false;

  /// The next line without its line break; false at the end.
  Result<bool> next_line(std::string_view& out) {
    std::size_t searched = at;
    while (true) {
      const std::size_t end = buffer.find('\n', searched);
      if (end != std::string::npos || (at_end && at < buffer.size())) {
        out = std::string_view(buffer).substr(at, end == std::string::npos ? end : end - at);
        at = end == std::string::npos ? buffer.size() : end + 1;
        ++line;
        return true;
      }
      if (at_end) return false;
      buffer.erase(0, at);
      at = 0;
      searched = buffer.size();
      LLMC_TRY(const bool more, stream.read(buffer));
      at_end = !more;
    }
  }
};

TextReader::TextReader(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
TextReader::TextReader(TextReader&&) noexcept = default;
TextReader& TextReader::operator=(TextReader&&) noexcept = default;
TextReader::~TextReader() = default;

Result<TextReader> TextReader::open(const std::filesystem::path& path) {
  const int file = path == "-" ? STDIN_FILENO : ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return fail(path.string() + ": cannot open: " + std::strerror(errno));
  return TextReader(std::make_unique<Parts>(path.string(), file));
}

Result<bool> TextReader::next(TextRow& row) {
  std::string_view line;
  while (true) {
    const auto more = parts_->next_line(line);
    if (!more) return std::unexpected(more.error().with_context(parts_->where));
    if (!*more) return false;
    if (line.find_first_not_of(" \t\r") != std::string_view::npos) break;
  }
  if (const auto read = read_row(line, row); !read)
    return std::unexpected(
        read.error().with_context(parts_->where + ":" + std::to_string(parts_->line)));
  return true;
}

}  // namespace llmc::train
