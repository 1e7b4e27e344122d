// Running many searches side by side on one pool.
#pragma once

#include <cstddef>
#include <list>

#include "support/error.h"
#include "tune/hub.h"

namespace llmc {

/// Runs the coroutines `make(0)` to `make(count - 1)`, at most `at_once` at a time, and hands each
/// result to `finish(index, result)`. False if the run was interrupted before all were done.
template <typename Make, typename Finish>
Result<bool> run_all(EvaluationHub& hub, std::size_t count, std::size_t at_once, Make make,
                     Finish finish) {
  using Running = decltype(make(std::size_t{0}));
  struct Slot {
    std::size_t index;
    Running task;
  };
  std::list<Slot> running;
  std::size_t next = 0;
  while (next < count || !running.empty()) {
    while (next < count && running.size() < at_once) {
      running.push_back({next, make(next)});
      running.back().task.start();
      ++next;
      if (running.back().task.done()) break;
    }
    bool finished_one = false;
    for (auto it = running.begin(); it != running.end();) {
      if (!it->task.done()) {
        ++it;
        continue;
      }
      finish(it->index, it->task.take());
      it = running.erase(it);
      finished_one = true;
    }
    if (finished_one) continue;
    LLMC_TRY(const bool resumed, hub.run_one());
    if (!resumed) return false;
  }
  return true;
}

}  // namespace llmc
