#include "train/generator.h"

#include <ggml-backend.h>
#include <llama.h>

#include <algorithm>
#include <cmath>

#include "support/random.h"

namespace llmc::train {

struct Generator::Parts {
  std::unique_ptr<llama_model, decltype(&llama_model_free)> model{nullptr, llama_model_free};
  std::unique_ptr<llama_context, decltype(&llama_free)> context{nullptr, llama_free};
  std::int64_t room = 0;
  std::optional<Random> random;  ///< that tokens are drawn with

  [[nodiscard]] const llama_vocab* vocabulary() const { return llama_model_get_vocab(model.get()); }

  [[nodiscard]] std::vector<llama_token> encode(std::string_view text) const {
    std::vector<llama_token> tokens(text.size() + 2);
    const auto count =
        llama_tokenize(vocabulary(), text.data(), static_cast<std::int32_t>(text.size()),
                       tokens.data(), static_cast<std::int32_t>(tokens.size()),
                       /*add_special=*/true, /*parse_special=*/false);
    tokens.resize(static_cast<std::size_t>(std::max(count, 0)));
    return tokens;
  }

  [[nodiscard]] std::string text_of(llama_token token) const {
    std::string piece(256, '\0');
    const auto length = llama_token_to_piece(vocabulary(), token, piece.data(),
                                             static_cast<std::int32_t>(piece.size()), 0,
                                             /*special=*/true);
    piece.resize(static_cast<std::size_t>(std::max(length, 0)));
    return piece;
  }

  [[nodiscard]] llama_token next_token() {
    const float* logits = llama_get_logits_ith(context.get(), -1);
    const float* end = logits + llama_vocab_n_tokens(vocabulary());
    const float* best = std::max_element(logits, end);
    if (!random) return static_cast<llama_token>(best - logits);
    std::vector<double> weights;
    for (const float* one = logits; one != end; ++one)
      weights.push_back(std::exp(static_cast<double>(*one) - *best));
    return static_cast<llama_token>(random->weighted(weights));
  }
};

Result<Generator> Generator::load(const std::filesystem::path& path, const Setting& setting) {
  llama_log_set([](ggml_log_level, const char*, void*) {}, nullptr);
  ggml_backend_load_all_from_path(LLMC_LLAMA_BACKENDS);
  auto parts = std::make_shared<Parts>();
  llama_model_params model = llama_model_default_params();
  model.n_gpu_layers = 0;
  parts->model.reset(llama_model_load_from_file(path.c_str(), model));
  if (parts->model == nullptr) return fail(path.string() + ": llama.cpp cannot load the model");
  llama_context_params context = llama_context_default_params();
  context.n_ctx = context.n_batch = static_cast<std::uint32_t>(setting.context);
  context.n_threads = context.n_threads_batch = static_cast<std::int32_t>(setting.threads);
  parts->context.reset(llama_init_from_model(parts->model.get(), context));
  if (parts->context == nullptr)
    return fail(path.string() + ": llama.cpp cannot make a context of " +
                std::to_string(setting.context) + " tokens");
  parts->room = setting.context;
  if (setting.draw_seed) parts->random.emplace(*setting.draw_seed);
  return Generator(std::move(parts));
}

Result<Generator::Answer> Generator::answer(std::string_view prompt, std::int64_t most) {
  llama_context* context = parts_->context.get();
  llama_memory_clear(llama_get_memory(context), true);
  std::vector<llama_token> next = parts_->encode(prompt);
  Answer answer;
  answer.prompt = static_cast<std::int64_t>(next.size());
  while (answer.tokens < most && answer.prompt + answer.tokens < parts_->room) {
    const auto count = static_cast<std::int32_t>(next.size());
    if (llama_decode(context, llama_batch_get_one(next.data(), count)) != 0)
      return fail("llama.cpp could not go on after " + std::to_string(answer.tokens) + " tokens");
    const llama_token token = parts_->next_token();
    if (llama_vocab_is_eog(parts_->vocabulary(), token)) {
      answer.ended = true;
      break;
    }
    answer.text += parts_->text_of(token);
    ++answer.tokens;
    next = {token};
  }
  return answer;
}

}  // namespace llmc::train
