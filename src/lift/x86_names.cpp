#include "lift/x86_names.h"

#include <array>
#include <map>
#include <string>

namespace llmc {
namespace {

std::map<std::string, X86Register, std::less<>> all_registers() {
  std::map<std::string, X86Register, std::less<>> registers;
  const std::array<std::string, 8> old = {"AX", "CX", "DX", "BX", "SP", "BP", "SI", "DI"};
  for (unsigned number = 0; number < 8; ++number) {
    registers["R" + old[number]] = {number, 64};
    registers["E" + old[number]] = {number, 32};
    registers[old[number]] = {number, 16};
    if (number < 4) {
      registers[old[number].substr(0, 1) + "L"] = {number, 8};
      registers[old[number].substr(0, 1) + "H"] = {number, 8, true};
    } else {
      registers[old[number] + "L"] = {number, 8};
    }
  }
  for (unsigned number = 8; number < 16; ++number) {
    const std::string name = "R" + std::to_string(number);
    registers[name] = {number, 64};
    registers[name + "D"] = {number, 32};
    registers[name + "W"] = {number, 16};
    registers[name + "B"] = {number, 8};
  }
  return registers;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<X86Register> x86_register(std::string_view name) {
  static const auto registers = all_registers();
  const auto found = registers.find(name);
  if (found == registers.end()) return std::nullopt;
  return found->second;
}

std::optional<unsigned> xmm_register(std::string_view name) {
  if (!name.starts_with("XMM") || name.size() < 4 || name.size() > 5) return std::nullopt;
  unsigned number = 0;
  for (const char c : name.substr(3)) {
    if (!is_digit(c)) return std::nullopt;
    number = number * 10 + static_cast<unsigned>(c - '0');
  }
  if (number > 15) return std::nullopt;
  return number;
}

X86Name x86_name(std::string_view name) {
  for (const std::string_view suffix : {"_REV", "_alt", "_NOREX", "_Int", "_NT"})
    if (name.ends_with(suffix)) name.remove_suffix(suffix.size());
  std::size_t stem = 0;
  while (stem < name.size() && !is_digit(name[stem])) ++stem;
  std::size_t digits = stem;
  unsigned width = 0;
  while (digits < name.size() && is_digit(name[digits]))
    width = width * 10 + static_cast<unsigned>(name[digits++] - '0');
  return {name.substr(0, stem), width, name.substr(digits)};
}

}  // namespace llmc
