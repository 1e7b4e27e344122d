#include "serve/launcher.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <thread>

#include "serve/confinement.h"
#include "serve/file_descriptor.h"

namespace llmc {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int k_poll_ms = 100;
constexpr std::chrono::seconds k_patience{5};      // with a supervisor that was told to end
constexpr rlim_t k_most_processes = 4096;          // of the user, not of the request
constexpr int k_exit_not_started = 127;

// The descriptors of supervisor and command before exec.
constexpr int k_report_fd = 3;
constexpr int k_ruleset_fd = 4;

/// What supervisor and command tell the server, in one pipe.
struct Report {
  enum class Kind : int { not_started, ended };
  Kind kind = Kind::ended;
  int value = 0;             ///< errno, or a wait status
  const char* step = nullptr;  ///< what could not be done; the same address in all three processes
};

struct Pipe {
  FileDescriptor read, write;

  static Result<Pipe> create() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0)
      return fail(fmt::format("cannot make a pipe: {}", std::strerror(errno)));
    return Pipe{FileDescriptor(ends[0]), FileDescriptor(ends[1])};
  }
};

/// All that is needed after fork, ready to use.
struct Plan {
  const char* program = nullptr;
  char* const* arguments = nullptr;
  char* const* environment = nullptr;
  const char* folder = nullptr;
  int null = -1;
  int output = -1;
  int errors = -1;
  int report = -1;
  int ruleset = -1;
  pid_t server = -1;
  rlim_t memory = RLIM_INFINITY;
  rlim_t file = RLIM_INFINITY;
  rlim_t processor_seconds = RLIM_INFINITY;
};

void tell(Report report) {
  [[maybe_unused]] const ssize_t count = ::write(k_report_fd, &report, sizeof report);
}

[[noreturn]] void give_up(const char* step) {
  tell({Report::Kind::not_started, errno, step});
  ::_exit(k_exit_not_started);
}

// --- the command ---------------------------------------------------------------------------------

bool set_limit(decltype(RLIMIT_AS) what, rlim_t most) {
  // A hard limit that is lower already stays.
  rlimit limit{};
  if (::getrlimit(what, &limit) != 0) return false;
  limit.rlim_max = std::min(limit.rlim_max, most);
  limit.rlim_cur = limit.rlim_max;
  return ::setrlimit(what, &limit) == 0;
}

/// Root's power to ignore permissions and to raise limits does not pass an exec after this.
void drop_capabilities() {
  for (unsigned long capability = 0; capability < 64; ++capability)
    ::prctl(PR_CAPBSET_DROP, capability, 0, 0, 0);
}

[[noreturn]] void become_command(const Plan& plan, pid_t supervisor) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != supervisor) ::_exit(k_exit_not_started);
  // What is ignored or blocked would stay so after exec.
  for (const int number : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGCHLD}) ::signal(number, SIG_DFL);
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  if (::chdir(plan.folder) != 0) give_up("enter its folder");
  if (!set_limit(RLIMIT_CORE, 0) || !set_limit(RLIMIT_AS, plan.memory) ||
      !set_limit(RLIMIT_FSIZE, plan.file) || !set_limit(RLIMIT_CPU, plan.processor_seconds) ||
      !set_limit(RLIMIT_NPROC, k_most_processes))
    give_up("set its limits");
  drop_capabilities();
  if (plan.ruleset >= 0 && !enter_ruleset(k_ruleset_fd)) give_up("confine it");
  ::close_range(k_report_fd, ~0U, CLOSE_RANGE_CLOEXEC);
  ::execve(plan.program, plan.arguments, plan.environment);
  give_up("execute it");
}

// --- the supervisor ------------------------------------------------------------------------------

