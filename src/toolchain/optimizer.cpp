#include "toolchain/optimizer.h"

#include <llvm/IR/Module.h>
#include <llvm/IR/PassInstrumentation.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>

#include "passes/own_elements.h"
#include "toolchain/analyses.h"

namespace llmc {
namespace {

/// The settings of clang's -Oz; opt's text parser has its own.
llvm::PipelineTuningOptions clang_tuning(const CodegenOptions& options) {
  llvm::PipelineTuningOptions tuning;
  tuning.LoopUnrolling = options.unroll_loops;
  tuning.LoopInterleaving = options.unroll_loops;
  tuning.LoopVectorization = options.vectorize_loops;
  tuning.SLPVectorization = options.vectorize_slp;
  tuning.MergeFunctions = options.merge_functions;
  tuning.CallGraphProfile = true;
  return tuning;
}

}  // namespace

struct Optimizer::State {
  State(llvm::Module& for_module, llvm::TargetMachine& target)
      : module(for_module), machine(target), builder(&target) {
    register_own_elements(builder);
    analyses.register_all(builder, module);
  }
  llvm::Module& module;
  llvm::TargetMachine& machine;
  llvm::PassBuilder builder;
  AnalysisManagers analyses;
};

Optimizer::Optimizer(llvm::Module& module, const CodeGenerator& generator)
    : state_(std::make_unique<State>(module, generator.target())) {}
Optimizer::~Optimizer() = default;

Result<void> Optimizer::run(std::string_view passes) {
  llvm::ModulePassManager pipeline;
  const llvm::StringRef text(passes.data(), passes.size());
  if (llvm::Error error = state_->builder.parsePassPipeline(pipeline, text))
    return fail(llvm::toString(std::move(error)));
  pipeline.run(state_->module, state_->analyses.module);
  return {};
}

void Optimizer::run_clang_oz(const CodegenOptions& options) {
  llvm::PassBuilder builder(&state_->machine, clang_tuning(options));
  AnalysisManagers analyses;
  analyses.register_all(builder, state_->module);
  llvm::ModulePassManager pipeline =
      builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::Oz);
  pipeline.run(state_->module, analyses.module);
}

std::string clang_oz_pipeline_text() {
  llvm::PassInstrumentationCallbacks callbacks;
  llvm::PassBuilder builder(nullptr, clang_tuning(CodegenOptions()), std::nullopt, &callbacks);
  llvm::ModulePassManager pipeline =
      builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::Oz);
  std::string text;
  llvm::raw_string_ostream stream(text);
  pipeline.printPipeline(stream, [&](llvm::StringRef class_name) {
    const llvm::StringRef pass_name = callbacks.getPassNameForClassName(class_name);
    return pass_name.empty() ? class_name : pass_name;
  });
  return text;
}

}  // namespace llmc
