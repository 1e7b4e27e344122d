// llmc cc: a compiler that build systems call instead of clang, and that never breaks a build.
//
// A call that compiles one C or C++ file to an object is ours: clang makes unoptimised IR of it,
// the unit's pass list is applied, and the object is written where clang would have written it.
// Every other call becomes clang's, and so does a call of ours in which anything goes wrong.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sandbox/child.h"
#include "support/error.h"

namespace llmc {

/// The list name that stands for clang's own -Oz; no pass list can be spelled so.
inline constexpr std::string_view k_clang_oz = "clang -Oz";

/// What a call asks for.
enum class CallKind {
  unit,         ///< one source to one object, by flags that we reproduce
  clangs_unit,  ///< one source to one object, but only clang itself does it right
  other         ///< preprocessing, linking, questions, several sources, a build system's probe
};

/// A compiler's command line, understood as far as needed.
struct CompilerCall {
  CallKind kind = CallKind::other;
  std::string reason;  ///< why it is no `unit`
  std::vector<std::string> arguments;  ///< all but levels of optimisation
  std::string source;                  ///< as it was written; empty for `other`
  std::string object;                  ///< -o, or clang's default name; empty for `other`
  bool names_object = false;           ///< there was an -o
  bool writes_dependencies = false;    ///< -MD, -MMD or their -Wp, forms
  bool names_dependency_file = false;  ///< -MF, or a file in -Wp,-MD
  bool names_dependency_target = false;  ///< -MT or -MQ
};

/// Whether the option's value is the next argument.
bool takes_value(const std::string& argument);

/// The flags of our own that a front end's run needs for diagnostics to look as clang's, whose
/// standard error is what this process has.
std::vector<std::string> diagnostic_flags(const CompilerCall& call);

/// Reads the arguments that follow the compiler's name.
CompilerCall read_compiler_call(const std::vector<std::string>& arguments);

/// The command that lets `clang` do the whole call at `level` ("-Oz").
std::vector<std::string> clang_command(const std::string& clang, const std::string& level,
                                       const CompilerCall& call);

/// The command that lets `clang` turn the source of a `unit` into unoptimised bitcode in the file
/// `bitcode`, with the diagnostics and the dependency file of the call itself.
std::vector<std::string> front_end_command(const std::string& clang, const CompilerCall& call,
                                           const std::filesystem::path& bitcode);

/// A list for each unit: the JSON lines of `llmc tune --json`.
class UnitPlan {
 public:
  /// Fails on a line that is no JSON object; lines of other types and failed programs are skipped.
  static Result<UnitPlan> parse(std::string_view text);

  /// The list of the row whose name shares most path components with the end of `unit`: at least
  /// the file name and its folder. Nothing if there is none, or if several such rows disagree.
  [[nodiscard]] std::optional<std::string> list_for(const std::filesystem::path& unit) const;

 private:
  struct Row {
    std::filesystem::path name;
    std::string list;
  };
  std::vector<Row> rows_;
};

enum class WrapperMode { baseline, candidate };

/// What the environment says.
struct WrapperSettings {
  WrapperMode mode = WrapperMode::candidate;
  std::string baseline_level = "-O2";  ///< LLMC_CC_LEVEL
  std::string list;  ///< LLMC_CC_LIST; empty: none
  std::string plan;  ///< LLMC_CC_PLAN, a file; empty: none
  std::string only;  ///< LLMC_CC_ONLY, a file of units, one a line: the others get -Oz; empty: all
  std::string log;  ///< LLMC_CC_LOG, a file; empty: none
  bool unsafe = false;  ///< LLMC_CC_UNSAFE: apply lists that no suite has tested
  Limits limits;  ///< LLMC_CC_DEADLINE in seconds, LLMC_CC_MEMORY in MiB
  std::string problem;  ///< a variable that makes no sense, in words: then clang does everything

  /// What clang is given where it does the work.
  [[nodiscard]] std::string level() const {
    return mode == WrapperMode::baseline ? baseline_level : "-Oz";
  }
};

/// Reads the settings; `variable` gives the value of an environment variable, "" if unset.
WrapperSettings read_wrapper_settings(
    const std::function<std::string(const std::string& name)>& variable);

/// The names of all variables that `read_wrapper_settings` looks at.
std::vector<std::string> wrapper_variables();

/// What was done with a call.
enum class WrapperAction {
  compiled,  ///< as the settings want it
  fell_back,  ///< by clang -Oz, because the list could not be applied
  passed_through,  ///< by clang, because it is no unit
  failed  ///< clang itself does not compile the unit
};

/// One line of the log.
struct WrapperRow {
  std::string unit;  ///< absolute path of the source; empty if the call is no unit
  WrapperMode mode = WrapperMode::candidate;
  std::string list;  ///< k_clang_oz, the baseline's level, or a pass list
  WrapperAction action = WrapperAction::compiled;
  std::string reason;  ///< for `fell_back` and `passed_through`
  std::uint64_t object_size = 0;  ///< bytes of the object's sections as llvm-size counts them
  std::string by;  ///< who chose the list: "lock", "cache", "search"; empty: the settings

  friend bool operator==(const WrapperRow&, const WrapperRow&) = default;
};

std::string to_json_line(const WrapperRow& row);

/// Appends the row's line to the file `log` (empty: none), in one write, so that lines of processes
/// side by side do not mix. One that cannot be written is left out.
void append_to_log(const std::string& log, const WrapperRow& row);

/// Bytes of the sections of the object file `object` as llvm-size counts them; 0 if it is none.
std::uint64_t size_of_object(const std::string& object);

/// The rows of a log, in order. Unknown fields are skipped; a line that is no row is an error.
Result<std::vector<WrapperRow>> read_wrapper_log(std::string_view text);

/// Does one call. Returns clang's exit status; for calls that are no unit it does not return but
/// becomes clang, unless that is impossible. `initialize_targets()` must have been called.
/// A log that cannot be written is left out.
Result<int> run_compiler_call(const std::vector<std::string>& arguments,
                              const WrapperSettings& settings);

}  // namespace llmc
