// Functions cut out of assembly text and put back.
#include "lift/assembly_lines.h"

#include "unittest/testing.h"

namespace llmc {
namespace {

using test::take;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const char* const k_table_user = R"(	.text
	.p2align	4
	.globl	f
	.type	f,@function
f:
	.cfi_startproc
	movslq	.Ltable(,%rdi,4), %rax
	leaq	.Lkept(%rip), %rcx
.Lhere:
	retq
.Lfunc_end0:
	.size	f, .Lfunc_end0-f
	.cfi_endproc
	.section	.rodata,"a",@progbits
.Ltable:
	.long	.Lhere-.Ltable
	.long	.Ldeep-.Ltable
.Ldeep:
	.long	5
.Lkept:
	.long	6
	.text
	.type	g,@function
g:
	leaq	.Lkept(%rip), %rax
	retq
	.size	g, .-g
)";

TEST(AssemblyLines, LocalSymbolsInQuotesAndCommentsDoNotCount) {
  EXPECT_THAT(local_symbols("\tleaq\t.Lx+4(%rip), %rax # .Ly"), ElementsAre(".Lx"));
  EXPECT_THAT(local_symbols("\t.ascii\t\"a .Lz \\\" .Lw\""), IsEmpty());
  EXPECT_THAT(local_symbols("\t.long\t.La-.Lb"), ElementsAre(".La", ".Lb"));
  EXPECT_THAT(local_symbols("\tcall\tmy.Local"), IsEmpty());
}

TEST(AssemblyLines, TablesThatOnlyReplacedCodeUsedGoAndSharedDataStay) {
  std::set<std::string> kept;
  const std::string text =
      AssemblyLines(k_table_user).with({{"f", {"f:", "\tretq", "\t.size\tf, .-f"}}}, kept);
  EXPECT_THAT(kept, IsEmpty());
  EXPECT_THAT(text, Not(HasSubstr(".Ltable")));
  EXPECT_THAT(text, Not(HasSubstr(".Ldeep")));
  EXPECT_THAT(text, HasSubstr(".Lkept:\n\t.long\t6\n"));
  EXPECT_THAT(text, Not(HasSubstr(".cfi_endproc")));
  EXPECT_THAT(text, HasSubstr("\t.p2align\t1\n\t.globl\tf\n\t.type\tf,@function\nf:\n\tretq\n"));
}

TEST(AssemblyLines, DataThatNewCodeUsesStay) {
  std::set<std::string> kept;
  const std::string text = AssemblyLines(k_table_user)
                               .with({{"f", {"f:", "\tmovl\t.Ldeep(%rip), %eax", "\tretq"}}}, kept);
  EXPECT_THAT(text, HasSubstr(".Ldeep:\n\t.long\t5\n"));
}

TEST(AssemblyLines, AFunctionWhoseInsideIsReferredToStays) {
  const std::string text = std::string(k_table_user) + "\t.section\t.debug_x\n\t.quad\t.Lhere\n";
  std::set<std::string> kept;
  EXPECT_EQ(AssemblyLines(text).with({{"f", {"f:", "\tretq"}}}, kept), text);
  EXPECT_THAT(kept, ElementsAre("f"));
}

TEST(AssemblyLines, WhatCannotBeCutOutSaysWhy) {
  const AssemblyLines lines(
      "\t.text\na:\n\tretq\nb:\n\tretq\n\t.size\ta, .-a\nc:\n\tretq\nd:\n\t.data\n\t.size\td, 1\n");
  EXPECT_EQ(lines.obstacle("a"), "'b' lies inside of it");
  EXPECT_EQ(lines.obstacle("c"), "its text has no label, or no .size at its end");
  EXPECT_EQ(lines.obstacle("d"), "there is .data inside of it");
  EXPECT_EQ(AssemblyLines(k_table_user).obstacle("f"), "");
}

TEST(AssemblyLines, NewTextHasItsDataAsideAndLabelsOfItsOwn) {
  const auto text = take(replacement_text(R"(	.text
	.file	"x"
	.section	.rodata.cst16,"aM",@progbits,16
.LCPI0_0:
	.zero	16
	.text
	.globl	f                               # -- Begin function f
	.type	f,@function
f:                                      # @f
	movaps	.LCPI0_0(%rip), %xmm0
	leaq	.Lold(%rip), %rax
	retq
	.size	f, .-f
	.ident	"y"
	.section	".note.GNU-stack","",@progbits
	.addrsig
)",
                                          "f", "n_"),
                         "the text");
  EXPECT_THAT(text, ElementsAre("\t.pushsection\t.rodata.cst16,\"aM\",@progbits,16",
                                ".Ln_CPI0_0:", "\t.zero\t16", "\t.popsection",
                                "f:                                      # @f",
                                "\tmovaps\t.Ln_CPI0_0(%rip), %xmm0", "\tleaq\t.Lold(%rip), %rax",
                                "\tretq", "\t.size\tf, .-f"));
}

}  // namespace
}  // namespace llmc
