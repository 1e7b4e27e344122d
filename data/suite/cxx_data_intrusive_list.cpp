// A scheduler whose tasks are members of several intrusive lists at once (hooks found by member pointers): moving
// between queues, safe removal while iterating, splicing, merge sort of the links, and self-removal by destructors.
#include "checksum.h"

struct Hook {
  Hook *next = this, *prev = this;
  Hook() {}
  ~Hook() { unlink(); }
  void unlink() { next->prev = prev; prev->next = next; next = prev = this; }
  void insert_before(Hook &at) {
    unlink();
    next = &at;
    prev = at.prev;
    prev->next = at.prev = this;
  }
};
template <int tag> struct Tagged : Hook {};  // Different bases of one object.

template <typename T, int tag>
struct List {
  struct Iterator {
    Iterator(Hook *hook) : hook_(hook) {}
    T &operator*() const { return static_cast<T &>(static_cast<Tagged<tag> &>(*hook_)); }
    T *operator->() const { return &**this; }
    Iterator &operator++() { hook_ = hook_->next; return *this; }
    Iterator operator++(int) { Iterator old = *this; ++*this; return old; }
    bool operator!=(const Iterator &other) const { return hook_ != other.hook_; }
    Hook *hook_;
  };
  Iterator begin() { return {root_.next}; }
  Iterator end() { return {&root_}; }
  bool empty() const { return root_.next == &root_; }
  void push_back(T &t) { static_cast<Tagged<tag> &>(t).insert_before(root_); }
  void push_front(T &t) { static_cast<Tagged<tag> &>(t).insert_before(*root_.next); }
  T *pop_front() {
    T *t = empty() ? nullptr : &*begin();
    if (t) t->Tagged<tag>::unlink();
    return t;
  }
  void splice(List &other) {  // All of the other to the end of this.
    if (other.empty()) return;
    Hook *first = other.root_.next, *last = other.root_.prev;
    other.root_.next = other.root_.prev = &other.root_;
    first->prev = root_.prev;
    root_.prev->next = first;
    last->next = &root_;
    root_.prev = last;
  }
  template <typename Less>
  __attribute__((noinline)) void sort(Less less) {  // Stable merge sort; no element moves.
    if (empty() || root_.next->next == &root_) return;
    List right;
    Hook *slow = root_.next, *fast = root_.next;
    while (fast != &root_ && fast->next != &root_) { slow = slow->next; fast = fast->next->next; }
    while (slow != &root_) { Hook *next = slow->next; slow->insert_before(right.root_); slow = next; }
    sort(less);
    right.sort(less);
    Iterator at = begin();
    while (!right.empty()) {
      while (at != end() && !less(*right.begin(), *at)) ++at;
      right.root_.next->insert_before(*at.hook_);
    }
  }
  Hook root_;
};

struct Task : Tagged<0>, Tagged<1> {
  int id, priority, ticks, runs = 0;
  Task(int i, int p, int t) : id(i), priority(p), ticks(t) {}
};

struct Scheduler {
  void add(Task &task) { all_.push_back(task); ready_[task.priority % 3].push_back(task); }
  // One step: the first task of the best queue runs; it goes down, sleeps, ends or is promoted.
  int step(int now) {
    for (int level = 0; level < 3; ++level) {
      Task *task = ready_[level].pop_front();
      if (!task) continue;
      ++task->runs;
      if (--task->ticks <= 0) { task->Tagged<0>::unlink(); return task->id + 1000; }
      if ((task->id + now) % 5 == 0) sleeping_.push_front(*task);
      else ready_[(level + 1) % 3].push_back(*task);
      return task->id;
    }
    ready_[0].splice(sleeping_);
    return -1;
  }
  void sort_by_priority() { all_.sort([](const Task &a, const Task &b) { return a.priority < b.priority; }); }
  int drop_weak(int limit) {
    int dropped = 0;
    for (auto it = all_.begin(); it != all_.end();) {
      Task &task = *it++;
      if (task.priority >= limit) continue;
      task.Tagged<0>::unlink();
      task.Tagged<1>::unlink();
      ++dropped;
    }
    return dropped;
  }
  long digest() {
    long sum = 0;
    for (Task &task : all_) sum = (sum * 31 + task.id * 100 + task.runs) % 1000000007;
    for (auto &queue : ready_) for (Task &task : queue) sum = (sum * 37 + task.id) % 1000000007;
    for (auto it = sleeping_.begin(); it != sleeping_.end(); ++it) sum = (sum * 41 + it->priority) % 1000000007;
    return sum;
  }
  List<Task, 0> all_;
  List<Task, 1> ready_[3], sleeping_;
};

int main() {
  for (int count = 0; count < 20; count += 1 + count / 5) {
    Scheduler scheduler;
    Task *tasks[20];
    for (int i = 0; i < count; ++i) scheduler.add(*(tasks[i] = new Task(i, opaque_int(i * 7 % 11), opaque_int(i % 4 + 1))));
    for (int now = 0; now < count * 3; ++now) {
      mix(scheduler.step(opaque_int(now)));
      if (now % 6 == 5) scheduler.sort_by_priority();
      if (now == count) { delete tasks[now / 2]; tasks[now / 2] = nullptr; }  // Leaves its lists by itself.
      if (now == count + 1) mix(scheduler.drop_weak(opaque_int(5)));
      mix(scheduler.digest());
    }
    for (int i = 0; i < count; ++i) delete tasks[i];
    mix(scheduler.digest());
  }
  return report();
}
