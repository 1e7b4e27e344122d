// What the commands that ask a model share: which model, and how its words are chosen.
#pragma once

#include <CLI/CLI.hpp>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "model/open_model.h"

namespace llmc {

struct ModelOptions {
  std::string model;
  std::string dialect;
  std::uint64_t context = 0;
  unsigned threads = 0;  ///< 0: as many as pay for the model's size
  int gpu_layers = -1;
  std::string server_model;
  double server_seconds = 120;
  std::string transcript;

  /// Adds --model, --dialect, --context, and what concerns files and servers to `app`.
  void add(CLI::App& app);

  /// The model; `constraints` are those that requests will name.
  Result<std::unique_ptr<LanguageModel>> open(
      const std::vector<const TextConstraint*>& constraints) const;
};

struct SamplingOptions {
  std::string method = "priority";
  double temperature = 1.0;
  double top_p = 0.95;
  std::uint64_t seed = 1;

  /// Adds --sampling, --temperature, --top-p and --sampling-seed to `app`.
  void add(CLI::App& app);

  [[nodiscard]] Sampling sampling(unsigned count, std::uint32_t most_tokens) const;
};

}  // namespace llmc
