#include "ir/normal_form.h"

#include "testing.h"

namespace llmc {
namespace {

using test::message_of;
using test::take;
using testing::HasSubstr;
using testing::Not;

std::string normal_of(const std::string& text) {
  return take(normal_text(take(IrModule::parse(text, "test.ll"))));
}

/// What clang makes of an example, as LLVM prints it.
std::string clang_ir(const std::filesystem::path& source) {
  return test::output_of({test::llvm_tool("clang"), "-Oz", "-Xclang", "-disable-llvm-passes",
                          "-emit-llvm", "-S", "-g", source.string(), "-o", "-"});
}

constexpr const char* k_add = R"(; ModuleID = 'add.c'
source_filename = "add.c"
target datalayout = "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128"
target triple = "x86_64-pc-linux-gnu"

; Function Attrs: minsize nounwind optsize uwtable
define dso_local i32 @add(i32 noundef %left, i32 noundef %right) #0 {
entry:
  %sum = alloca i32, align 4
  %wide = alloca i32, align 16
  store i32 %left, ptr %sum, align 4, !tbaa !5
  br label %next

next:                                             ; preds = %entry
  %0 = load i32, ptr %sum, align 1
  %call = call i32 @twice(i32 noundef %0) #2
  call void @llvm.lifetime.end.p0(i64 4, ptr %sum)
  ret i32 %call
}

; Function Attrs: minsize optsize
declare i32 @twice(i32 noundef) #1

declare i32 @unused(i32)

declare void @llvm.lifetime.end.p0(i64 immarg, ptr nocapture)

attributes #0 = { minsize nounwind optsize uwtable "min-legal-vector-width"="0" "no-trapping-math"="true" "stack-protector-buffer-size"="8" "target-cpu"="x86-64" "target-features"="+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" "tune-cpu"="generic" }
attributes #1 = { minsize optsize "no-trapping-math"="true" "target-cpu"="x86-64" }
attributes #2 = { minsize nounwind optsize }

!llvm.module.flags = !{!0}
!llvm.ident = !{!1}
!0 = !{i32 1, !"wchar_size", i32 4}
!1 = !{!"clang"}
!5 = !{!6, !6, i64 0}
!6 = !{!"int", !7, i64 0}
!7 = !{!"char"}
)";

TEST(NormalForm, LeavesOutWhatGoesWithoutSaying) {
  EXPECT_EQ(normal_of(k_add),
            "define dso_local i32 @add(i32 noundef %0, i32 noundef %1) nounwind uwtable {\n"
            "%3 = alloca i32\n"
            "%4 = alloca i32, align 16\n"
            "store i32 %0, ptr %3\n"
            "br label %5\n"
            "5:\n"
            "%6 = load i32, ptr %3, align 1\n"
            "%7 = call i32 @twice(i32 noundef %6)\n"
            "call void @llvm.lifetime.end.p0(i64 4, ptr %3)\n"
            "ret i32 %7\n"
            "}\n"
            "declare i32 @twice(i32)\n");
}

TEST(NormalForm, PutsBackWhatIsImplied) {
  const IrModule module = take(read_normal(normal_of(k_add), "add"));
  const std::string text = module.text();
  EXPECT_THAT(text, HasSubstr("target triple = \"x86_64-pc-linux-gnu\""));
  EXPECT_THAT(text, HasSubstr("target datalayout = \"e-m:e-p270"));
  EXPECT_THAT(text, HasSubstr("; Function Attrs: minsize nounwind optsize uwtable\n"
                              "define dso_local i32 @add"));
  EXPECT_THAT(text, HasSubstr("call i32 @twice(i32 noundef %6) #2"));
  EXPECT_THAT(text, HasSubstr("attributes #2 = { nounwind }"));
  EXPECT_THAT(text, HasSubstr("\"PIC Level\", i32 2"));
}

TEST(NormalForm, IsAFixedPointForEveryExample) {
  for (const auto& source : test::example_sources()) {
    const std::string once = normal_of(clang_ir(source));
    EXPECT_EQ(take(normal_text(take(read_normal(once, "once")))), once) << source;
    EXPECT_THAT(once, Not(HasSubstr("!tbaa"))) << source;
    EXPECT_THAT(once, Not(HasSubstr("!dbg"))) << source;
    EXPECT_THAT(once, Not(HasSubstr("attributes #"))) << source;
  }
}

