// opt is the authority: the in-process engine gives the IR that opt gives.
#include "toolchain/optimizer.h"

#include <regex>

#include "catalogue.h"
#include "ir/module.h"
#include "ir/split.h"
#include "passes/pass_list.h"
#include "testing.h"
#include "toolchain/front_end.h"

namespace llmc {
namespace {

using test::catalogue;
using test::llvm_tool;
using test::message_of;
using test::take;
using testing::HasSubstr;
using testing::SizeIs;

const Program& example_program() {
  static const Program program =
      take(take(FrontEnd::find()).compile({{}, test::source_path("examples/json.c"), {}, false}));
  return program;
}

/// The IR, with names that do not depend on who read it.
std::string text_of(const std::string& bitcode) {
  return take(IrModule::parse(bitcode, "module")).text();
}

/// The IR after `steps`, each run by itself on the same Optimizer.
std::string text_after(const std::vector<std::string>& steps) {
  IrModule module = take(IrModule::parse(example_program().bitcode, "module"));
  const CodeGenerator generator =
      take(CodeGenerator::create(example_program().codegen, example_program().triple));
  {
    Optimizer optimizer(module.module(), generator);
    for (const std::string& step : steps) EXPECT_TRUE(optimizer.run(step)) << step;
  }
  return text_of(module.bitcode());
}

std::string text_by_opt(const std::string& list) {
  const TemporaryFolder folder = test::temporary_folder();
  const std::string before = (folder.path() / "before.bc").string();
  const std::string after = (folder.path() / "after.bc").string();
  EXPECT_TRUE(write_file(before, example_program().bitcode));
  test::output_of({llvm_tool("opt"), "-passes=" + list, before, "-o", after});
  return text_of(test::contents(after));
}

class OptimizerAgainstOpt : public testing::TestWithParam<std::vector<std::string>> {};

TEST_P(OptimizerAgainstOpt, GivesTheSameIrStepByStep) {
  std::string list;
  for (const std::string& step : GetParam()) list += (list.empty() ? "" : ",") + step;
  EXPECT_EQ(text_after(GetParam()), text_by_opt(list)) << list;
  EXPECT_EQ(text_after({list}), text_by_opt(list)) << list;
}

using Steps = std::vector<std::string>;
INSTANTIATE_TEST_SUITE_P(
    Lists, OptimizerAgainstOpt,
    testing::Values(
        Steps{"globaldce"}, Steps{"function(sroa<modify-cfg>)", "function(gvn)"},
        Steps{"default<Oz>"}, Steps{"default<O2>", "function(gvn)", "globaldce"},
        Steps{"function(mem2reg)", "cgscc(inline)", "function(instcombine<no-verify-fixpoint>)",
              "function(simplifycfg)", "function(loop-mssa(licm))"},
        // GlobalsAA, once computed, changes what later passes see: analyses must be kept.
        Steps{"require<globals-aa>", "function(gvn)", "function(dse)", "function(loop-mssa(licm))",
              "default<Oz>"},
        Steps{"function(loop(loop-rotate))", "function(loop(indvars))",
              "function(loop(loop-deletion))", "deadargelim", "globalopt", "constmerge"}));

TEST(Optimizer, ARejectedListRunsNothing) {
  IrModule module = take(IrModule::parse(example_program().bitcode, "module"));
  const Digest before = module.digest();
  const CodeGenerator generator =
      take(CodeGenerator::create(example_program().codegen, example_program().triple));
  {
    Optimizer optimizer(module.module(), generator);
    EXPECT_THAT(message_of(optimizer.run("default<Oz>,no-such-pass")), HasSubstr("no-such-pass"));
  }
  EXPECT_EQ(module.digest(), before);
}

TEST(Optimizer, ClangsPipelineIsNotTheTextualOne) {
  // The trap of research/tuning.md §9: default<Oz> has the SLP vectoriser off.
  EXPECT_THAT(clang_oz_pipeline_text(), HasSubstr("slp-vectorizer"));
}

TEST(Optimizer, ClangsPipelineTextIsAPassList) {
  const PassList list = take(PassList::parse(clang_oz_pipeline_text(), catalogue()));
  EXPECT_GT(list.pass_count(), 50U);
  EXPECT_EQ(take(PassList::parse(list.to_string(), catalogue())), list);
  EXPECT_TRUE(check_with_llvm(list.to_string()));
  EXPECT_EQ(list.tier(catalogue()), PassTier::trusted);
}

// Excluded ones (annotation-remarks) do not transform, so their tier means nothing.
TEST(Optimizer, PassesOfClangsPipelineAreTrusted) {
  const PassList list = take(PassList::parse(clang_oz_pipeline_text(), catalogue()));
  const auto check = [](const auto& self, const std::vector<PassElement>& elements) -> void {
    for (const PassElement& element : elements) {
      self(self, element.inner);
      if (element.is_manager || element.name == "require" || element.name == "invalidate") continue;
      const PassInfo* pass = catalogue().find(element.name);
      ASSERT_NE(pass, nullptr) << element.name;
      EXPECT_TRUE(pass->tier == PassTier::trusted || !pass->excluded.empty())
          << pass->name << " is " << to_string(pass->tier);
    }
  };
  check(check, list.elements());
}

TEST(CheckWithLlvm, IsLlvmsOwnOpinion) {
  EXPECT_TRUE(check_with_llvm("function(gvn<no-pre>),globaldce"));
  EXPECT_TRUE(check_with_llvm("instcombine,gvn"));
  EXPECT_THAT(message_of(check_with_llvm("no-such-pass")), HasSubstr("no-such-pass"));
  EXPECT_FALSE(check_with_llvm("function(globaldce)"));
  EXPECT_FALSE(check_with_llvm("function((("));
}

/// opt on the function alone, in a module of its own, is the authority for a part of a list.
TEST(TargetedPart, ChangesItsFunctionAsOptDoesAndNoOther) {
  const std::string before = text_after({});
  const std::string after = text_after({"on<skip_digits>(sroa,simplifycfg)"});
  const std::string everywhere = text_by_opt("function(sroa,simplifycfg)");
  const auto body = [](const std::string& text, const std::string& name) {
    std::size_t begin = 0;
    do {
      begin = text.find("\ndefine ", begin + 1);
    } while (begin != text.npos &&
             !text.substr(begin, text.find('\n', begin + 1) - begin).contains("@" + name + "("));
    const std::size_t line = text.find('\n', begin + 1);
    const std::string lines = text.substr(line, text.find("\n}\n", begin) - line);
    // Attributes and metadata are numbered by module.
    return std::regex_replace(lines, std::regex("[#!][0-9]+"), "#");
  };
  std::string changed;
  for (const std::string& function : defined_functions(
           take(IrModule::parse(example_program().bitcode, "module", ValueNames::keep)))) {
    const bool same = body(before, function) == body(after, function);
    if (same) continue;
    changed += function + ' ';
  }
  EXPECT_EQ(changed, "skip_digits ");
  EXPECT_EQ(body(after, "skip_digits"), body(everywhere, "skip_digits"));
}

TEST(TargetedPart, WithoutItsFunctionDoesNothing) {
  EXPECT_EQ(text_after({"on<no_such_function>(sroa)"}), text_after({}));
}

}  // namespace
}  // namespace llmc
