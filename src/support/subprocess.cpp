#include "support/subprocess.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>

namespace llmc {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int k_leader_poll_ms = 100;

/// The parent's ends of the three pipes.
struct Pipes {
  int in[2] = {-1, -1};
  int out[2] = {-1, -1};
  int err[2] = {-1, -1};
  int exec[2] = {-1, -1};  ///< closed by a successful exec, else carries errno

  ~Pipes() {
    for (int* pair : {in, out, err, exec})
      for (int end : {0, 1}) close_end(pair[end]);
  }
  static void close_end(int& fd) {
    if (fd >= 0) ::close(fd);
    fd = -1;
  }
};

/// The words as exec wants them; they point into `arguments`.
std::vector<char*> argv_of(const std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  return argv;
}

/// Waits for `child` and returns its exit code, or 128 + signal.
int reap(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

[[noreturn]] void run_child(const std::vector<std::string>& arguments,
                            const SubprocessOptions& options, Pipes& pipes) {
  ::dup2(pipes.in[0], STDIN_FILENO);
  ::dup2(pipes.out[1], STDOUT_FILENO);
  ::dup2(pipes.err[1], STDERR_FILENO);
  if (options.lifetime == Lifetime::group) ::setpgid(0, 0);
  for (const auto& [name, value] : options.environment) {
    if (value)
      ::setenv(name.c_str(), value->c_str(), 1);
    else
      ::unsetenv(name.c_str());
  }
  std::vector<char*> argv = argv_of(arguments);
  if (options.directory.empty() || ::chdir(options.directory.c_str()) == 0)
    ::execvp(argv[0], argv.data());
  const int code = errno;
  [[maybe_unused]] const ssize_t written = ::write(pipes.exec[1], &code, sizeof code);
  ::_exit(127);
}

bool ended_early(const SubprocessResult& result) {
  return result.interrupted || result.flooded || result.timed_out;
}

/// True if the child must go on no longer; `result` says why.
bool must_end(const SubprocessOptions& options, Clock::time_point start, SubprocessResult& result) {
  const std::size_t written = result.output.size() + result.errors.size();
  result.interrupted = options.interrupt != nullptr && *options.interrupt != 0;
  result.flooded = options.output_limit && written > *options.output_limit;
  result.timed_out = options.limit && Clock::now() - start >= *options.limit;
  return ended_early(result);
}

/// True if the child has ended; it is not reaped.
bool has_ended(pid_t child) {
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
         info.si_pid != 0;
}

/// Feeds and drains the pipes until the child has closed its outputs, or must end.
void pump(pid_t child, Pipes& pipes, const SubprocessOptions& options, Clock::time_point start,
          SubprocessResult& result) {
  // A full pipe must not stop us from reading what the child answers.
  ::fcntl(pipes.in[1], F_SETFL, O_NONBLOCK);
  std::string_view input = options.input ? std::string_view(*options.input) : std::string_view();
  if (input.empty()) Pipes::close_end(pipes.in[1]);
  while (pipes.out[0] >= 0 || pipes.err[0] >= 0) {
    if (must_end(options, start, result)) return;
    int wait = -1;
    if (options.limit) {
      const auto left = *options.limit - (Clock::now() - start);
      const auto left_ms = std::chrono::duration_cast<std::chrono::milliseconds>(left).count();
      wait = static_cast<int>(std::clamp<std::int64_t>(left_ms + 1, 1, 1 << 30));
    }
    if (options.lifetime == Lifetime::group) {
      // What the leader left behind may hold the pipes open for ever.
      if (has_ended(child)) ::kill(-child, SIGKILL);
      wait = wait < 0 ? k_leader_poll_ms : std::min(wait, k_leader_poll_ms);
    }
    pollfd fds[3] = {
        {pipes.out[0], POLLIN, 0}, {pipes.err[0], POLLIN, 0}, {pipes.in[1], POLLOUT, 0}};
    if (::poll(fds, 3, wait) < 0) {
      if (errno == EINTR) continue;
      return;
    }
    char buffer[1 << 16];
    auto drain = [&](int& fd, short events, std::string& into) {
      if (fd < 0 || (events & (POLLIN | POLLHUP | POLLERR)) == 0) return;
      const ssize_t count = ::read(fd, buffer, sizeof buffer);
      if (count > 0) into.append(buffer, static_cast<std::size_t>(count));
      if (count == 0) Pipes::close_end(fd);
    };
    drain(pipes.out[0], fds[0].revents, result.output);
    drain(pipes.err[0], fds[1].revents, result.errors);
    if (pipes.in[1] >= 0 && fds[2].revents != 0) {
      const ssize_t count = ::write(pipes.in[1], input.data(), input.size());
      const bool full = count < 0 && (errno == EAGAIN || errno == EINTR);
      if (count > 0) input.remove_prefix(static_cast<std::size_t>(count));
      if ((count < 0 && !full) || input.empty()) Pipes::close_end(pipes.in[1]);
    }
  }
}

/// Waits, without reaping it, for a child that has closed its outputs to end, or until it must.
void await_end(pid_t child, const SubprocessOptions& options, Clock::time_point start,
               SubprocessResult& result) {
  while (!must_end(options, start, result)) {
    if (has_ended(child)) return;
    ::usleep(2000);
  }
}

}  // namespace

Result<SubprocessResult> run_subprocess(const std::vector<std::string>& arguments,
                                        const SubprocessOptions& options) {
  Pipes pipes;
  for (int* pair : {pipes.in, pipes.out, pipes.err, pipes.exec})
    if (::pipe2(pair, O_CLOEXEC) != 0)
      return fail(fmt::format("cannot make a pipe: {}", std::strerror(errno)));
  const pid_t child = ::fork();
  if (child < 0) return fail(fmt::format("cannot fork: {}", std::strerror(errno)));
  if (child == 0) run_child(arguments, options, pipes);

  for (int* fd : {&pipes.in[0], &pipes.out[1], &pipes.err[1], &pipes.exec[1]})
    Pipes::close_end(*fd);
  int exec_errno = 0;
  const bool exec_failed =
      ::read(pipes.exec[0], &exec_errno, sizeof exec_errno) == sizeof exec_errno;
  SubprocessResult result;
  if (!exec_failed) {
    ::signal(SIGPIPE, SIG_IGN);
    const auto start = Clock::now();
    pump(child, pipes, options, start, result);
    // Until the leader is reaped, its number cannot become another process's.
    if (!ended_early(result)) await_end(child, options, start, result);
    if (options.lifetime == Lifetime::group) ::kill(-child, SIGKILL);
    if (ended_early(result)) ::kill(child, SIGKILL);
  }
  result.exit_status = reap(child);
  if (exec_failed)
    return fail(fmt::format("{}: cannot run: {}", arguments[0], std::strerror(exec_errno)));
  return result;
}

Result<int> run_attached(const std::vector<std::string>& arguments) {
  const pid_t child = ::fork();
  if (child < 0) return fail(fmt::format("cannot fork: {}", std::strerror(errno)));
  if (child == 0) {
    const std::string message = fmt::format("llmc: error: {}\n", become(arguments).message);
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, message.data(), message.size());
    ::_exit(127);
  }
  return reap(child);
}

Error become(const std::vector<std::string>& arguments) {
  std::vector<char*> argv = argv_of(arguments);
  ::execvp(argv[0], argv.data());
  return {fmt::format("{}: cannot run: {}", arguments[0], std::strerror(errno))};
}

std::optional<std::filesystem::path> find_program(const std::string& name) {
  if (name.find('/') != std::string::npos)
    return ::access(name.c_str(), X_OK) == 0 ? std::optional<std::filesystem::path>(name)
                                             : std::nullopt;
  const char* variable = std::getenv("PATH");
  std::string_view rest = variable != nullptr ? variable : "/usr/bin:/bin";
  while (!rest.empty()) {
    const std::size_t colon = rest.find(':');
    const std::filesystem::path candidate = std::filesystem::path(rest.substr(0, colon)) / name;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
    rest = colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
  }
  return std::nullopt;
}

}  // namespace llmc
