// The transformer: weights in flat buffers, forwards, and the loss.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "train/batches.h"
#include "train/config.h"
#include "train/core/ops.h"
#include "train/weight_layout.h"
#include "train/weights.h"

namespace llmc::train {

/// The weights of one block, as its arithmetic wants them: query, key and value projections in one
/// matrix, gate and up projections in another.
struct BlockWeights {
  Tensor attention_norm;  ///< [D]
  Tensor qkv;             ///< [(H + 2K) · d, D]
  Tensor output;          ///< [D, H · d]
  Tensor feed_norm;       ///< [D]
  Tensor gate_up;         ///< [2F, D]
  Tensor down;            ///< [D, F]
};

/// The residual stream [N, D] and what is to be added to it next; `pending` may be undefined.
struct Stream {
  Tensor sum, pending;
};

/// One block: norm, attention, norm, feed-forward.
Stream block_forward(const BlockWeights& weights, const Stream& in, const Rotary& rotary,
                     std::int64_t batch, const Heads& heads, double epsilon, Path path);

/// How a model computes.
struct Compute {
  at::Device device{at::kCPU};
  at::ScalarType type = at::kBFloat16;  ///< of weights and activations; masters are float
  Path path = Path::automatic;
  bool recompute = false;  ///< blocks are run again for the gradient, which keeps memory small
};

/// A model in training. All weights lie in one buffer of single-precision numbers (matrices first,
/// then norms), beside it the gradient, and where the type is narrower the rounded copy that the
/// network computes with.
class Model {
 public:
  /// Random weights: normal with deviation 0.02, projections back into the stream divided by
  /// √(2L) (as GPT-2 does), norms 1. The same seed gives the same weights everywhere.
  Model(const ModelConfig& config, const Compute& compute, std::uint64_t seed);

  [[nodiscard]] const ModelConfig& config() const { return config_; }
  [[nodiscard]] const Compute& compute() const { return compute_; }
  [[nodiscard]] Tensor& masters() { return masters_; }
  [[nodiscard]] Tensor& gradient() { return gradient_; }
  /// Undefined where the network computes with the masters themselves.
  [[nodiscard]] Tensor& rounded() { return rounded_; }
  /// Numbers at the start of the buffers that weight decay applies to (the matrices).
  [[nodiscard]] std::int64_t decayed() const { return decayed_; }

  /// scale · the sum of the batch's losses; the gradient is added to gradient().
  double train(const Batch& batch, double scale);
  /// The sum of the batch's losses.
  double evaluate(const Batch& batch);
  /// Logits of every position: [tokens, V] in single precision.
  Tensor logits(std::span<const std::int64_t> tokens);

  /// Rounds the masters after they were changed from outside.
  void round_masters();
  void clear_gradient() { gradient_.zero_(); }

  /// The weights in the layout of weights.h.
  [[nodiscard]] std::vector<NamedWeight> export_weights() const;
  /// Takes what `export_weights` gave, of a model of the same shape; errors name what does not fit.
  Result<void> import_weights(std::span<const NamedWeight> weights);
  /// Bytes of weights, gradient and AdamW's two moments.
  [[nodiscard]] static double state_bytes(const ModelConfig& config, at::ScalarType type);

 private:
  struct Part {
    std::string name;
    std::vector<std::int64_t> shape;
    std::int64_t first = 0, count = 0;
    Tensor leaf;
  };
  /// Where a weight of weights.h lies in the buffers.
  struct Slice {
    std::string name;
    std::vector<std::int64_t> shape;
    std::int64_t first = 0, count = 0;
  };
  [[nodiscard]] std::vector<Slice> slices() const;
  void lay_out();
  void initialise(std::uint64_t seed);
  [[nodiscard]] BlockWeights block(std::size_t layer) const;
  /// The normalised stream [N, D] after the last block.
  Tensor hidden(const std::vector<std::int64_t>& tokens, std::int64_t batch);
  Tensor loss(const Batch& batch, double scale);
  const Rotary& rotary(std::int64_t length);

  ModelConfig config_;
  Compute compute_;
  std::vector<Part> parts_;  ///< embedding, 4 matrices a layer, then 2 norms a layer, final norm
  std::int64_t decayed_ = 0;
  Tensor masters_, gradient_, rounded_;
  Rotary rotary_;
  std::int64_t rotary_length_ = 0;
};

}  // namespace llmc::train
