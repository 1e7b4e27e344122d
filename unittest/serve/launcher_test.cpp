#include "serve/launcher.h"

#include <gmock/gmock.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "serve/confinement.h"
#include "support/files.h"

namespace llmc {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::StartsWith;

/// A shell with `script`, in a folder of its own; by default free to do anything.
class Launcher : public testing::Test {
 protected:
  Launcher() {
    how.program = "/bin/sh";
    how.folder = folder.path();
    how.environment = {"PATH=/usr/bin:/bin"};
  }

  Result<Launched> run(const std::string& script) {
    how.arguments = {"-c", script};
    return launch(how);
  }

  /// The number that the script wrote to the file `name`.
  [[nodiscard]] pid_t read_pid(const std::string& name) const {
    pid_t pid = 0;
    std::ifstream(folder.path() / name) >> pid;
    return pid;
  }

  TemporaryFolder folder = *TemporaryFolder::create();
  Launch how;
};

bool lives(pid_t pid) { return pid > 0 && ::kill(pid, 0) == 0; }

TEST_F(Launcher, OutputErrorsAndStatusComeBack) {
  const auto result = run("echo out; echo err >&2; exit 3");
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->ending, Launched::Ending::exited);
  EXPECT_EQ(result->status, 3);
  EXPECT_EQ(result->output, "out\n");
  EXPECT_EQ(result->errors, "err\n");
  EXPECT_EQ(run("kill -SEGV $$")->status, 128 + SIGSEGV);
}

TEST_F(Launcher, TheEnvironmentIsTheGivenOneAndStandardInputIsEmpty) {
  how.environment = {"ONE=1"};
  const auto result = run("/usr/bin/env | grep -v '^_=\\|^PWD='; cat; pwd; ulimit -c");
  EXPECT_EQ(result->output, "ONE=1\n" + folder.path().string() + "\n0\n");
}

TEST_F(Launcher, NoDescriptorOfTheServerIsOpen) {
  const int open = ::dup(STDERR_FILENO);  // without FD_CLOEXEC, as httplib's connections are
  EXPECT_EQ(run("for fd in /proc/self/fd/*; do echo ${fd##*/}; done | sort -n | tr '\\n' ' '")
                ->output.substr(0, 6),
            "0 1 2 ");
  EXPECT_EQ(run("[ -e /proc/$$/fd/" + std::to_string(open) + " ]; echo $?")->output, "1\n");
  ::close(open);
}

TEST_F(Launcher, CapabilitiesAreGone) {
  EXPECT_THAT(run("grep CapEff /proc/self/status")->output, HasSubstr("0000000000000000"));
}

TEST_F(Launcher, LimitsHoldForRootToo) {
  how.file_bytes = 1000;
  how.memory_bytes = std::uint64_t{300} << 20;
  EXPECT_EQ(run("ulimit -v; ulimit -v unlimited 2> /dev/null || echo refused")->output,
            "307200\nrefused\n");
  EXPECT_NE(run("head -c 100000 /dev/zero > large")->status, 0);
  EXPECT_EQ(fs::file_size(folder.path() / "large"), 1000U);
}

TEST_F(Launcher, AllThatWasStartedEndsAtTheLimit) {
  how.limit = milliseconds(500);
  const auto result =
      run("setsid sh -c 'echo $$ > one; trap \"\" TERM; sleep 600; sleep 600' & "
          "(sleep 600 & echo $! > two); echo begun; sleep 600");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->ending, Launched::Ending::timeout);
  EXPECT_EQ(result->output, "begun\n");
  EXPECT_LT(result->seconds, 30);
  EXPECT_GT(read_pid("one"), 0);
  EXPECT_FALSE(lives(read_pid("one")));
  EXPECT_FALSE(lives(read_pid("two")));
}

TEST_F(Launcher, WhatACommandLeavesBehindEndsWithIt) {
  const auto result = run("setsid sleep 600 & echo $! > one; exit 0");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->ending, Launched::Ending::exited);
  EXPECT_EQ(result->status, 0);
  EXPECT_LT(result->seconds, 30);
  EXPECT_FALSE(lives(read_pid("one")));
}

TEST_F(Launcher, EndlessOutputIsCutOff) {
  how.output_bytes = 1 << 20;
  const auto result = run("cat /dev/zero");
  ASSERT_TRUE(result);
  EXPECT_EQ(result->ending, Launched::Ending::flood);
  EXPECT_LE(result->output.size(), how.output_bytes);
}

