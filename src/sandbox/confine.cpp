#include "sandbox/confine.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

namespace llmc {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int k_exit_not_confined = 125;
constexpr int k_exit_not_started = 126;

/// System calls that no test program needs and that reach beyond its own process.
constexpr std::array k_refused = {SCMP_SYS(fork),           SCMP_SYS(vfork),
                                  SCMP_SYS(kill),           SCMP_SYS(tkill),
                                  SCMP_SYS(ptrace),         SCMP_SYS(socket),
                                  SCMP_SYS(socketpair),     SCMP_SYS(creat),
                                  SCMP_SYS(unlink),         SCMP_SYS(unlinkat),
                                  SCMP_SYS(rename),         SCMP_SYS(renameat),
                                  SCMP_SYS(renameat2),      SCMP_SYS(mkdir),
                                  SCMP_SYS(mkdirat),        SCMP_SYS(rmdir),
                                  SCMP_SYS(link),           SCMP_SYS(linkat),
                                  SCMP_SYS(symlink),        SCMP_SYS(symlinkat),
                                  SCMP_SYS(truncate),       SCMP_SYS(chmod),
                                  SCMP_SYS(fchmod),         SCMP_SYS(fchmodat),
                                  SCMP_SYS(chown),          SCMP_SYS(fchown),
                                  SCMP_SYS(lchown),         SCMP_SYS(fchownat),
                                  SCMP_SYS(mknod),          SCMP_SYS(mknodat),
                                  SCMP_SYS(mount),          SCMP_SYS(umount2),
                                  SCMP_SYS(utimensat),      SCMP_SYS(setxattr),
                                  SCMP_SYS(unshare),        SCMP_SYS(setns),
                                  SCMP_SYS(setsid),         SCMP_SYS(setpgid),
                                  SCMP_SYS(prctl),          SCMP_SYS(process_vm_writev),
                                  SCMP_SYS(pidfd_open),     SCMP_SYS(io_uring_setup),
                                  SCMP_SYS(memfd_create),   SCMP_SYS(shmget),
                                  SCMP_SYS(reboot),         SCMP_SYS(sethostname),
                                  SCMP_SYS(setuid),         SCMP_SYS(setgid),
                                  SCMP_SYS(setpriority),    SCMP_SYS(sched_setscheduler),
                                  SCMP_SYS(rt_sigqueueinfo)};

/// Builds the filter for this process; null if that cannot be done.
std::shared_ptr<void> make_filter() {
  std::shared_ptr<void> filter(seccomp_init(SCMP_ACT_ALLOW), [](scmp_filter_ctx ctx) {
    if (ctx != nullptr) seccomp_release(ctx);
  });
  if (!filter) return nullptr;
  const auto refuse = SCMP_ACT_ERRNO(EPERM);
  bool good = true;
  for (const int call : k_refused) good &= seccomp_rule_add(filter.get(), refuse, call, 0) == 0;
  // abort() signals its own process.
  const auto self = static_cast<scmp_datum_t>(::getpid());
  good &=
      seccomp_rule_add(filter.get(), refuse, SCMP_SYS(tgkill), 1, SCMP_A0(SCMP_CMP_NE, self)) == 0;
  // A clone that makes no thread is a fork. clone3 and openat2 hide their flags from filters; the
  // C library falls back to the older calls when they do not exist.
  good &= seccomp_rule_add(filter.get(), refuse, SCMP_SYS(clone), 1,
                           SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0)) == 0;
  for (const int call : {SCMP_SYS(clone3), SCMP_SYS(openat2)})
    good &= seccomp_rule_add(filter.get(), SCMP_ACT_ERRNO(ENOSYS), call, 0) == 0;
  // O_WRONLY, O_RDWR and O_CREAT are single bits.
  for (const auto flag : {O_WRONLY, O_RDWR, O_CREAT, O_TRUNC}) {
    const auto bit = static_cast<scmp_datum_t>(flag);
    good &= seccomp_rule_add(filter.get(), refuse, SCMP_SYS(open), 1,
                             SCMP_A1(SCMP_CMP_MASKED_EQ, bit, bit)) == 0;
    good &= seccomp_rule_add(filter.get(), refuse, SCMP_SYS(openat), 1,
                             SCMP_A2(SCMP_CMP_MASKED_EQ, bit, bit)) == 0;
  }
  return good ? filter : nullptr;
}

void set_limit(decltype(RLIMIT_AS) what, std::uint64_t most) {
  const rlimit limit{most, most};
  ::setrlimit(what, &limit);
}

/// Confines this process for good.
bool confine() {
  const std::shared_ptr<void> filter = make_filter();
  return filter && seccomp_load(filter.get()) == 0;
}

