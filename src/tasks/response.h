// "Which response class is this of?": the question behind the choice of pass lists, about a
// program's sketch (ir/sketch.h) instead of its code, so that every program fits.
//
//     prompt := "[INST] How does its size respond?" SKETCH "\n[/INST]"
//     answer := CLASS ("\nx" PERCENT)*
//
// CLASS is an index in ResponseClasses (tune/size_response.h), which come with the model. It
// answers the question alone; the percentages, sizes with the first lists of the classes in their
// order as shares of -Oz's, only make training see more of each program than one number.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace llmc {

std::string response_prompt(const std::string& sketch);

/// `log_ratios`: of size / -Oz size; NaN, a failure, is the largest step.
std::string response_answer(std::size_t response_class, const std::vector<double>& log_ratios);

/// The answers that name a class alone: "0", "1", …
std::vector<std::string> response_choices(std::size_t classes);

}  // namespace llmc
