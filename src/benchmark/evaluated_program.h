// Programs that proposers are compared on, wherever they are from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "corpus/label_run.h"
#include "corpus/store.h"
#include "eval/results.h"
#include "support/error.h"
#include "toolchain/front_end.h"
#include "toolchain/program.h"

namespace llmc {

struct EvaluatedProgram {
  std::string benchmark;  ///< the suite's benchmark, the package; may be empty
  Program program;
  std::optional<CompileCommand> command;  ///< how clang compiles its source; none for IR
};

/// A program that could not be evaluated on, and why.
UnitRow failed_row(const Program& program, const std::string& benchmark, std::string reason);

/// One that could not even be loaded: its id is the hash of its name.
UnitRow unloaded_row(const std::string& name, const std::string& benchmark, std::string reason);

/// The programs of `filter` that belong to the shard, called "package/source" or
/// "package/source:function"; of more than `most` (0: no limit) those whose ids, hashed with the
/// seed, are smallest. In the order of ids.
Result<std::vector<EvaluatedProgram>> load_corpus_programs(CorpusStore& corpus,
                                                           const ProgramFilter& filter,
                                                           const Shard& shard, std::size_t most,
                                                           std::uint64_t seed);

}  // namespace llmc
