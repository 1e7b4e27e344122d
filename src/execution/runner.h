// Running one of a pair on inputs, in a child process of its own.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "execution/calls.h"
#include "execution/inputs.h"
#include "execution/link.h"
#include "execution/trampoline.h"
#include "support/error.h"

namespace llmc {

/// How a run ended.
enum class RunEnding : std::uint32_t {
  none,  ///< it has not been run
  returned,
  left,  ///< in a call that does not return
  cut_short,  ///< after more calls than are written down
  faulted,  ///< a signal
  timed_out,
  broke_rules,  ///< returned with registers changed that it must preserve
  unstable,  ///< of the original: depends on what no input decides
  undefined,  ///< of the checked candidate: did what its IR says never happens
};

/// Bytes of an observation that depend on what no input decides, and so are not compared.
struct UndefinedBytes {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
};

/// What was seen of one run. The body follows it in memory: results, then the log of calls, then
/// the memory.
struct Observation {
  static constexpr std::uint32_t k_undefined_most = 64;
  /// Two integers; four vectors, two words each.
  static constexpr std::uint32_t k_results = 10;
  static constexpr std::uint32_t k_log_begin = 8 * k_results;
  static constexpr std::uint32_t k_log_capacity = 16 * 1024;
  static constexpr std::uint32_t k_memory_begin = k_log_begin + k_log_capacity;

  RunEnding ending = RunEnding::none;
  std::uint32_t signal = 0;
  std::uint64_t fault_address = 0;
  std::uint32_t log_size = 0;
  std::uint32_t undefined_count = 0;
  UndefinedBytes undefined[k_undefined_most];

  [[nodiscard]] const char* body() const { return reinterpret_cast<const char*>(this + 1); }
  [[nodiscard]] char* body() { return reinterpret_cast<char*>(this + 1); }
  /// Whether others can be compared with it.
  [[nodiscard]] bool comparable() const {
    return ending == RunEnding::returned || ending == RunEnding::left ||
           ending == RunEnding::cut_short;
  }
};

/// Everything that both of a pair are run with.
struct PairPlan {
  InputPlan inputs;
  std::vector<CalleePlan> callees;  ///< by number of the stub
  std::vector<DataPlace> constants;  ///< data with names that is only read
  bool floats = false;  ///< NaNs may differ
  bool hash_memory = false;  ///< at calls
  std::chrono::milliseconds input_limit{50};

  [[nodiscard]] std::size_t observation_size() const;
};

/// Observations that the children and their parent share.
class SharedObservations {
 public:
  static Result<SharedObservations> create(std::size_t count, std::size_t size);
  SharedObservations(SharedObservations&& other) noexcept;
  ~SharedObservations();
  [[nodiscard]] Observation& at(std::size_t index) const;

 private:
  SharedObservations(char* memory, std::size_t count, std::size_t size)
      : memory_(memory), count_(count), size_(size) {}
  char* memory_ = nullptr;
  std::size_t count_ = 0;
  std::size_t size_ = 0;
};

/// One of a pair, mapped in this process, which must be a child that does nothing else any more:
/// its signal handlers, timers and system calls are taken over for good.
class FunctionRunner {
 public:
  /// Maps everything at its address.
  static Result<FunctionRunner> create(const PairPlan& plan, const SideImage& side);

  /// Runs the original on the input of that number, with two different contents of all memory and
  /// registers that no input decides, and marks what depends on them.
  void observe_original(std::uint64_t number, Observation& observation);

  /// Runs the candidate on it.
  void observe_candidate(std::uint64_t number, Observation& observation);

  /// The same with another choice of what no input decides (any number).
  void observe(std::uint64_t number, unsigned filling, Observation& observation);

 private:
  explicit FunctionRunner(const PairPlan& plan) : plan_(&plan) {}
  void run(const TestInput& input, std::uint64_t number, unsigned filling,
           Observation& observation);
  void prepare(const TestInput& input, unsigned filling);
  void collect(Observation& observation, const CallContext& before) const;
  void write_results(char* body) const;
  void mark_undefined(Observation& first, const Observation& second) const;

  const PairPlan* plan_;
  std::uint64_t entry_ = 0;
  std::string noise_;  ///< k_noise bytes
  std::string second_;  ///< an observation of the second run
};

}  // namespace llmc
