// What a model is asked: the prompts of the LLM Compiler (arXiv 2407.02524), byte for byte.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "support/error.h"

namespace llmc {

/// What the model is to write of the optimised program.
enum class CodeKind { ir, assembly };

/// "What does this pass list make of this code?"
struct EmulationPrompt {
  CodeKind wanted = CodeKind::ir;
  std::string passes;  ///< canonical text of a pass list
  std::string ir;      ///< in normal form
  std::uint64_t instructions = 0;  ///< of `ir`
  std::uint64_t binary_size = 0;   ///< of the object that `ir` itself is lowered to
};

std::string to_string(const EmulationPrompt& prompt);

/// Reads what `to_string` wrote.
Result<EmulationPrompt> parse_emulation_prompt(std::string_view text);

/// What stands between the first "<code>" and the last "</code>" of a prompt.
Result<std::string> code_of_prompt(std::string_view text);

/// "Which pass list makes this code small?"
std::string flag_tuning_prompt(const std::string& ir);

/// "Which IR is this the code of?" `assembly` as `clean_assembly` leaves it.
std::string disassembly_prompt(const std::string& assembly);

/// The same once more after a wrong answer: `prompt` as it was given, the IR of the answer, and
/// what the compiler says of it.
std::string repair_prompt(const std::string& prompt, const std::string& ir,
                          const std::string& complaint);

/// The tasks that have a prompt.
enum class ModelTask { flag_tuning, emulate_ir, emulate_assembly, disassembly };

/// What stands behind a prompt for a general model, which knows neither the task nor the form of
/// its answer: an explanation of both, such that what it asks for is what tasks/answers.h reads.
/// (The paper gave Code Llama and GPT-4 Turbo such a suffix; its wording is not known.)
std::string explanation_for(ModelTask task);

}  // namespace llmc
