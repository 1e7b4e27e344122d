#include "train/generator.h"
#include "train/gguf.h"
#include "train/llama_vocabulary.h"

namespace llmc::train {
namespace {

std::unexpected<Error> missing() {
  return fail(
      "this llmc-train was built without llama.cpp; run scripts/setup-llama and build again");
}

}  // namespace

Result<void> export_gguf(const ModelConfig&, std::span<const NamedWeight>,
                         const std::filesystem::path&, Precision,
                         const std::map<std::string, std::string>&, const std::filesystem::path&) {
  return missing();
}

Result<void> copy_gguf(const std::filesystem::path&, const std::map<std::string, std::string>&,
                       const std::filesystem::path&) {
  return missing();
}

Result<void> export_gguf_vocabulary(const std::filesystem::path&, const std::filesystem::path&) {
  return missing();
}

Result<GgufSummary> read_gguf(const std::filesystem::path&) { return missing(); }
Result<std::vector<NamedWeight>> read_gguf_weights(const std::filesystem::path&) {
  return missing();
}
Result<LlamaVocabulary> LlamaVocabulary::load(const std::filesystem::path&) { return missing(); }
std::vector<std::int32_t> LlamaVocabulary::encode(std::string_view) const { return {}; }
std::size_t LlamaVocabulary::size() const { return 0; }

Result<Generator> Generator::load(const std::filesystem::path&, const Setting&) {
  return missing();
}
Result<Generator::Answer> Generator::answer(std::string_view, std::int64_t) { return missing(); }

}  // namespace llmc::train
