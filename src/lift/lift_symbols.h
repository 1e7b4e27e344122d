// Symbols of assembly as names of IR. Included by the .cpp files of the lifter only.
#pragma once

#include <llvm/IR/Module.h>

#include <string>
#include <string_view>

#include "assembly/assembly.h"

namespace llmc {

/// True for what the assembler forgets (".L…").
bool is_private_symbol(std::string_view symbol);

/// What a symbol of assembly is called in IR: private ones lose their ".L", which code generation
/// puts back.
std::string ir_name(const std::string& symbol);

llvm::GlobalValue::LinkageTypes ir_linkage(AsmLinkage linkage, std::string_view symbol);

/// Gives `made` the name, and the uses, of what `module` has of that name; that goes.
void take_place(llvm::GlobalValue& made, const std::string& name, llvm::Module& module);

/// What `module` has of the symbol's name, or else a new declaration: a function without
/// parameters, or as many bytes as `unit` says.
llvm::GlobalValue* symbol_in(llvm::Module& module, const AsmUnit& unit, const std::string& symbol);

}  // namespace llmc
