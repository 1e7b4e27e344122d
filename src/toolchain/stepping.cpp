#include "toolchain/stepping.h"

#include <llvm/Analysis/CGSCCPassManager.h>
#include <llvm/Analysis/LazyCallGraph.h>
#include <llvm/Analysis/LoopInfo.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/PassInstrumentation.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Passes/StandardInstrumentations.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>

#include "passes/own_elements.h"
#include "toolchain/analyses.h"

namespace llmc {
namespace {

std::string describe(const llvm::Any& unit) {
  if (llvm::any_cast<const llvm::Module*>(&unit) != nullptr) return "[module]";
  if (const auto* function = llvm::any_cast<const llvm::Function*>(&unit))
    return (*function)->getName().str();
  if (const auto* scc = llvm::any_cast<const llvm::LazyCallGraph::SCC*>(&unit))
    return (*scc)->getName();
  if (const auto* loop = llvm::any_cast<const llvm::Loop*>(&unit)) {
    std::string text = "loop ";
    llvm::raw_string_ostream stream(text);
    (*loop)->getHeader()->printAsOperand(stream, false);
    return text + " in function " + (*loop)->getHeader()->getParent()->getName().str();
  }
  return "?";
}

}  // namespace

Result<SteppedRun> run_stepped(llvm::Module& module, const CodeGenerator& generator,
                               std::string_view passes, std::uint64_t limit) {
  SteppedRun run;
  llvm::PassInstrumentationCallbacks callbacks;
  callbacks.registerShouldRunOptionalPassCallback([&](llvm::StringRef name, llvm::Any unit) {
    // Managers and adaptors only hold other passes.
    if (llvm::isSpecialPass(name, {"PassManager", "PassAdaptor", "AnalysisManagerProxy",
                                   "DevirtSCCRepeatedPass", "ModuleInlinerWrapperPass"}))
      return true;
    if (run.executions < limit) {
      ++run.executions;
      return true;
    }
    if (run.next.pass.empty()) run.next = {name.str(), describe(unit)};
    return false;
  });
  llvm::PassBuilder builder(&generator.target(), llvm::PipelineTuningOptions(), std::nullopt,
                            &callbacks);
  register_own_elements(builder);
  AnalysisManagers analyses;
  analyses.register_all(builder, module);
  llvm::ModulePassManager pipeline;
  const llvm::StringRef text(passes.data(), passes.size());
  if (llvm::Error error = builder.parsePassPipeline(pipeline, text))
    return fail(llvm::toString(std::move(error)));
  pipeline.run(module, analyses.module);
  const llvm::StringRef spelling = callbacks.getPassNameForClassName(run.next.pass);
  if (!spelling.empty()) run.next.pass = spelling.str();
  return run;
}

}  // namespace llmc
