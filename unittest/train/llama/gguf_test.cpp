// What llama.cpp makes of our GGUF files: tokens, and the numbers that the model computes.
#include "train/gguf.h"

#include <ggml-backend.h>
#include <ggml.h>
#include <llama.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <memory>

#include "testing.h"
#include "train/llama_vocabulary.h"
#include "train/tokenizer.h"
#include "train/toy_model.h"
#include "train/toy_tokenizer.h"

namespace llmc::train {
namespace {

using llmc::test::contents;
using llmc::test::example_sources;
using llmc::test::message_of;
using llmc::test::take;
using llmc::test::temporary_folder;

using Vector = std::vector<float>;
using Weights = std::map<std::string, const NamedWeight*>;

Vector multiply(const NamedWeight& matrix, const Vector& in) {
  Vector out(static_cast<std::size_t>(matrix.shape[0]));
  for (std::size_t row = 0; row < out.size(); ++row)
    for (std::size_t column = 0; column < in.size(); ++column)
      out[row] += matrix.values[row * in.size() + column] * in[column];
  return out;
}

Vector normalise(const NamedWeight& weight, const Vector& in, double epsilon) {
  double square = 0;
  for (const float value : in) square += value * value;
  const double scale = 1 / std::sqrt(square / static_cast<double>(in.size()) + epsilon);
  Vector out(in.size());
  for (std::size_t i = 0; i < in.size(); ++i)
    out[i] = static_cast<float>(in[i] * scale) * weight.values[i];
  return out;
}

void add(Vector& to, const Vector& what) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i] += what[i];
}

/// Turns element j of each head with element j + d/2 by position · base^(-2j/d).
void rotate(Vector& heads, const ModelConfig& config, std::size_t position) {
  const auto size = static_cast<std::size_t>(config.head_size());
  for (std::size_t head = 0; head < heads.size(); head += size)
    for (std::size_t j = 0; j < size / 2; ++j) {
      const double angle =
          static_cast<double>(position) *
          std::pow(config.rope_base, -2.0 * static_cast<double>(j) / static_cast<double>(size));
      const double a = heads[head + j];
      const double b = heads[head + j + size / 2];
      heads[head + j] = static_cast<float>(a * std::cos(angle) - b * std::sin(angle));
      heads[head + j + size / 2] = static_cast<float>(a * std::sin(angle) + b * std::cos(angle));
    }
}

/// Attention of one position's queries to all keys and values up to it.
Vector attend(const Vector& queries, const std::vector<Vector>& keys,
              const std::vector<Vector>& values, const ModelConfig& config) {
  const auto size = static_cast<std::size_t>(config.head_size());
  const auto group = static_cast<std::size_t>(config.heads / config.key_value_heads);
  Vector out(queries.size());
  for (std::size_t head = 0; head < static_cast<std::size_t>(config.heads); ++head) {
    const std::size_t source = head / group * size;
    std::vector<double> weights;
    double total = 0;
    for (const Vector& key : keys) {
      double product = 0;
      for (std::size_t i = 0; i < size; ++i) product += queries[head * size + i] * key[source + i];
      weights.push_back(std::exp(product / std::sqrt(static_cast<double>(size))));
      total += weights.back();
    }
    for (std::size_t t = 0; t < keys.size(); ++t)
      for (std::size_t i = 0; i < size; ++i)
        out[head * size + i] += static_cast<float>(weights[t] / total * values[t][source + i]);
  }
  return out;
}

