#include "assembly/intel_dialect.h"

#include <algorithm>
#include <cctype>
#include <set>

#include "support/text.h"

namespace llmc {
namespace {

bool is_blank(char c) { return std::isspace(static_cast<unsigned char>(c)) != 0; }

bool is_word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '$';
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// `line` without its comment and blanks.
std::string_view statement_of(std::string_view line) {
  return trimmed(line.substr(0, line.find('#')));
}

const std::set<std::string_view>& wide_registers() {
  static const std::set<std::string_view> k_registers = {"rax", "rbx", "rcx", "rdx", "rsi", "rdi",
                                                         "rbp", "rsp", "r8",  "r9",  "r10", "r11",
                                                         "r12", "r13", "r14", "r15"};
  return k_registers;
}

const std::set<std::string_view>& middle_registers() {
  static const std::set<std::string_view> k_registers = {
      "eax", "ebx", "ecx",  "edx",  "esi",  "edi",  "ebp",  "esp",
      "r8d", "r9d", "r10d", "r11d", "r12d", "r13d", "r14d", "r15d"};
  return k_registers;
}

bool names_register(std::string_view operands) {
  static const std::set<std::string_view> k_narrow = {"al", "bl", "cl", "dl",  "ax",
                                                      "bx", "cx", "dx", "sil", "dil"};
  for (std::size_t i = 0; i < operands.size();) {
    std::size_t end = i;
    while (end < operands.size() && is_word_character(operands[end])) ++end;
    const std::string_view word = operands.substr(i, end - i);
    if (wide_registers().contains(word) || middle_registers().contains(word) ||
        k_narrow.contains(word) || word.starts_with("xmm") || word == "ptr")
      return true;
    i = std::max(end, i + 1);
  }
  return false;
}

std::string rewritten(std::string_view line) {
  const std::string_view statement = statement_of(line);
  const std::size_t gap = statement.find_first_of(" \t");
  if (gap == std::string_view::npos) return std::string(line);
  const std::string_view mnemonic = statement.substr(0, gap);
  const std::string_view operands = trimmed(statement.substr(gap));
  if (mnemonic == "movsx") {
    const std::size_t comma = operands.find(',');
    if (comma == std::string_view::npos) return std::string(line);
    const std::string_view source = trimmed(operands.substr(comma + 1));
    if (wide_registers().contains(trimmed(operands.substr(0, comma))) &&
        (middle_registers().contains(source) || source.starts_with("DWORD PTR")))
      return "\tmovsxd\t" + std::string(operands);
  }
  if ((mnemonic == "call" || mnemonic == "jmp") && operands.starts_with("[QWORD PTR ") &&
      operands.ends_with(']'))
    return "\t" + std::string(mnemonic) + "\t" +
           std::string(operands.substr(1, operands.size() - 2));
  return std::string(line);
}

}  // namespace

bool looks_intel(std::string_view text) {
  while (!text.empty()) {
    const std::string_view line = statement_of(take_line(text));
    if (line.starts_with(".intel_syntax")) return true;
    if (line.starts_with(".att_syntax")) return false;
    const auto gap = line.find_first_of(" \t");
    if (line.starts_with('.') || line.ends_with(':') || gap == std::string_view::npos) continue;
    const std::string_view operands = line.substr(gap);
    if (operands.contains('%') || operands.contains('$')) return false;
    if (names_register(operands)) return true;
  }
  return false;
}

std::string as_llvm_reads_intel(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    result += rewritten(text.substr(0, end));
    if (end == std::string_view::npos) break;
    result += '\n';
    text.remove_prefix(end + 1);
  }
  return result;
}

}  // namespace llmc
