#include "train/learner/learner.h"

#include <sentencepiece_trainer.h>

#include <algorithm>
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

bool is_word(char c) { return is_digit(c) || is_letter(c) || c == '_'; }

/// The number of characters of the word at the start of `text`, where its digits are spelling: it
/// begins with a letter (i32, xmm0, _ZN3foo3barEv) and is no label (.LBB0_12). An alignment counts
/// as one word. 0 for anything else.
std::size_t spelled_length(std::string_view text, char before) {
  constexpr std::string_view k_align = "align ";
  if (text.empty() || is_word(before) || !is_word(text[0]) || is_digit(text[0])) return 0;
  if (before == '.' && text.starts_with("LBB")) return 0;
  std::size_t length = text.starts_with(k_align) ? k_align.size() : 0;
  while (length < text.size() && is_word(text[length])) ++length;
  return length;
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

void for_each_segment(std::string_view text, std::int64_t digits,
                      const std::function<void(std::string_view)>& take) {
  std::size_t begin = 0;
  std::size_t at = 0;
  const auto cut = [&] {
    if (at > begin) take(text.substr(begin, at - begin));
    begin = at;
  };
  while (at < text.size()) {
    const std::string_view rest = text.substr(at);
    const std::size_t markup = markup_length(rest);
    if (markup != 0 || !is_learnable(text[at])) {
      cut();
      begin = at += std::max<std::size_t>(markup, 1);
      continue;
    }
    if (const std::size_t word = spelled_length(rest, at > 0 ? text[at - 1] : ' ')) {
      at += word;
      continue;
    }
    if (is_digit(text[at])) {
      cut();
      while (at < text.size() && is_digit(text[at]) &&
             static_cast<std::int64_t>(at - begin) < digits)
        ++at;
      cut();
      continue;
    }
    if (text[at] == '\n') cut();
    ++at;
  }
  cut();
}

void SegmentCounter::count(std::string_view text) {
  for_each_segment(text, digits_,
                   [&](std::string_view segment) { ++counts_[std::string(segment)]; });
}

void SegmentCounter::add_program(std::string_view text) {
  if (programs_.insert(fnv1a(text)).second) count(text);
}

void SegmentCounter::add_words(std::string_view text) {
  constexpr std::string_view k_begin = "<code>";
  constexpr std::string_view k_end = "</code>";
  while (!text.empty()) {
    const std::size_t begin = text.find(k_begin);
    count(text.substr(0, begin));
    if (begin == std::string_view::npos) return;
    text.remove_prefix(begin + k_begin.size());
    const std::size_t end = std::min(text.find(k_end), text.size());
    add_program(text.substr(0, end));
    text.remove_prefix(end);
  }
}

Result<std::string> train_tokenizer(const SegmentCounter& segments,
                                    const TokenizerSettings& settings) {
  if (segments.counts().empty()) return fail("there is no text to learn from");
  Sentences sentences(segments, settings.budget);
  std::string model;
  const auto status =
      sentencepiece::SentencePieceTrainer::Train(trainer_options(settings), &sentences, &model);
  if (!status.ok()) {  // "file(line) [condition] what is wrong"
    const std::string_view words = status.error_message();
    const std::size_t end = words.rfind("] ");
    return fail("SentencePiece: " + std::string(words.substr(end == words.npos ? 0 : end + 2)));
  }
  return replace_texts(model, as_written);
}

}  // namespace llmc::train