/// The model as its description says, in the plainest way: logits of the last position.
Vector reference_logits(const ModelConfig& config, const Weights& weights,
                        const std::vector<std::int32_t>& tokens) {
  const auto& embedding = *weights.at("model.embed_tokens.weight");
  const auto width = static_cast<std::size_t>(config.width);
  std::vector<Vector> stream;
  for (const std::int32_t token : tokens) {
    const auto begin = embedding.values.begin() + token * config.width;
    stream.emplace_back(begin, begin + static_cast<std::ptrdiff_t>(width));
  }
  for (std::int64_t layer = 0; layer < config.layers; ++layer) {
    const auto of = [&](const std::string& name) -> const NamedWeight& {
      return *weights.at("model.layers." + std::to_string(layer) + "." + name + ".weight");
    };
    std::vector<Vector> keys, values;
    for (std::size_t t = 0; t < stream.size(); ++t) {
      const Vector in = normalise(of("input_layernorm"), stream[t], config.norm_epsilon);
      Vector queries = multiply(of("self_attn.q_proj"), in);
      keys.push_back(multiply(of("self_attn.k_proj"), in));
      values.push_back(multiply(of("self_attn.v_proj"), in));
      rotate(queries, config, t);
      rotate(keys.back(), config, t);
      add(stream[t], multiply(of("self_attn.o_proj"), attend(queries, keys, values, config)));
    }
    for (Vector& state : stream) {
      const Vector in = normalise(of("post_attention_layernorm"), state, config.norm_epsilon);
      Vector gate = multiply(of("mlp.gate_proj"), in);
      const Vector up = multiply(of("mlp.up_proj"), in);
      for (std::size_t i = 0; i < gate.size(); ++i)
        gate[i] = gate[i] / (1 + std::exp(-gate[i])) * up[i];
      add(state, multiply(of("mlp.down_proj"), gate));
    }
  }
  return multiply(embedding,
                  normalise(*weights.at("model.norm.weight"), stream.back(), config.norm_epsilon));
}

/// The same by llama.cpp.
Vector llama_logits(const std::filesystem::path& path, std::vector<std::int32_t> tokens) {
  llama_log_set([](ggml_log_level, const char*, void*) {}, nullptr);
  ggml_backend_load_all_from_path(LLMC_LLAMA_BACKENDS);
  llama_model_params model_parameters = llama_model_default_params();
  model_parameters.n_gpu_layers = 0;
  const std::unique_ptr<llama_model, decltype(&llama_model_free)> model(
      llama_model_load_from_file(path.c_str(), model_parameters), llama_model_free);
  if (model == nullptr) return {};
  llama_context_params parameters = llama_context_default_params();
  parameters.n_ctx = 64;
  parameters.n_threads = parameters.n_threads_batch = 1;
  parameters.type_k = parameters.type_v = GGML_TYPE_F32;
  parameters.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
  const std::unique_ptr<llama_context, decltype(&llama_free)> context(
      llama_init_from_model(model.get(), parameters), llama_free);
  if (context == nullptr) return {};
  const auto count = static_cast<std::int32_t>(tokens.size());
  if (llama_decode(context.get(), llama_batch_get_one(tokens.data(), count)) != 0) return {};
  const float* logits = llama_get_logits_ith(context.get(), -1);
  return {logits, logits + llama_vocab_n_tokens(llama_model_get_vocab(model.get()))};
}

class GgufTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(write_file(tokenizer_path, test::model_of(test::toy_pieces())));
    for (const NamedWeight& weight : all_weights) by_name[weight.name] = &weight;
  }

  Result<void> write(Precision precision) {
    return export_gguf(shape, all_weights, tokenizer_path, precision,
                       {{"general.license", "Apache-2.0"}}, path);
  }

  TemporaryFolder folder = temporary_folder();
  std::filesystem::path tokenizer_path = folder.path() / "t.model";
  std::filesystem::path path = folder.path() / "m.gguf";
  // More than the tokenizer has: what is past it must be filled.
  ModelConfig shape = test::toy_config(static_cast<std::int64_t>(test::toy_pieces().size()) + 7);
  std::vector<NamedWeight> all_weights = test::random_weights(shape);
  Weights by_name;
};

