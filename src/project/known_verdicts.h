// What is known about lists without testing any: the verdict store of this machine, and the
// verdicts that came with llmc.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "soundness/checker.h"
#include "soundness/soundness_store.h"
#include "support/digest.h"
#include "support/error.h"

namespace llmc {

/// Verdicts by the linked LLVM on the default suite ($LLMC_SUITE, or the built-in one).
class KnownVerdicts {
 public:
  /// A store that cannot be opened, and shipped verdicts that cannot be read, count as empty. Fails
  /// if there is no suite.
  static Result<KnownVerdicts> open();

  /// Whether `list` (canonical) was tested and found sound.
  bool is_sound(const std::string& list);

  /// The version of the suite.
  [[nodiscard]] const Digest& suite() const { return version_; }

 private:
  KnownVerdicts() = default;
  Digest version_;
  std::unique_ptr<SoundnessStore> store_;
  std::unique_ptr<Checker> checker_;
};

}  // namespace llmc
