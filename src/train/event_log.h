// The log of a run, twice: JSON lines, and TensorBoard's event files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "support/error.h"
#include "train/json.h"

namespace llmc::train {

/// One scalar of a step.
struct Scalar {
  std::string tag;
  double value;
};

/// RUN/log.jsonl holds one object for each step and one for each validation, in the order of
/// steps; RUN/events.out.tfevents.… holds the same scalars for TensorBoard.
///
///   event file = record*
///   record     = length:u64 masked-crc(length):u32 data masked-crc(data):u32   (TFRecord)
///   data       = a protocol buffer `Event`: wall_time = 1 (double), step = 2 (varint),
///                file_version = 3 (text) or summary = 5 { value = 1 { tag = 1, simple_value = 2 }
///                }
///   masked-crc = rotate-right(CRC-32C, 15) + 0xa282ead8
class EventLog {
 public:
  /// Opens the logs of a run that goes on after `step`: lines of later steps, which a killed run
  /// left, are taken out of log.jsonl. `seconds` is the wall clock (since 1970), for the file's
  /// name and first record.
  static Result<EventLog> open(const std::filesystem::path& run, std::int64_t step, double seconds);

  /// Appends one line and one event, and hands both to the system at once.
  Result<void> add(std::int64_t step, double seconds, const Json& line,
                   const std::vector<Scalar>& scalars);

 private:
  std::filesystem::path lines_, events_;
};

}  // namespace llmc::train
