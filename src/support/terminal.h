// The terminal: whether there is one, its colours, and a progress line.
#pragma once

#include <chrono>
#include <string>

namespace llmc {

/// Escape sequences, all empty where colour is unwanted: no terminal, or NO_COLOR is set.
struct Style {
  const char* red = "";
  const char* green = "";
  const char* yellow = "";
  const char* bold = "";
  const char* plain = "";

  static Style for_standard_error();
  static Style for_standard_output();
};

/// True if standard error is a terminal.
bool standard_error_is_terminal();
/// True if standard output is a terminal.
bool standard_output_is_terminal();

/// A single line on standard error that is rewritten in place; silent unless that is a terminal.
class ProgressLine {
 public:
  ProgressLine();
  ~ProgressLine();
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  /// Shows `text` if the last change is at least 100 ms ago.
  void show(const std::string& text);
  /// Takes the line away, so that something else can be printed.
  void clear();

 private:
  bool enabled_;
  bool visible_ = false;
  std::chrono::steady_clock::time_point last_{};
};

/// "12 s", "3 min 20 s", "2 h 5 min".
std::string format_duration(double seconds);

}  // namespace llmc
