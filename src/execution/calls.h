// What happens when the function under test calls another: the call is written down, and made-up
// effects take the place of the callee's.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "execution/inputs.h"
#include "execution/signature.h"
#include "execution/trampoline.h"

namespace llmc {

/// What a stub stands for.
struct CalleePlan {
  /// native: the C library's own function is called, as compilers know what it does: they make
  /// such calls, leave them out and compute them themselves. undefined: where checked code goes
  /// when it does what its IR says never happens.
  enum class Kind { unknown, native, allocation, release, undefined };
  Kind kind = Kind::unknown;
  std::string name;
  CallSignature signature;
  std::vector<CallPlace> places;
  /// By parameter: the size of the local variable that every call passes the address of; 0: no
  /// such thing.
  std::vector<std::uint64_t> local_bytes;
  bool defined = false;  ///< in the same file: its compiler could look into it
  bool local = false;  ///< and in no other file, so that it may have a convention of its own
};

/// Looks the name up among the functions of the C library that are known here, and sets `kind`.
void recognise(CalleePlan& callee);

/// One run's calls. All memory that it uses is allocated before the run.
struct CallRecord {
  const InputPlan* plan = nullptr;
  const std::vector<CalleePlan>* callees = nullptr;
  std::uint64_t input = 0;  ///< its number
  bool hash_memory = false;  ///< write down what the memory is at calls
  unsigned calls = 0;
  char* log = nullptr;
  std::uint32_t log_size = 0;
  std::uint32_t log_capacity = 0;
  std::uint64_t heap_used = 0;  ///< bytes of the heap
  bool left = false;  ///< in a call that does not return
  bool undefined = false;  ///< in a call of k_undefined_function
  bool overflowed = false;  ///< more calls than are written down
};

/// The beginning of each entry of the log; the values of the arguments follow, 8 bytes each (16
/// for 128 bits), the contents of local variables, and a hash of the memory.
struct CallEntry {
  std::uint32_t callee;
  std::uint32_t bytes;  ///< of the entry, this beginning included
};

/// Calls that are written down before a run is cut short.
inline constexpr unsigned k_call_limit = 200;

/// Performs the call of `(*record.callees)[number]` on the registers in the context.
void perform_call(CallRecord& record, std::uint64_t number);

/// What a call's entry has at `offset`, in words: "argument 2", "memory".
std::string describe_entry(const CalleePlan& callee, std::uint32_t offset);

/// A hash that names memory (FNV-like on 8-byte words, four lanes).
std::uint64_t quick_hash(const void* bytes, std::size_t count, std::uint64_t start);

}  // namespace llmc
