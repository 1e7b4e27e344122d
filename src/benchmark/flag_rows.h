// What proposers of pass lists gave for the units of a suite, as rows of results (eval/results.h).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "eval/results.h"
#include "propose/flag_evaluation.h"
#include "toolchain/front_end.h"
#include "tune/search.h"

namespace llmc {

/// The unit that `program` is, with what clang -Oz makes of it.
UnitRow unit_row(const Program& program, const std::string& benchmark, const FlagSizes& sizes);

/// `lists` in their order, the first of rank 1, as they were measured; each costs a compilation.
std::vector<ProposalRow> list_rows(const std::string& id, const std::string& proposer,
                                   const std::vector<std::string>& lists, const FlagSizes& sizes);

/// In the place of lists where a proposer failed.
ProposalRow unanswered_row(const std::string& id, const std::string& proposer,
                           const std::string& reason);

/// A search's lists that were smaller than all before, after -Oz itself, which it begins with; the
/// rank is the number of evaluations.
std::vector<ProposalRow> search_rows(const std::string& id, const std::string& proposer,
                                     const SearchResult& result, Objective objective);

/// What clang itself makes of the source at `level`, as the only list of a proposer of that name.
ProposalRow level_row(const std::string& id, const std::string& level, const FrontEnd& front_end,
                      const CompileCommand& command, Objective objective);

/// Whether a row's list is clang at a level ("clang -O2"), and no list of passes.
bool is_clang_level(std::string_view list);

/// The smallest sound list of passes that makes `unit` smaller than -Oz does, of `lists`; null if
/// there is none.
const ProposalRow* smaller_pass_list(const UnitRow& unit,
                                     const std::vector<const ProposalRow*>& lists);

/// How lists are tested on a suite.
struct ListTests {
  /// Whether a list is sound, if that is known without a test.
  std::function<Result<std::optional<bool>>(const std::string& list)> known;
  /// Tests one whose verdict is not known.
  std::function<Result<bool>(const std::string& list)> test;
  std::size_t most = SIZE_MAX;  ///< tests
  std::function<void(std::size_t done, std::size_t all)> progress;  ///< all: as far as is known
};

/// What the figures hang on.
struct TestedLists {
  std::size_t deciding = 0;  ///< sound lists: each is the smallest of some proposer's first k
  std::size_t left_untested = 0;  ///< would be among them, but `most` allowed no more tests
};

/// Tests lists until all that are the smallest of some proposer's first k for some unit, for some k
/// of `ks` or for all, are sound. Each time that list is tested which makes these smallest sizes
/// smaller than known sound lists do by most, as a sum of logarithms. Marks the proposals of
/// `results` that are unsound, and those that would decide but were not tested: they count as
/// failed. The rest stays as it is.
Result<TestedLists> test_deciding_lists(ResultSet& results, const std::vector<std::uint64_t>& ks,
                                        const ListTests& tests);

}  // namespace llmc
