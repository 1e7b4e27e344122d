#include "support/subprocess.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "testing.h"

namespace llmc {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::message_of;
using test::take;
using testing::AllOf;
using testing::HasSubstr;

SubprocessResult shell(const std::string& script, const SubprocessOptions& options = {}) {
  return take(run_subprocess({"sh", "-c", script}, options), script.c_str());
}

TEST(Subprocess, GivesExitStatusAndBothOutputs) {
  const SubprocessResult result = shell("echo out; echo err >&2; exit 7");
  EXPECT_EQ(result.exit_status, 7);
  EXPECT_EQ(result.output, "out\n");
  EXPECT_EQ(result.errors, "err\n");
  EXPECT_FALSE(result.timed_out);
}

TEST(Subprocess, GivesASignalAs128PlusItsNumber) {
  EXPECT_EQ(shell("kill -SEGV $$").exit_status, 128 + SIGSEGV);
}

TEST(Subprocess, UsesNoShell) {
  const SubprocessResult result = take(run_subprocess({"printf", "%s|", "$HOME *", "a'b\"c"}));
  EXPECT_EQ(result.output, "$HOME *|a'b\"c|");
}

TEST(Subprocess, DrainsBothOutputsTogether) {
  // Each is more than a pipe holds; reading one to its end first would block for ever.
  const SubprocessResult result =
      shell("head -c 500000 /dev/zero >&2; head -c 400000 /dev/zero; head -c 300000 /dev/zero >&2",
            {.directory = {}, .limit = seconds(20), .input = {}});
  EXPECT_FALSE(result.timed_out);
  EXPECT_EQ(result.output.size(), 400'000U);
  EXPECT_EQ(result.errors.size(), 800'000U);
}

TEST(Subprocess, FeedsInput) {
  EXPECT_EQ(shell("cat", {.directory = {}, .limit = {}, .input = "a\nb"}).output, "a\nb");
  EXPECT_EQ(shell("cat").output, "") << "without input there is /dev/null";
}

// In a child, so that a deadlock is a failed test and not a hanging one.
TEST(Subprocess, FeedsInputThatIsEchoedAndLargerThanAPipe) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(8);
    const std::string input(1'000'000, 'x');
    const auto result =
        run_subprocess({"cat"}, {.directory = {}, .limit = seconds(6), .input = input});
    ::_exit(result && !result->timed_out && result->output == input ? 0 : 1);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_TRUE(WIFEXITED(status)) << "deadlock: it writes all input before it reads any output";
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

TEST(Subprocess, SurvivesAProgramThatIgnoresItsInput) {
  const std::string input(1'000'000, 'x');
  EXPECT_EQ(shell("exit 3", {.directory = {}, .limit = seconds(20), .input = input}).exit_status,
            3);
}

TEST(Subprocess, KillsWhatIsPastItsLimit) {
  const auto start = std::chrono::steady_clock::now();
  const SubprocessResult result = shell("echo started; exec sleep 60",
                                        {.directory = {}, .limit = milliseconds(300), .input = {}});
  EXPECT_TRUE(result.timed_out);
  EXPECT_EQ(result.exit_status, 128 + SIGKILL);
  EXPECT_EQ(result.output, "started\n") << "what came before the limit is kept";
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(20));
}

// The outputs may be closed long before the end.
TEST(Subprocess, TheLimitHoldsForAProgramThatClosedItsOutputs) {
  const auto start = std::chrono::steady_clock::now();
  const SubprocessResult result =
      shell("exec sleep 8 >&- 2>&-", {.directory = {}, .limit = milliseconds(300), .input = {}});
  EXPECT_TRUE(result.timed_out);
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(6));
}

TEST(Subprocess, RunsInTheGivenFolder) {
  const TemporaryFolder folder = test::temporary_folder();
  EXPECT_EQ(shell("pwd -P", {.directory = folder.path(), .limit = {}, .input = {}}).output,
            std::filesystem::canonical(folder.path()).string() + "\n");
}

TEST(Subprocess, AProgramThatIsNotThereIsAnError) {
  EXPECT_THAT(message_of(run_subprocess({"no-such-program-anywhere"})),
              AllOf(HasSubstr("no-such-program-anywhere"), HasSubstr("No such file or directory")));
  EXPECT_THAT(message_of(run_subprocess({"/etc/passwd"})), HasSubstr("Permission denied"));
}

TEST(Subprocess, AFolderThatIsNotThereIsAnError) {
  EXPECT_FALSE(
      run_subprocess({"true"}, {.directory = "/no/such/folder", .limit = {}, .input = {}}));
}

TEST(Subprocess, LeavesNoFileDescriptorsOpen) {
  const auto open_files = [] {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"),
                         std::filesystem::directory_iterator());
  };
  const auto before = open_files();
  for (int i = 0; i < 20; ++i) take(run_subprocess({"true"}));
  ASSERT_FALSE(run_subprocess({"no-such-program-anywhere"}));
  EXPECT_EQ(open_files(), before);
}

TEST(FindProgram, SearchesThePath) {
  ASSERT_TRUE(find_program("sh"));
  EXPECT_EQ(::access(find_program("sh")->c_str(), X_OK), 0);
  EXPECT_FALSE(find_program("no-such-program-anywhere"));
  EXPECT_EQ(find_program("/bin/sh"), std::filesystem::path("/bin/sh"));
  EXPECT_FALSE(find_program("/etc/passwd"));
}

TEST(Subprocess, AGroupDiesWithItsLeader) {
  SubprocessOptions options;
  options.lifetime = Lifetime::group;
  options.limit = seconds(20);
  const SubprocessResult result = shell("sleep 100 & echo $!", options);
  EXPECT_FALSE(result.timed_out);
  const pid_t child = std::stoi(result.output);
  for (int i = 0; i < 500 && ::kill(child, 0) == 0; ++i) ::usleep(10'000);
  EXPECT_NE(::kill(child, 0), 0);
}

TEST(Subprocess, EndlessOutputIsCutOff) {
  SubprocessOptions options;
  options.output_limit = 100'000;
  const SubprocessResult result = shell("exec yes", options);
  EXPECT_TRUE(result.flooded);
  EXPECT_EQ(result.exit_status, 128 + SIGKILL);
}

TEST(Subprocess, VariablesAreSetAndRemoved) {
  ::setenv("LLMC_TEST_GONE", "x", 1);
  SubprocessOptions options;
  options.environment = {{"LLMC_TEST_SET", "a b"}, {"LLMC_TEST_GONE", std::nullopt}};
  EXPECT_EQ(shell("echo \"$LLMC_TEST_SET|${LLMC_TEST_GONE-none}\"", options).output, "a b|none\n");
  ::unsetenv("LLMC_TEST_GONE");
}

TEST(Subprocess, AnAttachedProgramGivesItsExitStatus) {
  EXPECT_EQ(take(run_attached({"sh", "-c", "exit 3"})), 3);
  EXPECT_EQ(take(run_attached({"sh", "-c", "kill -9 $$"})), 128 + SIGKILL);
}

}  // namespace
}  // namespace llmc
