// What lies where a function's pointers point, as far as its own accesses tell: inputs of that
// shape get further into it than random bytes.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace llvm {
class Function;
}  // namespace llvm

namespace llmc {

/// A field that is read or written.
struct ShapeField {
  enum class Kind { integer, floating, pointer };
  Kind kind = Kind::integer;
  unsigned bytes = 8;
  unsigned shape = 0;  ///< of a pointer: what it points to
  std::uint64_t first = 0;  ///< of an integer: the least value that is promised,
  std::uint64_t values = 0;  ///< and how many there are; 0: all
  std::vector<std::int64_t> hints;  ///< of an integer: what it is compared with
};

/// What is known of one kind of place.
struct MemoryShape {
  std::uint64_t stride = 0;  ///< from one object to the next; 0: there is just one
  std::map<std::uint64_t, ShapeField> fields;  ///< by offset; below the stride if there is one
  std::uint64_t bytes = 0;  ///< that are copied or set as a whole
  bool code = false;        ///< it is called
};

/// The shapes of a function. Shape 0 is that of which nothing is known.
struct ShapeTable {
  std::vector<MemoryShape> shapes;
  std::vector<unsigned> parameters;  ///< by number of the IR's argument; 0: no pointer
  std::map<std::string, unsigned> globals;  ///< by name
  std::map<std::string, unsigned> results;  ///< of called functions, by name
  std::vector<std::vector<std::int64_t>> parameter_hints;  ///< what arguments are compared with
  std::map<std::string, std::vector<std::int64_t>> result_hints;  ///< results, by callee's name
  std::vector<std::int64_t> constants;  ///< integers that the function compares with
};

/// The shapes of what `function` reaches. Places that one pointer may point to have one shape.
ShapeTable shapes_of(const llvm::Function& function);

}  // namespace llmc
