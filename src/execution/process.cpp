#include "execution/process.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "execution/machine.h"
#include "execution/refuse.h"
#include "execution/runner.h"

namespace llmc {
namespace {

// --- memory --------------------------------------------------------------------------------------

std::uint64_t page_of(std::uint64_t address) { return address / k_page * k_page; }

/// Maps the pages that [address, address + size) touches; those that are mapped already are kept.
Result<void> map_range(std::uint64_t address, std::uint64_t size) {
  const std::uint64_t first = page_of(address);
  const std::uint64_t end = page_of(address + size + k_page - 1);
  if (end == first) return {};
  void* mapped = ::mmap(reinterpret_cast<void*>(first), end - first, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
  if (mapped == reinterpret_cast<void*>(first)) return {};
  if (mapped != MAP_FAILED) ::munmap(mapped, end - first);
  // Page by page where a part is there.
  if (end - first > k_page) {
    for (std::uint64_t page = first; page < end; page += k_page) LLMC_CHECK(map_range(page, 1));
    return {};
  }
  if (errno == EEXIST || mapped != MAP_FAILED) return {};
  return fail(fmt::format("cannot map memory at {:#x}: {}", first, std::strerror(errno)));
}

Result<void> protect(std::uint64_t address, std::uint64_t size, int protection) {
  const std::uint64_t first = page_of(address);
  const std::uint64_t end = page_of(address + size + k_page - 1);
  if (end > first && ::mprotect(reinterpret_cast<void*>(first), end - first, protection) != 0)
    return fail(fmt::format("cannot protect memory at {:#x}", first));
  return {};
}

void copy_to(std::uint64_t address, const std::string& bytes) {
  std::memcpy(reinterpret_cast<void*>(address), bytes.data(), bytes.size());
}

Result<void> map_stubs(std::size_t count) {
  const std::string code = stub_code(count);
  LLMC_CHECK(map_range(k_stub_base, code.size()));
  copy_to(k_stub_base, code);
  return protect(k_stub_base, code.size(), PROT_READ | PROT_EXEC);
}

Result<void> map_side(const SideImage& side) {
  for (const ImageBlock& block : side.blocks) {
    LLMC_CHECK(map_range(block.address, block.bytes.size()));
    copy_to(block.address, block.bytes);
  }
  for (const ImageBlock& block : side.blocks) {
    if (is_own(block.address))
      LLMC_CHECK(protect(block.address, block.bytes.size(), PROT_READ | PROT_EXEC));
    else if (block.kind == ObjectPiece::Kind::constant)
      LLMC_CHECK(protect(block.address, block.bytes.size(), PROT_READ));
  }
  return {};
}

// --- signals -------------------------------------------------------------------------------------

/// What the handler of signals works with. There is one processor and one function at a time.
struct GuardState {
  volatile bool running = false;
  volatile std::uint64_t run = 0;  ///< counts runs
  std::uint64_t seen_run = 0;  ///< the run of the last tick
  std::int64_t seen_at = 0;  ///< processor time of its first tick
  std::int64_t limit = 0;  ///< nanoseconds
  volatile int signal = 0;
  volatile std::uint64_t address = 0;
};
GuardState guard;

constexpr int k_exit_lost = 99;
constexpr long k_tick_microseconds = 2000;

std::int64_t processor_nanoseconds() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

bool is_late() {
  if (!guard.running) return false;
  const std::int64_t now = processor_nanoseconds();
  if (guard.seen_run != guard.run) {
    guard.seen_run = guard.run;
    guard.seen_at = now;
    return false;
  }
  return now - guard.seen_at >= guard.limit;
}

void handle_signal(int number, siginfo_t* info, void* context) {
  if (number == SIGALRM && !is_late()) return;
  if (!guard.running) ::_exit(k_exit_lost);
  guard.running = false;
  guard.signal = number;
  guard.address = reinterpret_cast<std::uint64_t>(info->si_addr);
  divert_to_leave(context);
}

}  // namespace

Result<void> map_everything(const PairPlan& plan, const SideImage& side) {
  LLMC_CHECK(map_range(k_context_address, sizeof(CallContext)));
  LLMC_CHECK(map_range(k_stack_base, k_stack_size));
  LLMC_CHECK(map_stubs(plan.callees.size()));
  for (const MemoryRegion& region : plan.inputs.regions)
    LLMC_CHECK(map_range(region.address, region.size));
  for (const DataPlace& datum : plan.constants) LLMC_CHECK(map_range(datum.address, datum.size));
  LLMC_CHECK(map_side(side));
  call_context().standard_control = k_standard_control;
  return {};
}

Result<void> confine_runner() {
  constexpr std::size_t k_signal_stack = 64 * 1024;
  stack_t stack{};
  stack.ss_sp =
      ::mmap(nullptr, k_signal_stack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  stack.ss_size = k_signal_stack;
  if (stack.ss_sp == MAP_FAILED || ::sigaltstack(&stack, nullptr) != 0)
    return fail("cannot set up a stack for signals");
  struct sigaction action{};
  action.sa_sigaction = handle_signal;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
  sigfillset(&action.sa_mask);
  for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGALRM})
    ::sigaction(number, &action, nullptr);
  const itimerval timer{{0, k_tick_microseconds}, {0, k_tick_microseconds}};
  if (::setitimer(ITIMER_REAL, &timer, nullptr) != 0) return fail("cannot set a timer");
  return refuse_system_calls();
}

GuardedEnd run_guarded(std::chrono::milliseconds limit) {
  guard.limit = std::chrono::nanoseconds(limit).count();
  guard.signal = 0;
  guard.address = 0;
  guard.run = guard.run + 1;
  guard.running = true;
  enter_function();
  guard.running = false;
  return {guard.signal, guard.address};
}

}  // namespace llmc
