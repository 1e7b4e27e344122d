#include "samples.h"

namespace llmc {
namespace {

using test::read_function;
using test::read_text;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view k_sum = R"(
	.text
	.globl	sum
	.p2align	4
	.type	sum,@function
sum:                                    # @sum
	.cfi_startproc
	leal	(%rdi,%rsi,2), %eax
	addl	$5, %eax
	retq
.Lfunc_end0:
	.size	sum, .Lfunc_end0-sum
	.cfi_endproc
)";

TEST(ReadAssembly, ReadsAFunctionWithItsAttributes) {
  const AsmFunction sum = read_function(k_sum);
  EXPECT_EQ(sum.name, "sum");
  EXPECT_EQ(sum.linkage, AsmLinkage::global);
  EXPECT_EQ(sum.section, ".text");
  EXPECT_EQ(sum.alignment, 16U);
  EXPECT_TRUE(sum.unwinds);
  EXPECT_EQ(sum.personality, "");
  EXPECT_EQ(sum.problem, "");
  EXPECT_EQ(sum.line, 6U);
  EXPECT_THAT(test::names_of(sum), ElementsAre("LEA64_32r", "ADD32ri8", "RET64"));
  EXPECT_THAT(test::texts_of(sum),
              ElementsAre("leal (%rdi,%rsi,2), %eax", "addl $5, %eax", "retq"));
}

TEST(ReadAssembly, SaysLineAndOperandsOfAnInstruction) {
  const AsmInstruction address = read_function(k_sum).instructions[0];
  EXPECT_EQ(address.line, 8U);
  ASSERT_EQ(address.operands.size(), 6U);
  EXPECT_EQ(address.operands[0].reg, "EAX");
  EXPECT_EQ(address.operands[1].reg, "RDI");
  EXPECT_EQ(address.operands[2].value, 2);
  EXPECT_EQ(address.operands[3].reg, "RSI");
  EXPECT_EQ(address.operands[5].kind, AsmOperand::Kind::reg);
  EXPECT_EQ(address.operands[5].reg, "");
}

TEST(ReadAssembly, ReadsIntelSyntaxAsTheSameInstructions) {
  const std::string_view body = "lea eax, [rdi+rsi*2]\n add eax, 5\n ret\n";
  const std::string said =
      ".intel_syntax noprefix\n.type sum,@function\nsum:\n" + std::string(body);
  const std::string unsaid = ".type sum,@function\nsum:\n" + std::string(body);
  const auto expected = test::texts_of(read_function(k_sum));
  EXPECT_EQ(test::texts_of(read_function(said)), expected);
  EXPECT_EQ(test::texts_of(read_function(unsaid)), expected);
}

TEST(ReadAssembly, ReadsWhatOnlyGnuAsTakesOfIntelSyntax) {
  const AsmFunction function = read_function(
      ".intel_syntax noprefix\nf:\n movsx rax, edi\n movsx rcx, DWORD PTR [rsi+rax*4]\n"
      " movsx ecx, cl\n call [QWORD PTR 8[rbx]]\n ret\n");
  EXPECT_EQ(function.problem, "");
  EXPECT_THAT(test::texts_of(function),
              ElementsAre("movslq %edi, %rax", "movslq (%rsi,%rax,4), %rcx", "movsbl %cl, %ecx",
                          "callq *8(%rbx)", "retq"));
}

TEST(ReadAssembly, KeepsSymbolsAddendsAndModifiers) {
  const AsmFunction function = read_function(
      "f:\n movq stderr@GOTPCREL(%rip), %rax\n leaq 8+table(%rip), %rdx\n callq puts@PLT\n"
      " movl $table-4, %ecx\n");
  const AsmOperand& got = function.instructions[0].operands[4];
  EXPECT_EQ(got.symbol, "stderr");
  EXPECT_EQ(got.modifier, "GOTPCREL");
  const AsmOperand& displaced = function.instructions[1].operands[4];
  EXPECT_EQ(displaced.symbol, "table");
  EXPECT_EQ(displaced.value, 8);
  EXPECT_EQ(function.instructions[1].text, "leaq table+8(%rip), %rdx");
  EXPECT_EQ(function.instructions[2].operands[0].modifier, "PLT");
  EXPECT_EQ(function.instructions[2].text, "callq puts@PLT");
  EXPECT_EQ(function.instructions[3].operands[1].value, -4);
}

TEST(ReadAssembly, KeepsAarch64Modifiers) {
  const AsmFunction function = read_function(
      "f:\n adrp x0, table+4\n add x0, x0, :lo12:table+4\n adrp x1, :got:stderr\n"
      " ldr x1, [x1, :got_lo12:stderr]\n bl puts\n ret\n",
      NormalTarget::aarch64);
  EXPECT_EQ(function.instructions[0].operands[1].modifier, "");
  EXPECT_EQ(function.instructions[0].operands[1].value, 4);
  EXPECT_EQ(function.instructions[1].operands[2].modifier, "lo12");
  EXPECT_EQ(function.instructions[1].text, "add x0, x0, :lo12:table+4");
  EXPECT_EQ(function.instructions[2].operands[1].modifier, "got");
  EXPECT_EQ(function.instructions[3].operands[2].modifier, "got_lo12");
  EXPECT_EQ(function.instructions[4].operands[0].symbol, "puts");
}

TEST(ReadAssembly, PutsPrefixesIntoTheInstruction) {
  const AsmFunction function = read_function(
      "f:\n lock addl $1, (%rdi)\n lock\n incl (%rdi)\n rep;movsb (%rsi), %es:(%rdi)\n"
      " repne scasb %es:(%rdi), %al\n rep stosb %al, %es:(%rdi)\n retq\n");
  std::vector<AsmPrefix> prefixes;
  for (const AsmInstruction& instruction : function.instructions)
    prefixes.push_back(instruction.prefix);
  EXPECT_THAT(prefixes, ElementsAre(AsmPrefix::lock, AsmPrefix::lock, AsmPrefix::rep,
                                    AsmPrefix::repne, AsmPrefix::rep, AsmPrefix::none));
  EXPECT_EQ(function.instructions[1].text, "lock incl (%rdi)");
  EXPECT_EQ(function.instructions[2].text, "rep movsb (%rsi), %es:(%rdi)");
}

TEST(ReadAssembly, GivesNumbersTheirSign) {
  const AsmFunction function =
      read_function("f:\n movl $4294967295, %eax\n movw $65535, (%rdi)\n movl $255, %eax\n");
  EXPECT_EQ(function.instructions[0].operands[1].value, -1);
  EXPECT_EQ(function.instructions[1].text, "movw $-1, (%rdi)");
  EXPECT_EQ(function.instructions[2].operands[1].value, 255);
}

TEST(ReadAssembly, NumbersLabelsByTheInstructionThatFollows) {
  const AsmFunction function =
      read_function("f:\n.Lhead:\n decl %edi\n.La:\n.Lb:\n jne .Lhead\n1: jmp 1b\n.Lend:\n");
  std::vector<std::pair<std::string, std::size_t>> labels;
  for (const AsmLabel& label : function.labels) labels.emplace_back(label.name, label.at);
  ASSERT_EQ(labels.size(), 5U);
  EXPECT_EQ(labels[0], (std::pair<std::string, std::size_t>(".Lhead", 0)));
  EXPECT_EQ(labels[2], (std::pair<std::string, std::size_t>(".Lb", 1)));
  EXPECT_EQ(labels[4], (std::pair<std::string, std::size_t>(".Lend", 3)));
  EXPECT_EQ(function.instructions[2].operands[0].symbol, labels[3].first);
}

TEST(ReadAssembly, DoesNotMixLocalNumbersWithLabelsOfThatName) {
  const AsmFunction function =
      read_function("f:\n1: jmp 1b\n nop\n.Ltmp0:\n jmp .Ltmp0\n.Ltmp1:\n retq\n");
  EXPECT_NE(function.instructions[0].operands[0].symbol,
            function.instructions[2].operands[0].symbol);
}

TEST(ReadAssembly, ReadsDataOfAllKinds) {
  const AsmUnit unit = read_text(R"(
	.data
	.globl	numbers
	.p2align 3
	.type	numbers,@object
numbers:
	.long	1
	.short	2
	.zero	2
	.quad	other+8
	.size	numbers, 16
	.section	.rodata.str1.1,"aMS",@progbits,1
.L.str:
	.asciz	"hi\n"
	.bss
	.local	cleared
	.comm	cleared,40,16
	.comm	shared,4,4
	.section	.tbss,"awT",@nobits
mine:
	.zero	8
	.section	.data.rel.ro,"aw",@progbits
constant:
	.quad	f
	.fill	2, 4, 7
)");
  const AsmDatum& numbers = *unit.datum("numbers");
  EXPECT_EQ(numbers.kind, AsmSectionKind::writable);
  EXPECT_EQ(numbers.linkage, AsmLinkage::global);
  EXPECT_EQ(numbers.alignment, 8U);
  EXPECT_EQ(numbers.bytes, std::string("\1\0\0\0\2\0\0\0\0\0\0\0\0\0\0\0", 16));
  ASSERT_EQ(numbers.references.size(), 1U);
  EXPECT_EQ(numbers.references[0].offset, 8U);
  EXPECT_EQ(numbers.references[0].symbol, "other");
  EXPECT_EQ(numbers.references[0].addend, 8);
  const AsmDatum& text = *unit.datum(".L.str");
  EXPECT_EQ(text.kind, AsmSectionKind::mergeable);
  EXPECT_TRUE(text.strings);
  EXPECT_EQ(text.bytes, std::string("hi\n\0", 4));
  EXPECT_EQ(unit.datum("cleared")->linkage, AsmLinkage::local);
  EXPECT_EQ(unit.datum("cleared")->bytes.size(), 40U);
  EXPECT_EQ(unit.datum("cleared")->alignment, 16U);
  EXPECT_EQ(unit.datum("shared")->linkage, AsmLinkage::global);
  EXPECT_EQ(unit.datum("mine")->kind, AsmSectionKind::thread);
  EXPECT_EQ(unit.datum("constant")->kind, AsmSectionKind::relocated_read_only);
  EXPECT_EQ(unit.datum("constant")->bytes.substr(8), std::string("\7\0\0\0\7\0\0\0", 8));
  EXPECT_EQ(unit.undefined, (std::map<std::string, AsmLinkage>{{"f", AsmLinkage::global},
                                                               {"other", AsmLinkage::global}}));
}

TEST(ReadAssembly, ReadsDifferencesOfSymbols) {
  const AsmUnit unit = read_text(R"(
f:
	retq
.Ltarget:
	retq
	.section	.rodata,"a",@progbits
table:
	.long	.Ltarget-table
	.long	other-.
	.byte	(.Ltarget-f)>>2
	.byte	(.Ltarget-f)/4
	.long	end-table
end:
)");
  const AsmDatum& table = *unit.datum("table");
  ASSERT_EQ(table.references.size(), 4U);
  EXPECT_EQ(table.references[0].symbol, ".Ltarget");
  EXPECT_EQ(table.references[0].minus, "table");
  EXPECT_FALSE(table.references[0].relative);
  EXPECT_EQ(table.references[1].symbol, "other");
  EXPECT_TRUE(table.references[1].relative);
  EXPECT_EQ(table.references[1].minus, "");
  EXPECT_EQ(table.references[2].shift, 2U);
  EXPECT_EQ(table.references[2].size, 1U);
  EXPECT_EQ(table.references[3].shift, 2U);
  EXPECT_EQ(table.bytes.substr(10), std::string("\16\0\0\0", 4)) << "a difference that is known";
}

TEST(ReadAssembly, ReadsSectionsWithoutALabel) {
  const AsmUnit unit =
      read_text("f:\n retq\n .section .init_array,\"aw\",@init_array\n .p2align 3\n .quad f\n");
  ASSERT_EQ(unit.data.size(), 1U);
  EXPECT_EQ(unit.data[0].name, "");
  EXPECT_EQ(unit.data[0].section, ".init_array");
  EXPECT_EQ(unit.data[0].references.size(), 1U);
}

TEST(ReadAssembly, ReadsAliasesAndNamesInTheMiddleOfData) {
  const AsmUnit unit = read_text(R"(
	.type f,@function
f:
	retq
	.globl g
	.set g, f
	.bss
.L_MergedGlobals:
	.zero 8
	.globl second
	.set second, .L_MergedGlobals+4
	.set away, elsewhere
)");
  EXPECT_EQ(unit.aliases.at("g"), "f");
  EXPECT_EQ(unit.alias_linkage.at("g"), AsmLinkage::global);
  EXPECT_EQ(unit.aliases.at("away"), "elsewhere");
  ASSERT_EQ(unit.data.size(), 1U);
  ASSERT_EQ(unit.data[0].inner_names.size(), 1U);
  EXPECT_EQ(unit.data[0].inner_names[0].name, "second");
  EXPECT_EQ(unit.data[0].inner_names[0].offset, 4U);
  EXPECT_EQ(unit.data[0].inner_names[0].linkage, AsmLinkage::global);
}

TEST(ReadAssembly, ReadsGccsAnchors) {
  const AsmUnit unit = read_text(R"(
	.bss
	.align 2
	.set .LANCHOR0,. + 0
	.type x, %object
x:
	.zero 4
)",
                                 NormalTarget::aarch64);
  EXPECT_EQ(unit.data.size(), 1U);
  EXPECT_EQ(unit.aliases.at(".LANCHOR0"), "x");
}

