#include "ir/module.h"

#include "testing.h"

namespace llmc {
namespace {

using test::llvm_tool;
using test::message_of;
using test::take;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* k_sum = R"(
target triple = "x86_64-pc-linux-gnu"
declare i32 @elsewhere(i32)
define i32 @sum(i32 %left, i32 %right) {
entry:
  %total = add i32 %left, %right
  %result = call i32 @elsewhere(i32 %total)
  ret i32 %result
}
)";

IrModule parse(const std::string& bytes, ValueNames names = ValueNames::keep) {
  return take(IrModule::parse(bytes, "test.ll", names), "the module");
}

std::string error_of(std::string_view bytes) {
  return message_of(IrModule::parse(bytes, "bad.ll"));
}

TEST(IrModule, ReadsText) {
  const IrModule module = parse(k_sum);
  EXPECT_EQ(module.instruction_count(), 3U);
  EXPECT_EQ(module.target_triple(), "x86_64-pc-linux-gnu");
  EXPECT_TRUE(module.verify());
  EXPECT_THAT(module.text(), HasSubstr("%total = add i32 %left, %right"));
}

TEST(IrModule, ReadsItsOwnBitcode) {
  const IrModule module = parse(k_sum);
  const std::string bitcode = module.bitcode();
  EXPECT_TRUE(is_bitcode(bitcode));
  EXPECT_FALSE(is_bitcode(k_sum));
  const IrModule again = parse(bitcode);
  EXPECT_EQ(again.bitcode(), bitcode);
  EXPECT_EQ(again.digest(), module.digest());
  EXPECT_EQ(again.text(), module.text());
}

TEST(IrModule, ReadsItsOwnText) {
  const IrModule module = parse(k_sum);
  EXPECT_EQ(parse(module.text()).text(), module.text());
}

TEST(IrModule, ReadsBitcodeOfLlvmsAssembler) {
  const TemporaryFolder folder = test::temporary_folder();
  ASSERT_TRUE(write_file(folder.path() / "a.ll", k_sum));
  const std::string path = (folder.path() / "a.bc").string();
  test::output_of({llvm_tool("llvm-as"), (folder.path() / "a.ll").string(), "-o", path});
  EXPECT_EQ(parse(test::contents(path)).instruction_count(), 3U);
}

TEST(IrModule, AnEmptyModuleIsAModule) {
  const IrModule module = parse("; nothing in here\n");
  EXPECT_EQ(module.instruction_count(), 0U);
  EXPECT_EQ(module.target_triple(), "");
}

TEST(IrModule, AnEmptyFileIsRefused) {
  EXPECT_THAT(error_of(""), AllOf(StartsWith("bad.ll: "), HasSubstr("empty")));
}

TEST(IrModule, WrongTextIsRefusedWithLineAndColumn) {
  // The type of %total is wrong in line 6, column 24.
  const std::string message = error_of(
      "declare i32 @f(i32)\n"
      "define i32 @g(i32 %x) {\n"
      "  %y = add i32 %x, 1\n"
      "  %z = add i64 %y, 1\n"
      "  ret i32 %y\n"
      "}\n");
  EXPECT_THAT(message, StartsWith("bad.ll:4:16: "));
  EXPECT_THAT(message, Not(HasSubstr("\n")));
}

TEST(IrModule, GarbageIsRefused) {
  EXPECT_THAT(error_of("int main(void) { return 0; }\n"), StartsWith("bad.ll:1:1: "));
  EXPECT_THAT(error_of(std::string("\x7f"
                                   "ELF\x02\x01\x00\x00",
                                   8)),
              StartsWith("bad.ll:1:1: "));
}

TEST(IrModule, InvalidIrIsRefused) {
  const std::string message = error_of(
      "define i32 @f() {\n"
      "  %x = load i32, ptr null, align 4\n"
      "  br label %next\n"
      "next:\n"
      "  %y = phi i32 [ %x, %nowhere ]\n"
      "  ret i32 %y\n"
      "nowhere:\n"
      "  ret i32 0\n"
      "}\n");
  EXPECT_THAT(message, AllOf(StartsWith("bad.ll: "), HasSubstr("invalid")));
}

// Every shortening that the reader notices must be an error that names the file, and none may be
// accepted as something else. (Bitcode ends with a string table; cutting it is always noticed.)
TEST(IrModule, TruncatedBitcodeIsRefused) {
  const std::string bitcode = parse(k_sum).bitcode();
  for (const std::size_t kept : {4UL, 5UL, 8UL, 20UL, 64UL, bitcode.size() / 4, bitcode.size() / 2,
                                 bitcode.size() - 8, bitcode.size() - 4}) {
    const auto result = IrModule::parse(bitcode.substr(0, kept), "cut.bc");
    ASSERT_FALSE(result) << kept << " of " << bitcode.size() << " bytes";
    EXPECT_THAT(result.error().message,
                AllOf(StartsWith("cut.bc: "), HasSubstr("truncated"), Not(HasSubstr("\n"))));
  }
}

TEST(IrModule, BitcodeMagicWithGarbageBehindItIsRefused) {
  EXPECT_THAT(error_of("BC\xC0\xDE" + std::string(100, 'x')), StartsWith("bad.ll: "));
}

TEST(IrModule, DebugInformationIsNotCounted) {
  const std::string with_debug = R"(
define void @f(i32 %x) !dbg !4 {
  call void @llvm.dbg.value(metadata i32 %x, metadata !7, metadata !DIExpression()), !dbg !9
  %y = add i32 %x, 1, !dbg !9
  ret void, !dbg !9
}
declare void @llvm.dbg.value(metadata, metadata, metadata)
!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!2}
!0 = distinct !DICompileUnit(language: DW_LANG_C99, file: !1, emissionKind: FullDebug)
!1 = !DIFile(filename: "a.c", directory: "/")
!2 = !{i32 2, !"Debug Info Version", i32 3}
!3 = !DISubroutineType(types: !5)
!4 = distinct !DISubprogram(name: "f", file: !1, line: 1, type: !3, unit: !0, retainedNodes: !6, spFlags: DISPFlagDefinition)
!5 = !{null}
!6 = !{!7}
!7 = !DILocalVariable(name: "x", scope: !4, file: !1, line: 1, type: !8)
!8 = !DIBasicType(name: "int", size: 32, encoding: DW_ATE_signed)
!9 = !DILocation(line: 1, scope: !4)
)";
  EXPECT_EQ(parse(with_debug).instruction_count(), 2U);
}

