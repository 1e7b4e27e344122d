#include "soundness/verdict.h"

#include <fmt/format.h>

#include <array>

namespace llmc {
namespace {

constexpr std::array<std::string_view, 11> k_findings = {
    "sound",     "rejected-list", "compiler-crash", "compiler-hang", "invalid-ir", "link-failure",
    "run-crash", "run-hang",      "wrong-exit",     "wrong-output",  "not-tested"};

}  // namespace

std::string_view to_string(Finding finding) {
  return k_findings[static_cast<std::size_t>(finding)];
}

Result<Finding> parse_finding(std::string_view name) {
  for (std::size_t i = 0; i < k_findings.size(); ++i)
    if (k_findings[i] == name) return static_cast<Finding>(i);
  return fail(fmt::format("unknown finding '{}'", name));
}

bool is_wrong_result(Finding finding) {
  return finding == Finding::run_crash || finding == Finding::run_hang ||
         finding == Finding::wrong_exit || finding == Finding::wrong_output;
}

}  // namespace llmc