TEST(ReadAssembly, ReadsPersonalityGroupsAndVisibility) {
  const AsmUnit unit = read_text(R"(
	.section	.text._Z1fv,"axG",@progbits,_Z1fv,comdat
	.weak	_Z1fv
	.hidden	_Z1fv
	.type	_Z1fv,@function
_Z1fv:
	.cfi_startproc
	.cfi_personality 155, DW.ref.__gxx_personality_v0
	retq
	.cfi_endproc
)");
  ASSERT_EQ(unit.functions.size(), 1U);
  EXPECT_EQ(unit.functions[0].comdat, "_Z1fv");
  EXPECT_EQ(unit.functions[0].linkage, AsmLinkage::weak);
  EXPECT_EQ(unit.functions[0].visibility, AsmVisibility::hidden);
  EXPECT_EQ(unit.functions[0].personality, "__gxx_personality_v0");
}

TEST(ReadAssembly, SkipsWhatIsForDebuggersAndUnwinders) {
  const std::string source =
      "static int twice(int x) { return 2 * x; }\n"
      "int f(int *p) { return twice(p[0]) + p[1]; }\n";
  for (const NormalTarget target : {NormalTarget::x86_64, NormalTarget::aarch64}) {
    const auto plain = read_text(test::compiled(source, target, {"-S", "-O1"}), target);
    const auto debug = read_text(test::compiled(source, target, {"-S", "-O1", "-g"}), target);
    EXPECT_THAT(debug.problems, IsEmpty());
    EXPECT_THAT(debug.data, IsEmpty());
    ASSERT_EQ(debug.functions.size(), plain.functions.size());
    EXPECT_EQ(test::texts_of(debug.functions[0]), test::texts_of(plain.functions[0]));
  }
}

