// What functions take and give back, as far as code generation looks at it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "support/error.h"

namespace llmc {

/// How a value is passed.
enum class AbiType { none, i8, i16, i32, i64, ptr, f32, f64, v128 };

/// "void", "i8", …, "ptr", "float", "double", "<2 x i64>".
std::string_view to_string(AbiType type);

/// True for those that travel in vector registers.
bool is_vector_class(AbiType type);

/// Where a signature is from: the less trusted, the later.
enum class SignatureSource { given, library, inferred };

/// "given", "library" or "inferred".
std::string_view to_string(SignatureSource source);

/// How narrow integers are extended by whoever hands them over.
enum class AbiExtension { none, zero, sign };

struct AbiValue {
  AbiType type = AbiType::none;
  AbiExtension extension = AbiExtension::none;

  friend bool operator==(const AbiValue&, const AbiValue&) = default;
};

/// A signature. An inferred one has its integers before its floating-point numbers: their order
/// among each other cannot be told from code.
struct LiftSignature {
  std::vector<AbiValue> parameters;
  AbiValue result;
  AbiType second = AbiType::none;  ///< of a pair of equal class: rdx or xmm1
  bool variadic = false;
  bool returns = true;
  SignatureSource source = SignatureSource::inferred;

  friend bool operator==(const LiftSignature&, const LiftSignature&) = default;
};

/// "i32 (ptr, i64, ...)".
std::string print_signature(const LiftSignature& signature);

using SignatureTable = std::map<std::string, LiftSignature, std::less<>>;

/// The signatures of all functions that the IR `text` defines or declares and that this table can
/// say; structures and vectors by value, and i128, are left out.
Result<SignatureTable> signatures_of_ir(std::string_view text, const std::string& name);

/// Those of the C library and of POSIX that programs call most; data/lift/library.ll.
Result<SignatureTable> library_signatures();

}  // namespace llmc
