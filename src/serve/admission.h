// How many requests are at work at the same time, and how many may wait for their turn.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>

namespace llmc {

/// Slots and a short queue. All functions may be called from several threads.
class Admission {
 public:
  Admission(unsigned slots, unsigned queue) : slots_(slots), queue_(queue) {}

  enum class Answer {
    admitted,  ///< a slot is taken; `leave` gives it back
    full,      ///< slots and queue are, or the wait took too long
    unwanted,  ///< nobody waits any more
    closed     ///< `close` was called
  };

  /// Takes a slot; waits for one for at most `limit`, as long as `wanted` says so (asked about ten
  /// times a second).
  Answer enter(std::chrono::milliseconds limit, const std::function<bool()>& wanted);

  /// Gives a slot back.
  void leave();

  /// Nobody is admitted from now on; those who wait are sent away.
  void close();

  struct Load {
    unsigned busy = 0;  ///< have a slot
    unsigned waiting = 0;  ///< wait for one
  };
  [[nodiscard]] Load load() const;

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  const unsigned slots_;
  const unsigned queue_;
  unsigned busy_ = 0;
  unsigned waiting_ = 0;
  bool closed_ = false;
};

}  // namespace llmc
