#include "train/config.h"

#include <array>
#include <limits>

namespace llmc::train {
namespace {

struct Preset {
  const char* name;
  std::int64_t width, layers, heads, key_value_heads, hidden, context;
};

// 7b and 13b are the shapes of Code Llama, which LLM Compiler was made from; at 16,384 tokens.
constexpr std::array k_presets = {
    Preset{"nano", 128, 6, 4, 2, 352, 2048},       Preset{"small", 384, 8, 6, 2, 1024, 4096},
    Preset{"base", 768, 16, 12, 4, 2048, 8192},    Preset{"7b", 4096, 32, 32, 32, 11008, 16384},
    Preset{"13b", 5120, 40, 40, 40, 13824, 16384},
};

}  // namespace

std::int64_t ModelConfig::parameters() const {
  const std::int64_t attention = 2 * width * width + 2 * width * key_value_heads * head_size();
  const std::int64_t feed_forward = 3 * width * hidden;
  const std::int64_t norms = 2 * width;
  return vocabulary * width + layers * (attention + feed_forward + norms) + width;
}

double ModelConfig::flops_per_token(double length) const {
  const std::int64_t norms = (2 * layers + 1) * width;
  const double multiplied = static_cast<double>(parameters() - norms);
  return 6 * multiplied + 6 * static_cast<double>(layers * width) * length;
}

Result<ModelConfig> ModelConfig::preset(const std::string& name) {
  std::string known;
  for (const Preset& preset : k_presets) {
    known += (known.empty() ? "" : ", ") + std::string(preset.name);
    if (name != preset.name) continue;
    ModelConfig config;
    config.name = name;
    config.width = preset.width;
    config.layers = preset.layers;
    config.heads = preset.heads;
    config.key_value_heads = preset.key_value_heads;
    config.hidden = preset.hidden;
    config.context = preset.context;
    return config;
  }
  return fail("there is no model shape '" + name + "'; there are " + known);
}

Result<ModelConfig> ModelConfig::from_json(const Json& json) {
  ModelConfig config;
  JsonReader reader(json, "model");
  std::string preset_name;
  reader.read("preset", preset_name);
  if (!preset_name.empty()) {
    LLMC_TRY(config, preset(preset_name));
  }
  reader.read("name", config.name);
  reader.read("vocabulary", config.vocabulary);
  reader.read("width", config.width);
  reader.read("layers", config.layers);
  reader.read("heads", config.heads);
  reader.read("key_value_heads", config.key_value_heads);
  reader.read("hidden", config.hidden);
  reader.read("context", config.context);
  reader.read("rope_base", config.rope_base);
  reader.read("norm_epsilon", config.norm_epsilon);
  LLMC_CHECK(reader.finish());
  return config;
}

Json ModelConfig::to_json() const {
  Json json;
  json.set("name", name).set("vocabulary", vocabulary).set("width", width);
  json.set("layers", layers).set("heads", heads).set("key_value_heads", key_value_heads);
  json.set("hidden", hidden).set("context", context);
  json.set("rope_base", rope_base).set("norm_epsilon", norm_epsilon);
  return json;
}

Result<void> ModelConfig::validate() const {
  struct Field {
    const char* name;
    std::int64_t value;
    std::int64_t most;
  };
  const std::array fields = {Field{"vocabulary", vocabulary, 65536},
                             Field{"width", width, 65536},
                             Field{"layers", layers, 1000},
                             Field{"heads", heads, 1024},
                             Field{"key_value_heads", key_value_heads, 1024},
                             Field{"hidden", hidden, 1 << 20},
                             Field{"context", context, 1 << 20}};
  for (const Field& field : fields)
    if (field.value < 1 || field.value > field.most)
      return fail(std::string("model: ") + field.name + " is " + std::to_string(field.value) +
                  "; it must be between 1 and " + std::to_string(field.most));
  if (width % heads != 0)
    return fail("model: width " + std::to_string(width) + " is not a multiple of heads " +
                std::to_string(heads));
  if (head_size() % 2 != 0)
    return fail("model: a head has " + std::to_string(head_size()) +
                " numbers; rotary positions turn pairs, so it must be even");
  if (heads % key_value_heads != 0)
    return fail("model: heads " + std::to_string(heads) + " is not a multiple of key_value_heads " +
                std::to_string(key_value_heads));
  if (!(rope_base > 1) || !(norm_epsilon > 0) || norm_epsilon > 1)
    return fail("model: rope_base must be above 1 and norm_epsilon between 0 and 1");
  return {};
}

}  // namespace llmc::train
