#include "toolchain/assembly_printer.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "ir/module.h"
#include "toolchain/codegen.h"
#include "toolchain/front_end.h"

namespace llmc {
namespace {

/// Unoptimised IR of three of the examples.
std::vector<std::string> samples() {
  std::vector<std::string> bitcode;
  const auto front_end = FrontEnd::find();
  EXPECT_TRUE(front_end);
  if (!front_end) return bitcode;
  for (const char* name : {"inflate.c", "btree.c", "fixfft.c"}) {
    const CompileCommand command{
        "", std::filesystem::path(LLMC_SOURCE_FOLDER) / "examples" / name, {}, false};
    auto made = front_end->unoptimised_bitcode(command);
    EXPECT_TRUE(made) << name;
    if (made) bitcode.push_back(std::move(*made));
  }
  return bitcode;
}

TEST(AssemblyPrinter, PrintsModuleAfterModuleAsAFreshCodeGeneratorDoes) {
  const std::string triple = "x86_64-pc-linux-gnu";
  const auto generator = CodeGenerator::create(CodegenOptions(), triple);
  ASSERT_TRUE(generator);
  auto printer = AssemblyPrinter::create(*generator, triple);
  ASSERT_TRUE(printer);
  for (int round = 0; round < 2; ++round) {
    for (const std::string& bitcode : samples()) {
      auto once = IrModule::parse(bitcode, "the sample");
      auto again = IrModule::parse(bitcode, "the sample");
      ASSERT_TRUE(once && again);
      const auto expected = generator->emit_assembly(once->module());
      const auto printed = printer->print(again->module());
      ASSERT_TRUE(expected && printed);
      EXPECT_EQ(*printed, *expected);
    }
  }
}

TEST(AssemblyPrinter, RefusesAModuleForAnotherTarget) {
  const std::string triple = "x86_64-pc-linux-gnu";
  const auto generator = CodeGenerator::create(CodegenOptions(), triple);
  ASSERT_TRUE(generator);
  auto printer = AssemblyPrinter::create(*generator, triple);
  ASSERT_TRUE(printer);
  auto module = IrModule::parse("target datalayout = \"e-m:e-i64:64-i128:128\"\n", "the test");
  ASSERT_TRUE(module);
  const auto printed = printer->print(module->module());
  ASSERT_FALSE(printed);
  EXPECT_NE(printed.error().message.find("data layout"), std::string::npos);
}

}  // namespace
}  // namespace llmc
