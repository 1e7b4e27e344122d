// A language model behind a server that speaks OpenAI's protocol.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "model/language_model.h"
#include "support/error.h"

namespace llmc {

/// How to reach a server, and how to speak with it.
struct HttpModelOptions {
  enum class Endpoint {
    automatic,    ///< chat for a model of Dialect::chat or where there are no completions
    completions,  ///< /v1/completions: the prompt as it is
    chat          ///< /v1/chat/completions: the prompt as the one message of a user
  };
  enum class GrammarField {
    automatic,           ///< by what the server is; json_schema for one that is not known
    none,                ///< texts are only checked when they are here
    gbnf,                ///< "grammar", as llama-server has it
    structured_outputs,  ///< "structured_outputs", as vLLM has it from 0.11 on
    guided_grammar,      ///< "guided_grammar", as vLLM had it before
    json_schema  ///< "response_format" with a JSON schema, as OpenAI has it, for chats
  };

  std::string url;  ///< such as http://127.0.0.1:8080/v1; with or without /v1 and final slashes
  std::string key;  ///< bearer token; empty: none. It stands in no error
  std::string model;  ///< name to send; empty: the first that the server lists
  Endpoint endpoint = Endpoint::automatic;
  GrammarField grammar = GrammarField::automatic;
  std::optional<Dialect> dialect;  ///< none: by the model's name (dialect_of)
  std::chrono::milliseconds timeout{120'000};  ///< for one whole answer
  std::chrono::milliseconds connect_timeout{10'000};  ///< for the connection alone
  unsigned retries = 3;  ///< after failures that may pass
  std::uint64_t most_bytes = 16 << 20;  ///< of one reply; more is an error
  bool stream = true;  ///< read texts as they are written, so that endless ones can be cut off
  /// Waits before a retry; null: the process sleeps.
  std::function<void(std::chrono::milliseconds)> sleep;
};

/// Asks the server what it is and which model it has. Every error is one sentence "URL: what is
/// wrong; what was expected, what to do", of the kind `usage` if the options make no sense.
///
/// What the model does in a server's way:
/// - `SamplingMethod::priority` with a count k: servers have no such search, so the greedy text is
///   asked for, and k - 1 draws at temperature 1; equal texts count once, and the order is that of
///   the log-probabilities, unknown ones last. There may be fewer than k texts.
/// - Several draws are one request with `n` where the server takes that, otherwise requests with
///   the seeds s, s + 1, ... (cut to 31 bits). `random` at temperature 0 is asked for once and
///   copied. As far as the server gives the same for the same seed, so does the model.
/// - A field that the server refuses with 400 or 422 is left out from then on, if that helps.
/// - A constraint goes along as a grammar where the server takes one. In any case each text is cut
///   to its longest prefix that the constraint lets end (`ended` stays what the server said), and
///   left out if there is none: then there are fewer texts, possibly none.
/// - A server that takes no grammar is sent the constraint's JSON schema, if it has one, and a text
///   that is JSON becomes what it stands for, its log-probability unknown.
/// - A log-probability is as the server gives it, without the mask of a constraint; NaN where it
///   gives none.
/// - A stream that breaks off, or is still going at the deadline or the budget, is a text that has
///   not `ended`.
/// - Tokens are counted by llama-server's or vLLM's /tokenize; otherwise there are taken to be half
///   as many as bytes, rounded up. Llama's tokenizer has 2.05 bytes a token on IR and assembly, but
///   1.94 on that of C packages (README.md), so this can be a little short.
/// - Probabilities of given texts come from vLLM (prompt_logprobs), or by `echo` where the server
///   has that; texts in windows from vLLM only.
Result<std::unique_ptr<LanguageModel>> open_http_model(const HttpModelOptions& options);

}  // namespace llmc
