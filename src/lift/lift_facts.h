// What lifting a function once tells about it: the first of two passes learns, the second writes.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "lift/signature.h"

namespace llmc {

/// How the stack frame becomes variables.
enum class FrameCut {
  objects,  ///< one for each place whose address is taken, up to the next; one for each other slot
  whole  ///< one for all from the lowest place whose address is taken, which is safe to believe;
         ///< one for each slot below
};

/// Where the value in a register is from.
struct RegisterOrigin {
  enum class Kind {
    entry,  ///< the caller
    defined,  ///< an instruction of this function
    result,  ///< a call: `site`
    clobbered  ///< a call has destroyed it
  };
  Kind kind = Kind::entry;
  unsigned width = 0;  ///< of `defined`: bits of it that were meant
  bool is_number = false;  ///< of `defined`: a constant, which has no width of its own
  AbiType type = AbiType::none;  ///< of a vector register: what was written
  bool is_read = false;  ///< of `defined`: something has read it since
  std::set<std::size_t> sites;  ///< calls whose result it may be
  std::set<unsigned> parameters;  ///< vector registers at entry that it may be a copy of
  std::optional<std::int64_t> constant;  ///< of `defined`: the whole register, where it is known
  bool is_garbage = false;  ///< of `defined`: taken from the stack, where nobody had put it
  bool is_partly_fresh = false;  ///< on some way it is fresh, on others not
  std::string page;  ///< of `defined`: not a value, but the page of this address (AArch64's adrp)

  /// An instruction has put it there, and nothing has read it since.
  [[nodiscard]] bool is_fresh() const { return kind == Kind::defined && !is_read && !is_garbage; }

  friend bool operator==(const RegisterOrigin&, const RegisterOrigin&) = default;
};

/// As many registers of each class as any target has.
inline constexpr std::size_t k_most_registers = 32;

/// The origins of all registers at one place.
struct LiftRegisters {
  std::array<RegisterOrigin, k_most_registers> general;
  std::array<RegisterOrigin, k_most_registers> vector;

  friend bool operator==(const LiftRegisters&, const LiftRegisters&) = default;
};

/// At the meeting of two ways: what can be said of both.
LiftRegisters merged(const LiftRegisters& a, const LiftRegisters& b);

/// One call as its registers tell.
struct CallFacts {
  std::string callee;  ///< empty: indirect
  std::vector<AbiType> integers;  ///< as many of the registers of arguments as seem to be passed
  std::vector<AbiType> reals;
  std::size_t available = 0;  ///< as many of the registers of integers as have any value at all
  std::size_t pushed = 0;  ///< words that were put on the stack for it
  std::int64_t sp = 0;  ///< the frame offset at which they begin
  bool sets_al = false;  ///< %al says how many vector registers: it is variadic
  bool is_tail = false;
  bool returns = true;
  unsigned result_width = 0;  ///< bits of the result's register that are read afterwards
  unsigned second_width = 0;  ///< of the second one
  AbiType real_result = AbiType::none;
};

/// A return as its registers tell.
struct ReturnFacts {
  RegisterOrigin first, second;  ///< general registers
  RegisterOrigin real;  ///< the first vector register
};

/// All of a function.
struct LiftFacts {
  std::array<unsigned, 8> integer_parameters{};  ///< bits read of each; 0: not read
  std::array<AbiType, 8> real_parameters{};
  std::map<std::int64_t, unsigned> slots;  ///< frame offset: most bytes accessed there
  std::set<std::int64_t> reads;  ///< frame offsets that are read
  std::set<std::int64_t> escapes;  ///< frame offsets whose address is a value
  std::set<std::int64_t> saves;  ///< frame offsets where the caller's registers are kept
  std::vector<CallFacts> calls;  ///< in order of lifting
  std::vector<ReturnFacts> returns;
  /// Where the stack pointer goes back by a pop, that goes to %rax if nothing is returned there,
  /// and to %rcx if something is.
  bool pops_beside_result = false, pops_into_result = false;
  std::map<std::size_t, LiftRegisters> exits;  ///< of each block, by number
};

}  // namespace llmc
