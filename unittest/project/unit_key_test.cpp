#include "project/unit_key.h"

#include "ir/module.h"
#include "project/unit.h"
#include "soundness/compiler_wrapper.h"
#include "testing.h"
#include "toolchain/front_end.h"

namespace llmc {
namespace {

using test::take;

Program compile(const std::filesystem::path& source, const std::vector<std::string>& flags = {}) {
  const FrontEnd front_end = take(FrontEnd::find());
  CompileCommand command{"", source, flags, source.extension() == ".cpp"};
  return take(front_end.compile(command), source.c_str());
}

Digest key_of(const std::filesystem::path& source, const std::vector<std::string>& flags = {}) {
  return take(unit_key(compile(source, flags)));
}

/// C and C++, small enough to compile often.
std::vector<std::filesystem::path> some_sources() {
  return {test::source_path("examples/btree.c"), test::source_path("examples/json.c"),
          test::source_path("examples/geometry.cpp")};
}

TEST(UnitKey, IsTheSameWithDebugInformation) {
  for (const auto& source : some_sources()) {
    const Digest plain = key_of(source);
    EXPECT_EQ(key_of(source, {"-g"}), plain) << source;
    EXPECT_EQ(key_of(source, {"-g3", "-gdwarf-4"}), plain) << source;
  }
}

TEST(UnitKey, IsTheSameUnderAnotherNameInAnotherFolder) {
  const TemporaryFolder folder = test::temporary_folder();
  const auto source = test::source_path("examples/lru.cpp");
  const auto copy = folder.path() / "another name.cpp";
  std::filesystem::copy_file(source, copy);
  EXPECT_EQ(key_of(copy), key_of(source));
}

TEST(UnitKey, ChangesWithContentAndCodeGeneration) {
  const auto source = test::source_path("examples/btree.c");
  const Digest key = key_of(source);
  EXPECT_NE(key_of(test::source_path("examples/json.c")), key);
  EXPECT_NE(key_of(source, {"-ffunction-sections"}), key);
  EXPECT_NE(key_of(source, {"-march=haswell"}), key);
  EXPECT_NE(key_of(source, {"-fno-pic"}), key);
}

TEST(UnitKey, LeavesTheModuleAsItWas) {
  for (const std::vector<std::string>& flags : {std::vector<std::string>{}, {"-g"}}) {
    const Program program = compile(test::source_path("examples/btree.c"), flags);
    IrModule module = take(IrModule::parse(program.bitcode, "unit", ValueNames::discard));
    const std::string before = module.text();
    take(unit_key(module, program.codegen));
    EXPECT_EQ(module.text(), before);
  }
}

TEST(ProgramWithoutDebugInfo, HasTheKeyAndTheIdOfOneThatNeverHadAny) {
  const auto source = test::source_path("examples/inflate.c");
  const Program plain = compile(source);
  const Program with = compile(source, {"-g"});
  const Program stripped = take(program_without_debug_info(with.bitcode, "unit", with.codegen));
  EXPECT_EQ(take(unit_key(stripped)), take(unit_key(plain)));
  EXPECT_EQ(take(baseline_object(stripped)).size(), take(baseline_object(plain)).size());
}

// --- Lowering ------------------------------------------------------------------------------------

std::string lowered(const Program& program, const std::string& list) {
  return take(
      take(Unit::parse(program.bitcode, "unit", program.codegen)).lower(list, UnitOutput::object));
}

TEST(Unit, ClangsOwnListGivesClangsOwnObject) {
  const FrontEnd front_end = take(FrontEnd::find());
  for (const auto& source : some_sources())
    for (const std::vector<std::string>& flags : {std::vector<std::string>{}, {"-g"}}) {
      const CompileCommand command{"", source, flags, source.extension() == ".cpp"};
      EXPECT_EQ(lowered(compile(source, flags), std::string(k_clang_oz)),
                take(front_end.clang_oz_object(command)))
          << source;
    }
}

TEST(Unit, TheCodeIsTheSameWithDebugInformation) {
  const auto source = test::source_path("examples/scheduler.c");
  const std::string plain = lowered(compile(source), "default<Os>,globaldce");
  const std::string with = lowered(compile(source, {"-g"}), "default<Os>,globaldce");
  EXPECT_NE(plain, with);
  EXPECT_TRUE(take(have_equal_code(plain, with)));
}

TEST(Unit, DifferentCodeIsSeen) {
  const Program program = compile(test::source_path("examples/scheduler.c"));
  EXPECT_FALSE(
      take(have_equal_code(lowered(program, "default<O1>"), lowered(program, "default<O2>"))));
}

TEST(Unit, WhatLlvmHasToSayIsLeftToClang) {
  const TemporaryFolder folder = test::temporary_folder();
  const auto source = folder.path() / "f.c";
  ASSERT_TRUE(write_file(source, "void f(void) { __asm__(\"no such instruction\"); }\n"));
  const Program program = compile(source);
  auto unit = take(Unit::parse(program.bitcode, "unit", program.codegen));
  EXPECT_THAT(test::message_of(std::move(unit).lower(std::string(k_clang_oz), UnitOutput::object)),
              testing::HasSubstr("LLVM says"));
}

TEST(Unit, ACompilerOfAnotherVersionIsRefused) {
  const Program program = compile(test::source_path("test/Inputs/collatz.c"));
  IrModule module = take(IrModule::parse(program.bitcode, "unit"));
  std::string text = module.text();
  const std::string version = "version " + toolchain_version();
  text.replace(text.find(version), version.size(), "version 18.1.8");
  const std::string other = take(IrModule::parse(text, "unit")).bitcode();
  EXPECT_THAT(test::message_of(Unit::parse(other, "unit", program.codegen)),
              testing::HasSubstr("version 18.1.8"));
}

}  // namespace
}  // namespace llmc
