// Which weights a model has: the list that exporters go through, and that what they are given is
// checked against.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "support/error.h"
#include "train/config.h"
#include "train/weights.h"

namespace llmc::train {

/// How an exporter stores matrices; vectors (norms) stay in single precision.
enum class Precision { f32, f16, bf16, q8_0 };

/// "f32", "f16", "bf16", "q8_0".
Result<Precision> parse_precision(std::string_view name);

/// The place of one weight in a model.
struct WeightSlot {
  std::string name;       ///< as Hugging Face has it: "model.layers.0.self_attn.q_proj.weight"
  std::string gguf_name;  ///< as llama.cpp has it: "blk.0.attn_q.weight"
  std::vector<std::int64_t> shape;
  std::int64_t rotary_heads = 0;  ///< heads whose rows rotary positions turn; 0: there are none
  const NamedWeight* weight = nullptr;
};

/// All weights of a model of that shape, in the order in which files have them, without their
/// numbers. `config` must be valid.
std::vector<WeightSlot> weight_slots(const ModelConfig& config);

/// The same with their numbers: each slot is filled with the weight of its name. One that is
/// missing, is there twice, is not known or has another shape is an error.
Result<std::vector<WeightSlot>> place_weights(const ModelConfig& config,
                                              std::span<const NamedWeight> weights);

/// Rounds to the nearest IEEE half or bfloat16, ties to even; what is too large becomes infinity.
std::uint16_t to_half(float value);
std::uint16_t to_bfloat(float value);
float from_half(std::uint16_t bits);
float from_bfloat(std::uint16_t bits);

}  // namespace llmc::train
