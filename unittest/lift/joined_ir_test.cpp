// One module of functions that were lifted one by one.
#include "ir/module.h"
#include "lift/lift_unit.h"
#include "unittest/testing.h"

namespace llmc {
namespace {

using test::message_of;
using test::take;
using testing::HasSubstr;
using testing::Not;

AsmUnit unit_of(const std::string& text) {
  return take(read_assembly(text, NormalTarget::x86_64, "a.s"), "the assembly");
}

LiftResult lifted(const std::string& name, const std::string& ir) {
  LiftResult result;
  result.name = name;
  result.ir = ir;
  result.rung = LiftRung::identical;
  result.origin = LiftOrigin::rules;
  return result;
}

LiftResult refused(const std::string& name, const std::string& reason) {
  LiftResult result;
  result.name = name;
  result.reason = reason;
  result.refused = true;
  return result;
}

std::string joined(const std::string& text, const std::vector<LiftResult>& results) {
  std::string ir = take(joined_ir(unit_of(text), results), "the joined IR");
  take(IrModule::parse(ir, "joined"), "the text of the joined IR");
  return ir;
}

std::size_t count(const std::string& text, const std::string& part) {
  std::size_t found = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1))
    ++found;
  return found;
}

const char* const k_two_users = R"(
	.text
	.globl a
	.type a,@function
a:
	leaq .L.str(%rip), %rax
	jmp b
	.size a, .-a
	.type b,@function
b:
	leaq .L.str(%rip), %rax
	retq
	.size b, .-b
	.section .rodata.str1.1,"aMS",@progbits,1
.L.str:
	.asciz "once"
)";

const char* const k_string = "@.str = private unnamed_addr constant [5 x i8] c\"once\\00\"\n";

TEST(JoinedIr, PrivateDataOfSeveralFunctionsAreOneDefinition) {
  const std::string string = k_string;
  const std::string ir = joined(
      k_two_users,
      {lifted("a",
              string + "declare ptr @b()\ndefine ptr @a() {\n%1 = call ptr @b()\nret ptr @.str\n}"),
       lifted("b", string + "define ptr @b() {\nret ptr @.str\n}")});
  EXPECT_EQ(count(ir, "c\"once"), 1U) << ir;
  EXPECT_EQ(count(ir, "ret ptr @.str\n"), 2U) << ir;
}

TEST(JoinedIr, LocalFunctionsAreInternalAndCallsReachThem) {
  const std::string string = k_string;
  const std::string ir = joined(
      k_two_users,
      {lifted("a",
              string + "declare ptr @b()\ndefine ptr @a() {\n%1 = call ptr @b()\nret ptr %1\n}"),
       lifted("b", string + "define internal ptr @b() {\nret ptr @.str\n}")});
  EXPECT_THAT(ir, HasSubstr("define internal ptr @b()")) << ir;
  EXPECT_THAT(ir, HasSubstr("call ptr @b()"));
  EXPECT_THAT(ir, Not(HasSubstr("@b.1")));
}

TEST(JoinedIr, WhatWasRefusedIsADeclarationWithTheReason) {
  const std::string ir = joined(
      k_two_users, {refused("a", "line 5: 'x': no\nrule"),
                    lifted("b", std::string(k_string) + "define ptr @b() {\nret ptr @.str\n}")});
  EXPECT_THAT(ir, HasSubstr("; not lifted: line 5: 'x': no rule\ndeclare void @a()")) << ir;
  EXPECT_THAT(ir, HasSubstr("; 1 of 2 functions lifted\n"));
}

TEST(JoinedIr, CallsThatPassLessThanTheDefinitionTakesAreLeftOut) {
  const std::string ir =
      joined(k_two_users,
             {lifted("a", "declare void @b()\ndefine void @a() {\ncall void @b()\nret void\n}"),
              lifted("b", "define i64 @b(i64 %0) {\nret i64 %0\n}")});
  EXPECT_THAT(ir, HasSubstr("; not lifted: its call of 'b' passes less than that takes\n"
                            "declare void @a()"))
      << ir;
}

TEST(JoinedIr, CallsThatDifferInWhatRegistersDoNotShowStay) {
  const std::string ir =
      joined(k_two_users, {lifted("a",
                                  "declare i32 @b(ptr, i64)\ndefine i32 @a(ptr %0) {\n"
                                  "%2 = call i32 @b(ptr %0, i64 1)\nret i32 %2\n}"),
                           lifted("b", "define i64 @b(i64 %0) {\nret i64 %0\n}")});
  EXPECT_THAT(ir, HasSubstr("call i32 @b(ptr %0, i64 1)")) << ir;
}

TEST(JoinedIr, ExtensionsOfADeclarationStayAtItsCalls) {
  const std::string ir =
      joined(k_two_users, {lifted("a",
                                  "declare void @b(i8 signext)\ndefine void @a(i8 %0) {\n"
                                  "call void @b(i8 %0)\nret void\n}"),
                           lifted("b", "define void @b(i8 %0) {\nret void\n}")});
  EXPECT_THAT(ir, HasSubstr("call void @b(i8 signext %0)")) << ir;
}

TEST(JoinedIr, DataKeepTheirLinkageNamesAndSections) {
  const std::string ir = joined(R"(
	.data
	.globl shared
shared:
	.long 7
	.globl inner
.set inner, shared+2
	.local own
	.comm own,8,8
	.weak soft
soft:
	.quad shared
	.hidden veiled
	.globl veiled
veiled:
	.byte 1
	.section my_rows,"aw",@progbits
.Lrow:
	.quad soft
)",
                                {});
  EXPECT_THAT(ir, HasSubstr("@shared = dso_local global")) << ir;
  EXPECT_THAT(ir, HasSubstr("@own = internal global")) << ir;
  EXPECT_THAT(ir, HasSubstr("@soft = weak dso_local global")) << ir;
  EXPECT_THAT(ir, HasSubstr("@veiled = hidden global")) << ir;
  EXPECT_THAT(ir, HasSubstr("section \"my_rows\"")) << ir;
  EXPECT_THAT(ir, HasSubstr("@llvm.compiler.used")) << ir;
  EXPECT_THAT(ir, HasSubstr("@inner = dso_local alias")) << ir;
}

TEST(JoinedIr, ASecondNameOfAFunctionIsAnAlias) {
  const std::string ir = joined(R"(
	.text
	.globl f
	.type f,@function
f:
	retq
	.size f, .-f
	.globl g
	.set g, f
)",
                                {lifted("f", "define void @f() {\nret void\n}")});
  EXPECT_THAT(ir, HasSubstr("@g = dso_local alias void (), ptr @f")) << ir;
}

TEST(JoinedIr, TwoSymbolsWithOneNameInIrAreRefused) {
  const std::string ir = joined(R"(
	.text
	.globl f
	.type f,@function
f:
	leaq .Lrow(%rip), %rax
	retq
	.size f, .-f
	.data
	.globl row
row:
	.long 1
.Lrow:
	.long 2
)",
                                {lifted("f",
                                        "@row = external global i8\n"
                                        "define ptr @f() {\nret ptr @row\n}")});
  EXPECT_THAT(ir, HasSubstr("; not lifted: 'row' and '.Lrow' have the same name in IR")) << ir;
}

}  // namespace
}  // namespace llmc
