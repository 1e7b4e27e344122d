// Searching for all units of a project with one budget.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "support/error.h"
#include "tune/evaluator.h"
#include "tune/search.h"
#include "tune/tuner.h"

namespace llmc {

/// Who gets the evaluations: those for whom they pay (project/project_budget.h), or all the same.
enum class BudgetSpread { where_it_pays, even };

struct SharedSearch {
  SearchSetting common;  ///< its evaluations, seconds and minimisation mean nothing here
  /// Lists that a program's search starts with, before the common seeds; in the order of the
  /// programs, or empty.
  std::vector<std::vector<PassList>> first;
  std::vector<double> bytes;  ///< what each program's -Oz code makes up of all that is linked
  std::uint64_t evaluations = 0;  ///< in all, without minimising and broadcasting
  std::optional<double> seconds;  ///< in all; whichever ends first
  BudgetSpread spread = BudgetSpread::where_it_pays;
  /// Lists that are tried on all programs: so many of the winners, those that save most, and so
  /// many of those that are known to be sound, which may be used even if no new list is tested.
  std::size_t broadcast = 10;
  std::function<bool(const std::string& list)> is_known_sound;  ///< empty: none is
};

struct SharedSearchProgress {
  std::uint64_t evaluations = 0, wanted = 0;
  double saved = 0;  ///< linked bytes, as expected from the sizes of objects
  const char* phase = "searching";
};

/// The baseline and the search of each program, minimised and with the others' winners tried. The
/// order of the answers is that of `programs`, which must outlive them; the same setting gives the
/// same answers for any number of jobs, unless seconds are limited. The evaluator needs a store:
/// a search that gets more goes over what it has done before. Programs whose baseline does not
/// compile have an error as their result.
Result<std::vector<TunedProgram>> search_shared(
    Evaluator& evaluator, const std::vector<Program>& programs, const SharedSearch& setting,
    const std::function<void(const SharedSearchProgress&)>& observer);

}  // namespace llmc
