// What a request's process may touch: Landlock, the kernel's access control for unprivileged
// processes (linux/landlock.h; https://docs.kernel.org/userspace-api/landlock.html).
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "serve/file_descriptor.h"
#include "support/error.h"

namespace llmc {

/// Everything else in the file system can be neither opened nor changed. Whether a file exists can
/// still be seen: Landlock does not govern `stat`.
struct Confinement {
  std::vector<std::filesystem::path> readable;  ///< files or folders: read and execute
  std::vector<std::filesystem::path> devices;   ///< read and write what is there
  std::vector<std::filesystem::path> writable;  ///< folders: files may be made, not executed
  std::optional<std::uint16_t> port;  ///< TCP connections may go there; none: no TCP at all
};

/// The version of Landlock that this kernel has; 0: none, or switched off.
int landlock_version();

/// From this version on, TCP can be forbidden.
inline constexpr int k_landlock_network_version = 4;

/// The rules as a descriptor, for `landlock_restrict_self` in a child. Paths that do not exist are
/// left out; symbolic links in them are followed now. Fails where the kernel has no Landlock.
Result<FileDescriptor> make_ruleset(const Confinement& confinement);

/// Takes the rights of the calling thread away for good; false (errno) if that is impossible. Calls
/// only what is allowed between fork and exec.
bool enter_ruleset(int ruleset);

}  // namespace llmc
