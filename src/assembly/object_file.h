// An ELF object as values. Internal to this folder.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "assembly/assembly.h"

namespace llmc {

struct ObjectRelocation {
  std::uint64_t offset = 0;
  unsigned type = 0;
  std::size_t symbol = 0;  ///< number in the file's symbols
  std::int64_t addend = 0;
};

struct ObjectSymbol {
  std::string name;  ///< of a section's symbol: empty
  AsmLinkage linkage = AsmLinkage::local;
  AsmVisibility visibility = AsmVisibility::standard;
  unsigned type = 0;        ///< STT_…
  std::size_t section = 0;  ///< 0: none
  bool common = false;      ///< `value` is the alignment
  std::uint64_t value = 0, size = 0;
};

struct ObjectSection {
  std::string name;
  unsigned type = 0;
  std::uint64_t flags = 0, entry_size = 0, alignment = 1, size = 0;
  std::string comdat;
  std::string_view bytes;                     ///< of the file; empty if it has only a size
  std::vector<ObjectRelocation> relocations;  ///< in order of offset
  bool skipped = false;                       ///< says nothing about what the program does
};

/// Sections and symbols have the numbers that they have in the file.
struct ObjectFile {
  NormalTarget target = NormalTarget::x86_64;
  std::vector<ObjectSection> sections;
  std::vector<ObjectSymbol> symbols;
};

/// Reads the tables of `bytes`, a relocatable object; the result refers to `bytes`. What is
/// truncated, contradicts itself or is for another machine is refused; `name` is in the message.
Result<ObjectFile> load_object(std::string_view bytes, const std::string& name);

}  // namespace llmc
