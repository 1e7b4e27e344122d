// Building a suite's benchmarks, and their units as programs.
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "benchmark/suite_manifest.h"
#include "project/project_record.h"
#include "support/error.h"
#include "toolchain/program.h"

namespace llmc {

struct SuiteBuildOptions {
  std::filesystem::path work;  ///< copies are in folders of the benchmarks' names in it
  std::filesystem::path llmc;  ///< this program
  std::chrono::milliseconds limit{600'000};  ///< of each build
  const volatile int* interrupt = nullptr;
  std::function<void(const std::string& what)> observe;
};

struct SuiteBuild {
  std::filesystem::path tree;  ///< the copy
  RecordedBuild recorded;      ///< what was compiled and linked, also if it broke off
  std::string problem;         ///< why it broke off; empty: it did not
};

/// The folder for the copies of `benchmark`.
std::filesystem::path work_folder(const Benchmark& benchmark, const std::filesystem::path& work);

/// Builds `benchmark`, whose folder is `source`, with clang -Oz in a copy, unless that is done.
/// Fails only if it could not be tried, or with an error of kind interrupted.
Result<SuiteBuild> build_benchmark(const Benchmark& benchmark, const std::filesystem::path& source,
                                   const SuiteBuildOptions& options);

/// A unit of a suite that is to be evaluated on.
struct SuiteUnit {
  std::string benchmark;
  Program program;
  CompileCommand command;  ///< in the copy
};

/// One that is not, and why; a whole benchmark if `unit` is empty.
struct SuiteFailure {
  std::string benchmark, unit, reason;
};

struct LoadedSuite {
  std::vector<SuiteUnit> units;
  std::vector<SuiteFailure> failures;
};

/// Builds all benchmarks, for the headers that builds make, and compiles their units to
/// unoptimised IR without debug information. What goes wrong is a failure in the answer, and the
/// rest goes on; only an interruption, or a folder that cannot be written, is an error.
Result<LoadedSuite> load_suite(const BenchmarkSuite& suite, const SuiteBuildOptions& options);

}  // namespace llmc
