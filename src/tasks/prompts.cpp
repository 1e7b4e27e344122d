#include "tasks/prompts.h"

#include <fmt/format.h>

namespace llmc {

std::string to_string(const EmulationPrompt& prompt) {
  return fmt::format(
      "[INST] Give the {} for the following code when optimized using opt -p '{}':\n\n"
      "<code>{}</code>\n\nThe input code has instruction count {} and binary size {} bytes. "
      "[/INST]",
      prompt.wanted == CodeKind::ir ? "LLVM-IR" : "assembly", prompt.passes, prompt.ir,
      prompt.instructions, prompt.binary_size);
}

std::string flag_tuning_prompt(const std::string& ir) {
  return fmt::format(
      "[INST] Tell me how to optimize this LLVM-IR for object file size:\n\n<code>{}</code> "
      "[/INST]",
      ir);
}

std::string disassembly_prompt(const std::string& assembly) {
  return fmt::format("[INST] Disassemble this code to LLVM-IR:\n\n<code>{}</code> [/INST]",
                     assembly);
}

}  // namespace llmc
