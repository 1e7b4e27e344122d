// A record of everything that is said to a model and what it answers.
#pragma once

#include <filesystem>
#include <memory>

#include "model/language_model.h"
#include "support/error.h"

namespace llmc {

/// `model`, with every generation appended to the file `path`, which is emptied first, as a line of
/// JSON when it is done:
///
///     {"model", "prompt", "prompt_tokens", "count", "sampling", "constrained", "stop",
///      "answers": [{"text", "log_probability", "ended", "tokens"}]}     or     {…, "error"}
///
/// Bytes that are not UTF-8 become U+FFFD.
Result<std::unique_ptr<LanguageModel>> with_transcript(std::unique_ptr<LanguageModel> model,
                                                       const std::filesystem::path& path);

}  // namespace llmc
