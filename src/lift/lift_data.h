// Data of assembly as global variables of IR. Included by the .cpp files of the lifter only.
#pragma once

#include <llvm/IR/Module.h>

#include "assembly/assembly.h"
#include "support/error.h"

namespace llmc {

/// Defines the private data (".L…") of `unit` that `module` declares, and what those refer to.
/// What has references that IR cannot say, such as a jump table, stays a declaration.
void define_private_data(const AsmUnit& unit, llvm::Module& module);

/// The module `ir` with all data of `unit` that it declares, and what those refer to, defined.
Result<std::string> with_data(const AsmUnit& unit, const std::string& ir);

/// Defines `datum`, which `module` may declare already, with its linkage.
Result<llvm::GlobalVariable*> define_datum(const AsmUnit& unit, const AsmDatum& datum,
                                           llvm::Module& module);

}  // namespace llmc