TEST_F(Launcher, NobodyWaitsAnyMore) {
  std::atomic<bool> wanted = true;
  how.wanted = [&] { return wanted.load(); };
  std::jthread leaver([&] {
    std::this_thread::sleep_for(milliseconds(300));
    wanted = false;
  });
  EXPECT_EQ(run("sleep 600")->ending, Launched::Ending::unwanted);
}

TEST_F(Launcher, AProgramThatCannotBeStartedIsASentence) {
  how.program = folder.path() / "missing";
  const auto result = run("");
  ASSERT_FALSE(result);
  EXPECT_THAT(result.error().message, HasSubstr("missing: cannot execute it: No such file"));
  how.program = "/bin/sh";
  how.folder = folder.path() / "missing";
  const auto homeless = run("");
  ASSERT_FALSE(homeless);
  EXPECT_THAT(homeless.error().message, HasSubstr("cannot enter its folder"));
}

TEST_F(Launcher, ThreadsCanLaunchAtTheSameTime) {
  std::vector<std::jthread> threads;
  std::atomic<int> good = 0;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&, i] {
      Launch mine = how;
      mine.arguments = {"-c", "echo " + std::to_string(i)};
      for (int j = 0; j < 10; ++j) good += launch(mine)->output == std::to_string(i) + "\n" ? 1 : 0;
    });
  threads.clear();
  EXPECT_EQ(good, 80);
}

/// The same shell, confined to the system's programs and its folder.
class ConfinedLauncher : public Launcher {
 protected:
  ConfinedLauncher() {
    confinement.readable = {"/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/missing"};
    confinement.devices = {"/dev/null"};
    confinement.writable = {folder.path()};
  }
  void SetUp() override {
    if (landlock_version() == 0) GTEST_SKIP() << "this kernel has no Landlock";
  }

  Result<Launched> run_confined(const std::string& script) {
    const auto ruleset = make_ruleset(confinement);
    if (!ruleset) return std::unexpected(ruleset.error());
    how.ruleset = ruleset->get();
    return run(script);
  }

  Confinement confinement;
  TemporaryFolder other = *TemporaryFolder::create();
};

TEST_F(ConfinedLauncher, ReadsAndWritesOnlyWhatItMay) {
  ASSERT_TRUE(write_file(other.path() / "secret", "the secret"));
  const std::string secret = (other.path() / "secret").string();
  ASSERT_EQ(run("cat " + secret)->output, "the secret");  // a free one can
  const std::vector<std::string> attempts = {
      "cat " + secret,
      "cat < " + secret,
      "ls " + other.path().string(),
      "cat ../" + other.path().filename().string() + "/secret",
      "cat /etc/passwd",
      "cat /proc/$PPID/environ",
      "cat /proc/self/status",
      "ln -s " + secret + " link && cat link",
      "ln " + secret + " link && cat link",
      "cp /bin/sh " + other.path().string() + "/sh",
      "echo > " + secret,
      "rm " + secret,
      "mv " + secret + " .",
      "touch /usr/llmc",
      "mkfifo pipe",
      "echo > /dev/full",
      "cp /bin/true t && ./t"};
  for (const std::string& script : attempts) {
    const auto result = run_confined(script);
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_NE(result->status, 0) << script;
    EXPECT_EQ(result->output, "") << script;
  }
  EXPECT_EQ(*read_file(secret), "the secret");
  const auto good = run_confined(
      "echo hello > a && mkdir b && mv a b/c && cat b/c && rm -r b && echo > /dev/null");
  EXPECT_EQ(good->output, "hello\n") << good->errors;
}

TEST_F(ConfinedLauncher, ConnectsOnlyToItsPort) {
  if (landlock_version() < k_landlock_network_version) GTEST_SKIP() << "this kernel is too old";
  // Nobody listens there: a refused connection was at least tried.
  const std::string connect =
      "bash -c 'echo > /dev/tcp/127.0.0.1/9' 2>&1 | grep -o 'Permission\\|refused' | uniq";
  EXPECT_EQ(run(connect)->output, "refused\n");
  EXPECT_EQ(run_confined(connect)->output, "Permission\n");
  confinement.port = 10;
  EXPECT_EQ(run_confined(connect)->output, "Permission\n");
  confinement.port = 9;
  EXPECT_EQ(run_confined(connect)->output, "refused\n");
}

TEST_F(ConfinedLauncher, SignalsDoNotLeaveIt) {
  if (landlock_version() < 6) GTEST_SKIP() << "this kernel is too old";
  EXPECT_THAT(run_confined("kill -0 $PPID; kill -0 " + std::to_string(::getpid()))->errors,
              HasSubstr("not permitted"));
}

}  // namespace
}  // namespace llmc