TEST(ReadAssembly, MakesWhatItCannotReadTheProblemOfItsFunction) {
  const AsmUnit unit = read_text(R"(
	.type a,@function
a:
	incl %eax
	frobnicate %eax
	retq
	.size a, .-a
	.type b,@function
b:
	incl %eax
	.byte 0x90
	retq
	.size b, .-b
	.type c,@function
c:
	.frobnicate 7
	retq
	.size c, .-c
	.type d,@function
d:
	retq
	.size d, .-d
)");
  ASSERT_EQ(unit.functions.size(), 4U);
  EXPECT_THAT(unit.functions[0].problem, HasSubstr("line 5"));
  EXPECT_THAT(unit.functions[0].problem, HasSubstr("frobnicate"));
  EXPECT_EQ(unit.functions[0].instructions.size(), 1U) << "what came before";
  EXPECT_THAT(unit.functions[1].problem, HasSubstr("line 11: there is data in the middle"));
  EXPECT_THAT(unit.functions[2].problem, HasSubstr("line 16"));
  EXPECT_EQ(unit.functions[3].problem, "");
  EXPECT_THAT(test::texts_of(unit.functions[3]), ElementsAre("retq"));
}

TEST(ReadAssembly, SaysThatFunctionsOverlap) {
  const AsmUnit unit = read_text(
      ".type a,@function\na:\n incl %eax\n.type b,@function\nb:\n retq\n.size a, .-a\n"
      ".size b, .-b\n");
  ASSERT_EQ(unit.functions.size(), 2U);
  EXPECT_THAT(unit.functions[0].problem, HasSubstr("'b' begins before"));
  EXPECT_EQ(unit.functions[1].problem, "");
}

