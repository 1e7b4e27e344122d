// What an evaluation runs on: benchmarks with how they are built, run and compared, and their
// translation units with flags, in a file that can be corrected by hand.
//
//     {"format": 1, "name": "codecs", "benchmarks": [
//       {"name": "audio/adpcm", "folder": "audio/adpcm", "build": "make CC=\"$CC\"",
//        "runs": ["sh runme_small.sh"], "compare": ["output_*"],
//        "units": [{"file": "{tree}/src/code.c", "directory": "{tree}/src", "flags": ["-DX=1"]}],
//        "left_out": ["src/old.c: why it does not compile"]}]}
//
// {tree} stands for the copy of the benchmark's folder that is built.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "support/error.h"
#include "toolchain/front_end.h"

namespace llmc {

/// The name of a suite's file, unless another is given.
inline constexpr const char* k_suite_file_name = "llmc-suite.json";

/// What stands for the copy's path in a manifest.
inline constexpr const char* k_tree_placeholder = "{tree}";

/// One program or library of a suite.
struct Benchmark {
  std::string name;
  std::filesystem::path folder;  ///< relative to the suite's
  std::string build;  ///< shell command, run in a copy; compilers are in $CC and $CXX
  std::vector<std::string> runs;  ///< shell commands that exercise what was built; may be none
  std::vector<std::string> compare;  ///< patterns of the files that runs write
  std::vector<CompileCommand> units;  ///< with "{tree}" in the place of the copy's path
  std::vector<std::string> left_out;  ///< "source: why it is no unit"
  std::string problem;  ///< what went wrong when it was built; empty: nothing
};

struct BenchmarkSuite {
  std::string name;
  std::filesystem::path folder;  ///< that benchmarks' folders are relative to; not in the file
  std::vector<Benchmark> benchmarks;
};

/// The same in a unit's paths and flags.
CompileCommand replace_in_unit(CompileCommand unit, std::string_view from, std::string_view to);

/// The suite in the text of a manifest that lies in `folder`. Errors name the benchmark and the
/// field.
Result<BenchmarkSuite> parse_suite(std::string_view text, const std::filesystem::path& folder);

/// The suite that `path` is the manifest of, or that lies in the folder `path`.
Result<BenchmarkSuite> read_suite(const std::filesystem::path& path);

/// The manifest's text.
std::string print_suite(const BenchmarkSuite& suite);

}  // namespace llmc
