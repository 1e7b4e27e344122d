// How functions are called on Linux, as their declarations in IR say.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ir/normal_form.h"
#include "support/error.h"

namespace llvm {
class Function;
class Module;
}  // namespace llvm

namespace llmc {

/// One register's worth of a parameter or a result, and what is known of it.
struct CallValue {
  enum class Kind { integer, pointer, floating };
  /// What the caller does to an integer of less than 32 bits.
  enum class Extension { none, zero, sign };
  Kind kind = Kind::integer;
  unsigned bits = 64;  ///< floating: 32, 64, or 128 for what fills a vector register
  Extension extension = Extension::none;
  unsigned defined = 32;  ///< so many bits of its register does the caller of an integer set
  unsigned together = 1;  ///< it and the next ones are all in registers or all on the stack
  bool result_place = false;  ///< a pointer that says where a large result goes (sret)
  bool nonnull = false;
  bool exclusive = false;  ///< nothing else points there (noalias)
  bool read_only = false;  ///< it is not written through
  std::uint64_t bytes = 0;  ///< that can be read there at least
  std::uint64_t alignment = 1;
  std::optional<std::pair<std::int64_t, std::int64_t>> range;  ///< first, and behind the last
  unsigned shape = 0;  ///< what lies there (shape.h); 0: not known
  std::vector<std::int64_t> hints;  ///< what it is compared with
};

/// Where a value is when a function is entered.
struct CallPlace {
  enum class Where { integer_register, vector_register, stack };
  Where where = Where::integer_register;
  unsigned index = 0;  ///< of rdi, rsi, rdx, rcx, r8, r9 or x0-8; of xmm0-7 or v0-7; of the word
};

/// How a function is called.
struct CallSignature {
  std::vector<CallValue> parameters;
  std::vector<CallValue> results;  ///< in rax, rdx and xmm0-1, or x0-1 and v0-3, each kind in order
  bool variadic = false;
  bool returns = true;  ///< false: noreturn
  bool pure = false;  ///< it reads and writes no memory
  bool sees_memory = true;  ///< it may read memory that its arguments do not point to
  bool writes_memory = true;  ///< it may write what its arguments point to
};

/// Where the parameters are, in their order.
std::vector<CallPlace> places_of(const std::vector<CallValue>& parameters, NormalTarget target);

/// The target of `module`; an error names one that is not known here.
Result<NormalTarget> target_of(const llvm::Module& module);

/// How `function`'s own callers call it; an error says what of it cannot be called here. The target
/// of this and what follows is the module's.
Result<CallSignature> signature_of(const llvm::Function& function);

/// How `callee` is called as far as all calls in `caller` agree: parameters behind one that cannot
/// be told where it is are left out; for a variadic callee those that every call passes count.
CallSignature callee_signature(const llvm::Function& callee, const llvm::Function& caller);

/// What the calls through pointers in `caller` have in common.
CallSignature indirect_signature(const llvm::Function& caller);

/// Whether `function` computes with floating-point numbers.
bool uses_floats(const llvm::Function& function);

}  // namespace llmc
