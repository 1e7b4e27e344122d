#include "tasks/prompts.h"

#include "tasks/answers.h"
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

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from << " in " << text;
  return text.replace(at, from.size(), to);
}

/// The form of answers that an explanation shows: from `begin` to the end of the line `last`.
std::string form_in(ModelTask task, const std::string& begin, const std::string& last) {
  const std::string text = explanation_for(task);
  const std::size_t at = text.find(begin);
  return text.substr(at, text.find(last, at) + last.size() - at);
}

TEST(Prompts, WhatGeneralModelsAreToldToWriteIsReadAsAnAnswer) {
  const PassCatalogue catalogue;
  const std::string flags = form_in(ModelTask::flag_tuning, "Run the", "bytes.");
  EXPECT_EQ(
      flags,
      "Run the following passes opt -p 'PASSES' to reduce the binary size from N to M bytes.");
  const auto list = FlagTuningAnswer::parse(
      replaced(replaced(replaced(flags, "PASSES", "sroa"), " N ", " 90 "), " M ", " 80 "),
      catalogue);
  ASSERT_TRUE(list);
  EXPECT_EQ(list->list->to_string(), "function(sroa)");
  EXPECT_EQ(list->unoptimised_size, 90U);
  EXPECT_EQ(list->optimised_size, 80U);
  for (const ModelTask task : {ModelTask::emulate_ir, ModelTask::emulate_assembly}) {
    const std::string form = form_in(task, "The output code", "</code>");
    const auto answer = EmulationAnswer::parse(
        replaced(replaced(replaced(form, " N ", " 5 "), " M ", " 60 "), "OUTPUT", "ret"));
    ASSERT_TRUE(answer);
    EXPECT_EQ(*answer, (EmulationAnswer{5, 60, "ret"}));
  }
  const auto ir = DisassemblyAnswer::parse(form_in(ModelTask::disassembly, "<code>", "</code>"));
  ASSERT_TRUE(ir);
  EXPECT_EQ(ir->ir, "IR");
}

TEST(Prompts, OfEmulationAreReadBack) {
  for (const CodeKind kind : {CodeKind::ir, CodeKind::assembly}) {
    const EmulationPrompt prompt{kind, "function(sroa),dce", "a </code> b':\n\n<code>", 12, 345};
    const auto read = parse_emulation_prompt(to_string(prompt));
    ASSERT_TRUE(read);
    EXPECT_EQ(to_string(*read), to_string(prompt));
    EXPECT_EQ(read->passes, "function(sroa),dce");
    EXPECT_EQ(read->binary_size, 345U);
  }
  EXPECT_FALSE(parse_emulation_prompt(flag_tuning_prompt("ret")));
  EXPECT_FALSE(parse_emulation_prompt("nothing"));
  EXPECT_EQ(code_of_prompt(flag_tuning_prompt("ret")).value_or(""), "ret");
}

}  // namespace
}  // namespace llmc
