#include "assembly/flow.h"

#include "samples.h"

namespace llmc {
namespace {

using test::read_text;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<AsmBlock> blocks(const AsmUnit& unit) {
  return test::take(blocks_of(unit, unit.functions.at(0)), "the blocks");
}

std::vector<AsmBlock> blocks(std::string_view text, NormalTarget target = NormalTarget::x86_64) {
  return blocks(read_text(text, target));
}

std::vector<BlockEnd> endings(const std::vector<AsmBlock>& blocks) {
  std::vector<BlockEnd> endings;
  for (const AsmBlock& block : blocks) endings.push_back(block.ending);
  return endings;
}

TEST(Flow, CutsAFunctionIntoBlocks) {
  const auto found = blocks(R"(
f:
	testl %edi, %edi
	je .Lend
.Lloop:
	decl %edi
	callq g
	jne .Lloop
	jmp .Lend
	ud2
.Lend:
	retq
)");
  EXPECT_THAT(endings(found), ElementsAre(BlockEnd::branches, BlockEnd::branches, BlockEnd::jumps,
                                          BlockEnd::traps, BlockEnd::returns));
  EXPECT_THAT(found[0].successors, ElementsAre(4, 1));
  EXPECT_THAT(found[1].successors, ElementsAre(1, 2));
  EXPECT_EQ(found[1].first, 2U);
  EXPECT_EQ(found[1].end, 5U);
  EXPECT_THAT(found[2].successors, ElementsAre(4));
}

TEST(Flow, FallsIntoABlockThatIsJumpedTo) {
  const auto found = blocks("f:\n incl %eax\n.L1:\n decl %edi\n jne .L1\n retq\n");
  EXPECT_EQ(found[0].ending, BlockEnd::falls);
  EXPECT_THAT(found[0].successors, ElementsAre(1));
}

TEST(Flow, TellsTailCallsFromJumps) {
  EXPECT_THAT(endings(blocks("f:\n jmp g@PLT\n")), ElementsAre(BlockEnd::tail_call));
  EXPECT_THAT(endings(blocks("f:\n jmpq *8(%rdi)\n")), ElementsAre(BlockEnd::tail_call));
  EXPECT_THAT(endings(blocks("f:\n jmpq *%rax\n")), ElementsAre(BlockEnd::tail_call));
  EXPECT_THAT(endings(blocks("f:\n jmpq *h(%rip)\n")), ElementsAre(BlockEnd::tail_call));
  EXPECT_THAT(endings(blocks("f:\n br x1\n", NormalTarget::aarch64)),
              ElementsAre(BlockEnd::tail_call));
  const auto conditional = blocks("f:\n testl %edi, %edi\n je g\n retq\n");
  EXPECT_EQ(conditional[0].ending, BlockEnd::branches_away);
  EXPECT_THAT(conditional[0].successors, ElementsAre(1));
}

TEST(Flow, KnowsThatACallAtTheEndDoesNotReturn) {
  EXPECT_THAT(endings(blocks("f:\n callq abort\n")), ElementsAre(BlockEnd::traps));
  EXPECT_THAT(endings(blocks("f:\n callq abort\n nop\n"))[0], BlockEnd::traps);
}

TEST(Flow, KnowsTheBranchesOfAarch64) {
  const auto found = blocks(R"(
f:
	cbz w0, .L1
	tbnz w0, #3, .L1
	cmp w0, #4
	b.hi .L1
	brk #1
.L1:
	ret
)",
                            NormalTarget::aarch64);
  EXPECT_THAT(endings(found), ElementsAre(BlockEnd::branches, BlockEnd::branches,
                                          BlockEnd::branches, BlockEnd::traps, BlockEnd::returns));
  EXPECT_THAT(found[1].successors, ElementsAre(4, 2));
}

TEST(Flow, RefusesToRunOverTheEnd) {
  const AsmUnit unit = read_text("f:\n incl %eax\n");
  EXPECT_THAT(test::message_of(blocks_of(unit, unit.functions[0])), HasSubstr("line 2"));
  const AsmUnit empty = read_text(".type f,@function\nf:\n.size f, .-f\n");
  EXPECT_THAT(test::message_of(blocks_of(empty, empty.functions[0])), HasSubstr("no instructions"));
}

TEST(Flow, RefusesAJumpToALabelOfAnotherFunction) {
  const AsmUnit unit = read_text(
      ".type f,@function\nf:\n jmp .L1\n.size f, .-f\n.type g,@function\ng:\n.L1:\n retq\n");
  EXPECT_THAT(test::message_of(blocks_of(unit, unit.functions[0])), HasSubstr("line 3: 'jmp .L1'"));
}

TEST(Flow, PassesOnWhatIsWrongWithTheFunction) {
  const AsmUnit unit = read_text(".type f,@function\nf:\n .byte 1\n retq\n");
  EXPECT_THAT(test::message_of(blocks_of(unit, unit.functions[0])), HasSubstr("data"));
}

constexpr std::string_view k_relative_table = R"(
	.section .rodata,"a",@progbits
.LJTI0_0:
	.long .LBB0_1-.LJTI0_0
	.long .LBB0_2-.LJTI0_0
	.long .LBB0_1-.LJTI0_0
)";

