// Hashes of files of any size.
#pragma once

#include <filesystem>

#include "support/digest.h"
#include "support/error.h"

namespace llmc {

/// What Digest::of is of the file's bytes, which are not all in memory at any time.
Result<Digest> digest_of_file(const std::filesystem::path& path);

}  // namespace llmc
