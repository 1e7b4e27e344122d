// The pieces of a SentencePiece model, read from its file without the library: exporters and the
// decoder need no more than that.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "support/error.h"

namespace llmc::train {

/// What a piece is for; the numbers are those of SentencePiece's files and of GGUF's.
enum class PieceKind {
  normal = 1,
  unknown = 2,
  control = 3,
  user_defined = 4,
  unused = 5,
  byte = 6
};

/// One entry of a vocabulary. In `text` a space is U+2581, as SentencePiece writes it; a byte is
/// "<0xHH>". Of two merges the one with the higher score comes first.
struct Piece {
  std::string text;
  float score = 0;
  PieceKind kind = PieceKind::normal;
};

/// The pieces of a model file (a `ModelProto` of sentencepiece_model.proto), in the order of their
/// ids. A file that is cut off, or is no such model, is refused.
Result<std::vector<Piece>> read_pieces(std::string_view model);

/// The model with the text of every piece replaced by `text_of(piece)`; the rest keeps its bytes.
Result<std::string> replace_texts(std::string_view model,
                                  const std::function<std::string(const Piece&)>& text_of);

/// The bytes that a piece stands for in decoded text: none for control and unknown pieces.
std::string bytes_of(const Piece& piece);

}  // namespace llmc::train
