/* A cooperative task scheduler on a simulated clock.
 *
 * A task is a function that is called again and again until it says that it is done. Between calls
 * it is either ready, in the first-in first-out list of its priority, or sleeping, in a binary heap
 * ordered by wake-up time. The clock stands still while tasks run and jumps to the next wake-up
 * when none is ready, so a run is the same every time.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { k_max_tasks = 32, k_priorities = 4, k_no_index = -1 };

typedef uint64_t Ticks;

typedef enum TaskState { k_free, k_ready, k_sleeping, k_running } TaskState;

typedef enum StepKind { k_step_done, k_step_yield, k_step_sleep, k_step_fail } StepKind;

/* What a task wants after a step; `delay` matters for k_step_sleep only. */
typedef struct Step {
  StepKind kind;
  Ticks delay;
} Step;

struct Scheduler;

typedef Step (*TaskFunction)(struct Scheduler *scheduler, void *context);

/* Names one task for good: the generation tells it from later tasks in the same slot. */
typedef struct TaskId {
  int16_t slot;
  uint16_t generation;
} TaskId;

typedef struct Task {
  struct Task *next, *previous; /* in the ready list; `next` also in the free list */
  TaskFunction function;
  void *context;
  const char *name;
  Ticks wake_at;
  uint64_t sequence; /* orders equal wake-up times */
  int priority;      /* 0 is the most urgent */
  int heap_index;    /* k_no_index unless sleeping */
  uint16_t generation;
  bool cancelled; /* while it runs */
  TaskState state;
} Task;

typedef struct TaskList {
  Task *first, *last;
} TaskList;

typedef struct Scheduler {
  Task tasks[k_max_tasks];
  Task *free_tasks;
  TaskList ready[k_priorities];
  Task *heap[k_max_tasks];
  int heap_size, live_tasks;
  Ticks now;
  uint64_t next_sequence, steps, failures;
} Scheduler;

static void list_append(TaskList *list, Task *task) {
  task->next = NULL;
  task->previous = list->last;
  *(list->last != NULL ? &list->last->next : &list->first) = task;
  list->last = task;
}

static void list_remove(TaskList *list, Task *task) {
  *(task->previous != NULL ? &task->previous->next : &list->first) = task->next;
  *(task->next != NULL ? &task->next->previous : &list->last) = task->previous;
  task->next = task->previous = NULL;
}

static bool wakes_before(const Task *a, const Task *b) {
  return a->wake_at != b->wake_at ? a->wake_at < b->wake_at : a->sequence < b->sequence;
}

static void heap_place(Scheduler *scheduler, int index, Task *task) {
  scheduler->heap[index] = task;
  task->heap_index = index;
}

/* Finds the place of `task` from the hole at `index`, first upwards, then downwards. */
static void heap_settle(Scheduler *scheduler, int index, Task *task) {
  Task **heap = scheduler->heap;
  while (index > 0 && wakes_before(task, heap[(index - 1) / 2])) {
    heap_place(scheduler, index, heap[(index - 1) / 2]);
    index = (index - 1) / 2;
  }
  for (int child; (child = 2 * index + 1) < scheduler->heap_size; index = child) {
    if (child + 1 < scheduler->heap_size && wakes_before(heap[child + 1], heap[child])) child++;
    if (!wakes_before(heap[child], task)) break;
    heap_place(scheduler, index, heap[child]);
  }
  heap_place(scheduler, index, task);
}

static void heap_insert(Scheduler *scheduler, Task *task) {
  heap_settle(scheduler, scheduler->heap_size++, task);
}

static void heap_remove(Scheduler *scheduler, Task *task) {
  int hole = task->heap_index;
  Task *last = scheduler->heap[--scheduler->heap_size];
  task->heap_index = k_no_index;
  if (last != task) heap_settle(scheduler, hole, last);
}

