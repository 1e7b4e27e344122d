#include "tasks/assembly_text.h"

#include "testing.h"

namespace llmc {
namespace {

TEST(AssemblyText, KeepsInstructionsDataAndSymbols) {
  EXPECT_EQ(clean_assembly("\t.text\n"
                           "\t.file\t\"add.c\"\n"
                           "\t.globl\tadd                             # -- Begin function add\n"
                           "\t.type\tadd,@function\n"
                           "add:                                    # @add\n"
                           ".Lfunc_begin0:\n"
                           "\t.cfi_startproc\n"
                           "\t.cfi_personality 155, DW.ref.__gxx_personality_v0\n"
                           "# %bb.0:\n"
                           "\tpushq\t%rax\n"
                           "\t.cfi_def_cfa_offset 16\n"
                           ".LBB0_1:                                # =>This Inner Loop\n"
                           "\tleal\t(%rdi,%rsi), %eax\n"
                           "\tretq\n"
                           ".Lfunc_end0:\n"
                           "\t.size\tadd, .Lfunc_end0-add\n"
                           "\t.cfi_endproc\n"
                           "                                        # -- End function\n"
                           "\t.type\ts,@object\n"
                           "\t.section\t.rodata,\"a\",@progbits\n"
                           "s:\n"
                           "\t.asciz\t\"# \\\"no\tcomment\"\n"
                           "\t.size\ts, 14\n"
                           "\t.ident\t\"clang\"\n"
                           "\t.section\t\".note.GNU-stack\",\"\",@progbits\n"
                           "\t.addrsig\n"
                           "\t.addrsig_sym add\n"),
            ".globl add\n"
            "add:\n"
            ".cfi_startproc\n"
            ".cfi_personality 155, DW.ref.__gxx_personality_v0\n"
            "pushq %rax\n"
            ".LBB0_1:\n"
            "leal (%rdi,%rsi), %eax\n"
            "retq\n"
            ".type s,@object\n"
            ".section .rodata,\"a\",@progbits\n"
            "s:\n"
            ".asciz \"# \\\"no\tcomment\"\n"
            ".size s, 14\n");
}

/// Without the lines that begin a frame.
std::string without_frames(std::string text) {
  const std::string line = ".cfi_startproc\n";
  for (std::size_t at = text.find(line); at != text.npos; at = text.find(line, at))
    text.erase(at, line.size());
  return text;
}

TEST(AssemblyText, AssemblesToTheSameInstructions) {
  const auto folder = test::temporary_folder();
  const std::string clang = test::llvm_tool("clang");
  const std::string assembly = test::output_of(
      {clang, "-Oz", "-S", test::source_path("examples/hashmap.c").string(), "-o", "-"});
  std::string code[2];
  for (const int cleaned : {0, 1}) {
    const auto file = folder.path() / (cleaned ? "cleaned.s" : "plain.s");
    ASSERT_TRUE(write_file(file, cleaned ? without_frames(clean_assembly(assembly)) : assembly));
    const std::string object = file.string() + ".o";
    test::output_of({clang, "-c", file.string(), "-o", object});
    const std::string text = object + ".text";
    test::output_of(
        {test::llvm_tool("llvm-objcopy"), "-O", "binary", "--only-section=.text", object, text});
    code[cleaned] = test::contents(text);
  }
  EXPECT_FALSE(code[0].empty());
  EXPECT_EQ(code[0], code[1]);
}

}  // namespace
}  // namespace llmc
