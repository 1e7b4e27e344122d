// AdamW over a model's flat buffers.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>

#include "train/core/model.h"

namespace llmc::train {

/// Moments of every weight, and steps taken. β₁ 0.9, β₂ 0.95 and ε 1e-8, as Llama and the LLM
/// Compiler use them; the decay applies to matrices only.
class Optimizer {
 public:
  explicit Optimizer(Model& model);

  struct Setting {
    double rate, decay, clip;  ///< `clip`: largest norm of the gradient; longer ones are scaled
  };
  /// Moves the weights against the gradient, and returns the gradient's norm before clipping. Where
  /// that is not finite nothing is changed.
  double step(const Setting& setting);

  [[nodiscard]] at::Tensor& first_moment() { return m_; }
  [[nodiscard]] at::Tensor& second_moment() { return v_; }
  [[nodiscard]] std::int64_t steps() const { return steps_; }
  void set_steps(std::int64_t steps) { steps_ = steps; }

 private:
  void move(std::int64_t first, std::int64_t count, double rate, double decay, double scale);

  Model& model_;
  at::Tensor m_, v_;
  std::int64_t steps_ = 0;
};

}  // namespace llmc::train
