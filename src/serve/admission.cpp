#include "serve/admission.h"

namespace llmc {

Admission::Answer Admission::enter(std::chrono::milliseconds limit,
                                   const std::function<bool()>& wanted) {
  constexpr std::chrono::milliseconds k_step{100};
  const auto end = std::chrono::steady_clock::now() + limit;
  std::unique_lock lock(mutex_);
  if (closed_) return Answer::closed;
  if (busy_ == slots_) {
    if (waiting_ >= queue_) return Answer::full;
    ++waiting_;
    Answer answer = Answer::admitted;
    while (answer == Answer::admitted && busy_ == slots_) {
      changed_.wait_for(lock, k_step);
      if (closed_)
        answer = Answer::closed;
      else if (!wanted())
        answer = Answer::unwanted;
      else if (busy_ == slots_ && std::chrono::steady_clock::now() >= end)
        answer = Answer::full;
    }
    --waiting_;
    if (answer != Answer::admitted) return answer;
  }
  ++busy_;
  return Answer::admitted;
}

void Admission::leave() {
  {
    const std::lock_guard lock(mutex_);
    --busy_;
  }
  changed_.notify_one();
}

void Admission::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  changed_.notify_all();
}

Admission::Load Admission::load() const {
  const std::lock_guard lock(mutex_);
  return {busy_, waiting_};
}

}  // namespace llmc
