// Assembly of many modules.
#pragma once

#include <memory>
#include <string>

#include "support/error.h"

namespace llvm {
class Module;
}

namespace llmc {

class CodeGenerator;

/// Assembly of one small module after another: the passes of code generation are put together once,
/// which for a function of ten instructions takes longer than to run them.
class AssemblyPrinter {
 public:
  /// `generator` must outlive the printer; `module_triple` is that of all modules.
  static Result<AssemblyPrinter> create(const CodeGenerator& generator,
                                        const std::string& module_triple);
  AssemblyPrinter(AssemblyPrinter&&) noexcept;
  ~AssemblyPrinter();

  /// What `CodeGenerator::emit_assembly` gives, byte for byte. The module is consumed.
  Result<std::string> print(llvm::Module& module);

 private:
  struct State;
  explicit AssemblyPrinter(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace llmc
