// One call of the compiler in a build: what `llmc cc` does where the settings of llmc cc's
// experiments (soundness/compiler_wrapper.h) are not there.
//
//     arguments ── no unit of ours ──────────────────────────────────► clang, unchanged
//         │
//     clang's front end ──► bitcode ──► key ──► lock file ── no entry ──► clang -Oz
//                                        │          └─ entry ──┐
//                                        └─► cache ── hit ─────┤
//                                              └─ miss ► search ┤
//                                                               ▼
//                                                    list, lowered in-process
//
// With LLMC_KEEP_SPEED, units at -O1, -O2 and -O3 go another way (project/speed_build.h).
//
// Whatever goes wrong behind the front end costs the gain and not the build: clang -Oz compiles the
// unit then, and the log says why.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "project/unit_decision.h"
#include "soundness/compiler_wrapper.h"
#include "support/error.h"

namespace llmc {

/// What the environment says.
struct BuildSettings {
  SearchBudget budget;  ///< LLMC_BUDGET
  std::string lock;  ///< LLMC_LOCK: a file, "off", or empty: the nearest llmc.lock
  std::filesystem::path cache;  ///< LLMC_CACHE, else the cache folder
  std::string suite;  ///< LLMC_SUITE's value, part of what decisions are kept under
  bool keep_speed = false;  ///< LLMC_KEEP_SPEED: anything but 0
  std::string profile;  ///< LLMC_PROFILE: a file of functions that run often; empty: none
  WrapperSettings wrapper;  ///< log, limits and `unsafe` count
  std::string problem;  ///< a variable that makes no sense, in words: then clang -Oz does units
};

/// Reads the settings; `variable` gives the value of an environment variable, "" if unset.
BuildSettings read_build_settings(
    const std::function<std::string(const std::string& name)>& variable);

/// Whether the environment has one of the settings that say what each unit is compiled with
/// (LLMC_CC_MODE, LLMC_CC_LIST, LLMC_CC_PLAN, LLMC_CC_ONLY): then run_compiler_call does the call.
bool is_directed(const std::function<std::string(const std::string& name)>& variable);

/// Does one call. Returns clang's exit status; for calls that are no unit it does not return but
/// becomes clang, unless that is impossible. `initialize_targets()` is called inside, while clang
/// works. The calling process must be single-threaded.
Result<int> run_build_call(const std::vector<std::string>& arguments,
                           const BuildSettings& settings);

}  // namespace llmc
