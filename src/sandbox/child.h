// Forked children with limits: where LLVM runs on lists and inputs that nobody vouches for.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support/error.h"

namespace llmc {

/// What one evaluation may use.
struct Limits {
  /// Of the processor's time; eight times that on the clock, for those that sleep. (Workers of the
  /// evaluator: on the clock.)
  std::chrono::milliseconds deadline{120'000};
  std::uint64_t memory_bytes = std::uint64_t{4} << 30;  ///< address space (RLIMIT_AS)
};

/// How work in a child ended.
enum class Outcome {
  ok,
  crash,  ///< a signal: LLVM walked into undefined behaviour
  fatal,  ///< LLVM gave up by itself (report_fatal_error, exit)
  timeout,  ///< past the deadline
  out_of_memory,  ///< past the memory limit
  invalid_ir,  ///< the passes left IR that the verifier refuses
  rejected  ///< LLVM's parser does not accept the list
};

/// "ok", "crash", "fatal", "timeout", "out-of-memory", "invalid-ir" or "rejected".
std::string_view to_string(Outcome outcome);
/// The outcome of that name; nothing if there is none.
Result<Outcome> parse_outcome(std::string_view name);

/// Exit codes that a child uses to say why it stopped.
inline constexpr int k_exit_fatal = 70;
inline constexpr int k_exit_out_of_memory = 71;

/// Call in a fresh child: dies with its parent, no core files, limits set, terminal output
/// dropped, and LLVM's fatal errors and failed allocations turned into the exit codes above after
/// `on_fatal` saw the message (it may be empty).
void enter_child(const Limits& limits, void (*on_fatal)(const char* message));

/// What a wait status says about the child: `timeout` only if `killed_for_deadline`.
Outcome outcome_of_wait_status(int wait_status, bool killed_for_deadline);

/// In words: "signal 11 (Segmentation fault)", "exit status 1".
std::string describe_wait_status(int wait_status);

/// How the work of one child ended.
struct ChildResult {
  std::size_t tag = 0;
  Outcome outcome = Outcome::ok;  ///< ok: the work returned, be it with an error
  Result<std::string> bytes;  ///< what it returned, or what killed it, in words
  double seconds = 0;
};

/// Up to `jobs` children at work at the same time. The calling process must be single-threaded.
class ChildPool {
 public:
  explicit ChildPool(unsigned jobs, const Limits& limits = {});
  ~ChildPool();  ///< kills what is still at work
  ChildPool(const ChildPool&) = delete;
  ChildPool& operator=(const ChildPool&) = delete;

  /// True if another child may start.
  [[nodiscard]] bool has_room() const;
  [[nodiscard]] bool idle() const;

  /// Starts `work` in a child; there must be room.
  Result<void> start(std::size_t tag, const std::function<Result<std::string>()>& work);

  /// Waits for the next child to end, in any order; there must be one. Nothing if the wait was
  /// interrupted by a signal.
  std::optional<ChildResult> wait();

  /// Kills what is at work; their results are lost.
  void kill_all();

 private:
  struct Slot;
  std::vector<std::unique_ptr<Slot>> slots_;
  Limits limits_;
};

/// Runs `work` in a child and returns the bytes it made. Errors that `work` returns come through;
/// a crash, a timeout or exhausted memory becomes an error that says which. The calling process
/// must be single-threaded.
Result<std::string> run_in_child(const std::function<Result<std::string>()>& work,
                                 const Limits& limits = {});

}  // namespace llmc
