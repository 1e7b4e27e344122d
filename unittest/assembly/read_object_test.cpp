#include "samples.h"

namespace llmc {
namespace {

using test::assembled;
using testing::ElementsAre;
using testing::HasSubstr;

AsmUnit read_assembled(std::string_view text, NormalTarget target = NormalTarget::x86_64) {
  return test::take(read_object(assembled(text, target), "test.o"), "the object");
}

TEST(ReadObject, ReadsFunctionsWithTheirAttributes) {
  const AsmUnit unit = read_assembled(R"(
	.section	.text._Z1fv,"axG",@progbits,_Z1fv,comdat
	.weak	_Z1fv
	.hidden	_Z1fv
	.type	_Z1fv,@function
_Z1fv:
	.cfi_startproc
	.cfi_personality 155, DW.ref.__gxx_personality_v0
	retq
	.cfi_endproc
	.size	_Z1fv, .-_Z1fv
	.text
	.type	g,@function
g:
	lock incl (%rdi)
	retq
	.size	g, .-g
)");
  const AsmFunction& f = *unit.function("_Z1fv");
  EXPECT_EQ(f.comdat, "_Z1fv");
  EXPECT_EQ(f.linkage, AsmLinkage::weak);
  EXPECT_EQ(f.visibility, AsmVisibility::hidden);
  EXPECT_TRUE(f.unwinds);
  EXPECT_EQ(f.personality, "__gxx_personality_v0");
  const AsmFunction& g = *unit.function("g");
  EXPECT_EQ(g.linkage, AsmLinkage::local);
  EXPECT_FALSE(g.unwinds);
  EXPECT_EQ(g.instructions[0].prefix, AsmPrefix::lock);
  EXPECT_EQ(g.instructions[0].text, "lock incl (%rdi)");
}

TEST(ReadObject, PutsSymbolsInThePlaceOfRelocations) {
  const AsmUnit unit = read_assembled(R"(
	.globl f
f:
	movq stderr@GOTPCREL(%rip), %rax
	leaq 8+table(%rip), %rdx
	movl $7, flag(%rip)
	movl table(,%rdi,4), %eax
	movabsq $table, %rcx
	callq puts@PLT
	callq g
	jmp h
	.type g,@function
g:
	leaq g(%rip), %rax
	retq
	.data
table:
	.zero 16
)");
  EXPECT_THAT(test::texts_of(*unit.function("f")),
              ElementsAre("movq stderr@GOTPCREL(%rip), %rax", "leaq table+8(%rip), %rdx",
                          "movl $7, flag(%rip)", "movl table(,%rdi,4), %eax",
                          "movabsq $table, %rcx", "callq puts@PLT", "callq g", "jmp h@PLT"));
  EXPECT_EQ(unit.function("g")->instructions[0].text, "leaq g(%rip), %rax");
  EXPECT_TRUE(unit.undefined.contains("puts"));
  EXPECT_FALSE(unit.undefined.contains("table"));
}

TEST(ReadObject, PutsSymbolsInThePlaceOfRelocationsOfAarch64) {
  const std::string_view text = R"(
	.globl f
f:
	adrp x0, table+4
	add x0, x0, :lo12:table+4
	ldrb w1, [x0, :lo12:table]
	ldr x2, [x0, :lo12:wide]
	adrp x1, :got:stderr
	ldr x1, [x1, :got_lo12:stderr]
	bl puts
	b puts
)";
  const AsmUnit unit = read_assembled(text, NormalTarget::aarch64);
  EXPECT_EQ(test::texts_of(unit.functions[0]),
            test::texts_of(test::read_function(text, NormalTarget::aarch64)));
}

TEST(ReadObject, MakesLabelsOfBranchTargets) {
  const AsmUnit unit = read_assembled(
      ".globl f\n.type f,@function\nf:\n.L1: decl %edi\n je .L2\n jmp .L1\n.L2: retq\n"
      ".size f, .-f\n");
  const AsmFunction& f = unit.functions[0];
  ASSERT_EQ(f.labels.size(), 2U);
  EXPECT_EQ(f.labels[0].at, 0U);
  EXPECT_EQ(f.labels[1].at, 3U);
  EXPECT_EQ(f.instructions[1].operands[0].symbol, f.labels[1].name);
  EXPECT_EQ(f.instructions[1].name, "JCC_1");
  EXPECT_TRUE(f.labels[1].name.starts_with(".L"));
}

TEST(ReadObject, NamesWideJumpsAsNarrowOnes) {
  std::string text = ".globl f\nf:\n jne .Lend\n jmp .Lend\n";
  for (int i = 0; i < 200; ++i) text += " incl %eax\n";
  const AsmUnit unit = read_assembled(text + ".Lend: retq\n");
  EXPECT_EQ(unit.functions[0].instructions[0].name, "JCC_1");
  EXPECT_EQ(unit.functions[0].instructions[1].name, "JMP_1");
}

TEST(ReadObject, CutsDataAtSymbolsAndReferences) {
  const AsmUnit unit = read_assembled(R"(
	.globl f
f:
	leaq .Lnameless(%rip), %rax
	retq
	.section .rodata,"a",@progbits
	.type named,@object
named:
	.long 1
	.size named, 4
.Lnameless:
	.long 2
	.long 3
	.section .rodata.str1.1,"aMS",@progbits,1
.Lone:
	.asciz "one"
.Ltwo:
	.asciz "two"
	.data
	.globl pointers
pointers:
	.quad .Ltwo
	.quad f
	.quad named
)");
  EXPECT_EQ(unit.datum("named")->bytes, std::string("\1\0\0\0", 4));
  const std::string& name = unit.function("f")->instructions[0].operands[4].symbol;
  ASSERT_NE(unit.datum(name), nullptr) << name;
  EXPECT_EQ(unit.datum(name)->bytes, std::string("\2\0\0\0\3\0\0\0", 8));
  const AsmDatum& pointers = *unit.datum("pointers");
  ASSERT_EQ(pointers.references.size(), 3U);
  EXPECT_EQ(unit.datum(pointers.references[0].symbol)->bytes, std::string("two\0", 4));
  EXPECT_EQ(pointers.references[1].symbol, "f");
  EXPECT_EQ(pointers.references[2].symbol, "named");
  EXPECT_EQ(pointers.linkage, AsmLinkage::global);
}

TEST(ReadObject, ReadsClearedAndCommonData) {
  const AsmUnit unit = read_assembled(
      ".comm shared,8,8\n.bss\n.globl x\n.type x,@object\nx: .zero 12\n.size x, 12\n"
      ".section .tbss,\"awT\",@nobits\ny: .zero 4\n");
  EXPECT_EQ(unit.datum("shared")->bytes.size(), 8U);
  EXPECT_EQ(unit.datum("x")->kind, AsmSectionKind::zero);
  EXPECT_EQ(unit.datum("x")->bytes, std::string(12, '\0'));
  EXPECT_EQ(unit.datum("y")->kind, AsmSectionKind::thread);
}

TEST(ReadObject, ReadsAliases) {
  const AsmUnit unit = read_assembled(
      ".globl f\n.globl g\n.type f,@function\n.type g,@function\nf:\n retq\n.size f, .-f\n"
      ".set g, f\n");
  EXPECT_EQ(unit.functions.size(), 1U);
  EXPECT_EQ(unit.aliases.at("g"), "f");
}

TEST(ReadObject, SaysThatFunctionsOverlap) {
  const AsmUnit unit = read_assembled(
      ".type a,@function\na:\n incl %eax\n.type b,@function\nb:\n retq\n.size a, .-a\n"
      ".size b, .-b\n");
  EXPECT_THAT(unit.function("a")->problem, HasSubstr("begins before"));
  EXPECT_EQ(unit.function("b")->problem, "");
}

TEST(ReadObject, SaysThatBytesAreNoInstructions) {
  const AsmUnit unit = read_assembled(
      ".type f,@function\nf:\n incl %eax\n .byte 0x06\n.size f, .-f\n.type g,@function\n"
      "g:\n retq\n.size g, .-g\n");
  EXPECT_THAT(unit.function("f")->problem, HasSubstr("no instruction"));
  EXPECT_EQ(unit.function("f")->instructions.size(), 1U);
  EXPECT_EQ(unit.function("g")->problem, "");
}

TEST(ReadObject, SaysThatAJumpLeadsIntoAnInstruction) {
  const AsmUnit unit =
      read_assembled(".type f,@function\nf:\n jmp f+3\n movl $1, %eax\n retq\n.size f, .-f\n");
  EXPECT_THAT(unit.function("f")->problem, HasSubstr("middle of an instruction"));
}

TEST(ReadObject, RefusesWhatIsTruncated) {
  const std::string bytes = assembled("f:\n callq g\n.data\nx: .quad f\n");
  int refused = 0;
  for (std::size_t kept = 0; kept < bytes.size(); ++kept) {
    const auto unit = read_object(bytes.substr(0, kept), "cut.o");
    if (unit) continue;
    ++refused;
    EXPECT_TRUE(unit.error().message.starts_with("cut.o: "));
  }
  EXPECT_EQ(refused, static_cast<int>(bytes.size())) << "the table of sections is at the end";
}

TEST(ReadObject, SurvivesBytesThatAreChanged) {
  const std::string bytes =
      assembled(".globl f\nf:\n callq g\n jmp .L1\n.L1: retq\n.data\nx: .quad f\n .quad x+4\n");
  for (std::size_t i = 0; i < bytes.size(); ++i)
    for (const char change : {'\1', '\x80', '\xff'}) {
      std::string changed = bytes;
      changed[i] = static_cast<char>(changed[i] ^ change);
      const auto unit = read_object(changed, "changed.o");
      if (!unit) {
        EXPECT_NE(unit.error().message, "");
        continue;
      }
      for (const AsmFunction& function : unit->functions)
        EXPECT_EQ(canonical_text(*unit, function), canonical_text(*unit, function));
    }
}

TEST(ReadObject, RefusesOtherKindsOfFiles) {
  EXPECT_THAT(test::message_of(read_object("hello", "x")), HasSubstr("no ELF file"));
  const std::string bytes = assembled("f:\n retq\n");
  // Of ELF's header: the class, the machine, the kind of file.
  const auto with = [&](std::size_t at, char value) {
    std::string changed = bytes;
    changed[at] = value;
    return test::message_of(read_object(changed, "x"));
  };
  EXPECT_THAT(with(4, 1), HasSubstr("64 bits"));
  EXPECT_THAT(with(5, 2), HasSubstr("low byte first"));
  EXPECT_THAT(with(18, 21), HasSubstr("another machine (number 21)"));
  EXPECT_THAT(with(16, 3), HasSubstr("no relocatable object"));
}

}  // namespace
}  // namespace llmc
