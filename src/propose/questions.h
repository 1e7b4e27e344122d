// What a model is asked about a program, so that it fits the model: the whole unit in one prompt,
// or one prompt for each function.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "model/language_model.h"
#include "support/error.h"
#include "toolchain/program.h"

namespace llmc {

/// One prompt.
struct Question {
  std::string about;   ///< the function; empty: the whole unit
  std::string prompt;
  double weight = 1;   ///< its share of the unit's instructions
  std::uint64_t tokens = 0;
};

/// A part of a program that no prompt is about, and so is left to other proposers and to -Oz.
struct UnaskedFunction {
  std::string function;
  std::string reason;
};

/// All prompts about one program.
struct Questions {
  std::vector<Question> asked;  ///< largest function first
  std::vector<UnaskedFunction> unasked;
  bool is_split = false;     ///< by function
  bool is_stripped = false;  ///< of debug information and names, to fit
};

/// When a unit is asked about function by function.
enum class Splitting {
  where_needed,  ///< if the prompt of the whole does not fit
  always         ///< unless there is one function only
};

struct QuestionOptions {
  Splitting splitting = Splitting::where_needed;
  std::uint64_t answer_tokens = 256;   ///< kept free for the answer
  std::size_t most_functions = 64;  ///< the largest are asked about
};

/// The flag-tuning prompts about `program` for `model`, in its dialect. The program's IR is handled
/// in a child process, because nobody vouches for it. A model whose context is not known is taken
/// to have one of 4,096 tokens.
Result<Questions> flag_questions(const Program& program, LanguageModel& model,
                                 const QuestionOptions& options);

/// Prompts about the sketches of the program's functions (tasks/response.h), the largest
/// `options.most_functions`; one for the whole where there is one function only. A sketch is cut so
/// that it fits the model.
Result<Questions> response_questions(const Program& program, LanguageModel& model,
                                     const QuestionOptions& options);

}  // namespace llmc
