// Where everything lies while a function runs: the same addresses for both of a pair, so that
// pointers compare as numbers.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "support/error.h"

namespace llmc {

// Code, stubs and data are below 2 GiB, as code that is not position-independent expects;
// arenas and the stack are above 4 GiB, so that a pointer that loses its upper half shows.
inline constexpr std::uint64_t k_page = 4096;
inline constexpr std::uint64_t k_stub_base = 0x1010'0000;  ///< of calls: k_stub_size each
inline constexpr std::uint64_t k_stub_size = 16;
inline constexpr std::uint64_t k_stub_limit = 4096;  ///< of their number
inline constexpr std::uint64_t k_code_base = 0x1100'0000;  ///< the function, and what is its own
inline constexpr std::uint64_t k_code_limit = 0x1200'0000;
inline constexpr std::uint64_t k_constant_base = 0x2000'0000;  ///< private constants, by content
inline constexpr std::uint64_t k_constant_limit = 0x2800'0000;
inline constexpr std::uint64_t k_data_base = 0x3000'0000;  ///< data with names
inline constexpr std::uint64_t k_data_limit = 0x7000'0000;
inline constexpr std::uint64_t k_arena_base = 0x2b1c'3000'0000;
inline constexpr std::uint64_t k_arena_size = 4096;  ///< at least
inline constexpr std::uint64_t k_arena_stride = 0x1'3000;  ///< the rest is not mapped
inline constexpr std::uint64_t k_heap_base = 0x2b1d'0000'0000;  ///< what malloc and its kin give
inline constexpr std::uint64_t k_heap_size = 16 * 1024;
inline constexpr std::uint64_t k_stack_base = 0x2b1e'0000'0000;
inline constexpr std::uint64_t k_stack_size = 1 << 20;

/// Whether what lies at `address` is one side's own; all of that can be read and run.
constexpr bool is_own(std::uint64_t address) {
  return address >= k_code_base && address < k_code_limit;
}

/// A datum with a name.
struct DataPlace {
  std::string name;
  std::uint64_t address = 0;
  std::uint64_t size = 0;
  bool constant = false;  ///< for the code; it is never written
  bool local = false;  ///< no other file can have written it
  bool defined = false;  ///< one of the pair defines it
  bool merged = false;  ///< it consists of others, which are known by their own names
};

/// Hands out addresses by name and by content, the same to both of a pair.
class AddressBook {
 public:
  /// From now on another one of the pair asks.
  void begin_side() { names_here_.clear(); }

  /// The address of the stub of the function `name`.
  Result<std::uint64_t> function(const std::string& name);
  /// The number of the stub at `address`; functions().size() if there is none.
  [[nodiscard]] std::size_t function_at(std::uint64_t address) const;
  /// The names of all functions that have a stub, in order.
  [[nodiscard]] const std::vector<std::string>& functions() const { return functions_; }

  /// The address of a datum. The first of the pair to name it decides its place; the second may
  /// not need more room. Static variables of functions are known by their own name alone, as
  /// compilers decorate it differently (`count.0`, `f.count`).
  Result<std::uint64_t> datum(const DataPlace& datum, std::uint64_t alignment);
  /// A datum that lies in another one. It must not be known from elsewhere.
  Result<void> part(const DataPlace& datum);
  [[nodiscard]] const std::vector<DataPlace>& data() const { return data_; }

  /// The address of a private constant with that content (its relocations being part of it).
  Result<std::uint64_t> constant(const std::string& content, std::uint64_t size,
                                 std::uint64_t alignment);

 private:
  std::string data_key(const DataPlace& datum);

  std::vector<std::string> functions_;
  std::map<std::string, std::size_t> function_numbers_;
  std::vector<DataPlace> data_;
  std::map<std::string, std::size_t> data_numbers_;
  std::map<std::string, std::string> names_here_;  ///< of this side's data, by key
  std::map<std::string, std::uint64_t> constants_;
  std::uint64_t next_datum_ = k_data_base;
  std::uint64_t next_constant_ = k_constant_base;
};

}  // namespace llmc
