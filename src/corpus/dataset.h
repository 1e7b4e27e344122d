// Data sets: what models are trained on, as JSON lines.
//
//     row      := pretrain | task
//     pretrain := {"task":"pretrain","kind":KIND,"text":TEXT, origin}
//     KIND     := "ir" | "ir-optimised" | "asm"
//     task     := {"task":TASK,"prompt":TEXT,"completion":TEXT, origin}
//     TASK     := "emulate-ir" | "emulate-asm" | "flags" | "lift"
//     origin   := "program":ID,"function":NAME,"package":NAME,"source":FILE
//
// ID is the hash of the program's unoptimised normal form; all rows of a program stand together.
// Prompts and completions are those of tasks/prompts.h and tasks/answers.h, code is in the normal
// form of ir/normal_form.h or as tasks/assembly_text.h leaves it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "corpus/corpus.h"
#include "corpus/row_file.h"
#include "tune/mutation.h"

namespace llmc {

/// What rows are about.
enum class DatasetKind { pretrain, emulate, flags, lift };

/// What a search found for a program.
struct Label {
  std::string list;  ///< canonical text; empty: nothing beats -Oz
  std::uint64_t binary_size = 0;  ///< with the list, or of -Oz
};

/// Labels by program id (32 hexadecimal digits).
using Labels = std::map<std::string, Label>;

/// What was left out when labels were read, by reason, and how good the labels are.
struct LabelCounts {
  std::uint64_t improved = 0;
  double log_ratio = 0;  ///< sum of log(size / -Oz size) over all labels
  std::map<std::string, std::uint64_t> skipped;
};

/// The rows that `llmc tune --json` printed for files named ID.bc. Of lists that improve only those
/// that the gate found sound are labels.
Result<Labels> read_labels(const std::filesystem::path& path, LabelCounts& counts);

struct DatasetOptions {
  CorpusOptions corpus;  ///< limits, jobs, seed, interruption
  DatasetKind kind = DatasetKind::pretrain;
  std::size_t lists = 2;  ///< emulate: pass lists for each program
  std::size_t longest_list = 8;  ///< emulate: length is uniform in 1..this
  const Alphabet* alphabet = nullptr;  ///< emulate: what lists are made of
  const PassCatalogue* catalogue = nullptr;  ///< flags
  const Labels* labels = nullptr;  ///< flags
  bool with_code = false;  ///< flags: the answer ends in the optimised code
};

struct DatasetCounts {
  std::map<std::string, std::uint64_t> rows;  ///< by task or kind
  std::map<std::string, std::uint64_t> skipped;  ///< by reason
  std::uint64_t bytes = 0;  ///< of rows
};

/// Writes the rows of `programs` to `file`, in order. Passes run in children; what crashes, takes
/// too long or leaves invalid IR is a counted skip. The bytes depend on the programs, the seed and
/// the options, not on the number of jobs.
Result<DatasetCounts> write_dataset(const std::vector<FunctionProgram>& programs,
                                    const DatasetOptions& options, RowFile& file,
                                    const CorpusProgress& progress);

}  // namespace llmc