TEST(ReadAssembly, ExpandsMacrosAndSurvivesOneWithoutEnd) {
  const std::string_view macro = ".macro twice\n incl %eax\n incl %eax\n.endm\nf:\n twice\n retq\n";
  EXPECT_EQ(read_function(macro).instructions.size(), 3U);
  EXPECT_EQ(read_function(macro).instructions[1].line, 5U) << "before its use";
  const AsmUnit unit = read_text("f:\n retq\n.macro endless\n.globl g\ng:\n retq\n");
  EXPECT_THAT(unit.problems, ElementsAre(HasSubstr("line 3")));
  EXPECT_NE(unit.function("g"), nullptr);
}

TEST(ReadAssembly, ReadsNoOtherFiles) {
  const AsmUnit unit =
      read_text("f:\n .incbin \"/etc/passwd\"\n retq\n.data\nx: .include \"/etc/passwd\"\n");
  EXPECT_THAT(unit.functions[0].problem, HasSubstr(".incbin"));
  EXPECT_EQ(unit.problems.size(), 1U);
}

TEST(ReadAssembly, LimitsHowMuchDataTextCanAskFor) {
  const AsmUnit unit = read_text(".data\nx:\n .zero 1099511627776\n.globl y\ny: .long 1\n");
  EXPECT_NE(unit.datum("x")->problem, "");
  EXPECT_EQ(unit.datum("y")->bytes.size(), 4U);
}

