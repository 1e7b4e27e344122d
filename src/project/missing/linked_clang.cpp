// In the place of clang's libraries where they are not installed.
#include "project/linked_clang.h"

namespace llmc {

bool is_linked_clang(const std::string& /*path*/) { return false; }

std::optional<int> run_linked_clang(const std::vector<std::string>& /*command*/, int /*options*/) {
  return std::nullopt;
}

}  // namespace llmc
