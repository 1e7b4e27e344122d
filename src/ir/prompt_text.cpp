#include "ir/prompt_text.h"

#include <llvm/IR/DebugInfo.h>
#include <llvm/IR/Module.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Transforms/Utils/Cloning.h>

namespace llmc {
namespace {

void strip(llvm::Module& module) {
  llvm::StripDebugInfo(module);
  for (llvm::Function& function : llvm::make_early_inc_range(module)) {
    if (function.isDeclaration() && function.use_empty()) {
      function.eraseFromParent();
      continue;
    }
    for (llvm::Argument& argument : function.args()) argument.setName("");
    for (llvm::BasicBlock& block : function) {
      block.setName("");
      for (llvm::Instruction& instruction : block)
        if (!instruction.getType()->isVoidTy()) instruction.setName("");
    }
  }
}

}  // namespace

std::string prompt_text(const IrModule& module, PromptDetail detail) {
  const std::unique_ptr<llvm::Module> copy = llvm::CloneModule(module.module());
  copy->setModuleIdentifier("<stdin>");
  copy->setSourceFileName("-");
  if (detail == PromptDetail::stripped) strip(*copy);
  std::string text;
  llvm::raw_string_ostream stream(text);
  copy->print(stream, nullptr);
  return text;
}

}  // namespace llmc
