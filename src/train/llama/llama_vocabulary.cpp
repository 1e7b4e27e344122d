#include "train/llama_vocabulary.h"

#include <llama.h>

namespace llmc::train {
namespace {

const llama_vocab* vocabulary_of(const std::shared_ptr<const void>& model) {
  return llama_model_get_vocab(static_cast<const llama_model*>(model.get()));
}

}  // namespace

Result<LlamaVocabulary> LlamaVocabulary::load(const std::filesystem::path& path) {
  std::string complaints;
  llama_log_set(
      [](ggml_log_level level, const char* text, void* out) {
        if (level == GGML_LOG_LEVEL_ERROR && static_cast<std::string*>(out)->empty())
          *static_cast<std::string*>(out) = text;
      },
      &complaints);
  llama_model_params parameters = llama_model_default_params();
  parameters.vocab_only = true;
  llama_model* model = llama_model_load_from_file(path.c_str(), parameters);
  llama_log_set([](ggml_log_level, const char*, void*) {}, nullptr);
  if (model != nullptr)
    return LlamaVocabulary(std::shared_ptr<const void>(model, [](const void* p) {
      llama_model_free(static_cast<llama_model*>(const_cast<void*>(p)));
    }));
  while (complaints.ends_with('\n')) complaints.pop_back();
  return fail(path.string() + ": llama.cpp cannot load its vocabulary" +
              (complaints.empty() ? "" : ": " + complaints));
}

std::vector<std::int32_t> LlamaVocabulary::encode(std::string_view text) const {
  const llama_vocab* vocabulary = vocabulary_of(model_);
  std::vector<std::int32_t> tokens(text.size() + 2);
  const std::int32_t count = llama_tokenize(
      vocabulary, text.data(), static_cast<std::int32_t>(text.size()), tokens.data(),
      static_cast<std::int32_t>(tokens.size()), /*add_special=*/false, /*parse_special=*/false);
  tokens.resize(static_cast<std::size_t>(std::max(count, 0)));
  return tokens;
}

std::size_t LlamaVocabulary::size() const {
  return static_cast<std::size_t>(llama_vocab_n_tokens(vocabulary_of(model_)));
}

}  // namespace llmc::train
