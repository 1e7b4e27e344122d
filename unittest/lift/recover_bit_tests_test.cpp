#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Verifier.h>

#include <set>
#include <string>

#include "ir/module.h"
#include "lift/recover.h"

namespace llmc {
namespace {

using testing::ElementsAre;

/// `f` with a test of `mask`, whose set bits and other values lead where the text says.
std::string test_of(const std::string& bound, const std::string& condition,
                    const std::string& branch) {
  return "define i32 @f(i16 %x) {\n"
         "entry:\n  %in = icmp " +
         bound +
         "\n  br i1 %in, label %test, label %no\n"
         "test:\n  %wide = zext i16 %x to i32\n  %shifted = lshr i32 51296, %wide\n" +
         condition + "  br i1 %bit, label " + branch +
         "\n"
         "yes:\n  br label %no\n"
         "no:\n  %r = phi i32 [ 7, %yes ], [ 0, %test ], [ 0, %entry ]\n  ret i32 %r\n}\n";
}

/// The cases of the only switch after recovery, in order; empty if there is none.
std::set<std::uint64_t> cases_after(const std::string& text) {
  auto module = IrModule::parse(text, "the test");
  EXPECT_TRUE(module) << text;
  if (!module) return {};
  llvm::Function& function = *module->module().getFunction("f");
  recover_bit_tests(function);
  EXPECT_FALSE(llvm::verifyFunction(function, nullptr)) << module->text();
  std::set<std::uint64_t> cases;
  for (llvm::BasicBlock& block : function)
    if (auto* const jump = llvm::dyn_cast<llvm::SwitchInst>(block.getTerminator()))
      for (const auto& one : jump->cases()) cases.insert(one.getCaseValue()->getZExtValue());
  return cases;
}

constexpr const char* k_truncated = "  %bit = trunc i32 %shifted to i1\n";
constexpr const char* k_masked = "  %low = and i32 %shifted, 1\n  %bit = icmp eq i32 %low, 0\n";

TEST(RecoverBitTests, MakesACaseOfEachBitOfTheMask) {
  EXPECT_THAT(cases_after(test_of("ult i16 %x, 16", k_truncated, "%yes, label %no")),
              ElementsAre(5, 6, 11, 14, 15));
}

TEST(RecoverBitTests, LooksAtNoBitBeyondTheBound) {
  EXPECT_THAT(cases_after(test_of("ult i16 %x, 12", k_truncated, "%yes, label %no")),
              ElementsAre(5, 6, 11));
  EXPECT_THAT(cases_after(test_of("ule i16 %x, 5", k_truncated, "%yes, label %no")),
              ElementsAre(5));
}

TEST(RecoverBitTests, KnowsATestForAClearBit) {
  EXPECT_THAT(cases_after(test_of("ult i16 %x, 16", k_masked, "%no, label %yes")),
              ElementsAre(5, 6, 11, 14, 15));
}

TEST(RecoverBitTests, MakesCasesOfClearBitsWhereTheSetOnesGoOutside) {
  EXPECT_THAT(cases_after(test_of("ult i16 %x, 8", k_truncated, "%no, label %yes")),
              ElementsAre(0, 1, 2, 3, 4, 7));
}

TEST(RecoverBitTests, LeavesAShiftByMoreThanTheMaskHasAlone) {
  EXPECT_TRUE(cases_after(test_of("ult i16 %x, 33", k_truncated, "%yes, label %no")).empty());
}

TEST(RecoverBitTests, LeavesATestOfAnotherValueThanTheBoundsAlone) {
  EXPECT_TRUE(cases_after(test_of("ult i16 9, 16", k_truncated, "%yes, label %no")).empty());
}

TEST(RecoverBitTests, LeavesWaysThatBringDifferentValuesAlone) {
  std::string text = test_of("ult i16 %x, 16", k_truncated, "%yes, label %no");
  const std::size_t at = text.find("[ 0, %test ]");
  text.replace(at, 12, "[ 1, %test ]");
  EXPECT_TRUE(cases_after(text).empty());
}

}  // namespace
}  // namespace llmc
