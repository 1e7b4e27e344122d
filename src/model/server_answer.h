// Reads what a server generated: an object, or a stream of events.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/language_model.h"
#include "model/server_link.h"
#include "support/error.h"

namespace llmc {

/// A token and its natural log-probability; NaN: the server does not tell.
struct ServerToken {
  std::string text;
  double log_probability = 0;
};

/// A text as a server wrote it.
struct ServerText {
  std::string text;
  std::vector<ServerToken> tokens;  ///< empty: the server does not tell
  bool tokens_fit = true;           ///< `tokens` are those of `text`
  std::uint32_t count = 0;          ///< of tokens, as far as known
  bool ended = false;
};

/// Shortens `text` to its first `bytes`; its tokens only where one ends there.
void cut(ServerText& text, std::size_t bytes);
/// Cuts `text` to its longest prefix that may end; false if there is none.
bool cut_to(ServerText& text, const TextConstraint& constraint);
/// The log-probability is the sum over the tokens; NaN without them.
Completion to_completion(const ServerText& text);

/// All that a reply said.
struct ServerAnswer {
  std::vector<ServerText> texts;
  std::uint32_t prompt_tokens = 0;
  std::uint32_t answer_tokens = 0;
  double prompt_seconds = 0;  ///< by llama-server's clock; 0: unknown
  double answer_seconds = 0;  ///< the same
};

/// Puts an answer together from what comes, for /v1/completions and /v1/chat/completions alike,
/// and ends texts at a stop or at the budget where the server does not.
class AnswerReader {
 public:
  /// `count`: texts that were asked for, `most_tokens`: of each. An event with text counts as one
  /// token unless it says how many it has.
  AnswerReader(std::vector<std::string> stop, std::uint32_t most_tokens, unsigned count);

  /// Takes a piece of an event stream; false: no more is wanted.
  bool take(std::string_view piece);

  /// Takes the whole of an answer that is not a stream.
  void take_object(const nlohmann::json& object);

  /// What was read. A stream that ended early or broke is the answer as far as it came; fails only
  /// if nothing came. `link` words the error.
  Result<ServerAnswer> finish(const ServerLink& link);

 private:
  struct Part {
    ServerText text;
    bool begun = false;
    bool finished = false;
  };

  void take_line(std::string_view line);
  void take_event();
  void take_choice(const nlohmann::json& choice);
  void take_usage(const nlohmann::json& object);
  void hold_to_limits(Part& part, std::size_t old_bytes);
  void settle_counts();
  [[nodiscard]] bool wants_more() const;

  std::vector<std::string> stop_;
  std::uint32_t most_tokens_;
  std::vector<Part> parts_;
  ServerAnswer answer_;
  std::string line_;  ///< not yet ended
  std::string data_;  ///< of the event under way
  std::string failure_;  ///< what is wrong with the answer; empty: nothing
  std::string words_;  ///< of the server, about the failure
  bool done_ = false;  ///< the stream said so
  bool cut_short_ = false;  ///< some text was ended here
};

}  // namespace llmc
