// An isolated object to bytes at addresses.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "execution/isolate.h"
#include "execution/layout.h"
#include "support/error.h"

namespace llmc {

/// Bytes at an address, all relocations done.
struct ImageBlock {
  ObjectPiece::Kind kind = ObjectPiece::Kind::other;
  std::uint64_t address = 0;
  std::string bytes;
};

/// One of a pair, ready to be mapped.
struct SideImage {
  std::vector<ImageBlock> blocks;
  std::uint64_t entry = 0;  ///< the function's first instruction
};

/// Whether an undefined symbol is a function, and how many bytes it needs if it is not.
struct ExternalSymbol {
  bool function = false;
  std::uint64_t size = 0;  ///< 0: nobody knows
};

/// Places what the function of `object` reaches, and resolves what it refers to, at addresses from
/// `book`. `describe` says what an undefined symbol is that the object itself does not call. Code
/// for AArch64 that calls a system or an emulator, or uses thread-local data, is an error.
Result<SideImage> link_side(const IsolatedObject& object, AddressBook& book,
                            const std::function<ExternalSymbol(const std::string&)>& describe);

}  // namespace llmc
