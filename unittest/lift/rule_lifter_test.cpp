#include "lift/rule_lifter.h"

#include <gmock/gmock.h>

#include "lift/framed_function.h"
#include "lift/judge_lift.h"
#include "lift/lift_search.h"

namespace llmc {
namespace {

using test::framed_function;
using testing::HasSubstr;
using testing::Not;

AsmUnit read(const std::string& text) {
  auto unit = read_assembly(text, NormalTarget::x86_64, "test.s");
  EXPECT_TRUE(unit) << unit.error().message;
  return unit ? std::move(*unit) : AsmUnit();
}

/// What the rules make of `name` in `text`: IR, or the reason why not.
std::string lift(const std::string& text, const std::string& name, const LiftGuess& guess = {}) {
  const AsmUnit unit = read(text);
  auto lifter = RuleLifter::create(unit, {});
  if (!lifter) return lifter.error().message;
  auto lifted = lifter->lift(name, guess);
  return lifted ? lifted->text : lifted.error().message;
}

std::string signature(const std::string& text, const std::string& name) {
  const AsmUnit unit = read(text);
  auto lifter = RuleLifter::create(unit, {});
  if (!lifter || lifter->signature(name) == nullptr) return "none";
  return print_signature(*lifter->signature(name));
}

/// Whether the rules alone bring back the assembly itself.
bool comes_back(const std::string& text, const std::string& name) {
  const AsmUnit unit = read(text);
  auto lifter = RuleLifter::create(unit, {});
  auto judge = LiftJudge::create(unit, *unit.function(name));
  if (!lifter || !judge) return false;
  const auto found = search_lift(*lifter, *judge, {.budget = std::chrono::milliseconds(0)});
  return found && found->judged.identical;
}

TEST(RuleLifter, AddressesBecomePointersAndSumsSteps) {
  const std::string text = framed_function("f", "\tmovl 8(%rdi,%rsi,4), %eax\n\tretq\n");
  EXPECT_THAT(lift(text, "f"), HasSubstr("i32 @f(ptr %0, i64 %1)"));
  EXPECT_THAT(lift(text, "f"), Not(HasSubstr("inttoptr")));
  EXPECT_TRUE(comes_back(text, "f"));
}

TEST(RuleLifter, ComparisonAndJumpBecomeOneCondition) {
  const std::string text = framed_function(
      "f",
      "\tcmpl %esi, %edi\n\tjge .LBB0_2\n\tmovl %edi, %eax\n\tretq\n.LBB0_2:\n\tmovl %esi, "
      "%eax\n\taddl %edi, %eax\n\tretq\n");
  EXPECT_THAT(lift(text, "f"), HasSubstr("icmp slt i32"));
}

TEST(RuleLifter, ANaNIsUnequalInOneComparison) {
  const std::string text =
      framed_function("f",
                      "\tucomisd %xmm1, %xmm0\n\tjne .LBB0_1\n\tjp .LBB0_1\n\tjmp same\n.LBB0_1:\n"
                      "\tjmp other\n");
  EXPECT_THAT(lift(text, "f"), HasSubstr("fcmp une double"));
}

TEST(RuleLifter, ACounterOf32BitsStaysOne) {
  const std::string text =
      framed_function("f",
                      "\txorl %eax, %eax\n.LBB0_1:\n\tcmpl %edi, %eax\n\tje "
                      ".LBB0_2\n\tincl %eax\n\tjmp .LBB0_1\n.LBB0_2:\n\tretq\n");
  EXPECT_THAT(lift(text, "f"), HasSubstr("phi i32"));
  EXPECT_THAT(lift(text, "f"), Not(HasSubstr("phi i64")));
}

TEST(RuleLifter, SavedRegistersLeaveNoTrace) {
  const std::string text = framed_function(
      "f",
      "\tpushq %rbx\n\tmovq %rdi, %rbx\n\tcallq g@PLT\n\taddl (%rbx), %eax\n\tpopq %rbx\n"
      "\tretq\n");
  EXPECT_THAT(lift(text, "f"), Not(HasSubstr("alloca")));
  EXPECT_TRUE(comes_back(text, "f"));
}

TEST(RuleLifter, WhereTheStackIsLeftByAPopTellsWhetherThereIsAResult) {
  const auto caller = [](const std::string& reg) {
    return framed_function("f", "\tpushq %rax\n\tcallq g@PLT\n\tpopq %" + reg + "\n\tretq\n");
  };
  EXPECT_EQ(signature(caller("rax"), "f"), "void ()");
  EXPECT_EQ(signature(caller("rcx"), "f"), "i32 ()");
}

TEST(RuleLifter, ASetBitIsAResultOfEightBits) {
  EXPECT_EQ(signature(framed_function("f", "\ttestl %edi, %edi\n\tsete %al\n\tretq\n"), "f"),
            "i8 zeroext (i32)");
  EXPECT_EQ(
      signature(framed_function("f", "\txorl %eax, %eax\n\ttestl %edi, %edi\n\tsete %al\n\tretq\n"),
                "f"),
      "i32 (i32)");
}

TEST(RuleLifter, LibraryFunctionsHaveTheirOwnSignatures) {
  const std::string text =
      framed_function(
          "f",
          "\tpushq %rax\n\tleaq .L.str(%rip), %rdi\n\txorl %eax, %eax\n\tcallq printf@PLT\n\tpopq "
          "%rcx\n\tretq\n") +
      "\t.section .rodata.str1.1,\"aMS\",@progbits,1\n.L.str:\n"
      "\t.asciz \"hello\"\n";
  EXPECT_THAT(lift(text, "f"), HasSubstr("call i32 (ptr, ...) @printf(ptr"));
  EXPECT_THAT(lift(text, "f"), HasSubstr("private unnamed_addr constant [6 x i8] c\"hello\\00\""));
}

TEST(RuleLifter, GivenSignaturesWin) {
  const AsmUnit unit = read(framed_function("f", "\tjmp g@PLT\n"));
  LiftSignature given;
  given.parameters = {{AbiType::f64}};
  given.result = {AbiType::f32};
  given.source = SignatureSource::given;
  auto lifter = RuleLifter::create(unit, {{"g", given}, {"f", given}});
  ASSERT_TRUE(lifter) << lifter.error().message;
  const auto lifted = lifter->lift("f");
  ASSERT_TRUE(lifted) << lifted.error().message;
  EXPECT_THAT(lifted->text, HasSubstr("tail call float @g(double"));
}

TEST(RuleLifter, WhatIsNotModelledIsRefusedWithTheInstruction) {
  EXPECT_THAT(lift(framed_function("f", "\tcpuid\n\tretq\n"), "f"),
              HasSubstr("'cpuid': this instruction is not modelled"));
  EXPECT_THAT(lift(framed_function("f", "\tmovl %fs:x@TPOFF, %eax\n\tretq\n"), "f"),
              HasSubstr("thread-local variables"));
  EXPECT_THAT(lift(framed_function("f", "\tandq $-32, %rsp\n\tretq\n"), "f"),
              HasSubstr("moves the stack pointer by what is not a constant"));
  EXPECT_THAT(lift(framed_function("f", "\tpushq %rbx\n\tretq\n"), "f"),
              HasSubstr("stack pointer is not where it was"));
  EXPECT_THAT(
      lift(framed_function("f", "\tsubq $200, %rsp\n\ttestb %al, %al\n\taddq $200, %rsp\n\tretq\n"),
           "f"),
      HasSubstr("variable number of arguments"));
}

TEST(RuleLifter, WhatLiesBehindASegmentRegisterIsInAnAddressSpaceOfItsOwn) {
  EXPECT_THAT(lift(framed_function("f", "\tmovq %fs:40, %rax\n\tretq\n"), "f"),
              HasSubstr("load volatile i64, ptr addrspace(257) inttoptr (i64 40"));
}

TEST(RuleLifter, WordsOnTheStackAreArgumentsOfVariadicCallsToo) {
  const std::string registers =
      "\tmovl $1, %esi\n\tmovl $2, %edx\n\tmovl $3, %ecx\n\tmovl $4, %r8d\n\tmovl $5, %r9d\n"
      "\txorl %eax, %eax\n";
  const std::string call = "i32 5, i64 6, i64 7)";
  EXPECT_THAT(lift(framed_function("f", "\tpushq %rax\n" + registers +
                                            "\tpushq $7\n\tpushq $6\n\tcallq printf@PLT\n"
                                            "\taddq $24, %rsp\n\tretq\n"),
                   "f"),
              HasSubstr(call));
  // Without a push, in a place that nothing reads.
  EXPECT_THAT(
      lift(framed_function("f", "\tsubq $24, %rsp\n\tmovq $7, 8(%rsp)\n\tmovq $6, (%rsp)\n" +
                                    registers + "\tcallq printf@PLT\n\taddq $24, %rsp\n\tretq\n"),
           "f"),
      HasSubstr(call));
}

TEST(RuleLifter, WhereACallGivesNothingBackThereIsNoArgument) {
  const std::string text = framed_function(
      "f",
      "\tpushq %rbx\n\tmovq %rdi, %rbx\n\tmovl $1, %edx\n\tmovl $2, %esi\n\tcallq g@PLT\n"
      "\tmovq %rbx, %rdi\n\tmovl $2, %esi\n\tcallq g@PLT\n\tpopq %rbx\n\tretq\n");
  EXPECT_THAT(lift(text, "f"), HasSubstr("@g(i64 %0, i32 2)"));
}

TEST(RuleLifter, WhatACallDestroysIsNotRead) {
  const std::string text =
      framed_function("f", "\tpushq %rax\n\tcallq g@PLT\n\tmovl %r8d, %eax\n\tpopq %rcx\n\tretq\n");
  EXPECT_THAT(lift(text, "f"), HasSubstr("a register that a call has left without a value"));
}

TEST(RuleLifter, FlagsThatNobodyKnowsAreRefused) {
  EXPECT_THAT(lift(framed_function("f", "\trolq %cl, %rdi\n\tjb .LBB0_1\n.LBB0_1:\n\tretq\n"), "f"),
              HasSubstr("carry flag"));
}

TEST(LiftSearch, AnExactMatchClaimsNoMoreThanItNeeds) {
  const AsmUnit unit = read(framed_function("f", "\tleal 1(%rdi), %eax\n\tretq\n"));
  auto judge = LiftJudge::create(unit, *unit.function("f"));
  ASSERT_TRUE(judge) << judge.error().message;
  const std::string claims =
      "target datalayout = \"e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:"
      "32:64-S128\"\ntarget triple = \"x86_64-pc-linux-gnu\"\n"
      "define i32 @f(i32 %a) minsize optsize nounwind {\n  %b = add nuw nsw i32 %a, 1\n  ret i32 "
      "%b\n}\n";
  unsigned dropped = 0;
  const std::string least = claim_little(claims, *judge, {}, dropped);
  EXPECT_THAT(least, HasSubstr("add i32"));
  EXPECT_EQ(dropped, 1U);
}

}  // namespace
}  // namespace llmc