/// Kills the processes that are children now.
void kill_children() {
  const int list = ::open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
  if (list < 0) ::kill(0, SIGKILL);  // a kernel without that list: the group, this process with it
  char text[4096];
  pid_t pid = 0;
  for (ssize_t count = 0; (count = ::read(list, text, sizeof text)) > 0;)
    for (ssize_t i = 0; i < count; ++i) {
      if (text[i] >= '0' && text[i] <= '9') {
        pid = pid * 10 + (text[i] - '0');
      } else if (pid > 0) {
        ::kill(pid, SIGKILL);
        pid = 0;
      }
    }
  ::close(list);
}

/// Kills children, and children's children as they are adopted, until there is none.
void kill_all() {
  do {
    kill_children();
  } while (::waitpid(-1, nullptr, 0) > 0 || errno == EINTR);
}

/// Puts the descriptors into their places and closes all others, connections to clients too.
void arrange_descriptors(const Plan& plan) {
  std::array<int, 5> wanted = {plan.null, plan.output, plan.errors, plan.report, plan.ruleset};
  for (int& fd : wanted)
    if (fd >= 0) fd = ::fcntl(fd, F_DUPFD, static_cast<int>(wanted.size()));
  for (std::size_t i = 0; i < wanted.size(); ++i)
    if (wanted[i] >= 0) ::dup2(wanted[i], static_cast<int>(i));
  ::close_range(plan.ruleset >= 0 ? k_ruleset_fd + 1 : k_report_fd + 1, ~0U, 0);
}

/// Reaps until the command has ended; nothing if the supervisor is to end it.
bool await_command(pid_t command, int& status) {
  sigset_t awaited;
  ::sigemptyset(&awaited);
  ::sigaddset(&awaited, SIGCHLD);
  ::sigaddset(&awaited, SIGTERM);
  while (true) {
    for (pid_t pid = 1; pid > 0;) {
      pid = ::waitpid(-1, &status, WNOHANG);
      if (pid == command) return true;
    }
    if (::sigwaitinfo(&awaited, nullptr) == SIGTERM) return false;
  }
}

[[noreturn]] void supervise(const Plan& plan) {
  ::setpgid(0, 0);  // an interrupt from the terminal is for the server
  sigset_t all;
  ::sigfillset(&all);
  ::sigprocmask(SIG_SETMASK, &all, nullptr);
  ::signal(SIGCHLD, SIG_DFL);
  ::signal(SIGTERM, SIG_DFL);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != plan.server) ::_exit(k_exit_not_started);
  arrange_descriptors(plan);
  const pid_t supervisor = ::getpid();
  const pid_t command = ::fork();
  if (command < 0) give_up("fork");
  if (command == 0) become_command(plan, supervisor);
  for (const int standard : {STDOUT_FILENO, STDERR_FILENO}) ::dup2(STDIN_FILENO, standard);
  int status = 0;
  const bool ended = await_command(command, status);
  kill_all();
  if (ended) tell({Report::Kind::ended, status, nullptr});
  ::_exit(0);
}

// --- the server ----------------------------------------------------------------------------------

/// The words as exec wants them; they point into `words`.
std::vector<char*> pointers(const std::vector<std::string>& words) {
  std::vector<char*> result;
  for (const std::string& word : words) result.push_back(const_cast<char*>(word.c_str()));
  result.push_back(nullptr);
  return result;
}

/// Reads what is there; closes the descriptor at its end.
void drain(FileDescriptor& fd, std::string& into) {
  char buffer[1 << 16];
  const ssize_t count = ::read(fd.get(), buffer, sizeof buffer);
  if (count > 0) into.append(buffer, static_cast<std::size_t>(count));
  if (count == 0 || (count < 0 && errno != EINTR && errno != EAGAIN)) fd.reset();
}

/// True if it must go on no longer; `result` says why.
bool must_end(const Launch& launch, Clock::time_point start, Launched& result) {
  if (launch.wanted && !launch.wanted()) result.ending = Launched::Ending::unwanted;
  if (Clock::now() - start >= launch.limit) result.ending = Launched::Ending::timeout;
  if (result.output.size() + result.errors.size() > launch.output_bytes)
    result.ending = Launched::Ending::flood;
  return result.ending != Launched::Ending::exited;
}

