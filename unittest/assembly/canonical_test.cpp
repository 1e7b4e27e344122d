#include "samples.h"

namespace llmc {
namespace {

using test::read_text;
using testing::HasSubstr;
using testing::Not;

std::string canonical(std::string_view text, NormalTarget target = NormalTarget::x86_64) {
  const AsmUnit unit = read_text(text, target);
  return canonical_text(unit, unit.functions.at(0));
}

TEST(CanonicalText, NumbersLabelsThatAreUsed) {
  EXPECT_EQ(canonical("f:\n.Lunused:\n decl %edi\n.Lx:\n.Ly:\n jne .Ly\n je .Lz\n.Lz:\n retq\n"),
            "decl %edi\nL1:\njne L1\nje L2\nL2:\nretq\n");
}

TEST(CanonicalText, DoesNotDependOnNamesOfLabelsOrOrderOfData) {
  const std::string a = canonical(
      "f:\n.La: leaq .Lx(%rip), %rax\n leaq .Ly(%rip), %rcx\n jmp .La\n.section .rodata\n"
      ".Lx: .long 1\n.Ly: .long 2\n");
  const std::string b = canonical(
      ".section .rodata\n.Lp: .long 2\n.Lq: .long 1\n.text\n"
      "f:\n.Lb: leaq .Lq(%rip), %rax\n leaq .Lp(%rip), %rcx\n jmp .Lb\n");
  EXPECT_EQ(a, b);
  const std::string swapped = canonical(
      "f:\n.La: leaq .Ly(%rip), %rax\n leaq .Lx(%rip), %rcx\n jmp .La\n.section .rodata\n"
      ".Lx: .long 1\n.Ly: .long 2\n");
  EXPECT_NE(a, swapped);
}

TEST(CanonicalText, SeesWhatConstantsOfConstantsAre) {
  const auto with = [](const std::string& text) {
    return canonical(
        "f:\n leaq .Lt(%rip), %rax\n retq\n.section .data.rel.ro,\"aw\"\n"
        ".Lt: .quad .Ls\n .quad g\n.section .rodata.str1.1,\"aMS\",@progbits,1\n"
        ".Ls: .asciz \"" +
        text + "\"\n");
  };
  EXPECT_EQ(with("one"), "leaq {<8 {\"one\"}><8 g>}(%rip), %rax\nretq\n");
  EXPECT_NE(with("one"), with("two"));
}

TEST(CanonicalText, KeepsNamesThatTheUserGave) {
  EXPECT_THAT(canonical("f:\n movl counter+4(%rip), %eax\n callq g@PLT\n retq\n.bss\n"
                        "counter: .zero 8\n"),
              HasSubstr("movl counter+4(%rip), %eax\ncallq g\n"));
  EXPECT_NE(canonical("f:\n callq g\n"), canonical("f:\n callq h\n"));
}

TEST(CanonicalText, TellsVariablesWithoutANameApart) {
  const std::string data = ".bss\n.Lx: .zero 4\n.Ly: .zero 4\n";
  const std::string same = canonical("f:\n movl .Lx(%rip), %eax\n movl .Lx(%rip), %ecx\n" + data);
  const std::string other = canonical("f:\n movl .Lx(%rip), %eax\n movl .Ly(%rip), %ecx\n" + data);
  EXPECT_NE(same, other);
  EXPECT_EQ(other, canonical("f:\n movl .Ly(%rip), %eax\n movl .Lx(%rip), %ecx\n" + data));
  EXPECT_THAT(other, HasSubstr("D2: "));
}

TEST(CanonicalText, EndsWhereDataRefersToItself) {
  const std::string text = canonical(
      "f:\n leaq .La(%rip), %rax\n.section .data.rel.ro,\"aw\"\n"
      ".La: .quad .Lb\n.Lb: .quad .La\n .quad .Lb\n");
  EXPECT_EQ(text, "leaq {<8 {<8 ^2><8 ^1>}>}(%rip), %rax\n");
}

TEST(CanonicalText, DoesNotGrowWithSharedData) {
  std::string text = "f:\n leaq .L0(%rip), %rax\n.section .data.rel.ro,\"aw\"\n";
  for (int i = 0; i < 60; ++i) {
    const std::string next = ".L" + std::to_string(i + 1);
    text += ".L" + std::to_string(i) + ": .quad " + next + "\n .quad " + next + "\n";
  }
  EXPECT_LT(canonical(text + ".L60: .quad 0\n").size(), 10'000U);
}

TEST(CanonicalText, ReadsTablesByWhereTheyLead) {
  const auto with = [](const char* first, const char* second) {
    return canonical(
        "f:\n leaq .Lt(%rip), %rax\n.L1: incl %eax\n.L2: retq\n.section .rodata\n"
        ".Lt: .long " +
        std::string(first) + "-.Lt\n .long " + second + "-.Lt\n");
  };
  EXPECT_NE(with(".L1", ".L2"), with(".L2", ".L1"));
  EXPECT_THAT(with(".L1", ".L2"), HasSubstr("{<4 L1-@><4 L2-@>}"));
}

TEST(CanonicalText, PrintsEncodingsThatDifferOnlyInSizeAlike) {
  std::string far = "f:\n jmp .Lend\n addq $1000, %rax\n";
  for (int i = 0; i < 100; ++i) far += " incl %eax\n";
  far += " addq $8, %rax\n.Lend:\n retq\n";
  const AsmUnit object = test::take(read_object(test::assembled(far), "far.o"));
  EXPECT_EQ(canonical_text(object, object.functions.at(0)), canonical(far));
}

TEST(CanonicalText, LeavesOutWhatDoesNothing) {
  EXPECT_EQ(canonical("f:\n nop\n.p2align 4\n.L1: nopw (%rax)\n jmp .L1\n"),
            canonical("f:\n.L9: jmp .L9\n"));
  EXPECT_EQ(canonical("f:\n nop\n ret\n", NormalTarget::aarch64), "ret\n");
}

TEST(CanonicalText, ReplacesOnlyTheSymbol) {
  EXPECT_EQ(canonical("f:\n.Leax: movl $.Leax, %eax\n"), "L1:\nmovl $L1, %eax\n");
  EXPECT_THAT(canonical("f:\n callq .Lq\n.Lq: retq\n"), Not(HasSubstr("calL1")));
  EXPECT_EQ(canonical("f:\n movq \"a b\"(%rip), %rax\n"), "movq a b(%rip), %rax\n");
}

TEST(CanonicalText, HasNamesInMergedGlobals) {
  const std::string text = canonical(
      "f:\n adrp x8, .L_MergedGlobals\n ldr w0, [x8, :lo12:.L_MergedGlobals+12]\n ret\n.bss\n"
      ".L_MergedGlobals: .zero 16\n.set a, .L_MergedGlobals\n.set b, .L_MergedGlobals+8\n",
      NormalTarget::aarch64);
  EXPECT_EQ(text, "adrp x8, a\nldr w0, [x8, :lo12:b+4]\nret\n");
}

/// A folder with the header that the C library wants for targets that it is not installed for.
TemporaryFolder stubs() {
  TemporaryFolder folder = test::temporary_folder();
  if (!make_folder(folder.path() / "gnu") || !write_file(folder.path() / "gnu/stubs-32.h", ""))
    throw std::runtime_error("no headers");
  return folder;
}

TEST(CanonicalText, IsTheSameOfTextAndObject) {
  const TemporaryFolder headers = stubs(), folder = test::temporary_folder();
  int functions = 0, equal = 0;
  for (const auto& source : test::example_sources()) {
    if (source.extension() != ".c") continue;
    for (const NormalTarget target : {NormalTarget::x86_64, NormalTarget::aarch64}) {
      const auto compile = [&](const char* kind) {
        const auto output = folder.path() / "output";
        test::output_of({test::llvm_tool("clang"), "--target=" + std::string(triple_of(target)),
                         "-I" + headers.path().string(), "-I/usr/include/x86_64-linux-gnu", "-Oz",
                         kind, source.string(), "-o", output.string()});
        return test::contents(output);
      };
      const AsmUnit text = read_text(compile("-S"), target);
      const AsmUnit object = test::take(read_object(compile("-c"), "output"), "the object");
      ASSERT_EQ(object.functions.size(), text.functions.size()) << source;
      for (const AsmFunction& function : text.functions) {
        const AsmFunction* other = object.function(function.name);
        ASSERT_NE(other, nullptr) << function.name;
        EXPECT_EQ(other->problem, "");
        EXPECT_EQ(other->linkage, function.linkage);
        EXPECT_EQ(other->unwinds, function.unwinds);
        ++functions;
        if (canonical_text(object, *other) == canonical_text(text, function)) ++equal;
      }
    }
  }
  // One loads the middle of a nameless structure, of which the object does not say where it begins.
  EXPECT_GT(functions, 300);
  EXPECT_GE(equal, functions - 1);
}

}  // namespace
}  // namespace llmc
