// From shards to batches: which documents a step of training sees, in which order, in what shape.
//
// Documents are drawn from the sources in proportion to their weights, each source shuffled anew in
// every epoch. A pool of some steps' documents is sorted by length and cut into batches of
// sequences of about the same length, so that short programs are not padded to the longest; the
// batches are shuffled and dealt to the pool's steps. Everything follows from the seed and a few
// counters, which are the state that a checkpoint keeps.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "support/error.h"
#include "train/json.h"
#include "train/shard.h"

namespace llmc::train {

/// Sequences of one length, padded at their ends: what one pass through the network takes.
struct Batch {
  std::int64_t sequences = 0, length = 0;
  std::vector<std::int64_t> tokens;  ///< [sequences · length], 0 where padded
  std::vector<std::int64_t> rows;  ///< places in `tokens` whose successor is predicted
  std::vector<std::int64_t> targets;  ///< those successors
  std::int64_t real_tokens = 0;  ///< without padding
  double loss_weight = 1;  ///< of each of its losses
};

/// Sequences from documents, padded to the longest. A document of n tokens becomes n - 1 inputs.
Batch make_batch(const std::vector<Shard::Document>& documents);

/// What one step of the optimiser sees.
struct Step {
  std::vector<Batch> batches;
  std::int64_t real_tokens = 0;
  std::int64_t padded_tokens = 0;  ///< with padding: what is computed
  double loss_weight = 0;  ///< of all losses together; tokens that are predicted, where each is 1
};

/// Shards that are drawn from as one, and how much of the tokens come from them.
struct Source {
  std::vector<std::string> shards;  ///< paths; relative to the run's data folder
  double weight = 1;
  /// Of each predicted token's loss. Above 1, short answers are not drowned by long texts.
  double loss_weight = 1;
};

/// What all shards of a run must agree on, and the sizes of batches.
struct BatchSetting {
  std::int64_t context = 0;  ///< tokens of a sequence at most; longer documents are left out
  std::int64_t step_tokens = 0;  ///< real tokens of a step, about
  std::int64_t batch_tokens = 0;  ///< tokens of a batch at most, with padding
  std::uint32_t vocabulary = 0;
  std::uint64_t tokenizer = 0;  ///< fingerprint; 0 takes any
  std::uint64_t seed = 0;
};

class BatchStream {
 public:
  /// Opens the shards. Errors name the shard: unreadable, of another tokenizer, nothing that fits
  /// the context.
  static Result<BatchStream> open(const std::filesystem::path& folder,
                                  const std::vector<Source>& sources, const BatchSetting& setting);

  /// The next step; never ends.
  Step next();

  /// Where the stream is, and going there.
  [[nodiscard]] Json state() const;
  Result<void> restore(const Json& state);

  /// All documents once, in order, in batches of about equal lengths; at most `tokens` of them.
  [[nodiscard]] std::vector<Batch> sweep(std::int64_t tokens) const;

  [[nodiscard]] std::int64_t documents() const;
  [[nodiscard]] std::int64_t left_out() const { return left_out_; }
  /// Bytes of text for each predicted token of all shards.
  [[nodiscard]] double bytes_per_token() const;

 private:
  struct Place {
    std::uint32_t pile, shard, document;
  };
  struct Pile {  ///< a source: its documents, and how far it was drawn
    std::vector<Place> places;
    std::vector<std::uint32_t> order;  ///< of the epoch
    double weight = 1, loss_weight = 1;
    std::int64_t epoch = -1, next = 0, drawn = 0;
  };
  [[nodiscard]] Shard::Document document(const Place& place) const;
  [[nodiscard]] double loss_weight(const Place& place) const {
    return piles_[place.pile].loss_weight;
  }
  void shuffle(std::size_t pile, std::int64_t epoch);
  Place draw();
  void fill_pool();
  [[nodiscard]] std::vector<std::vector<Place>> group(std::vector<Place> places) const;

  BatchSetting setting_;
  std::vector<Shard> shards_;
  std::vector<Pile> piles_;
  std::int64_t left_out_ = 0;
  std::int64_t pool_ = 0;  ///< number of the pool that `steps_` holds
  std::size_t step_ = 0;  ///< next step of it
  std::vector<std::vector<std::vector<Place>>> steps_;  ///< steps of batches of documents
  Json pool_start_;  ///< the piles before the pool was drawn
};

}  // namespace llmc::train
