// Functions of the C library whose meaning compilers know.
#pragma once

#include <cstdint>
#include <string_view>

#include "execution/trampoline.h"

namespace llmc {

/// Calls the library's function with the arguments in a context and leaves its result there.
using NativeCall = void (*)(CallContext&);

/// Null if the name is not that of a function known here.
NativeCall native_call(std::string_view name);

}  // namespace llmc
