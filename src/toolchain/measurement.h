// What a compiled module costs: the numbers every comparison rests on.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/error.h"

namespace llmc {

/// Sizes in bytes of one object file, and the instruction count of the IR it came from.
/// text + rodata + eh_frame is what llvm-size's Berkeley format prints as "text".
struct Measurement {
  std::uint64_t instructions = 0;  ///< IR instructions of defined functions, debug not counted
  std::uint64_t text = 0;          ///< executable sections
  std::uint64_t rodata = 0;        ///< other read-only loaded sections
  std::uint64_t eh_frame = 0;      ///< .eh_frame: unwind tables
  std::uint64_t data = 0;          ///< loaded writable sections with contents
  std::uint64_t bss = 0;           ///< loaded sections without contents; costs nothing on disk

  /// text + data as llvm-size (Berkeley) counts them: code, read-only data, unwind tables and
  /// data; .bss is left out.
  [[nodiscard]] std::uint64_t binary_size() const { return text + rodata + eh_frame + data; }

  friend bool operator==(const Measurement&, const Measurement&) = default;
};

/// Section sizes of an object file in memory (`instructions` stays 0). Fails on bytes that are no
/// object file; `name` is for the message.
Result<Measurement> measure_object(std::string_view object, const std::string& name);

/// A function or an object of an object file.
struct SymbolSize {
  std::string name;
  std::string section;
  std::uint64_t bytes = 0;
};

/// The defined symbols with a size, largest first; sections and labels are left out.
Result<std::vector<SymbolSize>> symbol_sizes(std::string_view object, const std::string& name);

/// True if `bytes` are an object file (ELF, Mach-O or COFF), not IR.
bool is_object(std::string_view bytes);

}  // namespace llmc