TEST_F(GgufTest, LlamaComputesWhatTheModelIsDescribedToCompute) {
  const std::vector<std::int32_t> tokens = {1, 300, 17, 345, 300, 299, 5, 361};
  const Vector expected = reference_logits(shape, by_name, tokens);
  // The limits are about four times what was measured; rows in the wrong order make 2.5.
  for (const auto& [precision, limit] : {std::pair(Precision::f32, 1e-5),
                                         {Precision::f16, 0.012},
                                         {Precision::bf16, 0.1},
                                         {Precision::q8_0, 0.25}}) {
    ASSERT_TRUE(write(precision));
    const Vector got = llama_logits(path, tokens);
    ASSERT_EQ(got.size(), expected.size());
    double largest = 0;
    for (std::size_t i = 0; i < got.size(); ++i)
      largest = std::max(largest, static_cast<double>(std::fabs(got[i] - expected[i])));
    EXPECT_LT(largest, limit) << static_cast<int>(precision);
  }
}

TEST_F(GgufTest, TheFileSaysWhatItIs) {
  ASSERT_TRUE(write(Precision::q8_0));
  const GgufSummary summary = take(read_gguf(path));
  EXPECT_EQ(summary.texts.at("general.architecture"), "llama");
  EXPECT_EQ(summary.texts.at("general.name"), "toy");
  EXPECT_EQ(summary.texts.at("general.license"), "Apache-2.0");
  EXPECT_EQ(summary.numbers.at("llama.context_length"), 128);
  EXPECT_EQ(summary.numbers.at("llama.rope.freq_base"), 5000);
  EXPECT_EQ(summary.numbers.at("tokenizer.ggml.add_bos_token"), 1);
  EXPECT_EQ(summary.tensors.at("blk.1.attn_q.weight"), "q8_0");
  EXPECT_EQ(summary.tensors.at("output_norm.weight"), "f32");
  EXPECT_FALSE(summary.tensors.contains("output.weight"));
}

TEST_F(GgufTest, ACopyComputesTheSameAndHasTheFurtherTexts) {
  ASSERT_TRUE(write(Precision::q8_0));
  const auto copy = folder.path() / "copy.gguf";
  ASSERT_TRUE(copy_gguf(path, {{"general.license", "MIT"}, {"llmc.note", "new"}}, copy));
  GgufSummary expected = take(read_gguf(path));
  expected.texts["general.license"] = "MIT";
  expected.texts["llmc.note"] = "new";
  const GgufSummary got = take(read_gguf(copy));
  EXPECT_EQ(got.texts, expected.texts);
  EXPECT_EQ(got.numbers, expected.numbers);
  EXPECT_EQ(got.tensors, expected.tensors);
  const std::vector<std::int32_t> tokens = {1, 300, 17, 345};
  EXPECT_EQ(llama_logits(copy, tokens), llama_logits(path, tokens));
  EXPECT_THAT(message_of(copy_gguf(tokenizer_path, {}, copy)),
              testing::HasSubstr("t.model: not a GGUF file"));
}

TEST_F(GgufTest, WeightsAreReadBackAsTheyWere) {
  ASSERT_TRUE(write(Precision::f32));
  const auto got = take(read_gguf_weights(path));
  ASSERT_EQ(got.size(), all_weights.size());
  for (const NamedWeight& weight : got) {
    EXPECT_EQ(weight.shape, by_name.at(weight.name)->shape) << weight.name;
    EXPECT_EQ(weight.values, by_name.at(weight.name)->values) << weight.name;
  }
}

TEST_F(GgufTest, QuantisedWeightsAreReadBackNearly) {
  // Random numbers of one size: q8_0 rounds to 1/254 of a block's largest, and that to a half.
  for (const auto& [precision, limit] :
       {std::pair(Precision::f16, 1.0 / 2048), {Precision::q8_0, 1.0 / 220}}) {
    ASSERT_TRUE(write(precision));
    for (const NamedWeight& weight : take(read_gguf_weights(path))) {
      const Vector& expected = by_name.at(weight.name)->values;
      const double largest = std::fabs(
          *std::ranges::max_element(expected, {}, [](float value) { return std::fabs(value); }));
      for (std::size_t i = 0; i < expected.size(); ++i)
        ASSERT_NEAR(weight.values[i], expected[i], limit * largest) << weight.name;
    }
  }
}

