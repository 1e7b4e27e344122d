// Programs for models: the functions of translation units, each a module of its own in normal form.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "corpus/cut.h"
#include "sandbox/child.h"
#include "sandbox/inputs.h"
#include "support/digest.h"
#include "support/error.h"

namespace llmc {

/// A translation unit and where it is from.
struct CorpusUnit {
  Input input;
  std::string package;  ///< the folder of its compilation database, or of the file
  std::string source;  ///< the file, from there
};

/// Where programs come from, in this order: pretrain rows (dataset.h) that were written before,
/// whose programs need not be made again, and units.
struct CorpusSources {
  std::vector<std::filesystem::path> row_files;
  std::vector<CorpusUnit> units;
  std::vector<std::filesystem::path> without;  ///< rows whose programs are left out
};

/// One function as a module of its own. Rows of data sets are made from it.
struct FunctionProgram {
  Digest id;  ///< of `text`
  std::string function;
  std::string package;
  std::string source;
  std::string text;  ///< unoptimised, in normal form (ir/normal_form.h)
};

struct CorpusOptions {
  unsigned jobs = 1;
  Limits limits;  ///< for each unit, and for each program
  CutLimits cut;  ///< instructions are not counted again in programs from rows
  std::size_t most_programs = 0;  ///< a sample of so many, by hash; 0: all
  std::uint64_t seed = 1;
  const volatile int* interrupt = nullptr;
};

/// What was left out, by reason, and what was taken.
struct CorpusCounts {
  std::uint64_t units = 0;
  std::uint64_t failed_units = 0;
  std::uint64_t functions = 0;  ///< defined in the units
  std::uint64_t plain_bytes = 0;  ///< of the functions taken, as LLVM prints their modules
  std::uint64_t normal_bytes = 0;  ///< of the same, in normal form
  std::map<std::string, std::uint64_t> skipped;
};

struct Corpus {
  std::vector<FunctionProgram> programs;
  CorpusCounts counts;
  std::vector<std::string> failures;  ///< units that could not be loaded: why, a sentence each
};

/// Told how many of how many items are done.
using CorpusProgress = std::function<void(std::size_t done, std::size_t all)>;

/// The functions of `sources`, in order, without those that are too long, too short, or equal to an
/// earlier one. Units are read and cut in children; one that kills its child is a failure. A file
/// of rows that cannot be read is an error.
Result<Corpus> collect_programs(const CorpusSources& sources, const CorpusOptions& options,
                                const CorpusProgress& progress);

/// Leaves the `most` programs (0: all) whose ids, hashed with the seed, are smallest, in their old
/// order.
void sample_programs(std::vector<FunctionProgram>& programs, std::size_t most, std::uint64_t seed);

/// How careful a child is that works on programs.
enum class Care {
  several,  ///< it works on several, one after the other, which is what most of them stand
  alone  ///< it works on one; what may be the death of LLVM is done in a child of its own
};

/// As `run_in_children`, for programs: `work` makes the result of one program, whose length is
/// sent with it. A process costs more than most programs, so a child gets a few; if it dies, each
/// of them gets a child of its own.
Result<void> run_on_programs(std::size_t count, const CorpusOptions& options,
                             const std::function<Result<std::string>(std::size_t, Care)>& work,
                             const std::function<Result<void>(const ChildResult&)>& deliver);

/// Runs `work` for 0, 1, … `count` - 1 in children, `jobs` at a time, and hands the results to
/// `deliver` in this order. Stops at the first error of `deliver`, and when interrupted.
Result<void> run_in_children(std::size_t count, const CorpusOptions& options,
                             const std::function<Result<std::string>(std::size_t)>& work,
                             const std::function<Result<void>(const ChildResult&)>& deliver);

}  // namespace llmc
