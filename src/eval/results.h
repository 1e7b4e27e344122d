// Results of evaluations: what `llmc eval` writes and what its reports and comparisons read.
//
//   file      = run-row row*
//   row       = JSON object NL; its "type" is one of run, unit, proposal, time, detail, output,
//               lift, emulate, perplexity, code
//   run-row   = row of type run; its "format" is 1
//
// The members of each type are those of its struct below, under the same names. Members that a
// struct has as std::optional are null where nothing is known; those marked "absent" are left out
// instead. What differs from run to run with the same inputs and seed is in rows of type time, and
// nowhere else. Files can be put together: `cat a b` is a file of results.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "support/error.h"
#include "toolchain/measurement.h"

namespace llmc {

inline constexpr std::uint64_t k_results_format = 1;

/// What was run with what, before the rows of that run.
struct RunRow {
  std::string task;  ///< flags, lift, emulate, perplexity or code
  std::string llmc, llvm;  ///< versions
  std::string target;
  std::string objective;  ///< what "size" is: binary or instructions
  std::uint64_t seed = 1;
  std::string suite;    ///< what lists were tested on; empty: they were not
  std::string command;  ///< the command line
  std::optional<std::string> model, model_hash;

  friend bool operator==(const RunRow&, const RunRow&) = default;
};

/// A program, with its size as clang -Oz makes it, or why it has none.
struct UnitRow {
  std::string id;  ///< hash of its content
  std::string name;
  std::string benchmark;
  std::string failed;                   ///< one sentence; absent if empty
  std::optional<Measurement> baseline;  ///< absent if it failed
  std::optional<std::uint64_t> size;  ///< of the baseline, by the objective; absent if it failed
  std::optional<std::uint64_t> tokens;  ///< of the model's prompt
  std::optional<bool> fits;  ///< the prompt fits the model
  /// It was asked about function by function; absent if that is not known.
  std::optional<bool> split = std::nullopt;

  friend bool operator==(const UnitRow&, const UnitRow&) = default;
};

/// invalid: no list that exists; failed: it could not be applied or compiled; unsound: it breaks a
/// program of the suite; untested: it would decide what is reported, but was not tested.
enum class ProposalStatus { ok, invalid, failed, unsound, untested };

/// One list that a proposer names for a unit.
struct ProposalRow {
  std::string id;  ///< of the unit
  std::string proposer;
  std::uint64_t rank = 1;  ///< from 1, the best first
  std::string list;  ///< canonical text
  ProposalStatus status = ProposalStatus::ok;
  std::string reason;  ///< why it is not ok; absent if empty
  std::optional<std::uint64_t> size;
  /// Compilations that the proposer had for this unit when this size was known, this one included.
  std::uint64_t compilations = 1;
  std::optional<std::uint64_t> predicted_before, predicted_after;  ///< absent if none

  friend bool operator==(const ProposalRow&, const ProposalRow&) = default;
};

/// What something cost. The only rows that differ from run to run.
struct TimeRow {
  std::string proposer;
  std::string id;  ///< of the unit; absent if empty: all of them
  double seconds = 0;

  friend bool operator==(const TimeRow&, const TimeRow&) = default;
};

/// A function or object, before and after a list; 0 where there is none.
struct SymbolChange {
  std::string name;
  std::uint64_t before = 0, after = 0;

  friend bool operator==(const SymbolChange&, const SymbolChange&) = default;
};

/// What a list did to a unit, to be looked at.
struct DetailRow {
  std::string id;
  std::string proposer;
  std::string list;
  std::string ir_before, ir_after;
  Measurement measurement;  ///< with the list
  std::vector<SymbolChange> symbols;

  friend bool operator==(const DetailRow&, const DetailRow&) = default;
};

enum class OutputResult { equal, different, failed, skipped };

/// Whether a whole benchmark, built with what a proposer proposes, does what it should.
struct OutputRow {
  std::string benchmark;
  std::string proposer;
  OutputResult result = OutputResult::equal;
  std::string reason;  ///< absent if empty

  friend bool operator==(const OutputRow&, const OutputRow&) = default;
};

/// How far the IR of a lifted function came; each includes the ones before it.
enum class LiftedTo { refused, parses, verifies, compiles, same_instructions, identical };
enum class LiftExecution { equal, different, undecided, not_run };

/// One function, lifted in one way.
struct LiftRow {
  std::string id;
  std::string benchmark, unit, function;
  std::string by;  ///< rules, search, model, …
  std::uint64_t instructions = 0;
  LiftedTo rung = LiftedTo::refused;
  LiftExecution executed = LiftExecution::not_run;
  std::optional<double> bleu, edit_distance;  ///< of the assembly that comes back
  std::vector<std::string> features;  ///< of calls, loops, float, switch
  std::string reason;  ///< absent if empty

