#include "model/server_scores.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

namespace llmc {
namespace {

using nlohmann::json;

constexpr double k_unknown = std::numeric_limits<double>::quiet_NaN();

std::unexpected<Error> no_probabilities(const ScoreSource& source) {
  return std::unexpected(
      source.link.error("the server does not give the probabilities of a prompt; use a GGUF file"));
}

/// A token of a prompt: its text or its number, and how probable it is; NaN: not told.
struct Scored {
  std::string token;
  double log_probability;
};

bool is_vllm(const ScoreSource& source) {
  return source.kind == ServerKind::vllm || source.kind == ServerKind::old_vllm;
}

/// The numbers of a text's tokens, with <s> where the model wants it; of vLLM.
Result<std::vector<std::int64_t>> numbers_of(const ScoreSource& source, std::string_view text) {
  const json body = {{"model", source.model.name}, {"prompt", text}, {"add_special_tokens", true}};
  LLMC_TRY(const json object, source.link.post("/tokenize", body));
  const auto tokens = object.find("tokens");
  if (tokens == object.end() || !tokens->is_array()) return no_probabilities(source);
  std::vector<std::int64_t> numbers;
  for (const json& token : *tokens) {
    if (!token.is_number_integer()) return no_probabilities(source);
    numbers.push_back(token.get<std::int64_t>());
  }
  return numbers;
}

/// What vLLM thinks of a prompt of those tokens.
Result<std::vector<Scored>> score_numbers(const ScoreSource& source,
                                          const std::vector<std::int64_t>& numbers) {
  const json body = {{"model", source.model.name}, {"prompt", numbers},    {"max_tokens", 1},
                     {"temperature", 0},           {"prompt_logprobs", 1}, {"stream", false}};
  LLMC_TRY(const json object, source.link.post("/v1/completions", body));
  const json::json_pointer place("/choices/0/prompt_logprobs");
  if (!object.contains(place) || !object[place].is_array() ||
      object[place].size() != numbers.size())
    return no_probabilities(source);
  std::vector<Scored> scored;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const std::string number = std::to_string(numbers[i]);
    const json::json_pointer value("/" + number + "/logprob");
    const json& entry = object[place][i];
    const bool told = entry.is_object() && entry.contains(value) && entry[value].is_number();
    scored.push_back({number, told ? entry[value].get<double>() : k_unknown});
  }
  return scored;
}

/// What a server thinks of a prompt that it gives back.
Result<std::vector<Scored>> score_echo(const ScoreSource& source, std::string_view prompt) {
  const json body = {{"model", source.model.name},
                     {"prompt", prompt},
                     {"max_tokens", 0},
                     {"temperature", 0},
                     {"logprobs", 1},
                     {"echo", true},
                     {"stream", false}};
  LLMC_TRY(std::string text, source.link.to_text(body));
  LLMC_TRY(const HttpReply reply, source.link.ask("POST", "/v1/completions", std::move(text)));
  const bool refused = reply.status == 400 || reply.status == 404 || reply.status == 405 ||
                       reply.status == 422 || reply.status == 500 || reply.status == 501;
  if (refused && !is_about_context(complaint_of(reply))) return no_probabilities(source);
  LLMC_TRY(const json object, source.link.read_object(reply, "/v1/completions"));
  const json::json_pointer choice("/choices/0");
  if (!object.contains(choice) || !object[choice].is_object()) return no_probabilities(source);
  const json logprobs = object[choice].value("logprobs", json());
  const json tokens = logprobs.is_object() ? logprobs.value("tokens", json()) : json();
  const json values = logprobs.is_object() ? logprobs.value("token_logprobs", json()) : json();
  // A server that does not know `echo` answers with a text of its own.
  if (object[choice].value("text", json()) != prompt || !tokens.is_array() || !values.is_array() ||
      tokens.size() != values.size())
    return no_probabilities(source);
  std::vector<Scored> scored;
  for (std::size_t i = 0; i < tokens.size(); ++i)
    scored.push_back({tokens[i].is_string() ? tokens[i].get<std::string>() : tokens[i].dump(),
                      values[i].is_number() ? values[i].get<double>() : k_unknown});
  return scored;
}

/// Adds the tokens from `first` on to `total`.
Result<void> add(const ScoreSource& source, const std::vector<Scored>& scored, std::size_t first,
                 TextScore& total) {
  for (std::size_t i = first; i < scored.size(); ++i) {
    if (i == 0 && std::isnan(scored[i].log_probability)) continue;
    if (std::isnan(scored[i].log_probability)) return no_probabilities(source);
    total.log_probability += scored[i].log_probability;
    ++total.tokens;
  }
  return {};
}

/// How many tokens two lists have in common at their beginnings.
template <typename T, typename Same>
std::size_t shared_length(const std::vector<T>& a, const std::vector<T>& b, const Same& same) {
  return static_cast<std::size_t>(std::ranges::mismatch(a, b, same).in1 - a.begin());
}

}  // namespace

Result<TextScore> score_continuation(const ScoreSource& source, std::string_view prompt,
                                     std::string_view continuation) {
  const std::string both = std::string(prompt) + std::string(continuation);
  TextScore total;
  if (source.kind == ServerKind::llama_server) return no_probabilities(source);
  if (continuation.empty()) return total;
  if (is_vllm(source)) {
    LLMC_TRY(const auto before, numbers_of(source, prompt));
    LLMC_TRY(const auto numbers, numbers_of(source, both));
    LLMC_TRY(const auto scored, score_numbers(source, numbers));
    LLMC_CHECK(add(source, scored, shared_length(before, numbers, std::equal_to<>()), total));
    return total;
  }
  std::vector<Scored> before;
  if (!prompt.empty()) {
    LLMC_TRY(before, score_echo(source, prompt));
  }
  LLMC_TRY(const auto scored, score_echo(source, both));
  const auto same = [](const Scored& a, const Scored& b) { return a.token == b.token; };
  LLMC_CHECK(add(source, scored, shared_length(before, scored, same), total));
  return total;
}

Result<TextScore> score_windows(const ScoreSource& source, std::string_view text,
                                std::uint32_t window) {
  if (!is_vllm(source)) return no_probabilities(source);
  LLMC_TRY(const auto specials, numbers_of(source, ""));
  LLMC_TRY(const auto numbers, numbers_of(source, text));
  // vLLM wants room for a token behind the prompt.
  std::size_t size = window != 0
                         ? window
                         : source.model.context - std::min<std::uint64_t>(source.model.context, 1);
  size = std::min(size, numbers.size());
  TextScore total;
  if (size < 2) return total;
  const bool begins = specials.size() == 1 && numbers[0] == specials[0];
  for (std::size_t begin = 0; begin + size <= numbers.size(); begin += size) {
    std::vector<std::int64_t> part(numbers.begin() + static_cast<std::ptrdiff_t>(begin),
                                   numbers.begin() + static_cast<std::ptrdiff_t>(begin + size));
    if (begins) part[0] = specials[0];
    LLMC_TRY(const auto scored, score_numbers(source, part));
    LLMC_CHECK(add(source, scored, size / 2 + 1, total));
  }
  return total;
}

}  // namespace llmc