TEST_F(GgufTest, AVocabularyAloneHasNoWeights) {
  ASSERT_TRUE(export_gguf_vocabulary(tokenizer_path, path));
  EXPECT_THAT(message_of(read_gguf_weights(path)),
              testing::HasSubstr("m.gguf: not a model that llmc-train can train"));
}

TEST_F(GgufTest, RowsThatDoNotDivideBecomeHalves) {
  shape.hidden = 80;
  all_weights = test::random_weights(shape);
  ASSERT_TRUE(write(Precision::q8_0));
  EXPECT_EQ(take(read_gguf(path)).tensors.at("blk.0.ffn_down.weight"), "f16");
  EXPECT_EQ(take(read_gguf(path)).tensors.at("blk.0.ffn_up.weight"), "q8_0");
}

TEST_F(GgufTest, ATokenizerLargerThanTheModelIsRefused) {
  shape.vocabulary = 300;
  all_weights = test::random_weights(shape);
  EXPECT_THAT(message_of(write(Precision::f32)), testing::HasSubstr("but the model only 300"));
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(GgufTest, AFileThatIsCutOffIsRefused) {
  ASSERT_TRUE(write(Precision::f16));
  const std::string whole = contents(path);
  for (const std::size_t size : {std::size_t{0}, std::size_t{3}, std::size_t{100},
                                 std::size_t{9000}, whole.size() / 2, whole.size() - 1}) {
    ASSERT_TRUE(write_file(path, std::string_view(whole).substr(0, size)));
    EXPECT_THAT(message_of(read_gguf(path)), testing::HasSubstr("m.gguf: not a GGUF file, or cut"))
        << size;
  }
}

TEST_F(GgufTest, AVocabularyThatIsNoneIsRefused) {
  EXPECT_THAT(message_of(LlamaVocabulary::load(tokenizer_path)),
              testing::HasSubstr("t.model: llama.cpp"));
  EXPECT_THAT(message_of(LlamaVocabulary::load("missing")),
              testing::HasSubstr("missing: llama.cpp"));
}

TEST_F(GgufTest, LlamaReadsTextAsWeDo) {
  ASSERT_TRUE(export_gguf_vocabulary(tokenizer_path, path));
  const LlamaVocabulary vocabulary = take(LlamaVocabulary::load(path));
  const Tokenizer tokenizer = take(Tokenizer::load(tokenizer_path));
  EXPECT_EQ(vocabulary.size(), tokenizer.size());
  std::vector<std::string> texts = {"",
                                    "a",
                                    " a",
                                    "  \n\n\t %1 = load",
                                    "[INST]a[/INST] <code>b</code>",
                                    "<s></s><unk><0x41>",
                                    "caf\u00e9 \u4e2d\U0001F600",
                                    "aaaabcabc"};
  for (const auto& source : example_sources()) texts.push_back(contents(source));
  for (const std::string& text : texts)
    EXPECT_TRUE(std::ranges::equal(tokenizer.encode(text), vocabulary.encode(text)))
        << text.substr(0, 100);
}

TEST(Halves, AreRoundedAsGgmlDoes) {
  Random random(4);
  for (int i = 0; i < 100'000; ++i) {
    const auto value =
        static_cast<float>((random.unit() - 0.5) * std::pow(10, random.unit() * 14 - 9));
    ASSERT_EQ(to_half(value), ggml_fp32_to_fp16(value)) << value;
    ASSERT_EQ(to_bfloat(value), ggml_fp32_to_bf16(value).bits) << value;
  }
}

}  // namespace
}  // namespace llmc::train
