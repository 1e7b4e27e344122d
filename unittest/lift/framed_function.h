// Assembly as clang writes it.
#pragma once

#include <string>

namespace llmc::test {

/// The function `name` with its frame of directives.
inline std::string framed_function(const std::string& name, const std::string& body) {
  return "\t.text\n\t.globl " + name + "\n\t.type " + name + ",@function\n" + name +
         ":\n\t.cfi_startproc\n" + body + "\t.size " + name + ", .-" + name + "\n\t.cfi_endproc\n";
}

}  // namespace llmc::test
