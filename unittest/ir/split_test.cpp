#include "ir/split.h"

#include "ir/normal_form.h"
#include "testing.h"

namespace llmc {
namespace {

using test::message_of;
using test::take;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* k_module = R"(
@table = private constant [2 x i32] [i32 3, i32 4]
@0 = internal global i32 7
@llvm.global_ctors = appending global [1 x { i32, ptr, ptr }] [{ i32, ptr, ptr } { i32 1, ptr @start, ptr null }]
define internal void @start() {
  ret void
}
define internal i32 @pick(i32 %i) {
  %p = getelementptr [2 x i32], ptr @table, i32 0, i32 %i
  %v = load i32, ptr %p
  %w = load i32, ptr @0
  %s = add i32 %v, %w
  ret i32 %s
}
define i32 @main() {
  %v = call i32 @pick(i32 1)
  ret i32 %v
}
)";

std::string bitcode() { return take(IrModule::parse(k_module, "m")).bitcode(); }

TEST(SplitModule, EachHalfDefinesWhatTheOtherDeclares) {
  const SplitModule split = take(split_module(bitcode(), "pick"));
  EXPECT_THAT(
      split.function.text(),
      AllOf(HasSubstr("define hidden i32 @pick"), HasSubstr("@table = external hidden constant"),
            Not(HasSubstr("@main")), Not(HasSubstr("@start")), Not(HasSubstr("global_ctors"))));
  EXPECT_THAT(split.rest.text(),
              AllOf(HasSubstr("declare hidden i32 @pick"), HasSubstr("define i32 @main"),
                    HasSubstr("@table = hidden constant"), HasSubstr("global_ctors")));
  EXPECT_EQ(split.function.instruction_count(), 5U);
  EXPECT_EQ(split.rest.instruction_count(), 3U);
}

TEST(SplitModule, WhatHangsTogetherIsRefused) {
  EXPECT_THAT(message_of(split_module(bitcode(), "none")), HasSubstr("no such function"));
  const std::string aliased =
      take(IrModule::parse("define void @f() {\n  ret void\n}\n@g = alias void (), ptr @f\n", "m"))
          .bitcode();
  EXPECT_THAT(message_of(split_module(aliased, "f")), HasSubstr("aliases"));
  const std::string labels =
      take(IrModule::parse("@t = constant ptr blockaddress(@f, %a)\n"
                           "define void @f() {\n  br label %a\na:\n  ret void\n}\n",
                           "m"))
          .bitcode();
  EXPECT_THAT(message_of(split_module(labels, "f")), HasSubstr("labels"));
}

TEST(ExtractFunction, GivesTheFirstHalfOfASplit) {
  for (const auto& source : test::example_sources()) {
    if (source.extension() != ".c") continue;
    const std::string text =
        test::output_of({test::llvm_tool("clang"), "-Oz", "-Xclang", "-disable-llvm-passes",
                         "-emit-llvm", "-S", source.string(), "-o", "-"});
    const IrModule whole = take(IrModule::parse(text, source.string()));
    const std::string bytes = whole.bitcode();
    for (const std::string& function : defined_functions(whole)) {
      const IrModule extracted = take(extract_function(bytes, function));
      const SplitModule split = take(split_module(bytes, function));
      EXPECT_EQ(take(normal_text(extracted)), take(normal_text(split.function))) << function;
      EXPECT_EQ(defined_functions(extracted), std::vector{function});
    }
  }
}

TEST(ExtractFunctions, GivesWhatExtractFunctionGivesForEach) {
  std::size_t functions = 0;
  for (const auto& source : test::example_sources()) {
    const std::string unit =
        test::output_of({test::llvm_tool("clang"), "-Oz", "-Xclang", "-disable-llvm-passes", "-c",
                         "-emit-llvm", "-o", "-", source.string()});
    const auto names = defined_functions(take(IrModule::parse(unit, source.string())));
    auto next = names.begin();
    const auto take_one = [&](const std::string& name, const Result<IrModule>& extracted) {
      ASSERT_NE(next, names.end());
      EXPECT_EQ(name, *next++);
      const auto alone = extract_function(unit, name);
      ASSERT_EQ(alone.has_value(), extracted.has_value()) << name;
      if (alone) EXPECT_EQ(take(normal_text(*extracted)), take(normal_text(*alone))) << name;
      ++functions;
    };
    ASSERT_TRUE(extract_functions(unit, names, take_one));
    EXPECT_EQ(next, names.end());
  }
  EXPECT_GT(functions, 100U);
}

TEST(ExtractFunctions, KeepsTheOrderAroundWhatCannotBeCutOut) {
  std::string text;
  std::vector<std::string> names;
  for (int i = 0; i < 40; ++i) {
    const std::string name = "f" + std::to_string(i);
    names.push_back(name);
    text += i % 7 == 3 ? "define void @" + name + "(ptr %p) {\n  store ptr blockaddress(@" + name +
                             ", %there), ptr %p\n  br label %there\nthere:\n  ret void\n}\n"
                       : "define void @" + name + "() {\n  ret void\n}\n";
  }
  const std::string unit = take(IrModule::parse(text, "m")).bitcode();
  std::vector<std::string> seen;
  ASSERT_TRUE(extract_functions(unit, names, [&](const std::string& name, const auto& extracted) {
    EXPECT_EQ(extracted.has_value(), extract_function(unit, name).has_value()) << name;
    seen.push_back(name);
  }));
  EXPECT_EQ(seen, names);
}

TEST(ExtractFunction, MakesDeclarationsOfAliases) {
  const std::string aliased = take(IrModule::parse("define void @f() {\n  ret void\n}\n"
                                                   "@g = alias void (), ptr @f\n"
                                                   "@v = global i32 1\n@w = alias i32, ptr @v\n"
                                                   "define ptr @h() {\n  call void @g()\n"
                                                   "  ret ptr @w\n}\n",
                                                   "m"))
                                  .bitcode();
  EXPECT_EQ(take(normal_text(take(extract_function(aliased, "h")))),
            "@w = external global i32\n"
            "define ptr @h() {\ncall void @g()\nret ptr @w\n}\n"
            "declare void @g()\n");
  EXPECT_THAT(message_of(extract_function(aliased, "none")), HasSubstr("no such function"));
}

}  // namespace
}  // namespace llmc
