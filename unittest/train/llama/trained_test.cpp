// A model of the trainer in llama.cpp: the same logits, and what was learnt by heart comes out.
#include <ggml-backend.h>
#include <llama.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "support/random.h"
#include "testing.h"
#include "train/batches.h"
#include "train/core/machine.h"
#include "train/core/optimizer.h"
#include "train/gguf.h"
#include "train/toy_tokenizer.h"

namespace llmc::train {
namespace {

using llmc::test::temporary_folder;
using Tokens = std::vector<std::int32_t>;

/// A model in llama.cpp, computing in single precision.
class Llama {
 public:
  explicit Llama(const std::filesystem::path& path) {
    llama_log_set([](ggml_log_level, const char*, void*) {}, nullptr);
    ggml_backend_load_all_from_path(LLMC_LLAMA_BACKENDS);
    llama_model_params model_parameters = llama_model_default_params();
    model_parameters.n_gpu_layers = 0;
    model_.reset(llama_model_load_from_file(path.c_str(), model_parameters));
    if (model_ == nullptr) throw std::runtime_error("llama.cpp does not load the model");
    parameters_.n_ctx = 256;
    parameters_.n_threads = parameters_.n_threads_batch = 1;
    parameters_.type_k = parameters_.type_v = GGML_TYPE_F32;
    parameters_.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
  }

  [[nodiscard]] std::size_t vocabulary() const {
    return static_cast<std::size_t>(llama_vocab_n_tokens(llama_model_get_vocab(model_.get())));
  }

  /// Logits of every position, one row after the other.
  [[nodiscard]] std::vector<float> logits(const Tokens& tokens) const {
    const auto context = make_context();
    const auto count = static_cast<std::int32_t>(tokens.size());
    llama_batch batch = llama_batch_init(count, 0, 1);
    for (std::int32_t i = 0; i < count; ++i) {
      batch.token[i] = tokens[static_cast<std::size_t>(i)];
      batch.pos[i] = i;
      batch.n_seq_id[i] = 1;
      batch.seq_id[i][0] = 0;
      batch.logits[i] = 1;
    }
    batch.n_tokens = count;
    EXPECT_EQ(llama_decode(context.get(), batch), 0);
    llama_batch_free(batch);
    std::vector<float> all;
    for (std::int32_t i = 0; i < count; ++i) {
      const float* row = llama_get_logits_ith(context.get(), i);
      all.insert(all.end(), row, row + vocabulary());
    }
    return all;
  }

  /// The most probable continuation, up to `end` (which is not in it) or `most` tokens.
  [[nodiscard]] Tokens generate(Tokens prompt, std::int32_t end, std::size_t most) const {
    const auto context = make_context();
    Tokens out;
    Tokens next = std::move(prompt);
    while (out.size() < most) {
      const auto count = static_cast<std::int32_t>(next.size());
      EXPECT_EQ(llama_decode(context.get(), llama_batch_get_one(next.data(), count)), 0);
      const float* row = llama_get_logits_ith(context.get(), -1);
      const auto best = static_cast<std::int32_t>(std::max_element(row, row + vocabulary()) - row);
      if (best == end) break;
      out.push_back(best);
      next = {best};
    }
    return out;
  }

 private:
  [[nodiscard]] std::unique_ptr<llama_context, decltype(&llama_free)> make_context() const {
    return {llama_init_from_model(model_.get(), parameters_), llama_free};
  }

  std::unique_ptr<llama_model, decltype(&llama_model_free)> model_{nullptr, llama_model_free};
  llama_context_params parameters_ = llama_context_default_params();
};

class TrainedModelInLlama : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(write_file(tokenizer_, test::model_of(test::toy_pieces())));
    config_ = *ModelConfig::preset("nano");
    config_.vocabulary = static_cast<std::int64_t>(test::toy_pieces().size());
  }

  [[nodiscard]] Llama exported(const Model& model, Precision precision) const {
    const auto weights = model.export_weights();
    const auto done = export_gguf(config_, weights, tokenizer_, precision, {}, file_);
    EXPECT_TRUE(done) << done.error().message;
    return Llama(file_);
  }

  TemporaryFolder folder_ = temporary_folder();
  std::filesystem::path tokenizer_ = folder_.path() / "t.model";
  std::filesystem::path file_ = folder_.path() / "m.gguf";
  ModelConfig config_;
};

TEST_F(TrainedModelInLlama, HasTheSameLogitsAtEveryPosition) {
  Compute compute;
  compute.type = at::kFloat;
  Model model(config_, compute, 5);
  {
    const at::NoGradGuard no_gradient;
    model.masters().mul_(4);  // far from where all logits are about zero
  }
  Random random(9);
  Tokens tokens = {k_begin_id};
  for (int i = 0; i < 100; ++i)
    tokens.push_back(
        static_cast<std::int32_t>(random.below(static_cast<std::size_t>(config_.vocabulary))));
  const std::vector<std::int64_t> wide(tokens.begin(), tokens.end());
  const Tensor expected = model.logits(wide);
  const std::vector<float> got = exported(model, Precision::f32).logits(tokens);
  ASSERT_EQ(static_cast<std::int64_t>(got.size()), expected.numel());
  const auto* row = expected.data_ptr<float>();
  double largest = 0;
  double size = 0;
  for (std::size_t i = 0; i < got.size(); ++i) {
    largest = std::max(largest, static_cast<double>(std::fabs(got[i] - row[i])));
    size = std::max(size, static_cast<double>(std::fabs(row[i])));
  }
  EXPECT_LT(largest, 1e-4 * size) << "of logits up to " << size;
}

TEST_F(TrainedModelInLlama, SaysTwentySamplesThatItLearntByHeart) {
  Random random(11);
  std::vector<std::vector<std::uint16_t>> samples;
  std::vector<Shard::Document> documents;
  constexpr std::size_t k_prompt = 8;
  for (int i = 0; i < 20; ++i) {
    std::vector<std::uint16_t> sample = {k_begin_id};
    while (sample.size() < k_prompt + 4 + random.below(20))
      sample.push_back(static_cast<std::uint16_t>(8 + random.below(300)));
    sample.push_back(k_end_id);
    samples.push_back(std::move(sample));
  }
  for (const auto& sample : samples) documents.push_back({sample, k_prompt});
  const Batch batch = make_batch(documents);

  const Compute compute{at::kCPU, type_of("auto", at::kCPU)};  // as models are trained
  Model model(config_, compute, 5);
  Optimizer optimizer(model);
  const double scale = 1.0 / static_cast<double>(batch.rows.size());
  double loss = 1;
  for (int step = 0; step < 400 && loss > 2e-3; ++step) {
    model.clear_gradient();
    loss = model.train(batch, scale);
    optimizer.step({2e-3, 0.0, 1.0});
  }
  for (const Precision precision : {Precision::f32, Precision::q8_0}) {
    const Llama llama = exported(model, precision);
    for (const auto& sample : samples) {
      const Tokens expected(sample.begin() + k_prompt, sample.end() - 1);
      EXPECT_EQ(llama.generate({sample.begin(), sample.begin() + k_prompt}, k_end_id, 64),
                expected);
    }
  }
}

}  // namespace
}  // namespace llmc::train
