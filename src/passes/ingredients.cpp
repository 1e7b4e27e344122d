#include "passes/ingredients.h"

#include <string_view>

#include "passes/pass_list.h"

namespace llmc {
namespace {

/// The parameters that LLVM's listing offers and its parser accepts; the two do not always agree.
std::vector<std::string> accepted_parameters(const PassInfo& pass) {
  std::vector<std::string> accepted;
  std::string_view rest = pass.parameters;
  while (!rest.empty()) {
    const std::string parameter(rest.substr(0, rest.find(';')));
    rest.remove_prefix(std::min(parameter.size() + 1, rest.size()));
    if (parameter == "verify-fixpoint" || parameter.starts_with("max-iterations")) continue;
    const PassElement element = make_element(pass, with_number(parameter, 1), PassLevel::module);
    if (check_with_llvm(to_string(element))) accepted.push_back(parameter);
  }
  return accepted;
}

}  // namespace

std::string with_number(std::string parameter, std::size_t number) {
  if (parameter.ends_with("=N")) parameter.back() = static_cast<char>('0' + number % 10);
  return parameter;
}

std::vector<Ingredient> ingredients_of(const PassCatalogue& catalogue, PassTier most) {
  std::vector<Ingredient> ingredients;
  for (const PassInfo* pass : catalogue.candidates(most)) {
    const PassElement bare = make_element(*pass, "", PassLevel::module);
    const bool accepted = check_with_llvm(to_string(bare)).has_value();
    std::vector<std::string> parameters = accepted_parameters(*pass);
    if (accepted || !parameters.empty())
      ingredients.push_back({pass, std::move(parameters), !accepted});
  }
  return ingredients;
}

}  // namespace llmc
