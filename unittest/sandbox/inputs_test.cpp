#include "sandbox/inputs.h"

#include "ir/module.h"
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
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

constexpr const char* k_text =
    "target triple = \"x86_64-pc-linux-gnu\"\n"
    "define i32 @f(i32 %x) minsize optsize {\n  %y = add i32 %x, 1\n  ret i32 %y\n}\n";

/// A folder with one file, and that file.
struct OneFile {
  TemporaryFolder folder = temporary_folder();
  std::string path;
  OneFile(const std::string& name, std::string_view bytes) : path((folder.path() / name).string()) {
    EXPECT_TRUE(write_file(path, bytes));
  }
};

std::string load_error(const OneFile& file) {
  return message_of(load_program({file.path, std::nullopt}, {}));
}

TEST(FindInputs, TellsSourcesFromIr) {
  const TemporaryFolder folder = temporary_folder();
  for (const char* name : {"a.c", "b.cpp", "c.ll", "d.bc"})
    ASSERT_TRUE(write_file(folder.path() / name, ""));
  const std::string base = folder.path().string() + "/";
  const auto inputs =
      take(find_inputs({base + "a.c", base + "b.cpp", base + "c.ll", base + "d.bc"}, {"-DA"}));
  ASSERT_THAT(inputs, SizeIs(4));
  ASSERT_TRUE(inputs[0].command);
  EXPECT_FALSE(inputs[0].command->is_cxx);
  EXPECT_THAT(inputs[0].command->flags, ElementsAre("-DA"));
  ASSERT_TRUE(inputs[1].command);
  EXPECT_TRUE(inputs[1].command->is_cxx);
  EXPECT_FALSE(inputs[2].command);
  EXPECT_FALSE(inputs[3].command);
}

TEST(FindInputs, AMissingFileIsNamed) {
  EXPECT_THAT(message_of(find_inputs({"/no/such/file.c"}, {})),
              AllOf(StartsWith("/no/such/file.c"), HasSubstr("no such file")));
}

TEST(FindInputs, ReadsTheDatabaseOfAFolder) {
  const OneFile file("compile_commands.json",
                     R"([{"directory": "/b", "file": "x.c", "command": "cc -DB -c x.c"},
                         {"directory": "/b", "file": "y.cc", "command": "c++ -c y.cc"}])");
  for (const std::string& path : {file.folder.path().string(), file.path}) {
    const auto inputs = take(find_inputs({path}, {"-DA"}));
    ASSERT_THAT(inputs, SizeIs(2));
    EXPECT_EQ(inputs[0].name, "x.c");
    EXPECT_THAT(inputs[0].command->flags, ElementsAre("-DB", "-DA"));
    EXPECT_TRUE(inputs[1].command->is_cxx);
  }
}

TEST(FindInputs, AFolderWithoutADatabaseIsAnError) {
  const TemporaryFolder folder = temporary_folder();
  EXPECT_THAT(message_of(find_inputs({folder.path().string()}, {})),
              HasSubstr("compile_commands.json: no such file"));
}

TEST(FindInputs, AnEmptyDatabaseIsAnError) {
  const OneFile file("compile_commands.json", "[]");
  EXPECT_THAT(message_of(find_inputs({file.path}, {})), HasSubstr("no entries"));
}

TEST(LoadProgram, ReadsTextualIr) {
  const OneFile file("a.ll", k_text);
  const Program program = take(load_program({file.path, std::nullopt}, {}));
  EXPECT_EQ(program.instructions, 2U);
  EXPECT_EQ(program.triple, "x86_64-pc-linux-gnu");
  EXPECT_THAT(program.warnings, IsEmpty());
}

TEST(LoadProgram, ReadsBitcode) {
  const IrModule module = take(IrModule::parse(k_text, "a.ll"));
  const OneFile file("a.bc", module.bitcode());
  const Program program = take(load_program({file.path, std::nullopt}, {}));
  EXPECT_EQ(program.instructions, 2U);
}

TEST(LoadProgram, TextAndBitcodeOfOneModuleAreOneProgram) {
  const IrModule module = take(IrModule::parse(k_text, "a.ll"));
  const OneFile text("a.ll", k_text);
  const OneFile bitcode("b.bc", module.bitcode());
  EXPECT_EQ(take(load_program({text.path, std::nullopt}, {})).id,
            take(load_program({bitcode.path, std::nullopt}, {})).id);
}

TEST(LoadProgram, BadFilesAreErrorsThatNameTheFile) {
  const std::string bitcode = take(IrModule::parse(k_text, "a.ll")).bitcode();
  const std::vector<std::pair<std::string, std::string>> files = {
      {"empty.ll", ""},
      {"garbage.bc", "\x01\x02garbage\xff"},
      {"cut.bc", bitcode.substr(0, bitcode.size() / 2)},
      {"wrong.ll", "define i32 @f() {\n  ret i64 0\n}\n"}};
  for (const auto& [name, bytes] : files) {
    const OneFile file(name, bytes);
    EXPECT_THAT(load_error(file), AllOf(StartsWith(file.path), Not(HasSubstr("\n")))) << name;
  }
  EXPECT_THAT(message_of(load_program({"/no/such/file.bc", std::nullopt}, {})),
              StartsWith("/no/such/file.bc"));
}

// Single bytes of bitcode changed: LLVM's reader may do anything, and we go on.
TEST(LoadProgram, SurvivesDamagedBitcode) {
  const std::string bitcode = take(IrModule::parse(k_text, "a.ll")).bitcode();
  for (std::size_t at = 8; at < bitcode.size(); at += bitcode.size() / 40) {
    std::string damaged = bitcode;
    damaged[at] = static_cast<char>(damaged[at] ^ 0x55);
    const OneFile file("damaged.bc", damaged);
    const auto program = load_program({file.path, std::nullopt}, {});
    if (program) continue;
    EXPECT_THAT(program.error().message, StartsWith(file.path));
  }
}

TEST(LoadProgram, RefusesAnObject) {
  const OneFile source("a.c", "int f(void) { return 1; }\n");
  const std::string object = (source.folder.path() / "a.o").string();
  test::output_of({test::llvm_tool("clang"), "-c", source.path, "-o", object});
  EXPECT_THAT(message_of(load_program({object, std::nullopt}, {})),
              AllOf(StartsWith(object), HasSubstr("object file")));
}

TEST(LoadProgram, CompilesASource) {
  const OneFile source("a.c", "int f(void) { return NUMBER; }\n");
  const auto inputs = take(find_inputs({source.path}, {"-DNUMBER=1"}));
  const Program program = take(load_program(inputs[0], {}));
  EXPECT_EQ(program.name, source.path);
  EXPECT_EQ(take(baseline_object(program)), take(clang_baseline_object(inputs[0])));
}

}  // namespace
}  // namespace llmc
