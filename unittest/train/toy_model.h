// A small model with random weights.
#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "support/random.h"
#include "train/config.h"
#include "train/weights.h"

namespace llmc::train::test {

inline ModelConfig toy_config(std::int64_t vocabulary) {
  ModelConfig config;
  config.name = "toy";
  config.vocabulary = vocabulary;
  config.width = 64;
  config.layers = 2;
  config.heads = 4;
  config.key_value_heads = 2;
  config.hidden = 96;
  config.context = 128;
  config.rope_base = 5000;
  config.norm_epsilon = 1e-4;
  return config;
}

/// Weights of a size that lets every part of the model show in its output.
inline std::vector<NamedWeight> random_weights(const ModelConfig& config) {
  Random random(3);
  std::vector<NamedWeight> weights;
  const auto add = [&](const std::string& name, std::vector<std::int64_t> shape) {
    NamedWeight weight{name + ".weight", shape, {}};
    const std::int64_t count = shape.size() == 1 ? shape[0] : shape[0] * shape[1];
    const double scale = shape.size() == 1 ? 0.5 : 2 / std::sqrt(static_cast<double>(shape[1]));
    for (std::int64_t i = 0; i < count; ++i)
      weight.values.push_back(
          static_cast<float>((random.unit() * 2 - 1) * scale + (shape.size() == 1 ? 1 : 0)));
    weights.push_back(std::move(weight));
  };
  const std::int64_t width = config.width;
  const std::int64_t key_width = config.key_value_heads * config.head_size();
  add("model.embed_tokens", {config.vocabulary, width});
  add("model.norm", {width});
  for (std::int64_t i = 0; i < config.layers; ++i) {
    const std::string layer = "model.layers." + std::to_string(i) + ".";
    add(layer + "input_layernorm", {width});
    add(layer + "post_attention_layernorm", {width});
    add(layer + "self_attn.q_proj", {width, width});
    add(layer + "self_attn.k_proj", {key_width, width});
    add(layer + "self_attn.v_proj", {key_width, width});
    add(layer + "self_attn.o_proj", {width, width});
    add(layer + "mlp.gate_proj", {config.hidden, width});
    add(layer + "mlp.up_proj", {config.hidden, width});
    add(layer + "mlp.down_proj", {width, config.hidden});
  }
  return weights;
}

}  // namespace llmc::train::test
