// Labels: the best pass list that is known for each program.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "corpus/corpus.h"
#include "support/digest.h"
#include "support/error.h"

namespace llmc {

/// What a search found for a program.
struct Label {
  std::string list;               ///< canonical text; empty: nothing beats -Oz
  std::uint64_t binary_size = 0;  ///< with the list; of -Oz if there is none
  std::uint64_t baseline = 0;     ///< of -Oz
};

/// Labels by program, and what was left out by reason.
struct Labels {
  std::map<Digest, Label> by_program;
  std::map<std::string, std::uint64_t> skipped;

  /// How many are smaller than -Oz.
  [[nodiscard]] std::size_t improved() const;
  /// 1 - geometric mean of size / -Oz size.
  [[nodiscard]] double gain() const;
};

/// The rows that `llmc tune --json` printed for the files of `llmc dataset programs`, whose names
/// are their ids. A list that improves counts only if the gate found it sound.
Result<Labels> read_labels(const std::filesystem::path& path);

/// Tries all of `lists` on each program. Of the lists that make a program smallest the label is the
/// one that comes first in a greedy order: each list the one that does most for all programs beside
/// those before it (tune/portfolio.h). So few different lists are labels, and equal cases get equal
/// labels, which a model can learn. The caller vouches for the soundness of the lists.
Result<Labels> choose_labels(const std::vector<FunctionProgram>& programs,
                             const std::vector<std::string>& lists, const CorpusOptions& options,
                             const CorpusProgress& progress);

}  // namespace llmc
