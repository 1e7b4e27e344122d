#include "train/safetensors.h"

#include <bit>
#include <cstring>
#include <numeric>

#include "support/files.h"
#include "train/stream_file.h"
#include "train/tokenizer.h"

namespace llmc::train {
namespace {

static_assert(std::endian::native == std::endian::little);

struct Type {
  const char* name;
  std::size_t size;
};
constexpr Type k_float{"F32", 4};
constexpr Type k_half{"F16", 2};
constexpr Type k_bfloat{"BF16", 2};

Type type_of(const WeightSlot& slot, Precision precision) {
  if (slot.shape.size() < 2 || precision == Precision::f32) return k_float;
  return precision == Precision::f16 ? k_half : k_bfloat;
}

Json shape_json(const std::vector<std::int64_t>& shape) {
  Json::Array sizes;
  for (const std::int64_t size : shape) sizes.emplace_back(size);
  return sizes;
}

std::string print_header(std::span<const WeightSlot> slots, Precision precision,
                         const std::map<std::string, std::string>& metadata) {
  Json header;
  Json about;
  about.set("format", "pt");
  for (const auto& [key, text] : metadata) about.set(key, text);
  header.set("__metadata__", about);
  std::int64_t offset = 0;
  for (const WeightSlot& slot : slots) {
    const Type type = type_of(slot, precision);
    const std::int64_t begin = offset;
    offset += static_cast<std::int64_t>(slot.weight->values.size() * type.size);
    Json entry;
    entry.set("dtype", type.name).set("shape", shape_json(slot.shape));
    entry.set("data_offsets", Json::Array{begin, offset});
    header.set(slot.name, entry);
  }
  std::string text = header.dump();
  text.resize((text.size() + 7) / 8 * 8, ' ');
  return text;
}

void write_values(const std::vector<float>& values, const Type& type, std::FILE* stream) {
  if (type.name == k_float.name) {
    std::fwrite(values.data(), sizeof(float), values.size(), stream);
    return;
  }
  std::vector<std::uint16_t> narrow(values.size());
  for (std::size_t i = 0; i < values.size(); ++i)
    narrow[i] = type.name == k_half.name ? to_half(values[i]) : to_bfloat(values[i]);
  std::fwrite(narrow.data(), sizeof(std::uint16_t), narrow.size(), stream);
}

std::unexpected<Error> damaged(const std::string& what) {
  return fail("not a safetensors file, or cut off: " + what);
}

/// Reads the sizes in an array of whole numbers that are not negative.
Result<std::vector<std::int64_t>> read_sizes(const Json* json) {
  if (json == nullptr || json->array() == nullptr) return damaged("a list of sizes is missing");
  std::vector<std::int64_t> sizes;
  for (const Json& entry : *json->array()) {
    if (entry.integer() == nullptr || *entry.integer() < 0)
      return damaged("a size is no whole number");
    sizes.push_back(*entry.integer());
  }
  return sizes;
}

/// Reads one weight whose entry in the header is `json`; `data` is what follows the header.
Result<NamedWeight> read_weight(const std::string& name, const Json& json, std::string_view data) {
  LLMC_TRY(const auto shape, read_sizes(json.find("shape")));
  LLMC_TRY(const auto offsets, read_sizes(json.find("data_offsets")));
  const Json* type_name = json.find("dtype");
  const Type* type = nullptr;
  for (const Type* known : {&k_float, &k_half, &k_bfloat})
    if (type_name != nullptr && type_name->string() != nullptr &&
        *type_name->string() == known->name)
      type = known;
  if (type == nullptr) return fail(name + " has a type other than F32, F16 and BF16");
  std::size_t count = 1;
  for (const std::int64_t size : shape)
    if (__builtin_mul_overflow(count, static_cast<std::size_t>(size), &count))
      return damaged("the shape of " + name + " is too large");
  const bool inside = offsets.size() == 2 && offsets[0] <= offsets[1] &&
                      static_cast<std::size_t>(offsets[1]) <= data.size();
  if (!inside || static_cast<std::size_t>(offsets[1] - offsets[0]) / type->size != count ||
      static_cast<std::size_t>(offsets[1] - offsets[0]) % type->size != 0)
    return damaged("the data of " + name + " do not fit its shape");
  NamedWeight weight{name, shape, std::vector<float>(count)};
  const char* from = data.data() + offsets[0];
  for (std::size_t i = 0; i < count; ++i) {
    std::uint16_t narrow = 0;
    if (type == &k_float)
      std::memcpy(&weight.values[i], from + i * 4, 4);
    else
      std::memcpy(&narrow, from + i * 2, 2);
    if (type == &k_half) weight.values[i] = from_half(narrow);
    if (type == &k_bfloat) weight.values[i] = from_bfloat(narrow);
  }
  return weight;
}

Result<std::vector<NamedWeight>> read_weights(std::string_view bytes) {
  std::uint64_t size = 0;
  if (bytes.size() < sizeof size) return damaged("it has no header");
  std::memcpy(&size, bytes.data(), sizeof size);
  bytes.remove_prefix(sizeof size);
  if (size > bytes.size()) return damaged("the header is longer than the file");
  const auto header = Json::parse(bytes.substr(0, size));
  if (!header || header->object() == nullptr) return damaged("the header is no JSON object");
  const std::string_view data = bytes.substr(size);
  std::vector<NamedWeight> weights;
  std::size_t used = 0;
  for (const auto& [name, entry] : *header->object()) {
    if (name == "__metadata__") continue;
    LLMC_TRY(NamedWeight weight, read_weight(name, entry, data));
    used = std::max(
        used, static_cast<std::size_t>(*entry.find("data_offsets")->array()->back().integer()));
    weights.push_back(std::move(weight));
  }
  if (used != data.size()) return damaged("there are data that no weight claims");
  return weights;
}

const char* type_name(Precision precision) {
  switch (precision) {
    case Precision::f16:
      return "float16";
    case Precision::bf16:
      return "bfloat16";
    default:
      return "float32";
  }
}

Json model_json(const ModelConfig& config, Precision precision) {
  Json json;
  json.set("architectures", Json::Array{"LlamaForCausalLM"}).set("model_type", "llama");
  json.set("vocab_size", config.vocabulary).set("hidden_size", config.width);
  json.set("num_hidden_layers", config.layers).set("num_attention_heads", config.heads);
  json.set("num_key_value_heads", config.key_value_heads).set("head_dim", config.head_size());
  json.set("intermediate_size", config.hidden).set("hidden_act", "silu");
  json.set("max_position_embeddings", config.context).set("rope_theta", config.rope_base);
  json.set("rms_norm_eps", config.norm_epsilon).set("tie_word_embeddings", true);
  json.set("attention_bias", false).set("mlp_bias", false);
  json.set("bos_token_id", int{k_begin_id}).set("eos_token_id", int{k_end_id});
  json.set("pad_token_id", int{k_padding_id}).set("torch_dtype", type_name(precision));
  return json;
}

Json generation_json() {
  Json json;
  json.set("bos_token_id", int{k_begin_id}).set("eos_token_id", int{k_end_id});
  json.set("pad_token_id", int{k_padding_id});
  return json;
}

Json tokenizer_json(const ModelConfig& config, const std::vector<Piece>& pieces) {
  Json json;
  json.set("tokenizer_class", "LlamaTokenizer").set("legacy", false);
  json.set("add_bos_token", true).set("add_eos_token", false).set("add_prefix_space", false);
  json.set("bos_token", pieces[k_begin_id].text).set("eos_token", pieces[k_end_id].text);
  json.set("unk_token", pieces[k_unknown_id].text).set("pad_token", pieces[k_padding_id].text);
  json.set("clean_up_tokenization_spaces", false).set("model_max_length", config.context);
  json.set("sp_model_kwargs", Json::Object{});
  return json;
}

}  // namespace

Result<void> write_safetensors(std::span<const WeightSlot> slots, Precision precision,
                               const std::map<std::string, std::string>& metadata,
                               const std::filesystem::path& path) {
  if (precision == Precision::q8_0)
    return fail("safetensors has no q8_0; use f32, f16 or bf16", ErrorKind::usage);
  const std::string header = print_header(slots, precision, metadata);
  return write_stream(path, [&](std::FILE* stream) -> Result<void> {
    const std::uint64_t size = header.size();
    std::fwrite(&size, sizeof size, 1, stream);
    std::fwrite(header.data(), 1, header.size(), stream);
    for (const WeightSlot& slot : slots)
      write_values(slot.weight->values, type_of(slot, precision), stream);
    return {};
  });
}

Result<std::vector<NamedWeight>> read_safetensors(const std::filesystem::path& path) {
  LLMC_TRY(const std::string bytes, read_file(path));
  auto weights = read_weights(bytes);
  if (!weights) return std::unexpected(weights.error().with_context(path.string()));
  return weights;
}

Result<void> export_hugging_face(const ModelConfig& config, std::span<const NamedWeight> weights,
                                 const std::filesystem::path& tokenizer, Precision precision,
                                 const std::map<std::string, std::string>& metadata,
                                 const std::filesystem::path& folder) {
  LLMC_TRY(const auto slots, place_weights(config, weights));
  LLMC_TRY(const std::string model, read_file(tokenizer));
  LLMC_TRY(const Tokenizer vocabulary, Tokenizer::load(tokenizer));
  LLMC_CHECK(make_folder(folder));
  LLMC_CHECK(write_file(folder / "config.json", model_json(config, precision).dump() + "\n"));
  LLMC_CHECK(write_file(folder / "generation_config.json", generation_json().dump() + "\n"));
  LLMC_CHECK(write_file(folder / "tokenizer.model", model));
  LLMC_CHECK(write_file(folder / "tokenizer_config.json",
                        tokenizer_json(config, vocabulary.pieces()).dump() + "\n"));
  return write_safetensors(slots, precision, metadata, folder / "model.safetensors");
}

}  // namespace llmc::train