/// Reads until the supervisor has ended, telling it to when it must. Returns the report's bytes.
std::string attend(pid_t supervisor, const Launch& launch, Clock::time_point start,
                   std::array<FileDescriptor, 3>& ends, Launched& result) {
  std::string report;
  std::string* const into[] = {&result.output, &result.errors, &report};
  bool told = false;
  Clock::time_point told_at;
  while (ends[2].valid() || ends[0].valid() || ends[1].valid()) {
    if (!told && must_end(launch, start, result)) {
      ::kill(supervisor, SIGTERM);
      told = true;
      told_at = Clock::now();
    } else if (told && Clock::now() - told_at > k_patience) {
      ::kill(-supervisor, SIGKILL);
      break;
    }
    pollfd polled[3];
    for (int i = 0; i < 3; ++i) polled[i] = {ends[i].get(), POLLIN, 0};
    if (::poll(polled, 3, k_poll_ms) <= 0) continue;
    for (int i = 0; i < 3; ++i)
      if (polled[i].revents != 0) drain(ends[i], *into[i]);
    if (told) result.output.resize(std::min(result.output.size(), launch.output_bytes));
  }
  return report;
}

/// What the first report says: the status of a command that ended, or why it did not start.
Result<void> read_report(const std::string& bytes, const Launch& launch, Launched& result) {
  Report report;
  if (bytes.size() < sizeof report)
    return fail(fmt::format("{}: its supervisor was killed", launch.program.string()));
  std::memcpy(&report, bytes.data(), sizeof report);
  if (report.kind == Report::Kind::not_started)
    return fail(fmt::format("{}: cannot {}: {}", launch.program.string(), report.step,
                            std::strerror(report.value)));
  result.status =
      WIFEXITED(report.value) ? WEXITSTATUS(report.value) : 128 + WTERMSIG(report.value);
  return {};
}

rlim_t processor_seconds(std::chrono::milliseconds limit) {
  const unsigned processors = std::max(1U, std::thread::hardware_concurrency());
  return static_cast<rlim_t>(limit.count() / 1000 + 2) * processors;
}

}  // namespace

Result<Launched> launch(const Launch& launch) {
  LLMC_TRY(Pipe output, Pipe::create());
  LLMC_TRY(Pipe errors, Pipe::create());
  LLMC_TRY(Pipe report, Pipe::create());
  const FileDescriptor null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  std::vector<std::string> words = {launch.program.filename().string()};
  words.insert(words.end(), launch.arguments.begin(), launch.arguments.end());
  const std::vector<char*> arguments = pointers(words);
  const std::vector<char*> environment = pointers(launch.environment);
  const Plan plan{launch.program.c_str(),
                  arguments.data(),
                  environment.data(),
                  launch.folder.c_str(),
                  null.get(),
                  output.write.get(),
                  errors.write.get(),
                  report.write.get(),
                  launch.ruleset,
                  ::getpid(),
                  launch.memory_bytes,
                  launch.file_bytes,
                  processor_seconds(launch.limit)};

  const auto start = Clock::now();
  const pid_t supervisor = ::fork();
  if (supervisor < 0) return fail(fmt::format("cannot fork: {}", std::strerror(errno)));
  if (supervisor == 0) supervise(plan);
  for (Pipe* pipe : {&output, &errors, &report}) pipe->write.reset();

  Launched result;
  std::array<FileDescriptor, 3> ends = {std::move(output.read), std::move(errors.read),
                                        std::move(report.read)};
  const std::string bytes = attend(supervisor, launch, start, ends, result);
  while (::waitpid(supervisor, nullptr, 0) < 0 && errno == EINTR) {
  }
  result.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  if (result.ending == Launched::Ending::exited) LLMC_CHECK(read_report(bytes, launch, result));
  return result;
}

}  // namespace llmc
