#include "model/open_model.h"

#include <cstdlib>
#include <filesystem>

#include "model/model_host.h"

namespace llmc {
namespace {

namespace fs = std::filesystem;

bool is_url(const std::string& name) {
  return name.starts_with("http://") || name.starts_with("https://");
}

/// The largest model is the best trained one: smaller ones are kept for comparison only.
std::string largest_model(const fs::path& folder) {
  std::string best;
  std::uintmax_t most = 0;
  std::error_code ignored;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
    if (entry.path().extension() != ".gguf") continue;
    const std::uintmax_t size = entry.file_size(ignored);
    if (size > most || (size == most && entry.path().string() < best)) {
      most = size;
      best = entry.path().string();
    }
  }
  return best;
}

}  // namespace

std::string default_model() {
  if (const char* named = std::getenv("LLMC_MODEL"); named != nullptr && *named != '\0')
    return named;
  return largest_model(fs::path(LLMC_SOURCE_FOLDER) / "models");
}

Result<std::unique_ptr<LanguageModel>> open_model(
    const ModelChoice& choice, const std::vector<const TextConstraint*>& constraints,
    const volatile int* interrupted) {
  const std::string name = choice.name.empty() ? default_model() : choice.name;
  if (name.empty())
    return fail("there is no model; name one with --model FILE or --model URL, or in LLMC_MODEL");
  if (is_url(name)) {
    HttpModelOptions server = choice.server;
    server.url = name;
    server.dialect = choice.llama.dialect;
    return open_http_model(server);
  }
  const LlamaOptions options = choice.llama;
  return host_model([name, options] { return load_llama_model(name, options); }, constraints,
                    interrupted);
}

}  // namespace llmc