TEST(ReadAssembly, GivesImmediatesTheirSignAndLeavesDisplacementsAlone) {
  const AsmFunction function = read_function(R"(
	.type	f,@function
f:
	movb	$200, 184(%rdi,%rax)
	retq
	.size	f, .-f
)");
  EXPECT_EQ(test::texts_of(function).front(), "movb $-56, 184(%rdi,%rax)");
}

TEST(ReadAssembly, RefusesWhatIsNoAssembly) {
  EXPECT_THAT(test::message_of(
                  read_assembly("int main(void) { return 0; }", NormalTarget::x86_64, "main.c")),
              HasSubstr("main.c: line 1"));
}

TEST(ReadAssembly, ReadsAHundredThousandInstructionsInOneFunction) {
  std::string text = "f:\n";
  for (int i = 0; i < 50'000; ++i)
    text += ".L" + std::to_string(i) + ":\n addl $1, %eax\n jne .L" + std::to_string(i) + "\n";
  text += " retq\n";
  const AsmFunction function = read_function(text);
  EXPECT_EQ(function.instructions.size(), 100'001U);
  EXPECT_EQ(function.labels.size(), 50'000U);
}

TEST(ReadAssembly, ReadsAllThatClangWritesForTheExamples) {
  const TemporaryFolder folder = test::temporary_folder();
  for (const auto& source : test::example_sources()) {
    const auto output = folder.path() / "output.s";
    test::output_of({test::llvm_tool("clang"), "-Oz", "-S", "-masm=intel", source.string(), "-o",
                     output.string()});
    const AsmUnit intel = read_text(test::contents(output));
    test::output_of(
        {test::llvm_tool("clang"), "-Oz", "-S", "-g", source.string(), "-o", output.string()});
    const AsmUnit att = read_text(test::contents(output));
    ASSERT_EQ(att.functions.size(), intel.functions.size());
    EXPECT_GT(att.functions.size(), 3U);
    EXPECT_THAT(att.problems, IsEmpty()) << source;
    for (std::size_t i = 0; i < att.functions.size(); ++i) {
      EXPECT_EQ(att.functions[i].problem, "") << source;
      EXPECT_EQ(test::texts_of(att.functions[i]), test::texts_of(intel.functions[i]))
          << source << att.functions[i].name;
    }
  }
}

}  // namespace
}  // namespace llmc
