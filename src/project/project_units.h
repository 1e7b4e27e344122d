// The units of a recorded build as programs.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "project/project_products.h"
#include "project/project_record.h"
#include "support/digest.h"
#include "support/error.h"
#include "toolchain/front_end.h"
#include "toolchain/program.h"

namespace llmc {

/// What one decision of the lock file is about: all places of a build where the same content is
/// compiled with the same options.
struct ProjectUnit {
  Digest key;
  std::string name;  ///< the source's path in the tree
  std::vector<std::size_t> places;  ///< in RecordedBuild::units
};

struct ProjectUnits {
  std::vector<ProjectUnit> units;
  std::vector<Program> programs;  ///< of each unit, without debug information
  std::vector<std::string> left_out;  ///< "source: why it cannot be tuned"
};

/// The line of an error's message that says what is wrong: clang's first error, else the first.
std::string main_line(const std::string& message);

/// One unit as unoptimised IR without debug information, called `name`. The error is clang's own
/// message, or says which flag llmc does not reproduce.
Result<Program> load_unit(const CompileCommand& command, const FrontEnd& front_end,
                          const std::string& name);

/// Compiles what was recorded in `tree` to unoptimised IR. Units that clang or llmc cannot handle
/// are left out, with the reason. `observe` is told how many are done; it may return false to stop,
/// which is an error of kind interrupted.
Result<ProjectUnits> load_units(const RecordedBuild& build, const std::filesystem::path& tree,
                                const FrontEnd& front_end,
                                const std::function<bool(std::size_t done)>& observe);

/// Whether units that are in no product count with their objects: they do unless products were
/// named.
enum class LooseUnits { count, ignored };

/// What a unit makes up of all products, as often as it is in them. Of a unit that is in none: the
/// bytes of its object, or 0 if it is to be ignored.
double linked_bytes(const ProjectUnit& unit, const RecordedBuild& build,
                    const std::vector<Product>& products, LooseUnits loose);

}  // namespace llmc
