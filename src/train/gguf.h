// GGUF: the model file that llama.cpp runs. Implemented in llama/ with ggml's own library, or in
// missing/ where llmc-train is built without it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "support/error.h"
#include "train/config.h"
#include "train/weight_layout.h"
#include "train/weights.h"

namespace llmc::train {

/// Writes a model of llama.cpp's "llama" architecture. The output layer is the embedding. Rows of
/// the query and key projections are reordered, because llama.cpp turns neighbours (2j, 2j+1) where
/// we turn halves (j, j + d/2). A matrix whose rows are no multiple of 32 long cannot be q8_0 and
/// becomes f16.
///
/// Entries of the model's vocabulary past the tokenizer's become unused tokens. `metadata` are
/// further keys with text: "general.name", "general.license", "general.description", "llmc.…".
Result<void> export_gguf(const ModelConfig& config, std::span<const NamedWeight> weights,
                         const std::filesystem::path& tokenizer, Precision precision,
                         const std::map<std::string, std::string>& metadata,
                         const std::filesystem::path& output);

/// Copies the GGUF file `from`; where a key of `metadata` is there already, its text is replaced.
Result<void> copy_gguf(const std::filesystem::path& from,
                       const std::map<std::string, std::string>& metadata,
                       const std::filesystem::path& output);

/// Writes a GGUF file with the vocabulary alone: what llama.cpp needs to tokenise.
Result<void> export_gguf_vocabulary(const std::filesystem::path& tokenizer,
                                    const std::filesystem::path& output);

/// What a GGUF file says of itself.
struct GgufSummary {
  std::map<std::string, std::string> texts;  ///< the keys whose values are text
  std::map<std::string, double> numbers;  ///< the keys whose values are numbers
  std::map<std::string, std::string> tensors;  ///< their types, as ggml names them: "f16"
};

/// Reads a GGUF file's keys and the names of its tensors. One that is cut off or is something else
/// is refused.
Result<GgufSummary> read_gguf(const std::filesystem::path& path);

/// The weights of a GGUF file of llama.cpp's "llama" architecture whose output layer is the
/// embedding, in single precision and in our order of rows. Quantised ones are what they stand for.
Result<std::vector<NamedWeight>> read_gguf_weights(const std::filesystem::path& path);

}  // namespace llmc::train
