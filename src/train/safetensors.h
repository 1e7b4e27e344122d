// Safetensors: the weights file that transformers and vLLM read.
//
//   file   = header-size:u64 header data
//   header = a JSON object, padded with spaces to a multiple of 8:
//            {name: {"dtype": "F32"|"F16"|"BF16", "shape": […], "data_offsets": [begin, end]}, …,
//             "__metadata__": {key: text, …}}
//
// Numbers are little-endian; offsets count from the end of the header, and the parts follow one
// another without gaps. The format has no checksum: what a reader can check are the sizes.
#pragma once

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

/// Writes weights; f32, f16 or bf16, the norms of all in f32.
Result<void> write_safetensors(std::span<const WeightSlot> slots, Precision precision,
                               const std::map<std::string, std::string>& metadata,
                               const std::filesystem::path& path);

/// Reads all weights in single precision. A file that is cut off or is something else is refused.
Result<std::vector<NamedWeight>> read_safetensors(const std::filesystem::path& path);

/// Writes a folder that transformers and vLLM load as LlamaForCausalLM: model.safetensors,
/// config.json, generation_config.json, tokenizer.model, tokenizer_config.json. `metadata` goes
/// into the weights file.
Result<void> export_hugging_face(const ModelConfig& config, std::span<const NamedWeight> weights,
                                 const std::filesystem::path& tokenizer, Precision precision,
                                 const std::map<std::string, std::string>& metadata,
                                 const std::filesystem::path& folder);

}  // namespace llmc::train
