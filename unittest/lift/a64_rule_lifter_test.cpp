// AArch64 functions lifted by rules.
#include <gmock/gmock.h>

#include "lift/framed_function.h"
#include "lift/judge_lift.h"
#include "lift/lift_search.h"
#include "lift/rule_lifter.h"
#include "testing.h"

namespace llmc {
namespace {

using test::framed_function;
using test::take;
using testing::HasSubstr;
using testing::Not;

AsmUnit read_a64(const std::string& text) {
  return take(read_assembly(text, NormalTarget::aarch64, "test.s"));
}

/// What the rules make of `name` in `text`: IR, or the reason why not.
std::string lift_a64(const std::string& text, const std::string& name = "f") {
  const AsmUnit unit = read_a64(text);
  const RuleLifter lifter = take(RuleLifter::create(unit, {}));
  auto lifted = lifter.lift(name);
  return lifted ? lifted->text : lifted.error().message;
}

std::string signature(const std::string& text, const std::string& name = "f") {
  const AsmUnit unit = read_a64(text);
  const RuleLifter lifter = take(RuleLifter::create(unit, {}));
  const LiftSignature* const found = lifter.signature(name);
  return found == nullptr ? "none" : print_signature(*found);
}

/// Whether the rules alone bring back the assembly itself.
bool comes_back(const std::string& text) {
  const AsmUnit unit = read_a64(text);
  const RuleLifter lifter = take(RuleLifter::create(unit, {}));
  LiftJudge judge = take(LiftJudge::create(unit, *unit.function("f")));
  const auto found = search_lift(lifter, judge, {.budget = std::chrono::milliseconds(0)});
  return found && found->judged.identical;
}

const std::string k_frame = "\tstp x29, x30, [sp, #-16]!\n\tmov x29, sp\n";
const std::string k_end = "\tldp x29, x30, [sp], #16\n\tret\n";

TEST(A64RuleLifter, AddressesBecomePointersAndSumsSteps) {
  const std::string text =
      framed_function("f", "\tadd x8, x0, x1, lsl #2\n\tldr w0, [x8, #8]\n\tret\n");
  EXPECT_THAT(lift_a64(text), HasSubstr("i32 @f(ptr %0, i64 %1)"));
  EXPECT_THAT(lift_a64(text), Not(HasSubstr("inttoptr")));
  EXPECT_TRUE(comes_back(text));
}

TEST(A64RuleLifter, ComparisonAndJumpBecomeOneCondition) {
  const std::string text = framed_function(
      "f", "\tcmp w0, w1\n\tb.ge .LBB0_2\n\tret\n.LBB0_2:\n\tadd w0, w1, w0\n\tret\n");
  EXPECT_THAT(lift_a64(text), HasSubstr("icmp slt i32"));
}

TEST(A64RuleLifter, ASecondComparisonIsMadeOnlyIfTheFirstHolds) {
  const std::string text =
      framed_function("f", "\tcmp w0, #5\n\tccmp w1, #7, #4, gt\n\tcset w0, ne\n\tret\n");
  EXPECT_THAT(lift_a64(text), HasSubstr("icmp sgt i32"));
  EXPECT_THAT(lift_a64(text), HasSubstr("icmp ne i32"));
  EXPECT_TRUE(comes_back(text));
}

TEST(A64RuleLifter, ARegisterThatIsComparedWithZeroIsZeroWhereItIsEqual) {
  const std::string text =
      framed_function("f", "\tcbz x0, .LBB0_2\n\tldr w0, [x0]\n.LBB0_2:\n\tret\n");
  EXPECT_EQ(signature(text), "i32 (i64)");
  EXPECT_THAT(lift_a64(text), HasSubstr("[ 0, %1 ]"));
  EXPECT_TRUE(comes_back(text));
}

TEST(A64RuleLifter, KeptRegistersLeaveNoTrace) {
  const std::string text = framed_function(
      "f",
      "\tstp x29, x30, [sp, #-32]!\n\tstr x19, [sp, #16]\n\tmov x29, sp\n\tmov x19, x0\n"
      "\tbl g\n\tldr w8, [x19]\n\tldr x19, [sp, #16]\n\tadd w0, w8, w0\n"
      "\tldp x29, x30, [sp], #32\n\tret\n");
  EXPECT_THAT(lift_a64(text), Not(HasSubstr("alloca")));
  EXPECT_TRUE(comes_back(text));
}

TEST(A64RuleLifter, HalvesOfAnAddressBecomeTheSymbol) {
  const std::string direct =
      framed_function("f", "\tadrp x8, v+4\n\tldr w0, [x8, :lo12:v+4]\n\tret\n") +
      "\t.data\n\t.globl v\n\t.p2align 3\nv:\n\t.xword 1\n";
  EXPECT_THAT(lift_a64(direct), HasSubstr("load i32, ptr getelementptr"));
  EXPECT_TRUE(comes_back(direct));
  const std::string table = framed_function(
      "f", "\tadrp x8, :got:v\n\tldr x8, [x8, :got_lo12:v]\n\tldr w0, [x8]\n\tret\n");
  EXPECT_THAT(lift_a64(table), HasSubstr("load i32, ptr @v"));
  EXPECT_TRUE(comes_back(table));
  EXPECT_THAT(lift_a64(framed_function("f", "\tadrp x8, v\n\tldr w0, [x8, :lo12:w]\n\tret\n")),
              HasSubstr("not known to be its page"));
  EXPECT_THAT(lift_a64(framed_function("f", "\tadrp x0, v\n\tret\n\tb g\n")),
              Not(HasSubstr("lo12")));
}

TEST(A64RuleLifter, JumpTablesBecomeSwitches) {
  const std::string text =
      framed_function(
          "f",
          "\tcmp w0, #2\n\tb.hi .LBB0_4\n\tadrp x9, .LJTI0_0\n\tadd x9, x9, :lo12:.LJTI0_0\n"
          "\tmov w8, w0\n\tadr x10, .LBB0_2\n\tldrb w11, [x9, x8]\n"
          "\tadd x10, x10, x11, lsl #2\n\tbr x10\n.LBB0_2:\n\tb one\n.LBB0_3:\n"
          "\tb two\n.LBB0_4:\n\tb three\n") +
      "\t.section .rodata,\"a\",@progbits\n.LJTI0_0:\n\t.byte (.LBB0_2-.LBB0_2)>>2\n"
      "\t.byte (.LBB0_3-.LBB0_2)>>2\n\t.byte (.LBB0_2-.LBB0_2)>>2\n";
  EXPECT_THAT(lift_a64(text), HasSubstr("switch i32 %0"));
  EXPECT_THAT(lift_a64(text), Not(HasSubstr("unreachable")));
  EXPECT_THAT(lift_a64(text), Not(HasSubstr("JTI0_0")));
}

TEST(A64RuleLifter, ArgumentsBeyondTheRegistersAreOnTheStack) {
  EXPECT_EQ(signature(framed_function("f", "\tldr w8, [sp, #8]\n\tadd w0, w8, w7\n\tret\n")),
            "i32 (i64, i64, i64, i64, i64, i64, i64, i32, i64, i32)");
}

TEST(A64RuleLifter, WhatIsPrintedBeyondTheRegistersIsOnTheStack) {
  const auto printing = [](const std::string& after) {
    return framed_function(
        "f",
        "\tsub sp, sp, #32\n\tstp x29, x30, [sp, #16]\n\tadd x29, sp, #16\n"
        "\tmov w8, #9\n\tmov w1, #1\n\tmov w2, #2\n\tmov w3, #3\n\tmov w4, #4\n"
        "\tmov w5, #5\n\tmov w6, #6\n\tmov w7, #7\n\tstr x8, [sp]\n\tbl printf\n" +
            after + "\tldp x29, x30, [sp, #16]\n\tadd sp, sp, #32\n\tret\n");
  };
  EXPECT_THAT(lift_a64(printing("")), HasSubstr("i32 7, i64 9)"));
  EXPECT_THAT(lift_a64(printing("\tldr x0, [sp]\n")), Not(HasSubstr("i64 9)")));
}

TEST(A64RuleLifter, AResultThatNothingReadsIsTheNextArgument) {
  EXPECT_THAT(lift_a64(framed_function("f", k_frame + "\tbl g\n\tbl h\n" + k_end)),
              HasSubstr("@h(i64 %"));
  EXPECT_THAT(lift_a64(framed_function("f", k_frame + "\tbl g\n\tbl h\n" + k_end) +
                       framed_function("g", "\tstr wzr, [x0]\n\tret\n")),
              HasSubstr("@h()"));
}

TEST(A64RuleLifter, CallsOfOneFunctionMayPassAsMuchAsTheyLike) {
  const std::string text = framed_function("f", k_frame +
                                                    "\tmov w0, #1\n\tmov w1, #2\n\tmov w2, #3\n"
                                                    "\tbl g\n\tmov w0, #1\n\tbl g\n" +
                                                    k_end);
  EXPECT_THAT(lift_a64(text), HasSubstr("@g(i32 1)"));
  EXPECT_THAT(lift_a64(text), HasSubstr("@g(i32 1, i32 2, i32 3)"));
}

TEST(A64RuleLifter, NothingIsLiftedAfterACallThatNeverReturns) {
  const std::string text = framed_function(
      "f", k_frame + "\tcbz w0, .LBB0_2\n\tbl abort\n.LBB0_2:\n\tmov w0, #3\n" + k_end);
  EXPECT_THAT(lift_a64(text), HasSubstr("unreachable"));
  EXPECT_THAT(lift_a64(text), Not(HasSubstr("phi")));
}

TEST(A64RuleLifter, WhatIsNotModelledIsRefusedWithTheInstruction) {
  EXPECT_THAT(lift_a64(framed_function("f", "\tmrs x0, TPIDR_EL0\n\tret\n")),
              HasSubstr("': this instruction is not modelled"));
  EXPECT_THAT(lift_a64(framed_function("f", "\tcnt v0.8b, v0.8b\n\tret\n")),
              HasSubstr("not modelled"));
  EXPECT_THAT(lift_a64(framed_function("f", "\tsub sp, sp, x0\n\tret\n")),
              HasSubstr("moves the stack pointer by what is not a constant"));
  EXPECT_THAT(lift_a64(framed_function("f", "\tsub sp, sp, #16\n\tret\n")),
              HasSubstr("stack pointer is not where it was"));
  EXPECT_THAT(lift_a64(framed_function("f", "\tstr xzr, [x8]\n\tret\n")),
              HasSubstr("gives back a structure in memory"));
  EXPECT_THAT(lift_a64(framed_function("f", "\tmov w0, w9\n\tret\n")),
              HasSubstr("its caller has put nothing into"));
  EXPECT_THAT(lift_a64(framed_function("f", "\tadd x0, sp, #8\n\tret\n")),
              HasSubstr("the address of an argument on the stack"));
  EXPECT_THAT(lift_a64(framed_function("f", "\tbl g\n\tret\n")), HasSubstr("in x30"));
  EXPECT_THAT(lift_a64(framed_function("f", k_frame + "\tbl g\n\tmov w0, w3\n" + k_end)),
              HasSubstr("a register that a call has left without a value"));
}

}  // namespace
}  // namespace llmc
