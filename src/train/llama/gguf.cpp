#include "train/gguf.h"

#include <ggml.h>
#include <gguf.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <ranges>

#include "train/stream_file.h"
#include "train/tokenizer.h"

namespace llmc::train {
namespace {

using Gguf = std::unique_ptr<gguf_context, decltype(&gguf_free)>;
using Tensors = std::unique_ptr<ggml_context, decltype(&ggml_free)>;

// Values of general.file_type (llama_ftype in llama.h).
constexpr std::uint32_t file_type(Precision precision) {
  switch (precision) {
    case Precision::f32:
      return 0;
    case Precision::f16:
      return 1;
    case Precision::bf16:
      return 32;
    case Precision::q8_0:
      return 7;
  }
  return 0;
}

ggml_type tensor_type(const WeightSlot& slot, Precision precision) {
  if (slot.shape.size() < 2) return GGML_TYPE_F32;
  switch (precision) {
    case Precision::f32:
      return GGML_TYPE_F32;
    case Precision::f16:
      return GGML_TYPE_F16;
    case Precision::bf16:
      return GGML_TYPE_BF16;
    case Precision::q8_0:
      return slot.shape.back() % ggml_blck_size(GGML_TYPE_Q8_0) == 0 ? GGML_TYPE_Q8_0
                                                                     : GGML_TYPE_F16;
  }
  return GGML_TYPE_F32;
}

void set_model(gguf_context* gguf, const ModelConfig& config, Precision precision) {
  const auto number = [&](const char* key, std::int64_t value) {
    gguf_set_val_u32(gguf, key, static_cast<std::uint32_t>(value));
  };
  gguf_set_val_str(gguf, "general.name", config.name.c_str());
  gguf_set_val_u32(gguf, "general.file_type", file_type(precision));
  if (precision == Precision::q8_0)
    gguf_set_val_u32(gguf, "general.quantization_version", GGML_QNT_VERSION);
  number("llama.vocab_size", config.vocabulary);
  number("llama.context_length", config.context);
  number("llama.embedding_length", config.width);
  number("llama.block_count", config.layers);
  number("llama.feed_forward_length", config.hidden);
  number("llama.attention.head_count", config.heads);
  number("llama.attention.head_count_kv", config.key_value_heads);
  number("llama.rope.dimension_count", config.head_size());
  gguf_set_val_f32(gguf, "llama.rope.freq_base", static_cast<float>(config.rope_base));
  gguf_set_val_f32(gguf, "llama.attention.layer_norm_rms_epsilon",
                   static_cast<float>(config.norm_epsilon));
}

/// The vocabulary, filled up with unused tokens to `size`.
void set_vocabulary(gguf_context* gguf, const Tokenizer& tokenizer, std::size_t size) {
  std::vector<std::string> texts;
  std::vector<float> scores;
  std::vector<std::int32_t> kinds;
  for (const Piece& piece : tokenizer.pieces()) {
    texts.push_back(piece.text);
    scores.push_back(piece.score);
    kinds.push_back(static_cast<std::int32_t>(piece.kind));
  }
  for (std::size_t id = texts.size(); id < size; ++id) {
    texts.push_back("[PAD" + std::to_string(id) + "]");
    scores.push_back(-1e6F);
    kinds.push_back(static_cast<std::int32_t>(PieceKind::unused));
  }
  std::vector<const char*> pointers;
  for (const std::string& text : texts) pointers.push_back(text.c_str());
  gguf_set_val_str(gguf, "tokenizer.ggml.model", "llama");
  gguf_set_val_str(gguf, "tokenizer.ggml.pre", "default");
  gguf_set_arr_str(gguf, "tokenizer.ggml.tokens", pointers.data(), pointers.size());
  gguf_set_arr_data(gguf, "tokenizer.ggml.scores", GGUF_TYPE_FLOAT32, scores.data(), scores.size());
  gguf_set_arr_data(gguf, "tokenizer.ggml.token_type", GGUF_TYPE_INT32, kinds.data(), kinds.size());
  gguf_set_val_u32(gguf, "tokenizer.ggml.bos_token_id", k_begin_id);
  gguf_set_val_u32(gguf, "tokenizer.ggml.eos_token_id", k_end_id);
  gguf_set_val_u32(gguf, "tokenizer.ggml.unknown_token_id", k_unknown_id);
  gguf_set_val_u32(gguf, "tokenizer.ggml.padding_token_id", k_padding_id);
  gguf_set_val_bool(gguf, "tokenizer.ggml.add_bos_token", true);
  gguf_set_val_bool(gguf, "tokenizer.ggml.add_eos_token", false);
  gguf_set_val_bool(gguf, "tokenizer.ggml.add_space_prefix", false);
  gguf_set_val_bool(gguf, "tokenizer.ggml.remove_extra_whitespaces", false);
}

enum class RowOrder { ours, of_llama };

/// A matrix whose rows rotary positions turn, in `order` where `from` is in the other one: of
/// each head, llama.cpp's row 2j is our row j, and its row 2j+1 our row j + d/2.
std::vector<float> reorder_rows(const WeightSlot& slot, const std::vector<float>& from,
                                RowOrder order) {
  const std::int64_t columns = slot.shape[1];
  const std::int64_t size = slot.shape[0] / slot.rotary_heads;
  std::vector<float> to(from.size());
  for (std::int64_t head = 0; head < slot.rotary_heads; ++head)
    for (std::int64_t row = 0; row < size; ++row) {
      std::int64_t source = head * size + row / 2 + row % 2 * (size / 2);
      std::int64_t target = head * size + row;
      if (order == RowOrder::ours) std::swap(source, target);
      std::copy_n(from.begin() + source * columns, columns, to.begin() + target * columns);
    }
  return to;
}

/// The bytes of a weight as the file has them.
std::vector<std::byte> encode_weight(const WeightSlot& slot, ggml_type type) {
  const std::vector<float>& ours = slot.weight->values;
  const std::vector<float> values =
      slot.rotary_heads != 0 ? reorder_rows(slot, ours, RowOrder::of_llama) : ours;
  const std::int64_t columns = slot.shape.back();
  const auto rows = static_cast<std::int64_t>(values.size()) / columns;
  std::vector<std::byte> bytes(static_cast<std::size_t>(rows) * ggml_row_size(type, columns));
  ggml_quantize_chunk(type, values.data(), bytes.data(), 0, rows, columns, nullptr);
  return bytes;
}

Result<void> write(const gguf_context* gguf, const std::filesystem::path& output) {
  return write_stream(output, [&](std::FILE* stream) -> Result<void> {
    if (gguf_write_to_file_ptr(gguf, stream, /*only_meta=*/false)) return {};
    return fail("cannot write; is the disk full?");
  });
}

struct OpenGguf {
  Gguf gguf{nullptr, gguf_free};
  Tensors tensors{nullptr, ggml_free};
};

Result<OpenGguf> open_gguf(const std::filesystem::path& path) {
  ggml_log_set([](ggml_log_level, const char*, void*) {}, nullptr);
  ggml_context* tensors = nullptr;
  OpenGguf open;
  open.gguf.reset(gguf_init_from_file(path.c_str(), {/*no_alloc=*/false, &tensors}));
  if (open.gguf == nullptr)
    return fail(path.string() +
                ": not a GGUF file, or cut off; expected what `llmc-train export` "
                "writes");
  open.tensors.reset(tensors);
  return open;
}

/// The keys, and the names of the tensors.
GgufSummary summarise(const Gguf& gguf) {
  GgufSummary summary;
  for (std::int64_t i = 0; i < gguf_get_n_kv(gguf.get()); ++i) {
    const std::string key = gguf_get_key(gguf.get(), i);
    switch (gguf_get_kv_type(gguf.get(), i)) {
      case GGUF_TYPE_STRING:
        summary.texts[key] = gguf_get_val_str(gguf.get(), i);
        break;
      case GGUF_TYPE_UINT32:
        summary.numbers[key] = gguf_get_val_u32(gguf.get(), i);
        break;
      case GGUF_TYPE_FLOAT32:
        summary.numbers[key] = gguf_get_val_f32(gguf.get(), i);
        break;
      case GGUF_TYPE_BOOL:
        summary.numbers[key] = gguf_get_val_bool(gguf.get(), i) ? 1 : 0;
        break;
      default:
        break;
    }
  }
  for (std::int64_t i = 0; i < gguf_get_n_tensors(gguf.get()); ++i)
    summary.tensors[gguf_get_tensor_name(gguf.get(), i)] =
        ggml_type_name(gguf_get_tensor_type(gguf.get(), i));
  return summary;
}

/// The numbers of a tensor in single precision; nothing where ggml cannot decode its type.
std::optional<std::vector<float>> decode_tensor(const ggml_tensor& tensor) {
  std::vector<float> values(static_cast<std::size_t>(ggml_nelements(&tensor)));
  if (tensor.type == GGML_TYPE_F32) {
    std::memcpy(values.data(), tensor.data, values.size() * sizeof(float));
    return values;
  }
  const ggml_to_float_t decode = ggml_get_type_traits(tensor.type)->to_float;
  if (decode == nullptr) return std::nullopt;
  decode(tensor.data, values.data(), ggml_nelements(&tensor));
  return values;
}

/// The shape of a model as set_model writes it; no more of it than its weights show.
ModelConfig read_shape(const GgufSummary& summary) {
  const auto number = [&](const char* key) {
    const auto found = summary.numbers.find(key);
    return found == summary.numbers.end() ? 0 : static_cast<std::int64_t>(found->second);
  };
  ModelConfig config;
  config.vocabulary = number("llama.vocab_size");
  config.width = number("llama.embedding_length");
  config.layers = number("llama.block_count");
  config.heads = number("llama.attention.head_count");
  config.key_value_heads = number("llama.attention.head_count_kv");
  config.hidden = number("llama.feed_forward_length");
  config.context = number("llama.context_length");
  return config;
}

}  // namespace

Result<void> export_gguf(const ModelConfig& config, std::span<const NamedWeight> weights,
                         const std::filesystem::path& tokenizer, Precision precision,
                         const std::map<std::string, std::string>& metadata,
                         const std::filesystem::path& output) {
  LLMC_TRY(const auto slots, place_weights(config, weights));
  LLMC_TRY(const Tokenizer vocabulary, Tokenizer::load(tokenizer));
  const auto size = static_cast<std::size_t>(config.vocabulary);
  if (size < vocabulary.size())
    return fail(tokenizer.string() + ": has " + std::to_string(vocabulary.size()) +
                " entries, but the model only " + std::to_string(size) +
                "; it was trained with another tokenizer");
  const Gguf gguf(gguf_init_empty(), gguf_free);
  gguf_set_val_str(gguf.get(), "general.architecture", "llama");
  set_model(gguf.get(), config, precision);
  set_vocabulary(gguf.get(), vocabulary, size);
  for (const auto& [key, text] : metadata) gguf_set_val_str(gguf.get(), key.c_str(), text.c_str());

  const Tensors tensors(
      ggml_init({(slots.size() + 1) * ggml_tensor_overhead(), nullptr, /*no_alloc=*/true}),
      ggml_free);
  std::vector<std::vector<std::byte>> bytes;  // until all is written
  for (const WeightSlot& slot : slots) {
    const ggml_type type = tensor_type(slot, precision);
    bytes.push_back(encode_weight(slot, type));
    const std::vector<std::int64_t> shape(slot.shape.rbegin(), slot.shape.rend());
    ggml_tensor* tensor =
        ggml_new_tensor(tensors.get(), type, static_cast<int>(shape.size()), shape.data());
    ggml_set_name(tensor, slot.gguf_name.c_str());
    gguf_add_tensor(gguf.get(), tensor);
    gguf_set_tensor_data(gguf.get(), slot.gguf_name.c_str(), bytes.back().data());
  }
  return write(gguf.get(), output);
}

Result<void> copy_gguf(const std::filesystem::path& from,
                       const std::map<std::string, std::string>& metadata,
                       const std::filesystem::path& output) {
  LLMC_TRY(const OpenGguf source, open_gguf(from));
  const Gguf gguf(gguf_init_empty(), gguf_free);
  gguf_set_kv(gguf.get(), source.gguf.get());
  for (const auto& [key, text] : metadata) gguf_set_val_str(gguf.get(), key.c_str(), text.c_str());
  for (std::int64_t i = 0; i < gguf_get_n_tensors(source.gguf.get()); ++i)
    gguf_add_tensor(gguf.get(), ggml_get_tensor(source.tensors.get(),
                                                gguf_get_tensor_name(source.gguf.get(), i)));
  return write(gguf.get(), output);
}

Result<std::vector<NamedWeight>> read_gguf_weights(const std::filesystem::path& path) {
  LLMC_TRY(const OpenGguf open, open_gguf(path));
  const GgufSummary summary = summarise(open.gguf);
  const ModelConfig config = read_shape(summary);
  if (auto valid = config.validate(); !valid)
    return fail(path.string() +
                ": not a model that llmc-train can train: " + valid.error().message);
  if (summary.tensors.contains("output.weight"))
    return fail(path.string() + ": has an output layer of its own; expected the embedding's");
  std::vector<NamedWeight> weights;
  for (const WeightSlot& slot : weight_slots(config)) {
    const ggml_tensor* tensor = ggml_get_tensor(open.tensors.get(), slot.gguf_name.c_str());
    if (tensor == nullptr) return fail(path.string() + ": has no weight " + slot.gguf_name);
    const std::vector<std::int64_t> shape(tensor->ne, tensor->ne + ggml_n_dims(tensor));
    if (!std::ranges::equal(shape, slot.shape | std::views::reverse))
      return fail(path.string() + ": weight " + slot.gguf_name + " does not fit the model's shape");
    auto values = decode_tensor(*tensor);
    if (!values)
      return fail(path.string() + ": weight " + slot.gguf_name + " is of type " +
                  ggml_type_name(tensor->type) + ", which cannot be decoded");
    if (slot.rotary_heads != 0) values = reorder_rows(slot, *values, RowOrder::ours);
    weights.push_back({slot.name, slot.shape, std::move(*values)});
  }
  return weights;
}

Result<void> export_gguf_vocabulary(const std::filesystem::path& tokenizer,
                                    const std::filesystem::path& output) {
  LLMC_TRY(const Tokenizer vocabulary, Tokenizer::load(tokenizer));
  const Gguf gguf(gguf_init_empty(), gguf_free);
  gguf_set_val_str(gguf.get(), "general.architecture", "llama");
  set_vocabulary(gguf.get(), vocabulary, vocabulary.size());
  return write(gguf.get(), output);
}

Result<GgufSummary> read_gguf(const std::filesystem::path& path) {
  LLMC_TRY(const OpenGguf open, open_gguf(path));
  return summarise(open.gguf);
}

}  // namespace llmc::train
