#include "toolchain/program.h"

#include "ir/module.h"
#include "testing.h"

namespace llmc {
namespace {

using test::message_of;
using test::take;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

std::string text_with(const std::string& attributes, const std::string& operation = "add") {
  return "source_filename = \"first.c\"\ntarget triple = \"x86_64-pc-linux-gnu\"\n"
         "define i32 @f(i32 %x) " +
         attributes + " {\n  %y = " + operation + " i32 %x, 3\n  ret i32 %y\n}\n";
}

Program program_from(const std::string& text, const CodegenOptions& codegen = {}) {
  return take(make_program(take(IrModule::parse(text, "a.ll")).bitcode(), "a.ll", codegen));
}

TEST(Program, TextIsReadAsWellAsBitcode) {
  const Program program = take(make_program(text_with("minsize optsize"), "a.ll", {}));
  EXPECT_EQ(program.id, program_from(text_with("minsize optsize")).id);
}

TEST(Program, TheIdNamesContentAndLowering) {
  const Program program = program_from(text_with("minsize optsize"));
  std::string renamed = text_with("minsize optsize");
  renamed.replace(renamed.find("first.c"), 7, "other.c");
  EXPECT_EQ(program_from(renamed).id, program.id) << "the source's name is not content";
  std::string local = text_with("minsize optsize");
  local.replace(local.find("%y ="), 4, "%z =");
  local.replace(local.find("ret i32 %y"), 10, "ret i32 %z");
  EXPECT_EQ(program_from(local).id, program.id) << "local names are not content";
  EXPECT_NE(program_from(text_with("minsize optsize", "sub")).id, program.id);
  CodegenOptions sections;
  sections.function_sections = true;
  EXPECT_NE(program_from(text_with("minsize optsize"), sections).id, program.id);
}

TEST(Program, KeepsTheSourcesNameInItsBitcode) {
  const Program program = program_from(text_with("minsize optsize"));
  EXPECT_THAT(take(IrModule::parse(program.bitcode, "a.bc")).text(), HasSubstr("first.c"));
}

TEST(Program, WarnsAboutIrThatIsNotUnoptimisedOzIr) {
  EXPECT_THAT(program_from(text_with("minsize optsize")).warnings, IsEmpty());
  const Program optnone = program_from(text_with("noinline optnone"));
  ASSERT_THAT(optnone.warnings, SizeIs(1));
  EXPECT_THAT(optnone.warnings[0], HasSubstr("1 of 1 functions are optnone"));
  const Program soft = program_from(text_with(""));
  ASSERT_THAT(soft.warnings, SizeIs(1));
  EXPECT_THAT(soft.warnings[0], HasSubstr("minsize"));
}

TEST(Program, AnEmptyModuleHasABaseline) {
  const Program program = program_from("target triple = \"x86_64-pc-linux-gnu\"\n");
  EXPECT_EQ(program.instructions, 0U);
  EXPECT_THAT(program.warnings, IsEmpty());
  EXPECT_TRUE(baseline_object(program));
  EXPECT_TRUE(object_after(program, "default<Oz>"));
  EXPECT_TRUE(object_after(program, ""));
}

TEST(Program, AModuleWithoutATripleHasABaseline) {
  EXPECT_TRUE(baseline_object(program_from("define void @f() minsize {\n  ret void\n}\n")));
}

TEST(Program, ADataLayoutThatDoesNotFitIsAnError) {
  const Program program = program_from(
      "target datalayout = \"E-p:16:16\"\ntarget triple = \"x86_64-pc-linux-gnu\"\n"
      "define void @f() {\n  ret void\n}\n");
  EXPECT_THAT(message_of(baseline_object(program)), HasSubstr("data layout"));
}

TEST(Program, AListThatLlvmRejectsIsAnError) {
  EXPECT_THAT(message_of(object_after(program_from(text_with("")), "no-such-pass")),
              HasSubstr("no-such-pass"));
}

TEST(ToolchainVersion, IsTheLinkedLlvms) {
  EXPECT_THAT(test::output_of({test::llvm_tool("opt"), "--version"}),
              HasSubstr("version " + toolchain_version()));
}

}  // namespace
}  // namespace llmc
