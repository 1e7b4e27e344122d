// The vocabulary of a GGUF file, as llama.cpp itself uses it: the authority for our tokens.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string_view>
#include <vector>

#include "support/error.h"

namespace llmc::train {

class LlamaVocabulary {
 public:
  /// Loads the vocabulary and no weights. An error where llmc-train was built without llama.cpp.
  static Result<LlamaVocabulary> load(const std::filesystem::path& path);

  /// llama.cpp's tokens of `text`: no <s>, and control tokens that the text spells are text.
  [[nodiscard]] std::vector<std::int32_t> encode(std::string_view text) const;

  [[nodiscard]] std::size_t size() const;

 private:
  explicit LlamaVocabulary(std::shared_ptr<const void> model) : model_(std::move(model)) {}
  std::shared_ptr<const void> model_;
};

}  // namespace llmc::train
