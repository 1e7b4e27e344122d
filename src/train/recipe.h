// A recipe: everything that determines a training run, in one JSON file.
//
//   {
//     "name": "nano",                            for people and for the files that are exported
//     "model": {"preset": "nano"},               shape; fields beside a preset replace its own
//     "tokenizer": "../models/FILE.model",       relative to the recipe
//     "vocabulary": 8192, "seed": 1,             of as many entries as the tokenizer has
//     "precision": "auto",                       "bf16", "f32"; auto: what the machine is fast in
//     "step_tokens": 8192, "batch_tokens": 4096, of a step of the optimiser; of a pass
//     "recompute": false,                        activation checkpointing
//     "validate_every": 200, "validate_tokens": 100000,
//     "stages": [{
//       "name": "pretrain", "tokens": 20000000,  real tokens, padding not counted
//       "rate": 1e-3, "final_rate": 0.0333,      the last rate as a share of the peak
//       "warmup": 100,                           steps
//       "decay": 0.1, "clip": 1.0,
//       "data": [{
//         "shards": ["train/pretrain.shard"],
//         "weight": 1,                           its share of the tokens
//         "loss_weight": 1                       of each of its tokens in the step's mean loss
//       }]
//     }],
//     "valid": [{"name": "pretrain", "shards": ["valid/pretrain.shard"]}],
//     "metadata": {"licence": "…", "data": "…"}  goes into exported models
//   }
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "support/error.h"
#include "train/batches.h"
#include "train/config.h"
#include "train/json.h"

namespace llmc::train {

struct Stage {
  std::string name;
  std::int64_t tokens = 0;
  double rate = 0;
  double final_rate = 1.0 / 30;  ///< as in the paper
  std::int64_t warmup = 100;
  double decay = 0.1;
  double clip = 1;
  std::vector<Source> data;

  /// Steps of the optimiser.
  [[nodiscard]] std::int64_t steps(std::int64_t step_tokens) const;
  /// The rate at `step` (from 1) of `steps`: a linear warm-up, then a cosine from the peak to
  /// final_rate of it (arXiv 1608.03983).
  [[nodiscard]] double rate_at(std::int64_t step, std::int64_t steps) const;
};

struct ValidationSet {
  std::string name;
  std::vector<std::string> shards;
};

struct Recipe {
  std::string name = "model";
  ModelConfig model;
  std::filesystem::path tokenizer;  ///< as in the file; empty where there is none
  std::int64_t seed = 1;
  std::string precision = "auto";
  std::int64_t step_tokens = 8192;
  std::int64_t batch_tokens = 4096;
  bool recompute = false;
  std::int64_t validate_every = 0;  ///< steps; 0: only at the end of a stage
  std::int64_t validate_tokens = 100'000;
  std::vector<Stage> stages;
  std::vector<ValidationSet> valid;
  std::map<std::string, std::string> metadata;

  /// Reads and checks; errors name the file and the setting.
  static Result<Recipe> load(const std::filesystem::path& path);
  static Result<Recipe> from_json(const Json& json);
  /// What a run must keep to when it is resumed; its dump is compared.
  [[nodiscard]] Json fixed() const;
};

}  // namespace llmc::train
