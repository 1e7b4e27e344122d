// The program that runs pairs in an emulator, as bytes of this one.
#pragma once

#include <string_view>

namespace llmc {

/// A static executable for AArch64 Linux, which reads a packed request (pair.h) from its standard
/// input and writes a packed verdict and exits with 0, or an error's message and exits with 1.
/// Empty where llmc was built without C++ libraries for AArch64.
std::string_view aarch64_runner();

}  // namespace llmc
