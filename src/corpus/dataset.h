// Data sets: what models are trained on, as JSON lines.
//
//     row      := pretrain | task
//     pretrain := {"task":"pretrain","kind":KIND,"text":TEXT,["passes":LIST,] origin}
//     KIND     := "ir" | "ir-optimised" | "asm"
//     task     := {"task":TASK,"prompt":TEXT,"completion":TEXT, origin}
//     TASK     := "emulate-ir" | "emulate-asm" | "flags" | "lift" | "respond" | "sizes"
//     origin   := "program":ID,"function":NAME,"package":NAME,"source":FILE
//
// ID is the hash of the program's unoptimised normal form; all rows of a program stand together.
// Prompts and completions are those of tasks/prompts.h, tasks/answers.h and tasks/response.h, code
// is in the normal form of ir/normal_form.h or as tasks/assembly_text.h leaves it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "corpus/corpus.h"
#include "corpus/labels.h"
#include "corpus/row_file.h"
#include "tune/mutation.h"
#include "tune/size_response.h"

namespace llmc {

/// What rows are about.
enum class DatasetKind { pretrain, emulate, flags, lift, respond };

/// The kind of that name; pretrain for any other.
DatasetKind dataset_kind(std::string_view name);

struct DatasetOptions {
  CorpusOptions corpus;  ///< limits, jobs, seed, interruption
  DatasetKind kind = DatasetKind::pretrain;
  std::size_t lists = 2;  ///< emulate: pass lists for each program
  std::size_t pretrain_lists = 0;  ///< pretrain: likewise
  std::size_t longest_list = 8;  ///< of both: length is uniform in 1..this
  const Alphabet* alphabet = nullptr;  ///< of both: what lists are made of
  const PassCatalogue* catalogue = nullptr;  ///< flags
  const Labels* labels = nullptr;  ///< flags
  const ResponseClasses* classes = nullptr;  ///< respond
  /// respond: sizes with the lists of the classes, as log(size / -Oz size)
  const std::map<Digest, std::vector<double>>* log_ratios = nullptr;
  bool with_code = false;  ///< flags: the answer ends in the optimised code
  std::size_t sampled = 0;  ///< rows of which the texts are kept
};

struct DatasetCounts {
  std::map<std::string, std::uint64_t> rows;  ///< by task or kind
  std::map<std::string, std::uint64_t> skipped;  ///< by reason
  std::uint64_t bytes = 0;  ///< of rows
  std::uint64_t text_bytes = 0;  ///< of their texts; of prompts and completions
  std::map<Digest, std::string> sample;  ///< texts of the rows whose hashes are smallest

  [[nodiscard]] std::vector<std::string> sampled_texts() const;
};

/// The answer about sizes with the first lists, as rows have it.
std::string told_sizes(const std::vector<double>& log_ratios);

/// Writes the rows of `programs` to `file`, in order. Passes run in children; what crashes, takes
/// too long or leaves invalid IR is a counted skip. The bytes depend on the programs, the seed and
/// the options, not on the number of jobs.
Result<DatasetCounts> write_dataset(const std::vector<FunctionProgram>& programs,
                                    const DatasetOptions& options, RowFile& file,
                                    const CorpusProgress& progress);

}  // namespace llmc
