// The normal form of a module: the text that models read and write.
#pragma once

#include <string>
#include <string_view>

#include "ir/module.h"
#include "support/error.h"

namespace llmc {

/// The targets that texts in normal form are for, both as Linux has them.
enum class NormalTarget { x86_64, aarch64 };

/// The triple that clang gives to modules for `target`.
std::string_view triple_of(NormalTarget target);

/// The data layout that goes with it.
std::string_view data_layout_of(NormalTarget target);

/// What `text`, which is in normal form, is for: x86-64 unless its first line names AArch64.
NormalTarget target_of_normal(std::string_view text);

/// `module` as LLVM-IR with everything left out that models need not see. The text depends on the
/// module alone and is a fixed point: `normal_text(read_normal(normal_text(m)))` is
/// `normal_text(m)`. LLVM parses it as it stands; `read_normal` also puts back what is implied.
///
/// Left out for good:
///   - debug information, all metadata (tbaa, loops, profiles, module flags, ident), comments
///   - names of values and blocks (they are numbered), of the module and its source file
///   - declarations that nothing uses, and those of intrinsics, which LLVM knows itself
///   - attributes that only repeat the defaults of the target (see `is_noise` in the .cpp) or say
///     nothing where they stand, such as minsize on a declaration
///   - indentation and blank lines
/// Implied, and put back by `read_normal`:
///   - target triple (that of AArch64 is said on the first line, none means x86-64) and data
///     layout; module flags: wchar_size 4, PIC 2, PIE 2
///   - for AArch64, "frame-pointer"="non-leaf" on functions that say nothing of it
///   - minsize and optsize on every defined function that is not optnone
///   - nounwind on the calls (not invokes) in a function that is nounwind itself: were one of them
///     to unwind, so would the function
///   - `align N` of an alloca, load or store, where it is what the type has by default
/// Attributes stand where they apply; there are no groups.
///
///     define dso_local i32 @add(i32 noundef %0, i32 noundef %1) nounwind uwtable {
///     %3 = alloca i32
///     …
///     }
///
/// Fails for modules of other targets.
Result<std::string> normal_text(const IrModule& module);

/// The module that `text` stands for: what is implied is put back. Accepts any LLVM-IR, such as a
/// model's answer, and verifies it; errors name `name` and the line.
Result<IrModule> read_normal(std::string_view text, const std::string& name);

/// `read_normal(normal_text(module))`: the module that the model sees, for the compiler to see.
Result<IrModule> normalised(const IrModule& module);

/// The module as bitcode without debug information, names of values and of the source file: what a
/// translation unit is known by. Unlike the normal form it keeps the metadata that passes use.
std::string anonymous_bitcode(IrModule module);

}  // namespace llmc
