// The instructions of a function in an object. Internal to this folder.
#pragma once

#include <memory>
#include <vector>

#include "assembly/machine.h"
#include "assembly/object_places.h"

namespace llmc {

/// The instructions of one function, with where in the section they are.
struct DecodedCode {
  std::vector<AsmInstruction> instructions;
  std::vector<std::uint64_t> offsets;  ///< of each instruction
  std::string problem;                 ///< empty: all bytes were understood
};

/// Disassembles the functions of one file.
class ObjectDecoder {
 public:
  /// Fails if LLVM has no disassembler for the target. Refers to all three.
  static Result<std::unique_ptr<ObjectDecoder>> create(const AsmMachine& machine,
                                                       const ObjectFile& file,
                                                       ObjectPlaces& places);
  virtual ~ObjectDecoder() = default;

  /// The code of `function`, with names in the place of what relocations and branches refer to.
  virtual DecodedCode decode(const ObjectFunction& function) = 0;
};

}  // namespace llmc
