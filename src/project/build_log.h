// What a build is told about llmc's own trouble: never more than once, and mostly in a log.
#pragma once

#include <filesystem>
#include <string>

#include "soundness/compiler_wrapper.h"

namespace llmc {

/// Appends `row` to `log`. Without one, rows of units whose list could not be applied go to cc.log
/// in the cache's folder, as long as that is smaller than 1 MiB.
void log_build_call(const std::string& log, const std::filesystem::path& cache,
                    const WrapperRow& row);

/// Prints "llmc: warning: …" to standard error, unless that was said in the last hour, in whatever
/// process of this user.
void say_once(const std::string& message);

}  // namespace llmc
