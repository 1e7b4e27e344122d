// What a tuned program is written as.
#pragma once

#include <string>
#include <string_view>

#include "support/error.h"
#include "tune/evaluator.h"
#include "tune/tuner.h"

namespace llmc {

enum class OutputKind { object, bitcode, ir, assembly };

/// "o", "bc", "ll" or "s".
std::string_view extension_of(OutputKind kind);
/// The kind that `--emit NAME` means: obj, bc, ll or asm.
Result<OutputKind> parse_output_kind(std::string_view name);
/// The kind for files of that name, by what stands behind its last dot; object for all others.
OutputKind kind_for_file(std::string_view path);

/// Builds the winner of `tuned` once more, checks that its size is the one that was measured, and
/// returns the bytes to write.
Result<std::string> build_output(Evaluator& evaluator, const TunedProgram& tuned, OutputKind kind);

}  // namespace llmc
