// The program that runs.
#pragma once

#include <filesystem>

#include "support/error.h"

namespace llmc {

/// Its file, to be started again.
Result<std::filesystem::path> own_program();

}  // namespace llmc
