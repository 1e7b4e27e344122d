// What pass lists are made from: the passes of a tier, with the parameters that LLVM takes.
#pragma once

#include <string>
#include <vector>

#include "passes/catalogue.h"

namespace llmc {

/// A pass that may be put into a list.
struct Ingredient {
  const PassInfo* pass = nullptr;
  /// Those that LLVM accepts one by one; one that ends in "=N" takes a number.
  std::vector<std::string> parameters;
  bool needs_parameters = false;  ///< LLVM rejects it bare (function-simplification)
};

/// The catalogue's candidates up to `most`, in its order; those that LLVM's parser does not accept
/// as it lists them are left out. The catalogue must outlive the answer.
std::vector<Ingredient> ingredients_of(const PassCatalogue& catalogue, PassTier most);

/// `parameter`, with the last digit of `number` for its N where it is "name=N".
std::string with_number(std::string parameter, std::size_t number);

}  // namespace llmc
