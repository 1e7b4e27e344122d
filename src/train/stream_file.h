// Writing a file that is too large to be built in memory.
#pragma once

#include <cstdio>
#include <filesystem>
#include <functional>

#include "support/error.h"

namespace llmc::train {

/// Calls `write` with a stream to a temporary file beside `path`, then renames that into place.
/// Where anything fails nothing is left behind, and what was at `path` stays.
Result<void> write_stream(const std::filesystem::path& path,
                          const std::function<Result<void>(std::FILE*)>& write);

}  // namespace llmc::train
