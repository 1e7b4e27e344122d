#include "support/own_program.h"

namespace llmc {

Result<std::filesystem::path> own_program() {
  std::error_code code;
  std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", code);
  if (code) return fail("/proc/self/exe cannot be read; llmc cannot find itself");
  return program;
}

}  // namespace llmc
