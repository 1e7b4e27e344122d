#include "project/unit_key.h"

#include <llvm/IR/DebugInfo.h>
#include <llvm/IR/Metadata.h>
#include <llvm/IR/Module.h>

#include <array>
#include <vector>

#include "ir/module.h"

namespace llmc {
namespace {

/// What clang writes about itself and its command line; it ends in .comment and no code.
constexpr std::array k_signatures = {"llvm.ident", "llvm.commandline"};

/// Takes a module's own names and clang's signature away, and brings them back.
class Anonymous {
 public:
  explicit Anonymous(llvm::Module& module)
      : module_(module),
        source_file_(module.getSourceFileName()),
        identifier_(module.getModuleIdentifier()) {
    module.setSourceFileName("");
    module.setModuleIdentifier("");
    for (const char* name : k_signatures) {
      llvm::NamedMDNode* const node = module.getNamedMetadata(name);
      if (node == nullptr) continue;
      signatures_.push_back({name, {node->op_begin(), node->op_end()}});
      node->eraseFromParent();
    }
  }
  Anonymous(const Anonymous&) = delete;
  Anonymous& operator=(const Anonymous&) = delete;
  ~Anonymous() {
    module_.setSourceFileName(source_file_);
    module_.setModuleIdentifier(identifier_);
    for (const Signature& signature : signatures_) {
      llvm::NamedMDNode* const node = module_.getOrInsertNamedMetadata(signature.name);
      for (llvm::MDNode* operand : signature.operands) node->addOperand(operand);
    }
  }

 private:
  struct Signature {
    const char* name;
    std::vector<llvm::MDNode*> operands;
  };
  llvm::Module& module_;
  std::string source_file_, identifier_;
  std::vector<Signature> signatures_;
};

Digest key_of_stripped(IrModule& module, const CodegenOptions& codegen) {
  const Anonymous anonymous(module.module());
  return Digest::of(module.bitcode() + codegen.key());
}

void remove_debug_flags(llvm::Module& module) {
  llvm::NamedMDNode* const flags = module.getModuleFlagsMetadata();
  if (flags == nullptr) return;
  std::vector<llvm::MDNode*> kept;
  for (llvm::MDNode* flag : flags->operands()) {
    const auto* const name = llvm::dyn_cast_or_null<llvm::MDString>(flag->getOperand(1));
    const bool is_of_debug =
        name != nullptr &&
        (name->getString() == "Debug Info Version" || name->getString() == "Dwarf Version" ||
         name->getString() == "DWARF64" || name->getString() == "CodeView");
    if (!is_of_debug) kept.push_back(flag);
  }
  flags->clearOperands();
  for (llvm::MDNode* flag : kept) flags->addOperand(flag);
}

}  // namespace

bool has_debug_info(const IrModule& module) {
  return module.module().getNamedMetadata("llvm.dbg.cu") != nullptr;
}

void strip_debug_info(IrModule& module) {
  llvm::Module& all = module.module();
  llvm::StripDebugInfo(all);
  remove_debug_flags(all);
  std::vector<llvm::Function*> unused;
  for (llvm::Function& function : all)
    if (function.getName().starts_with("llvm.dbg.") && function.use_empty())
      unused.push_back(&function);
  for (llvm::Function* function : unused) function->eraseFromParent();
}

Result<Digest> unit_key(IrModule& module, const CodegenOptions& codegen) {
  if (!has_debug_info(module)) return key_of_stripped(module, codegen);
  LLMC_TRY(IrModule copy, IrModule::parse(module.bitcode(), "unit", ValueNames::discard));
  strip_debug_info(copy);
  // Read again: a module that never had any is numbered by what it holds.
  LLMC_TRY(IrModule stripped, IrModule::parse(copy.bitcode(), "unit", ValueNames::discard));
  return key_of_stripped(stripped, codegen);
}

Result<Digest> unit_key(const Program& program) {
  LLMC_TRY(IrModule module, module_of(program));
  return unit_key(module, program.codegen);
}

Result<Program> program_without_debug_info(const std::string& bitcode, const std::string& name,
                                           const CodegenOptions& codegen) {
  LLMC_TRY(IrModule module, IrModule::parse(bitcode, name, ValueNames::discard));
  if (!has_debug_info(module)) return make_program(bitcode, name, codegen);
  strip_debug_info(module);
  return make_program(module.bitcode(), name, codegen);
}

}  // namespace llmc
