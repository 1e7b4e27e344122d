// "Which response class is this of?": the question behind the choice of pass lists, about a
// program's sketch (ir/sketch.h) instead of its code, so that every program fits.
//
//     prompt := "[INST] How does its size respond?" SKETCH "\n[/INST]"
//     answer := CLASS
//
// CLASS is an index in ResponseClasses (tune/size_response.h), which come with the model. Beside it
// stands a second question, which only training asks, because its answer says more of each program
// than one number and teaches the same:
//
//     prompt := "[INST] What size does it get?" SKETCH "\n[/INST]"
//     answer := ("\nx" PERCENT)*
//
// PERCENT are sizes with the first lists of the classes in their order, of -Oz's, in steps. (The
// sizes behind the class, in one answer, teach little: they follow from the class.)
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace llmc {

std::string response_prompt(const std::string& sketch);
std::string sizes_prompt(const std::string& sketch);

/// `log_ratios`: of size / -Oz size; NaN, a failure, is the largest step.
std::string sizes_answer(const std::vector<double>& log_ratios);

/// The answers to the first question: "0", "1", …
std::vector<std::string> response_choices(std::size_t classes);

}  // namespace llmc
