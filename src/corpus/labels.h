// Labels: the best pass list that is known for each program.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "corpus/corpus.h"
#include "support/digest.h"
#include "support/error.h"
#include "tune/portfolio.h"

namespace llmc {

/// The digest that 32 hexadecimal digits stand for.
std::optional<Digest> parse_digest(const std::string& hex);

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
std::vector<std::size_t> greedy_order(const std::vector<MeasuredSizes>& programs,
                                      std::size_t count);

/// What labels are chosen from: every program with every list.
struct SizeTable {
  std::vector<std::string> lists;  ///< canonical texts, of which sooner is better
  std::vector<MeasuredSizes> programs;

  /// Moves these lists to the front, in this order.
  void put_first(const std::vector<std::size_t>& order);

  /// Leaves out all lists but these, which come in this order.
  void keep(const std::vector<std::size_t>& order);

  /// For each program the list that makes it smallest; of those that do the first.
  [[nodiscard]] Labels labels() const;

  /// For each program log(size / -Oz size) with each list.
  [[nodiscard]] RatioTable log_ratios() const;
};

/// Leaves out lists of passes that are not trusted, or not any more.
void keep_trusted(SizeTable& table, const PassCatalogue& catalogue);

/// The programs that both tables have, with the lists of `known` and behind them those of `more`
/// that it lacks. Errors: a program's -Oz sizes differ, so the tables are of different compilers.
Result<SizeTable> join_tables(const SizeTable& known, const SizeTable& more);

/// For each program log(size / -Oz size) with each of `lists`. Errors: a list is not in the table,
/// which they call `name`.
Result<std::map<Digest, std::vector<double>>> log_ratios_with(SizeTable table,
                                                              const std::vector<std::string>& lists,
                                                              const std::string& name);

/// The table as a file, which is compressed with zstd (whose frames carry a checksum) if its name
/// ends in .zst:
///
///     file    := "llmc-labels 1\n" "toolchain " VERSION "\n" list* program* "end " count "\n"
///     list    := "list " TEXT "\n"
///     program := ID " " baseline (" " [times "*"] change)* "\n"      in the order of ids
///     change  := bytes more than the baseline, with the lists in their order | "x" for a failure
///     count   := the number of programs
Result<void> write_size_table(SizeTable table, const std::filesystem::path& path);

/// Reads such a file.
Result<SizeTable> read_size_table(const std::filesystem::path& path);

/// The labels of such a file; or those of the rows that `llmc tune --json` printed for the files of
/// `llmc dataset programs`, whose names are their ids. Of the rows, a list that improves counts
/// only if the gate found it sound; of a table, lists of trusted passes.
Result<Labels> read_labels(const std::filesystem::path& path, const PassCatalogue& catalogue);

/// Tries all of `lists` on each program and takes the smallest. As ties go to the list that does
/// most for all programs beside those before it, few different lists are labels, and equal cases
/// get equal labels, which a model can learn. The caller vouches for the soundness of the lists.
Result<Labels> choose_labels(const std::vector<FunctionProgram>& programs,
                             const std::vector<std::string>& lists, const CorpusOptions& options,
                             const CorpusProgress& progress);

}  // namespace llmc
