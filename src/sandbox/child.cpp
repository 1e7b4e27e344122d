#include "sandbox/child.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <llvm/Support/ErrorHandling.h>
#include <poll.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <new>

namespace llmc {
namespace {

constexpr std::array<std::string_view, 7> k_outcomes = {
    "ok", "crash", "fatal", "timeout", "out-of-memory", "invalid-ir", "rejected"};

void (*fatal_observer)(const char*) = nullptr;

void handle_fatal(void*, const char* message, bool) {
  if (fatal_observer != nullptr) fatal_observer(message);
  ::_exit(k_exit_fatal);
}

void handle_bad_alloc(void*, const char*, bool) { ::_exit(k_exit_out_of_memory); }

[[noreturn]] void handle_new_failure() { ::_exit(k_exit_out_of_memory); }

/// The last words of a child: memory that both processes see.
struct SharedMessage {
  static constexpr std::size_t k_capacity = 1000;
  char text[k_capacity + 1];
};
SharedMessage* shared_message = nullptr;  // set in the child alone

void keep_message(const char* message) {
  std::strncpy(shared_message->text, message, SharedMessage::k_capacity);
}

void write_fully(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) ::_exit(k_exit_fatal);
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

[[noreturn]] void child_main(int fd, const std::function<Result<std::string>()>& work,
                             const Limits& limits) {
  enter_child(limits, keep_message);
  const Result<std::string> result = work();
  write_fully(fd, result ? "+" : "-");
  write_fully(fd, result ? *result : result.error().message);
  ::_exit(0);
}

std::string explain(Outcome outcome, int status, const Limits& limits, const std::string& message) {
  switch (outcome) {
    case Outcome::timeout:
      return fmt::format("not done after {:g} s; raise --deadline if it needs longer",
                         static_cast<double>(limits.deadline.count()) / 1000);
    case Outcome::out_of_memory:
      return fmt::format("needs more than {} MiB of memory; raise --memory if that is expected",
                         limits.memory_bytes >> 20);
    case Outcome::fatal:
      return message.empty() ? fmt::format("LLVM gave up: {}", describe_wait_status(status))
                             : fmt::format("LLVM gave up: {}", message);
    default:
      return fmt::format("LLVM crashed: {}", describe_wait_status(status));
  }
}

}  // namespace

std::string_view to_string(Outcome outcome) {
  return k_outcomes[static_cast<std::size_t>(outcome)];
}

Result<Outcome> parse_outcome(std::string_view name) {
  for (std::size_t i = 0; i < k_outcomes.size(); ++i)
    if (k_outcomes[i] == name) return static_cast<Outcome>(i);
  return fail(fmt::format("unknown outcome '{}'", name));
}

void enter_child(const Limits& limits, void (*on_fatal)(const char*)) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  for (const int signal_number : {SIGINT, SIGTERM, SIGPIPE, SIGHUP})
    ::signal(signal_number, SIG_DFL);
  // An interrupt from the terminal goes to the parent, which ends its children in order.
  ::signal(SIGINT, SIG_IGN);
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  const rlimit memory{limits.memory_bytes, limits.memory_bytes};
  ::setrlimit(RLIMIT_AS, &memory);
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  for (const int standard : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) ::dup2(null, standard);
  fatal_observer = on_fatal;
  std::set_new_handler(handle_new_failure);
  llvm::remove_fatal_error_handler();
  llvm::install_fatal_error_handler(handle_fatal);
  llvm::remove_bad_alloc_error_handler();
  llvm::install_bad_alloc_error_handler(handle_bad_alloc);
}

Outcome outcome_of_wait_status(int wait_status, bool killed_for_deadline) {
  if (killed_for_deadline) return Outcome::timeout;
  if (WIFSIGNALED(wait_status)) return Outcome::crash;
  const int code = WEXITSTATUS(wait_status);
  return code == k_exit_out_of_memory ? Outcome::out_of_memory : Outcome::fatal;
}

std::string describe_wait_status(int wait_status) {
  if (WIFSIGNALED(wait_status))
    return fmt::format("signal {} ({})", WTERMSIG(wait_status), strsignal(WTERMSIG(wait_status)));
  return fmt::format("exit status {}", WEXITSTATUS(wait_status));
}

// --- ChildPool -----------------------------------------------------------------------------------

namespace {

/// Deadlines on the clock after which a child is late whatever it did meanwhile.
constexpr int k_patience = 8;

/// What the child itself has used of the processor; a long time if that cannot be told.
std::chrono::milliseconds processor_time(pid_t pid) {
  clockid_t clock{};
  timespec time{};
  if (::clock_getcpuclockid(pid, &clock) != 0 || ::clock_gettime(clock, &time) != 0)
    return std::chrono::hours(24);
  return std::chrono::milliseconds(time.tv_sec * 1000 + time.tv_nsec / 1'000'000);
}

}  // namespace

struct ChildPool::Slot {
  Slot() = default;
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
  ~Slot() {
    if (pid > 0) {
      ::kill(pid, SIGKILL);
      reap();
    }
    if (message != nullptr) ::munmap(message, sizeof(SharedMessage));
  }

