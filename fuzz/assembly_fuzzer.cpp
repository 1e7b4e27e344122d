#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "fuzz/targets.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (const char* wrong = llmc::fuzz::check_assembly(bytes)) {
    std::fprintf(stderr, "%s\n", wrong);
    std::abort();
  }
  return 0;
}
