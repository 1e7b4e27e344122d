// What lift and relift share: reading what they work on, and the options of the rule lifter.
#pragma once

#include <CLI/CLI.hpp>

#include <cstdint>
#include <string>
#include <vector>

#include "assembly/assembly.h"
#include "lift/lift_unit.h"
#include "toolchain/program.h"

namespace llmc {

/// A file to lift.
struct LiftInput {
  std::string name;
  std::string text;  ///< assembly; empty: it is an object
  AsmUnit unit;
  SignatureTable own;  ///< of IR and sources: how their functions are called
};

/// What clang -Oz makes of a program, to be lifted; with the signatures of its IR.
Result<LiftInput> lift_input_of(const Program& program);

struct LiftInputOptions {
  std::string file;
  std::string target = "x86_64";
  std::string syntax = "detect";
  std::vector<std::string> signature_files;
  std::vector<std::string> flags;  ///< of clang, for sources and headers

  /// Adds FILE (explained by `help`) and the options that say how it is read to `app`.
  void add(CLI::App& app, const std::string& help);

  /// Reads the file: assembly, an object, or, compiled at -Oz first, IR or a source. What strangers
  /// wrote is read in a child first, which may die of it. What LLVM's outliner has taken out of
  /// functions stands in them.
  [[nodiscard]] Result<LiftInput> read() const;

  /// The signatures that --sig names, and those of `input` itself.
  [[nodiscard]] Result<SignatureTable> signatures(const LiftInput& input) const;

 private:
  [[nodiscard]] Result<LiftInput> read_as_written() const;
};

/// How functions are lifted by rules.
struct RuleOptions {
  std::vector<std::string> functions;
  long budget = 300;
  unsigned candidates = 400;
  bool no_search = false;
  unsigned execute = 0;  ///< inputs; 0: nothing is executed
  unsigned jobs;

  RuleOptions();
  /// Adds --function, --budget, --candidates, --no-search, --execute and -j to `app`.
  void add(CLI::App& app);

  /// Fails if `unit` has no function of a name that is asked for.
  [[nodiscard]] Result<LiftOptions> lift_options(const AsmUnit& unit) const;
};

/// Lifts `input`, with progress on a terminal.
Result<std::vector<LiftResult>> lift_with_progress(const LiftInput& input,
                                                   const LiftOptions& options);

}  // namespace llmc
