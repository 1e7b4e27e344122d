// What a model is and how it is trained: the shapes of the network and the settings of a stage,
// read from JSON.
#pragma once

#include <cstdint>
#include <string>

#include "support/error.h"
#include "train/json.h"

namespace llmc::train {

/// The shape of a decoder-only transformer of the Llama family: RMSNorm before each block, rotary
/// positions, grouped-query attention, SwiGLU, the output layer tied to the embedding.
struct ModelConfig {
  std::string name = "custom";       ///< "nano", "small", …: for people only
  std::int64_t vocabulary = 0;       ///< entries of the tokenizer (V)
  std::int64_t width = 0;            ///< of the residual stream (D)
  std::int64_t layers = 0;           ///< blocks (L)
  std::int64_t heads = 0;            ///< query heads (H); width = heads * head_size
  std::int64_t key_value_heads = 0;  ///< (K); divides heads
  std::int64_t hidden = 0;           ///< of the feed-forward block (F)
  std::int64_t context = 2048;       ///< longest sequence the model is meant for, in tokens
  double rope_base = 1e6;            ///< θ of the rotary positions
  double norm_epsilon = 1e-5;        ///< ε of RMSNorm

  [[nodiscard]] std::int64_t head_size() const { return width / heads; }
  /// Trainable numbers, the tied embedding counted once.
  [[nodiscard]] std::int64_t parameters() const;
  /// Floating-point operations of one token forwards and backwards in a sequence of `length`
  /// tokens: 6 for each parameter that is multiplied, 6·L·D·length for causal attention (half of a
  /// full one). The usual formula of Kaplan et al. (arXiv 2001.08361, table 1) and PaLM
  /// (arXiv 2204.02311, appendix B).
  [[nodiscard]] double flops_per_token(double length) const;

  /// One of the built-in shapes: nano, small, base, 7b, 13b. The vocabulary is the caller's.
  static Result<ModelConfig> preset(const std::string& name);
  /// Reads {"preset": "nano", …} or all fields; a field beside a preset replaces the preset's.
  static Result<ModelConfig> from_json(const Json& json);
  [[nodiscard]] Json to_json() const;
  /// Says what does not fit together.
  [[nodiscard]] Result<void> validate() const;
};

}  // namespace llmc::train
