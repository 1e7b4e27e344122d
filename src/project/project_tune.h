// llmc project tune: a project's build recorded, its units searched with one budget, chosen by what
// they make of the linked programs, tested, and written down in a lock file.
//
//     DIR ──copy──► WORK/baseline   built at -Oz, recorded; its tests pass
//                       │ units, links
//                       ▼
//         search, budget shared ──► linked, unit by unit ──► gate ──► lock file
//                                                                        │
//     DIR ──copy──► WORK/proposal   built with the lock file ◄───────────┘
//                       │ not larger, tests pass; else the guilty decisions are dropped
//                       ▼
//                 lock file, report
//
// With a compile_commands.json instead of a build, its units are compiled one by one, and the
// smallest object is what counts.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "project/lock_file.h"
#include "project/project_builds.h"
#include "project/project_choice.h"
#include "project/project_hints.h"
#include "project/project_inlining.h"
#include "project/project_search.h"
#include "project/project_verify.h"
#include "propose/explain.h"
#include "support/error.h"

namespace llmc {

/// Tests the winners and replaces those that fail, as gate_winners does.
using ProjectGate = std::function<Result<void>(Evaluator&, std::vector<TunedProgram>&)>;

/// Lists that a model proposes for each program; may be empty.
using ProjectAdvice =
    std::function<Result<std::vector<std::vector<PassList>>>(const std::vector<Program>&)>;

struct ProjectTuneSetting {
  ProjectCommands commands;
  /// A compile_commands.json: its units are tuned, by their objects, and nothing is built, linked
  /// or tested (`commands` needs no source and no commands then). Empty: the build is recorded.
  std::filesystem::path database;
  std::filesystem::path lock_folder;  ///< with a database: where the lock file is to lie
  std::vector<std::string> products;  ///< patterns of names; none: all
  SharedSearch search;  ///< without `first`, `bytes` and `evaluations`
  std::uint64_t evaluations = 50;  ///< for each unit in the mean
  std::size_t linked_lists = 8;  ///< of each unit
  std::size_t tested_lists = 12;  ///< that no suite has tested before, for all units together
  const PassCatalogue* catalogue = nullptr;
  ProjectAdvice advise;  ///< may be empty
  ProjectGate gate;
  std::function<bool(const std::string& list)> is_known_sound;
  Digest suite;  ///< the version of the suite that the gate uses
  std::size_t explained = 8;  ///< units whose lists are explained: those that save most
  bool hints = false;
  std::uint64_t inlining = 0;  ///< evaluations of each unit's calls; 0: these are left to LLVM
  std::function<void(const std::string& what)> observe;
};

/// One unit's part of the report.
struct TunedUnit {
  std::string name;
  double linked = 0;  ///< bytes in all products at -Oz
  std::uint64_t oz_size = 0, size = 0;  ///< bytes of the object
  LinkedChoice choice;
  std::string list;  ///< k_baseline_list if nothing was better
  std::string found_by;
  std::uint64_t evaluations = 0;
  std::size_t rejected = 0;  ///< better lists that the gate rejected
  std::optional<Explanation> explanation;
};

/// One product's part.
struct TunedProduct {
  std::string name;
  Measurement before, after;
  std::string problem;  ///< why it could not be linked again
};

struct ProjectReport {
  std::vector<TunedProduct> products;
  std::vector<TunedUnit> units;  ///< those that make up most of the products first
  std::vector<std::string> left_out;  ///< units that cannot be tuned, with the reason
  std::vector<DroppedDecision> dropped;
  std::vector<LinkHint> hints;
  std::optional<InliningOutcome> inlining;  ///< if it was asked for
  LockFile lock{""};
  bool tested = false;  ///< the project's own tests passed, at -Oz and with the lock file
  std::uint64_t evaluations = 0;
  double found = 0;  ///< linked bytes that the search saves by its objects, before gate and links
  std::size_t builds = 0;  ///< with lock files
  std::vector<std::pair<std::string, double>> seconds;  ///< of each phase
};

/// The whole run. Fails where the project does not build or test at -Oz, or cannot be recorded.
Result<ProjectReport> tune_project(Evaluator& evaluator, const ProjectTuneSetting& setting);

}  // namespace llmc
