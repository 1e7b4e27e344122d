// Inputs of functions: registers, stack and memory, made up to get far and to hit edges.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "execution/layout.h"
#include "execution/shape.h"
#include "execution/signature.h"

namespace llmc {

/// A small generator (splitmix64): inputs need many numbers and few guarantees.
class InputRandom {
 public:
  explicit InputRandom(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  /// Uniform in [0, bound); bound must not be 0.
  std::uint64_t below(std::uint64_t bound) { return next() % bound; }
  /// True in `percent` of a hundred cases.
  bool percent(unsigned percent) { return below(100) < percent; }

 private:
  std::uint64_t state_;
};

/// Memory that is the same on both sides before a call and compared after it.
struct MemoryRegion {
  enum class Kind { arena, heap, datum };
  Kind kind = Kind::arena;
  std::string name;  ///< in messages
  std::uint64_t address = 0;
  std::uint64_t size = 0;
  unsigned shape = 0;
  std::string start;  ///< a datum's content before each call; empty: made up
};

/// What inputs of one function are made from.
struct InputPlan {
  CallSignature signature;
  std::vector<CallPlace> places;  ///< of the parameters
  std::vector<MemoryRegion> regions;
  std::vector<unsigned> arenas;  ///< by shape: the region that is its arena
  ShapeTable shapes;
  std::vector<std::uint64_t> callbacks;  ///< addresses of stubs without a name
  std::uint64_t seed = 1;

  [[nodiscard]] std::uint64_t memory_size() const;
};

/// One input. Bits of registers that the caller leaves undefined are marked.
struct TestInput {
  static constexpr std::size_t k_integers = 9;  ///< of the target that has the most registers
  std::array<std::uint64_t, k_integers> integers{};
  std::array<std::uint64_t, k_integers> undefined{};  ///< bits of `integers`
  std::array<std::array<std::uint64_t, 2>, 8> vectors{};
  std::vector<std::uint64_t> stack;
  std::string memory;  ///< of all regions, in order
};

/// The input of that number; the same for the same plan.
TestInput make_input(const InputPlan& plan, std::uint64_t number);

/// A value such as `value` says: what a callee may return in a run on the input of that number. In
/// some runs all callees return mostly what they are hoped to, so that long chains of checks are
/// passed. No bits beyond the value are set.
std::uint64_t make_value(const InputPlan& plan, std::uint64_t number, const CallValue& value,
                         InputRandom& random);

/// Writes a few of the fields that a place at `offset` of the region `region` could have, into the
/// bytes `memory` of that region: what a callee may do.
void rewrite_fields(const InputPlan& plan, const MemoryRegion& region, std::uint64_t offset,
                    char* memory, InputRandom& random);

/// The input in words: its arguments.
std::string describe_input(const InputPlan& plan, const TestInput& input);

}  // namespace llmc
