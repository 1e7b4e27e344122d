// For components that generate code: LLVM's targets are registered before the first test.
#include <gmock/gmock.h>

#include "toolchain/codegen.h"

int main(int argc, char** argv) {
  testing::InitGoogleMock(&argc, argv);
  llmc::initialize_targets();
  return RUN_ALL_TESTS();
}