  friend bool operator==(const LiftRow&, const LiftRow&) = default;
};

enum class EmulatedAnswer { none, does_not_compile, compiles, exact };

/// One answer of a model that was to do what the compiler does.
struct EmulateRow {
  std::string id;
  std::string benchmark, name;
  EmulatedAnswer answer = EmulatedAnswer::none;
  std::optional<double> bleu;
  std::optional<std::uint64_t> predicted_size, true_size;
  std::uint64_t tokens = 0;

  friend bool operator==(const EmulateRow&, const EmulateRow&) = default;
};

/// How well a model foresees a text.
struct PerplexityRow {
  std::string name;
  std::string benchmark;
  std::string language;  ///< ir or assembly
  std::uint64_t tokens = 0, bytes = 0;
  double nats = 0;  ///< -log of the text's probability

  friend bool operator==(const PerplexityRow&, const PerplexityRow&) = default;
};

/// One problem of a programming test.
struct CodeRow {
  std::string problem;
  std::string set;  ///< HumanEval or MBPP
  std::uint64_t samples = 0, passed = 0;
  std::string reason;  ///< absent if empty

  friend bool operator==(const CodeRow&, const CodeRow&) = default;
};

using ResultRow = std::variant<RunRow, UnitRow, ProposalRow, TimeRow, DetailRow, OutputRow, LiftRow,
                               EmulateRow, PerplexityRow, CodeRow>;

/// The names in files: "same-instructions", "not run", …
std::string_view to_string(ProposalStatus status);
std::string_view to_string(OutputResult result);
std::string_view to_string(LiftedTo rung);
std::string_view to_string(LiftExecution execution);
std::string_view to_string(EmulatedAnswer answer);

/// The row as a line, with its newline. Bytes that are no UTF-8 become U+FFFD.
std::string print_result_row(const ResultRow& row);

/// The row of a line; members that no struct has are passed over. Errors say what is missing or
/// wrong.
Result<ResultRow> parse_result_row(std::string_view line);

/// What makes two rows statements about the same thing: the type with its keys (a unit's id; a
/// proposal's unit, proposer and rank; …). A time is its own key.
std::string result_key(const ResultRow& row);

/// The row, and the line that it was on, from 1.
struct ResultLine {
  std::size_t line = 0;
  ResultRow row;
};

/// What could be read, in its order, and one sentence for each thing that could not.
struct ReadResults {
  std::vector<ResultLine> rows;
  std::vector<std::string> notes;  ///< "line 7: …"
};

/// Reads a file's text. Lines that are no rows are left out with a note; so are all rows of a run
/// of another format, with one note for the run. A last line without an end is a row if it is
/// whole.
ReadResults read_results(std::string_view text);

/// Rows of one or several files, each once.
struct ResultSet {
  std::vector<RunRow> runs;
  std::vector<UnitRow> units;
  std::vector<ProposalRow> proposals;
  std::vector<TimeRow> times;
  std::vector<DetailRow> details;
  std::vector<OutputRow> outputs;
  std::vector<LiftRow> lifts;
  std::vector<EmulateRow> emulations;
  std::vector<PerplexityRow> perplexities;
  std::vector<CodeRow> codes;
  std::vector<std::string> notes;  ///< what could not be read, and what contradicts itself

  [[nodiscard]] bool empty() const;
};

/// Calls `use` with every list of rows of a ResultSet, in the order of ResultRow's types.
void for_each_kind(auto& results, const auto& use) {
  use(results.runs);
  use(results.units);
  use(results.proposals);
  use(results.times);
  use(results.details);
  use(results.outputs);
  use(results.lifts);
  use(results.emulations);
  use(results.perplexities);
  use(results.codes);
}

/// A file's name, for notes, and what could be read of it.
using NamedResults = std::pair<std::string, ReadResults>;

/// The rows of all files in their order. Rows with the same key are one; where they are not the
/// same, the first counts and a note has both.
ResultSet collect_results(std::vector<NamedResults> files);

/// The same as a text: runs first, then each type in the order of ResultSet.
std::string print_results(const ResultSet& results);

}  // namespace llmc
