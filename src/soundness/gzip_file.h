// Files that may be gzip, as data sets are published.
#pragma once

#include <filesystem>
#include <string>

#include "support/error.h"

namespace llmc {

/// The bytes of a file, unpacked if it is gzip.
Result<std::string> read_maybe_gzip(const std::filesystem::path& path);

}  // namespace llmc
