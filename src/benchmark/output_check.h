// Whether benchmarks do what they should when they are built with what proposers chose.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "benchmark/suite_manifest.h"
#include "eval/results.h"
#include "support/error.h"

namespace llmc {

struct OutputCheckOptions {
  std::filesystem::path work;
  std::filesystem::path llmc;  ///< this program
  std::chrono::milliseconds limit{600'000};  ///< of each build and each run
  const volatile int* interrupt = nullptr;
  std::function<void(const std::string& what)> observe;
};

/// Builds each benchmark that has runs at -O2 and with the smallest sound list of each proposer for
/// each unit, runs both on the benchmark's own inputs, and compares what they print and write
/// (soundness/difftest.h). A proposer that makes no unit of a benchmark smaller has no row for it.
/// What cannot be built or run is a row with the reason; only an interruption is an error.
Result<std::vector<OutputRow>> check_outputs(const BenchmarkSuite& suite, const ResultSet& results,
                                             const OutputCheckOptions& options);

}  // namespace llmc
