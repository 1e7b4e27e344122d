// Weights of whatever the command line names: a run, a checkpoint, an exported model.
#pragma once

#include <filesystem>
#include <vector>

#include "support/error.h"
#include "train/weights.h"

namespace llmc::train {

/// The newest checkpoint of the run that `path` is, or the checkpoint itself.
Result<std::filesystem::path> find_checkpoint(const std::filesystem::path& path);

/// The weights of a run (its newest checkpoint), a checkpoint, a folder that `export` wrote, or a
/// file of safetensors or GGUF.
Result<std::vector<NamedWeight>> read_weights(const std::filesystem::path& path);

}  // namespace llmc::train
