// clang's driver and front end as libraries. Half of the time of a small compilation goes into
// loading clang: where llmc has it in itself already, a fork is enough.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace llmc {

/// Whether the program at `path` is the very clang whose libraries were linked, down to its files'
/// sizes and times. False where llmc was built without them.
bool is_linked_clang(const std::string& path);

/// Does what clang does with `command`, whose first word is_linked_clang, and writes its
/// diagnostics to standard error, its output where the command says, and how it calls its own
/// compiler to the file `options` as CC_PRINT_OPTIONS has it. The answer is clang's exit status;
/// nullopt: the call is more than one source's unoptimised bitcode, and nothing was done.
///
/// Call in a child, with LLVM's targets initialised: nothing is freed.
std::optional<int> run_linked_clang(const std::vector<std::string>& command, int options);

}  // namespace llmc
