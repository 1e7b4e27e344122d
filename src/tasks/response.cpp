#include "tasks/response.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <limits>

namespace llmc {
namespace {

/// The percentages that are told apart; 100 is exactly the size of -Oz.
constexpr std::array k_steps = {60, 70,  80,  85,  90,  93,  95,  96,  97,  98,
                                99, 100, 101, 102, 104, 107, 112, 120, 140, 200};

int step_of(double log_ratio) {
  if (log_ratio == 0) return 100;
  if (std::isnan(log_ratio)) return k_steps.back();
  int best = 0;
  double least = std::numeric_limits<double>::infinity();
  for (const int step : k_steps) {
    const double at = std::log(step / 100.0);
    if (at == 0 || (at < 0) != (log_ratio < 0)) continue;
    if (const double off = std::abs(at - log_ratio); off < least) least = off, best = step;
  }
  return best;
}

}  // namespace

std::string response_prompt(const std::string& sketch) {
  return "[INST] How does its size respond?" + sketch + "\n[/INST]";
}

std::string sizes_prompt(const std::string& sketch) {
  return "[INST] What size does it get?" + sketch + "\n[/INST]";
}

std::string sizes_answer(const std::vector<double>& log_ratios) {
  std::string text;
  for (const double ratio : log_ratios) text += fmt::format("\nx{}", step_of(ratio));
  return text;
}

std::vector<std::string> response_choices(std::size_t classes) {
  std::vector<std::string> choices;
  for (std::size_t i = 0; i < classes; ++i) choices.push_back(std::to_string(i));
  return choices;
}

}  // namespace llmc
