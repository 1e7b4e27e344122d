#include "toolchain/codegen.h"

#include <functional>
#include <set>

#include "ir/module.h"
#include "testing.h"
#include "toolchain/front_end.h"
#include "toolchain/program.h"

namespace llmc {
namespace {

using test::message_of;
using test::take;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// The options that clang itself derives from `flags`, read from its -###.
CodegenOptions options_for(const std::vector<std::string>& flags) {
  const TemporaryFolder folder = test::temporary_folder();
  EXPECT_TRUE(write_file(folder.path() / "a.c", "int f(int x) { return x + 1; }\n"));
  std::vector<std::string> unsupported;
  const CodegenOptions options = take(
      take(FrontEnd::find()).codegen_options({folder.path(), "a.c", flags, false}, unsupported));
  EXPECT_THAT(unsupported, IsEmpty());
  return options;
}

TEST(CodegenOptions, DefaultsAreClangsWithoutFlags) {
  CodegenOptions expected;
  expected.triple = "x86_64-pc-linux-gnu";
  expected.cpu = "x86-64";
  EXPECT_EQ(options_for({}), expected) << options_for({}).key() << "\n" << expected.key();
}

TEST(CodegenOptions, FollowRelocation) {
  EXPECT_EQ(options_for({"-fPIC"}).relocation_model, "pic");
  EXPECT_EQ(options_for({"-fPIE"}).relocation_model, "pic");
  EXPECT_EQ(options_for({"-fno-pic"}).relocation_model, "static");
}

TEST(CodegenOptions, FollowSections) {
  const CodegenOptions options = options_for({"-ffunction-sections", "-fdata-sections"});
  EXPECT_TRUE(options.function_sections);
  EXPECT_TRUE(options.data_sections);
  EXPECT_TRUE(options.unique_section_names);
  EXPECT_FALSE(options_for({"-ffunction-sections", "-fno-function-sections"}).function_sections);
  EXPECT_FALSE(options_for({"-fno-unique-section-names"}).unique_section_names);
}

TEST(CodegenOptions, FollowTheCodeModel) {
  EXPECT_EQ(options_for({}).code_model, "");
  EXPECT_EQ(options_for({"-mcmodel=large"}).code_model, "large");
}

TEST(CodegenOptions, FollowTheProcessor) {
  const CodegenOptions options = options_for({"-march=haswell"});
  EXPECT_EQ(options.cpu, "haswell");
  const CodegenOptions without = options_for({"-mno-sse3", "-mavx"});
  EXPECT_EQ(without.cpu, "x86-64");
  EXPECT_THAT(without.features, HasSubstr("-sse3"));
  EXPECT_THAT(without.features, HasSubstr("+avx"));
}

TEST(CodegenOptions, FollowTheTarget) {
  const CodegenOptions options = options_for({"--target=aarch64-linux-gnu"});
  EXPECT_THAT(options.triple, testing::StartsWith("aarch64-"));
  EXPECT_EQ(options.cpu, "generic");
  EXPECT_EQ(options.abi, "aapcs");
}

TEST(CodegenOptions, FollowTheRest) {
  EXPECT_FALSE(options_for({"-fno-addrsig"}).address_significance_table);
  EXPECT_EQ(options_for({"-ffp-contract=off"}).fp_contract, "off");
  EXPECT_EQ(options_for({"-ffp-contract=fast"}).fp_contract, "fast");
  EXPECT_TRUE(options_for({"-femulated-tls"}).emulated_tls);
  EXPECT_TRUE(options_for({"-fstack-size-section"}).stack_size_section);
  EXPECT_FALSE(options_for({"-fno-unroll-loops"}).unroll_loops);
  EXPECT_FALSE(options_for({"-fno-slp-vectorize"}).vectorize_slp);
  EXPECT_TRUE(options_for({"-fmerge-all-constants", "-fvectorize"}).vectorize_loops);
}

TEST(CodegenOptions, NameWhatIsNotReproduced) {
  std::vector<std::string> unsupported;
  codegen_options_from_cc1({"-cc1", "-triple", "x86_64-pc-linux-gnu", "-mllvm", "-x=1",
                            "-fsanitize=address", "-flto=thin"},
                           unsupported);
  EXPECT_THAT(unsupported, ElementsAre("-mllvm -x=1", "-fsanitize=address", "-flto=thin"));
}

TEST(CodegenOptions, SurviveAFlagWithoutItsValue) {
  std::vector<std::string> unsupported;
  for (const char* last : {"-triple", "-target-cpu", "-target-feature", "-mllvm", "-mcmodel="})
    codegen_options_from_cc1({"-cc1", last}, unsupported);
  EXPECT_THAT(unsupported, IsEmpty());
}

TEST(CodegenOptions, EveryFieldIsInTheKey) {
  const std::vector<std::function<void(CodegenOptions&)>> changes = {
      [](auto& o) { o.level = CodegenLevel::o0; },
      [](auto& o) { o.triple = "x"; },
      [](auto& o) { o.cpu = "x"; },
      [](auto& o) { o.features = "x"; },
      [](auto& o) { o.abi = "x"; },
      [](auto& o) { o.relocation_model = "x"; },
      [](auto& o) { o.code_model = "x"; },
      [](auto& o) { o.fp_contract = "x"; },
      [](auto& o) { o.function_sections ^= true; },
      [](auto& o) { o.data_sections ^= true; },
      [](auto& o) { o.unique_section_names ^= true; },
      [](auto& o) { o.address_significance_table ^= true; },
      [](auto& o) { o.emulated_tls ^= true; },
      [](auto& o) { o.relax_all ^= true; },
      [](auto& o) { o.use_init_array ^= true; },
      [](auto& o) { o.stack_size_section ^= true; },
      [](auto& o) { o.unroll_loops ^= true; },
      [](auto& o) { o.vectorize_loops ^= true; },
      [](auto& o) { o.vectorize_slp ^= true; },
      [](auto& o) { o.merge_functions ^= true; },
      [](auto& o) { o.debug_info_for_profiling ^= true; }};
  std::set<std::string> keys = {CodegenOptions().key()};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    CodegenOptions options;
    changes[i](options);
    EXPECT_TRUE(keys.insert(options.key()).second) << "change " << i << " is not in the key";
  }
}

TEST(CodeGenerator, RefusesATargetThatIsNotThere) {
  EXPECT_THAT(message_of(CodeGenerator::create({}, "zx81-unknown-none")), HasSubstr("zx81"));
}

TEST(CodeGenerator, EmitsForManyModulesWithOneGenerator) {
  const std::string text = "define i32 @f(i32 %x) minsize optsize {\n  ret i32 %x\n}\n";
  const CodeGenerator generator = take(CodeGenerator::create({}, "x86_64-pc-linux-gnu"));
  std::set<std::string> objects;
  for (int i = 0; i < 5; ++i) {
    IrModule module = take(IrModule::parse(text, "a.ll"));
    objects.insert(take(generator.emit_object(module.module())));
  }
  EXPECT_EQ(objects.size(), 1U) << "the same module gave different objects";
}

TEST(CodeGenerator, PrintsAssembly) {
  IrModule module = take(IrModule::parse("define i32 @f(i32 %x) {\n  ret i32 %x\n}\n", "a.ll"));
  const CodeGenerator generator = take(CodeGenerator::create({}, "x86_64-pc-linux-gnu"));
  EXPECT_THAT(take(generator.emit_assembly(module.module())), HasSubstr("movl\t%edi, %eax"));
}

TEST(CodeGenerator, LowersWithoutOptimisationAsThePaperDid) {
  const std::string text =
      "define i32 @f(i32 %x) {\n  %p = alloca i32\n  store i32 %x, ptr %p\n"
      "  %y = load i32, ptr %p\n  %z = add i32 %y, %x\n  ret i32 %z\n}\n";
  const auto size_at = [&](CodegenLevel level) {
    CodegenOptions options;
    options.level = level;
    IrModule module = take(IrModule::parse(text, "a.ll"));
    return take(
        take(CodeGenerator::create(options, "x86_64-pc-linux-gnu")).emit_assembly(module.module()));
  };
  EXPECT_NE(size_at(CodegenLevel::o0), size_at(CodegenLevel::oz));
}

}  // namespace
}  // namespace llmc
