#include "toolchain/front_end.h"

#include <stdlib.h>

#include "testing.h"

namespace llmc {
namespace {

using test::message_of;
using test::take;
using test::temporary_folder;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

std::vector<CompileCommand> read_database(const std::string& text) {
  const TemporaryFolder folder = temporary_folder();
  const auto path = folder.path() / "compile_commands.json";
  EXPECT_TRUE(write_file(path, text));
  return take(read_compile_commands(path), "the database");
}

std::string database_error(const std::string& text) {
  const TemporaryFolder folder = temporary_folder();
  const auto path = folder.path() / "compile_commands.json";
  EXPECT_TRUE(write_file(path, text));
  return message_of(read_compile_commands(path));
}

// --- Flags
// ----------------------------------------------------------------------------------------

TEST(OwnFlags, KeepsWhatTheCodeMeans) {
  EXPECT_THAT(own_flags({"-std=gnu11", "-DX=1", "-I", "include", "-isystem", "sys", "-include",
                         "a.h", "-fPIC", "-march=haswell", "-g0", "-Wall", "-pthread"},
                        "a.c"),
              ElementsAre("-std=gnu11", "-DX=1", "-I", "include", "-isystem", "sys", "-include",
                          "a.h", "-fPIC", "-march=haswell", "-g0", "-Wall", "-pthread"));
}

TEST(OwnFlags, DropsLevelOutputsAndTheFile) {
  EXPECT_THAT(own_flags({"-O2", "-c", "a.c", "-o", "a.o", "-MD", "-MF", "a.d", "-MT", "a.o", "-MQ",
                         "a.o", "-MMD", "-MP", "-pipe", "-DKEPT"},
                        "a.c"),
              ElementsAre("-DKEPT"));
  EXPECT_THAT(own_flags({"-oa.o", "-O", "-O0", "-Os", "-Oz", "-O3", "-Ofast", "-S", "-E"}, "a.c"),
              IsEmpty());
}

TEST(OwnFlags, DropsTheFileHoweverItIsSpelled) {
  EXPECT_THAT(own_flags({"-DA", "../src/a.c"}, "/source/a.c"), ElementsAre("-DA"));
  EXPECT_THAT(own_flags({"-DA", "--", "/source/a.c"}, "a.c"), ElementsAre("-DA"));
}

TEST(OwnFlags, TakesNoValueForAFlag) {
  // These values look like flags that are dropped, or like the file.
  EXPECT_THAT(own_flags({"-D", "-O2", "-include", "a.c", "-Xclang", "-O2", "-mllvm", "-o"}, "a.c"),
              ElementsAre("-D", "-O2", "-include", "a.c", "-Xclang", "-O2", "-mllvm", "-o"));
}

TEST(OwnFlags, KeepsFlagsThatOnlyLookDropped) {
  EXPECT_THAT(own_flags({"-mcmodel=large", "-fno-common", "-Wno-error", "-std=c11"}, "a.c"),
              SizeIs(4));
}

// --- Compilation databases
// ------------------------------------------------------------------------

TEST(CompileCommands, ReadsArguments) {
  const auto commands = read_database(R"([{"directory": "/build", "file": "../a b.c",
    "arguments": ["/usr/bin/cc", "-DNAME=a b", "-O2", "-c", "../a b.c", "-o", "a.o"]}])");
  ASSERT_THAT(commands, SizeIs(1));
  EXPECT_EQ(commands[0].directory, "/build");
  EXPECT_EQ(commands[0].file, "../a b.c");
  EXPECT_THAT(commands[0].flags, ElementsAre("-DNAME=a b"));
  EXPECT_FALSE(commands[0].is_cxx);
}

TEST(CompileCommands, ReadsShellCommands) {
  const auto commands = read_database(
      R"JSON([{"directory": "/build", "file": "/src/a.cpp", "output": "a.o",
    "command": "c++ -DNAME=\"a b\" -DQUOTE=\\\"x\\\" '-DS=\"y z\"' -I/inc\\ luded -O3 -o a.o -c /src/a.cpp"}])JSON");
  ASSERT_THAT(commands, SizeIs(1));
  EXPECT_THAT(commands[0].flags,
              ElementsAre("-DNAME=a b", "-DQUOTE=\"x\"", "-DS=\"y z\"", "-I/inc luded"));
  EXPECT_TRUE(commands[0].is_cxx);
}

TEST(CompileCommands, SeesThroughLaunchers) {
  for (const char* launched : {"ccache cc -DA -c a.c", "/usr/bin/ccache /usr/bin/gcc-12 -DA -c a.c",
                               "cc -DA -c a.c", "distcc clang -DA -c a.c"}) {
    const auto commands = read_database(
        std::string(R"([{"directory": "/b", "file": "a.c", "command": ")") + launched + R"("}])");
    ASSERT_THAT(commands, SizeIs(1)) << launched;
    EXPECT_THAT(commands[0].flags, ElementsAre("-DA")) << launched;
    EXPECT_FALSE(commands[0].is_cxx) << launched;
  }
  const auto commands =
      read_database(R"([{"directory": "/b", "file": "a.cc", "command": "ccache g++ -c a.cc"}])");
  EXPECT_TRUE(commands.at(0).is_cxx);
}

TEST(CompileCommands, KeepsTheOrderOfEntries) {
  const auto commands = read_database(R"([
    {"directory": "/b", "file": "z.c", "command": "cc -c z.c"},
    {"directory": "/b", "file": "a.c", "command": "cc -c a.c"}])");
  ASSERT_THAT(commands, SizeIs(2));
  EXPECT_EQ(commands[0].file, "z.c");
  EXPECT_THAT(read_database("[]"), IsEmpty());
}

