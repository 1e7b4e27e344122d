#include "execution/emulator.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "execution/runner_program.h"
#include "support/subprocess.h"

namespace llmc {
namespace {

/// Of the processor's time, beyond that of the comparison, for each process of the emulator.
constexpr std::uint64_t k_more_seconds = 20;

/// What the emulator and, through it, the runner need. Files are opened for reading only, further
/// below; threads and children inherit all this.
constexpr std::array k_allowed = {SCMP_SYS(read),
                                  SCMP_SYS(write),
                                  SCMP_SYS(pread64),
                                  SCMP_SYS(readv),
                                  SCMP_SYS(writev),
                                  SCMP_SYS(lseek),
                                  SCMP_SYS(close),
                                  SCMP_SYS(close_range),
                                  SCMP_SYS(fstat),
                                  SCMP_SYS(newfstatat),
                                  SCMP_SYS(statx),
                                  SCMP_SYS(stat),
                                  SCMP_SYS(access),
                                  SCMP_SYS(faccessat),
                                  SCMP_SYS(faccessat2),
                                  SCMP_SYS(getdents64),
                                  SCMP_SYS(getcwd),
                                  SCMP_SYS(readlink),
                                  SCMP_SYS(readlinkat),
                                  SCMP_SYS(fcntl),
                                  SCMP_SYS(dup),
                                  SCMP_SYS(dup2),
                                  SCMP_SYS(dup3),
                                  SCMP_SYS(pipe2),
                                  SCMP_SYS(poll),
                                  SCMP_SYS(ppoll),
                                  SCMP_SYS(eventfd2),
                                  SCMP_SYS(mmap),
                                  SCMP_SYS(munmap),
                                  SCMP_SYS(mremap),
                                  SCMP_SYS(mprotect),
                                  SCMP_SYS(madvise),
                                  SCMP_SYS(brk),
                                  SCMP_SYS(get_mempolicy),
                                  SCMP_SYS(set_mempolicy),
                                  SCMP_SYS(membarrier),
                                  SCMP_SYS(rt_sigaction),
                                  SCMP_SYS(rt_sigprocmask),
                                  SCMP_SYS(rt_sigreturn),
                                  SCMP_SYS(rt_sigsuspend),
                                  SCMP_SYS(rt_sigtimedwait),
                                  SCMP_SYS(rt_sigpending),
                                  SCMP_SYS(sigaltstack),
                                  SCMP_SYS(setitimer),
                                  SCMP_SYS(getitimer),
                                  SCMP_SYS(alarm),
                                  SCMP_SYS(clock_gettime),
                                  SCMP_SYS(clock_getres),
                                  SCMP_SYS(gettimeofday),
                                  SCMP_SYS(clock_nanosleep),
                                  SCMP_SYS(nanosleep),
                                  SCMP_SYS(clone),
                                  SCMP_SYS(execve),
                                  SCMP_SYS(exit),
                                  SCMP_SYS(exit_group),
                                  SCMP_SYS(wait4),
                                  SCMP_SYS(waitid),
                                  SCMP_SYS(futex),
                                  SCMP_SYS(set_robust_list),
                                  SCMP_SYS(get_robust_list),
                                  SCMP_SYS(rseq),
                                  SCMP_SYS(set_tid_address),
                                  SCMP_SYS(arch_prctl),
                                  SCMP_SYS(prctl),
                                  SCMP_SYS(getpid),
                                  SCMP_SYS(getppid),
                                  SCMP_SYS(gettid),
                                  SCMP_SYS(getuid),
                                  SCMP_SYS(geteuid),
                                  SCMP_SYS(getgid),
                                  SCMP_SYS(getegid),
                                  SCMP_SYS(getrandom),
                                  SCMP_SYS(getrlimit),
                                  SCMP_SYS(prlimit64),
                                  SCMP_SYS(uname),
                                  SCMP_SYS(sysinfo),
                                  SCMP_SYS(restart_syscall),
                                  SCMP_SYS(sched_getaffinity),
                                  SCMP_SYS(sched_yield),
                                  SCMP_SYS(getrusage)};

/// What qemu pretends to be: a processor with everything but scalable vectors. Compilers do not use
/// these unless they are told to, but the C library copies memory with them, and they are slow
/// here.
constexpr const char* k_processor = "max,sve=off";

/// An emulator that sends a signal means to die of it.
constexpr std::array k_deadly = {SCMP_SYS(kill), SCMP_SYS(tkill), SCMP_SYS(tgkill),
                                 SCMP_SYS(rt_sigqueueinfo), SCMP_SYS(rt_tgsigqueueinfo)};

Result<void> confine_emulator(const ExecutionOptions& options) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(options.limit);
  const std::uint64_t most = static_cast<std::uint64_t>(seconds.count()) + k_more_seconds;
  const rlimit time{most, most};
  const rlimit no_files{0, 0};
  ::setrlimit(RLIMIT_CPU, &time);
  ::setrlimit(RLIMIT_FSIZE, &no_files);
  // Of a call that does not exist, programs know another way.
  const std::unique_ptr<void, void (*)(void*)> filter(seccomp_init(SCMP_ACT_ERRNO(ENOSYS)),
                                                      [](void* each) { seccomp_release(each); });
  if (!filter) return fail("cannot make a filter of system calls");
  bool good = true;
  for (const int call : k_allowed)
    good &= seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, call, 0) == 0;
  for (const int call : k_deadly)
    good &= seccomp_rule_add(filter.get(), SCMP_ACT_KILL_PROCESS, call, 0) == 0;
  constexpr auto k_changes = static_cast<scmp_datum_t>(O_WRONLY | O_RDWR | O_CREAT | O_TRUNC);
  good &= seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(open), 1,
                           SCMP_A1(SCMP_CMP_MASKED_EQ, k_changes, 0)) == 0;
  good &= seccomp_rule_add(filter.get(), SCMP_ACT_ALLOW, SCMP_SYS(openat), 1,
                           SCMP_A2(SCMP_CMP_MASKED_EQ, k_changes, 0)) == 0;
  if (!good || seccomp_load(filter.get()) != 0) return fail("cannot refuse system calls");
  return {};
}

