// A program: one translation unit as unoptimised IR, with what is needed to compile it further.
#pragma once

#include <string>
#include <vector>

#include "passes/call_decisions.h"
#include "support/digest.h"
#include "support/error.h"
#include "toolchain/codegen.h"
#include "toolchain/measurement.h"

namespace llmc {

class IrModule;

/// One translation unit. Its id names its content: the bitcode in normal form (no local names, no
/// source file name) and the options it is lowered with.
struct Program {
  Digest id;
  std::string name;     ///< for people: the source file, or the IR file
  std::string bitcode;  ///< unoptimised IR
  std::string triple;
  CodegenOptions codegen;
  std::uint64_t instructions = 0;  ///< of the unoptimised IR
  std::vector<CallSite> calls;  ///< that a list can decide on, in the module's order
  std::vector<std::string> warnings;  ///< what makes its numbers less comparable, in words
};

/// The program in `bytes` (bitcode or textual IR), lowered with `codegen`. `id` is filled in.
/// Warns about functions that passes will skip (optnone) and modules without a minsize function.
Result<Program> make_program(std::string_view bytes, const std::string& name,
                             const CodegenOptions& codegen);

/// The IR of `program`, without local names.
Result<IrModule> module_of(const Program& program);

/// The version of the linked LLVM, "19.1.7", as part of keys.
std::string toolchain_version();

/// The object of the -Oz baseline, made in-process: clang's own -Oz pipeline and lowering.
Result<std::string> baseline_object(const Program& program);

/// The assembly of the same.
Result<std::string> baseline_assembly(const Program& program);

/// The object after `passes` (opt's syntax) and lowering.
Result<std::string> object_after(const Program& program, std::string_view passes);

/// What `module` is lowered to by `generator`, measured; `module` itself stays as it is.
Result<Measurement> measure_lowered(const IrModule& module, const CodeGenerator& generator);

/// The assembly that `bitcode`, optimised IR of `program`, is lowered to.
Result<std::string> assembly_of(const std::string& bitcode, const Program& program);

}  // namespace llmc