TEST(NormalForm, IsParsedByOptAsItStands) {
  const auto folder = test::temporary_folder();
  const auto file = folder.path() / "hashmap.ll";
  ASSERT_TRUE(write_file(file, normal_of(clang_ir(test::source_path("examples/hashmap.c")))));
  EXPECT_THAT(test::output_of({test::llvm_tool("opt"), "-S", "-passes=verify", file.string()}),
              HasSubstr("define"));
}

TEST(NormalForm, KeepsStringsWithEveryLetterThatMeansSomethingOutside) {
  const std::string text = "@s = constant [14 x i8] c\"; #0 \\01 \\22 align\"\n";
  EXPECT_EQ(normal_of(text), text);
}

TEST(NormalForm, KeepsAttributesThatChangeCode) {
  const std::string text = normal_of(
      "define void @f() #0 {\n  call void @g() #1\n  ret void\n}\ndeclare void @g()\n"
      "attributes #0 = { noinline \"frame-pointer\"=\"all\" \"no-builtin-memset\" "
      "\"target-features\"=\"+avx2\" \"tune-cpu\"=\"generic\" alignstack=32 }\n"
      "attributes #1 = { noreturn }\n");
  EXPECT_THAT(text, HasSubstr("define void @f() noinline alignstack(32) \"frame-pointer\"=\"all\" "
                              "\"no-builtin-memset\" \"target-features\"=\"+avx2\" {"));
  EXPECT_THAT(text, HasSubstr("call void @g() noreturn\n"));
  EXPECT_EQ(normal_of(text), text);
}

TEST(NormalForm, KeepsNounwindWhereTheFunctionMayUnwind) {
  const std::string text = normal_of(
      "define void @f() {\n  call void @g() #0\n  ret void\n}\ndeclare void @g()\n"
      "attributes #0 = { nounwind }\n");
  EXPECT_THAT(text, HasSubstr("call void @g() nounwind\n"));
}

TEST(NormalForm, KeepsAlignmentOfAtomics) {
  EXPECT_THAT(normal_of("define i32 @f(ptr %p) {\n  %v = load atomic i32, ptr %p seq_cst, align 4\n"
                        "  ret i32 %v\n}\n"),
              HasSubstr("load atomic i32, ptr %0 seq_cst, align 4\n"));
}

TEST(NormalForm, SaysThatItIsForAArch64) {
  const std::string text = normal_of(
      "target triple = \"aarch64-linux-gnu\"\n"
      "define i32 @f(i32 %a) #0 {\n  ret i32 %a\n}\ndefine i32 @g(i32 %a) {\n  ret i32 %a\n}\n"
      "attributes #0 = { \"frame-pointer\"=\"non-leaf\" \"target-cpu\"=\"generic\" "
      "\"target-features\"=\"+fp-armv8,+neon,+v8a,-fmv\" }\n");
  EXPECT_EQ(
      text,
      "target triple = \"aarch64-unknown-linux-gnu\"\ndefine i32 @f(i32 %0) {\nret i32 %0\n}\n"
      "define i32 @g(i32 %0) \"frame-pointer\"=\"none\" {\nret i32 %0\n}\n");
  EXPECT_EQ(target_of_normal(text), NormalTarget::aarch64);
  EXPECT_EQ(take(normal_text(take(read_normal(text, "f")))), text);
  const std::string read = take(read_normal(text, "f")).text();
  EXPECT_THAT(read, HasSubstr("e-m:e-i8:8:32-i16:16:32-i64:64-i128:128-n32:64-S128-Fn32"));
  EXPECT_THAT(read, HasSubstr("\"frame-pointer\"=\"non-leaf\""));
}

TEST(NormalForm, RefusesOtherTargets) {
  EXPECT_EQ(
      message_of(
          normal_text(take(IrModule::parse("target triple = \"riscv64-linux-gnu\"\n", "risc.ll")))),
      "the target is riscv64-linux-gnu; the normal form is for x86-64 Linux and AArch64 Linux");
  EXPECT_THAT(message_of(read_normal("target triple = \"wasm32\"\n", "w.ll")),
              HasSubstr("w.ll: the target is wasm32"));
}

TEST(NormalForm, NamesTheLineOfWhatDoesNotParse) {
  EXPECT_THAT(message_of(read_normal("define void @f() {\nret void\n", "answer")),
              HasSubstr("answer:3:"));
  EXPECT_THAT(message_of(read_normal("define void @f() {\nret i33 oops\n}\n", "answer")),
              HasSubstr("answer:2:"));
}

}  // namespace
}  // namespace llmc
