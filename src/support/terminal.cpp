#include "support/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace llmc {
namespace {

Style style_for(int fd) {
  const char* no_color = std::getenv("NO_COLOR");
  if (::isatty(fd) == 0 || (no_color != nullptr && *no_color != '\0')) return {};
  return {"\033[31m", "\033[32m", "\033[33m", "\033[1m", "\033[0m"};
}

std::size_t terminal_width() {
  winsize size{};
  const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}

}  // namespace

Style Style::for_standard_error() { return style_for(STDERR_FILENO); }
Style Style::for_standard_output() { return style_for(STDOUT_FILENO); }
bool standard_error_is_terminal() { return ::isatty(STDERR_FILENO) != 0; }
bool standard_output_is_terminal() { return ::isatty(STDOUT_FILENO) != 0; }

ProgressLine::ProgressLine() : enabled_(standard_error_is_terminal()) {}
ProgressLine::~ProgressLine() { clear(); }

void ProgressLine::show(const std::string& text) {
  const auto now = std::chrono::steady_clock::now();
  if (!enabled_ || now - last_ < std::chrono::milliseconds(100)) return;
  last_ = now;
  visible_ = true;
  std::fputs(("\r\033[K" + text.substr(0, terminal_width() - 1)).c_str(), stderr);
  std::fflush(stderr);
}

void ProgressLine::clear() {
  if (!visible_) return;
  std::fputs("\r\033[K", stderr);
  std::fflush(stderr);
  visible_ = false;
}

std::string format_duration(double seconds) {
  const auto whole = static_cast<long>(seconds + 0.5);
  const auto two = [](long a, const char* unit, long b, const char* smaller) {
    return std::to_string(a) + unit + std::to_string(b) + smaller;
  };
  if (whole < 60) return std::to_string(whole) + " s";
  if (whole < 3600) return two(whole / 60, " min ", whole % 60, " s");
  return two(whole / 3600, " h ", whole % 3600 / 60, " min");
}

}  // namespace llmc
