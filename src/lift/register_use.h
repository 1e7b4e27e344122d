// What functions of one file may expect of each other beyond the calling convention: gcc lets a
// caller keep values in registers that it knows a callee leaves alone. Included by the .cpp files
// of the lifter only.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "assembly/assembly.h"
#include "assembly/facts.h"
#include "lift/signature.h"

namespace llmc {

/// Registers that a callee need not keep, by LLVM's names of their 64 or 128 bits.
using RegisterNames = std::set<std::string_view>;

class RegisterUse {
 public:
  /// Of the functions of `unit`, which must outlive this.
  static Result<RegisterUse> create(const AsmUnit& unit);

  /// Who asks what a function changes: for callers that are there, what it saves by itself (push,
  /// pop) does not count as changed; for one that is to replace it, it does.
  enum class Saved { unchanged, changed };

  /// What `function` may change: all, where it calls what is not in the unit; what it calls in the
  /// unit counts as it is there. `function` itself may be of another file, with the same callees.
  RegisterNames changed_by(const AsmFunction& function, Saved saved);

  /// True if `function` of the unit reads a register that a call before it may have changed, by the
  /// convention. `signatures` say what calls read.
  [[nodiscard]] bool reads_across_calls(const AsmFunction& function,
                                        const SignatureTable& signatures) const;

  /// True if another function of the unit, or itself, calls it or jumps to it.
  [[nodiscard]] bool is_called(const std::string& function) const;

 private:
  RegisterUse(const AsmUnit& unit, InstructionFacts facts)
      : unit_(&unit), facts_(std::move(facts)) {}
  [[nodiscard]] RegisterNames read_by(const AsmInstruction& instruction,
                                      const SignatureTable& signatures) const;
  [[nodiscard]] bool advance(const AsmInstruction& instruction, const SignatureTable& signatures,
                             RegisterNames& stale) const;

  const AsmUnit* unit_;
  InstructionFacts facts_;
  std::map<std::string, RegisterNames> known_;
};

}  // namespace llmc
