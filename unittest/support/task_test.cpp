#include "support/task.h"

#include <memory>
#include <string>
#include <vector>

#include "testing.h"

namespace llmc {
namespace {

/// Suspends whoever awaits it until `resume`.
struct Gate {
  std::coroutine_handle<> waiting;
  bool await_ready() const noexcept { return false; }
  void await_suspend(std::coroutine_handle<> handle) { waiting = handle; }
  void await_resume() const noexcept {}
  void resume() { std::exchange(waiting, {}).resume(); }
};

Task<int> answer() { co_return 42; }

Task<int> sum_of_nested(int depth) {
  if (depth == 0) co_return 1;
  const int first = co_await sum_of_nested(depth - 1);
  const int second = co_await sum_of_nested(depth - 1);
  co_return first + second;
}

TEST(Task, StartsOnlyWhenToldTo) {
  Task<int> task = answer();
  EXPECT_FALSE(task.done());
  task.start();
  ASSERT_TRUE(task.done());
  EXPECT_EQ(task.take(), 42);
}

TEST(Task, AwaitsOthersThatAwaitOthers) {
  Task<int> task = sum_of_nested(10);
  task.start();
  ASSERT_TRUE(task.done());
  EXPECT_EQ(task.take(), 1024);
}

Task<std::string> through_gate(Gate& gate, std::string text) {
  co_await gate;
  co_return text + "!";
}

Task<std::string> through_two_gates(Gate& first, Gate& second) {
  const std::string a = co_await through_gate(first, "a");
  const std::string b = co_await through_gate(second, "b");
  co_return a + b;
}

TEST(Task, WaitsInTheMiddleAndGoesOn) {
  Gate first;
  Gate second;
  Task<std::string> task = through_two_gates(first, second);
  task.start();
  EXPECT_FALSE(task.done());
  first.resume();
  EXPECT_FALSE(task.done());
  second.resume();
  ASSERT_TRUE(task.done());
  EXPECT_EQ(task.take(), "a!b!");
}

TEST(Task, OthersRunWhileOneWaits) {
  std::vector<Gate> gates(3);
  std::vector<Task<std::string>> tasks;
  for (Gate& gate : gates) tasks.push_back(through_gate(gate, "x"));
  for (auto& task : tasks) task.start();
  for (const std::size_t i : {2UL, 0UL, 1UL}) {
    gates[i].resume();
    EXPECT_TRUE(tasks[i].done());
  }
}

Task<std::unique_ptr<int>> move_only() { co_return std::make_unique<int>(5); }

TEST(Task, CarriesValuesThatOnlyMove) {
  Task<std::unique_ptr<int>> task = move_only();
  Task<std::unique_ptr<int>> moved = std::move(task);
  moved.start();
  EXPECT_EQ(*moved.take(), 5);
}

struct CountsItsEnd {
  int* ends;
  explicit CountsItsEnd(int* counter) : ends(counter) {}
  CountsItsEnd(const CountsItsEnd&) = delete;
  ~CountsItsEnd() { ++*ends; }
};

Task<int> holds(Gate& gate, int* ends) {
  const CountsItsEnd counter(ends);
  co_await gate;
  co_return 0;
}

Task<int> awaits_holder(Gate& gate, int* ends) { co_return co_await holds(gate, ends); }

TEST(Task, DroppedWhileItWaitsFreesWhatItHolds) {
  int ends = 0;
  {
    Gate gate;
    Task<int> task = awaits_holder(gate, &ends);
    task.start();
    EXPECT_EQ(ends, 0);
  }
  EXPECT_EQ(ends, 1);
}

}  // namespace
}  // namespace llmc
