#include "corpus/compiler.h"

#include "ir/normal_form.h"
#include "tasks/assembly_text.h"
#include "toolchain/optimizer.h"
#include "toolchain/program.h"

namespace llmc {

Result<CorpusCompiler> CorpusCompiler::create(NormalTarget target) {
  LLMC_TRY(CodeGenerator generator,
           CodeGenerator::create(CodegenOptions(), std::string(triple_of(target))));
  return CorpusCompiler(std::move(generator), target);
}

Result<IrModule> CorpusCompiler::optimise(const FunctionProgram& program,
                                          const std::string& list) const {
  LLMC_TRY(IrModule module, read_normal(program.text, program.function));
  if (list.empty()) return module;
  LLMC_CHECK(Optimizer(module.module(), generator_).run(list));
  LLMC_CHECK(module.verify_optimised());
  return module;
}

Result<IrModule> CorpusCompiler::optimise_as_clang(const FunctionProgram& program) const {
  LLMC_TRY(IrModule module, read_normal(program.text, program.function));
  Optimizer(module.module(), generator_).run_clang_oz(CodegenOptions());
  return module;
}

Result<std::uint64_t> CorpusCompiler::size(const IrModule& module) const {
  LLMC_TRY(const Measurement sizes, measure_lowered(module, generator_));
  return sizes.binary_size();
}

Result<std::string> CorpusCompiler::assembly(IrModule module) const {
  LLMC_TRY(const std::string text, generator_.emit_assembly(module.module()));
  return clean_assembly(text, target_);
}

Result<std::string> run_with(Care care, const CorpusOptions& options,
                             const std::function<Result<std::string>()>& work) {
  return care == Care::alone ? run_in_child(work, options.limits) : work();
}

std::string skip_reason(const Error& error) {
  const auto says = [&](const char* text) { return error.message.contains(text); };
  if (says("LLVM crashed") || says("LLVM gave up")) return "LLVM crashed or gave up";
  if (says("not done after")) return "took too long";
  if (says("of memory")) return "took too much memory";
  return "left invalid IR";
}

}  // namespace llmc
