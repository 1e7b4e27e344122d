#include "execution/judge.h"

#include <fmt/format.h>
#include <string.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace llmc {
namespace {

template <typename T>
T read_as(const char* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

template <typename T>
bool both_nan(const char* a, const char* b) {
  return std::isnan(read_as<T>(a)) && std::isnan(read_as<T>(b));
}

/// Compares two bodies, leaving out what is undefined.
class BodyComparison {
 public:
  BodyComparison(const PairPlan& plan, const Observation& original, const Observation& candidate)
      : plan_(plan),
        original_(original),
        candidate_(candidate),
        a_(original.body()),
        b_(candidate.body()) {}

  /// What the run left, once the calls are the same.
  [[nodiscard]] std::optional<std::string> outcome() const {
    if (original_.ending == RunEnding::returned)
      if (auto found = results()) return found;
    // A compiler may move stores past calls whose effects it knows.
    if (original_.ending == RunEnding::returned || plan_.hash_memory) return memory();
    return std::nullopt;
  }

  [[nodiscard]] std::optional<std::string> calls() const {
    unsigned number = 0;
    std::uint32_t at = Observation::k_log_begin;
    const std::uint32_t end_a = at + original_.log_size;
    const std::uint32_t end_b = at + candidate_.log_size;
    while (at < end_a || at < end_b) {
      ++number;
      if (at >= end_b)
        return fmt::format("does not make call {}, of {}", number, callee(a_ + at).name);
      if (at >= end_a)
        return fmt::format("makes call {}, of {}, which the original does not", number,
                           callee(b_ + at).name);
      const auto first = read_as<CallEntry>(a_ + at);
      const auto second = read_as<CallEntry>(b_ + at);
      if (first.callee != second.callee)
        return fmt::format("calls {} instead of {} in call {}", callee(b_ + at).name,
                           callee(a_ + at).name, number);
      const std::uint32_t end = at + std::min(first.bytes, second.bytes);
      if (auto found = call(at, end, number)) return found;
      if (first.bytes != second.bytes)
        return fmt::format("passes something else to {} in call {}", callee(a_ + at).name, number);
      at = end;
    }
    return std::nullopt;
  }

 private:
  /// The first byte in [from, end) that differs and is defined; `end` if there is none.
  [[nodiscard]] std::uint32_t next(std::uint32_t from, std::uint32_t end) const {
    while (from < end) {
      const auto [at, other] = std::mismatch(a_ + from, a_ + end, b_ + from);
      from = static_cast<std::uint32_t>(at - a_);
      if (from == end) return end;
      std::uint32_t behind = 0;
      for (std::uint32_t i = 0; i < original_.undefined_count; ++i) {
        const UndefinedBytes& undefined = original_.undefined[i];
        if (from >= undefined.first && from < undefined.first + undefined.count)
          behind = undefined.first + undefined.count;
      }
      if (behind == 0) return from;
      from = behind;
    }
    return end;
  }

  [[nodiscard]] std::optional<std::string> results() const {
    unsigned integers = 0;
    unsigned vectors = 0;
    for (const CallValue& value : plan_.inputs.signature.results) {
      const bool floating = value.kind == CallValue::Kind::floating;
      const std::uint32_t at = 8 * (floating ? 2 + 2 * vectors++ : integers++);
      const std::uint32_t end = at + (value.bits == 128 ? 16 : 8);
      if (next(at, end) == end || (floating && same_number(value.bits, a_ + at, b_ + at))) continue;
      return fmt::format("returns {} instead of {}", number(value, b_ + at),
                         number(value, a_ + at));
    }
    return std::nullopt;
  }

  static bool same_number(unsigned bits, const char* a, const char* b) {
    if (bits == 32) return both_nan<float>(a, b);
    if (bits == 64) return both_nan<double>(a, b);
    const auto all = [&]<typename T>(T) {
      for (unsigned i = 0; i < 16; i += sizeof(T))
        if (std::memcmp(a + i, b + i, sizeof(T)) != 0 && !both_nan<T>(a + i, b + i)) return false;
      return true;
    };
    return all(0.0F) || all(0.0);
  }

  static std::string number(const CallValue& value, const char* from) {
    const auto word = read_as<std::uint64_t>(from);
    if (value.kind == CallValue::Kind::pointer) return fmt::format("{:#x}", word);
    if (value.kind == CallValue::Kind::integer && value.bits == 64)
      return fmt::format("{}", static_cast<std::int64_t>(word));
    if (value.kind == CallValue::Kind::integer) return fmt::format("{}", word);
    if (value.bits == 32) return fmt::format("{}", read_as<float>(from));
    if (value.bits == 64) return fmt::format("{}", read_as<double>(from));
    return fmt::format("{:#x} and {:#x}", word, read_as<std::uint64_t>(from + 8));
  }

  [[nodiscard]] std::optional<std::string> call(std::uint32_t begin, std::uint32_t end,
                                                unsigned number) const {
    const CalleePlan& called = callee(a_ + begin);
    std::uint32_t at = begin + sizeof(CallEntry);
    for (std::size_t i = 0; i < called.places.size(); ++i) {
      const CallValue& value = called.signature.parameters[i];
      const std::uint32_t behind = at + (value.bits == 128 ? 16 : 8);
      const bool floating = value.kind == CallValue::Kind::floating;
      if (next(at, behind) != behind && !(floating && same_number(value.bits, a_ + at, b_ + at)))
        return fmt::format("passes {} instead of {} as argument {} of {} in call {}",
                           this->number(value, b_ + at), this->number(value, a_ + at), i + 1,
                           called.name, number);
      at = behind;
    }
    if (next(at, end) == end) return std::nullopt;
    return fmt::format("has other contents in memory when it calls {} in call {}", called.name,
                       number);
  }

  [[nodiscard]] const CalleePlan& callee(const char* entry) const {
    return plan_.callees[read_as<CallEntry>(entry).callee];
  }

  [[nodiscard]] std::optional<std::string> memory() const {
    std::uint32_t begin = Observation::k_memory_begin;
    for (const MemoryRegion& region : plan_.inputs.regions) {
      const auto size = static_cast<std::uint32_t>(region.size);
      const std::uint32_t end = begin + size;
      for (std::uint32_t at = begin; (at = next(at, end)) != end;) {
        const std::uint32_t same = plan_.floats ? nan_around(region, begin, at) : 0;
        if (same == 0)
          return fmt::format("leaves {:#04x} instead of {:#04x} in byte {} of {}",
                             static_cast<unsigned char>(b_[at]), static_cast<unsigned char>(a_[at]),
                             at - begin, region.name);
        at = same;
      }
      begin = end;
    }
    return std::nullopt;
  }

  /// Where the NaN ends that both have around `at`; 0 if there is none.
  [[nodiscard]] std::uint32_t nan_around(const MemoryRegion& region, std::uint32_t begin,
                                         std::uint32_t at) const {
    const std::uint64_t address = region.address + (at - begin);
    const auto wide = static_cast<std::uint32_t>(at - address % 8);
    if (wide >= begin && wide + 8 <= begin + region.size && both_nan<double>(a_ + wide, b_ + wide))
      return wide + 8;
    const auto narrow = static_cast<std::uint32_t>(at - address % 4);
    if (narrow >= begin && narrow + 4 <= begin + region.size &&
        both_nan<float>(a_ + narrow, b_ + narrow))
      return narrow + 4;
    return 0;
  }

  const PairPlan& plan_;
  const Observation& original_;
  const Observation& candidate_;
  const char* a_;
  const char* b_;
};

}  // namespace

std::string describe_ending(const Observation& observation) {
  switch (observation.ending) {
    case RunEnding::none:
      return "did not run";
    case RunEnding::returned:
      return "returned";
    case RunEnding::left:
      return "ended in a call that does not return";
    case RunEnding::cut_short:
      return "made more calls than are compared";
    case RunEnding::faulted:
      return fmt::format("was ended by signal {} ({}) at {:#x}", observation.signal,
                         ::strsignal(static_cast<int>(observation.signal)),
                         observation.fault_address);
    case RunEnding::timed_out:
      return "did not come to an end in time";
    case RunEnding::broke_rules:
      return "changed registers that it must preserve";
    case RunEnding::unstable:
      return "depended on undefined values";
    case RunEnding::undefined:
      return "did what its IR says never happens";
  }
  return "";
}

std::optional<std::string> difference(const PairPlan& plan, const Observation& original,
                                      const Observation& candidate) {
  if (!candidate.comparable()) return describe_ending(candidate);
  const BodyComparison bodies(plan, original, candidate);
  if (auto found = bodies.calls()) return found;
  if (original.ending != candidate.ending)
    return fmt::format("{}, but the original {}", describe_ending(candidate),
                       describe_ending(original));
  return bodies.outcome();
}

}  // namespace llmc
