// AArch64 code, run in an emulator beside its IR.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "execution/emulator.h"
#include "execution/execution.h"
#include "sandbox/child.h"
#include "testing.h"

namespace llmc {
namespace {

using testing::HasSubstr;

class EmulatedExecution : public testing::Test {
 protected:
  void SetUp() override {
    const Emulator emulator = find_emulator(NormalTarget::aarch64);
    if (!emulator.obstacle.empty()) GTEST_SKIP() << emulator.obstacle;
  }
};

ExecutionOptions patient(unsigned inputs) {
  ExecutionOptions options;
  options.inputs = inputs;
  options.limit = std::chrono::seconds(20);
  options.input_limit = std::chrono::milliseconds(200);
  return options;
}

/// `ir` is in normal form but for its first line.
ExecutionVerdict emulate(const std::string& assembly, const std::string& ir,
                         const std::string& function = "f",
                         const ExecutionOptions& options = patient(300)) {
  return test::take(run_both(assembly, "target triple = \"aarch64-unknown-linux-gnu\"\n" + ir,
                             function, NormalTarget::aarch64, options),
                    "run_both");
}

/// The assembly of a function `f` with that body.
std::string aarch64_function(const std::string& body) {
  return ".text\n.globl f\n.type f,@function\nf:\n" + body + "\n.size f, .-f\n";
}

void expect_same(const ExecutionVerdict& verdict, unsigned compared = 100) {
  EXPECT_EQ(verdict.outcome, ExecutionOutcome::equal) << verdict.reason;
  EXPECT_GE(verdict.compared, compared);
}

void expect_other(const ExecutionVerdict& verdict, const std::string& reason) {
  EXPECT_EQ(verdict.outcome, ExecutionOutcome::different) << verdict.compared;
  EXPECT_THAT(verdict.reason, HasSubstr(reason));
}

void expect_open(const ExecutionVerdict& verdict, const std::string& reason) {
  EXPECT_EQ(verdict.outcome, ExecutionOutcome::undecided) << verdict.reason;
  EXPECT_THAT(verdict.reason, HasSubstr(reason));
}

TEST_F(EmulatedExecution, sums_are_told_from_differences) {
  const std::string sum = aarch64_function("add w0, w0, w1\nret");
  const auto ir = [](const std::string& operation) {
    return "define i32 @f(i32 %0, i32 %1) {\n%3 = " + operation + " i32 %0, %1\nret i32 %3\n}";
  };
  expect_same(emulate(sum, ir("add")), 300);
  expect_other(emulate(sum, ir("sub")), "the candidate returns");
}

TEST_F(EmulatedExecution, a_missing_store_shows) {
  const std::string store = aarch64_function("mov w8, #7\nstp w1, w8, [x0, #8]\nret");
  const std::string first =
      "define void @f(ptr %0, i32 %1) {\n%3 = getelementptr i8, ptr %0, i64 8\nstore i32 %1, ptr "
      "%3\n";
  const std::string second = "%4 = getelementptr i8, ptr %0, i64 12\nstore i32 7, ptr %4\n";
  expect_same(emulate(store, first + second + "ret void\n}"));
  expect_other(emulate(store, first + "ret void\n}"), "the candidate leaves");
}

TEST_F(EmulatedExecution, narrow_arguments_have_signs_and_nobody_extends_them) {
  const std::string wide = aarch64_function("sxtb w0, w0\nret");
  const auto ir = [](const std::string& extension) {
    return "define i32 @f(i8 %0) {\n%2 = " + extension + " i8 %0 to i32\nret i32 %2\n}";
  };
  expect_same(emulate(wide, ir("sext")));
  expect_other(emulate(wide, ir("zext")), "the candidate returns");
  // The ninth bit decides.
  expect_open(emulate(aarch64_function("tbnz w0, #8, 1f\nb g\n1: ret"),
                      "declare void @g()\ndefine void @f(i8 %0) {\nret void\n}"),
              "0 took too long, 300 depended on undefined values");
}

TEST_F(EmulatedExecution, arguments_beyond_the_registers_are_on_the_stack) {
  const std::string sum = aarch64_function("ldr x8, [sp, #8]\nadd x0, x7, x8\nret");
  const auto ir = [](const std::string& last) {
    return "define i64 @f(i64, i64, i64, i64, i64, i64, i64, i64 %7, i64 %8, i64 %9) {\n"
           "%11 = add i64 %7, " +
           last + "\nret i64 %11\n}";
  };
  expect_same(emulate(sum, ir("%9")));
  expect_other(emulate(sum, ir("%8")), "the candidate returns");
}

TEST_F(EmulatedExecution, arrays_are_not_split_between_registers_and_stack) {
  // x7 stays unused, and so does it for what follows.
  const std::string take = aarch64_function("ldr x8, [sp]\nldr x9, [sp, #16]\nsub x0, x8, x9\nret");
  const auto ir = [](const std::string& index) {
    return "define i64 @f(i64, i64, i64, i64, i64, i64, i64, [2 x i64] %7, i64 %8) {\n"
           "%10 = extractvalue [2 x i64] %7, " +
           index + "\n%11 = sub i64 %10, %8\nret i64 %11\n}";
  };
  expect_same(emulate(take, ir("0")));
  expect_other(emulate(take, ir("1")), "the candidate returns");
}

TEST_F(EmulatedExecution, large_results_go_where_x8_says) {
  const std::string pair = aarch64_function("str x0, [x8, #16]\nret");
  const auto ir = [](const std::string& offset) {
    return "define void @f(ptr sret([3 x i64]) %0, i64 %1) {\n%3 = getelementptr i8, ptr %0, i64 " +
           offset + "\nstore i64 %1, ptr %3\nret void\n}";
  };
  expect_same(emulate(pair, ir("16")));
  expect_other(emulate(pair, ir("8")), "the candidate leaves");
}

TEST_F(EmulatedExecution, four_numbers_are_returned_in_registers) {
  const std::string reversed = aarch64_function("fmov d3, d0\nfmov d2, d1\nret");
  const auto ir = [](const std::string& last) {
    return "define [4 x double] @f(double %0, double %1) {\n"
           "%3 = insertvalue [4 x double] poison, double %0, 0\n"
           "%4 = insertvalue [4 x double] %3, double %1, 1\n"
           "%5 = insertvalue [4 x double] %4, double %1, 2\n"
           "%6 = insertvalue [4 x double] %5, double " +
           last + ", 3\nret [4 x double] %6\n}";
  };
  expect_same(emulate(reversed, ir("%0")));
  expect_other(emulate(reversed, ir("%1")), "the candidate returns");
}

TEST_F(EmulatedExecution, calls_and_their_arguments_are_compared) {
  const std::string call = aarch64_function(
      "stp x30, x19, [sp, #-16]!\nmov w19, w1\nbl g\nmov w1, w19\nldp x30, x19, [sp], #16\nb h");
  const auto ir = [](const std::string& second) {
    return "declare i32 @g(i32, i32)\ndeclare i32 @h(i32, i32)\ndefine i32 @f(i32 %0, i32 %1) {\n"
           "%3 = call i32 @g(i32 %0, i32 %1)\n" +
           second + "ret i32 %4\n}";
  };
  expect_same(emulate(call, ir("%4 = call i32 @h(i32 %3, i32 %1)\n")));
  expect_other(emulate(call, ir("%4 = call i32 @h(i32 %1, i32 %3)\n")),
               "as argument 1 of h in call 2");
  expect_other(emulate(call, ir("%4 = call i32 @g(i32 %3, i32 %1)\n")),
               "calls g instead of h in call 2");
}

TEST_F(EmulatedExecution, callbacks_and_functions_of_the_library_are_called) {
  const std::string call = aarch64_function(
      "stp x30, x19, [sp, #-16]!\nmov x19, x0\nmov x0, x1\nbl strlen\nldp x8, x30, [sp]\n"
      "mov x8, x19\nldp x30, x19, [sp], #16\nbr x8");
  const auto ir = [](const std::string& argument) {
    return "declare i64 @strlen(ptr)\ndefine i64 @f(ptr %0, ptr %1) {\n"
           "%3 = call i64 @strlen(ptr %1)\n%4 = add i64 %3, " +
           argument + "\n%5 = call i64 %0(i64 %4)\nret i64 %5\n}";
  };
  expect_same(emulate(call, ir("0")));
  expect_other(emulate(call, ir("1")), "as argument 1 of callback");
}

TEST_F(EmulatedExecution, pieces_that_functions_have_in_common_belong_to_them) {
  const std::string outlined =
      aarch64_function("mov x9, x30\nbl OUTLINED_FUNCTION_0\nadd w0, w0, #1\nret x9") +
      ".type OUTLINED_FUNCTION_0,@function\nOUTLINED_FUNCTION_0:\nlsl w0, w1, #2\nret\n";
  const auto ir = [](const std::string& shift) {
    return "define i32 @f(i32 %0, i32 %1) {\n%3 = shl i32 %1, " + shift +
           "\n%4 = add i32 %3, 1\nret i32 %4\n}";
  };
  expect_same(emulate(outlined, ir("2")));
  expect_other(emulate(outlined, ir("3")), "the candidate returns");
}

TEST_F(EmulatedExecution, variables_are_compared_by_name) {
  const std::string count =
      aarch64_function(
          "adrp x8, count\nldr w9, [x8, :lo12:count]\nadd w9, w9, #1\nstr w9, [x8, :lo12:count]\n"
          "adrp x10, :got:total\nldr x10, [x10, :got_lo12:total]\nstr w9, [x10]\nret") +
      ".local count\n.comm count,4,4\n";
  const auto ir = [](const std::string& body) {
    return "@count = internal global i32 0\n@total = external global i32\ndefine void @f() {\n"
           "%1 = load i32, ptr @count\n%2 = add i32 %1, 1\nstore i32 %2, ptr @count\n" +
           body + "ret void\n}";
  };
  expect_same(emulate(count, ir("store i32 %2, ptr @total\n")));
  expect_other(emulate(count, ir("")), "of total");
}

TEST_F(EmulatedExecution, merged_variables_are_compared_by_their_own_names) {
  const std::string merged =
      aarch64_function(
          "adrp x8, .L_MergedGlobals\nadd x8, x8, :lo12:.L_MergedGlobals\n"
          "str x0, [x8, #8]\nldr w0, [x8]\nret") +
      ".local .L_MergedGlobals\n.comm .L_MergedGlobals,16,8\n.set small, .L_MergedGlobals\n"
      ".size small, 4\n.globl large\n.set large, .L_MergedGlobals+8\n.size large, 8\n";
  const auto ir = [](const std::string& stored) {
    return "@large = global i64 0\n@small = internal global i32 0\ndefine i32 @f(i64 %0) {\n"
           "%2 = add i64 %0, " +
           stored + "\nstore i64 %2, ptr @large\n%3 = load i32, ptr @small\nret i32 %3\n}";
  };
  expect_same(emulate(merged, ir("0")));
  expect_other(emulate(merged, ir("1")), "of large");
  expect_open(emulate(merged + ".bss\n.set .LANCHOR0, . + 0\n", ir("0")), "-fno-section-anchors");
}

TEST_F(EmulatedExecution, undefined_behaviour_of_the_ir_proves_nothing) {
  const std::string less = aarch64_function("add w8, w0, #1\ncmp w8, w0\ncset w0, gt\nret");
  expect_same(emulate(less,
                      "define i32 @f(i32 %0) {\n%2 = add nsw i32 %0, 1\n%3 = icmp sgt i32 %2, %0\n"
                      "%4 = zext i1 %3 to i32\nret i32 1\n}"));
  expect_other(emulate(less, "define i32 @f(i32 %0) {\nret i32 1\n}"), "returns 1 instead of 0");
}

TEST_F(EmulatedExecution, a_candidate_that_faults_or_hangs_is_different) {
  const std::string nothing = aarch64_function("ret");
  expect_other(
      emulate(nothing, "define void @f() {\nstore i8 1, ptr inttoptr (i64 64 to ptr)\nret void\n}"),
      "signal 11");
  expect_other(emulate(nothing, "define void @f() {\nbr label %1\n1:\nbr label %1\n}"),
               "did not come to an end");
}

TEST_F(EmulatedExecution, originals_that_fault_or_hang_leave_it_undecided) {
  const std::string ir = "define void @f() {\nret void\n}";
  expect_open(emulate(aarch64_function("mov x8, #0\nstr xzr, [x8, #8]\nret"), ir), "faulted");
  expect_open(emulate(aarch64_function("udf #0"), ir), "signal 4");
  expect_open(emulate(aarch64_function("1: b 1b"), ir, "f", patient(4)), "took too long");
}

TEST_F(EmulatedExecution, originals_must_preserve_registers) {
  const std::string ir = "define void @f() {\nret void\n}";
  for (const std::string change :
       {"mov x19, #0", "mov x29, #0", "fmov d8, xzr", "sub sp, sp, #16", "msr fpcr, x30"})
    expect_open(emulate(aarch64_function(change + "\nret"), ir, "f", patient(20)),
                "broke the rules");
  // Of v8 to v15, the upper half is anyone's.
  expect_same(emulate(aarch64_function("mov v8.d[1], xzr\nmov x18, #0\nret"), ir, "f", patient(20)),
              20);
}

TEST_F(EmulatedExecution, what_cannot_be_run_is_undecided) {
  const std::string ir = "define void @f() {\nret void\n}";
  for (const std::string call : {"svc #0", ".inst 0xd4000001", "hlt #0xf000", "hvc #1"})
    expect_open(emulate(aarch64_function(call + "\nret"), ir), "system calls");
  expect_open(emulate(aarch64_function("mrs x0, tpidr_el0\nret"), ir), "thread-local");
  // The floats would be packed on the stack.
  expect_open(emulate(aarch64_function("ret"),
                      "define void @f([4 x double], [3 x double], [2 x float]) {\nret void\n}"),
              "on the stack");
}

TEST_F(EmulatedExecution, without_an_emulator_it_says_what_to_install) {
  const char* before = std::getenv("LLMC_QEMU_AARCH64");
  const std::string old = before != nullptr ? before : "";
  ::setenv("LLMC_QEMU_AARCH64", "/nowhere/qemu-aarch64", 1);
  const ExecutionVerdict verdict =
      emulate(aarch64_function("ret"), "define void @f() {\nret void\n}");
  ::setenv("LLMC_QEMU_AARCH64", old.c_str(), 1);
  expect_open(verdict, "there is no /nowhere/qemu-aarch64; install qemu-user");
}

TEST_F(EmulatedExecution, an_emulator_that_fails_is_an_error) {
  const Emulator broken{"/bin/false", ""};
  EXPECT_THAT(test::message_of(run_in_child([&] { return judge_emulated(broken, {}); })),
              HasSubstr("/bin/false ended with exit status 1"));
}

TEST_F(EmulatedExecution, the_emulator_writes_no_files_and_signals_nobody) {
  const TemporaryFolder folder = test::temporary_folder();
  const auto script = folder.path() / "emulator";
  const auto victim = folder.path() / "victim";
  ASSERT_TRUE(write_file(victim, "old"));
  const std::string text = "#!/bin/sh\nprintf one\n(printf new >" + victim.string() +
                           ")\nprintf two\n(kill -9 $PPID)\nprintf three\nexit 1\n";
  ASSERT_TRUE(write_file(script, text));
  std::filesystem::permissions(script, std::filesystem::perms::owner_all);
  EXPECT_EQ(test::message_of(run_in_child([&] { return judge_emulated({script, ""}, {}); })),
            "onetwothree");
  EXPECT_EQ(test::contents(victim), "old");
}

TEST_F(EmulatedExecution, a_seed_gives_the_same_verdict_each_time) {
  const std::string sum = aarch64_function("add w0, w0, #1\nret");
  const std::string ir =
      "define i32 @f(i32 %0) {\n%2 = icmp eq i32 %0, 4096\n%3 = add i32 %0, 1\n"
      "%4 = select i1 %2, i32 5, i32 %3\nret i32 %4\n}";
  const ExecutionVerdict first = emulate(sum, ir, "f", patient(1000));
  const ExecutionVerdict second = emulate(sum, ir, "f", patient(1000));
  expect_other(first, "called with (4096)");
  EXPECT_EQ(first.reason, second.reason);
}

TEST_F(EmulatedExecution, what_clang_makes_of_a_program_is_equal_to_its_ir) {
  const auto source = test::source_path("examples/hashmap.c").string();
  const auto clang = [&](const std::string& kind) {
    return test::output_of({test::llvm_tool("clang"), "--target=aarch64-linux-gnu", "-Oz", "-S",
                            "-w", kind, "-o", "-", source});
  };
  const std::string assembly = clang("-fPIC");
  const std::string ir = clang("-emit-llvm");
  for (const std::string function : {"map_get", "map_put", "map_remove", "hash_string"}) {
    const ExecutionVerdict verdict = test::take(
        run_both(assembly, ir, function, NormalTarget::aarch64, patient(100)), "run_both");
    EXPECT_EQ(verdict.outcome, ExecutionOutcome::equal) << function << ": " << verdict.reason;
  }
}

}  // namespace
}  // namespace llmc
