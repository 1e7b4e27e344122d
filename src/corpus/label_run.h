// Labelling a corpus: search on some programs, broadcast what won there to all.
//
// 1. search   the autotuner on a sample of the programs; the answer is minimised
// 2. lists    of the lists that won most often those that do most together on a part of the sample,
//             the ones that the suite finds unsound left out
// 3. measure  every program with every list; lists share prefixes, and equal IR is lowered once
// 4. choose   for each program the list that makes it smallest (labels.h says how ties are broken)
//
// Each step writes to a LabelStore as it goes and leaves out what is there, so it can be killed and
// started again. 1 and 3 can be cut into shards for several machines.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "corpus/label_store.h"
#include "corpus/labels.h"
#include "corpus/store.h"
#include "tune/evaluator.h"
#include "tune/search.h"

namespace llmc {

/// A program to label, ready for the evaluator.
struct LabelProgram {
  Digest id;  ///< in the corpus
  Program program;
};

/// Share `index` of `of`, by the program's id.
struct Shard {
  std::uint64_t index = 0;
  std::uint64_t of = 1;

  [[nodiscard]] bool holds(const Digest& id) const { return id.low % of == index; }
};

/// The programs of `filter` that belong to the shard, as the evaluator takes them; of more than
/// `most` (0: no limit) those whose ids, hashed with the seed, are smallest. In the order of ids,
/// so that a run that is stopped early leaves an even sample.
Result<std::vector<LabelProgram>> load_label_programs(CorpusStore& corpus,
                                                      const ProgramFilter& filter,
                                                      const Shard& shard, std::size_t most,
                                                      std::uint64_t seed);

/// What step 1 depends on, apart from the program.
Digest setting_digest(const SearchSetting& setting);
/// The name of a set of lists.
Digest lists_digest(const std::vector<std::string>& lists);

/// Step 1 on all of `programs`.
Result<void> search_programs(Evaluator& evaluator, const std::vector<LabelProgram>& programs,
                             const SearchSetting& setting, LabelStore& store,
                             const volatile int* interrupt, const CorpusProgress& progress);

/// Candidates for step 2: the winners, most frequent first (of equals, the one that saves more
/// bytes, then by text), then `others`; each once.
std::vector<std::string> rank_winners(const std::unordered_map<Digest, FoundWinner>& winners,
                                      const std::vector<std::string>& others);

/// Step 3 on all of `programs`.
Result<void> measure_programs(Evaluator& evaluator, const std::vector<LabelProgram>& programs,
                              const std::vector<std::string>& lists, LabelStore& store,
                              const volatile int* interrupt, const CorpusProgress& progress);

/// 1 - geometric mean of the best of the first 1, 2, … lists of `order` over -Oz, with the -Oz
/// backup.
std::vector<double> gains_of_prefixes(const std::vector<MeasuredSizes>& sizes,
                                      const std::vector<std::size_t>& order);

}  // namespace llmc
