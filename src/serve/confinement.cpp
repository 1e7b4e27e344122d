#include "serve/confinement.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/landlock.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace llmc {
namespace {

// Newer than the kernel headers of Debian 12; from the kernel's documentation.
constexpr std::uint64_t k_truncate = 1U << 14;       // version 3
constexpr std::uint64_t k_ioctl_device = 1U << 15;   // version 5
constexpr std::uint64_t k_bind_tcp = 1U << 0;        // version 4
constexpr std::uint64_t k_connect_tcp = 1U << 1;     // version 4
constexpr std::uint64_t k_scope_sockets = 1U << 0;   // version 6: abstract UNIX sockets
constexpr std::uint64_t k_scope_signals = 1U << 1;   // version 6
constexpr int k_rule_net_port = 2;

/// struct landlock_ruleset_attr of version 6.
struct RulesetAttributes {
  std::uint64_t files = 0;
  std::uint64_t network = 0;
  std::uint64_t scoped = 0;
};

/// struct landlock_net_port_attr.
struct PortRule {
  std::uint64_t allowed = 0;
  std::uint64_t port = 0;
};

constexpr std::uint64_t k_read =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr std::uint64_t k_use_device =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | k_truncate;
// No links, devices, pipes or sockets: what the server finds there afterwards is files and folders.
constexpr std::uint64_t k_write =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR | LANDLOCK_ACCESS_FS_WRITE_FILE |
    LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR |
    LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REFER | k_truncate;
/// What a rule about a file, rather than a folder, may say.
constexpr std::uint64_t k_of_files = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE |
                                     LANDLOCK_ACCESS_FS_READ_FILE | k_truncate | k_ioctl_device;

/// All rights over files that version `version` of Landlock governs.
std::uint64_t governed_rights(int version) {
  std::uint64_t rights = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;  // version 1: bits 0 to 12
  if (version >= 2) rights |= LANDLOCK_ACCESS_FS_REFER;
  if (version >= 3) rights |= k_truncate;
  if (version >= 5) rights |= k_ioctl_device;
  return rights;
}

Error kernel_error(const std::string& what) {
  return {fmt::format("Landlock: {}: {}", what, std::strerror(errno))};
}

Result<void> allow(int ruleset, const std::filesystem::path& path, std::uint64_t rights) {
  const FileDescriptor file(::open(path.c_str(), O_PATH | O_CLOEXEC));
  if (!file.valid()) {
    if (errno == ENOENT || errno == ENOTDIR) return {};
    return std::unexpected(kernel_error(path.string()));
  }
  struct stat info{};
  if (::fstat(file.get(), &info) != 0) return std::unexpected(kernel_error(path.string()));
  landlock_path_beneath_attr rule{};
  rule.allowed_access = S_ISDIR(info.st_mode) ? rights : rights & k_of_files;
  rule.parent_fd = file.get();
  if (::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0)
    return std::unexpected(kernel_error(path.string()));
  return {};
}

}  // namespace

int landlock_version() {
  const long version =
      ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  return static_cast<int>(std::max(version, 0L));
}

Result<FileDescriptor> make_ruleset(const Confinement& confinement) {
  const int version = landlock_version();
  if (version == 0) return fail("this kernel has no Landlock");
  RulesetAttributes attributes;
  attributes.files = governed_rights(version);
  if (version >= k_landlock_network_version) attributes.network = k_bind_tcp | k_connect_tcp;
  if (version >= 6) attributes.scoped = k_scope_sockets | k_scope_signals;
  // An older kernel takes a longer structure as long as what it does not know is 0.
  FileDescriptor ruleset(
      static_cast<int>(::syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0)));
  if (!ruleset.valid()) return std::unexpected(kernel_error("cannot make rules"));

  const auto add = [&](const std::vector<std::filesystem::path>& paths,
                       std::uint64_t rights) -> Result<void> {
    for (const std::filesystem::path& path : paths)
      LLMC_CHECK(allow(ruleset.get(), path, rights & attributes.files));
    return {};
  };
  LLMC_CHECK(add(confinement.readable, k_read));
  LLMC_CHECK(add(confinement.devices, k_use_device));
  LLMC_CHECK(add(confinement.writable, k_write));
  if (confinement.port && attributes.network != 0) {
    const PortRule rule{k_connect_tcp, *confinement.port};
    if (::syscall(SYS_landlock_add_rule, ruleset.get(), k_rule_net_port, &rule, 0) != 0)
      return std::unexpected(kernel_error(fmt::format("port {}", *confinement.port)));
  }
  return ruleset;
}

bool enter_ruleset(int ruleset) {
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
}

}  // namespace llmc
