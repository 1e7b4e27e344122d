#include "sandbox/child.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <memory>

#include "ir/module.h"
#include "testing.h"
#include "toolchain/optimizer.h"

namespace llmc {
namespace {

using std::chrono::milliseconds;
using test::message_of;
using test::take;
using testing::AllOf;
using testing::HasSubstr;

Limits limits(milliseconds deadline, std::uint64_t mebibytes = 4096) {
  return {deadline, mebibytes << 20};
}

TEST(RunInChild, GivesTheValue) {
  EXPECT_EQ(take(run_in_child([]() -> Result<std::string> { return "value"; })), "value");
  EXPECT_EQ(take(run_in_child([]() -> Result<std::string> { return ""; })), "");
}

TEST(RunInChild, GivesLargeValuesWithAnyBytes) {
  std::string bytes(3'000'000, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i % 251);
  EXPECT_EQ(take(run_in_child([&]() -> Result<std::string> { return bytes; })), bytes);
}

TEST(RunInChild, HandsOnErrors) {
  EXPECT_EQ(message_of(run_in_child([]() -> Result<std::string> { return fail("no luck"); })),
            "no luck");
}

TEST(RunInChild, ChangesNothingInTheParent) {
  int value = 1;
  take(run_in_child([&]() -> Result<std::string> {
    value = 2;
    return "";
  }));
  EXPECT_EQ(value, 1);
}

TEST(RunInChild, ACrashIsAnError) {
  EXPECT_THAT(message_of(run_in_child([]() -> Result<std::string> {
                ::signal(SIGSEGV, SIG_DFL);
                ::raise(SIGSEGV);
                return "";
              })),
              AllOf(HasSubstr("crashed"), HasSubstr("signal 11")));
}

TEST(RunInChild, AnExitIsAnError) {
  EXPECT_THAT(message_of(run_in_child([]() -> Result<std::string> { ::_exit(3); })),
              HasSubstr("exit status 3"));
}

TEST(RunInChild, AnExitWithStatusZeroIsAnErrorToo) {
  EXPECT_FALSE(run_in_child([]() -> Result<std::string> { ::_exit(0); }));
}

TEST(RunInChild, TheDeadlineHolds) {
  const auto start = std::chrono::steady_clock::now();
  EXPECT_THAT(message_of(run_in_child(
                  []() -> Result<std::string> {
                    while (true) ::usleep(1000);
                  },
                  limits(milliseconds(200)))),
              HasSubstr("not done after"));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(20));
}

TEST(RunInChild, TheMessageOfAShortDeadlineIsNotZeroSeconds) {
  EXPECT_THAT(message_of(run_in_child(
                  []() -> Result<std::string> {
                    while (true) ::usleep(1000);
                  },
                  limits(milliseconds(200)))),
              testing::Not(HasSubstr("after 0 s")));
}

TEST(RunInChild, TheMemoryLimitHolds) {
  EXPECT_THAT(message_of(run_in_child(
                  []() -> Result<std::string> {
                    const std::string large(std::size_t{600} << 20, 'x');
                    return large.substr(0, 1);
                  },
                  limits(milliseconds(60'000), 512))),
              HasSubstr("needs more than 512 MiB of memory"));
}

TEST(RunInChild, LlvmsLastWordsAreInTheMessage) {
  // licm outside of loop-mssa is a fatal error of LLVM's own.
  const std::string message = message_of(run_in_child([]() -> Result<std::string> {
    LLMC_TRY(IrModule module,
             IrModule::parse("define void @f() {\n  br label %l\nl:\n  br label %l\n}\n", "a.ll"));
    LLMC_TRY(const CodeGenerator generator, CodeGenerator::create({}, "x86_64-pc-linux-gnu"));
    LLMC_CHECK(Optimizer(module.module(), generator).run("function(loop(licm))"));
    return "";
  }));
  EXPECT_THAT(message, AllOf(HasSubstr("LLVM gave up"), HasSubstr("MemorySSA")));
}

TEST(RunInChild, LeavesNoChildrenAndNoFilesOpen) {
  const auto open_files = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                         std::filesystem::directory_iterator());
  };
  const auto before = open_files();
  for (int i = 0; i < 10; ++i) {
    (void)run_in_child([]() -> Result<std::string> { return "x"; });
    (void)run_in_child([]() -> Result<std::string> { ::_exit(1); });
  }
  EXPECT_EQ(open_files(), before);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST(Outcome, NamesRoundTrip) {
  for (const Outcome outcome : {Outcome::ok, Outcome::crash, Outcome::fatal, Outcome::timeout,
                                Outcome::out_of_memory, Outcome::invalid_ir, Outcome::rejected})
    EXPECT_EQ(take(parse_outcome(to_string(outcome))), outcome);
  EXPECT_EQ(to_string(Outcome::out_of_memory), "out-of-memory");
  EXPECT_THAT(message_of(parse_outcome("fine")), HasSubstr("'fine'"));
  EXPECT_FALSE(parse_outcome(""));
}

/// The wait status of a child that runs `end`.
template <typename End>
int status_of(End end) {
  const pid_t child = ::fork();
  if (child == 0) {
    end();
    ::_exit(99);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return status;
}

TEST(Outcome, IsReadOffTheWaitStatus) {
  const int crashed = status_of([] { ::kill(::getpid(), SIGKILL); });
  EXPECT_EQ(outcome_of_wait_status(crashed, false), Outcome::crash);
  EXPECT_EQ(outcome_of_wait_status(crashed, true), Outcome::timeout);
  EXPECT_THAT(describe_wait_status(crashed), HasSubstr("signal 9"));
  const int failed = status_of([] { ::_exit(1); });
  EXPECT_EQ(outcome_of_wait_status(failed, false), Outcome::fatal);
  EXPECT_EQ(describe_wait_status(failed), "exit status 1");
  const int starved = status_of([] { ::_exit(k_exit_out_of_memory); });
  EXPECT_EQ(outcome_of_wait_status(starved, false), Outcome::out_of_memory);
  const int given_up = status_of([] { ::_exit(k_exit_fatal); });
  EXPECT_EQ(outcome_of_wait_status(given_up, false), Outcome::fatal);
}

TEST(EnterChild, DropsTerminalOutput) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  status_of([&] {
    ::dup2(ends[1], STDERR_FILENO);
    enter_child(limits(milliseconds(1000)), nullptr);
    [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, "noise", 5);
  });
  ::close(ends[1]);
  char byte = 0;
  EXPECT_EQ(::read(ends[0], &byte, 1), 0);
  ::close(ends[0]);
}

}  // namespace
}  // namespace llmc
