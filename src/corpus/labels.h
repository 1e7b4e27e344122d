// Labels: the best pass list that is known for each program.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
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

/// Labels as a file, which is compressed with zstd (whose frames carry a checksum) if its name ends
/// in .zst:
///
///     file  := "llmc-labels 1\n" "toolchain " VERSION "\n" list* label* "end " count "\n"
///     list  := "list " TEXT "\n"                         numbered from 0
///     label := ID " " baseline " " size " " (number | "-") "\n"     in the order of ids
///     count := the number of labels
Result<void> write_labels(const Labels& labels, const std::filesystem::path& path);

/// Reads such a file, or the rows that `llmc tune --json` printed for the files of `llmc dataset
/// programs`, whose names are their ids. Of the rows, a list that improves counts only if the gate
/// found it sound.
Result<Labels> read_labels(const std::filesystem::path& path);

/// Binary sizes of one program: of -Oz, and with each list of a set, in its order; nothing where
/// the list failed.
struct MeasuredSizes {
  Digest program;
  std::uint64_t baseline = 0;
  std::vector<std::optional<std::uint64_t>> with;
};

using MeasuredPrograms = std::unordered_map<Digest, MeasuredSizes>;

/// The indices of `count` lists, in the greedy order of tune/portfolio.h; lists that add nothing
/// are left out.
std::vector<std::size_t> greedy_order(const std::vector<MeasuredSizes>& table, std::size_t count);

/// For each program the list of `lists` that makes it smallest; of those that do the first in
/// `order`. Lists that are not in `order` are not taken.
Labels choose_smallest(const std::vector<MeasuredSizes>& table,
                       const std::vector<std::string>& lists,
                       const std::vector<std::size_t>& order);

/// Tries all of `lists` on each program and takes the smallest. As ties go to the list that does
/// most for all programs beside those before it, few different lists are labels, and equal cases
/// get equal labels, which a model can learn. The caller vouches for the soundness of the lists.
Result<Labels> choose_labels(const std::vector<FunctionProgram>& programs,
                             const std::vector<std::string>& lists, const CorpusOptions& options,
                             const CorpusProgress& progress);

}  // namespace llmc
