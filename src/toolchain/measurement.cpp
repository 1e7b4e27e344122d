#include "toolchain/measurement.h"

#include <fmt/format.h>
#include <llvm/BinaryFormat/Magic.h>
#include <llvm/Object/ObjectFile.h>
#include <llvm/Support/MemoryBuffer.h>

namespace llmc {

Result<Measurement> measure_object(std::string_view object, const std::string& name) {
  const llvm::MemoryBufferRef buffer(llvm::StringRef(object.data(), object.size()), name);
  auto file = llvm::object::ObjectFile::createObjectFile(buffer);
  if (!file)
    return fail(
        fmt::format("{}: {}; expected an object file", name, llvm::toString(file.takeError())));
  Measurement sizes;
  for (const llvm::object::SectionRef& section : (*file)->sections()) {
    const std::uint64_t bytes = section.getSize();
    if (section.isBerkeleyText()) {
      auto section_name = section.getName();
      if (!section_name) llvm::consumeError(section_name.takeError());
      if (section_name && *section_name == ".eh_frame")
        sizes.eh_frame += bytes;
      else if (section.isText())
        sizes.text += bytes;
      else
        sizes.rodata += bytes;
    } else if (section.isBerkeleyData()) {
      sizes.data += bytes;
    } else if (section.isBSS()) {
      sizes.bss += bytes;
    }
  }
  return sizes;
}

bool is_object(std::string_view bytes) {
  switch (llvm::identify_magic(llvm::StringRef(bytes.data(), bytes.size()))) {
    case llvm::file_magic::elf_relocatable:
    case llvm::file_magic::elf_executable:
    case llvm::file_magic::elf_shared_object:
    case llvm::file_magic::macho_object:
    case llvm::file_magic::coff_object:
      return true;
    default:
      return false;
  }
}

}  // namespace llmc
