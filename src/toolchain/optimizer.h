// Running passes: a textual pass list step by step, or clang's own -Oz pipeline.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "support/error.h"
#include "toolchain/codegen.h"

namespace llvm {
class Module;
}  // namespace llvm

namespace llmc {

/// Applies passes to one module. Analyses are kept from one `run` to the next, so running the
/// top-level elements of a list one by one does exactly what `opt -passes=` does with the whole
/// list.
///
/// LLVM may abort, exit, loop or exhaust memory on odd pass orders; callers that did not write the
/// list themselves run this in a worker process.
class Optimizer {
 public:
  /// For `module`, which must outlive this object, on the machine of `generator`, which must too.
  Optimizer(llvm::Module& module, const CodeGenerator& generator);
  ~Optimizer();
  Optimizer(const Optimizer&) = delete;
  Optimizer& operator=(const Optimizer&) = delete;

  /// Parses `passes`, in opt's syntax, and runs them; nothing has run if parsing fails.
  Result<void> run(std::string_view passes);

  /// Runs the pipeline that clang runs at -Oz (not `default<Oz>`, whose settings differ).
  void run_clang_oz(const CodegenOptions& options);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// The pipeline that clang runs at -Oz, as text: printed by LLVM, so it loses what has no spelling
/// (such as inlining thresholds). A starting point for searches, not the baseline.
std::string clang_oz_pipeline_text();

}  // namespace llmc
