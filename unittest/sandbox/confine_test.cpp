#include "sandbox/confine.h"

#include "testing.h"

namespace llmc {
namespace {

using std::chrono::milliseconds;
using test::take;
using testing::HasSubstr;
using Ending = ConfinedRun::Ending;

/// A program of a few statements and where it runs.
class Confined : public testing::Test {
 protected:
  Confined() { std::filesystem::create_directory(home()); }

  std::filesystem::path home() const { return folder_.path() / "home"; }
  std::filesystem::path beside() const { return folder_.path() / "beside"; }

  /// Builds `int main` with this body and runs it.
  ConfinedRun run(const std::string& body, const ConfinedLimits& limits = {}) {
    const auto source = folder_.path() / "program.c";
    const auto program = folder_.path() / "program";
    take(write_file(source,
                    "#define _GNU_SOURCE\n#include <errno.h>\n#include <fcntl.h>\n"
                    "#include <pthread.h>\n#include <signal.h>\n#include <stdio.h>\n"
                    "#include <stdlib.h>\n#include <string.h>\n#include <sys/mman.h>\n"
                    "#include <sys/socket.h>\n#include <sys/stat.h>\n#include <unistd.h>\n"
                    "static void *twice(void *x) { *(int *)x *= 2; return x; }\n"
                    "int main(void) {\n(void)twice;\n" +
                        body + "\n}\n"));
    test::output_of({test::llvm_tool("clang"), "-O0", "-w", "-pthread", source.string(), "-o",
                     program.string()});
    return take(run_confined(program, home(), limits));
  }

  static void take(Result<void> done) { ASSERT_TRUE(done) << done.error().message; }
  static ConfinedRun take(Result<ConfinedRun> run) { return test::take(std::move(run)); }

  TemporaryFolder folder_ = test::temporary_folder();
};

TEST_F(Confined, ARightProgramIsNotDisturbed) {
  const ConfinedRun run = this->run(
      "char *p = malloc(1 << 20); memset(p, 7, 1 << 20); printf(\"%d\\n\", p[99]); return 3;");
  EXPECT_EQ(run.ending, Ending::exited);
  EXPECT_EQ(run.code, 3);
  EXPECT_EQ(run.output, "7\n");
}

TEST_F(Confined, ThreadsAreAllowed) {
  const ConfinedRun run = this->run(
      "int x = 21; pthread_t t; if (pthread_create(&t, 0, twice, &x)) return 1;\n"
      "pthread_join(t, 0); printf(\"%d\", x); return 0;");
  EXPECT_EQ(run.code, 0);
  EXPECT_EQ(run.output, "42");
}

TEST_F(Confined, AProgramThatHangsIsKilled) {
  const ConfinedRun run = this->run("for (;;) {}", {milliseconds(200)});
  EXPECT_EQ(run.ending, Ending::timeout);
  EXPECT_LT(run.seconds, 5);
}

TEST_F(Confined, AProgramThatSleepsIsKilledToo) {
  EXPECT_EQ(run("signal(SIGTERM, SIG_IGN); for (;;) pause();", {milliseconds(200)}).ending,
            Ending::timeout);
}

TEST_F(Confined, NoProcessCanBeMade) {
  const ConfinedRun run = this->run("return fork() < 0 ? errno : 99;");
  EXPECT_EQ(run.code, EPERM) << run.describe();
  EXPECT_EQ(this->run("return vfork() < 0 ? errno : 99;").code, EPERM);
  EXPECT_EQ(this->run("return system(\"exit 0\") == 0 ? 99 : 5;").code, 5);
}

TEST_F(Confined, AProgramThatItBecomesIsConfinedAsWell) {
  const std::string path = beside().string();
  EXPECT_NE(
      run("execl(\"/usr/bin/touch\", \"touch\", \"" + path + "\", (char *)0); return 98;").code,
      98);
  EXPECT_FALSE(std::filesystem::exists(beside()));
}

TEST_F(Confined, MemoryIsLimited) {
  ConfinedLimits limits;
  limits.memory_bytes = std::uint64_t{256} << 20;
  const ConfinedRun run = this->run(
      "for (int i = 0; i < 4096; ++i) { char *p = malloc(1 << 20); if (!p) return 77;\n"
      "memset(p, 1, 1 << 20); } return 0;",
      limits);
  EXPECT_EQ(run.code, 77) << run.describe();
}

TEST_F(Confined, EndlessRecursionIsASignal) {
  const ConfinedRun run = this->run("volatile char big[4096]; big[0] = 1; return main() + big[0];");
  EXPECT_EQ(run.ending, Ending::killed);
  EXPECT_EQ(run.code, SIGSEGV);
}

TEST_F(Confined, OutputIsLimited) {
  ConfinedLimits limits;
  limits.output_bytes = 10'000;
  EXPECT_EQ(run("for (;;) puts(\"more\");", limits).ending, Ending::flood);
}

TEST_F(Confined, NoFileIsWrittenAnywhere) {
  const std::string path = beside().string();
  EXPECT_EQ(run("return open(\"" + path + "\", O_CREAT | O_WRONLY, 0666) < 0 ? errno : 99;").code,
            EPERM);
  EXPECT_EQ(run("return creat(\"here\", 0666) < 0 ? errno : 99;").code, EPERM);
  EXPECT_EQ(run("return fopen(\"" + path + "\", \"w\") ? 99 : errno;").code, EPERM);
  EXPECT_EQ(run("return mkdir(\"" + path + "\", 0777) < 0 ? errno : 99;").code, EPERM);
  EXPECT_FALSE(std::filesystem::exists(beside()));
}

TEST_F(Confined, WhatIsThereStays) {
  take(write_file(beside(), "precious"));
  const std::string path = beside().string();
  EXPECT_EQ(run("return unlink(\"" + path + "\") < 0 ? errno : 99;").code, EPERM);
  EXPECT_EQ(run("return truncate(\"" + path + "\", 0) < 0 ? errno : 99;").code, EPERM);
  EXPECT_EQ(run("return open(\"" + path + "\", O_RDWR) < 0 ? errno : 99;").code, EPERM);
  EXPECT_EQ(run("return open(\"" + path + "\", O_TRUNC) < 0 ? errno : 99;").code, EPERM);
  EXPECT_EQ(run("return rename(\"" + path + "\", \"gone\") < 0 ? errno : 99;").code, EPERM);
  EXPECT_EQ(test::take(read_file(beside())), "precious");
}

TEST_F(Confined, OthersGetNoSignals) {
  EXPECT_EQ(run("return kill(getppid(), 0) < 0 ? errno : 99;").code, EPERM);
  EXPECT_EQ(run("return kill(-1, SIGKILL) < 0 ? errno : 99;").code, EPERM);
}

TEST_F(Confined, ItsOwnSignalsReachIt) {
  const ConfinedRun run = this->run("abort();");
  EXPECT_EQ(run.ending, Ending::killed);
  EXPECT_EQ(run.code, SIGABRT);
  EXPECT_THAT(run.describe(), HasSubstr("signal 6"));
}

TEST_F(Confined, ThereIsNoNetwork) {
  EXPECT_EQ(run("return socket(AF_INET, SOCK_STREAM, 0) < 0 ? errno : 99;").code, EPERM);
}

TEST_F(Confined, TheEnvironmentIsEmpty) {
  EXPECT_EQ(run("extern char **environ; return environ && environ[0] ? 1 : 0;").code, 0);
}

TEST_F(Confined, AProgramThatIsNoneIsAnError) {
  EXPECT_FALSE(run_confined(folder_.path() / "none", home()));
}

}  // namespace
}  // namespace llmc
