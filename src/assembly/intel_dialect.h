// Intel's syntax as gcc writes it. Internal to this folder.
#pragma once

#include <string>
#include <string_view>

namespace llmc {

/// Whether x86 text is in Intel's syntax though no directive says so: the first instruction that
/// names a register tells, since AT&T has a % before each.
bool looks_intel(std::string_view text);

/// `text` with what GNU as takes and LLVM does not written as both take it, line for line: `movsx`
/// from 32 to 64 bits is `movsxd`, and `call [QWORD PTR [rax]]` has one pair of brackets.
std::string as_llvm_reads_intel(std::string_view text);

}  // namespace llmc