  /// Closes the pipe and returns the wait status.
  int reap() {
    ::close(fd);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    pid = 0;
    return status;
  }

  /// Whether the child has used up `deadline` of the processor's time, or k_patience times that on
  /// the clock: on a busy machine an innocent child must not look like one that hangs. Otherwise
  /// sets `look`.
  bool is_late(std::chrono::milliseconds deadline) {
    const auto now = std::chrono::steady_clock::now();
    if (now < look) return false;
    const auto left = deadline - processor_time(pid);
    if (left <= std::chrono::milliseconds(0) || now - start >= deadline * k_patience) return true;
    look = now + left;
    return false;
  }

  pid_t pid = 0;  ///< 0: free
  int fd = -1;
  std::size_t tag = 0;
  std::chrono::steady_clock::time_point start;
  std::chrono::steady_clock::time_point look;  ///< when it could be late
  std::string bytes;
  SharedMessage* message = nullptr;
};

ChildPool::ChildPool(unsigned jobs, const Limits& limits) : limits_(limits) {
  for (unsigned i = 0; i < std::max(1U, jobs); ++i) slots_.push_back(std::make_unique<Slot>());
}
ChildPool::~ChildPool() = default;

bool ChildPool::has_room() const {
  return std::ranges::any_of(slots_, [](const auto& slot) { return slot->pid == 0; });
}

bool ChildPool::idle() const {
  return std::ranges::all_of(slots_, [](const auto& slot) { return slot->pid == 0; });
}

void ChildPool::kill_all() {
  for (auto& slot : slots_) slot = std::make_unique<Slot>();
}

Result<void> ChildPool::start(std::size_t tag, const std::function<Result<std::string>()>& work) {
  Slot& slot = **std::ranges::find_if(slots_, [](const auto& each) { return each->pid == 0; });
  if (slot.message == nullptr) {
    void* memory = ::mmap(nullptr, sizeof(SharedMessage), PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return fail("cannot map shared memory");
    slot.message = static_cast<SharedMessage*>(memory);
  }
  slot.message->text[0] = '\0';
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return fail(fmt::format("cannot make a pipe: {}", std::strerror(errno)));
  const pid_t child = ::fork();
  if (child < 0) {
    ::close(ends[0]);
    ::close(ends[1]);
    return fail(fmt::format("cannot fork: {}", std::strerror(errno)));
  }
  if (child == 0) {
    ::close(ends[0]);
    shared_message = slot.message;
    child_main(ends[1], work, limits_);
  }
  ::close(ends[1]);
  slot.pid = child;
  slot.fd = ends[0];
  slot.tag = tag;
  slot.start = std::chrono::steady_clock::now();
  slot.look = slot.start + limits_.deadline;
  slot.bytes.clear();
  return {};
}

std::optional<ChildResult> ChildPool::wait() {
  std::array<char, 1 << 16> buffer;
  while (true) {
    std::vector<pollfd> fds;
    std::vector<Slot*> busy;
    auto left = std::chrono::milliseconds::max();
    const auto now = std::chrono::steady_clock::now();
    for (const auto& slot : slots_) {
      if (slot->pid == 0) continue;
      fds.push_back({slot->fd, POLLIN, 0});
      busy.push_back(slot.get());
      left =
          std::min(left, std::chrono::duration_cast<std::chrono::milliseconds>(slot->look - now));
    }
    const int timeout = static_cast<int>(std::clamp<std::int64_t>(left.count() + 1, 0, 1 << 30));
    if (::poll(fds.data(), fds.size(), timeout) < 0) return std::nullopt;
    for (std::size_t i = 0; i < busy.size(); ++i) {
      Slot& slot = *busy[i];
      const auto spent = std::chrono::steady_clock::now() - slot.start;
      bool closed = false;
      if (fds[i].revents != 0) {
        const ssize_t count = ::read(slot.fd, buffer.data(), buffer.size());
        if (count > 0) slot.bytes.append(buffer.data(), static_cast<std::size_t>(count));
        closed = count == 0 || (count < 0 && errno != EINTR);
      }
      const bool late = !closed && slot.is_late(limits_.deadline);
      if (!closed && !late) continue;
      if (late) ::kill(slot.pid, SIGKILL);
      const int status = slot.reap();
      ChildResult result{slot.tag, Outcome::ok, "", std::chrono::duration<double>(spent).count()};
      if (!late && status == 0 && !slot.bytes.empty()) {
        const bool good = slot.bytes[0] == '+';
        slot.bytes.erase(0, 1);
        if (good)
          result.bytes = std::move(slot.bytes);
        else
          result.bytes = fail(std::move(slot.bytes));
        return result;
      }
      result.outcome = outcome_of_wait_status(status, late);
      result.bytes = fail(explain(result.outcome, status, limits_, slot.message->text));
      return result;
    }
  }
}

Result<std::string> run_in_child(const std::function<Result<std::string>()>& work,
                                 const Limits& limits) {
  ChildPool pool(1, limits);
  LLMC_CHECK(pool.start(0, work));
  while (true)
    if (auto result = pool.wait()) return std::move(result->bytes);
}

}  // namespace llmc