TEST(Flow, FollowsARelativeTable) {
  const auto found = blocks(R"(
f:
	movl %edi, %eax
	leaq .LJTI0_0(%rip), %rcx
	movslq (%rcx,%rax,4), %rax
	movl $7, %edx
	addq %rcx, %rax
	notrack jmpq *%rax
.LBB0_1:
	retq
.LBB0_2:
	ud2
)" + std::string(k_relative_table));
  ASSERT_EQ(found[0].ending, BlockEnd::table);
  EXPECT_THAT(found[0].successors, ElementsAre(1, 2, 1));
  EXPECT_EQ(found[0].table.datum, ".LJTI0_0");
  EXPECT_EQ(found[0].table.index, "RAX");
  EXPECT_EQ(found[0].table.load, 2U);
}

TEST(Flow, FollowsATableWhoseAddressIsTakenBeforeALoop) {
  const auto found = blocks(R"(
f:
	leaq .LJTI0_0(%rip), %rbx
	cmpl $1, %esi
	je .LBB0_1
	leaq .LJTI0_0(%rip), %rbx
.LBB0_1:
	movslq (%rbx,%rdi,4), %rcx
	addq %rbx, %rcx
	jmpq *%rcx
.LBB0_2:
	retq
)" + std::string(k_relative_table));
  EXPECT_THAT(found[2].successors, ElementsAre(2, 3, 2));
}

TEST(Flow, FollowsTablesOfAddresses) {
  const std::string table = ".section .rodata\n.LJTI: .quad .L1\n .quad .L2\n";
  const std::string rest = ".L1: retq\n.L2: ud2\n";
  EXPECT_THAT(blocks("f:\n jmpq *.LJTI(,%rdi,8)\n" + rest + table)[0].successors,
              ElementsAre(1, 2));
  EXPECT_THAT(blocks("f:\n movq .LJTI(,%rdi,8), %rax\n jmpq *%rax\n" + rest + table)[0].successors,
              ElementsAre(1, 2));
  EXPECT_THAT(
      blocks("f:\n leaq .LJTI(%rip), %rax\n jmpq *(%rax,%rdi,8)\n" + rest + table)[0].successors,
      ElementsAre(1, 2));
}

TEST(Flow, FollowsTheTablesOfAarch64) {
  const auto found = blocks(R"(
f:
	adrp x9, .LJTI0_0
	add x9, x9, :lo12:.LJTI0_0
	adr x10, .L1
	ldrb w11, [x9, x8]
	add x10, x10, x11, lsl #2
	br x10
.L1:
	ret
.L2:
	brk #1
	.section .rodata
.LJTI0_0:
	.byte (.L2-.L1)>>2
	.byte (.L1-.L1)>>2
)",
                            NormalTarget::aarch64);
  ASSERT_EQ(found[0].ending, BlockEnd::table);
  EXPECT_THAT(found[0].successors, ElementsAre(2, 1));
  EXPECT_EQ(found[0].table.index, "X8");
}

TEST(Flow, RefusesATableThatItCannotTell) {
  const std::string rest = ".LBB0_1: retq\n.LBB0_2: ud2\n" + std::string(k_relative_table);
  for (const char* body :
       {"leaq .LJTI0_0(%rip), %rcx\n movslq (%rcx,%rax,4), %rax\n addq %rdx, %rax\n",
        "movq (%rsp), %rcx\n movslq (%rcx,%rax,4), %rax\n addq %rcx, %rax\n",
        "leaq .LJTI0_0(%rip), %rcx\n callq g\n movslq (%rcx,%rax,4), %rax\n addq %rcx, %rax\n",
        "movq 8(%rdi), %rax\n"}) {
    const AsmUnit unit = read_text("f:\n " + std::string(body) + " jmpq *%rax\n" + rest);
    EXPECT_FALSE(blocks_of(unit, unit.functions[0]).has_value()) << body;
  }
}

TEST(Flow, RefusesATableWithOtherNumbers) {
  const AsmUnit unit = read_text(
      "f:\n jmpq *.LJTI(,%rdi,8)\n.L1: retq\n.section .rodata\n.LJTI: .quad .L1\n .quad 0\n");
  EXPECT_THAT(test::message_of(blocks_of(unit, unit.functions[0])), HasSubstr("no entries"));
}

TEST(Flow, ReadsTheSwitchesThatClangWrites) {
  std::string source, cases;
  for (int i = 0; i < 16; ++i) {
    const std::string name = "g" + std::to_string(i);
    source += "int " + name + "(int);\n";
    cases += "case " + std::to_string(i) + ": " + name + "(n); return " + name + "(" +
             std::to_string(i * 7 % 13) + ") + n;\n";
  }
  source += "int f(int n) {\n switch (n) {\n" + cases;
  source += "}\n return 0;\n}\n";
  for (const NormalTarget target : {NormalTarget::x86_64, NormalTarget::aarch64})
    for (const char* level : {"-Oz", "-O2"})
      for (const char* model : {"-fPIC", "-fno-pic"}) {
        const AsmUnit text =
            read_text(test::compiled(source, target, {"-S", level, model}), target);
        const AsmUnit object =
            test::take(read_object(test::compiled(source, target, {"-c", level, model}), "f.o"));
        const auto found = blocks(text);
        const auto table = std::ranges::find(found, BlockEnd::table, &AsmBlock::ending);
        ASSERT_NE(table, found.end()) << level << model;
        EXPECT_EQ(table->successors.size(), 16U);
        const auto again = blocks(object);
        ASSERT_EQ(again.size(), found.size());
        for (std::size_t i = 0; i < found.size(); ++i)
          EXPECT_EQ(again[i].successors, found[i].successors);
      }
}

}  // namespace
}  // namespace llmc
