// Which calls of a compiler are units that llmc compiles itself: one C or C++ source to one object
// or assembly file, optimised, by flags that are known to mean the same to us as to clang.
#pragma once

#include <string>
#include <vector>

#include "project/unit.h"
#include "soundness/compiler_wrapper.h"
#include "support/error.h"

namespace llmc {

struct UnitCall {
  /// Its `arguments` are all but levels of optimisation; `object` is the output, whatever it is.
  CompilerCall call;
  UnitOutput output = UnitOutput::object;
  std::string level;  ///< the last level of optimisation as it was written; empty: none
  std::string why_not;  ///< why clang does the call unchanged; empty: it is a unit of ours
};

/// The arguments with response files (@FILE) in their place, as clang reads them.
Result<std::vector<std::string>> expand_response_files(const std::vector<std::string>& arguments);

/// Reads expanded arguments. Does not look at files, but at the output, which must be no device.
UnitCall read_unit_call(const std::vector<std::string>& arguments);

/// Whether clang's driver option is one that the front end settles, or that we reproduce; levels of
/// optimisation are, whatever they are.
bool is_known_option(const std::string& option);

/// clang's own -Oz on the call.
std::vector<std::string> oz_command(const std::string& clang, const UnitCall& call);

/// clang's front end alone on the call, which writes unoptimised bitcode to standard output, with
/// the diagnostics and the dependency file of the call itself.
std::vector<std::string> bitcode_command(const std::string& clang, const UnitCall& call);

}  // namespace llmc
