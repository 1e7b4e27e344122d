#include "project/decision_cache.h"

#include <fmt/format.h>

#include "project/checked_line.h"
#include "soundness/compiler_wrapper.h"
#include "support/files.h"
#include "support/numbers.h"
#include "toolchain/program.h"

namespace llmc {
namespace fs = std::filesystem;

namespace {

constexpr std::string_view k_decision_magic = "llmc-decision 1";

fs::path in_folders(const fs::path& folder, const std::string& kind, const std::string& name) {
  const std::string hex = Digest::of(name).hex();
  return folder / kind / hex.substr(0, 2) / hex.substr(2);
}

Result<void> write_below(const fs::path& path, const std::string& bytes) {
  LLMC_CHECK(make_folder(path.parent_path()));
  return write_file(path, bytes);
}

}  // namespace

fs::path DecisionCache::path_of(const Digest& key) const {
  return in_folders(folder_, "units",
                    fmt::format("{}|{}|{}", key.hex(), toolchain_version(), suite_name_));
}

fs::path DecisionCache::debug_path_of(const Digest& key, const std::string& list) const {
  return in_folders(folder_, "debug",
                    fmt::format("{}|{}|{}", key.hex(), toolchain_version(), list));
}

std::optional<UnitDecision> DecisionCache::find(const Digest& key) const {
  auto text = read_file(path_of(key));
  if (!text || !text->ends_with('\n')) return std::nullopt;
  text->pop_back();
  const auto fields = parse_checked_line(*text);
  if (!fields || fields->size() != 10 || (*fields)[0] != k_decision_magic ||
      (*fields)[1] != key.hex() || (*fields)[2] != toolchain_version() ||
      (*fields)[3] != suite_name_)
    return std::nullopt;
  UnitDecision decision;
  const auto suite = digest_of_hex((*fields)[6]);
  if (!suite || !parse_number((*fields)[4], decision.oz_size) ||
      !parse_number((*fields)[5], decision.size) || !parse_number((*fields)[8], decision.tried))
    return std::nullopt;
  decision.suite = *suite;
  decision.found_by = (*fields)[7];
  decision.list = (*fields)[9];
  return decision;
}

Result<void> DecisionCache::add(const Digest& key, const UnitDecision& decision) const {
  return write_below(
      path_of(key),
      print_checked_line({std::string(k_decision_magic), key.hex(), toolchain_version(),
                          suite_name_, std::to_string(decision.oz_size),
                          std::to_string(decision.size), decision.suite.hex(), decision.found_by,
                          std::to_string(decision.tried), decision.list}));
}

bool DecisionCache::ignores_debug_info(const Digest& key, const std::string& list) const {
  std::error_code code;
  return fs::exists(debug_path_of(key, list), code);
}

void DecisionCache::remember_ignores_debug_info(const Digest& key, const std::string& list) const {
  // Without the note the comparison is made again.
  [[maybe_unused]] const auto written = write_below(debug_path_of(key, list), "");
}

}  // namespace llmc
