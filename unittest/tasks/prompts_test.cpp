#include "tasks/prompts.h"

#include "testing.h"

namespace llmc {
namespace {

TEST(Prompts, AreThoseOfThePaperByteForByte) {
  EmulationPrompt prompt{CodeKind::ir, "module(default<Oz>)", "define i32 @f\n", 8, 65};
  EXPECT_EQ(to_string(prompt),
            "[INST] Give the LLVM-IR for the following code when optimized using opt -p "
            "'module(default<Oz>)':\n\n<code>define i32 @f\n</code>\n\nThe input code has "
            "instruction count 8 and binary size 65 bytes. [/INST]");
  prompt.wanted = CodeKind::assembly;
  EXPECT_EQ(to_string(prompt),
            "[INST] Give the assembly for the following code when optimized using opt -p "
            "'module(default<Oz>)':\n\n<code>define i32 @f\n</code>\n\nThe input code has "
            "instruction count 8 and binary size 65 bytes. [/INST]");
  EXPECT_EQ(flag_tuning_prompt("define i32 @f\n"),
            "[INST] Tell me how to optimize this LLVM-IR for object file size:\n\n"
            "<code>define i32 @f\n</code> [/INST]");
  EXPECT_EQ(disassembly_prompt("retq\n"),
            "[INST] Disassemble this code to LLVM-IR:\n\n<code>retq\n</code> [/INST]");
}

}  // namespace
}  // namespace llmc
