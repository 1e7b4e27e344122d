// The passes of this LLVM, for tests that read lists.
#pragma once

#include "passes/catalogue.h"

namespace llmc::test {

inline const PassCatalogue& catalogue() {
  static const PassCatalogue installed;
  return installed;
}

}  // namespace llmc::test
