// What a unit's decision is kept under: a key of its content that is the same in every folder, for
// every name of source and object, with debug information and without.
#pragma once

#include <string>
#include <string_view>

#include "support/digest.h"
#include "support/error.h"
#include "toolchain/program.h"

namespace llmc {

class IrModule;

/// The key of a unit: the hash of its unoptimised IR, without names of files, without debug
/// information, and without the compiler's own signature, and of the options that it is lowered
/// with. Decisions are kept with the toolchain's version beside it.
Result<Digest> unit_key(const Program& program);

/// The same for a module at hand, read without names of values; it is left as it was.
Result<Digest> unit_key(IrModule& module, const CodegenOptions& codegen);

/// Whether the module has debug information, which `unit_key` does not count.
bool has_debug_info(const IrModule& module);

/// The module without debug information: what clang makes without -g.
void strip_debug_info(IrModule& module);

/// The program in `bitcode` as clang makes it without -g: what lists are chosen on.
Result<Program> program_without_debug_info(const std::string& bitcode, const std::string& name,
                                           const CodegenOptions& codegen);

}  // namespace llmc
