// The verdict on a pass list: what a suite of programs said about it.
#pragma once

#include <string>
#include <string_view>

#include "support/digest.h"
#include "support/error.h"

namespace llmc {

/// What was found when a list was applied to a suite.
enum class Finding {
  sound,           ///< every program compiled and ran as it should
  rejected_list,   ///< LLVM's parser does not accept the list
  compiler_crash,  ///< LLVM crashed, gave up, or ran out of memory
  compiler_hang,   ///< LLVM was not done at the deadline
  invalid_ir,      ///< the verifier refuses the result
  link_failure,    ///< the object does not link
  run_crash,       ///< a program died of a signal
  run_hang,        ///< a program did not end
  wrong_exit,      ///< a program ended with another exit status
  wrong_output,    ///< a program printed something else
  not_tested       ///< this machine could not say: no space, no confinement; never kept
};

/// "sound", "rejected-list", "compiler-crash", …
std::string_view to_string(Finding finding);
/// The finding of that name.
Result<Finding> parse_finding(std::string_view name);

/// True for findings that a user would not notice at compile time: the program is wrong.
bool is_wrong_result(Finding finding);

/// What one program said about one list.
struct ProgramFinding {
  Finding finding = Finding::sound;
  std::string evidence;
  Digest build;  ///< hash of program and optimised IR; zero if it did not come to that
};

/// What one suite said about one list. Of several programs that fail, it names the first in the
/// order in which they were tried, so that it does not depend on what ran in parallel.
struct Verdict {
  std::string list;  ///< canonical
  Finding finding = Finding::sound;
  std::string program;   ///< which program convicted it; empty if sound
  std::string evidence;  ///< one line: what LLVM said, exit status, first difference
  std::uint64_t programs = 0;  ///< programs that were tried
  double seconds = 0;          ///< spent
  bool from_store = false;     ///< not part of the row

  [[nodiscard]] bool sound() const { return finding == Finding::sound; }
};

}  // namespace llmc
