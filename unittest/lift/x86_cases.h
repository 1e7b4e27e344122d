// Rows of instructions that stand for many cases of the templates of x86-64.
#pragma once

#include <algorithm>
#include <set>

#include "lift/x86_processor.h"

namespace llmc::test {

inline constexpr unsigned k_inputs = 1000;

using Prepare = std::function<void(ProcessorState&, std::mt19937_64&)>;
using Cases = std::vector<ProcessorCase>;

/// Instructions of several widths and forms, one letter an operand, in AT&T's order:
///   r  general register of the width      x  vector register     m  memory
///   i  immediate of the width             s  count of a shift    a  memory, aligned
///   d, q  general register of 32, 64 bits c  %cl                 u  immediate of 8 bits
struct CaseRow {
  std::string mnemonic;                ///< without the letter of the width
  std::string widths;                  ///< of "bwlq"; empty: the mnemonic is complete
  std::vector<std::string> forms;
  Comparison comparison = Comparison::exact;
  Prepare prepare;
  bool is_refused = false;
};

inline unsigned bits_of(char suffix) {
  return suffix == 'b' ? 8 : suffix == 'w' ? 16 : suffix == 'l' ? 32 : 64;
}

inline std::string general_name(unsigned number, unsigned width) {
  const std::string name = k_general_names[number];
  if (width == 64) return "%" + name;
  if (number >= 8) return "%" + name + (width == 32 ? "d" : width == 16 ? "w" : "b");
  const std::string old = name.substr(1);
  if (width == 32) return "%e" + old;
  if (width == 16) return "%" + old;
  return number < 4 ? "%" + old.substr(0, 1) + "l" : "%" + old + "l";
}

/// Pairs of registers: two, the same twice, new ones, and parts that are not the lowest.
inline std::pair<std::string, std::string> general_pair(std::size_t k, unsigned width) {
  if (width == 8) {
    constexpr std::array<std::pair<const char*, const char*>, 8> k_bytes = {{{"%cl", "%al"},
                                                                             {"%al", "%al"},
                                                                             {"%r9b", "%bpl"},
                                                                             {"%ah", "%bl"},
                                                                             {"%dl", "%dh"},
                                                                             {"%ch", "%ch"},
                                                                             {"%bh", "%ah"},
                                                                             {"%bl", "%r15b"}}};
    return k_bytes[k % k_bytes.size()];
  }
  constexpr std::array<std::pair<unsigned, unsigned>, 6> k_pairs = {
      {{1, 0}, {0, 0}, {9, 5}, {3, 12}, {2, 6}, {13, 7}}};
  const auto [a, b] = k_pairs[k % k_pairs.size()];
  return {general_name(a, width), general_name(b, width)};
}

inline std::string vector_name(std::size_t k, bool is_first) {
  constexpr std::array<std::pair<unsigned, unsigned>, 4> k_pairs = {
      {{1, 0}, {0, 0}, {9, 5}, {3, 12}}};
  const auto [a, b] = k_pairs[k % k_pairs.size()];
  return "%xmm" + std::to_string(is_first ? a : b);
}

inline std::vector<std::int64_t> immediates(char kind, unsigned width) {
  if (kind == 'u') return {0, 1, 2, 3, 5, 7, 27, 78, 147, 228, 255};
  if (kind == 's') return {0, 1, 2, 7, 8, 15, 16, 31, 32, 63};
  const std::int64_t most = (std::int64_t{1} << (std::min(width, 32U) - 1)) - 1;
  return {0, 1, -1, most, -most - 1, 42};
}

inline std::string operand(char kind, std::size_t k, unsigned width, bool is_first) {
  const auto general = [&](unsigned bits) {
    const auto [a, b] = general_pair(k, bits);
    return is_first ? a : b;
  };
  constexpr std::array<const char*, 4> k_addresses = {"(%rsi)", "16(%rsi,%rdi,8)",
                                                      "-48(%rsi,%rdi,8)", "5(%rsi)"};
  switch (kind) {
    case 'r':
      return general(width);
    case 'd':
      return general(32);
    case 'q':
      return general(64);
    case 'x':
      return vector_name(k, is_first);
    case 'c':
      return "%cl";
    case 'a':
      return k_addresses[k % 3];
    case 'm':
      return k_addresses[k % 4];
    default: {
      const auto values = immediates(kind, width);
      return "$" + std::to_string(values[k % values.size()]);
    }
  }
}

inline std::size_t variants(const std::string& form, unsigned width) {
  std::size_t most = width == 8 ? 8 : 4;
  if (form.contains('r') && width != 8) most = 6;
  for (const char kind : form)
    if (std::string("ius").contains(kind)) most = std::max(most, immediates(kind, width).size());
  return most;
}

/// All cases of a row. The first register of a form is the first of a pair.
inline void expand(const CaseRow& row, Cases& cases) {
  const std::string widths = row.widths.empty() ? "-" : row.widths;
  for (const char suffix : widths) {
    const unsigned width = row.widths.empty() ? 32 : bits_of(suffix);
    for (const std::string& form : row.forms)
      for (std::size_t k = 0; k < variants(form, width); ++k) {
        std::string text = row.mnemonic + (row.widths.empty() ? "" : std::string(1, suffix));
        bool is_first = true;
        for (std::size_t place = 0; place < form.size(); ++place) {
          text += (place == 0 ? " " : ", ") + operand(form[place], k, width, is_first);
          const bool is_register = std::string("rdqx").contains(form[place]);
          if (is_register) is_first = false;
        }
        cases.push_back({text, row.comparison, row.is_refused, row.prepare});
      }
  }
}

inline Cases expanded(const std::vector<CaseRow>& rows) {
  Cases cases;
  for (const CaseRow& row : rows) expand(row, cases);
  return cases;
}

/// The name in the tables that knows LLVM's `name`.
inline std::string_view template_name(std::string_view name,
                                      const std::set<std::string_view>& integer,
                                      const std::set<std::string_view>& others) {
  std::string_view longest;
  for (const std::string_view known : others)
    if (name.starts_with(known) && known.size() > longest.size()) longest = known;
  const bool is_rest_lower = std::ranges::none_of(
      name.substr(longest.size(), name.find('_', longest.size()) - longest.size()),
      [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!longest.empty() && is_rest_lower) return longest;
  const auto found = integer.find(x86_name(name).stem);
  return found == integer.end() ? std::string_view{} : *found;
}

/// Fails for each name in `tables` that no instruction of `cases` has.
inline void expect_all_tested(const Cases& cases, const std::set<std::string_view>& integer,
                              const std::set<std::string_view>& others) {
  const AsmUnit unit =
      take(read_assembly(ProcessorBench::unit_text(cases), NormalTarget::x86_64, "cases"));
  std::set<std::string_view> missing = integer;
  missing.insert(others.begin(), others.end());
  for (const AsmFunction& function : unit.functions)
    for (const AsmInstruction& instruction : function.instructions)
      missing.erase(template_name(instruction.name, integer, others));
  for (const std::string_view name : missing) ADD_FAILURE() << "no case has " << name;
}

inline std::set<std::string_view> as_set(const std::vector<std::string_view>& names) {
  return {names.begin(), names.end()};
}

/// All cases of several lists.
inline Cases joined(std::initializer_list<Cases> lists) {
  Cases all;
  for (const Cases& list : lists) std::ranges::copy(list, std::back_inserter(all));
  return all;
}

}  // namespace llmc::test
