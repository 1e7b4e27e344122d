#include "model/server_answer.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <utility>

namespace llmc {
namespace {

using nlohmann::json;

constexpr double k_unknown = std::numeric_limits<double>::quiet_NaN();

/// The value at `key`; null if there is none or `object` is no object.
const json& at(const json& object, const char* key) {
  static const json none;
  if (!object.is_object()) return none;
  const auto found = object.find(key);
  return found == object.end() ? none : *found;
}

double number(const json& value) { return value.is_number() ? value.get<double>() : k_unknown; }

/// A count of tokens; 0 for what is none.
std::uint32_t count_of(const json& value) {
  const double count = number(value);
  return count > 0 && count < 4e9 ? static_cast<std::uint32_t>(count) : 0;
}

std::string string_of(const json& value) {
  return value.is_string() ? value.get<std::string>() : std::string();
}

/// The tokens of a choice, in the shape of /v1/completions or in that of chats.
std::vector<ServerToken> tokens_of(const json& logprobs) {
  std::vector<ServerToken> tokens;
  if (const json& content = at(logprobs, "content"); content.is_array()) {
    for (const json& token : content)
      tokens.push_back({string_of(at(token, "token")), number(at(token, "logprob"))});
    return tokens;
  }
  const json& texts = at(logprobs, "tokens");
  const json& values = at(logprobs, "token_logprobs");
  if (!values.is_array()) return tokens;
  const bool named = texts.is_array() && texts.size() == values.size();
  for (std::size_t i = 0; i < values.size(); ++i)
    tokens.push_back({named ? string_of(texts[i]) : "", number(values[i])});
  return tokens;
}

/// What a choice adds to its text; none if it has no text at all.
std::optional<std::string> text_of(const json& choice) {
  if (const json& text = at(choice, "text"); text.is_string()) return text.get<std::string>();
  for (const char* key : {"delta", "message"})
    if (const json& message = at(choice, key); message.is_object())
      return string_of(at(message, "content"));
  return std::nullopt;
}

bool is_natural_end(const json& reason) {
  const std::string word = string_of(reason);
  return word == "stop" || word == "eos" || word == "eos_token" || word == "stop_sequence";
}

}  // namespace

void cut(ServerText& text, std::size_t bytes) {
  if (bytes >= text.text.size()) return;
  std::size_t spelt = 0;
  std::size_t kept = 0;
  while (kept < text.tokens.size() && spelt < bytes) {
    const std::string& token = text.tokens[kept].text;
    if (text.text.compare(spelt, token.size(), token) != 0) break;
    spelt += token.size();
    ++kept;
  }
  text.tokens_fit = text.tokens_fit && spelt == bytes;
  if (text.tokens_fit) {
    text.tokens.resize(kept);
    text.count = std::min(text.count, static_cast<std::uint32_t>(kept));
  }
  text.text.resize(bytes);
}

bool cut_to(ServerText& text, const TextConstraint& constraint) {
  TextConstraint::State state = constraint.start();
  std::optional<std::size_t> longest;
  for (std::size_t i = 0;; ++i) {
    if (constraint.may_end(state)) longest = i;
    if (i == text.text.size()) break;
    state = constraint.next(state, static_cast<unsigned char>(text.text[i]));
    if (state == TextConstraint::k_refused) break;
  }
  if (longest) cut(text, *longest);
  return longest.has_value();
}

Completion to_completion(const ServerText& text) {
  Completion completion{text.text, k_unknown, text.ended, text.count};
  if (!text.tokens_fit || text.tokens.empty()) return completion;
  completion.log_probability = 0;
  for (const ServerToken& token : text.tokens) completion.log_probability += token.log_probability;
  return completion;
}

AnswerReader::AnswerReader(std::vector<std::string> stop, std::uint32_t most_tokens, unsigned count)
    : stop_(std::move(stop)), most_tokens_(most_tokens), parts_(count) {
  std::erase(stop_, "");
}

bool AnswerReader::wants_more() const {
  if (done_ || !failure_.empty()) return false;
  return !cut_short_ || !std::ranges::all_of(parts_, &Part::finished);
}

bool AnswerReader::take(std::string_view piece) {
  while (!piece.empty() && wants_more()) {
    const std::size_t end = piece.find('\n');
    line_ += piece.substr(0, end);
    if (end == piece.npos) break;
    piece.remove_prefix(end + 1);
    if (line_.ends_with('\r')) line_.pop_back();
    take_line(line_);
    line_.clear();
  }
  return wants_more();
}

void AnswerReader::take_line(std::string_view line) {
  if (line.empty()) return take_event();
  // Older llama-servers send errors in a field of their own.
  for (const std::string_view field : {"data:", "error:"}) {
    if (!line.starts_with(field)) continue;
    line.remove_prefix(field.size());
    if (line.starts_with(' ')) line.remove_prefix(1);
    if (!data_.empty()) data_ += '\n';
    data_ += line;
    return;
  }
}

void AnswerReader::take_event() {
  if (data_.empty()) return;
  const std::string data = std::exchange(data_, {});
  if (data == "[DONE]") {
    done_ = true;
    return;
  }
  const json event = json::parse(data, nullptr, false);
  if (event.is_object())
    take_object(event);
  else
    failure_ = "sends an event that is no JSON object in UTF-8", words_ = data;
}

void AnswerReader::take_object(const json& object) {
  if (const json& error = at(object, "error"); !error.is_null()) {
    failure_ = "reports an error in its answer";
    words_ = string_of(error.is_string() ? error : at(error, "message"));
    return;
  }
  if (const json& choices = at(object, "choices"); choices.is_array())
    for (const json& choice : choices) take_choice(choice);
  take_usage(object);
}

void AnswerReader::take_choice(const json& choice) {
  const json& place = at(choice, "index");
  const double index = place.is_null() ? 0 : number(place);
  if (!(index >= 0 && index < static_cast<double>(parts_.size()))) return;
  Part& part = parts_[static_cast<std::size_t>(index)];
  const std::optional<std::string> added = text_of(choice);
  if (!added || part.finished) return;
  part.begun = true;
  const std::size_t old_bytes = part.text.text.size();
  const std::vector<ServerToken> tokens = tokens_of(at(choice, "logprobs"));
  if (tokens.empty() && !added->empty()) {
    part.text.count += 1;
    part.text.tokens_fit = false;
  }
  part.text.count += static_cast<std::uint32_t>(tokens.size());
  part.text.text += *added;
  part.text.tokens.insert(part.text.tokens.end(), tokens.begin(), tokens.end());
  if (const json& reason = at(choice, "finish_reason"); !reason.is_null()) {
    part.finished = true;
    part.text.ended = is_natural_end(reason);
  }
  hold_to_limits(part, old_bytes);
}

void AnswerReader::hold_to_limits(Part& part, std::size_t old_bytes) {
  std::size_t first = std::string::npos;
  for (const std::string& stop : stop_) {
    const std::size_t overlap = std::min(old_bytes, stop.size() - 1);
    first = std::min(first, part.text.text.find(stop, old_bytes - overlap));
  }
  if (first != std::string::npos) {
    cut(part.text, first);
    part.text.ended = true;
    part.finished = cut_short_ = true;
  } else if (part.text.count > most_tokens_ && !part.finished) {
    std::size_t allowed = old_bytes;
    if (part.text.tokens_fit) {
      allowed = 0;
      for (std::size_t i = 0; i < most_tokens_; ++i) allowed += part.text.tokens[i].text.size();
    }
    cut(part.text, allowed);
    part.text.count = most_tokens_;
    part.text.ended = false;
    part.finished = cut_short_ = true;
  }
}

void AnswerReader::take_usage(const json& object) {
  const json& usage = at(object, "usage");
  if (const std::uint32_t count = count_of(at(usage, "prompt_tokens")); count > 0)
    answer_.prompt_tokens = count;
  if (const std::uint32_t count = count_of(at(usage, "completion_tokens")); count > 0)
    answer_.answer_tokens = count;
  const json& timings = at(object, "timings");
  if (const double spent = number(at(timings, "prompt_ms")); spent > 0)
    answer_.prompt_seconds = spent / 1000;
  if (const double spent = number(at(timings, "predicted_ms")); spent > 0)
    answer_.answer_seconds = spent / 1000;
}

void AnswerReader::settle_counts() {
  std::uint32_t counted = 0;
  for (const ServerText& text : answer_.texts) counted += text.count;
  if (answer_.answer_tokens == 0) answer_.answer_tokens = counted;
  if (cut_short_) return;
  const auto texts = static_cast<std::uint32_t>(answer_.texts.size());
  for (ServerText& text : answer_.texts)
    if (texts == 1 || text.tokens.empty()) text.count = answer_.answer_tokens / texts;
}

Result<ServerAnswer> AnswerReader::finish(const ServerLink& link) {
  if (!line_.empty() && wants_more()) take_line(std::exchange(line_, {}));
  if (wants_more()) take_event();
  bool empty = true;
  for (Part& part : parts_) {
    if (!part.begun) continue;
    empty = empty && part.text.text.empty();
    answer_.texts.push_back(std::move(part.text));
  }
  if (!failure_.empty() && empty)
    return std::unexpected(link.error(fmt::format("{}: '{}'; expected a text, see the server's log",
                                                  failure_, link.quote(words_))));
  if (answer_.texts.empty())
    return std::unexpected(
        link.error("the answer has no text among its choices; expected what OpenAI's servers send, "
                   "check the URL and the model"));
  settle_counts();
  return std::move(answer_);
}

}  // namespace llmc
