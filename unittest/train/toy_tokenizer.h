// A tokenizer made by hand: small enough to know what every text must become.
#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "testing.h"
#include "train/pieces.h"
#include "train/tokenizer.h"

namespace llmc::train::test {

inline void append_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

/// A field of a protocol buffer that holds bytes.
inline void append_field(std::string& out, unsigned number, std::string_view bytes) {
  append_varint(out, number << 3 | 2);
  append_varint(out, bytes.size());
  out += bytes;
}

/// A SentencePiece model with these pieces.
inline std::string model_of(const std::vector<Piece>& pieces) {
  std::string model;
  for (const Piece& piece : pieces) {
    std::string message;
    append_field(message, 1, piece.text);
    append_varint(message, 2 << 3 | 5);
    const auto score = std::bit_cast<std::uint32_t>(piece.score);
    for (int i = 0; i < 4; ++i) message += static_cast<char>(score >> (8 * i));
    append_varint(message, 3 << 3);
    append_varint(message, static_cast<std::uint64_t>(piece.kind));
    append_field(model, 1, message);
  }
  std::string trainer;  // vocab_size, as proof of a field that is kept
  append_varint(trainer, 4 << 3);
  append_varint(trainer, pieces.size());
  append_field(model, 2, trainer);
  std::string normalizer;
  append_field(normalizer, 1, "identity");
  for (const unsigned off : {3, 4}) {  // add_dummy_prefix, remove_extra_whitespaces
    append_varint(normalizer, off << 3);
    append_varint(normalizer, 0);
  }
  append_field(model, 3, normalizer);
  return model;
}

/// The special pieces, the markup, all bytes, printable ASCII, tab and line break; and the joins,
/// the first with the highest score. U+2581 stands for a space.
inline std::vector<Piece> pieces_with(const std::vector<std::string>& joins) {
  std::vector<Piece> pieces = {{"<unk>", 0, PieceKind::unknown},
                               {"<s>", 0, PieceKind::control},
                               {"</s>", 0, PieceKind::control},
                               {"<pad>", 0, PieceKind::control}};
  for (const std::string_view markup : k_markup)
    pieces.push_back({std::string(markup), 0, PieceKind::user_defined});
  constexpr std::string_view k_digits = "0123456789ABCDEF";
  for (unsigned byte = 0; byte < 256; ++byte)
    pieces.push_back(
        {std::string("<0x") + k_digits[byte / 16] + k_digits[byte % 16] + ">", 0, PieceKind::byte});
  float score = 0;
  for (const std::string& join : joins) pieces.push_back({join, score -= 1, PieceKind::normal});
  for (char c = '!'; c <= '~'; ++c)
    pieces.push_back({std::string(1, c), score -= 1, PieceKind::normal});
  for (const char* other : {"\t", "\n", "\u2581"})
    pieces.push_back({other, score -= 1, PieceKind::normal});
  return pieces;
}

/// Joins that overlap in every way: nested, of equal text by two paths, across white space.
inline std::vector<Piece> toy_pieces() {
  return pieces_with({"ab", "bc", "abc", "aa", "aaaa", "\n%", "\n%\u2581",
                      "\u2581=", "\u2581=\u2581", "al", "ign", "ig", "align", "\u2581align", "lo",
                      "ad", "load", "ca", "cab"});
}

inline Tokenizer toy() { return llmc::test::take(Tokenizer::from_bytes(model_of(toy_pieces()))); }

}  // namespace llmc::train::test
