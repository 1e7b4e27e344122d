#include "tune/evaluator.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <exception>
#include <map>
#include <set>

namespace llmc {
namespace {

std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

/// A task on its way: which rows are still missing.
struct OpenTask {
  EvaluationTask task;
  std::vector<Evaluation> rows;
  std::size_t missing = 0;
};

/// A part of a task, sized for one worker.
struct Chunk {
  std::shared_ptr<OpenTask> open;
  std::vector<std::size_t> indices;  ///< into the task's lists
  Artefacts artefacts = Artefacts::no;
};

/// One worker process and what it is doing.
struct Worker {
  pid_t pid = -1;
  int fd = -1;
  Board* board = nullptr;
  std::string buffer;
  std::optional<Chunk> chunk;
  Batch batch;          ///< what was sent; positions are the board's
  std::vector<bool> answered;  ///< by position: the row has arrived
  Digest loaded;        ///< the program it holds
  std::uint64_t steps_seen = 0;
  std::uint64_t forks_seen = 0;

  [[nodiscard]] bool alive() const { return pid > 0; }
};

}  // namespace

std::vector<std::string> split_steps(const std::string& list) {
  if (list.empty()) return {};
  if (list == k_baseline_list) return {list};
  std::vector<std::string> steps(1);
  int depth = 0;
  for (const char c : list) {
    if (c == '(' || c == '<') ++depth;
    if (c == ')' || c == '>') --depth;
    if (c == ',' && depth == 0)
      steps.emplace_back();
    else
      steps.back() += c;
  }
  return steps;
}

struct Evaluator::State {
  explicit State(const EvaluatorOptions& given) : options(given), workers(given.jobs) {}
  ~State() {
    for (Worker& worker : workers) {
      stop(worker);
      if (worker.board != nullptr) ::munmap(worker.board, sizeof(Board));
    }
    if (memo != nullptr) destroy_size_memo(memo);
  }

  EvaluatorOptions options;
  SizeMemo* memo = nullptr;
  std::vector<Worker> workers;
  std::deque<Chunk> queue;
  std::deque<EvaluationAnswer> answers;
  std::size_t open_tasks = 0;
  EvaluatorStatistics statistics;
  const volatile int* interrupt = nullptr;
  std::optional<Row> last_built;
  std::uint32_t batches_sent = 0;

  // --- Workers ---------------------------------------------------------------------------------

