// Text as tokens: byte-pair encoding with the model files of SentencePiece, lossless on any bytes.
//
// The encoder is ours although SentencePiece has one: its library cannot be loaded together with
// libtorch as Debian builds them (each brings a protobuf of its own under the same names), and its
// encoder loses bytes that are not UTF-8. Tests hold ours to SentencePiece's and llama.cpp's ids.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "support/error.h"
#include "train/pieces.h"

namespace llmc::train {

/// The texts that are always one token, wherever they stand: the markup of prompts. No end of one
/// is the beginning of another, so every way of looking for them finds the same ones.
inline constexpr std::string_view k_markup[] = {"[INST]", "[/INST]", "<code>", "</code>"};

/// The ids that every tokenizer of ours has.
inline constexpr std::uint16_t k_unknown_id = 0;
inline constexpr std::uint16_t k_begin_id = 1;  ///< <s>
inline constexpr std::uint16_t k_end_id = 2;    ///< </s>
inline constexpr std::uint16_t k_padding_id = 3;

/// 64-bit FNV-1a: the fingerprint of a tokenizer is that of its file.
constexpr std::uint64_t fnv1a(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3;
  return hash;
}

/// A trained tokenizer. Copies share it; all functions are safe in threads.
class Tokenizer {
 public:
  /// Reads a model file that `llmc-train tokenizer train` made; any other, or one cut off, is
  /// refused.
  static Result<Tokenizer> load(const std::filesystem::path& path);
  /// The same from its bytes.
  static Result<Tokenizer> from_bytes(std::string_view model);

  /// The tokens of `text`, neither <s> nor </s> added. `decode` gives the same bytes back, whatever
  /// they are. Where `text` is UTF-8 without U+2581, the tokens are those of SentencePiece and of
  /// llama.cpp; the bytes of anything else become a token each.
  [[nodiscard]] std::vector<std::uint16_t> encode(std::string_view text) const;

  /// The bytes of the tokens; control tokens and ids out of range have none.
  [[nodiscard]] std::string decode(std::span<const std::uint16_t> tokens) const;

  [[nodiscard]] std::size_t size() const;  ///< entries of the vocabulary
  [[nodiscard]] std::uint64_t fingerprint() const;
  [[nodiscard]] const std::vector<Piece>& pieces() const;

 private:
  struct Parts;
  explicit Tokenizer(std::shared_ptr<const Parts> parts) : parts_(std::move(parts)) {}
  std::shared_ptr<const Parts> parts_;
};

}  // namespace llmc::train
