// std::exception_ptr: failures of tasks are kept, copied, compared, dropped and rethrown later in another order, and the
// exception object lives exactly as long as a pointer to it.
#include "checksum.h"
#include <exception>
#include <utility>

static int live_failures, destroyed;

struct Failure {
  int task, seen = 0;
  explicit Failure(int t) : task(t) { ++live_failures; }
  Failure(const Failure &other) : task(other.task), seen(other.seen + 10) { ++live_failures; }
  virtual ~Failure() { --live_failures; ++destroyed; }
  virtual int severity() const { return task % 4; }
};
struct Severe final : Failure {
  long detail;
  Severe(int t, long d) : Failure(t), detail(d) {}
  int severity() const override { return 9; }
};

static __attribute__((noinline)) int work(int task) {
  if (task % 5 == 1) throw Failure(task);
  if (task % 7 == 3) throw Severe(task, task * 1000003L);
  if (task % 11 == 4) throw task;
  return task * task;
}

struct Outcome {
  int value = 0;
  std::exception_ptr error;
};

static Outcome attempt(int task) {
  Outcome outcome;
  try {
    outcome.value = work(task);
  } catch (...) {
    outcome.error = std::current_exception();
  }
  return outcome;
}

static __attribute__((noinline)) int settle(const Outcome &outcome) {
  if (!outcome.error) return outcome.value;
  try {
    std::rethrow_exception(outcome.error);
  } catch (Severe &severe) {
    severe.seen += 1;  // The object is shared by all the pointers to it.
    return (int)(severe.detail % 10007) + severe.seen * 3 + severe.severity();
  } catch (Failure &failure) {
    failure.seen += 2;
    return failure.task * 100 + failure.seen + failure.severity();
  } catch (const int &number) {
    return -number;
  }
}

// Collects the first of each kind out of a batch and throws the last collected.
void batch(int from, int count, int *done) {
  std::exception_ptr first, last;
  for (int i = 0; i < count; ++i) {
    Outcome outcome = attempt(from + i);
    if (outcome.error) {
      if (!first) first = outcome.error;
      last = std::move(outcome.error);
      mix(outcome.error == nullptr);
    } else {
      ++*done;
    }
  }
  if (first && first == last) std::rethrow_exception(first);
  if (last) std::rethrow_exception(std::move(last));
}

// current_exception() inside nested handlers always names the innermost one.
static int layers(int task) {
  try {
    throw Failure(task);
  } catch (Failure &outer) {
    std::exception_ptr before = std::current_exception();
    try {
      throw Severe(task + 1, 5);
    } catch (Failure &inner) {
      mix(inner.severity() * 10 + outer.severity());
      mix(std::current_exception() == before);
    }
    mix(std::current_exception() == before);
    std::exception_ptr made = std::make_exception_ptr(Severe(task + 2, 6));
    try {
      std::rethrow_exception(made);
    } catch (const Failure &copy) {
      return copy.task + copy.severity() + (std::current_exception() == before ? 1000 : 0);
    }
  }
  return 0;
}

int main() {
  {
    Outcome outcomes[24];
    for (int i = 0; i < 24; ++i) outcomes[i] = attempt(opaque_int(i));
    mix(live_failures);
    Outcome shared[12];
    for (int i = 0; i < 12; ++i) shared[i] = outcomes[i * 2];
    for (int i = 23; i >= 0; --i) mix(settle(outcomes[i]));
    for (int i = 0; i < 12; ++i) mix(settle(shared[i]));
    for (int i = 0; i < 24; i += 3) outcomes[i] = Outcome();
    mix(live_failures);
    for (int i = 0; i < 12; ++i) mix(settle(shared[11 - i]));
    mix(live_failures);
  }
  mix(std::current_exception() == nullptr);
  for (int from = 0; from < 40; from += 4)
    for (int count = 0; count < 6; count += 1 + from % 3) {
      int done = 0;
      try {
        batch(opaque_int(from), opaque_int(count), &done);
      } catch (const Failure &failure) {
        mix(failure.task + 5000 + live_failures);
      } catch (int number) {
        mix(number + 9000);
      }
      mix(done);
    }
  for (int task = 0; task < 8; ++task) mix(layers(opaque_int(task)));
  mix(live_failures);
  return report();
}
