// A model as a compiler: what it says a pass list makes of a program, beside what LLVM makes of it.
#pragma once

#include <cstdint>
#include <string>

#include "model/language_model.h"
#include "passes/pass_list.h"
#include "support/error.h"
#include "tasks/answers.h"
#include "tasks/prompts.h"
#include "toolchain/program.h"

namespace llmc {

struct EmulationSetting {
  PassList list;
  CodeKind wanted = CodeKind::ir;
  std::string function;  ///< emulate this one alone, cut out of its unit; empty: the whole unit
  Sampling sampling;  ///< count is taken to be 1; most_tokens 0: what the context leaves
};

/// Code with its sizes.
struct SizedCode {
  std::uint64_t instructions = 0;
  std::uint64_t binary_size = 0;
  std::string code;
};

struct Emulation {
  SizedCode input;  ///< what the prompt shows
  SizedCode truth;  ///< what LLVM makes of it
  std::string truth_error;  ///< why LLVM makes nothing of it; then `truth` is empty
  std::string text;  ///< the model's whole answer
  bool ended = false;
  bool parses = false;  ///< it has code in it
  EmulationAnswer answer;  ///< if it parses
  bool compiles = false;  ///< of IR: LLVM verifies it
  bool exact = false;  ///< the code is LLVM's, in normal form
  double bleu = 0;  ///< of the code against LLVM's (eval/bleu.h)
  std::uint32_t prompt_tokens = 0, answer_tokens = 0;
  double seconds = 0;  ///< of the model
};

/// Asks `model` and compares. Code is IR in normal form, or assembly as clean_assembly leaves it,
/// on both sides. Fails where the prompt does not fit (the sentence says "context" and which
/// functions there are), and where the model fails.
Result<Emulation> emulate(const Program& program, LanguageModel& model,
                          const EmulationSetting& setting);

}  // namespace llmc