TEST(CompileCommands, RefusesWhatIsNoDatabase) {
  for (const char* text : {"", "{", "[", "{}", "null", "42", "[{]", "int main() {}", "\xff\xfe"})
    EXPECT_THAT(database_error(text), HasSubstr("not a compilation database")) << text;
}

TEST(CompileCommands, NamesTheMalformedEntry) {
  const std::string good = R"({"directory": "/b", "file": "a.c", "command": "cc -c a.c"})";
  for (const char* bad :
       {R"({"directory": "/b", "file": "a.c"})", R"({"file": "a.c", "command": "cc -c a.c"})",
        R"({"directory": "/b", "command": "cc -c a.c"})",
        R"({"directory": 1, "file": "a.c", "command": "cc -c a.c"})",
        R"({"directory": "/b", "file": "a.c", "arguments": "cc"})",
        R"({"directory": "/b", "file": "a.c", "arguments": [1]})", "17", "null", R"(["cc"])"}) {
    const std::string message = database_error("[" + good + "," + bad + "]");
    EXPECT_THAT(message, AllOf(HasSubstr("compile_commands.json"), HasSubstr("entry 1"))) << bad;
  }
}

TEST(CompileCommands, RefusesAnEmptyCommand) {
  for (const char* bad : {R"({"directory": "/b", "file": "a.c", "arguments": []})",
                          R"({"directory": "/b", "file": "a.c", "command": "  "})"})
    EXPECT_THAT(
        database_error(std::string("[") + bad + "]"),
        AllOf(HasSubstr("compile_commands.json"), HasSubstr("entry 0"), HasSubstr("empty")));
}

TEST(CompileCommands, AMissingFileIsNamed) {
  EXPECT_THAT(message_of(read_compile_commands("/no/such/compile_commands.json")),
              StartsWith("/no/such/compile_commands.json"));
}

// --- clang
// ----------------------------------------------------------------------------------------

TEST(FrontEnd, HandsOnClangsOwnMessage) {
  const TemporaryFolder folder = temporary_folder();
  ASSERT_TRUE(write_file(folder.path() / "bad.c", "int f(void) { return 1 +; }\n"));
  const FrontEnd front_end = take(FrontEnd::find());
  const std::string message = message_of(front_end.compile({folder.path(), "bad.c", {}, false}));
  EXPECT_THAT(message, AllOf(StartsWith("bad.c: "), HasSubstr("bad.c:1:25: error:")));
}

TEST(FrontEnd, AMissingSourceIsAnError) {
  const FrontEnd front_end = take(FrontEnd::find());
  EXPECT_THAT(message_of(front_end.compile({{}, "/no/such/source.c", {}, false})),
              HasSubstr("/no/such/source.c"));
}

TEST(FrontEnd, RunsInTheEntrysFolderWithItsFlags) {
  const TemporaryFolder folder = temporary_folder();
  ASSERT_TRUE(make_folder(folder.path() / "include"));
  ASSERT_TRUE(write_file(folder.path() / "include" / "a.h", "#define NUMBER 7\n"));
  ASSERT_TRUE(
      write_file(folder.path() / "a.c", "#include <a.h>\nint f(void) { return NUMBER + MORE; }\n"));
  const FrontEnd front_end = take(FrontEnd::find());
  const Program program =
      take(front_end.compile({folder.path(), "a.c", {"-Iinclude", "-DMORE=1"}, false}));
  EXPECT_EQ(program.name, "a.c");
  EXPECT_THAT(program.warnings, IsEmpty());
  EXPECT_GT(program.instructions, 0U);
}

TEST(FrontEnd, CompilesCxxByTheDriverAndNotByTheName) {
  const TemporaryFolder folder = temporary_folder();
  ASSERT_TRUE(write_file(folder.path() / "a.c", "namespace n { int f() { return 1; } }\n"));
  const FrontEnd front_end = take(FrontEnd::find());
  EXPECT_FALSE(front_end.compile({folder.path(), "a.c", {}, false}));
  EXPECT_TRUE(front_end.compile({folder.path(), "a.c", {}, true}));
}

TEST(FrontEnd, WarnsAboutFlagsThatAreNotReproduced) {
  const TemporaryFolder folder = temporary_folder();
  ASSERT_TRUE(write_file(folder.path() / "a.c", "int f(int x) { return x + 1; }\n"));
  const FrontEnd front_end = take(FrontEnd::find());
  const Program program =
      take(front_end.compile({folder.path(), "a.c", {"-mllvm", "-inline-threshold=3"}, false}));
  ASSERT_THAT(program.warnings, SizeIs(1));
  EXPECT_THAT(program.warnings[0], HasSubstr("-mllvm -inline-threshold=3"));
}

TEST(FrontEnd, SaysWhatToInstallIfThereIsNoClang) {
  const char* before = std::getenv("LLMC_CLANG");
  const std::string kept = before != nullptr ? before : "";
  ::setenv("LLMC_CLANG", "/no/such/clang", 1);
  EXPECT_THAT(message_of(FrontEnd::find()),
              AllOf(HasSubstr("/no/such/clang"), HasSubstr("apt-get install clang-19")));
  if (before != nullptr)
    ::setenv("LLMC_CLANG", kept.c_str(), 1);
  else
    ::unsetenv("LLMC_CLANG");
}

}  // namespace
}  // namespace llmc
