// What a tuning run says: JSON lines, a table, gains.
#pragma once

#include <string>
#include <vector>

#include "tune/tuner.h"

namespace llmc {

/// Gain over -Oz on a set of programs, with the -Oz backup; definitions as in docs/glossary.md.
struct GainSummary {
  std::size_t programs = 0;
  std::size_t improved = 0;
  double gain = 0;              ///< 1 - geometric mean of size / -Oz size
  double best = 0;              ///< the largest gain of a single program
  double worst = 0;             ///< the smallest; never below 0 with the backup
  std::uint64_t total_before = 0;
  std::uint64_t total_after = 0;
  std::uint64_t evaluations = 0;
};

/// Sums up the programs that were searched; the others are not in it.
GainSummary summarise(const std::vector<TunedProgram>& tuned, Objective objective);

/// What the program costs with the best list of its search's first so many evaluations.
std::uint64_t cost_after(const SearchResult& result, Objective objective,
                         std::uint64_t evaluations);

/// The gain that would have been reported after so many evaluations per program, without
/// minimisation and broadcast.
double gain_after(const std::vector<TunedProgram>& tuned, Objective objective,
                  std::uint64_t evaluations);

/// Points of the curve of gains: 1, 2, 5, 10, … evaluations, and the budget itself.
using GainCurve = std::vector<std::pair<std::uint64_t, double>>;
GainCurve gain_curve(const std::vector<TunedProgram>& tuned, Objective objective,
                     std::uint64_t budget);

/// One JSON object (a line without the newline) for one program.
std::string to_json_line(const TunedProgram& tuned, Objective objective);
/// The same for a program that could not be loaded.
std::string to_json_line(const std::string& name, const std::string& error);
/// One JSON object for the whole run.
std::string to_json_line(const GainSummary& summary, const EvaluatorStatistics& statistics,
                         const GainCurve& curve, double seconds);

/// The table that people read, with its totals line.
std::string to_table(const std::vector<TunedProgram>& tuned, Objective objective);

/// What the gate said: rejected lists with their evidence, and how many passed; or that lists were
/// not tested.
std::string describe_gate(const std::vector<TunedProgram>& tuned);

/// "…", what the evaluator saved, in one or two sentences.
std::string describe_savings(const EvaluatorStatistics& statistics, double seconds, unsigned jobs);

}  // namespace llmc
