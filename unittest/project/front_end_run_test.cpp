#include "project/front_end_run.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "project/linked_clang.h"
#include "support/subprocess.h"
#include "toolchain/front_end.h"

namespace llmc {
namespace {

namespace fs = std::filesystem;

/// What clang itself does with a command, in a process of its own.
FrontEndOutcome by_clang(const std::vector<std::string>& command, const fs::path& options) {
  SubprocessOptions setting;
  setting.environment = {{"CC_PRINT_OPTIONS", "1"}, {"CC_PRINT_OPTIONS_FILE", options.string()}};
  const auto result = run_subprocess(command, setting);
  EXPECT_TRUE(result.has_value());
  FrontEndOutcome outcome;
  outcome.exit_status = result->exit_status;
  outcome.bitcode = result->output;
  outcome.errors = result->errors;
  std::ifstream file(options);
  const std::string text(std::istreambuf_iterator<char>(file), {});
  for (auto& words : split_command_lines(text))
    if (words.size() > 1 && words[1] == "-cc1") outcome.cc1 = words;
  return outcome;
}

class FrontEndRunTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto front_end = FrontEnd::find();
    ASSERT_TRUE(front_end.has_value());
    clang_ = front_end->path();
    folder_ = fs::temp_directory_path() / ("llmc-front-end-" + std::to_string(::getpid()));
    fs::create_directories(folder_);
  }
  void TearDown() override { fs::remove_all(folder_); }

  std::string write(const std::string& name, const std::string& text) {
    const fs::path path = folder_ / name;
    std::ofstream(path) << text;
    return path.string();
  }

  /// Holds the run against clang's own. The answer is the run's.
  FrontEndOutcome expect_as_clang(const std::vector<std::string>& flags,
                                  const std::string& source) {
    std::vector<std::string> command = {clang_};
    command.insert(command.end(), flags.begin(), flags.end());
    for (const char* word :
         {"-Oz", "-Xclang", "-disable-llvm-passes", "-emit-llvm", "-o", "-", "-c"})
      command.emplace_back(word);
    command.push_back(source);
    const FrontEndOutcome expected = by_clang(command, folder_ / "options");
    fs::remove(folder_ / "options");
    auto run = FrontEndRun::start(command);
    EXPECT_TRUE(run.has_value());
    const auto outcome = run->wait();
    EXPECT_TRUE(outcome.has_value());
    EXPECT_EQ(outcome->exit_status, expected.exit_status) << source;
    EXPECT_EQ(outcome->errors, expected.errors) << source;
    EXPECT_EQ(outcome->cc1, expected.cc1) << source;
    EXPECT_TRUE(outcome->bitcode == expected.bitcode) << source;
    return *outcome;
  }

  std::string clang_;
  fs::path folder_;
};

TEST_F(FrontEndRunTest, GivesTheSameBitcodeAsClangForTheExamples) {
  std::size_t sources = 0;
  for (const auto& entry : fs::directory_iterator(LLMC_SOURCE_FOLDER "/examples")) {
    const fs::path& path = entry.path();
    if (path.extension() != ".c" && path.extension() != ".cpp") continue;
    std::vector<std::string> flags = {"-Wall", "-Wextra", "-fPIC"};
    if (path.extension() == ".cpp") flags.emplace_back("--driver-mode=g++");
    if (sources % 2 == 0) flags.emplace_back("-g");
    const FrontEndOutcome outcome = expect_as_clang(flags, path.string());
    EXPECT_EQ(outcome.exit_status, 0);
    EXPECT_FALSE(outcome.bitcode.empty());
    ++sources;
  }
  EXPECT_GE(sources, 10U);
}

TEST_F(FrontEndRunTest, SaysWhatClangSaysAboutErrorsAndWarnings) {
  EXPECT_EQ(expect_as_clang({}, write("error.c", "int f(void) { return x; }\n")).exit_status, 1);
  const std::string warned = write("warn.c", "int f(int a) { if (a = 1) return 2; return 3; }\n");
  EXPECT_NE(expect_as_clang({"-Wall"}, warned).errors, "");
  EXPECT_EQ(expect_as_clang({"-Wall", "-Werror"}, warned).exit_status, 1);
  EXPECT_NE(expect_as_clang({"-fcolor-diagnostics"}, warned).errors.find("\x1b["),
            std::string::npos);
  expect_as_clang({"-L/nowhere", "-lm"}, warned);  // the driver's own warnings
  expect_as_clang({"-fcolor-diagnostics", "-lm"}, warned);
  EXPECT_EQ(expect_as_clang({}, (folder_ / "missing.c").string()).exit_status, 1);
  EXPECT_EQ(expect_as_clang({"-no-such-option"}, warned).exit_status, 1);
  expect_as_clang({"-std=c++20"}, warned);
}

TEST_F(FrontEndRunTest, WritesDependenciesAsClangDoes) {
  write("part.h", "#define PART 4\n");
  const std::string source =
      write("whole.c", "#include \"part.h\"\nint whole(void) { return PART; }\n");
  const std::string file = (folder_ / "whole.d").string();
  expect_as_clang({"-MD", "-MF", file, "-MT", "whole.o"}, source);
  std::ifstream stream(file);
  const std::string text(std::istreambuf_iterator<char>(stream), {});
  EXPECT_EQ(text.find("whole.o:"), 0U);
  EXPECT_NE(text.find("part.h"), std::string::npos);
}

TEST_F(FrontEndRunTest, LeavesWhatIsNoSingleSourceToClang) {
  expect_as_clang({"-###"}, write("shown.c", "int a;\n"));
  ::setenv("CCC_OVERRIDE_OPTIONS", "# +-DNAME=7", 1);
  const FrontEndOutcome outcome = expect_as_clang({}, write("named.c", "int name = NAME;\n"));
  ::unsetenv("CCC_OVERRIDE_OPTIONS");
  EXPECT_EQ(outcome.exit_status, 0);
}

TEST(LinkedClang, IsNoOtherProgram) {
  EXPECT_FALSE(is_linked_clang("/bin/sh"));
  EXPECT_FALSE(is_linked_clang("/no/such/clang"));
}

}  // namespace
}  // namespace llmc