  Result<void> make_boards() {
    for (Worker& worker : workers) {
      void* memory =
          ::mmap(nullptr, sizeof(Board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
      if (memory == MAP_FAILED) return fail("cannot map shared memory for a worker");
      worker.board = new (memory) Board;
    }
    return {};
  }

  Result<void> start(Worker& worker) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
      return fail(fmt::format("cannot start a worker: {}", std::strerror(errno)));
    const pid_t pid = ::fork();
    if (pid < 0) {
      ::close(ends[0]);
      ::close(ends[1]);
      return fail(fmt::format("cannot start a worker: {}", std::strerror(errno)));
    }
    if (pid == 0) {
      // A group of its own: killing the group reaches the snapshots as well.
      ::setpgid(0, 0);
      ::close(ends[0]);
      for (const Worker& other : workers)
        if (other.fd >= 0) ::close(other.fd);
      serve_batches(ends[1], *worker.board, *memo, options.limits);
    }
    ::setpgid(pid, pid);
    ::close(ends[1]);
    worker.pid = pid;
    worker.fd = ends[0];
    worker.buffer.clear();
    worker.loaded = {};
    return {};
  }

  static void stop(Worker& worker) {
    if (!worker.alive()) return;
    ::kill(-worker.pid, SIGKILL);
    ::kill(worker.pid, SIGKILL);
    int status = 0;
    while (::waitpid(worker.pid, &status, 0) < 0 && errno == EINTR) {
    }
    ::close(worker.fd);
    worker.pid = worker.fd = -1;
  }

  // --- Sending ---------------------------------------------------------------------------------

  Result<void> dispatch() {
    for (Worker& worker : workers) {
      if (queue.empty()) break;
      if (worker.chunk) continue;
      // A worker that holds the program already is the better one for a chunk of it.
      auto best = std::ranges::find_if(
          queue, [&](const Chunk& chunk) { return chunk.open->task.program->id == worker.loaded; });
      if (best == queue.end()) best = queue.begin();
      worker.chunk = std::move(*best);
      queue.erase(best);
      fill_batch(worker);
      LLMC_CHECK(send(worker));
    }
    return {};
  }

  void fill_batch(Worker& worker) {
    const EvaluationTask& task = worker.chunk->open->task;
    Batch& batch = worker.batch;
    batch.program_name = task.program->name;
    batch.triple = task.program->triple;
    batch.codegen = task.program->codegen;
    batch.reuse = options.reuse;
    batch.artefacts = worker.chunk->artefacts;
    batch.items.clear();
    batch.number = ++batches_sent;
    for (const std::size_t index : worker.chunk->indices)
      batch.items.push_back({static_cast<int>(index), split_steps(task.lists[index])});
    worker.answered.assign(batch.items.size(), false);
  }

  /// Tells the board which rows have arrived.
  static void mark_answered(Worker& worker) {
    for (std::size_t i = 0; i < worker.answered.size(); ++i)
      worker.board->done[i] = worker.answered[i] ? worker.batch.number : 0;
  }

  /// Sends the batch to the worker (a fresh one if need be). What was answered stays answered.
  Result<void> send(Worker& worker) {
    const Program& program = *worker.chunk->open->task.program;
    if (!worker.alive()) {
      LLMC_CHECK(start(worker));
    }
    worker.batch.bitcode = worker.loaded == program.id ? std::string() : program.bitcode;
    // What a dead worker did but could not say is done again.
    mark_answered(worker);
    worker.board->current = -1;
    worker.board->message[0] = '\0';
    worker.board->started_ns = now_ns();
    worker.board->pid = worker.pid;
    worker.loaded = program.id;
    if (send_batch(worker.fd, worker.batch)) return {};
    return handle_death(worker);
  }

  // --- Receiving -------------------------------------------------------------------------------

  Result<void> receive(Worker& worker) {
    std::array<char, 1 << 16> bytes;
    const ssize_t count = ::read(worker.fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) return {};
    if (count <= 0) return handle_death(worker);
    worker.buffer.append(bytes.data(), static_cast<std::size_t>(count));
    std::vector<Row> rows;
    try {
      rows = take_rows(worker.buffer);
    } catch (const std::exception&) {
      // A process killed in the middle of a message; its worker starts anew.
      return handle_death(worker);
    }
    for (Row& row : rows) {
      LLMC_CHECK(accept(worker, std::move(row)));
    }
    return {};
  }

  Result<void> accept(Worker& worker, Row row) {
    const std::shared_ptr<OpenTask> open = worker.chunk->open;
    const auto index = static_cast<std::size_t>(row.index);
    Evaluation& evaluation = row.evaluation;
    evaluation.program = open->task.program->id;
    evaluation.list = open->task.lists[index];
    statistics.evaluated += 1;
    statistics.failed += !evaluation.ok();
    statistics.codegen_skipped += row.codegen_skipped;
    for (std::size_t i = 0; i < worker.batch.items.size(); ++i) {
      if (worker.batch.items[i].index != row.index) continue;
      statistics.steps_asked += worker.batch.items[i].steps.size();
      worker.answered[i] = true;
    }
    collect_counters(worker);
    if (options.store != nullptr) {
      LLMC_CHECK(options.store->add(evaluation));
    }
    open->rows[index] = evaluation;
    if (worker.chunk->artefacts == Artefacts::yes) last_built = std::move(row);
    if (std::ranges::find(worker.answered, false) == worker.answered.end()) worker.chunk.reset();
    if (--open->missing == 0) finish(*open);
    return {};
  }

  void collect_counters(Worker& worker) {
    const std::uint64_t steps = worker.board->steps_run;
    const std::uint64_t forks = worker.board->forks;
    statistics.steps_run += steps - std::exchange(worker.steps_seen, steps);
    statistics.forks += forks - std::exchange(worker.forks_seen, forks);
  }

  void finish(OpenTask& open) {
    answers.push_back({open.task.tag, std::move(open.rows)});
    --open_tasks;
  }

  // --- Failures --------------------------------------------------------------------------------

  /// The worker process itself is gone: rows for what it was doing, a new worker for the rest.
  Result<void> handle_death(Worker& worker) {
    ::kill(-worker.pid, SIGKILL);
    int status = 0;
    while (::waitpid(worker.pid, &status, 0) < 0 && errno == EINTR) {
    }
    const bool killed = worker.board->killed_pid == worker.pid;
    ::close(worker.fd);
    worker.pid = worker.fd = -1;
    statistics.workers_lost += 1;
    if (!worker.chunk) return {};
    const std::string message =
        worker.board->message[0] != '\0' ? worker.board->message : describe_wait_status(status);
    mark_answered(worker);
    const std::int64_t spent =
        killed ? worker.board->killed_after_ns.load() : now_ns() - worker.board->started_ns;
    for (const std::size_t position : victims(worker.batch, *worker.board)) {
      Row row;
      row.index = worker.batch.items[position].index;
      row.evaluation.outcome = outcome_of_wait_status(status, killed);
      row.evaluation.seconds = static_cast<double>(spent) * 1e-9;
      row.evaluation.message = message;
      LLMC_CHECK(accept(worker, std::move(row)));
    }
    if (worker.chunk) return send(worker);
    return {};
  }

  /// Kills the processes that are past the deadline; returns the time until the next could be.
  int enforce_deadlines() {
    std::int64_t wait = 1000;
    const std::int64_t deadline = options.limits.deadline.count();
    for (Worker& worker : workers) {
      if (!worker.chunk || !worker.alive()) continue;
      const std::int64_t started = worker.board->started_ns;
      const std::int64_t left = deadline - (now_ns() - started) / 1'000'000;
      if (left > 0) {
        wait = std::min(wait, left + 1);
        continue;
      }
      const pid_t culprit = worker.board->pid > 0 ? worker.board->pid.load() : worker.pid;
      worker.board->killed_after_ns = now_ns() - started;
      worker.board->killed_pid = culprit;
      worker.board->started_ns = now_ns();  // whoever takes over starts with a fresh clock
      ::kill(culprit, SIGKILL);
      wait = std::min<std::int64_t>(wait, 50);
    }
    return static_cast<int>(wait);
  }

  Result<void> poll_once() {
    LLMC_CHECK(dispatch());
    std::vector<pollfd> fds;
    std::vector<Worker*> owners;
    for (Worker& worker : workers) {
      if (!worker.chunk || !worker.alive()) continue;
      fds.push_back({worker.fd, POLLIN, 0});
      owners.push_back(&worker);
    }
    const int timeout = enforce_deadlines();
    if (::poll(fds.data(), fds.size(), timeout) <= 0) return {};
    for (std::size_t i = 0; i < fds.size(); ++i) {
      if (fds[i].revents == 0 || !owners[i]->alive()) continue;
      LLMC_CHECK(receive(*owners[i]));
    }
    return {};
  }

  [[nodiscard]] bool interrupted() const { return interrupt != nullptr && *interrupt != 0; }
};

Evaluator::Evaluator(std::unique_ptr<State> state) : state_(std::move(state)) {}
Evaluator::~Evaluator() = default;

Result<std::unique_ptr<Evaluator>> Evaluator::create(const EvaluatorOptions& options) {
  if (options.jobs == 0) return fail("at least one job is needed", ErrorKind::usage);
  ::signal(SIGPIPE, SIG_IGN);  // a dead worker is a failed write, not our end
  auto state = std::make_unique<State>(options);
  state->memo = make_size_memo();
  if (state->memo == nullptr) return fail("cannot map shared memory for the size memo");
  LLMC_CHECK(state->make_boards());
  return std::unique_ptr<Evaluator>(new Evaluator(std::move(state)));
}

Result<void> Evaluator::submit(EvaluationTask task) {
  if (std::set<std::string_view>(task.lists.begin(), task.lists.end()).size() != task.lists.size())
    return fail("a batch must not hold the same list twice");
  auto open = std::make_shared<OpenTask>();
  open->task = std::move(task);
  const EvaluationTask& kept = open->task;
  open->rows.resize(kept.lists.size());
  state_->statistics.asked += kept.lists.size();
  ++state_->open_tasks;
  std::vector<std::size_t> to_do;
  for (std::size_t i = 0; i < kept.lists.size(); ++i) {
    std::optional<Evaluation> known;
    if (state_->options.store != nullptr)
      known = state_->options.store->find(kept.program->id, kept.lists[i],
                                          state_->options.limits.deadline);
    if (!known) {
      to_do.push_back(i);
      continue;
    }
    open->rows[i] = std::move(*known);
    state_->statistics.from_store += 1;
  }
  open->missing = to_do.size();
  if (to_do.empty()) {
    state_->finish(*open);
    return {};
  }
  // Neighbours in text share prefixes, so a chunk of neighbours keeps them together.
  std::ranges::sort(to_do, {}, [&](std::size_t i) -> const std::string& { return kept.lists[i]; });
  const std::size_t free_workers = std::max<std::size_t>(
      1, state_->workers.size() / std::max<std::size_t>(1, state_->open_tasks));
  const std::size_t chunk_size =
      std::min<std::size_t>((to_do.size() + free_workers - 1) / free_workers, Board::k_most_items);
  for (std::size_t at = 0; at < to_do.size(); at += chunk_size) {
    Chunk chunk;
    chunk.open = open;
    chunk.indices.assign(
        to_do.begin() + static_cast<long>(at),
        to_do.begin() + static_cast<long>(std::min(at + chunk_size, to_do.size())));
    state_->queue.push_back(std::move(chunk));
  }
  return {};
}

Result<std::optional<EvaluationAnswer>> Evaluator::wait() {
  while (state_->answers.empty()) {
    if (state_->open_tasks == 0 || state_->interrupted()) return std::nullopt;
    LLMC_CHECK(state_->poll_once());
  }
  std::optional<EvaluationAnswer> answer = std::move(state_->answers.front());
  state_->answers.pop_front();
  return answer;
}

Result<std::vector<Evaluation>> Evaluator::evaluate(const Program& program,
                                                    const std::vector<std::string>& lists) {
  LLMC_CHECK(submit({&program, lists, 0}));
  LLMC_TRY(auto answer, wait());
  if (!answer) return fail("interrupted", ErrorKind::interrupted);
  return std::move(answer->rows);
}

Result<BuiltList> Evaluator::build(const Program& program, const std::string& list) {
  auto open = std::make_shared<OpenTask>();
  open->task = {&program, {list}, 0};
  open->rows.resize(1);
  open->missing = 1;
  ++state_->open_tasks;
  state_->queue.push_back({open, {0}, Artefacts::yes});
  state_->last_built.reset();
  LLMC_TRY(auto answer, wait());
  if (!answer || !state_->last_built) return fail("interrupted", ErrorKind::interrupted);
  return BuiltList{std::move(answer->rows[0]), std::move(state_->last_built->object),
                   std::move(state_->last_built->bitcode)};
}

EvaluatorStatistics Evaluator::statistics() const { return state_->statistics; }

unsigned Evaluator::jobs() const { return state_->options.jobs; }

void Evaluator::set_interrupt_flag(const volatile int* flag) { state_->interrupt = flag; }

}  // namespace llmc
