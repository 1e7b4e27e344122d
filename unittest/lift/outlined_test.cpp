#include "lift/outlined.h"

#include <gmock/gmock.h>

#include "testing.h"

namespace llmc {
namespace {

using test::take;
using testing::ElementsAre;

std::string piece(const std::string& name, const std::string& body) {
  return "\t.text\n\t.type " + name + ",@function\n" + name + ":\n" + body + ".Lend_" + name +
         ":\n\t.size " + name + ", .-" + name + "\n";
}

AsmUnit put_back(const std::string& text) {
  return without_outlining(take(read_assembly(text, NormalTarget::aarch64, "test.s")));
}

/// The instructions of the first function, as text.
std::vector<std::string> instructions(const AsmUnit& unit) {
  std::vector<std::string> texts;
  for (const AsmInstruction& instruction : unit.functions.at(0).instructions)
    texts.push_back(instruction.text);
  return texts;
}

TEST(Outlined, APieceStandsWhereItWasCalled) {
  const AsmUnit unit =
      put_back(piece("f", "\tbl OUTLINED_FUNCTION_0\n\tret\n") +
               piece("OUTLINED_FUNCTION_0", "\tmov w0, #1\n\tadd w0, w0, w1\n\tret\n"));
  EXPECT_EQ(unit.functions.size(), 1U);
  EXPECT_THAT(instructions(unit), ElementsAre("mov w0, #1", "add w0, w0, w1", "ret"));
}

TEST(Outlined, ALastJumpBecomesACallWhereThePieceWasCalled) {
  const std::string outlined = piece("OUTLINED_FUNCTION_0", "\tmov w0, #1\n\tb g\n");
  EXPECT_THAT(instructions(put_back(piece("f", "\tbl OUTLINED_FUNCTION_0\n\tret\n") + outlined)),
              ElementsAre("mov w0, #1", "bl g", "ret"));
  EXPECT_THAT(instructions(put_back(piece("f", "\tb OUTLINED_FUNCTION_0\n") + outlined)),
              ElementsAre("mov w0, #1", "b g"));
  EXPECT_THAT(instructions(put_back(piece("f", "\tbl OUTLINED_FUNCTION_0\n\tret\n") +
                                    piece("OUTLINED_FUNCTION_0", "\tmov w0, #1\n\tbr x8\n"))),
              ElementsAre("mov w0, #1", "blr x8", "ret"));
}

TEST(Outlined, WhatKeptX30IsGone) {
  const std::string outlined =
      piece("OUTLINED_FUNCTION_0", "\tldr x8, [sp, #24]\n\tadd x8, x8, #1\n\tret\n");
  EXPECT_THAT(instructions(put_back(
                  piece("f", "\tmov x1, x30\n\tbl OUTLINED_FUNCTION_0\n\tmov x30, x1\n\tret\n") +
                  outlined)),
              ElementsAre("ldr x8, [sp, #24]", "add x8, x8, #1", "ret"));
  EXPECT_THAT(instructions(put_back(piece("f",
                                          "\tstr x30, [sp, #-16]!\n\tbl OUTLINED_FUNCTION_0\n"
                                          "\tldr x30, [sp], #16\n\tret\n") +
                                    outlined)),
              ElementsAre("ldr x8, [sp, #8]", "add x8, x8, #1", "ret"));
}

TEST(Outlined, APieceWithCallsKeepsX30ByItself) {
  EXPECT_THAT(
      instructions(put_back(
          piece("f", "\tbl OUTLINED_FUNCTION_0\n\tret\n") +
          piece("OUTLINED_FUNCTION_0",
                "\tstr x30, [sp, #-16]!\n\tbl g\n\tstr w0, [sp, #20]\n\tldr x30, [sp], #16\n"
                "\tret\n"))),
      ElementsAre("bl g", "str w0, [sp, #4]", "ret"));
}

TEST(Outlined, LabelsAreWhereTheyWere) {
  const AsmUnit unit =
      put_back(piece("f", "\tbl OUTLINED_FUNCTION_0\n.LBB0_1:\n\tcbz w0, .LBB0_1\n\tret\n") +
               piece("OUTLINED_FUNCTION_0", "\tmov w0, #1\n\tadd w0, w0, w1\n\tret\n"));
  ASSERT_FALSE(unit.functions[0].labels.empty());
  EXPECT_EQ(unit.functions[0].labels[0].name, ".LBB0_1");
  EXPECT_EQ(unit.functions[0].labels[0].at, 2U);
}

TEST(Outlined, WhatIsMoreThanASequenceStays) {
  const AsmUnit unit = put_back(
      piece("f", "\tbl OUTLINED_FUNCTION_0\n\tret\n") +
      piece("OUTLINED_FUNCTION_0", ".LBB1_0:\n\tsubs w0, w0, #1\n\tb.ne .LBB1_0\n\tret\n"));
  EXPECT_EQ(unit.functions.size(), 2U);
  EXPECT_THAT(instructions(unit), ElementsAre("bl OUTLINED_FUNCTION_0", "ret"));
}

}  // namespace
}  // namespace llmc
