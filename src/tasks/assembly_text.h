// Assembly as models read and write it.
#pragma once

#include <string>
#include <string_view>

#include "ir/normal_form.h"

namespace llmc {

/// LLVM's assembly for `target` without what says nothing about the code:
///
///   - comments, blank lines, indentation; a tab between two words is a blank
///   - .file, .ident, .addrsig, .addrsig_sym, .text, the section .note.GNU-stack
///   - .type and .size of functions, and the labels .Lfunc_begin and .Lfunc_end
///   - call frame directives, but for .cfi_startproc (there are unwind tables), .cfi_personality
///     and .cfi_lsda, which cannot be told from the instructions
///
/// What is left is assembly with the same instructions, data and symbols; to be assembled it must
/// lose .cfi_startproc, whose other half is gone.
std::string clean_assembly(std::string_view assembly, NormalTarget target = NormalTarget::x86_64);

}  // namespace llmc
