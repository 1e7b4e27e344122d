#include "support/subprocess.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace llmc {
namespace {

using Clock = std::chrono::steady_clock;

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

[[noreturn]] void run_child(const std::vector<std::string>& arguments,
                            const SubprocessOptions& options, Pipes& pipes) {
  ::dup2(pipes.in[0], STDIN_FILENO);
  ::dup2(pipes.out[1], STDOUT_FILENO);
  ::dup2(pipes.err[1], STDERR_FILENO);
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  if (options.directory.empty() || ::chdir(options.directory.c_str()) == 0)
    ::execvp(argv[0], argv.data());
  const int code = errno;
  [[maybe_unused]] const ssize_t written = ::write(pipes.exec[1], &code, sizeof code);
  ::_exit(127);
}

/// Feeds and drains the pipes until the child has closed its outputs; false if the limit passed.
bool pump(Pipes& pipes, const SubprocessOptions& options, Clock::time_point start,
          SubprocessResult& result) {
  // A full pipe must not stop us from reading what the child answers.
  ::fcntl(pipes.in[1], F_SETFL, O_NONBLOCK);
  std::string_view input = options.input ? std::string_view(*options.input) : std::string_view();
  if (input.empty()) Pipes::close_end(pipes.in[1]);
  while (pipes.out[0] >= 0 || pipes.err[0] >= 0) {
    int wait = -1;
    if (options.limit) {
      const auto left = *options.limit - (Clock::now() - start);
      if (left.count() <= 0) return false;
      wait =
          static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(left).count()) + 1;
    }
    pollfd fds[3] = {
        {pipes.out[0], POLLIN, 0}, {pipes.err[0], POLLIN, 0}, {pipes.in[1], POLLOUT, 0}};
    if (::poll(fds, 3, wait) < 0 && errno != EINTR) break;
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
  return true;
}

/// Waits for a child that has closed its outputs, without reaping it; false if the limit passed.
bool ends_in_time(pid_t child, const SubprocessOptions& options, Clock::time_point start) {
  if (!options.limit) return true;
  while (Clock::now() - start < *options.limit) {
    siginfo_t info{};
    const bool known =
        ::waitid(P_PID, static_cast<id_t>(child), &info, WEXITED | WNOHANG | WNOWAIT) != 0 ||
        info.si_pid != 0;
    if (known) return true;
    ::usleep(2000);
  }
  return false;
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
    result.timed_out = !pump(pipes, options, start, result) || !ends_in_time(child, options, start);
    if (result.timed_out) ::kill(child, SIGKILL);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (exec_failed)
    return fail(fmt::format("{}: cannot run: {}", arguments[0], std::strerror(exec_errno)));
  result.exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
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
