// Searching for the pass list that makes one program smallest.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "passes/pass_list.h"
#include "support/task.h"
#include "tune/hub.h"
#include "tune/mutation.h"

namespace llmc {

/// `random` is the LLM Compiler paper's: independent lists, length uniform in 1..50, passes
/// uniform. `evolve` starts from lists that did well elsewhere and changes the best ones.
enum class Strategy { random, evolve };

/// How far a winner is minimised: `none`; `drop`: passes that do nothing go and the rest is put
/// into canonical order; `full`: insertions are tried as well, as in the paper.
enum class Minimise { none, drop, full };

struct SearchOptions {
  Strategy strategy = Strategy::evolve;
  Objective objective = Objective::binary;
  std::uint64_t evaluations = 100;  ///< budget per program; minimisation comes on top
  std::optional<double> seconds;    ///< budget per program; whichever ends first
  std::uint64_t seed = 1;
  Minimise minimise = Minimise::drop;
  std::size_t random_length = 50;   ///< the longest random list
  /// Whether `evolve` also decides what is inlined, call by call. Such lists are for one program,
  /// and LLVM's own opt does not read them (passes/call_decisions.h).
  bool decide_calls = false;
};

/// What all searches of a run share; read only.
struct SearchSetting {
  const Alphabet* alphabet = nullptr;
  std::vector<PassList> seeds;  ///< for `evolve`, best first
  SearchOptions options;
};

/// The best known list after so many evaluations.
struct TracePoint {
  std::uint64_t evaluations = 0;
  std::uint64_t cost = 0;
  std::string list;
};

/// What a search found. `best.list` is k_baseline_list if nothing beat -Oz.
struct SearchResult {
  Evaluation baseline;
  Evaluation best;
  std::string found_by;  ///< "seed", "mutation", "calls", "crossover", "random", "broadcast", …
  std::uint64_t evaluations = 0;  ///< spent by the strategy
  std::uint64_t minimisation = 0;  ///< spent on minimising
  std::uint64_t broadcast = 0;  ///< spent on other programs' winners
  std::uint64_t failed = 0;  ///< rows that are not ok, minimisation not counted
  std::vector<TracePoint> trace;  ///< each improvement
  std::vector<Evaluation> contenders;  ///< rows below -Oz, best first; at most k_most_contenders
};

/// How many rows a search keeps for the gate to fall back on.
inline constexpr std::size_t k_most_contenders = 24;

/// Keeps `row` as a contender of `result` if it is small enough.
void contend(SearchResult& result, const Evaluation& row, Objective objective);

/// Called after each batch with the evaluations spent so far and the best row.
using SearchObserver = std::function<void(std::uint64_t, const Evaluation&)>;

/// Searches for `program`. The answer depends on the program, the setting and the seed alone.
/// Fails if even the baseline cannot be compiled.
Task<Result<SearchResult>> search(EvaluationHub& hub, const Program& program,
                                  const SearchSetting& setting, SearchObserver observer);

/// Minimises `list`, whose cost on `program` is known, to a fixed point; see Minimise. The result
/// is never larger, and `spent` counts the evaluations.
Task<Result<Evaluation>> minimise(EvaluationHub& hub, const Program& program, Evaluation winner,
                                  const SearchSetting& setting, std::uint64_t& spent);

/// True if `a` is the better row: ok, smaller, then shorter, then first in the alphabet, so that
/// ties are decided the same way everywhere.
bool better(const Evaluation& a, const Evaluation& b, Objective objective);

}  // namespace llmc
