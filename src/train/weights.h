// A model's weights as plain numbers: what exporters take, so that they need no libtorch.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace llmc::train {

/// One weight in single precision, row-major. Names and shapes are those of Llama models in the
/// Hugging Face format: `model.embed_tokens.weight` [V, D], `model.norm.weight` [D], and for each
/// layer i `model.layers.i.` with
///
///   input_layernorm.weight          [D]        post_attention_layernorm.weight [D]
///   self_attn.q_proj.weight         [H*d, D]   self_attn.o_proj.weight         [D, H*d]
///   self_attn.k_proj.weight         [K*d, D]   self_attn.v_proj.weight         [K*d, D]
///   mlp.gate_proj.weight            [F, D]     mlp.up_proj.weight              [F, D]
///   mlp.down_proj.weight            [D, F]
///
/// Rotary positions turn element j of a head with element j + d/2 (the "half" layout). There is no
/// lm_head.weight: the output layer is the embedding.
struct NamedWeight {
  std::string name;
  std::vector<std::int64_t> shape;
  std::vector<float> values;
};

}  // namespace llmc::train
