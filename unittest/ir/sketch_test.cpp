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

TEST(Sketch, CountsWhatInstructionsThereAre) {
  EXPECT_EQ(sketch_of_text(k_loop),
            "\nall x24\nadd i64 c\nalloca [\nalloca i32 x2\narg i64\narg ptr\nbr\nbr ? back"
            "\ncall i32 n2 c1\ncall memset\nfn i32 nounwind local\ngetelementptr i32 v\nglobal var"
            "\nicmp eq i64\nload i32\nload i32 !\nphi i64 n2\nret v\nstore i32 0\nstore i32 c"
            "\nstore i32 to @");
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

TEST(Sketch, LeavesOutTheRarestLines) {
  const std::string sketch = sketch_of_text(k_loop, 3);
  EXPECT_EQ(sketch, "\nall x24\nadd i64 c\nalloca i32 x2");
  EXPECT_EQ(shorten_sketch(sketch_of_text(k_loop), 3), sketch);
  EXPECT_EQ(shorten_sketch(sketch_of_text(k_loop), 700), sketch_of_text(k_loop));
  EXPECT_EQ(shorten_sketch("", 4), "");
}

TEST(Sketch, CountsGrowInSteps) {
  const auto stores = [](int count) {
    std::string text = "define void @f(ptr %p) {\n";
    for (int i = 0; i < count; ++i) text += "store i32 0, ptr %p\n";
    const std::string sketch = sketch_of_text(text + "ret void\n}");
    return sketch.substr(sketch.rfind(' '));
  };
  EXPECT_EQ(stores(2), " x2");
  EXPECT_EQ(stores(3), " x3");
  EXPECT_EQ(stores(4), " x4");
  EXPECT_EQ(stores(5), " x6");
  EXPECT_EQ(stores(9), " x12");
  EXPECT_EQ(stores(13), " x16");
  EXPECT_EQ(stores(190), " x192");
  EXPECT_EQ(stores(1000), " x256");
}

}  // namespace
}  // namespace llmc
