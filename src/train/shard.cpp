#include "train/shard.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <memory>

#include "support/files.h"

namespace llmc::train {
namespace {

static_assert(std::endian::native == std::endian::little, "shards are mapped as they are");

constexpr std::array<char, 8> k_magic = {'L', 'L', 'M', 'C', 'S', 'H', 'R', 'D'};
constexpr std::uint32_t k_version = 1;

struct Header {
  std::array<char, 8> magic = k_magic;
  std::uint32_t version = k_version;
  std::uint32_t vocabulary = 0;
  std::uint64_t tokenizer = 0;
  std::uint64_t tokens = 0;
  std::uint64_t documents = 0;
  std::uint64_t text_bytes = 0;
  std::uint32_t tokens_crc = 0;
  std::uint32_t documents_crc = 0;
};
static_assert(sizeof(Header) == 56);

std::size_t padded(std::uint64_t tokens) { return (tokens * sizeof(std::uint16_t) + 7) / 8 * 8; }

std::array<std::array<std::uint32_t, 256>, 8> make_tables() {
  std::array<std::array<std::uint32_t, 256>, 8> tables{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t crc = i;
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0x82F63B78U : 0U);
    tables[0][i] = crc;
  }
  for (std::size_t t = 1; t < 8; ++t)
    for (std::size_t i = 0; i < 256; ++i)
      tables[t][i] = tables[t - 1][i] >> 8 ^ tables[0][tables[t - 1][i] & 0xFF];
  return tables;
}

/// A mapping of the whole file; null and errno where it cannot be made.
std::shared_ptr<const std::byte> map_file(const std::filesystem::path& path, std::size_t& size) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return nullptr;
  struct stat info{};
  void* mapped = MAP_FAILED;
  if (::fstat(fd, &info) == 0 && info.st_size > 0) {
    size = static_cast<std::size_t>(info.st_size);
    mapped = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, fd, 0);
  } else if (errno == 0) {
    errno = ENODATA;
  }
  ::close(fd);
  if (mapped == MAP_FAILED) return nullptr;
  return {static_cast<const std::byte*>(mapped),
          [size](const std::byte* at) { ::munmap(const_cast<std::byte*>(at), size); }};
}

}  // namespace

// Eight bytes a step by eight tables (Intel's "slicing by 8").
std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t crc) {
  static const auto tables = make_tables();
  crc = ~crc;
  const std::byte* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 8; left -= 8, at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, 8);
    word ^= crc;
    crc = 0;
    for (std::size_t i = 0; i < 8; ++i) crc ^= tables[7 - i][word >> 8 * i & 0xFF];
  }
  for (; left > 0; --left, ++at)
    crc = crc >> 8 ^ tables[0][(crc ^ std::to_integer<std::uint32_t>(*at)) & 0xFF];
  return ~crc;
}

Result<void> ShardWriter::add(std::span<const std::uint16_t> tokens, std::uint32_t prompt,
                              std::uint64_t bytes) {
  if (tokens.size() < 2) return fail("a document needs at least two tokens");
  if (tokens.size() > UINT32_MAX) return fail("a document of more than 2^32 tokens");
  if (prompt >= tokens.size()) return fail("a document whose prompt leaves nothing to predict");
  for (const std::uint16_t token : tokens)
    if (token >= vocabulary_)
      return fail("token " + std::to_string(token) + " is not below the vocabulary of " +
                  std::to_string(vocabulary_));
  documents_.push_back({tokens_.size(), static_cast<std::uint32_t>(tokens.size()), prompt});
  tokens_.insert(tokens_.end(), tokens.begin(), tokens.end());
  bytes_ += bytes;
  return {};
}

Result<void> ShardWriter::write(const std::filesystem::path& path) {
  Header header;
  header.vocabulary = vocabulary_;
  header.tokenizer = tokenizer_;
  header.tokens = tokens_.size();
  header.documents = documents_.size();
  header.text_bytes = bytes_;
  std::vector<std::uint16_t> tokens = std::move(tokens_);
  tokens.resize(padded(header.tokens) / sizeof(std::uint16_t));
  const auto token_bytes = std::as_bytes(std::span(tokens));
  const auto document_bytes = std::as_bytes(std::span(documents_));
  header.tokens_crc = crc32c(token_bytes);
  header.documents_crc = crc32c(document_bytes);
  std::string bytes;
  bytes.reserve(sizeof header + token_bytes.size() + document_bytes.size());
  bytes.append(reinterpret_cast<const char*>(&header), sizeof header);
  bytes.append(reinterpret_cast<const char*>(token_bytes.data()), token_bytes.size());
  bytes.append(reinterpret_cast<const char*>(document_bytes.data()), document_bytes.size());
  tokens_.clear();
  documents_.clear();
  bytes_ = 0;
  return write_file(path, bytes);
}

Result<Shard> Shard::open(const std::filesystem::path& path) {
  const auto wrong = [&path](const std::string& what) { return fail(path.string() + ": " + what); };
  std::size_t size = 0;
  errno = 0;
  Shard shard;
  shard.file_ = map_file(path, size);
  if (shard.file_ == nullptr) return wrong(std::string("cannot read: ") + std::strerror(errno));
  Header header;
  if (size < sizeof header) return wrong("not a shard of tokens: too short");
  std::memcpy(&header, shard.file_.get(), sizeof header);
  if (header.magic != k_magic) return wrong("not a shard of tokens; `llmc-train pack` makes them");
  if (header.version != k_version)
    return wrong("shard of version " + std::to_string(header.version) + "; this program reads " +
                 std::to_string(k_version) + ": pack the data again");
  const std::uint64_t most = size / sizeof(std::uint16_t);
  const bool fits =
      header.tokens <= most && header.documents <= most &&
      sizeof header + padded(header.tokens) + header.documents * sizeof(ShardWriter::Document) ==
          size;
  if (!fits) return wrong("truncated shard, or bytes after its end: pack the data again");
  const std::byte* tokens = shard.file_.get() + sizeof header;
  const std::byte* documents = tokens + padded(header.tokens);
  const std::size_t document_bytes = header.documents * sizeof(ShardWriter::Document);
  if (crc32c({tokens, padded(header.tokens)}) != header.tokens_crc ||
      crc32c({documents, document_bytes}) != header.documents_crc)
    return wrong("damaged shard (its checksum is wrong): pack the data again");
  shard.token_count_ = header.tokens;
  shard.count_ = header.documents;
  shard.text_bytes_ = header.text_bytes;
  shard.vocabulary_ = header.vocabulary;
  shard.tokenizer_ = header.tokenizer;
  shard.tokens_ = reinterpret_cast<const std::uint16_t*>(tokens);
  shard.documents_ = reinterpret_cast<const ShardWriter::Document*>(documents);
  for (std::size_t i = 0; i < shard.count_; ++i) {
    const ShardWriter::Document& document = shard.documents_[i];
    if (document.first > header.tokens || document.length > header.tokens - document.first ||
        document.length < 2 || document.prompt >= document.length)
      return wrong("document " + std::to_string(i) + " lies outside the shard");
  }
  for (std::uint64_t i = 0; i < header.tokens; ++i)
    if (shard.tokens_[i] >= header.vocabulary)
      return wrong("token " + std::to_string(shard.tokens_[i]) + " is not in its vocabulary");
  return shard;
}

Shard::Document Shard::operator[](std::size_t i) const {
  const ShardWriter::Document& document = documents_[i];
  return {{tokens_ + document.first, document.length}, document.prompt};
}

}  // namespace llmc::train
