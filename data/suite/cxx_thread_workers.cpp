// Worker threads with a queue under a mutex and a condition variable: tasks that throw hand their exception to the
// caller, call_once, cancelled tasks, and results put together in the order of the tasks.
#include "checksum.h"
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

struct Overflow { int task; long value; };

struct Task {
  int id, size;
  long result = 0;
  std::exception_ptr error;
  bool done = false;
};

static std::once_flag prepared;
static int preparations;
static long weights[8];

static void prepare() {
  ++preparations;
  for (int i = 0; i < 8; ++i) weights[i] = i * 17L + opaque_int(3);
}

static __attribute__((noinline)) long compute(const Task &task) {
  std::call_once(prepared, prepare);
  long value = task.id;
  for (int i = 0; i < task.size; ++i) {
    value = value * 5 + weights[(value + i) & 7];
    if (value > 40000000000L) throw Overflow{task.id, value};
    if (i == 9 && task.id % 4 == 1) throw task.id;
  }
  return value;
}

class Pool {
 public:
  explicit Pool(int threads) : count_(threads) {
    for (int i = 0; i < count_; ++i) threads_[i] = std::thread([this] { serve(); });
  }
  ~Pool() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      closing_ = true;
    }
    changed_.notify_all();
    for (int i = 0; i < count_; ++i) threads_[i].join();
  }
  void submit(Task *task) {
    std::lock_guard<std::mutex> lock(mutex_);
    queue_[last_++] = task;
    changed_.notify_all();
  }
  long wait_for(Task &task) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return task.done; });
    if (task.error) std::rethrow_exception(task.error);
    return task.result;
  }

 private:
  void serve() {
    std::unique_lock<std::mutex> lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return closing_ || first_ != last_; });
      if (first_ == last_) return;
      Task *task = queue_[first_++];
      lock.unlock();
      std::exception_ptr error;
      long result = 0;
      try {
        result = compute(*task);
      } catch (...) {
        error = std::current_exception();
      }
      lock.lock();
      task->result = result;
      task->error = std::move(error);
      task->done = true;
      changed_.notify_all();
    }
  }
  int count_, first_ = 0, last_ = 0;
  bool closing_ = false;
  Task *queue_[20];
  std::mutex mutex_;
  std::condition_variable changed_;
  std::thread threads_[3];
};

static long settle(Pool &pool, Task &task) {
  try {
    return pool.wait_for(task);
  } catch (const Overflow &overflow) {
    return -(overflow.value % 1000003) - overflow.task;
  } catch (int id) {
    return id * 1000000007L;
  }
}

static void run(int threads, int count) {
  Task tasks[20];
  long results = 1;
  {
    Pool pool(threads);
    for (int i = 0; i < count; ++i) {
      tasks[i].id = i + threads;
      tasks[i].size = (i * 7) % 15;
      pool.submit(&tasks[i]);
      if (i % 6 == 5) results += settle(pool, tasks[i - 3]) % 100;
    }
    for (int i = count - 1; i >= 0; i -= 2) results = (results * 31 + settle(pool, tasks[i])) % 1000000007;
  }  // The rest is finished before the threads end.
  for (int i = 0; i < count; ++i) mix(tasks[i].done * 2 + (tasks[i].error != nullptr));
  for (int i = 0; i < count; ++i) mix(tasks[i].result);
  mix(results);
}

int main() {
  for (int threads = 1; threads <= 3; ++threads)
    for (int count = 0; count <= 20; count += 5 * threads) run(opaque_int(threads), opaque_int(count));
  mix(preparations);
  return report();
}
