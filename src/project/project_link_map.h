// What linkers and archivers wrote: link maps of GNU ld and lld, and archives.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "support/error.h"

namespace llmc {

/// A piece of an object that is in a linked program: what section garbage collection and the choice
/// among COMDAT bodies have left.
struct LinkedPiece {
  std::string object;  ///< as the map names it: "src/a.o", "lib/libx.a(a.o)"
  std::string section;  ///< of the program: ".text", ".rodata"
  std::uint64_t bytes = 0;

  friend bool operator==(const LinkedPiece&, const LinkedPiece&) = default;
};

/// The pieces that are loaded and not empty on disk, in the order of the map, GNU ld's or lld's.
/// Fails on other text.
Result<std::vector<LinkedPiece>> read_link_map(std::string_view text);

/// A file in an archive.
struct ArchiveMember {
  std::string name;  ///< of a thin archive: the path from the archive's folder
  std::string_view bytes;  ///< empty for a thin archive
};

/// The members of an archive, GNU's kind or a thin one, without its index. The answer points into
/// `bytes`. Fails on bytes that are no archive, or not all of one.
Result<std::vector<ArchiveMember>> read_archive(std::string_view bytes);

}  // namespace llmc
