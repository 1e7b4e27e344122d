// From what the searches found to what the project is built with: the list of each unit that makes
// the linked programs smallest.
//
// The smallest object need not make the smallest program: what the linker drops costs nothing,
// strings that others have too cost nothing, and what is aligned may cost nothing or more. So the
// best few lists of each unit are linked, unit by unit, the largest first, and what is chosen stays
// in place for the next.
#pragma once

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "project/project_products.h"
#include "project/project_units.h"
#include "support/error.h"
#include "tune/evaluator.h"
#include "tune/tuner.h"

namespace llmc {

/// One unit's choice.
struct LinkedChoice {
  std::uint64_t before = 0, after = 0;  ///< bytes of the products that were linked to decide
  std::size_t linked = 0;  ///< lists that were tried in a link
};

/// Which lists that no suite has tested yet are worth it: up to `most`, chosen one by one, each for
/// what it saves in all units of `tuned` beside what is known to be sound and what was chosen
/// before. `weights` are linked bytes for each byte of an object. Testing a list takes seconds, so
/// that a project of many units would spend most of its time there.
std::set<std::string> lists_worth_testing(
    const std::vector<TunedProgram>& tuned, const std::vector<double>& weights, std::size_t most,
    const std::function<bool(const std::string& list)>& is_known_sound);

/// Leaves each result only lists that are known to be sound or in `chosen`: the smallest becomes
/// its best, -Oz where there is none.
void keep_only(std::vector<TunedProgram>& tuned, const std::set<std::string>& chosen,
               const std::function<bool(const std::string& list)>& is_known_sound);

struct ChoiceSetting {
  std::size_t most = 8;  ///< lists of one unit that are linked
  /// Of lists that make equal programs, one that need not be tested again wins.
  std::function<bool(const std::string& list)> is_known_sound;
  std::function<bool(std::size_t done)> observe;  ///< units done; false stops, as interrupted
};

/// Makes of each result of `tuned` (of `units`, in their order) what links best: its `best`, and as
/// its contenders the others that make programs smaller, in that order. -Oz where none does. In
/// `bench`, the chosen objects are in place. The choices are in the order of `units`.
Result<std::vector<LinkedChoice>> choose_by_link(Evaluator& evaluator, ProductBench& bench,
                                                 const std::vector<ProjectUnit>& units,
                                                 const std::vector<double>& bytes,
                                                 std::vector<TunedProgram>& tuned,
                                                 const ChoiceSetting& setting);

}  // namespace llmc
