// From IR that computes with registers to IR as compilers write it. Included by the .cpp files of
// the lifter only.
#pragma once

#include <llvm/IR/Function.h>

namespace llmc {

/// Integers of 64 bits that are addresses become pointers: what an `inttoptr` is made of is
/// followed through additions, phis, selects and loads to where it comes from; additions become
/// getelementptr on bytes, parameters and results of calls change their type. What cannot be
/// followed keeps its cast. In SSA form only.
///
///     define i64 @f(i64 %a) { %p = inttoptr (add %a, 8); … }
///     define i64 @f(ptr %a) { %p = getelementptr i8, ptr %a, i64 8; … }
///
/// A parameter's type can only change where nothing calls the function yet, so the function may be
/// replaced: the new one, of the same name, is returned.
llvm::Function* recover_pointers(llvm::Function& function);

/// Counters and the like: a phi of 64 bits whose values are all extended from 32 becomes a phi of
/// 32 bits that is extended, also around a loop.
void narrow_phis(llvm::Function& function);

/// `if (x > n) goto d; switch (x) { n + 1 cases }` becomes a switch with the default d.
void recover_switches(llvm::Function& function);

/// `if (x < n && mask >> x & 1)` becomes a switch on x with a case for each bit of the mask, which
/// is what code generation makes it of.
void recover_bit_tests(llvm::Function& function);

/// Where a comparison has told that a value is a constant, that constant is used: `x == 0 ? x : y`
/// is `x == 0 ? 0 : y`. Code generation for AArch64 does the opposite.
void use_known_values(llvm::Function& function);

/// `getelementptr i8, p, x * 24` counts elements of 24 bytes.
void recover_elements(llvm::Function& function);

/// Blocks that return stand last, as front ends put them.
void order_blocks(llvm::Function& function);

}  // namespace llmc
