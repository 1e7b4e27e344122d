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

#include <array>
#include <cerrno>
#include <cstring>
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

/// The message channel of run_in_child: memory that both processes see.
struct SharedMessage {
  static constexpr std::size_t k_capacity = 1000;
  char text[k_capacity + 1];
};
SharedMessage* shared_message = nullptr;

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

/// Reads until the other end closes; false once the deadline has passed.
bool read_until_closed(int fd, std::chrono::milliseconds deadline, std::string& bytes) {
  const auto end = std::chrono::steady_clock::now() + deadline;
  std::array<char, 1 << 16> buffer;
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        end - std::chrono::steady_clock::now());
    if (left.count() <= 0) return false;
    pollfd poll_fd{fd, POLLIN, 0};
    if (::poll(&poll_fd, 1, static_cast<int>(left.count()) + 1) <= 0) continue;
    const ssize_t count = ::read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return true;
    bytes.append(buffer.data(), static_cast<std::size_t>(count));
  }
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

Result<std::string> run_in_child(const std::function<Result<std::string>()>& work,
                                 const Limits& limits) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return fail(fmt::format("cannot make a pipe: {}", std::strerror(errno)));
  void* memory = ::mmap(nullptr, sizeof(SharedMessage), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return fail("cannot map shared memory");
  shared_message = static_cast<SharedMessage*>(memory);
  const pid_t child = ::fork();
  if (child < 0) return fail(fmt::format("cannot fork: {}", std::strerror(errno)));
  if (child == 0) {
    ::close(ends[0]);
    child_main(ends[1], work, limits);
  }
  ::close(ends[1]);
  std::string bytes;
  const bool in_time = read_until_closed(ends[0], limits.deadline, bytes);
  if (!in_time) ::kill(child, SIGKILL);
  ::close(ends[0]);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  const std::string message = shared_message->text;
  ::munmap(memory, sizeof(SharedMessage));
  if (in_time && status == 0 && !bytes.empty()) {
    const bool good = bytes[0] == '+';
    bytes.erase(0, 1);
    return good ? Result<std::string>(std::move(bytes)) : fail(std::move(bytes));
  }
  return fail(explain(outcome_of_wait_status(status, !in_time), status, limits, message));
}

}  // namespace llmc
