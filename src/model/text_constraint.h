// What a generated text may be: an automaton over bytes that masks tokens while a model writes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace llmc {

/// A language of texts, as a deterministic automaton whose states are small numbers. States may be
/// made as they are first reached, so that a language with brackets is fine as long as it is
/// bounded. From every state some end can be reached.
class TextConstraint {
 public:
  using State = std::int32_t;
  static constexpr State k_refused = -1;

  virtual ~TextConstraint() = default;

  /// The state before the first byte.
  [[nodiscard]] virtual State start() const = 0;

  /// The state after `byte`, or k_refused.
  [[nodiscard]] virtual State next(State state, unsigned char byte) const = 0;

  /// Whether the text may end here.
  [[nodiscard]] virtual bool may_end(State state) const = 0;

  /// A text that leads from `state` to an end: for answers that are cut off. Short, but not
  /// always the shortest.
  [[nodiscard]] virtual std::string ending(State state) const = 0;

  /// The same language as a grammar in GBNF (llama.cpp's notation), for servers that take one.
  [[nodiscard]] virtual std::string gbnf() const = 0;

  /// A JSON schema, for servers that hold answers to nothing else, and the text of the language
  /// that a value of it stands for. Empty, and nothing, where there is no such schema.
  [[nodiscard]] virtual std::string json_schema() const { return ""; }
  [[nodiscard]] virtual std::optional<std::string> text_of_json(std::string_view /*value*/) const {
    return std::nullopt;
  }

  /// Whether all of `text` is in the language.
  [[nodiscard]] bool accepts(std::string_view text) const {
    State state = start();
    for (const char c : text) {
      state = next(state, static_cast<unsigned char>(c));
      if (state == k_refused) return false;
    }
    return may_end(state);
  }
};

}  // namespace llmc
