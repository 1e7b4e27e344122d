// Whether rows of data sets still say what the compiler says.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "corpus/dataset.h"

namespace llmc {

/// How many rows were checked, and what is wrong with those that do not hold, a sentence each.
struct DatasetCheck {
  std::size_t checked = 0;
  std::vector<std::string> wrong;
};

/// Makes `most` rows of a file (0: all; chosen by hash with the seed) once more and compares:
/// optimised IR, assembly and sizes with what the compiler says now, lists with -Oz, lifted IR by
/// compiling it.
Result<DatasetCheck> check_dataset(const std::filesystem::path& path, std::size_t most,
                                   const DatasetOptions& options, const CorpusProgress& progress);

}  // namespace llmc
