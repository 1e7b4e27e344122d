#include "train/weight_layout.h"

#include <bit>
#include <cmath>
#include <map>
#include <numeric>

namespace llmc::train {
namespace {

std::string print_shape(const std::vector<std::int64_t>& shape) {
  std::string text = "[";
  for (const std::int64_t size : shape)
    text += (text.size() > 1 ? ", " : "") + std::to_string(size);
  return text + "]";
}

}  // namespace

Result<Precision> parse_precision(std::string_view name) {
  if (name == "f32") return Precision::f32;
  if (name == "f16") return Precision::f16;
  if (name == "bf16") return Precision::bf16;
  if (name == "q8_0") return Precision::q8_0;
  return fail("'" + std::string(name) + "' is no precision; there are f32, f16, bf16, q8_0",
              ErrorKind::usage);
}

std::vector<WeightSlot> weight_slots(const ModelConfig& config) {
  const std::int64_t width = config.width;
  const std::int64_t key_width = config.key_value_heads * config.head_size();
  std::vector<WeightSlot> slots = {
      {"model.embed_tokens.weight", "token_embd.weight", {config.vocabulary, width}},
      {"model.norm.weight", "output_norm.weight", {width}}};
  for (std::int64_t i = 0; i < config.layers; ++i) {
    const auto add = [&](const char* name, const char* gguf_name, std::vector<std::int64_t> shape,
                         std::int64_t rotary_heads = 0) {
      const std::string layer = std::to_string(i) + ".";
      slots.push_back({"model.layers." + layer + name + ".weight",
                       "blk." + layer + gguf_name + ".weight", std::move(shape), rotary_heads});
    };
    add("input_layernorm", "attn_norm", {width});
    add("self_attn.q_proj", "attn_q", {width, width}, config.heads);
    add("self_attn.k_proj", "attn_k", {key_width, width}, config.key_value_heads);
    add("self_attn.v_proj", "attn_v", {key_width, width});
    add("self_attn.o_proj", "attn_output", {width, width});
    add("post_attention_layernorm", "ffn_norm", {width});
    add("mlp.gate_proj", "ffn_gate", {config.hidden, width});
    add("mlp.up_proj", "ffn_up", {config.hidden, width});
    add("mlp.down_proj", "ffn_down", {width, config.hidden});
  }
  return slots;
}

Result<std::vector<WeightSlot>> place_weights(const ModelConfig& config,
                                              std::span<const NamedWeight> weights) {
  LLMC_CHECK(config.validate());
  std::vector<WeightSlot> slots = weight_slots(config);
  std::map<std::string_view, WeightSlot*> by_name;
  for (WeightSlot& slot : slots) by_name[slot.name] = &slot;
  for (const NamedWeight& weight : weights) {
    const auto found = by_name.find(weight.name);
    if (found == by_name.end())
      return fail("weight " + weight.name + " has no place in a model of this shape");
    WeightSlot& slot = *found->second;
    if (slot.weight != nullptr) return fail("weight " + weight.name + " is there twice");
    if (weight.shape != slot.shape)
      return fail("weight " + weight.name + " has the shape " + print_shape(weight.shape) +
                  "; expected " + print_shape(slot.shape));
    const std::int64_t count =
        std::accumulate(slot.shape.begin(), slot.shape.end(), std::int64_t{1}, std::multiplies{});
    if (static_cast<std::int64_t>(weight.values.size()) != count)
      return fail("weight " + weight.name + " has " + std::to_string(weight.values.size()) +
                  " numbers; expected " + std::to_string(count));
    slot.weight = &weight;
  }
  for (const WeightSlot& slot : slots)
    if (slot.weight == nullptr) return fail("weight " + slot.name + " is missing");
  return slots;
}

std::uint16_t to_bfloat(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if (std::isnan(value)) return static_cast<std::uint16_t>(bits >> 16 | 0x40);
  return static_cast<std::uint16_t>((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

float from_bfloat(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

std::uint16_t to_half(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = bits >> 16 & 0x8000;
  const float size = std::fabs(value);
  if (std::isnan(value)) return static_cast<std::uint16_t>(sign | 0x7E00);
  if (size >= 65520) return static_cast<std::uint16_t>(sign | 0x7C00);
  // Below 2^-14 halves are 2^-24 apart: adding 0.5 puts the value's last bit there.
  if (size < 0x1p-14F)
    return static_cast<std::uint16_t>(
        sign | (std::bit_cast<std::uint32_t>(size + 0.5F) - std::bit_cast<std::uint32_t>(0.5F)));
  const std::uint32_t positive = bits & 0x7FFFFFFF;
  const std::uint32_t rounded = positive + 0xFFF + (positive >> 13 & 1);
  return static_cast<std::uint16_t>(sign | (rounded - (112U << 23)) >> 13);
}

float from_half(std::uint16_t bits) {
  const std::uint32_t sign = static_cast<std::uint32_t>(bits & 0x8000) << 16;
  const std::uint32_t exponent = bits >> 10 & 0x1F;
  const std::uint32_t fraction = bits & 0x3FF;
  float size = 0;
  if (exponent == 0)
    size = std::ldexp(static_cast<float>(fraction), -24);
  else if (exponent == 31)
    size = std::bit_cast<float>(0x7F800000U | fraction << 13);
  else
    size = std::bit_cast<float>((exponent + 112) << 23 | fraction << 13);
  return std::bit_cast<float>(std::bit_cast<std::uint32_t>(size) | sign);
}

}  // namespace llmc::train
