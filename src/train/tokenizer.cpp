// Byte-pair encoding as SentencePiece does it: the text starts as characters, and of all
// neighbours whose joint text is a piece, those with the highest score are joined first, of equals
// the leftmost; until none are left.
//
// Two tables make that quick. `joined` knows for each pair of pieces which piece they join to, so
// that no text is compared while encoding. `adjacent` knows which characters stand side by side in
// any piece at all: where two neighbours do not, nothing is ever joined across, and the text falls
// into stretches of some ten characters that are encoded one by one.
#include "train/tokenizer.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <queue>
#include <unordered_map>

#include "support/files.h"
#include "train/utf8.h"

namespace llmc::train {
namespace {

constexpr std::string_view k_space = "\u2581";  // how a space is written in pieces

/// The length of the UTF-8 character that `text` begins with; 0 where it begins with none, or with
/// U+2581, which would come back as a space.
std::size_t character_length(std::string_view text) {
  return text.starts_with(k_space) ? 0 : utf8_length(text);
}

/// Two neighbours that could be joined, in the order in which that happens.
struct Candidate {
  float score;
  std::uint32_t left, right;  ///< places in the stretch
  std::uint16_t left_token, right_token, token;

  bool operator<(const Candidate& other) const {
    return score != other.score ? score < other.score : left > other.left;
  }
};

/// A character of a stretch, or what it was joined to; token 0 has become part of another.
struct Symbol {
  std::uint16_t token;
  std::int32_t previous, next;
};

}  // namespace

struct Tokenizer::Parts {
  std::vector<Piece> pieces;
  std::vector<std::string> texts;                            ///< decoded, for each id
  std::unordered_map<std::string_view, std::uint16_t> ids;  ///< of normal pieces, by decoded text
  std::unordered_map<std::uint32_t, std::uint16_t> joined;  ///< left << 16 | right: the piece
  std::array<std::uint16_t, 256> bytes{};  ///< the token for each byte
  std::array<std::bitset<256>, 256> adjacent;  ///< last byte, first byte of the next
  std::vector<std::pair<std::string_view, std::uint16_t>> markup;  ///< longest first
  std::uint64_t fingerprint = 0;

  Result<void> index();
  Result<void> index_piece(std::uint16_t id);
  void join(std::vector<Symbol>& symbols, std::vector<std::uint16_t>& out) const;
  [[nodiscard]] const std::pair<std::string_view, std::uint16_t>* markup_at(
      std::string_view text) const;
};

Result<void> Tokenizer::Parts::index() {
  const auto is = [&](std::size_t id, PieceKind kind) {
    return id < pieces.size() && pieces[id].kind == kind;
  };
  if (!is(k_unknown_id, PieceKind::unknown) || !is(k_begin_id, PieceKind::control) ||
      !is(k_end_id, PieceKind::control) || !is(k_padding_id, PieceKind::control) ||
      pieces.size() > 65536)
    return fail(
        "not a tokenizer of llmc's: it must have <unk>, <s>, </s> and <pad> as its first "
        "four entries, and 65536 entries at most");
  for (const Piece& piece : pieces) texts.push_back(bytes_of(piece));
  std::size_t byte_count = 0;
  for (std::uint32_t id = 0; id < pieces.size(); ++id) {
    const auto token = static_cast<std::uint16_t>(id);
    switch (pieces[id].kind) {
      case PieceKind::byte:
        bytes[static_cast<unsigned char>(texts[id][0])] = token;
        ++byte_count;
        break;
      case PieceKind::user_defined:
        markup.emplace_back(texts[id], token);
        break;
      case PieceKind::normal:
        if (!ids.emplace(texts[id], token).second)
          return fail("damaged: entry " + std::to_string(id) + " is there twice");
        break;
      default:
        break;
    }
  }
  if (byte_count != 256) return fail("not a tokenizer of llmc's: it must have every byte");
  std::ranges::stable_sort(markup, std::ranges::greater{},
                           [](const auto& entry) { return entry.first.size(); });
  for (std::uint32_t id = 0; id < pieces.size(); ++id)
    if (pieces[id].kind == PieceKind::normal)
      LLMC_CHECK(index_piece(static_cast<std::uint16_t>(id)));
  return {};
}

/// Enters all ways in which a piece can be joined from two, and its neighbouring characters.
Result<void> Tokenizer::Parts::index_piece(std::uint16_t id) {
  const std::string_view text = texts[id];
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = character_length(text.substr(at));
    if (length == 0 || !ids.contains(text.substr(at, length)))
      return fail("not a tokenizer of llmc's: entry " + std::to_string(id) +
                  " has a character that is no entry");
    at += length;
    if (at == text.size()) break;
    adjacent[static_cast<unsigned char>(text[at - 1])].set(static_cast<unsigned char>(text[at]));
    const auto left = ids.find(text.substr(0, at));
    const auto right = ids.find(text.substr(at));
    if (left != ids.end() && right != ids.end())
      joined.emplace(std::uint32_t{left->second} << 16 | right->second, id);
  }
  return {};
}

