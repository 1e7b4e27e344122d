#include "lift/ladder.h"

#include "testing.h"

namespace llmc {
namespace {

using testing::HasSubstr;

/// What clang makes of `source` at -Oz.
std::string assembly_of(const std::string& source) {
  const TemporaryFolder folder = test::temporary_folder();
  const std::string path = (folder.path() / "a.c").string();
  EXPECT_TRUE(write_file(path, source));
  return test::output_of({test::llvm_tool("clang"), "-Oz", "-S", path, "-o", "-"});
}

constexpr const char* k_add =
    "define dso_local i32 @add(i32 %0, i32 %1) nounwind uwtable {\n"
    "%3 = add i32 %0, %1\n"
    "ret i32 %3\n"
    "}\n";

TEST(Ladder, TheIrOfAnAssemblyIsIdentical) {
  const LiftStanding standing =
      climb(k_add, assembly_of("int add(int a, int b) { return a + b; }"));
  EXPECT_EQ(standing.rung, LiftRung::identical) << standing.reason << standing.assembly;
}

TEST(Ladder, AnotherFunctionCompilesAndTheFirstDifferenceIsTold) {
  const LiftStanding standing =
      climb(k_add, assembly_of("int add(int a, int b) { return a - b; }"));
  EXPECT_EQ(standing.rung, LiftRung::compiles);
  EXPECT_THAT(standing.reason, HasSubstr("instead of"));
}

TEST(Ladder, WhatLlvmDoesNotReadStandsNowhere) {
  EXPECT_EQ(climb("define i32 @f() { ret i64 0 }", "f:").rung, LiftRung::none);
  EXPECT_EQ(climb("", "f:").rung, LiftRung::compiles);  // an empty module is IR
  EXPECT_THAT(climb("define i32 @f(", "f:").reason, HasSubstr("the IR"));
}

TEST(Ladder, AssemblyInTheIrIsNoProof) {
  const std::string text = assembly_of("int add(int a, int b) { return a + b; }");
  EXPECT_THAT(climb("module asm \".globl add\"\nmodule asm \"add: ret\"\n", text).reason,
              HasSubstr("assembly in the IR"));
  EXPECT_EQ(climb("define void @f() {\ncall void asm sideeffect \".incbin \\22/etc/passwd\\22\", "
                  "\"\"()\nret void\n}\n",
                  text)
                .rung,
            LiftRung::none);
}

}  // namespace
}  // namespace llmc
