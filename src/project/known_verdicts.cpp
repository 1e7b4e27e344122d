#include "project/known_verdicts.h"

#include <algorithm>

#include "passes/targeted.h"
#include "soundness/suite.h"
#include "support/files.h"
#include "toolchain/program.h"

namespace llmc {

Result<KnownVerdicts> KnownVerdicts::open() {
  LLMC_TRY(SuiteSources suite, suite_by_name(default_suite()));
  KnownVerdicts known;
  known.version_ = suite.version();
  // A suite without known outputs has a version only once it is compiled.
  if (suite.all_outputs_known()) {
    const auto text = read_file(shipped_verdicts());
    auto shipped = text ? parse_verdict_file(*text, shipped_verdicts().string())
                        : std::unexpected(text.error());
    if (shipped) known.shipped_ = std::move(*shipped);
  }
  if (auto store = SoundnessStore::open(SoundnessStore::default_path())) {
    known.store_ = std::make_unique<SoundnessStore>(std::move(*store));
    CheckerOptions options;
    options.store = known.store_.get();
    known.checker_ = std::make_unique<Checker>(std::move(suite), options);
  }
  return known;
}

bool KnownVerdicts::is_sound(const std::string& list) {
  const auto views = targeted_views(list);
  return views &&
         std::ranges::all_of(*views, [&](const std::string& view) { return is_sound_view(view); });
}

bool KnownVerdicts::is_sound_view(const std::string& list) {
  if (shipped_ && shipped_->vouches_for(list, toolchain_version(), version_)) return true;
  if (!checker_) return false;
  const auto verdict = checker_->known_verdict(list);
  return verdict && *verdict && (*verdict)->sound();
}

}  // namespace llmc
