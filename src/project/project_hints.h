// What options of the linker would save: measured, not decided, because some change what a program
// does (an address compared with another, a section found by its name, a system that must know
// relative relocations).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "project/project_products.h"
#include "project/project_units.h"
#include "support/error.h"
#include "tune/evaluator.h"
#include "tune/tuner.h"

namespace llmc {

struct LinkHint {
  std::string options;  ///< for the compiler and the linker
  std::uint64_t bytes = 0;  ///< of all products that link with them
  std::uint64_t without = 0;  ///< of the same products as they are
  std::vector<std::string> failed;  ///< products that do not link so
};

/// Links what is in `bench` with each of the options. Leaves other objects in it.
Result<std::vector<LinkHint>> measure_hints(Evaluator& evaluator, ProductBench& bench,
                                            const std::vector<ProjectUnit>& units,
                                            const std::vector<TunedProgram>& tuned,
                                            const std::function<bool(std::size_t done)>& observe);

}  // namespace llmc
