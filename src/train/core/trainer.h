// A training run: the stages of a recipe one after the other, in pieces that resume.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include "support/error.h"
#include "train/core/model.h"
#include "train/recipe.h"

namespace llmc::train {

struct TrainSetting {
  std::filesystem::path data;         ///< folder that shard paths are relative to
  std::filesystem::path run;          ///< folder of checkpoints and logs
  std::string device = "auto";        ///< cpu, cuda, or auto
  std::vector<NamedWeight> initial;   ///< at step 0; empty: random, or as in the checkpoint
  std::uint64_t tokenizer = 0;        ///< fingerprint that shards must have; 0 takes any
  double stop_after_seconds = 0;      ///< end with a checkpoint then; 0: never
  std::int64_t stop_at_step = 0;      ///< likewise after that step of the run; 0: never
  double save_every_seconds = 300;
  std::size_t keep = 2;               ///< checkpoints
  const std::atomic<bool>* interrupted = nullptr;  ///< set from outside: save and end
};

enum class RunEnd { finished, stopped, interrupted };

struct RunReport {
  RunEnd end = RunEnd::finished;
  std::int64_t step = 0;   ///< steps of the optimiser since the run began
  std::int64_t steps = 0;  ///< of the whole recipe
  double loss = 0;         ///< of the last step
  double tokens_per_second = 0, share_of_peak = 0, padding = 0;  ///< of this piece
};

/// Trains, or goes on from the newest sound checkpoint in the run's folder. Everything that happens
/// is told line by line to `say` and kept in RUN/log.jsonl. Errors: shards or checkpoints that do
/// not fit the recipe; a model that does not fit memory; a loss or gradient that is not finite (the
/// last checkpoint stays); a folder that cannot be written to.
Result<RunReport> train(const Recipe& recipe, const TrainSetting& setting,
                        const std::function<void(const std::string&)>& say);

/// The loss on one of the recipe's validation sets, in nats for each predicted token.
struct ValidationLoss {
  std::string name;
  double loss = 0;
  double bits_per_byte = 0;  ///< 0: the shards do not say how long their text is
};

/// The losses of the model with the weights `setting.initial`, which must fit the recipe.
Result<std::vector<ValidationLoss>> evaluate(const Recipe& recipe, const TrainSetting& setting);

/// The model of a checkpoint's folder, on the CPU in single precision, and what the checkpoint says
/// of itself.
struct TrainedModel {
  Model model;
  Json state;
};
Result<TrainedModel> load_model(const std::filesystem::path& checkpoint);

/// Bytes that training takes at most, about: state, and activations of one batch.
double training_bytes(const ModelConfig& config, at::ScalarType type, std::int64_t batch_tokens,
                      bool recompute);

}  // namespace llmc::train
