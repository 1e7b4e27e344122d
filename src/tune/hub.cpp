#include "tune/hub.h"

namespace llmc {

bool EvaluationHub::Awaiter::await_suspend(std::coroutine_handle<> waiting) {
  if (lists.empty()) return false;  // nothing to wait for: go on at once
  const std::size_t tag = hub.next_tag_++;
  if (auto submitted = hub.evaluator_.submit({&program, lists, tag}); !submitted) {
    answer = std::unexpected(submitted.error());
    return false;
  }
  hub.waiting_.emplace(tag, Waiting{this, waiting});
  return true;
}

Result<bool> EvaluationHub::run_one() {
  LLMC_TRY(auto next, evaluator_.wait());
  if (!next) return false;
  const auto found = waiting_.find(next->tag);
  if (found == waiting_.end()) return true;
  const Waiting resumed = found->second;
  waiting_.erase(found);
  resumed.awaiter->answer = std::move(next->rows);
  resumed.handle.resume();
  return true;
}

}  // namespace llmc
