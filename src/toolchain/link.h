// Linking objects to a program for this machine, with lld in-process.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "support/error.h"

namespace llmc {

/// Links as `clang -pthread -lm` or `clang++ -pthread` would, without starting a process: about
/// 5 ms, or 7 ms with the C++ library.
class Linker {
 public:
  /// Asks clang's driver once how it links; the errors are its own.
  static Result<Linker> create();

  /// What create() learned, as text, and back: for processes that must start quickly.
  [[nodiscard]] std::string to_text() const;
  static Result<Linker> from_text(const std::string& text);

  /// Links `objects` (files) to the program `output`, which must not exist. lld may end the process
  /// on odd input, so this is called in a child.
  [[nodiscard]] Result<void> link(const std::vector<std::filesystem::path>& objects,
                                  const std::filesystem::path& output, bool is_cxx) const;

 private:
  /// lld's arguments, with placeholders for the object and the output.
  using Arguments = std::vector<std::string>;
  Linker(Arguments c, Arguments cxx) : c_(std::move(c)), cxx_(std::move(cxx)) {}
  Arguments c_;
  Arguments cxx_;
};

}  // namespace llmc
