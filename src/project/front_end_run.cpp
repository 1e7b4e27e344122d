#include "project/front_end_run.h"

#include <fmt/format.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "project/linked_clang.h"
#include "toolchain/codegen.h"
#include "toolchain/front_end.h"

namespace llmc {
namespace {

double now_in_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// All bytes of a file in memory.
std::string bytes_of(int fd) {
  std::string bytes;
  char buffer[1 << 16];
  for (off_t at = 0;;) {
    const ssize_t count = ::pread(fd, buffer, sizeof buffer, at);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return bytes;
    bytes.append(buffer, static_cast<std::size_t>(count));
    at += count;
  }
}

/// How another process that has `fd` open can name it.
std::string path_of(int fd) { return fmt::format("/proc/self/fd/{}", fd); }

/// This process's environment with clang asked to write down its calls to the file `path`.
std::vector<std::string> environment_with_options(const std::string& path) {
  std::vector<std::string> variables;
  for (char** one = environ; *one != nullptr; ++one)
    if (!std::string_view(*one).starts_with("CC_PRINT_OPTIONS")) variables.emplace_back(*one);
  variables.emplace_back("CC_PRINT_OPTIONS=1");
  variables.push_back("CC_PRINT_OPTIONS_FILE=" + path);
  return variables;
}

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> cc1_in(const std::string& options) {
  for (std::vector<std::string>& words : split_command_lines(options))
    if (words.size() > 1 && words[1] == "-cc1") return std::move(words);
  return {};
}

}  // namespace

FrontEndRun::FrontEndRun(FrontEndRun&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)),
      output_(std::exchange(other.output_, -1)),
      errors_(std::exchange(other.errors_, -1)),
      options_(std::exchange(other.options_, -1)),
      started_(other.started_) {}

FrontEndRun::~FrontEndRun() {
  if (pid_ > 0) {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  for (const int fd : {output_, errors_, options_})
    if (fd >= 0) ::close(fd);
}

Result<FrontEndRun> FrontEndRun::start(const std::vector<std::string>& command) {
  FrontEndRun run;
  run.output_ = ::memfd_create("llmc-bitcode", MFD_CLOEXEC);
  run.errors_ = ::memfd_create("llmc-errors", MFD_CLOEXEC);
  // clang opens it by its number.
  run.options_ = ::memfd_create("llmc-options", 0);
  if (run.output_ < 0 || run.errors_ < 0 || run.options_ < 0)
    return fail(fmt::format("cannot make a file in memory: {}", std::strerror(errno)));
  run.started_ = now_in_seconds();
  LLMC_CHECK(is_linked_clang(command[0]) ? run.fork_linked(command) : run.spawn(command));
  return run;
}

Result<void> FrontEndRun::spawn(const std::vector<std::string>& command) {
  std::vector<std::string> words = command;
  std::vector<std::string> variables = environment_with_options(path_of(options_));
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, output_, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, errors_, STDERR_FILENO);
  const int code = ::posix_spawnp(&pid_, command[0].c_str(), &actions, nullptr,
                                  pointers_to(words).data(), pointers_to(variables).data());
  ::posix_spawn_file_actions_destroy(&actions);
  if (code == 0) return {};
  pid_ = 0;
  return fail(fmt::format("cannot start {}: {}", command[0], std::strerror(code)));
}

Result<void> FrontEndRun::fork_linked(const std::vector<std::string>& command) {
  pid_ = ::fork();
  if (pid_ > 0) return {};
  if (pid_ < 0) {
    pid_ = 0;
    return fail(fmt::format("cannot start a process: {}", std::strerror(errno)));
  }
  ::dup2(output_, STDOUT_FILENO);
  ::dup2(errors_, STDERR_FILENO);
  // Whoever asks the parent to stop means this one as well.
  for (const int signal : {SIGINT, SIGTERM, SIGHUP})
    if (struct sigaction now{};
        ::sigaction(signal, nullptr, &now) == 0 && now.sa_handler != SIG_IGN)
      ::signal(signal, SIG_DFL);
  initialize_targets();
  if (const auto status = run_linked_clang(command, options_)) std::_Exit(*status);
  std::vector<std::string> words = command;
  std::vector<std::string> variables = environment_with_options(path_of(options_));
  ::execvpe(command[0].c_str(), pointers_to(words).data(), pointers_to(variables).data());
  std::_Exit(127);
}

Result<FrontEndOutcome> FrontEndRun::wait() {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0)
    if (errno != EINTR) return fail(fmt::format("lost clang: {}", std::strerror(errno)));
  pid_ = 0;
  FrontEndOutcome outcome;
  outcome.seconds = now_in_seconds() - started_;
  outcome.exit_status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  outcome.bitcode = bytes_of(output_);
  outcome.errors = bytes_of(errors_);
  outcome.cc1 = cc1_in(bytes_of(options_));
  return outcome;
}

}  // namespace llmc
