// Making a suite of a source tree: what in it can be built, with which units and flags, and how
// its programs are run.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "benchmark/suite_manifest.h"
#include "support/error.h"

namespace llmc {

struct SuiteInitOptions {
  std::filesystem::path tree;  ///< never written to
  std::string name;
  std::string build;  ///< shell command for every benchmark; empty: guessed
  std::vector<std::string> runs;     ///< for every benchmark; empty: guessed
  std::vector<std::string> compare;  ///< with `runs`
  std::filesystem::path work;  ///< for copies
  std::filesystem::path llmc;  ///< this program
  std::chrono::milliseconds limit{600'000};  ///< of each build
  const volatile int* interrupt = nullptr;
  /// Told what is being done.
  std::function<void(const std::string& what)> observe;
};

/// The folders of `tree` that have something to build with and are in no other such folder,
/// relative to it and sorted; "." is the tree itself.
std::vector<std::filesystem::path> find_benchmarks(const std::filesystem::path& tree);

/// Builds every benchmark in a copy and records its units. Old C is met half-way: what does not
/// build is tried again with clang's newer errors as warnings. A benchmark that does not build, or
/// a unit that does not compile, is in the suite with the reason. Fails if there is nothing to
/// build at all, or where it cannot write.
Result<BenchmarkSuite> init_suite(const SuiteInitOptions& options);

}  // namespace llmc
