// What a project's build does, as the compilers that it called wrote it down: which units there
// are, with what flags, and what is linked.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "support/error.h"
#include "toolchain/front_end.h"

namespace llmc {

/// One source that became one object.
struct RecordedUnit {
  CompileCommand command;
  std::filesystem::path source;  ///< absolute
  std::filesystem::path object;  ///< absolute
};

/// One call that linked a program or a shared library.
struct RecordedLink {
  std::filesystem::path directory;
  std::vector<std::string> arguments;  ///< all but the compiler itself
  bool is_cxx = false;
  std::filesystem::path output;  ///< absolute
};

/// A build, in the order of its calls; of several calls with one output the last counts.
struct RecordedBuild {
  std::vector<RecordedUnit> units;
  std::vector<RecordedLink> links;
  std::vector<std::string> left_out;  ///< "source: why it cannot be tuned"
};

/// Shell commands for a compiler's script: they write the call into $LLMC_PROJECT_RECORDS, if that
/// is set, as a file of its own:
///
///     record = directory NUL compiler NUL { argument NUL }
std::string recording_commands();

/// One record of that form as a call; adds what it is to `build`. Questions, preprocessing and
/// probes of build systems are nothing. Fails on bytes that are no record.
Result<void> add_record(std::string_view record, RecordedBuild& build);

/// The records in a folder, in the order in which they were written.
Result<RecordedBuild> read_records(const std::filesystem::path& folder);

}  // namespace llmc
