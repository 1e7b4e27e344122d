// The bytes between supervisor and worker: a 4-byte little-endian length, then CBOR.
#pragma once

#include <optional>
#include <string>

#include "tune/worker.h"

namespace llmc {

/// Blocks for the next batch; nothing once the other end has closed.
std::optional<Batch> receive_batch(int fd);

/// Sends one row; false if the other end is gone.
bool send_row(int fd, const Row& row);

}  // namespace llmc
