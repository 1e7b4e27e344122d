#include "project/cold_functions.h"

#include <gmock/gmock.h>

#include "ir/module.h"
#include "project/speed_build.h"
#include "testing.h"

namespace llmc {
namespace {

using test::take;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

/// Unoptimised IR of a source at -O2.
IrModule module_from(const std::string& source, const std::string& name = "unit.c") {
  const TemporaryFolder folder = test::temporary_folder();
  const std::string file = (folder.path() / name).string();
  EXPECT_TRUE(write_file(file, source));
  return take(IrModule::parse(
      test::output_of({test::llvm_tool("clang"), "-O2", "-Xclang", "-disable-llvm-passes",
                       "-emit-llvm", "-S", "-o", "-", file}),
      name));
}

std::vector<std::string> cold_in(const std::string& source, const std::string& name = "unit.c") {
  return find_cold_functions(module_from(source, name), nullptr).names;
}

TEST(ColdFunctions, WhatTheSourceCallsColdIs) {
  EXPECT_THAT(cold_in("__attribute__((cold)) int f(int x) { return x * x; }\n"
                      "__attribute__((hot)) int g(int x) { return x + x; }\n"
                      "int h(int x) { return x - 1; }\n"),
              ElementsAre("f"));
}

TEST(ColdFunctions, WhatAlwaysEndsInAnErrorIsAndSoIsWhatOnlyItCalls) {
  EXPECT_THAT(cold_in("void abort(void); int puts(const char *); void exit(int);\n"
                      "static void note(int n) { for (int i = 0; i < n; ++i) puts(\"!\"); }\n"
                      "void die(int n) { note(n); abort(); }\n"
                      "int f(int n) { if (n > 9) die(n); return n * 2; }\n"
                      "void leave(void) { puts(\"bye\"); exit(0); }\n"
                      "void fail(void) { puts(\"no\"); exit(1); }\n"),
              UnorderedElementsAre("note", "die", "fail"));
}

TEST(ColdFunctions, WhatIsCalledOnlyInUnlikelyBlocksIs) {
  const std::string calls =
      "static int slow(int n) { int s = 0; for (int i = 0; i < n; ++i) s += i % 7; return s; }\n"
      "int f(int n) { if (__builtin_expect(n < 0, 0)) return slow(-n); return n; }\n";
  EXPECT_THAT(cold_in("int g(int n);\n" + calls), ElementsAre("slow"));
  EXPECT_THAT(cold_in(calls + "int g(int n) { return slow(n); }\n"), IsEmpty());
  EXPECT_THAT(cold_in(calls + "int (*p)(int) = slow;\n"), IsEmpty());
}

TEST(ColdFunctions, ExceptionsAreErrors) {
  EXPECT_THAT(
      cold_in("struct Wrong {}; void risky(); int log(int);\n"
              "static int told(int n) { while (n > 0) n -= log(n); return n; }\n"
              "static int used(int n) { while (n > 0) n -= log(n + 1); return n; }\n"
              "int f(int n) {\n"
              "  try { risky(); return used(n); } catch (const Wrong&) { return told(n); }\n"
              "}\n",
              "unit.cpp"),
      UnorderedElementsAre("_ZL4toldi", "__clang_call_terminate"));
}

TEST(ColdFunctions, WhatRunsOnceIsOnlyIfNothingInItCanLoop) {
  const std::string start =
      "int puts(const char *); void work(int); int next(void);\n"
      "static void greet(void) { puts(\"hello\"); }\n"
      "static void serve(void) { for (int n; (n = next()) > 0;) work(n); }\n";
  EXPECT_THAT(cold_in(start + "int main(void) { greet(); return 0; }\n"),
              UnorderedElementsAre("greet", "main"));
  EXPECT_THAT(cold_in(start + "int main(void) { greet(); serve(); return 0; }\n"),
              ElementsAre("greet"));
  EXPECT_THAT(cold_in(start + "int main(void) { while (next()) greet(); return 0; }\n"), IsEmpty());
}

TEST(ColdFunctions, AProgramThatEndsByExitIsNotColdBeforeIt) {
  EXPECT_THAT(cold_in("void exit(int); int next(void); void work(int);\n"
                      "static void serve(void) { for (int n; (n = next()) > 0;) work(n); }\n"
                      "int main(void) { serve(); exit(1); }\n"),
              IsEmpty());
}

TEST(ColdFunctions, ByAListWhatHotOnesCallIsNot) {
  const std::string source =
      "int g(int); static int part(int n) { return g(n) * 3; }\n"
      "int hot(int n) { int s = 0; for (int i = 0; i < n; ++i) s += part(i); return s; }\n"
      "int other(int n) { int s = 0; for (int i = 0; i < n; ++i) s -= g(i); return s; }\n"
      "int asked(int n) { return other(n) + g(n); }\n";
  const HotFunctions hot = take(HotFunctions::parse("hot 1200 # perf\n\nasked 0\n"));
  const ColdFunctions cold = find_cold_functions(module_from(source), &hot);
  EXPECT_THAT(cold.names, ElementsAre("other", "asked"));
  EXPECT_EQ(cold.defined, 4U);
  EXPECT_EQ(cold.judge, ColdJudge::list);
}

TEST(ColdFunctions, AListThatNamesNothingOrIsNoListIsRefused) {
  EXPECT_FALSE(HotFunctions::parse(""));
  EXPECT_FALSE(HotFunctions::parse("main 0\n"));
  const auto wrong = HotFunctions::parse("main\n12 % main\n");
  ASSERT_FALSE(wrong);
  EXPECT_THAT(wrong.error().message, HasSubstr("line 2"));
}

TEST(ColdFunctions, OnlyTheNamedOnesAreMadeSmall) {
  IrModule module = module_from("int f(int x) { return x; }\nint g(int x) { return -x; }\n");
  EXPECT_THAT(module.text(), Not(HasSubstr("minsize")));
  make_small(module, {{"g", "missing"}, 2, ColdJudge::heuristics});
  const std::string text = module.text();
  EXPECT_THAT(text,
              HasSubstr("; Function Attrs: minsize nounwind optsize uwtable\ndefine dso_local i32 "
                        "@g("));
  EXPECT_THAT(text, HasSubstr("; Function Attrs: nounwind uwtable\ndefine dso_local i32 @f("));
}

TEST(SpeedBuild, TakesProfilesAwayAndNothingElse) {
  EXPECT_THAT(without_profile_use({"-O2", "-fprofile-use=a", "-fprofile-use", "-fprofile-arcs",
                                   "-fprofile-instr-use=b", "-fprofile-sample-use=c", "-c"}),
              ElementsAre("-O2", "-fprofile-arcs", "-c"));
}

}  // namespace
}  // namespace llmc
