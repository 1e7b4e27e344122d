// Units that are to stay as fast as at their own level: clang compiles them as called, and once
// more with the functions that hardly ever run (project/cold_functions.h) made small. The smaller
// object stays, so that the result is never larger than clang's own, and everything that clang says
// and writes beside it is its own.
#pragma once

#include <string>
#include <vector>

#include "project/unit_call.h"
#include "sandbox/child.h"
#include "soundness/compiler_wrapper.h"
#include "support/error.h"

namespace llmc {

struct SpeedSetting {
  std::string clang;
  std::string hot;  ///< a file of functions (HotFunctions); empty: none
  Limits limits;  ///< of the judgement
};

/// The arguments without the options that say which profile clang is to use.
std::vector<std::string> without_profile_use(const std::vector<std::string>& arguments);

/// Whether a call at this level is one that is to be fast.
bool is_speed_level(const std::string& level);

/// Compiles `unit`, which `arguments` (with response files in their place) call for. clang's exit
/// status; `row` says what was done. Fails only where clang cannot be started.
Result<int> build_at_own_speed(const UnitCall& unit, const std::vector<std::string>& arguments,
                               const SpeedSetting& setting, WrapperRow& row);

}  // namespace llmc
