// Packed shards: tokenised documents in one file, read by mapping it.
//
//   shard     = header tokens documents
//   header    = "LLMCSHRD" version:u32 vocabulary:u32 tokenizer:u64
//               token-count:u64 document-count:u64 text-bytes:u64
//               tokens-crc:u32 documents-crc:u32                                      (56 bytes)
//   tokens    = token:u16 * token-count, then zero bytes up to a multiple of 8
//   documents = (first-token:u64 length:u32 prompt:u32) * document-count
//
// All numbers are little-endian; the checksums are CRC-32C (Castagnoli) of the bytes of their
// part. `tokenizer` is the fingerprint of the tokenizer's model file. A document never sees
// another: it is the mask. Its first `prompt` tokens are not predicted (they carry no loss); 0 for
// plain text, where only the first token goes unpredicted.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "support/error.h"

namespace llmc::train {

/// CRC-32C (Castagnoli) of `bytes`, as in RFC 3720; `crc` continues an earlier one.
std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t crc = 0);

/// Collects documents in memory and writes them as one shard.
class ShardWriter {
 public:
  ShardWriter(std::uint32_t vocabulary, std::uint64_t tokenizer)
      : vocabulary_(vocabulary), tokenizer_(tokenizer) {}

  /// Adds a document of at least two tokens, of which the first `prompt` carry no loss; the others
  /// stand for `bytes` of text. Every token must be below the vocabulary, and one at least must be
  /// predicted.
  Result<void> add(std::span<const std::uint16_t> tokens, std::uint32_t prompt,
                   std::uint64_t bytes);

  [[nodiscard]] std::uint64_t tokens() const { return tokens_.size(); }
  [[nodiscard]] std::uint64_t documents() const { return documents_.size(); }

  /// Writes the file (to a temporary name, then renamed) and forgets the documents.
  Result<void> write(const std::filesystem::path& path);

 private:
  friend class Shard;
  struct Document {
    std::uint64_t first;
    std::uint32_t length;
    std::uint32_t prompt;
  };
  std::uint32_t vocabulary_;
  std::uint64_t tokenizer_;
  std::uint64_t bytes_ = 0;
  std::vector<std::uint16_t> tokens_;
  std::vector<Document> documents_;
};

/// A shard that was read and checked. Copies share the mapping.
class Shard {
 public:
  struct Document {
    std::span<const std::uint16_t> tokens;
    std::uint32_t prompt;
  };

  /// Maps the file; checks magic, version, sizes, checksums and that documents lie inside.
  static Result<Shard> open(const std::filesystem::path& path);

  [[nodiscard]] std::size_t size() const { return count_; }  ///< documents
  [[nodiscard]] Document operator[](std::size_t i) const;
  [[nodiscard]] std::uint64_t tokens() const { return token_count_; }
  /// Bytes of text that the predicted tokens of all documents stand for.
  [[nodiscard]] std::uint64_t text_bytes() const { return text_bytes_; }
  [[nodiscard]] std::uint32_t vocabulary() const { return vocabulary_; }
  [[nodiscard]] std::uint64_t tokenizer() const { return tokenizer_; }

 private:
  std::shared_ptr<const std::byte> file_;
  std::uint64_t token_count_ = 0;
  std::uint64_t text_bytes_ = 0;
  std::size_t count_ = 0;
  std::uint32_t vocabulary_ = 0;
  std::uint64_t tokenizer_ = 0;
  const std::uint16_t* tokens_ = nullptr;
  const ShardWriter::Document* documents_ = nullptr;
};

}  // namespace llmc::train
