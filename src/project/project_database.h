// A project that is tuned by its compile_commands.json instead of by its build: what would be
// compiled is known then, but not what is linked, so that units count with their objects.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "project/lock_file.h"
#include "project/project_record.h"
#include "soundness/compiler_wrapper.h"
#include "support/error.h"
#include "toolchain/front_end.h"
#include "toolchain/measurement.h"

namespace llmc {

/// The database that `input` is or, if it is a folder, holds. Fails if there is none.
Result<std::filesystem::path> find_database(const std::filesystem::path& input);

/// The units of the database, each compiled by clang -Oz to an object in the folder `objects`;
/// levels of optimisation in the database do not count. What `llmc cc` leaves to clang and what
/// clang does not compile is left out, with the reason. `observe` is told how many are done of how
/// many; it may return false to stop, which is an error of kind interrupted.
Result<RecordedBuild> compile_database(
    const std::filesystem::path& database, const std::filesystem::path& objects,
    const FrontEnd& front_end,
    const std::function<bool(std::size_t done, std::size_t all)>& observe);

/// How `llmc cc` compiles the units of a database.
struct LockedCompilation {
  std::filesystem::path llmc;
  std::string clang;
  std::filesystem::path lock;  ///< the lock file
  std::filesystem::path log;   ///< LLMC_CC_LOG: written anew
  std::filesystem::path objects;  ///< a folder; objects have the names of `build`'s there
  std::function<bool(std::size_t done)> observe;  ///< may return false to stop
};

/// Compiles all units with the lock file; what was done is said by the log's rows.
Result<std::vector<WrapperRow>> compile_with_lock(const RecordedBuild& build,
                                                  const LockedCompilation& how);

/// What these objects weigh together.
Result<Measurement> sum_of_objects(const std::vector<std::filesystem::path>& objects);

}  // namespace llmc
