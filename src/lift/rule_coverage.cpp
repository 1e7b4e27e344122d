#include "lift/rule_coverage.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "lift/a64_templates.h"
#include "lift/x86_names.h"
#include "lift/x86_templates.h"

namespace llmc {
namespace {

/// x86-64's control flow, and what moves the stack pointer.
bool is_structural(std::string_view stem) {
  constexpr std::string_view k_stems[] = {"CALL", "PUSH", "POP", "LEAVE", "ENDBR", "PAUSE", "TRAP"};
  for (const std::string_view known : k_stems)
    if (stem == known) return true;
  return stem.starts_with("JCC_") || stem.starts_with("JMP") || stem.starts_with("RET") ||
         stem.starts_with("NOOP") || stem.starts_with("UD");
}

std::set<std::string_view> names_of(const std::vector<std::string_view>& names) {
  return {names.begin(), names.end()};
}

/// Control flow of AArch64.
bool is_a64_structural(std::string_view name) {
  constexpr std::string_view k_names[] = {"B",     "Bcc",  "BL",   "BLR",   "BR",
                                          "RET",   "BRK",  "CBZW", "CBZX",  "CBNZW",
                                          "CBNZX", "TBZW", "TBZX", "TBNZW", "TBNZX"};
  return std::ranges::find(k_names, name) != std::end(k_names);
}

}  // namespace

// The targets have no names of instructions in common.
bool has_rule(const AsmInstruction& instruction) {
  static const std::set<std::string_view> integers = names_of(integer_templates());
  static const std::set<std::string_view> strings = names_of(string_templates());
  static const std::set<std::string_view> vectors = names_of(vector_templates());
  static const std::set<std::string_view> a64 = names_of(a64_templates());
  if (a64.contains(instruction.name) || is_a64_structural(instruction.name)) return true;
  const std::string_view stem = x86_name(instruction.name).stem;
  if (is_structural(stem) || integers.contains(stem) || strings.contains(stem) ||
      strings.contains(instruction.name))
    return true;
  // A row of the vector table is a name without the form of its operands.
  for (std::size_t length = instruction.name.size(); length > 2; --length)
    if (vectors.contains(instruction.name.substr(0, length))) {
      const std::string_view form = instruction.name.substr(length);
      return form.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_I") ==
             std::string_view::npos;
    }
  return false;
}

}  // namespace llmc