/// The runner as a file without a name: its path, which this process's children know it by.
Result<std::string> runner_path() {
  std::string_view bytes = aarch64_runner();
  const int file = ::memfd_create("run-pair", 0);
  if (file < 0) return fail(fmt::format("cannot make a file in memory: {}", std::strerror(errno)));
  while (!bytes.empty()) {
    const ssize_t count = ::write(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return fail(fmt::format("cannot write into memory: {}", std::strerror(errno)));
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
  return fmt::format("/proc/self/fd/{}", file);
}

}  // namespace

Emulator find_emulator(NormalTarget target) {
  if (target != NormalTarget::aarch64) return {"", "x86-64 code cannot be run here"};
  if (aarch64_runner().empty())
    return {"",
            "AArch64 code cannot be run: llmc was built without C++ libraries for AArch64; run "
            "scripts/setup --aarch64 and build again"};
  const char* named = std::getenv("LLMC_QEMU_AARCH64");
  const std::string name = named != nullptr && *named != '\0' ? named : "qemu-aarch64";
  const auto program = find_program(name);
  if (!program)
    return {"", fmt::format("AArch64 code cannot be run: there is no {}; install qemu-user, or "
                            "name qemu-aarch64 in LLMC_QEMU_AARCH64",
                            name)};
  return {*program, ""};
}

Result<std::string> judge_emulated(const Emulator& emulator, const PairRequest& request) {
  LLMC_TRY(const std::string runner, runner_path());
  SubprocessOptions options;
  options.input = pack_request(request);
  LLMC_CHECK(confine_emulator(request.options));
  LLMC_TRY(const SubprocessResult result,
           run_subprocess({emulator.program.string(), "-cpu", k_processor, runner}, options));
  if (result.exit_status == 0) return result.output;
  if (result.exit_status == 1 && !result.output.empty()) return fail(result.output);
  return fail(fmt::format("{} ended with exit status {}: {}", emulator.program.string(),
                          result.exit_status, result.errors.substr(0, 200)));
}

}  // namespace llmc
