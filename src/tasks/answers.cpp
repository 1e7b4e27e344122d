#include "tasks/answers.h"

#include <fmt/format.h>

#include <charconv>

namespace llmc {
namespace {

constexpr std::string_view k_open = "<code>";
constexpr std::string_view k_close = "</code>";
constexpr std::string_view k_nothing_better = "No list beats -Oz";

/// What stands in the first code block; one that never ends reaches to the end of the text.
std::optional<std::string> code_in(std::string_view text) {
  const std::size_t open = text.find(k_open);
  if (open == text.npos) return std::nullopt;
  text.remove_prefix(open + k_open.size());
  return std::string(text.substr(0, text.find(k_close)));
}

Error no_code() { return {"the answer has no code; expected it between <code> and </code>"}; }

/// The first number in `text` after `word`, which is taken away; 0 if there is none.
std::uint64_t number_after(std::string_view& text, std::string_view word) {
  const std::size_t found = text.find(word);
  if (found == text.npos) return 0;
  const std::size_t digit = text.find_first_of("0123456789", found + word.size());
  if (digit == text.npos) return 0;
  std::uint64_t value = 0;
  const auto [end, code] = std::from_chars(text.data() + digit, text.data() + text.size(), value);
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return code == std::errc() ? value : 0;
}

/// A list in the quotes that stand first after "-p" or "-passes", or up to a blank if there are
/// none; the text after it is left in `text`.
std::optional<std::string> list_in(std::string_view& text) {
  std::size_t at = text.find("-p");
  if (at == text.npos) return std::nullopt;
  at += text.substr(at).starts_with("-passes") ? 7 : 2;
  at = std::min(text.find_first_not_of(" =\n", at), text.size());
  text.remove_prefix(at);
  if (text.empty()) return std::nullopt;
  constexpr std::string_view k_quotes = "'\"`";
  const bool quoted = k_quotes.contains(text[0]);
  const std::size_t end = quoted ? text.find(text[0], 1) : text.find_first_of(" \n");
  if (quoted && end == text.npos) return std::nullopt;
  std::string list(text.substr(0, end).substr(quoted ? 1 : 0));
  text.remove_prefix(std::min(end, text.size()));
  return list;
}

}  // namespace

std::string to_string(const EmulationAnswer& answer) {
  return fmt::format(
      "The output code has instruction count {} and binary size {} bytes:\n\n<code>{}</code>",
      answer.instructions, answer.binary_size, answer.code);
}

Result<EmulationAnswer> EmulationAnswer::parse(std::string_view text) {
  const auto code = code_in(text);
  if (!code) return std::unexpected(no_code());
  EmulationAnswer answer;
  std::string_view before = text.substr(0, text.find(k_open));
  answer.instructions = number_after(before, "instruction count");
  answer.binary_size = number_after(before, "binary size");
  answer.code = *code;
  return answer;
}

std::string to_string(const FlagTuningAnswer& answer) {
  if (!answer.list)
    return fmt::format("{}; the unoptimized binary size is {} bytes.", k_nothing_better,
                       answer.unoptimised_size);
  const std::string code =
      answer.code.empty() ? "" : fmt::format("\n\n<code>{}</code>", answer.code);
  return fmt::format(
      "Run the following passes opt -p '{}' to reduce the binary size from {} to {} bytes.{}",
      answer.list->to_string(), answer.unoptimised_size, answer.optimised_size, code);
}

Result<FlagTuningAnswer> FlagTuningAnswer::parse(std::string_view text,
                                                 const PassCatalogue& catalogue) {
  FlagTuningAnswer answer;
  answer.code = code_in(text).value_or("");
  std::string_view before = text.substr(0, text.find(k_open));
  const auto list = list_in(before);
  if (!list) {
    if (!before.contains(k_nothing_better))
      return fail("the answer names no passes; expected opt -p 'LIST'");
    answer.unoptimised_size = number_after(before, "binary size");
    return answer;
  }
  LLMC_TRY(answer.list, PassList::parse(*list, catalogue));
  answer.unoptimised_size = number_after(before, "from");
  answer.optimised_size = number_after(before, "to");
  return answer;
}

std::string to_string(const DisassemblyAnswer& answer) {
  return fmt::format("<code>{}</code>", answer.ir);
}

Result<DisassemblyAnswer> DisassemblyAnswer::parse(std::string_view text) {
  const auto code = code_in(text);
  if (!code) return std::unexpected(no_code());
  return DisassemblyAnswer{*code};
}

}  // namespace llmc
