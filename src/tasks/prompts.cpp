#include "tasks/prompts.h"

#include <fmt/format.h>

#include <charconv>

namespace llmc {

std::string to_string(const EmulationPrompt& prompt) {
  return fmt::format(
      "[INST] Give the {} for the following code when optimized using opt -p '{}':\n\n"
      "<code>{}</code>\n\nThe input code has instruction count {} and binary size {} bytes. "
      "[/INST]",
      prompt.wanted == CodeKind::ir ? "LLVM-IR" : "assembly", prompt.passes, prompt.ir,
      prompt.instructions, prompt.binary_size);
}

Result<std::string> code_of_prompt(std::string_view text) {
  constexpr std::string_view k_open = "<code>";
  const std::size_t begin = text.find(k_open);
  const std::size_t end = text.rfind("</code>");
  if (begin == text.npos || end == text.npos || end < begin + k_open.size())
    return fail("a prompt without <code>");
  return std::string(text.substr(begin + k_open.size(), end - begin - k_open.size()));
}

Result<EmulationPrompt> parse_emulation_prompt(std::string_view text) {
  EmulationPrompt prompt;
  LLMC_TRY(prompt.ir, code_of_prompt(text));
  constexpr std::string_view k_passes = "optimized using opt -p '";
  const std::size_t passes = text.find(k_passes);
  const std::size_t passes_end = text.find("':\n\n<code>");
  constexpr std::string_view k_count = "has instruction count ";
  const std::size_t count = text.rfind(k_count);
  constexpr std::string_view k_size = " and binary size ";
  const std::size_t size = text.rfind(k_size);
  if (passes == text.npos || passes_end == text.npos || count == text.npos || size == text.npos)
    return fail("no prompt for emulation");
  prompt.passes = text.substr(passes + k_passes.size(), passes_end - passes - k_passes.size());
  prompt.wanted = text.substr(0, passes).contains("assembly") ? CodeKind::assembly : CodeKind::ir;
  const auto number = [&](std::size_t at, std::uint64_t& value) {
    std::from_chars(text.data() + at, text.data() + text.size(), value);
  };
  number(count + k_count.size(), prompt.instructions);
  number(size + k_size.size(), prompt.binary_size);
  if (to_string(prompt) != text) return fail("no prompt for emulation");
  return prompt;
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

std::string repair_prompt(const std::string& prompt, const std::string& ir,
                          const std::string& complaint) {
  return prompt + " <code>" + ir + "</code>\n\n[INST] This is not the code's IR: " + complaint +
         ". Correct it.\n\n[/INST]";
}

std::string explanation_for(ModelTask task) {
  const std::string emulation =
      "Work out what the LLVM optimizer, version 19, makes of the code with exactly this pass "
      "pipeline. Answer in exactly this form and write nothing else:\n"
      "The output code has instruction count N and binary size M bytes:\n\n<code>OUTPUT</code>\n"
      "N is the number of IR instructions after the passes, M the size of text and data of the "
      "object file, and OUTPUT the ";
  switch (task) {
    case ModelTask::flag_tuning:
      return "The goal is the smallest object file. Name LLVM passes, in the syntax of LLVM's new "
             "pass manager, that make the code smaller than `opt -passes='default<Oz>'` does. "
             "Answer with one line of exactly this form and write nothing else:\n"
             "Run the following passes opt -p 'PASSES' to reduce the binary size from N to M "
             "bytes.";
    case ModelTask::emulate_ir:
      return emulation + "whole LLVM-IR after the passes.";
    case ModelTask::emulate_assembly:
      return emulation + "whole x86-64 assembly, in AT&T syntax, of the IR after the passes.";
    case ModelTask::disassembly:
      return "Write the LLVM-IR, for LLVM 19 with opaque pointers, that compiles to exactly this "
             "assembly. Answer in exactly this form and write nothing else:\n<code>IR</code>\n"
             "IR is a whole module without inline assembly.";
  }
  return "";
}

}  // namespace llmc
