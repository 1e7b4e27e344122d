// Units to programs in the corpus.
#pragma once

#include <cstdint>

#include "corpus/store.h"

namespace llmc {

struct IngestOptions {
  CorpusOptions children;  ///< jobs, limits for each unit, what functions are taken, interruption
  Split split = Split::train;
  /// Of a hundred units, chosen by hash, so many are compiled for AArch64 as well.
  unsigned aarch64_percent = 18;
  /// Take units with names of the evaluation set as well; for its fingerprints only.
  bool evaluation = false;
};

/// `command` for AArch64 Linux: the flags that only x86-64 has are left out.
CompileCommand for_aarch64(CompileCommand command);

/// Compiles the units of `sources` in children and cuts them into functions. Units with names of
/// the evaluation set are left out; what cannot be compiled, or is the death of LLVM, is a record
/// with its reason. The records are in the order of the units, whatever the number of jobs.
Result<PackageWriter> ingest(const PackageSources& sources, const IngestOptions& options,
                             const EvaluationSet& evaluation_set, const CorpusProgress& progress);

}  // namespace llmc
