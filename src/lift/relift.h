// Assembly made smaller: lifted, optimised as IR, compiled again, and put back into its text.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "assembly/assembly.h"
#include "lift/lift_unit.h"
#include "support/error.h"
#include "toolchain/measurement.h"

namespace llmc {

/// What it takes for a lifted function to replace the original.
enum class ReliftTrust {
  identical,  ///< its IR compiles to the original
  executed  ///< that, or differential execution found both equal; and then its signature is given,
            ///< or the function is local and only called, because what is compared is what the
            ///< signature says
};

struct ReliftOptions {
  std::string passes;  ///< in opt's syntax; empty: clang's -Oz pipeline
  ReliftTrust trust = ReliftTrust::identical;
  SignatureTable given;  ///< as the functions were lifted with
};

/// One function of the file.
struct ReliftedFunction {
  std::string name;
  std::uint64_t before = 0;  ///< bytes of its code
  std::uint64_t after = 0;  ///< the same as before where it was kept
  bool replaced = false;
  std::string reason;  ///< why it was kept; empty if it was replaced
};

struct Relifted {
  std::string text;  ///< the assembly
  std::vector<ReliftedFunction> functions;  ///< in the order of the file
  Measurement before, after;  ///< of the assembled file
};

/// Replaces those functions of `text`, which was read to `unit` and lifted to `results`, whose IR
/// is trusted and becomes smaller. All else stays in the text as it is, but for alignment of what
/// was replaced and private data that nothing uses any more. The result is never larger, all
/// sections together: if it would be, functions that gained least are kept until it is not. It
/// assembles; `name` stands in messages. Passes and code generation run in children of this
/// single-threaded process, clang assembles.
Result<Relifted> relift(const std::string& text, const AsmUnit& unit,
                        const std::vector<LiftResult>& results, const std::string& name,
                        const ReliftOptions& options);

}  // namespace llmc
