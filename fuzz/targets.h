// What is fuzzed, as plain functions: the fuzz targets call them, and so does a unit test that
// replays the corpus, so that they are exercised without clang's runtime.
#pragma once

#include <string_view>

namespace llmc::fuzz {

/// Pass lists: what parses prints as text that LLVM accepts and that parses to the same list, in
/// both spellings. Says what is wrong, in a static string; null if nothing is.
const char* check_pass_list(std::string_view text);

/// Compilation databases: reading any bytes gives entries or an error in words, never a crash.
/// Says what is wrong, in a static string; null if nothing is.
const char* check_compile_commands(std::string_view bytes);

/// Assembly: reading any bytes as an object (if they begin as ELF does) or as text for each target
/// gives a unit or an error in words; what is read has blocks without gaps and equals itself. Says
/// what is wrong, in a static string; null if nothing is.
const char* check_assembly(std::string_view bytes);

}  // namespace llmc::fuzz
