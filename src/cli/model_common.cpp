#include "cli/model_common.h"

#include <chrono>
#include <cstdlib>

#include "cli/tune_common.h"
#include "model/transcript.h"

namespace llmc {

void ModelOptions::add(CLI::App& app) {
  app.add_option("-m,--model", model,
                 "A GGUF file, or the URL of a server (default: $LLMC_MODEL, or the model that "
                 "came with llmc)")
      ->type_name("FILE|URL");
  app.add_option("--dialect", dialect,
                 "How the model is spoken to: llmc, paper (Meta's LLM Compiler) or chat (default: "
                 "as its file or name suggests)")
      ->check(CLI::IsMember({"llmc", "paper", "chat"}));
  app.add_option("--context", context,
                 "Tokens of prompt and answer together (default: as the model was trained)")
      ->check(CLI::Range(16, 1 << 24));
  app.add_option("--threads", threads,
                 "Threads that compute the model (default: one for small models, else all)")
      ->check(CLI::Range(1, 1024));
  app.add_option("--gpu-layers", gpu_layers,
                 "Layers that a GPU computes, where llama.cpp finds one; -1: all")
      ->check(CLI::Range(-1, 1 << 20))
      ->capture_default_str();
  app.add_option("--server-model", server_model,
                 "The model to ask a server for (default: the first that it has); LLMC_API_KEY is "
                 "its key");
  app.add_option("--transcript", transcript,
                 "Write every prompt and its answers to this file, a JSON object a line");
  app.add_option("--server-timeout", server_seconds, "Seconds a server may take for an answer")
      ->check(CLI::Range(0.1, 1e6))
      ->capture_default_str();
}

Result<std::unique_ptr<LanguageModel>> ModelOptions::open(
    const std::vector<const TextConstraint*>& constraints) const {
  ModelChoice choice;
  choice.name = model;
  choice.llama.threads = threads;
  choice.llama.gpu_layers = gpu_layers;
  choice.llama.context = context;
  choice.server.model = server_model;
  choice.server.timeout = std::chrono::milliseconds(static_cast<long>(server_seconds * 1000));
  if (const char* key = std::getenv("LLMC_API_KEY"); key != nullptr) choice.server.key = key;
  if (!dialect.empty()) {
    LLMC_TRY(choice.llama.dialect, parse_dialect(dialect));
  }
  LLMC_TRY(auto opened, open_model(choice, constraints, &interrupted));
  if (transcript.empty()) return opened;
  return with_transcript(std::move(opened), transcript);
}

void SamplingOptions::add(CLI::App& app) {
  app.add_option("--sampling", method,
                 "priority: different answers, the most probable first, the same each time; "
                 "random: independent draws")
      ->check(CLI::IsMember({"priority", "random"}))
      ->capture_default_str();
  app.add_option("--temperature", temperature, "Of random draws; 0: always the most probable")
      ->check(CLI::Range(0.0, 100.0))
      ->capture_default_str();
  app.add_option("--top-p", top_p, "Of random draws: the nucleus' share of probability")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  app.add_option("--sampling-seed", seed, "Seed of random draws")->capture_default_str();
}

Sampling SamplingOptions::sampling(unsigned count, std::uint32_t most_tokens) const {
  return {method == "random" ? SamplingMethod::random : SamplingMethod::priority,
          count,
          temperature,
          top_p,
          seed,
          most_tokens};
}

}  // namespace llmc
