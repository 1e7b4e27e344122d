#include "model/llama_model.h"

namespace llmc {

Result<std::unique_ptr<LanguageModel>> load_llama_model(const std::filesystem::path& path,
                                                        const LlamaOptions&) {
  return fail(path.string() +
              ": this llmc was built without llama.cpp; run scripts/setup-llama and build again, "
              "or name a server's URL");
}

}  // namespace llmc
