// Pass lists applied to programs of the corpus. All of this runs in children.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "corpus/corpus.h"
#include "ir/module.h"
#include "ir/normal_form.h"
#include "support/error.h"
#include "toolchain/codegen.h"

namespace llmc {

/// Lowers as clang does for Linux at -Oz without other flags.
class CorpusCompiler {
 public:
  static Result<CorpusCompiler> create(NormalTarget target = NormalTarget::x86_64);

  /// The module of `program` after `list` (opt's syntax; empty: as it is), verified.
  [[nodiscard]] Result<IrModule> optimise(const FunctionProgram& program,
                                          const std::string& list) const;

  /// The same after clang's own -Oz pipeline.
  [[nodiscard]] Result<IrModule> optimise_as_clang(const FunctionProgram& program) const;

  /// Binary size of the object.
  [[nodiscard]] Result<std::uint64_t> size(const IrModule& module) const;

  /// Assembly as `clean_assembly` leaves it. Code generation consumes the module.
  [[nodiscard]] Result<std::string> assembly(IrModule module) const;

 private:
  CorpusCompiler(CodeGenerator generator, NormalTarget target)
      : generator_(std::move(generator)), target_(target) {}
  CodeGenerator generator_;
  NormalTarget target_;
};

/// `work`, in a child of its own if it is to be done with that care.
Result<std::string> run_with(Care care, const CorpusOptions& options,
                             const std::function<Result<std::string>()>& work);

/// Why work on a program failed, as the reason of a skip.
std::string skip_reason(const Error& error);

}  // namespace llmc
