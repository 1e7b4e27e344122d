#include "train/pieces.h"

#include <bit>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>

namespace llmc::train {
namespace {

// Field numbers of ModelProto and ModelProto.SentencePiece.
constexpr std::uint64_t k_pieces = 1;
constexpr std::uint64_t k_normalizer = 3;
constexpr std::uint64_t k_text = 1;
constexpr std::uint64_t k_score = 2;
constexpr std::uint64_t k_kind = 3;

/// One field of a protocol buffer: its number and its value, or its bytes.
struct Field {
  std::uint64_t number;
  std::uint64_t value;      ///< of a number
  std::string_view bytes;   ///< of a text or a message
  std::string_view source;  ///< the whole field, as it is in the file
};

/// Reads a message field by field.
class FieldReader {
 public:
  explicit FieldReader(std::string_view message) : rest_(message) {}

  [[nodiscard]] bool done() const { return rest_.empty(); }

  std::optional<Field> next() {
    const std::string_view all = rest_;
    const auto key = varint();
    if (!key) return std::nullopt;
    Field field{.number = *key >> 3, .value = 0};
    std::optional<std::uint64_t> value;
    switch (*key & 7) {
      case 0:
        value = varint();
        break;
      case 1:
        value = fixed(8);
        break;
      case 2:
        value = varint();
        if (!value || *value > rest_.size()) return std::nullopt;
        field.bytes = rest_.substr(0, *value);
        rest_.remove_prefix(*value);
        break;
      case 5:
        value = fixed(4);
        break;
      default:
        break;
    }
    if (!value) return std::nullopt;
    field.value = *value;
    field.source = all.substr(0, all.size() - rest_.size());
    return field;
  }

 private:
  std::optional<std::uint64_t> varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= std::uint64_t{byte & 0x7fU} << shift;
      if (byte < 0x80) return value;
    }
    return std::nullopt;
  }

  std::optional<std::uint64_t> fixed(std::size_t size) {
    if (rest_.size() < size) return std::nullopt;
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < size; ++i)
      value |= std::uint64_t{static_cast<unsigned char>(rest_[i])} << (8 * i);
    rest_.remove_prefix(size);
    return value;
  }

  std::string_view rest_;
};

void append_varint(std::string& out, std::uint64_t value) {
  for (; value >= 0x80; value >>= 7) out += static_cast<char>(value | 0x80);
  out += static_cast<char>(value);
}

void append_bytes(std::string& out, std::uint64_t number, std::string_view bytes) {
  append_varint(out, number << 3 | 2);
  append_varint(out, bytes.size());
  out += bytes;
}

std::optional<Piece> read_piece(std::string_view message) {
  Piece piece;
  for (FieldReader fields(message); !fields.done();) {
    const auto field = fields.next();
    if (!field) return std::nullopt;
    if (field->number == k_text) piece.text = field->bytes;
    if (field->number == k_score)
      piece.score = std::bit_cast<float>(static_cast<std::uint32_t>(field->value));
    if (field->number != k_kind) continue;
    if (field->value < 1 || field->value > 6) return std::nullopt;
    piece.kind = static_cast<PieceKind>(field->value);
  }
  const bool byte = piece.text.size() == 6 && piece.text.starts_with("<0x");
  if (piece.text.empty() || (piece.kind == PieceKind::byte && !byte)) return std::nullopt;
  return piece;
}

std::unexpected<Error> foreign() {
  return fail(
      "not a SentencePiece model, or cut off; expected what `llmc-train tokenizer train` "
      "writes");
}

}  // namespace

Result<std::vector<Piece>> read_pieces(std::string_view model) {
  std::vector<Piece> pieces;
  bool complete = false;  // every model has a normalizer, and it comes last
  for (FieldReader fields(model); !fields.done();) {
    const auto field = fields.next();
    if (!field) return foreign();
    complete = complete || field->number == k_normalizer;
    if (field->number != k_pieces) continue;
    auto piece = read_piece(field->bytes);
    if (!piece) return foreign();
    pieces.push_back(std::move(*piece));
  }
  if (pieces.empty() || !complete) return foreign();
  return pieces;
}

Result<std::string> replace_texts(std::string_view model,
                                  const std::function<std::string(const Piece&)>& text_of) {
  std::string out;
  for (FieldReader fields(model); !fields.done();) {
    const auto field = fields.next();
    if (!field) return foreign();
    if (field->number != k_pieces) {
      out += field->source;
      continue;
    }
    const auto piece = read_piece(field->bytes);
    if (!piece) return foreign();
    std::string message;
    append_bytes(message, k_text, text_of(*piece));
    for (FieldReader inner(field->bytes); !inner.done();)
      if (const auto part = inner.next(); part && part->number != k_text) message += part->source;
    append_bytes(out, k_pieces, message);
  }
  return out;
}

std::string bytes_of(const Piece& piece) {
  constexpr std::string_view k_space = "\u2581";
  if (piece.kind == PieceKind::control || piece.kind == PieceKind::unknown) return "";
  if (piece.kind == PieceKind::byte) {  // <0xHH>
    unsigned value = 0;
    std::from_chars(piece.text.data() + 3, piece.text.data() + 5, value, 16);
    return {static_cast<char>(value)};
  }
  std::string bytes;
  for (std::size_t at = 0; at < piece.text.size();) {
    const bool space = std::string_view(piece.text).substr(at).starts_with(k_space);
    bytes += space ? ' ' : piece.text[at];
    at += space ? k_space.size() : 1;
  }
  return bytes;
}

}  // namespace llmc::train
