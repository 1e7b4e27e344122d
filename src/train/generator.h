// Answers of an exported model, as llama.cpp gives them: how a trained model is judged.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/error.h"

namespace llmc::train {

/// A GGUF file in llama.cpp, on the processor. Implemented in llama/, or in missing/ where
/// llmc-train is built without it.
class Generator {
 public:
  struct Setting {
    std::int64_t context = 2048;  ///< tokens of prompt and answer together
    std::int64_t threads = 1;
    /// Seed of drawing tokens by their probability; without it the most probable one is taken.
    std::optional<std::uint64_t> draw_seed;
  };
  static Result<Generator> load(const std::filesystem::path& model, const Setting& setting);

  struct Answer {
    std::string text;
    bool ended = false;         ///< with </s>; otherwise the context or the limit ended it
    std::int64_t tokens = 0;    ///< of the answer
    std::int64_t prompt = 0;    ///< tokens of the prompt, <s> included
  };
  /// Up to `most` tokens, each the most probable one, or drawn. A prompt that leaves no room for an
  /// answer gives an empty one.
  Result<Answer> answer(std::string_view prompt, std::int64_t most);

 private:
  struct Parts;
  explicit Generator(std::shared_ptr<Parts> parts) : parts_(std::move(parts)) {}
  std::shared_ptr<Parts> parts_;
};

}  // namespace llmc::train
