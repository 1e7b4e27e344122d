// Answers about single functions, put together to one list for their module.
//
// A model that is asked about functions one by one answers with a list for each. What of it works
// on functions runs on that function alone, `on<f>(…)` (passes/targeted.h), and a list for the
// whole module follows: the best that is known, or -Oz's.
//
//     f: function(sroa,dse),globaldce      g: cgscc(function(gvn))
//     on<f>(sroa,dse),default<Oz>          on<g>(gvn),default<Oz>          each alone
//     on<f>(sroa,dse),on<g>(gvn),default<Oz>                               those that helped
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "passes/pass_list.h"
#include "propose/model_proposer.h"

namespace llmc {

/// A part for one function.
struct FunctionPart {
  std::string function;
  PassElement element;  ///< on<function>(…)
};

/// What of `list` works on functions, as a part for `function`: the contents of its function
/// managers, in order. Nothing if there is none, or if the name cannot be written in a list.
std::optional<FunctionPart> function_part(const PassList& list, const std::string& function);

/// The parts that the answers of `advice` ask for: of each function the first answers with
/// different parts, at most `per_function`.
std::vector<FunctionPart> parts_of_advice(const ModelAdvice& advice, std::size_t per_function);

/// `parts`, then `tail`.
PassList compose(const std::vector<FunctionPart>& parts, const PassList& tail);

}  // namespace llmc