/// In a child that shares the parent's memory until exec: what it allocates, it must free.
[[noreturn]] void become(const std::filesystem::path& program, const std::filesystem::path& folder,
                         const ConfinedLimits& limits, char* const* arguments, int output) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  ::setpgid(0, 0);
  const int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::dup2(null, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
  char* const environment[] = {nullptr};
  if (::chdir(folder.c_str()) != 0) ::_exit(k_exit_not_started);
  if (!confine()) ::_exit(k_exit_not_confined);
  set_limit(RLIMIT_CORE, 0);
  set_limit(RLIMIT_AS, limits.memory_bytes);
  set_limit(RLIMIT_CPU, static_cast<std::uint64_t>(limits.deadline.count() / 1000 + 2));
  ::execve(program.c_str(), arguments, environment);
  ::_exit(k_exit_not_started);
}

/// vfork does not copy page tables, which for a process with LLVM and a suite in it takes longer
/// than most test programs run.
[[gnu::noinline]] pid_t start_confined(const std::filesystem::path& program,
                                       const std::filesystem::path& folder,
                                       const ConfinedLimits& limits, char* const* arguments,
                                       int output) {
  const pid_t child = ::vfork();
  if (child == 0) become(program, folder, limits, arguments, output);
  return child;
}

/// Collects output until the other end closes; returns how that went.
ConfinedRun::Ending collect(int fd, const ConfinedLimits& limits, Clock::time_point start,
                            std::string& output) {
  std::array<char, 1 << 14> buffer;
  while (true) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        start + limits.deadline - Clock::now());
    if (left.count() <= 0) return ConfinedRun::Ending::timeout;
    pollfd poll_fd{fd, POLLIN, 0};
    if (::poll(&poll_fd, 1, static_cast<int>(left.count()) + 1) <= 0) continue;
    const ssize_t count = ::read(fd, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return ConfinedRun::Ending::exited;
    output.append(buffer.data(), static_cast<std::size_t>(count));
    if (output.size() > limits.output_bytes) return ConfinedRun::Ending::flood;
  }
}

/// Waits for the end of a process that has closed its output, at most until the deadline.
bool wait_until(pid_t child, Clock::time_point end, int& status) {
  while (true) {
    const pid_t ended = ::waitpid(child, &status, WNOHANG);
    if (ended == child) return true;
    if (Clock::now() >= end) return false;
    ::usleep(500);
  }
}

}  // namespace

std::string ConfinedRun::describe() const {
  switch (ending) {
    case Ending::exited:
      return fmt::format("exit status {}", code);
    case Ending::killed:
      return fmt::format("signal {} ({})", code, strsignal(code));
    case Ending::timeout:
      return fmt::format("no end after {:.1f} s", seconds);
    case Ending::flood:
      break;
  }
  return "endless output";
}

Result<ConfinedRun> run_confined(const std::filesystem::path& program,
                                 const std::filesystem::path& folder, const ConfinedLimits& limits,
                                 const std::vector<std::string>& arguments) {
  // Interpreters look for their own files beside the name that they were called by.
  std::vector<std::string> words = {arguments.empty() ? "program" : program.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return fail(fmt::format("cannot make a pipe: {}", std::strerror(errno)));
  const auto start = Clock::now();
  const pid_t child = start_confined(program, folder, limits, pointers.data(), ends[1]);
  ::close(ends[1]);
  ConfinedRun run;
  if (child < 0) {
    ::close(ends[0]);
    return fail(fmt::format("cannot fork: {}", std::strerror(errno)));
  }
  run.ending = collect(ends[0], limits, start, run.output);
  ::close(ends[0]);
  int status = 0;
  if (run.ending == ConfinedRun::Ending::exited &&
      !wait_until(child, start + limits.deadline, status))
    run.ending = ConfinedRun::Ending::timeout;
  if (run.ending != ConfinedRun::Ending::exited) {
    ::kill(child, SIGKILL);
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
  }
  run.seconds = std::chrono::duration<double>(Clock::now() - start).count();
  if (run.ending != ConfinedRun::Ending::exited) return run;
  if (WIFSIGNALED(status)) {
    run.ending = ConfinedRun::Ending::killed;
    run.code = WTERMSIG(status);
    return run;
  }
  run.code = WEXITSTATUS(status);
  if (run.output.empty() && run.code == k_exit_not_confined)
    return fail("cannot confine test programs: the kernel refused the seccomp filter");
  if (run.output.empty() && run.code == k_exit_not_started)
    return fail(fmt::format("{}: cannot run", program.string()));
  return run;
}

}  // namespace llmc
