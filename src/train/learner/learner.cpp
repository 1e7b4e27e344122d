#include "train/learner/learner.h"

#include <sentencepiece_trainer.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <vector>

#include "train/tokenizer.h"

namespace llmc::train {
namespace {

/// What the trainer is shown in place of white space: characters of the private use area.
struct StandIn {
  char character;
  std::string_view shown;    ///< to the trainer
  std::string_view written;  ///< into the model
};
constexpr StandIn k_stand_ins[] = {
    {' ', "\uE020", "\u2581"}, {'\t', "\uE009", "\t"}, {'\n', "\uE00A", "\n"}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_learnable(char c) { return (c >= ' ' && c <= '~') || c == '\t' || c == '\n'; }

/// True if the digits at `at` spell a word rather than a number.
bool is_spelling(std::string_view text, std::size_t at) {
  static const char* mode = std::getenv("DIGITS");
  if (mode && mode[0] == 'a') return true;
  if (mode && mode[0] == 'n') return false;
  while (at > 0 && is_digit(text[at - 1])) --at;
  if (mode && mode[0] == 'l') {
    return at > 0 && is_letter(text[at - 1]);
  }
  std::size_t begin = at;
  while (begin > 0 && is_letter(text[begin - 1])) --begin;
  std::size_t end = at;
  while (end < text.size() && is_digit(text[end])) ++end;
  while (end < text.size() && is_letter(text[end])) ++end;
  const std::string_view word = text.substr(begin, end - begin);
  const char before = begin > 0 ? text[begin - 1] : ' ';
  const bool name =
      std::isalnum(before) || before == '_' || before == '.' || before == '@' || before == '$';
  static const std::vector<std::string_view> k_words = {
      "i1",   "i8",   "i16",  "i32",  "i64",  "i128", "r8",   "r9",   "r10",  "r11",
      "r12",  "r13",  "r14",  "r15",  "r8d",  "r9d",  "r10d", "r11d", "r12d", "r13d",
      "r14d", "r15d", "r8b",  "r9b",  "r10b", "r11b", "r12b", "r13b", "r14b", "r15b",
      "r8w",  "r9w",  "r10w", "r11w", "r12w", "r13w", "r14w", "r15w", "xmm0", "xmm1",
      "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "x86",  "p2align"};
  if (std::ranges::find(k_words, word) != k_words.end()) return !name;
  return at >= 6 && text.substr(at - 6, 6) == "align ";
}

/// The length of the markup that `text` begins with, or 0.
std::size_t markup_length(std::string_view text) {
  for (const std::string_view symbol : k_markup)
    if (text.starts_with(symbol)) return symbol.size();
  return 0;
}

std::string as_shown(std::string_view segment) {
  std::string shown;
  for (const char c : segment) {
    const auto* stand_in = std::ranges::find(k_stand_ins, c, &StandIn::character);
    if (stand_in == std::end(k_stand_ins))
      shown += c;
    else
      shown += stand_in->shown;
  }
  return shown;
}

std::string as_written(const Piece& piece) {
  std::string written = piece.text;
  for (const StandIn& stand_in : k_stand_ins)
    for (std::size_t at = 0; (at = written.find(stand_in.shown, at)) != std::string::npos;)
      written.replace(at, stand_in.shown.size(), stand_in.written);
  return written;
}

/// Every printable character, for the alphabet to be complete whatever the text has.
std::string alphabet() {
  std::string characters;
  for (char c = ' '; c <= '~'; ++c) characters += c;
  return as_shown(characters + "\t\n");
}

/// Segments as lines "segment TAB count": the most frequent first, as many as the budget allows.
class Sentences : public sentencepiece::SentenceIterator {
 public:
  Sentences(const SegmentCounter& segments, std::int64_t budget) {
    std::vector<std::pair<std::int64_t, std::string_view>> order;
    for (const auto& [segment, count] : segments.counts()) order.emplace_back(-count, segment);
    std::ranges::sort(order);
    for (const auto& [count, segment] : order) {
      budget -= static_cast<std::int64_t>(segment.size());
      if (budget < 0) break;
      lines_.push_back(as_shown(segment) + "\t" + std::to_string(-count));
    }
  }

  [[nodiscard]] bool done() const override { return at_ == lines_.size(); }
  void Next() override { ++at_; }
  [[nodiscard]] const std::string& value() const override { return lines_[at_]; }
  [[nodiscard]] sentencepiece::util::Status status() const override { return {}; }

 private:
  std::vector<std::string> lines_;
  std::size_t at_ = 0;
};

std::unordered_map<std::string, std::string> trainer_options(const TokenizerSettings& settings) {
  std::string markup;
  for (const std::string_view symbol : k_markup)
    markup += (markup.empty() ? "" : ",") + std::string(symbol);
  return {
      {"model_type", "bpe"},
      {"vocab_size", std::to_string(settings.vocabulary)},
      {"input_format", "tsv"},
      {"unk_id", std::to_string(k_unknown_id)},
      {"bos_id", std::to_string(k_begin_id)},
      {"eos_id", std::to_string(k_end_id)},
      {"pad_id", std::to_string(k_padding_id)},
      {"user_defined_symbols", markup},
      {"required_chars", alphabet()},
      {"character_coverage", "1.0"},
      {"byte_fallback", "true"},
      {"normalization_rule_name", "identity"},
      {"add_dummy_prefix", "false"},
      {"remove_extra_whitespaces", "false"},
      {"split_by_whitespace", "false"},
      {"split_by_unicode_script", "false"},
      {"split_by_number", "false"},
      {"allow_whitespace_only_pieces", "true"},
      {"max_sentencepiece_length", std::to_string(settings.longest_piece)},
      {"max_sentence_length", "1000000000"},
      {"minloglevel", "2"},
  };
}

}  // namespace

void for_each_segment(std::string_view text, const std::function<void(std::string_view)>& take) {
  std::size_t begin = 0;
  const auto cut = [&](std::size_t end, std::size_t next) {
    if (end > begin) take(text.substr(begin, end - begin));
    begin = next;
  };
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t markup = markup_length(text.substr(at));
    const std::size_t skipped = markup != 0 ? markup : is_learnable(text[at]) ? 0 : 1;
    if (skipped != 0) {
      cut(at, at + skipped);
      at += skipped;
      continue;
    }
    if (text[at] == '\n') cut(at, at);
    if (is_digit(text[at]) && !is_spelling(text, at)) {
      cut(at, at);
      cut(at + 1, at + 1);
    }
    ++at;
  }
  cut(text.size(), text.size());
}

void SegmentCounter::add(std::string_view text) {
  for_each_segment(text, [&](std::string_view segment) { ++counts_[std::string(segment)]; });
}

Result<std::string> train_tokenizer(const SegmentCounter& segments,
                                    const TokenizerSettings& settings) {
  Sentences sentences(segments, settings.budget);
  std::string model;
  const auto status =
      sentencepiece::SentencePieceTrainer::Train(trainer_options(settings), &sentences, &model);
  if (!status.ok()) return fail(std::string("SentencePiece: ") + status.error_message());
  return replace_texts(model, as_written);
}

}  // namespace llmc::train
