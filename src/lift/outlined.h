// Code that LLVM's machine outliner has taken out of functions. Included by the .cpp files of the
// lifter and of the command line only.
#pragma once

#include "assembly/assembly.h"

namespace llmc {

/// `unit` without functions that LLVM's machine outliner has made (OUTLINED_FUNCTION_…): what they
/// do stands where they were called or jumped to, and what only served to call them (x30 kept in
/// another register) is gone. They keep to no convention, so that nothing can be said of them by
/// themselves. One that is more than a sequence of instructions stays.
///
///     f: mov x1, x30                            f: ldr x8, [x19, #48]
///        bl  OUTLINED_FUNCTION_0         ->        add x8, x8, #1
///        mov x30, x1                               …
AsmUnit without_outlining(AsmUnit unit);

}  // namespace llmc
