// Suites: programs that know their own right output, for testing pass lists.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "sandbox/child.h"
#include "support/digest.h"
#include "support/error.h"
#include "toolchain/program.h"

namespace llmc {

/// One self-testing program as source. It prints `expected` and exits with 0.
struct SuiteSource {
  std::string name;  ///< unique in its suite: "loop_several_exits.c", "CPP/12", "csmith-81"
  std::string text;
  bool is_cxx = false;
  /// The right output, where it is known beforehand; else it is what clang -O0 and -O2 agree on.
  std::string expected;
  bool expected_known = false;
};

/// A suite before it is compiled.
struct SuiteSources {
  std::string name;  ///< "builtin", "humaneval-x", "csmith"
  std::vector<SuiteSource> programs;
  std::filesystem::path include_folder;  ///< for the programs' own headers; may be empty
  std::string headers;                   ///< the text of those headers, part of the version

  /// True if no program can be left out.
  [[nodiscard]] bool all_outputs_known() const;

  [[nodiscard]] Digest version() const;  ///< hash of the content of everything in it
};

/// A compiled program of a suite.
struct SuiteProgram {
  Program program;
  std::string expected;
  bool is_cxx = false;
};

/// A program that does not take part, and why.
struct LeftOut {
  std::string name;
  std::string reason;
};

/// A suite that is ready to run.
struct Suite {
  std::string name;
  Digest version;  ///< the sources', with what was left out: names what a verdict rests on
  std::vector<SuiteProgram> programs;
  std::vector<LeftOut> left_out;
};

/// The suite in data/suite of this installation.
Result<SuiteSources> builtin_suite();

/// The programs *.c and *.cpp in `folder`, each a whole program. What it should print is in a file
/// of the same name and ".expected"; without one, what it prints at -O0 and -O2 of clang must
/// agree.
Result<SuiteSources> folder_suite(const std::filesystem::path& folder, const std::string& name);

/// The programs of a HumanEval-X C++ file: one JSON object a line with "task_id", "prompt" (or
/// "declaration"), "canonical_solution" and "test"; gzip is recognised.
Result<SuiteSources> humaneval_suite(const std::filesystem::path& file);

/// The name of the suite that lists are tested on unless the user says otherwise: $LLMC_SUITE, or
/// "builtin".
std::string default_suite();

/// The suite of this name: "builtin", "dir=FOLDER" or "humaneval-x=FILE".
Result<SuiteSources> suite_by_name(const std::string& name);

/// Programs made by csmith with the seeds first_seed, first_seed + 1, …; `count` of them.
Result<SuiteSources> csmith_suite(std::uint64_t first_seed, std::size_t count, unsigned jobs);

class SoundnessStore;

/// Compiles every program of `sources`, in `jobs` children; what was compiled before comes from
/// `store` (which may be null). Where the output is not known, the program is built with clang
/// -O0 and -O2 and run under both: those that do not build, do not end in 2 s with exit status 0,
/// or do not agree are left out. Fails if a program whose output is known does not compile. Calls
/// `observe` with the number of programs done.
Result<Suite> compile_suite(const SuiteSources& sources, SoundnessStore* store, unsigned jobs,
                            const std::function<void(std::size_t)>& observe = {});

}  // namespace llmc