TEST(IrModule, DebugRecordsAreNotCounted) {
  const std::string with_record = R"(
define void @f(i32 %x) !dbg !4 {
    #dbg_value(i32 %x, !7, !DIExpression(), !9)
  %y = add i32 %x, 1, !dbg !9
  ret void, !dbg !9
}
!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!2}
!0 = distinct !DICompileUnit(language: DW_LANG_C99, file: !1, emissionKind: FullDebug)
!1 = !DIFile(filename: "a.c", directory: "/")
!2 = !{i32 2, !"Debug Info Version", i32 3}
!3 = !DISubroutineType(types: !5)
!4 = distinct !DISubprogram(name: "f", file: !1, line: 1, type: !3, unit: !0, retainedNodes: !6, spFlags: DISPFlagDefinition)
!5 = !{null}
!6 = !{!7}
!7 = !DILocalVariable(name: "x", scope: !4, file: !1, line: 1, type: !8)
!8 = !DIBasicType(name: "int", size: 32, encoding: DW_ATE_signed)
!9 = !DILocation(line: 1, scope: !4)
)";
  EXPECT_EQ(parse(with_record).instruction_count(), 2U);
}

TEST(IrModule, InstructionsAreCountedAsLlvmCountsThem) {
  const TemporaryFolder folder = test::temporary_folder();
  const std::string path = (folder.path() / "a.bc").string();
  for (const auto& source : test::example_sources()) {
    if (source.extension() != ".c") continue;
    test::output_of({llvm_tool("clang"), "-Oz", "-emit-llvm", "-c", source.string(), "-o", path});
    // opt prints "N instcount - Number of instructions (of all types)" with -stats only in debug
    // builds, so the function properties are the authority.
    const std::string properties =
        test::output_of({"sh", "-c",
                         llvm_tool("opt") + " -passes='print<func-properties>' -disable-output '" +
                             path + "' 2>&1"});
    std::uint64_t expected = 0;
    const std::string key = "TotalInstructionCount: ";
    for (auto at = properties.find(key); at != std::string::npos; at = properties.find(key, at + 1))
      expected += std::stoull(properties.substr(at + key.size()));
    EXPECT_GT(expected, 0U) << source;
    EXPECT_EQ(parse(test::contents(path)).instruction_count(), expected) << source;
  }
}

TEST(IrModule, TheDigestSeesEveryInstruction) {
  const auto digest = [](const char* operation) {
    std::string text = k_sum;
    return parse(text.replace(text.find("add i32"), 7, operation)).digest();
  };
  EXPECT_EQ(digest("add i32"), parse(k_sum).digest()) << "not stable";
  EXPECT_NE(digest("sub i32"), parse(k_sum).digest());
  EXPECT_NE(digest("add nsw i32"), parse(k_sum).digest());
}

TEST(IrModule, DiscardedNamesDoNotChangeTheDigest) {
  std::string renamed = k_sum;
  for (auto at = renamed.find("%total"); at != std::string::npos; at = renamed.find("%total"))
    renamed.replace(at, 6, "%other");
  EXPECT_NE(parse(renamed).digest(), parse(k_sum).digest());
  EXPECT_EQ(parse(renamed, ValueNames::discard).digest(),
            parse(k_sum, ValueNames::discard).digest());
  EXPECT_THAT(parse(k_sum, ValueNames::discard).text(), Not(HasSubstr("total")));
  EXPECT_THAT(parse(k_sum, ValueNames::discard).text(), HasSubstr("@sum")) << "globals keep theirs";
}

// Code generation depends on the order of uses, so the bitcode must keep it.
TEST(IrModule, BitcodeKeepsTheOrderOfUses) {
  const std::string text = R"(
define i32 @f(i32 %x) {
  %a = add i32 %x, 1
  %b = mul i32 %x, 2
  %c = sub i32 %x, 3
  %d = add i32 %a, %b
  %e = add i32 %d, %c
  ret i32 %e
  uselistorder i32 %x, { 1, 2, 0 }
}
)";
  std::string without = text;
  without.erase(without.find("  uselistorder"),
                std::string("  uselistorder i32 %x, { 1, 2, 0 }\n").size());
  EXPECT_NE(parse(text).digest(), parse(without).digest());
  // Without names: LLVM writes the table of local names in an order that differs from run to run.
  const IrModule module = parse(parse(text).bitcode(), ValueNames::discard);
  EXPECT_EQ(parse(module.bitcode(), ValueNames::discard).digest(), module.digest());
  EXPECT_NE(parse(parse(without).bitcode(), ValueNames::discard).digest(), module.digest());
}

TEST(IrModule, MovesWithItsContext) {
  IrModule first = parse(k_sum);
  const Digest digest = first.digest();
  IrModule second = std::move(first);
  EXPECT_EQ(second.digest(), digest);
  second = parse("define void @g() { ret void }");
  EXPECT_EQ(second.instruction_count(), 1U);
}

}  // namespace
}  // namespace llmc
