// The analysis managers that a pass pipeline needs. Included by .cpp files only.
#pragma once

#include <llvm/Analysis/CGSCCPassManager.h>
#include <llvm/Analysis/LoopAnalysisManager.h>
#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/IR/Module.h>
#include <llvm/Passes/PassBuilder.h>

namespace llmc {

/// All four, in the order in which they must be destroyed last to first.
struct AnalysisManagers {
  llvm::LoopAnalysisManager loop;
  llvm::FunctionAnalysisManager function;
  llvm::CGSCCAnalysisManager cgscc;
  llvm::ModuleAnalysisManager module;

  /// Registers every analysis; library functions are those of the module's target.
  void register_all(llvm::PassBuilder& builder, const llvm::Module& for_module) {
    llvm::TargetLibraryInfoImpl library{llvm::Triple(for_module.getTargetTriple())};
    function.registerPass([&] { return llvm::TargetLibraryAnalysis(library); });
    builder.registerModuleAnalyses(module);
    builder.registerCGSCCAnalyses(cgscc);
    builder.registerFunctionAnalyses(function);
    builder.registerLoopAnalyses(loop);
    builder.crossRegisterProxies(loop, function, cgscc, module);
  }
};

}  // namespace llmc
