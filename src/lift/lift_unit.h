// Lifting a file: rules first, search on top, the model where it is asked for; each function with
// the rung of the ladder that it reached.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "assembly/assembly.h"
#include "execution/execution.h"
#include "lift/ladder.h"
#include "lift/signature.h"
#include "model/language_model.h"
#include "support/error.h"

namespace llmc {

/// Who made the IR of a function.
enum class LiftOrigin { nobody, rules, search, model };

/// "nobody", "rules", "search" or "model".
std::string_view to_string(LiftOrigin origin);

struct LiftOptions {
  SignatureTable given;                        ///< signatures that are known; they win
  std::vector<std::string> functions;          ///< only these; empty: all
  std::chrono::milliseconds budget{300};  ///< of the search, per function, of the processor's
                                          ///< time; 0: none
  unsigned most_candidates = 400;  ///< of the search, per function
  bool claims_little = true;  ///< take flags and attributes off an exact match
  std::optional<ExecutionOptions> execution;  ///< run the original beside each lifted function
  LanguageModel* model = nullptr;  ///< asked where rules end; may be null
  Sampling sampling;  ///< of the model
  unsigned repairs = 0;  ///< so often what rules or the model made is given back to the model with
                         ///< what is wrong with it
  unsigned jobs = 1;
};

/// What a function has in it, for tables.
struct LiftFeatures {
  bool calls = false, loops = false, floats = false, jump_table = false;
};

/// One function and how far its IR is proven.
struct LiftResult {
  std::string name;
  std::size_t instructions = 0;
  LiftFeatures features;
  LiftOrigin origin = LiftOrigin::nobody;
  LiftRung rung = LiftRung::none;
  std::string reason;  ///< why it is not higher; empty if identical
  bool refused = false;  ///< the rules do not model something: `reason` says what
  std::string ir;  ///< a module with this function, and declarations; empty if there is none
  LiftSignature signature;
  std::size_t distance = 0;  ///< lines of assembly to insert, delete or change
  double bleu = 0;  ///< of the recompiled assembly
  unsigned candidates = 0;  ///< compiled
  unsigned claims_dropped = 0;  ///< flags and attributes taken off after an exact match
  std::optional<ExecutionVerdict> execution;
  double seconds = 0;  ///< on the clock
  double processor_seconds = 0;  ///< of one processor, without execution and the model
};

/// Lifts `unit`, which `text` was read to (assembly that can be assembled again; empty for an
/// object, and then nothing is executed). Each function is worked on in a child process of this
/// single-threaded one. `observe` is told each result as it comes, in any order. The results are in
/// the order of the unit.
Result<std::vector<LiftResult>> lift_unit(
    const AsmUnit& unit, const std::string& text, const LiftOptions& options,
    const std::function<void(const LiftResult&)>& observe = {});

/// The whole file as one module of textual IR: what was lifted with its linkage, the data with
/// theirs, what was refused as declarations.
Result<std::string> joined_ir(const AsmUnit& unit, const std::vector<LiftResult>& results);

}  // namespace llmc