static void scheduler_init(Scheduler *scheduler) {
  memset(scheduler, 0, sizeof *scheduler);
  for (int slot = k_max_tasks - 1; slot >= 0; slot--) {
    scheduler->tasks[slot].next = scheduler->free_tasks;
    scheduler->tasks[slot].heap_index = k_no_index;
    scheduler->free_tasks = &scheduler->tasks[slot];
  }
}

static void make_ready(Scheduler *scheduler, Task *task) {
  task->state = k_ready;
  list_append(&scheduler->ready[task->priority], task);
}

/* A wake-up time beyond the end of the clock stays at its end. */
static void put_to_sleep(Scheduler *scheduler, Task *task, Ticks delay) {
  task->state = k_sleeping;
  task->wake_at = delay > UINT64_MAX - scheduler->now ? UINT64_MAX : scheduler->now + delay;
  task->sequence = scheduler->next_sequence++;
  heap_insert(scheduler, task);
}

/* Adds a task that is first called after `delay` ticks. Fails, with slot -1, for a priority that
 * does not exist or when all tasks are in use. `name` must outlive the task. */
static TaskId spawn(Scheduler *scheduler, const char *name, int priority, Ticks delay,
                    TaskFunction function, void *context) {
  Task *task = scheduler->free_tasks;
  if (task == NULL || priority < 0 || priority >= k_priorities || function == NULL)
    return (TaskId){-1, 0};
  scheduler->free_tasks = task->next;
  scheduler->live_tasks++;
  task->name = name;
  task->priority = priority;
  task->function = function;
  task->context = context;
  task->cancelled = false;
  if (delay > 0)
    put_to_sleep(scheduler, task, delay);
  else
    make_ready(scheduler, task);
  return (TaskId){(int16_t)(task - scheduler->tasks), task->generation};
}

/* Ends the task in its slot; its ids go stale. It is in no list. */
static void release_task(Scheduler *scheduler, Task *task) {
  task->state = k_free;
  task->generation++;
  task->next = scheduler->free_tasks;
  scheduler->free_tasks = task;
  scheduler->live_tasks--;
}

/* The live task with this id, or NULL. */
static Task *find_task(Scheduler *scheduler, TaskId id) {
  if (id.slot < 0 || id.slot >= k_max_tasks) return NULL;
  Task *task = &scheduler->tasks[id.slot];
  return task->state != k_free && task->generation == id.generation ? task : NULL;
}

/* Ends a task; one that runs ends after its current step. False for a task that is not there. */
static bool cancel(Scheduler *scheduler, TaskId id) {
  Task *task = find_task(scheduler, id);
  if (task == NULL || task->cancelled) return false;
  switch (task->state) {
  case k_running: task->cancelled = true; return true;
  case k_ready: list_remove(&scheduler->ready[task->priority], task); break;
  case k_sleeping: heap_remove(scheduler, task); break;
  case k_free: return false;
  }
  release_task(scheduler, task);
  return true;
}

/* Moves a task to another priority; a ready one goes to the end of its new list. */
static bool set_priority(Scheduler *scheduler, TaskId id, int priority) {
  Task *task = find_task(scheduler, id);
  if (task == NULL || priority < 0 || priority >= k_priorities) return false;
  if (task->state == k_ready) list_remove(&scheduler->ready[task->priority], task);
  task->priority = priority;
  if (task->state == k_ready) list_append(&scheduler->ready[priority], task);
  return true;
}

static void wake_due_tasks(Scheduler *scheduler) {
  while (scheduler->heap_size > 0 && scheduler->heap[0]->wake_at <= scheduler->now) {
    Task *task = scheduler->heap[0];
    heap_remove(scheduler, task);
    make_ready(scheduler, task);
  }
}

