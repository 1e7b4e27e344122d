// Checkpoints: the whole state of a run in a folder that is complete or absent.
//
//   RUN/step-NNNNNNNN/           NNNNNNNN: steps of the optimiser since the run began
//     state.json                 written last
//     part-NNNN.bin              the buffers' bytes one after the other, cut at 15 MiB
//
//   state.json = {"format": "llmc-checkpoint", "version": 1, "state": …,
//                 "buffers": [{"name", "bytes"}…], "parts": [{"bytes", "crc32c"}…]}
//
// The folder is made under a temporary name and renamed when all of it has reached the disk: a
// run that is killed while saving leaves the checkpoint before.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "support/error.h"
#include "train/json.h"

namespace llmc::train {

struct CheckpointBuffer {
  std::string name;
  std::span<const std::byte> bytes;
};

/// Writes RUN/step-NNNNNNNN and then removes all older ones but the newest `keep` - 1. An existing
/// one of the same step is replaced. On failure nothing of it is left and the older ones stay.
Result<void> save_checkpoint(const std::filesystem::path& run, std::int64_t step, const Json& state,
                             std::span<const CheckpointBuffer> buffers, std::size_t keep);

struct Checkpoint {
  Json state;
  std::vector<std::pair<std::string, std::vector<std::byte>>> buffers;

  /// The buffer of that name, or an error.
  [[nodiscard]] Result<std::span<const std::byte>> buffer(const std::string& name) const;
};

/// Reads a checkpoint's folder; every size and checksum is verified.
Result<Checkpoint> load_checkpoint(const std::filesystem::path& folder);

/// The folders of complete checkpoints of a run, the newest first. (Complete: state.json is there;
/// whether the parts are sound shows when it is loaded.)
std::vector<std::filesystem::path> list_checkpoints(const std::filesystem::path& run);

}  // namespace llmc::train
