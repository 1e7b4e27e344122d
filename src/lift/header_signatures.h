// Signatures from a C header or source: clang is asked.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "lift/signature.h"
#include "support/error.h"

namespace llmc {

/// The signatures of those of the functions `names` that the C file `path` declares or defines,
/// compiled with `flags`. The errors are clang's.
Result<SignatureTable> signatures_of_header(const std::filesystem::path& path,
                                            const std::set<std::string>& names,
                                            const std::vector<std::string>& flags);

}  // namespace llmc
