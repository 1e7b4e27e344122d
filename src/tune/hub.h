// The hub: where coroutines wait for evaluations.
#pragma once

#include <coroutine>
#include <string>
#include <unordered_map>
#include <vector>

#include "support/error.h"
#include "support/task.h"
#include "tune/evaluator.h"

namespace llmc {

/// Joins searches (coroutines) with the pool (an Evaluator): `co_await hub.evaluate(…)` suspends
/// the search until the pool has answered; meanwhile others run.
class EvaluationHub {
 public:
  explicit EvaluationHub(Evaluator& evaluator) : evaluator_(evaluator) {}

  /// What waiting gives: rows in the order of the lists, or why the run is over.
  struct Awaiter {
    EvaluationHub& hub;
    const Program& program;
    std::vector<std::string> lists;
    Result<std::vector<Evaluation>> answer{};

    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<> waiting);
    Result<std::vector<Evaluation>> await_resume() { return std::move(answer); }
  };

  /// Evaluates different lists on `program`, which must outlive the wait.
  Awaiter evaluate(const Program& program, std::vector<std::string> lists) {
    return {*this, program, std::move(lists)};
  }

  /// Resumes the search whose answer comes next; false if none waits or the run is interrupted
  /// (the waiting searches then never resume).
  Result<bool> run_one();

  [[nodiscard]] Evaluator& evaluator() { return evaluator_; }

 private:
  struct Waiting {
    Awaiter* awaiter;
    std::coroutine_handle<> handle;
  };
  Evaluator& evaluator_;
  std::unordered_map<std::size_t, Waiting> waiting_;
  std::size_t next_tag_ = 0;
};

}  // namespace llmc
