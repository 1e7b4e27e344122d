// The processes of a run: one, or several that each take a share of every step's batches.
#pragma once

#include <ATen/ATen.h>

#include <memory>

#include "support/error.h"

namespace llmc::train {

/// Joined by torch's own distributed layer where the usual variables are set (RANK, WORLD_SIZE,
/// MASTER_ADDR, MASTER_PORT; LOCAL_RANK picks the device): Gloo between CPUs, NCCL between GPUs.
class Ranks {
 public:
  /// Reads the environment and waits for the others; one process alone where nothing is set.
  static Result<Ranks> join(bool cuda);

  Ranks(Ranks&&) noexcept;
  ~Ranks();

  [[nodiscard]] int rank() const { return rank_; }
  [[nodiscard]] int count() const { return count_; }
  [[nodiscard]] int local_rank() const { return local_rank_; }
  [[nodiscard]] bool is_first() const { return rank_ == 0; }

  /// Replaces `values` by its sum over all processes. Throws c10::Error where one is lost.
  void sum(at::Tensor& values);

 private:
  Ranks();
  struct Group;
  int rank_ = 0, count_ = 1, local_rank_ = 0;
  std::unique_ptr<Group> group_;
};

}  // namespace llmc::train