static void run_step(Scheduler *scheduler, Task *task) {
  list_remove(&scheduler->ready[task->priority], task);
  task->state = k_running;
  Step step = task->function(scheduler, task->context);
  scheduler->steps++;
  if (step.kind == k_step_fail) scheduler->failures++;
  if (task->cancelled || step.kind == k_step_done || step.kind == k_step_fail)
    release_task(scheduler, task);
  else if (step.kind == k_step_sleep && step.delay > 0)
    put_to_sleep(scheduler, task, step.delay);
  else
    make_ready(scheduler, task);
}

/* Runs until no task is left, the clock would pass `deadline`, or `max_steps` steps were made.
 * Returns the number of steps. */
static uint64_t run_until(Scheduler *scheduler, Ticks deadline, uint64_t max_steps) {
  uint64_t first = scheduler->steps;
  while (scheduler->steps - first < max_steps) {
    int priority = 0;
    wake_due_tasks(scheduler);
    while (priority < k_priorities && scheduler->ready[priority].first == NULL) priority++;
    if (priority < k_priorities) {
      run_step(scheduler, scheduler->ready[priority].first);
    } else if (scheduler->heap_size > 0 && scheduler->heap[0]->wake_at <= deadline) {
      scheduler->now = scheduler->heap[0]->wake_at;
    } else {
      if (scheduler->heap_size > 0) scheduler->now = deadline;
      break;
    }
  }
  return scheduler->steps - first;
}