/// The markup that `text` begins with, or null.
const std::pair<std::string_view, std::uint16_t>* Tokenizer::Parts::markup_at(
    std::string_view text) const {
  for (const auto& entry : markup)
    if (text.starts_with(entry.first)) return &entry;
  return nullptr;
}

/// Joins the characters of a stretch and appends the tokens that result.
void Tokenizer::Parts::join(std::vector<Symbol>& symbols, std::vector<std::uint16_t>& out) const {
  std::priority_queue<Candidate> candidates;
  const auto consider = [&](std::int32_t left, std::int32_t right) {
    if (left < 0 || right < 0) return;
    const std::uint16_t left_token = symbols[left].token;
    const std::uint16_t right_token = symbols[right].token;
    const auto found = joined.find(std::uint32_t{left_token} << 16 | right_token);
    if (found == joined.end()) return;
    candidates.push({pieces[found->second].score, static_cast<std::uint32_t>(left),
                     static_cast<std::uint32_t>(right), left_token, right_token, found->second});
  };
  const auto count = static_cast<std::int32_t>(symbols.size());
  for (std::int32_t i = 0; i < count; ++i) {
    symbols[i].previous = i - 1;
    symbols[i].next = i + 1 < count ? i + 1 : -1;
    if (i > 0) consider(i - 1, i);
  }
  while (!candidates.empty()) {
    const Candidate best = candidates.top();
    candidates.pop();
    Symbol& left = symbols[best.left];
    Symbol& right = symbols[best.right];
    // One of the two was joined to something else since.
    if (left.token != best.left_token || right.token != best.right_token) continue;
    left.token = best.token;
    right.token = 0;
    left.next = right.next;
    if (right.next >= 0) symbols[right.next].previous = static_cast<std::int32_t>(best.left);
    consider(left.previous, static_cast<std::int32_t>(best.left));
    consider(static_cast<std::int32_t>(best.left), left.next);
  }
  for (std::int32_t i = count > 0 ? 0 : -1; i >= 0; i = symbols[i].next)
    out.push_back(symbols[i].token);
  symbols.clear();
}

Result<Tokenizer> Tokenizer::load(const std::filesystem::path& path) {
  LLMC_TRY(const std::string model, read_file(path));
  auto tokenizer = from_bytes(model);
  if (!tokenizer) return std::unexpected(tokenizer.error().with_context(path.string()));
  return tokenizer;
}

Result<Tokenizer> Tokenizer::from_bytes(std::string_view model) {
  auto parts = std::make_shared<Parts>();
  LLMC_TRY(parts->pieces, read_pieces(model));
  LLMC_CHECK(parts->index());
  parts->fingerprint = fnv1a(model);
  return Tokenizer(std::move(parts));
}

std::vector<std::uint16_t> Tokenizer::encode(std::string_view text) const {
  std::vector<std::uint16_t> tokens;
  std::vector<Symbol> stretch;
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view rest = text.substr(at);
    if (const auto* markup = parts_->markup_at(rest)) {
      parts_->join(stretch, tokens);
      tokens.push_back(markup->second);
      at += markup->first.size();
      continue;
    }
    const std::size_t length = std::max<std::size_t>(character_length(rest), 1);
    const bool valid = character_length(rest) != 0;
    const auto id = valid ? parts_->ids.find(rest.substr(0, length)) : parts_->ids.end();
    if (id == parts_->ids.end()) {
      parts_->join(stretch, tokens);
      for (const char byte : rest.substr(0, length))
        tokens.push_back(parts_->bytes[static_cast<unsigned char>(byte)]);
    } else {
      const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
      if (!stretch.empty() && !parts_->adjacent[byte(at - 1)][byte(at)])
        parts_->join(stretch, tokens);
      stretch.push_back({id->second, -1, -1});
    }
    at += length;
  }
  parts_->join(stretch, tokens);
  return tokens;
}

std::string Tokenizer::decode(std::span<const std::uint16_t> tokens) const {
  std::string text;
  for (const std::uint16_t token : tokens)
    if (token < parts_->texts.size()) text += parts_->texts[token];
  return text;
}

std::size_t Tokenizer::size() const { return parts_->pieces.size(); }
std::uint64_t Tokenizer::fingerprint() const { return parts_->fingerprint; }
const std::vector<Piece>& Tokenizer::pieces() const { return parts_->pieces; }

}  // namespace llmc::train
