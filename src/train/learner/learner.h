// Learning a tokenizer from text.
//
// SentencePiece learns byte pairs within "sentences" and never looks across their borders, so what
// is one sentence decides what can be one token. Text is cut into segments (a segment is one
// sentence, counted as often as it occurs), with borders
//
//   - before every line break: a token may begin with one ("\n  store "), never cross one;
//   - around every digit that is part of a number. Numbers are then read digit by digit, which is
//     how models of this size can count with them. The digits of words that are no numbers (i32,
//     xmm0, "align 4") stay inside: they are spelling;
//   - around everything that is not printable ASCII: such bytes are tokens of their own;
//   - around the markup, which is a token by decree.
//
// Toy example: "\n  %5 = load i32, ptr %13, align 4" gives "\n  %", "5", " = load i32, ptr %", "1",
// "3", ", align 4". Segments repeat (a million bytes of IR have some tens of thousands), which
// makes training a matter of minutes and lets every text be used.
//
// SentencePiece's trainer reserves tabs, and lets a space begin a piece but not end one. Neither is
// a rule of its encoder, so the trainer is shown a private character for each space, tab and line
// break, and the pieces are written back afterwards.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "support/error.h"

namespace llmc::train {

struct TokenizerSettings {
  std::int64_t vocabulary = 16384;  ///< entries, the special ones included
  std::int64_t digits = 1;  ///< of a number, in one piece at most
  std::int64_t longest_piece = 48;  ///< characters
  std::int64_t budget = 1 << 24;  ///< characters of different segments that are looked at
};

/// The segments of texts, with the number of times that each occurs.
class SegmentCounter {
 public:
  /// `digits` of a number at most are in one segment.
  explicit SegmentCounter(std::int64_t digits) : digits_(digits) {}

  void add(std::string_view text);
  [[nodiscard]] const std::unordered_map<std::string, std::int64_t>& counts() const {
    return counts_;
  }

 private:
  std::int64_t digits_;
  std::unordered_map<std::string, std::int64_t> counts_;
};

/// Calls `take(segment)` for each segment of `text`, in order; together they are the text without
/// the parts that are no segment (markup, and bytes that are not printable ASCII).
void for_each_segment(std::string_view text, std::int64_t digits,
                      const std::function<void(std::string_view)>& take);

/// Learns a vocabulary; returns the bytes of a SentencePiece model. The same segments give the same
/// bytes. Too little text for so large a vocabulary is an error.
Result<std::string> train_tokenizer(const SegmentCounter& segments,
                                    const TokenizerSettings& settings);

}  // namespace llmc::train