#define CHECK(number, condition)                                                                   \
  if (!(condition))                                                                                \
  return fprintf(stderr, "scheduler: check %d failed: %s\n", (number), #condition), (number)

/* What the test tasks append to, as "letter time ". */
typedef struct Journal {
  char text[256];
  size_t length;
} Journal;

typedef struct Worker {
  Journal *journal;
  char letter;
  int remaining;
  Step after;
} Worker;

static Step work(Scheduler *scheduler, void *context) {
  Worker *worker = context;
  Journal *journal = worker->journal;
  journal->length +=
      (size_t)snprintf(journal->text + journal->length, sizeof journal->text - journal->length,
                       "%c%d ", worker->letter, (int)scheduler->now);
  return --worker->remaining > 0 ? worker->after : (Step){k_step_done, 0};
}

/* Counts its calls and behaves as told. */
typedef struct Probe {
  int calls;
  Step answer;
  TaskId victim;
} Probe;

static Step probe(Scheduler *scheduler, void *context) {
  Probe *self = context;
  self->calls++;
  cancel(scheduler, self->victim);
  return self->answer;
}

static int check_order(void) {
  Scheduler scheduler;
  Journal journal = {"", 0};
  Worker a = {&journal, 'a', 3, {k_step_yield, 0}}, b = {&journal, 'b', 3, {k_step_yield, 0}};
  Worker urgent = {&journal, 'u', 1, {k_step_done, 0}};
  Worker ticker = {&journal, 't', 3, {k_step_sleep, 10}},
         late = {&journal, 'l', 2, {k_step_sleep, 15}};
  scheduler_init(&scheduler);
  spawn(&scheduler, "a", 2, 0, work, &a);
  spawn(&scheduler, "b", 2, 0, work, &b);
  spawn(&scheduler, "urgent", 0, 0, work, &urgent);
  spawn(&scheduler, "ticker", 1, 5, work, &ticker);
  spawn(&scheduler, "late", 3, 5, work, &late);
  CHECK(1, run_until(&scheduler, 12, 1000) == 9 && scheduler.now == 12);
  CHECK(2, strcmp(journal.text, "u0 a0 b0 a0 b0 a0 b0 t5 l5 ") == 0);
  CHECK(3, run_until(&scheduler, UINT64_MAX, 1000) == 3 && scheduler.now == 25);
  CHECK(4, strcmp(journal.text + 27, "t15 l20 t25 ") == 0 && scheduler.live_tasks == 0);
  return 0;
}

static int check_cancel(void) {
  Scheduler scheduler;
  Probe ready = {0, {k_step_yield, 0}, {-1, 0}}, sleeper = ready, killer = ready, suicide = ready;
  scheduler_init(&scheduler);
  TaskId ready_id = spawn(&scheduler, "ready", 1, 0, probe, &ready);
  TaskId sleeper_id = spawn(&scheduler, "sleeper", 1, 50, probe, &sleeper);
  CHECK(20, cancel(&scheduler, ready_id) && !cancel(&scheduler, ready_id));
  /* A new task in the old slot does not answer to the old id. */
  TaskId reused = spawn(&scheduler, "reused", 1, 0, probe, &ready);
  CHECK(21, reused.slot == ready_id.slot && !cancel(&scheduler, ready_id));
  CHECK(22, cancel(&scheduler, reused));
  killer.victim = sleeper_id;
  killer.answer.kind = k_step_fail;
  spawn(&scheduler, "killer", 3, 10, probe, &killer);
  suicide.victim = spawn(&scheduler, "suicide", 0, 20, probe, &suicide);
  CHECK(23, run_until(&scheduler, 1000, 1000) == 2 && scheduler.live_tasks == 0);
  CHECK(24, killer.calls == 1 && suicide.calls == 1 && sleeper.calls == 0 && ready.calls == 0);
  CHECK(25, scheduler.failures == 1 && scheduler.now == 20);
  return 0;
}

static int check_limits(void) {
  Scheduler scheduler;
  Probe endless = {0, {k_step_yield, 0}, {-1, 0}}, starved = endless, far = endless;
  scheduler_init(&scheduler);
  CHECK(40, spawn(&scheduler, "x", k_priorities, 0, probe, &endless).slot == -1);
  CHECK(41, spawn(&scheduler, "x", 0, 0, NULL, NULL).slot == -1);
  spawn(&scheduler, "endless", 1, 0, probe, &endless);
  TaskId id = spawn(&scheduler, "starved", 2, 0, probe, &starved);
  CHECK(42, run_until(&scheduler, 0, 100) == 100 && endless.calls == 100 && starved.calls == 0);
  CHECK(43, set_priority(&scheduler, id, 1) && !set_priority(&scheduler, id, -1));
  CHECK(44, run_until(&scheduler, 0, 10) == 10 && starved.calls == 5 && endless.calls == 105);
  int spawned = 2;
  scheduler.now = 7;
  while (spawn(&scheduler, "far", 3, UINT64_MAX, probe, &far).slot >= 0) spawned++;
  CHECK(45, spawned == k_max_tasks && scheduler.heap[0]->wake_at == UINT64_MAX);
  return 0;
}

/* Sleepers with scattered delays wake in order of time, then of their start. */
static int check_heap(void) {
  Scheduler scheduler;
  Probe probes[k_max_tasks];
  uint32_t state = 9;
  scheduler_init(&scheduler);
  for (int i = 0; i < k_max_tasks; i++) {
    state = state * 1664525u + 1013904223u;
    probes[i] = (Probe){0, {k_step_done, 0}, {-1, 0}};
    spawn(&scheduler, "sleeper", 0, 1 + (state >> 16) % 20, probe, &probes[i]);
  }
  for (int16_t slot = 0; slot < k_max_tasks; slot += 3)
    CHECK(60, cancel(&scheduler, (TaskId){slot, 0}));
  Ticks last_time = 0;
  uint64_t last_sequence = 0;
  for (; scheduler.heap_size > 0; heap_remove(&scheduler, scheduler.heap[0])) {
    const Task *task = scheduler.heap[0];
    CHECK(61, task->heap_index == 0 && task->wake_at >= last_time);
    CHECK(62, task->wake_at > last_time || task->sequence > last_sequence);
    last_time = task->wake_at;
    last_sequence = task->sequence;
  }
  return 0;
}

int main(void) {
  static int (*const groups[])(void) = {check_order, check_cancel, check_limits, check_heap};
  for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
    int failed = groups[i]();
    if (failed != 0) return failed;
  }
  return 0;
}
