// Learning a tokenizer from text.
//
// SentencePiece learns byte pairs within "sentences" and never looks across their borders, so what
// is one sentence decides what can be one token. Text is cut into segments (a segment is one
// sentence, counted as often as it occurs), with borders
//
//   - before every line break: a token may begin with one ("\n  store "), never cross one;
//   - around numbers, and in them after every so many digits. The digits of words (i32, xmm0,
//     "align 4", _ZN3fooEv) stay inside: they are spelling;
//   - around everything that is not printable ASCII: such bytes are tokens of their own;
//   - around the markup, which is a token by decree.
//
// Toy example: "\n  %5 = load i32, ptr %13, align 4" gives "\n  %", "5", " = load i32, ptr %",
// "13",
// ", align 4". Segments repeat: 50 MB of IR and assembly have 120,000 different ones, which makes
// training a matter of a minute and lets every text be used.
//
// Numbers of up to three digits as single tokens, against digit by digit: 9 % more text in a token
// on C code (8,192 entries: 5.7 bytes instead of 5.2). It also keeps numbers regular: spelling
// brings tokens like "12" along in any case, and they would then be used for some numbers only.
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
#include <unordered_set>

#include "support/error.h"

namespace llmc::train {

struct TokenizerSettings {
  std::int64_t vocabulary = 16384;  ///< entries, the special ones included
  std::int64_t digits = 3;  ///< of a number, in one piece at most
  std::int64_t longest_piece = 48;  ///< characters
  std::int64_t budget = 1 << 24;  ///< characters of different segments that are looked at
};

/// The segments of texts, with the number of times that each occurs.
class SegmentCounter {
 public:
  /// `digits` of a number at most are in one segment.
  explicit SegmentCounter(std::int64_t digits) : digits_(digits) {}

  /// Counts a program; the same one again counts for nothing, so that what data are made of many
  /// times does not crowd out the rest.
  void add_program(std::string_view text);
  /// Counts the words of a prompt or an answer; the programs in it, between <code> and </code>, as
  /// above.
  void add_words(std::string_view text);
  [[nodiscard]] const std::unordered_map<std::string, std::int64_t>& counts() const {
    return counts_;
  }

 private:
  void count(std::string_view text);

  std::int64_t digits_;
  std::unordered_map<std::string, std::int64_t> counts_;
  std::unordered_set<std::uint64_t> programs_;  ///< fingerprints of those counted
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
