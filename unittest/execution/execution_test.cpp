#include "execution/execution.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "testing.h"

namespace llmc {
namespace {

using testing::HasSubstr;

/// `text` as the normal form is, with the target it implies.
ExecutionVerdict compare(const std::string& assembly, const std::string& ir,
                         const std::string& function, const ExecutionOptions& options = {}) {
  return test::take(run_both(assembly, ir, function, NormalTarget::x86_64, options), "run_both");
}

/// The assembly of a function `f` with that body.
std::string function_of(const std::string& body) {
  return ".text\n.globl f\n.type f,@function\nf:\n" + body + "\n.size f, .-f\n";
}

void expect_equal(const ExecutionVerdict& verdict) {
  EXPECT_EQ(verdict.outcome, ExecutionOutcome::equal) << verdict.reason;
  EXPECT_GT(verdict.compared, 100U);
}

void expect_different(const ExecutionVerdict& verdict, const std::string& reason) {
  EXPECT_EQ(verdict.outcome, ExecutionOutcome::different) << verdict.compared;
  EXPECT_THAT(verdict.reason, HasSubstr(reason));
}

void expect_undecided(const ExecutionVerdict& verdict, const std::string& reason) {
  EXPECT_EQ(verdict.outcome, ExecutionOutcome::undecided) << verdict.reason;
  EXPECT_THAT(verdict.reason, HasSubstr(reason));
}

TEST(Execution, outcomes_have_names) {
  EXPECT_EQ(to_string(ExecutionOutcome::equal), "equal");
  EXPECT_EQ(to_string(ExecutionOutcome::different), "different");
  EXPECT_EQ(to_string(ExecutionOutcome::undecided), "undecided");
}

TEST(Execution, sums_are_told_from_differences) {
  const std::string sum = function_of("leal (%rdi,%rsi), %eax\nret");
  expect_equal(
      compare(sum, "define i32 @f(i32 %0, i32 %1) {\n%3 = add i32 %0, %1\nret i32 %3\n}", "f"));
  expect_different(
      compare(sum, "define i32 @f(i32 %0, i32 %1) {\n%3 = sub i32 %0, %1\nret i32 %3\n}", "f"),
      "the candidate returns");
}

TEST(Execution, signs_and_wrong_bounds_show) {
  const std::string less = function_of("xorl %eax, %eax\ncmpl %esi, %edi\nsetl %al\nret");
  const auto ir = [](const std::string& predicate) {
    return "define i32 @f(i32 %0, i32 %1) {\n%3 = icmp " + predicate +
           " i32 %0, %1\n%4 = zext i1 %3 to i32\nret i32 %4\n}";
  };
  expect_equal(compare(less, ir("slt"), "f"));
  expect_different(compare(less, ir("sle"), "f"), "returns 1 instead of 0");
  expect_different(compare(less, ir("ult"), "f"), "returns");
}

TEST(Execution, a_missing_store_shows) {
  const std::string store = function_of("movl %esi, 8(%rdi)\nmovl $7, 12(%rdi)\nret");
  const std::string first =
      "define void @f(ptr %0, i32 %1) {\n%3 = getelementptr i8, ptr %0, i64 8\nstore i32 %1, ptr "
      "%3\n";
  const std::string second = "%4 = getelementptr i8, ptr %0, i64 12\nstore i32 7, ptr %4\n";
  expect_equal(compare(store, first + second + "ret void\n}", "f"));
  expect_different(compare(store, first + "ret void\n}", "f"), "the candidate leaves");
}

TEST(Execution, linked_structures_are_walked_to_their_ends) {
  const std::string walk = function_of(
      "xorl %eax, %eax\n.L1:\ntestq %rdi, %rdi\nje .L2\naddl 8(%rdi), %eax\n"
      "movq (%rdi), %rdi\njmp .L1\n.L2:\nret");
  const auto ir = [](const std::string& offset) {
    return "define i32 @f(ptr %0) {\nbr label %2\n2:\n%3 = phi ptr [ %0, %1 ], [ %10, %6 ]\n"
           "%4 = phi i32 [ 0, %1 ], [ %9, %6 ]\n%5 = icmp eq ptr %3, null\n"
           "br i1 %5, label %11, label %6\n6:\n%7 = getelementptr i8, ptr %3, i64 " +
           offset +
           "\n%8 = load i32, ptr %7\n%9 = add i32 %4, %8\n%10 = load ptr, ptr %3\n"
           "br label %2\n11:\nret i32 %4\n}";
  };
  expect_equal(compare(walk, ir("8"), "f"));
  expect_different(compare(walk, ir("12"), "f"), "returns");
}

TEST(Execution, calls_and_their_arguments_are_compared) {
  const std::string call = function_of(
      "pushq %rbx\nmovl %esi, %ebx\ncall g\nmovl %eax, %edi\nmovl %ebx, %esi\ncall h\n"
      "popq %rbx\nret");
  const auto ir = [](const std::string& second) {
    return "declare i32 @g(i32, i32)\ndeclare i32 @h(i32, i32)\ndefine i32 @f(i32 %0, i32 %1) {\n"
           "%3 = call i32 @g(i32 %0, i32 %1)\n" +
           second + "ret i32 %4\n}";
  };
  expect_equal(compare(call, ir("%4 = call i32 @h(i32 %3, i32 %1)\n"), "f"));
  expect_different(compare(call, ir("%4 = call i32 @h(i32 %1, i32 %3)\n"), "f"),
                   "as argument 1 of h in call 2");
  expect_different(compare(call, ir("%4 = call i32 @g(i32 %3, i32 %1)\n"), "f"),
                   "calls g instead of h in call 2");
  expect_different(compare(call, ir("%4 = add i32 %3, 0\n"), "f"), "does not make call 2, of h");
}

TEST(Execution, local_functions_are_intercepted_like_others) {
  const std::string call = ".text\n.type helper,@function\nhelper:\nmovl $1, %eax\nret\n" +
                           function_of("call helper\naddl $1, %eax\nret");
  const auto ir = [](const std::string& number, const std::string& body) {
    return "define internal i32 @helper() noinline {\nret i32 " + body +
           "\n}\ndefine i32 @f() {\n%1 = call i32 @helper()\n%2 = add i32 %1, " + number +
           "\nret i32 %2\n}";
  };
  // What the helper does is not this function's concern.
  expect_equal(compare(call, ir("1", "5"), "f"));
  expect_different(compare(call, ir("2", "1"), "f"), "returns");
}

TEST(Execution, callbacks_are_called_with_arguments_that_count) {
  const std::string call = function_of("movq %rdi, %rax\nmovl %esi, %edi\njmpq *%rax");
  const auto ir = [](const std::string& argument) {
    return "define i32 @f(ptr %0, i32 %1) {\n%3 = add i32 %1, " + argument +
           "\n%4 = call i32 %0(i32 %3)\nret i32 %4\n}";
  };
  expect_equal(compare(call, ir("0"), "f"));
  expect_different(compare(call, ir("1"), "f"), "as argument 1 of callback");
}

TEST(Execution, variables_are_compared_by_name) {
  const std::string count = function_of("addl $1, count(%rip)\nmovl count(%rip), %eax\nret") +
                            ".local count\n.comm count,4,4\n";
  const auto ir = [](const std::string& body) {
    return "@count = internal global i32 0\ndefine i32 @f() {\n%1 = load i32, ptr @count\n"
           "%2 = add i32 %1, 1\n" +
           body + "ret i32 %2\n}";
  };
  expect_equal(compare(count, ir("store i32 %2, ptr @count\n"), "f"));
  expect_different(compare(count, ir(""), "f"), "of count");
}

TEST(Execution, constants_are_the_same_where_their_content_is) {
  const std::string text =
      function_of("leaq .L.text(%rip), %rax\nret") +
      ".section .rodata.str1.1,\"aMS\",@progbits,1\n.L.text:\n.asciz \"one\"\n";
  const auto ir = [](const std::string& content) {
    return "@0 = private unnamed_addr constant [4 x i8] c\"" + content +
           "\\00\"\ndefine ptr @f() {\nret ptr @0\n}";
  };
  expect_equal(compare(text, ir("one"), "f"));
  expect_different(compare(text, ir("two"), "f"), "returns");
}

TEST(Execution, numbers_are_compared_bit_by_bit_but_for_nans) {
  const std::string sum = function_of("addsd %xmm1, %xmm0\nret");
  const auto ir = [](const std::string& operation) {
    return "define double @f(double %0, double %1) {\n%3 = " + operation + "\nret double %3\n}";
  };
  expect_equal(compare(sum, ir("fadd double %0, %1"), "f"));
  expect_equal(compare(sum, ir("fadd double %1, %0"), "f"));
  expect_different(compare(sum, ir("fsub double %0, %1"), "f"), "returns");
}

TEST(Execution, arguments_on_the_stack_and_narrow_ones_are_passed) {
  const std::string sum = function_of("movsbl 8(%rsp), %eax\naddl 16(%rsp), %eax\nret");
  const auto ir = [](const std::string& last) {
    return "define i32 @f(i64, i64, i64, i64, i64, i64, i8 signext, i32) {\n%9 = sext i8 %6 to "
           "i32\n%10 = add i32 %9, " +
           last + "\nret i32 %10\n}";
  };
  expect_equal(compare(sum, ir("%7"), "f"));
  expect_different(compare(sum, ir("7"), "f"), "returns");
}

TEST(Execution, what_no_input_decides_is_not_compared) {
  // The padding of a returned pair comes from the stack.
  const std::string pair = function_of("movq -8(%rsp), %rax\nmovb %dil, %al\nret");
  expect_equal(
      compare(pair, "define i64 @f(i8 zeroext %0) {\n%2 = zext i8 %0 to i64\nret i64 %2\n}", "f"));
}

TEST(Execution, undefined_behaviour_of_the_ir_proves_nothing) {
  // INT_MAX + 1 > INT_MAX by wrapping; the IR says that this never happens.
  const std::string less = function_of(
      "leal 1(%rdi), %eax\ncmpl %edi, %eax\nsetg %al\n"
      "movzbl %al, %eax\nret");
  expect_equal(compare(less,
                       "define i32 @f(i32 %0) {\n%2 = add nsw i32 %0, 1\n"
                       "%3 = icmp sgt i32 %2, %0\n%4 = zext i1 %3 to i32\nret i32 1\n}",
                       "f"));
  expect_different(compare(less, "define i32 @f(i32 %0) {\nret i32 1\n}", "f"),
                   "returns 1 instead of 0");
}

TEST(Execution, a_candidate_that_faults_or_hangs_is_different) {
  const std::string nothing = function_of("ret");
  expect_different(
      compare(nothing, "define void @f() {\nstore i8 1, ptr inttoptr (i64 64 to ptr)\nret void\n}",
              "f"),
      "signal");
  ExecutionOptions options;
  options.input_limit = std::chrono::milliseconds(10);
  expect_different(
      compare(nothing, "define void @f() {\nbr label %1\n1:\nbr label %1\n}", "f", options),
      "did not come to an end");
}

TEST(Execution, originals_that_fault_or_hang_leave_it_undecided) {
  const std::string ir = "define void @f() {\nret void\n}";
  expect_undecided(compare(function_of("movl %eax, 0"), ir, "f"), "faulted");
  ExecutionOptions options;
  options.inputs = 20;
  expect_undecided(compare(function_of(".L1: jmp .L1"), ir, "f", options), "took too long");
  expect_undecided(compare(function_of("movl $0, %ebx\nret"), ir, "f"), "broke the rules");
}

TEST(Execution, what_cannot_be_run_is_undecided) {
  const std::string ir = "define void @f() {\nret void\n}";
  expect_undecided(compare(function_of("syscall\nret"), ir, "f"), "system calls");
  expect_undecided(compare(function_of("movl %fs:x@tpoff, %eax\nret"), ir, "f"), "thread-local");
  expect_undecided(compare(function_of("ret"), "define void @f(...) {\nret void\n}", "f"),
                   "variable number");
  expect_undecided(
      compare(function_of("ret"), "define void @f(ptr byval(i32) %0) {\nret void\n}", "f"),
      "passed in memory");
  expect_undecided(compare(function_of("ret"), "define void @f(x86_fp80 %0) {\nret void\n}", "f"),
                   "x86_fp80");
}

TEST(Execution, unreadable_texts_are_errors) {
  const std::string ir = "define void @f() {\nret void\n}";
  const auto message = [&](const std::string& assembly, const std::string& candidate,
                           const std::string& function) {
    return test::message_of(run_both(assembly, candidate, function, NormalTarget::x86_64));
  };
  EXPECT_THAT(message("f: nonsense %eax", ir, "f"), HasSubstr("the assembly: line 1"));
  EXPECT_THAT(message(function_of("ret"), "define", "f"), HasSubstr("the IR"));
  EXPECT_THAT(message(function_of("ret"), ir, "g"), HasSubstr("does not define the function 'g'"));
  EXPECT_THAT(message("ret", ir, "f"), HasSubstr("does not define the function 'f'"));
  EXPECT_THAT(
      message(function_of("ret"), "target triple = \"aarch64-unknown-linux-gnu\"\n" + ir, "f"),
      HasSubstr("for different targets"));
}

TEST(Execution, a_seed_gives_the_same_verdict_each_time) {
  const std::string sum = function_of("leal 1(%rdi), %eax\nret");
  const std::string ir =
      "define i32 @f(i32 %0) {\n%2 = icmp eq i32 %0, 4096\n%3 = add i32 %0, 1\n"
      "%4 = select i1 %2, i32 5, i32 %3\nret i32 %4\n}";
  const ExecutionVerdict first = compare(sum, ir, "f");
  const ExecutionVerdict second = compare(sum, ir, "f");
  expect_different(first, "called with (4096)");
  EXPECT_EQ(first.reason, second.reason);
  EXPECT_EQ(first.compared, second.compared);
}

TEST(Execution, what_clang_makes_of_a_program_is_equal_to_its_ir) {
  const auto source = test::source_path("examples/hashmap.c").string();
  const std::string clang = test::llvm_tool("clang");
  const std::string assembly = test::output_of({clang, "-Oz", "-S", "-o", "-", source});
  const std::string ir = test::output_of({clang, "-Oz", "-S", "-emit-llvm", "-o", "-", source});
  ExecutionOptions options;
  options.inputs = 300;
  for (const std::string function :
       {"map_get", "map_put", "map_remove", "map_next", "find_entry", "hash_string", "map_clear"}) {
    const ExecutionVerdict verdict = compare(assembly, ir, function, options);
    EXPECT_EQ(verdict.outcome, ExecutionOutcome::equal) << function << ": " << verdict.reason;
  }
}

}  // namespace
}  // namespace llmc
