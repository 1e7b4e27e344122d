// Which functions of a unit may be made small without making the program slower: those that hardly
// ever run. The judgement only chooses attributes (minsize, optsize), which change no meaning, so a
// wrong one costs time and nothing else.
//
// Without a profile, a function is cold if
//
//   - its source says so: __attribute__((cold));
//   - all its ways end in an error: abort, a failed assertion, a throw, exit with a status but 0;
//   - it is local, its address is not taken, and all its calls stand in cold blocks: those whose
//     ways all end in an error or at a cold call, that are marked as unlikely, that handle an
//     exception, and what only these lead to;
//   - it runs at most once, at the start, and neither it nor what it calls (which may be inlined
//     into it) has a loop: main, constructors of global objects, and local functions that only
//     functions that run once call, outside of loops.
//
// With a list of functions that a profiler has seen at work, all are cold that are not in it and
// that none of these calls (also by others between) outside of cold blocks: what was inlined has no
// name in a profile. With clang's own profile in the IR, LLVM's judgement counts.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "support/error.h"

namespace llmc {

class IrModule;

/// The functions that a profiler has seen at work.
///
///     profile = { line }
///     line    = [ name [ SPACES count ] ] [ "#" text ] NL
///
/// A name is the symbol's, as `nm` prints it; a function with the count 0 was not seen.
class HotFunctions {
 public:
  /// Fails on a line of another form, and where no function was seen.
  static Result<HotFunctions> parse(std::string_view text);

  [[nodiscard]] bool contains(std::string_view name) const { return names_.contains(name); }

 private:
  std::set<std::string, std::less<>> names_;
};

/// Who has called functions cold.
enum class ColdJudge { heuristics, list, profile };

struct ColdFunctions {
  std::vector<std::string> names;  ///< in the module's order
  std::size_t defined = 0;  ///< functions of the module that have a body
  ColdJudge judge = ColdJudge::heuristics;
};

/// Judges the functions of unoptimised IR; `hot` may be null. The module is used up: it is no
/// longer what clang made of the source.
ColdFunctions find_cold_functions(IrModule module, const HotFunctions* hot);

/// Asks LLVM to make these functions small. Functions that must not be optimised are left alone.
void make_small(IrModule& module, const ColdFunctions& cold);

}  // namespace llmc
