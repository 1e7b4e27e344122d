#include "train/core/ranks.h"

// libtorch's headers of its distributed layer need Gloo's and NCCL's, which not every package of
// libtorch brings. Its build may set USE_C10D_GLOO and USE_C10D_NCCL without them, or have them
// without setting these; what counts is which headers there are.
#if __has_include(<torch/csrc/distributed/c10d/TCPStore.hpp>)
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#if __has_include(<gloo/algorithm.h>)
#define LLMC_HAS_GLOO
#ifndef USE_C10D_GLOO
#define USE_C10D_GLOO
#endif
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#endif
#if defined(LLMC_TRAIN_CUDA) && __has_include(<nccl.h>)
#define LLMC_HAS_NCCL
#ifndef USE_C10D_NCCL
#define USE_C10D_NCCL
#endif
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif
#endif

#include <charconv>
#include <cstdlib>
#include <string>
#include <vector>

#include "train/core/machine.h"

namespace llmc::train {

#if defined(LLMC_HAS_GLOO) || defined(LLMC_HAS_NCCL)
struct Ranks::Group {
  c10::intrusive_ptr<c10d::Store> store;
#ifdef LLMC_HAS_GLOO
  c10::intrusive_ptr<c10d::ProcessGroupGloo> gloo;
#endif
#ifdef LLMC_HAS_NCCL
  c10::intrusive_ptr<c10d::ProcessGroupNCCL> nccl;
#endif

  [[nodiscard]] bool has_nccl() const {
#ifdef LLMC_HAS_NCCL
    return nccl.defined();
#else
    return false;
#endif
  }
};
#else
struct Ranks::Group {};
#endif

namespace {

[[maybe_unused]] constexpr const char* k_no_layer =
    "WORLD_SIZE is set, but this llmc-train was built without torch's distributed layer; install "
    "Gloo's headers (libgloo-dev) or NCCL's and build again";

/// libtorch 2 asks for libuv, which some of its packages are built without; all have the other way.
template <typename Options>
void avoid_libuv(Options& options) {
  if constexpr (requires { options.useLibUV; }) options.useLibUV = false;
}

/// The variable as a number in [0, most], or `fallback` where it is not set.
Result<int> number_from_environment(const char* name, int fallback, int most) {
  const char* value = std::getenv(name);
  if (value == nullptr || *value == '\0') return fallback;
  const std::string text = value;
  int number = -1;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || number < 0 ||
      number > most)
    return fail(std::string(name) + "=" + text + ": must be a number from 0 to " +
                std::to_string(most));
  return number;
}

}  // namespace

Ranks::Ranks() = default;
Ranks::Ranks(Ranks&&) noexcept = default;
Ranks::~Ranks() = default;

Result<Ranks> Ranks::join([[maybe_unused]] bool cuda) {
  Ranks ranks;
  LLMC_TRY(ranks.count_, number_from_environment("WORLD_SIZE", 1, 1 << 20));
  LLMC_TRY(ranks.rank_, number_from_environment("RANK", 0, 1 << 20));
  LLMC_TRY(ranks.local_rank_, number_from_environment("LOCAL_RANK", 0, 1 << 10));
  if (ranks.count_ <= 1) {
    ranks.count_ = 1;
    ranks.rank_ = 0;
    return ranks;
  }
  if (ranks.rank_ >= ranks.count_)
    return fail("RANK=" + std::to_string(ranks.rank_) +
                " is not below WORLD_SIZE=" + std::to_string(ranks.count_));
#if defined(LLMC_HAS_GLOO) || defined(LLMC_HAS_NCCL)
#ifndef LLMC_HAS_GLOO
  if (!cuda) return fail(k_no_layer);
#endif
  const char* address = std::getenv("MASTER_ADDR");
  LLMC_TRY(const int port, number_from_environment("MASTER_PORT", 29500, 65535));
  try {
    ranks.group_ = std::make_unique<Group>();
    c10d::TCPStoreOptions options;
    options.port = static_cast<std::uint16_t>(port);
    options.isServer = ranks.rank_ == 0;
    options.numWorkers = static_cast<std::size_t>(ranks.count_);
    avoid_libuv(options);
    ranks.group_->store = c10::make_intrusive<c10d::TCPStore>(
        address == nullptr || *address == '\0' ? "127.0.0.1" : address, options);
#ifdef LLMC_HAS_NCCL
    if (cuda)
      ranks.group_->nccl = c10::make_intrusive<c10d::ProcessGroupNCCL>(ranks.group_->store,
                                                                       ranks.rank_, ranks.count_);
#endif
#ifdef LLMC_HAS_GLOO
    if (!ranks.group_->has_nccl()) {
      auto gloo = c10d::ProcessGroupGloo::Options::create();
      gloo->devices.push_back(c10d::ProcessGroupGloo::createDefaultDevice());
      ranks.group_->gloo = c10::make_intrusive<c10d::ProcessGroupGloo>(
          ranks.group_->store, ranks.rank_, ranks.count_, gloo);
    }
#endif
  } catch (const std::exception& error) {
    return std::unexpected(
        libtorch_error(error).with_context("the processes of the run did not find each other"));
  }
  return ranks;
#else
  return fail(k_no_layer);
#endif
}

void Ranks::sum(at::Tensor& values) {
  if (group_ == nullptr) return;
#if defined(LLMC_HAS_GLOO) || defined(LLMC_HAS_NCCL)
  std::vector<at::Tensor> tensors = {values};
#ifdef LLMC_HAS_NCCL
  if (group_->nccl) {
    group_->nccl->allreduce(tensors)->wait();
    return;
  }
#endif
#ifdef LLMC_HAS_GLOO
  tensors[0] = values.cpu();  // itself where it lies there already
  group_->gloo->allreduce(tensors)->wait();
  if (values.is_cuda()) values.copy_(tensors[0]);
#endif
#else
  (void)values;
#endif
}

}  // namespace llmc::train
