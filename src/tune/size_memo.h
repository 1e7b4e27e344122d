// A fixed-size hash table in memory shared by forked workers: IR hash → sizes.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "support/digest.h"
#include "toolchain/measurement.h"

namespace llmc {

/// Lock-free for any number of processes: a slot is written once, between its states `writing`
/// and `ready`; a full neighbourhood drops the entry, which costs time and never correctness.
class SizeMemo {
 public:
  [[nodiscard]] bool find(const Digest& key, Measurement& sizes) const {
    for (std::size_t i = 0; i < k_probes; ++i) {
      const Slot& slot = slots_[(key.low + i) % k_slots];
      if (slot.state.load(std::memory_order_acquire) != State::ready) continue;
      if (slot.key != key) continue;
      sizes = slot.sizes;
      return true;
    }
    return false;
  }

  void insert(const Digest& key, const Measurement& sizes) {
    for (std::size_t i = 0; i < k_probes; ++i) {
      Slot& slot = slots_[(key.low + i) % k_slots];
      State expected = State::empty;
      if (!slot.state.compare_exchange_strong(expected, State::writing)) continue;
      slot.key = key;
      slot.sizes = sizes;
      slot.state.store(State::ready, std::memory_order_release);
      return;
    }
  }

 private:
  static constexpr std::size_t k_slots = std::size_t{1} << 18;
  static constexpr std::size_t k_probes = 16;
  enum class State : std::uint32_t { empty, writing, ready };
  struct Slot {
    std::atomic<State> state{State::empty};
    Digest key;
    Measurement sizes;
  };
  std::array<Slot, k_slots> slots_;
};

}  // namespace llmc
