#include "project/known_verdicts.h"

#include "soundness/suite.h"

namespace llmc {

Result<KnownVerdicts> KnownVerdicts::open() {
  LLMC_TRY(SuiteSources suite, suite_by_name(default_suite()));
  KnownVerdicts known;
  known.version_ = suite.version();
  CheckerOptions options;
  if (auto shipped = shipped_verdicts()) options.shipped = std::move(*shipped);
  if (auto store = SoundnessStore::open(SoundnessStore::default_path())) {
    known.store_ = std::make_unique<SoundnessStore>(std::move(*store));
    options.store = known.store_.get();
  }
  known.checker_ = std::make_unique<Checker>(std::move(suite), options);
  return known;
}

bool KnownVerdicts::is_sound(const std::string& list) {
  const auto verdict = checker_->known_verdict(list);
  return verdict && *verdict && (*verdict)->sound();
}

}  // namespace llmc
