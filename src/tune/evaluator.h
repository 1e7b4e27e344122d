// The supervisor side of evaluation: a pool of workers, the store in front of it, and accounts of
// what was saved.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sandbox/child.h"
#include "tune/store.h"
#include "tune/worker.h"

namespace llmc {

struct EvaluatorOptions {
  unsigned jobs = 1;       ///< workers, at most one evaluation each at a time
  Limits limits;           ///< for each evaluation
  Reuse reuse = Reuse::all;
  Store* store = nullptr;  ///< rows are looked up and added here; may be null
};

/// What was asked for and what that cost.
struct EvaluatorStatistics {
  std::uint64_t asked = 0;            ///< evaluations asked for
  std::uint64_t from_store = 0;       ///< answered by the store
  std::uint64_t evaluated = 0;        ///< rows made by workers
  std::uint64_t failed = 0;           ///< of those, not ok
  std::uint64_t codegen_skipped = 0;  ///< of those, the IR had been lowered before
  std::uint64_t steps_asked = 0;      ///< top-level list elements in the rows made
  std::uint64_t steps_run = 0;        ///< elements really run; the rest were shared prefixes
  std::uint64_t forks = 0;            ///< snapshots taken
  std::uint64_t workers_lost = 0;     ///< workers that died and were replaced
};

/// Pass lists for one program, answered together.
struct EvaluationTask {
  const Program* program = nullptr;  ///< must outlive the task
  std::vector<std::string> lists;    ///< canonical text; k_baseline_list for the baseline
  std::size_t tag = 0;               ///< comes back with the answer
};

struct EvaluationAnswer {
  std::size_t tag = 0;
  std::vector<Evaluation> rows;  ///< in the order of the task's lists
};

/// The object and the optimised IR of one list.
struct BuiltList {
  Evaluation evaluation;
  std::string object;
  std::string bitcode;
};

/// Evaluates pass lists in forked workers. The parent never dies of a list: a worker that crashes,
/// exits, hangs or runs out of memory becomes a row. Rows do not depend on the number of workers
/// or on what is in the store. The calling process must stay single-threaded.
class Evaluator {
 public:
  static Result<std::unique_ptr<Evaluator>> create(const EvaluatorOptions& options);
  ~Evaluator();
  Evaluator(const Evaluator&) = delete;
  Evaluator& operator=(const Evaluator&) = delete;

  /// Queues a task.
  Result<void> submit(EvaluationTask task);

  /// The next finished task, in any order; nothing when all are answered or `interrupted` is set.
  Result<std::optional<EvaluationAnswer>> wait();

  /// Submits and waits for one task; no others may be queued.
  Result<std::vector<Evaluation>> evaluate(const Program& program,
                                           const std::vector<std::string>& lists);

  /// One list with its object and IR, always computed anew. No others may be queued.
  Result<BuiltList> build(const Program& program, const std::string& list);

  [[nodiscard]] EvaluatorStatistics statistics() const;
  [[nodiscard]] unsigned jobs() const;

  /// Once `flag` becomes true, `wait` returns nothing.
  void set_interrupt_flag(const volatile int* flag);

 private:
  struct State;
  explicit Evaluator(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// The top-level elements of a canonical list's text: what stands between its outer commas.
std::vector<std::string> split_steps(const std::string& list);

}  // namespace llmc
