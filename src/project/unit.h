// A unit as it is compiled: read once, its key taken, then optimised and lowered. LLVM works on it
// in-process: call in a child.
#pragma once

#include <string>

#include "ir/module.h"
#include "support/digest.h"
#include "support/error.h"
#include "toolchain/codegen.h"

namespace llmc {

/// What a unit becomes.
enum class UnitOutput { object, assembly };

class Unit {
 public:
  /// Fails on bitcode that cannot be read, and on a clang of another version than the linked LLVM,
  /// whose code would be another.
  static Result<Unit> parse(std::string bitcode, const std::string& name,
                            const CodegenOptions& codegen);

  /// See project/unit_key.h.
  Result<Digest> key();

  [[nodiscard]] bool has_debug_info() const;

  /// The unit without it.
  [[nodiscard]] Result<Unit> without_debug_info() const;

  /// The bytes after `list` (k_clang_oz: clang's own pipeline). The unit is consumed. Fails where
  /// LLVM has something to say about it, a warning or an error, that only clang can show.
  Result<std::string> lower(const std::string& list, UnitOutput output) &&;

 private:
  Unit(IrModule module, std::string bitcode, std::string name, CodegenOptions codegen)
      : module_(std::move(module)),
        bitcode_(std::move(bitcode)),
        name_(std::move(name)),
        codegen_(std::move(codegen)) {}
  IrModule module_;
  std::string bitcode_;
  std::string name_;
  CodegenOptions codegen_;
};

/// Whether two ELF objects load the same: equal sections with equal relocations, whatever is not
/// loaded (debug information, symbols without a use) left out.
Result<bool> have_equal_code(const std::string& one, const std::string& other);

}  // namespace llmc
