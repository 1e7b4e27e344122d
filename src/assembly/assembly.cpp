#include "assembly/assembly.h"

#include <algorithm>

namespace llmc {

const AsmFunction* AsmUnit::function(std::string_view name) const {
  const auto found = std::ranges::find(functions, name, &AsmFunction::name);
  return found == functions.end() ? nullptr : &*found;
}

const AsmDatum* AsmUnit::datum(std::string_view name) const {
  const auto found = std::ranges::find_if(data, [&](const AsmDatum& datum) {
    return datum.name == name ||
           std::ranges::find(datum.other_names, name) != datum.other_names.end();
  });
  return found == data.end() ? nullptr : &*found;
}

}  // namespace llmc
