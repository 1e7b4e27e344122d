// Models in GGUF files, run by llama.cpp in this process.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>

#include "model/language_model.h"

namespace llmc {

struct LlamaOptions {
  /// 0: one for models of less than 100 million parameters, whose steps are over before a second
  /// thread has woken up (and where others keep the processors busy, threads that wait for each
  /// other cost a hundredfold), else one for each processor.
  unsigned threads = 0;
  int gpu_layers = -1;  ///< layers that a GPU computes, where llama.cpp finds one; -1: all
  std::uint64_t context = 0;  ///< tokens of prompt and answer together; 0: as it was trained
  std::optional<Dialect> dialect;  ///< none: as the file's metadata suggest
};

/// Loads a GGUF file, of any architecture and quantisation that llama.cpp knows. The processor
/// variant and the devices are chosen when it is called. Memory for the context is taken as
/// requests need it. Consecutive prompts that begin alike are computed from where they differ.
///
/// This process gets threads: call it in one that does not fork afterwards (see ModelHost).
/// An error where llmc was built without llama.cpp.
Result<std::unique_ptr<LanguageModel>> load_llama_model(const std::filesystem::path& path,
                                                        const LlamaOptions& options);

}  // namespace llmc
