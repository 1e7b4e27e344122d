#include "ir/sketch.h"

#include "testing.h"

namespace llmc {
namespace {

using test::take;
using testing::HasSubstr;
using testing::Not;

std::string sketch_of_text(const std::string& text, std::size_t most_lines = 700) {
  return sketch_of(take(IrModule::parse(text, "test.ll")), {most_lines});
}

constexpr const char* k_loop = R"(
@table = external global [4 x i32]
@unused = external global i32
declare void @llvm.memset.p0.i64(ptr, i8, i64, i1)
declare i32 @twice(i32, i32)
define internal i32 @sum(ptr %values, i64 %count) nounwind {
  %a = alloca i32
  %b = alloca i32
  %c = alloca [8 x i8]
  call void @llvm.memset.p0.i64(ptr %c, i8 0, i64 8, i1 false)
  store i32 0, ptr %a
  store i32 7, ptr %b
  br label %loop
loop:
  %i = phi i64 [ 0, %0 ], [ %next, %loop ]
  %at = getelementptr i32, ptr %values, i64 %i
  %value = load i32, ptr %at
  %more = call i32 @twice(i32 %value, i32 3)
  store i32 %more, ptr @table
  %next = add nsw i64 %i, 1
  %done = icmp eq i64 %next, %count
  br i1 %done, label %end, label %loop
end:
  %first = load volatile i32, ptr %a
  ret i32 %first
}
)";

TEST(Sketch, SaysWhatEachInstructionIs) {
  EXPECT_EQ(sketch_of_text(k_loop),
            "\nglobal var\nfn i32 nounwind local\narg ptr\narg i64\nalloca i32 x2\nalloca ["
            "\ncall memset\nstore i32 0\nstore i32 c\nbr\nphi i64 n2\ngetelementptr i32 v"
            "\nload i32\ncall i32 n2 c1\nstore i32 to @\nadd i64 c\nicmp eq i64\nbr ? back"
            "\nload i32 !\nret v");
}

TEST(Sketch, DoesNotDependOnNamesOrDebugInformation) {
  const std::string renamed = R"(
define i32 @other(i32 %y) !dbg !4 {
  %r = add i32 %y, %y
  ret i32 %r
}
!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!3}
!0 = distinct !DICompileUnit(language: DW_LANG_C99, file: !1, emissionKind: FullDebug)
!1 = !DIFile(filename: "a.c", directory: "/")
!3 = !{i32 2, !"Debug Info Version", i32 3}
!4 = distinct !DISubprogram(name: "other", file: !1, unit: !0, type: !5, spFlags: DISPFlagDefinition)
!5 = !DISubroutineType(types: !6)
!6 = !{}
)";
  EXPECT_EQ(sketch_of_text("define i32 @f(i32 %x) {\n%s = add i32 %x, %x\nret i32 %s\n}"),
            sketch_of_text(renamed));
}

TEST(Sketch, LeavesOutTheMiddle) {
  const std::string sketch = sketch_of_text(k_loop, 6);
  EXPECT_THAT(sketch, HasSubstr("\nfn i32 nounwind local\narg ptr\n...\n"));
  EXPECT_THAT(sketch, HasSubstr("ret v"));
  EXPECT_EQ(std::ranges::count(sketch, '\n'), 7);
}

TEST(Sketch, ShortensASketchAsIfItHadBeenMadeSo) {
  EXPECT_EQ(shorten_sketch(sketch_of_text(k_loop), 6), sketch_of_text(k_loop, 6));
  EXPECT_EQ(shorten_sketch(sketch_of_text(k_loop), 700), sketch_of_text(k_loop));
  EXPECT_EQ(shorten_sketch("", 4), "");
}

TEST(Sketch, CountsRepeatsUpToALimit) {
  std::string text = "define void @f(ptr %p) {\n";
  for (int i = 0; i < 23; ++i) text += "store i32 0, ptr %p\n";
  EXPECT_EQ(sketch_of_text(text + "ret void\n}"),
            "\nfn void\narg ptr\nstore i32 0 x20\nstore i32 0 x3\nret");
}

}  // namespace
}  // namespace llmc
