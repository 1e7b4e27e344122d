#include "assembly/compare.h"

#include "samples.h"

namespace llmc {
namespace {

using test::read_text;

EditDistance distance(std::string_view a, std::string_view b) {
  const AsmUnit first = read_text(a), second = read_text(b);
  return edit_distance(first, first.functions.at(0), second, second.functions.at(0));
}

bool same(std::string_view a, std::string_view b, NormalTarget target = NormalTarget::x86_64) {
  const AsmUnit first = read_text(a, target), second = read_text(b, target);
  return same_modulo_registers(first, first.functions.at(0), second, second.functions.at(0));
}

TEST(EditDistance, CountsLinesToInsertAndDelete) {
  const EditDistance result =
      distance("f:\n incl %eax\n decl %ecx\n retq\n", "f:\n incl %eax\n decl %edx\n nop\n retq\n");
  EXPECT_EQ(result.distance, 2U);
  EXPECT_EQ(result.length, 6U);
  EXPECT_TRUE(result.exact);
  EXPECT_DOUBLE_EQ(result.similarity(), 1 - 2.0 / 6);
}

TEST(EditDistance, IsNoneBetweenFunctionsThatDifferInLabels) {
  EXPECT_EQ(distance("f:\n.La: jmp .La\n", "f:\n.Lb: jmp .Lb\n").distance, 0U);
  EXPECT_DOUBLE_EQ(distance("f:\n.La: jmp .La\n", "f:\n.Lb: jmp .Lb\n").similarity(), 1);
}

TEST(EditDistance, AgreesWithTheLongestCommonSubsequence) {
  std::uint32_t state = 1;
  const auto random = [&](std::uint32_t below) {
    state = state * 1664525 + 1013904223;
    return (state >> 16) % below;
  };
  for (int round = 0; round < 100; ++round) {
    std::vector<std::uint32_t> a(random(20) + 1), b(random(20) + 1);
    for (auto& line : a) line = random(4);
    for (auto& line : b) line = random(4);
    const auto text = [](const std::vector<std::uint32_t>& lines) {
      std::string text = "f:\n";
      for (const std::uint32_t line : lines) text += " movl $" + std::to_string(line) + ", %eax\n";
      return text;
    };
    std::vector<std::vector<std::size_t>> common(a.size() + 1,
                                                 std::vector<std::size_t>(b.size() + 1, 0));
    for (std::size_t i = 1; i <= a.size(); ++i)
      for (std::size_t j = 1; j <= b.size(); ++j)
        common[i][j] = a[i - 1] == b[j - 1] ? common[i - 1][j - 1] + 1
                                            : std::max(common[i - 1][j], common[i][j - 1]);
    EXPECT_EQ(distance(text(a), text(b)).distance, a.size() + b.size() - 2 * common.back().back());
  }
}

TEST(EditDistance, BoundsItsWorkOnFunctionsThatHaveLittleInCommon) {
  std::string a = "f:\n", b = "f:\n";
  for (int i = 0; i < 20'000; ++i) {
    a += " movl $" + std::to_string(i) + ", %eax\n";
    b += " movl $" + std::to_string(i + 15'000) + ", %eax\n";
  }
  const EditDistance result = distance(a, b);
  EXPECT_FALSE(result.exact);
  EXPECT_EQ(result.distance, 30'000U);
  EXPECT_EQ(result.length, 40'000U);
}

TEST(SameModuloRegisters, SeesOtherRegistersForTheSameValue) {
  EXPECT_TRUE(
      same("f:\n movl %edi, %r10d\n addl %esi, %r10d\n movl %r10d, %eax\n xorl %r10d, %r10d\n"
           " retq\n",
           "f:\n movl %edi, %r11d\n addl %esi, %r11d\n movl %r11d, %eax\n xorl %r11d, %r11d\n"
           " retq\n"));
}

TEST(SameModuloRegisters, SeesThatTheResultIsInAnotherRegister) {
  EXPECT_FALSE(same("f:\n movl %edi, %eax\n retq\n", "f:\n movl %edi, %edx\n retq\n"));
  EXPECT_FALSE(same("f:\n movl %edi, %eax\n retq\n", "f:\n movl %esi, %eax\n retq\n"));
  EXPECT_FALSE(same("f:\n movl $1, %ebx\n retq\n", "f:\n movl $1, %ebp\n retq\n"))
      << "a register that must be kept";
}

TEST(SameModuloRegisters, SeesAnotherOrder) {
  EXPECT_TRUE(same("f:\n movl $1, %eax\n movl %esi, (%rdi)\n retq\n",
                   "f:\n movl %esi, (%rdi)\n movl $1, %eax\n retq\n"));
  EXPECT_TRUE(same("f:\n movl (%rdi), %eax\n movl (%rsi), %edx\n retq\n",
                   "f:\n movl (%rsi), %edx\n movl (%rdi), %eax\n retq\n"))
      << "two reads";
}

TEST(SameModuloRegisters, RespectsTheOrderOfMemory) {
  EXPECT_FALSE(same("f:\n movl $1, (%rdi)\n movl $2, (%rsi)\n retq\n",
                    "f:\n movl $2, (%rsi)\n movl $1, (%rdi)\n retq\n"));
  EXPECT_FALSE(same("f:\n movl (%rdi), %eax\n movl $2, (%rsi)\n retq\n",
                    "f:\n movl $2, (%rsi)\n movl (%rdi), %eax\n retq\n"));
}

TEST(SameModuloRegisters, RespectsFlagsAndTheirReaders) {
  EXPECT_FALSE(same("f:\n cmpl %esi, %edi\n sete %al\n cmpl %edx, %edi\n setb %cl\n retq\n",
                    "f:\n cmpl %edx, %edi\n sete %al\n cmpl %esi, %edi\n setb %cl\n retq\n"));
  EXPECT_FALSE(same("f:\n addl %esi, %edi\n adcl $0, %eax\n retq\n",
                    "f:\n adcl $0, %eax\n addl %esi, %edi\n retq\n"));
}

TEST(SameModuloRegisters, RespectsPartsOfRegisters) {
  EXPECT_FALSE(same("f:\n movl %edi, %eax\n movb %sil, %al\n retq\n",
                    "f:\n movb %sil, %al\n movl %edi, %eax\n retq\n"));
  EXPECT_FALSE(same("f:\n movl %edi, %eax\n movb %al, (%rsi)\n retq\n",
                    "f:\n movl %edi, %eax\n movb %ah, (%rsi)\n retq\n"));
}

constexpr std::string_view k_loop = R"(
f:
	xorl %eax, %eax
	xorl %r10d, %r10d
.L1:
	addl (%rdi,%r10,4), %eax
	incq %r10
	cmpq %rsi, %r10
	jne .L1
	xorl %r10d, %r10d
	retq
)";

TEST(SameModuloRegisters, TracksValuesThroughLoops) {
  std::string other(k_loop);
  for (std::size_t at = 0; (at = other.find("r10", at)) != std::string::npos;)
    other.replace(at, 3, "r11");
  EXPECT_TRUE(same(k_loop, other));
  std::string wrong = other;
  wrong.replace(wrong.find("incq %r11"), 9, "incq %r10");
  EXPECT_FALSE(same(k_loop, wrong));
}

TEST(SameModuloRegisters, WantsArgumentsOfCallsInTheirRegisters) {
  EXPECT_TRUE(
      same("f:\n pushq %rbx\n movl %edi, %ebx\n callq g\n movl %ebx, %eax\n popq %rbx\n"
           " retq\n",
           "f:\n pushq %rbx\n movl %edi, %ebx\n callq g\n movl %ebx, %eax\n popq %rbx\n"
           " retq\n"));
  EXPECT_FALSE(
      same("f:\n movl $1, %edi\n callq g\n retq\n", "f:\n movl $1, %esi\n callq g\n retq\n"));
  EXPECT_FALSE(same("f:\n movl %edi, %r10d\n callq g\n movl %r10d, %eax\n retq\n",
                    "f:\n movl %edi, %r11d\n callq g\n movl %r11d, %eax\n retq\n"))
      << "a call may change both";
  EXPECT_FALSE(same("f:\n callq g\n retq\n", "f:\n callq h\n retq\n"));
}

TEST(SameModuloRegisters, KnowsAarch64) {
  EXPECT_TRUE(same("f:\n ldr w9, [x0]\n add w0, w9, w1\n mov w9, wzr\n ret\n",
                   "f:\n ldr w10, [x0]\n add w0, w10, w1\n mov w10, wzr\n ret\n",
                   NormalTarget::aarch64));
  EXPECT_FALSE(same("f:\n ldr w9, [x0]\n add w0, w9, w1\n ret\n",
                    "f:\n ldr w9, [x1]\n add w0, w9, w1\n ret\n", NormalTarget::aarch64));
}

TEST(SameModuloRegisters, ComparesConstantsByContent) {
  const std::string code = "f:\n movss .LC(%rip), %xmm0\n retq\n.section .rodata\n.LC: .long ";
  EXPECT_TRUE(same(code + "1\n", code + "1\n"));
  EXPECT_FALSE(same(code + "1\n", code + "2\n"));
}

TEST(SameModuloRegisters, SaysNoWhereItCannotTell) {
  EXPECT_FALSE(same("f:\n fld1\n retq\n", "f:\n fld1\n retq\n"));
  EXPECT_FALSE(
      same(".type f,@function\nf:\n .byte 1\n retq\n", ".type f,@function\nf:\n .byte 1\n retq\n"));
  EXPECT_FALSE(same("f:\n movss (%rdi), %xmm0\n vaddps %ymm0, %ymm1, %ymm0\n retq\n",
                    "f:\n movss (%rdi), %xmm0\n vaddps %ymm0, %ymm1, %ymm0\n retq\n"));
}

TEST(SameModuloRegisters, HoldsBetweenEachExampleAndItself) {
  const TemporaryFolder folder = test::temporary_folder();
  int functions = 0, same = 0;
  for (const auto& source : test::example_sources()) {
    if (source.extension() != ".c") continue;
    const auto output = folder.path() / "output.s";
    test::output_of(
        {test::llvm_tool("clang"), "-Oz", "-S", source.string(), "-o", output.string()});
    const AsmUnit unit = read_text(test::contents(output));
    for (const AsmFunction& function : unit.functions) {
      ++functions;
      if (same_modulo_registers(unit, function, unit, function)) ++same;
    }
  }
  EXPECT_GT(functions, 100);
  EXPECT_EQ(same, functions);
}

}  // namespace
}  // namespace llmc
