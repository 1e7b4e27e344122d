#include "lift/lift_search.h"

#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>

#include <algorithm>
#include <ctime>
#include <functional>
#include <optional>
#include <vector>

#include "ir/module.h"
#include "lift/lift_moves.h"
#include "support/random.h"

namespace llmc {
namespace {

/// The processor's time of this process: a busy machine must not make the results worse.
std::chrono::nanoseconds now() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

/// Passes to clean up with, the likeliest first.
std::vector<std::string> pass_guesses() {
  return {default_lift_passes(),
          "function(sroa,early-cse,instcombine<no-verify-fixpoint>,"
          "simplifycfg<hoist-common-insts;sink-common-insts>,instcombine<no-verify-fixpoint>,adce)",
          "function(sroa,instsimplify,simplifycfg,adce)",
          "function(sroa,instsimplify,adce)",
          "function(sroa,early-cse<memssa>,instcombine<no-verify-fixpoint>,simplifycfg,gvn,adce)",
          "function(sroa,early-cse,instcombine<no-verify-fixpoint>,simplifycfg,reassociate,"
          "instcombine<no-verify-fixpoint>,adce)"};
}

/// What the function may give back, if not what was inferred.
std::vector<LiftSignature> result_guesses(const LiftSignature& inferred) {
  std::vector<LiftSignature> guesses;
  if (inferred.source == SignatureSource::given) return guesses;
  const std::vector<AbiValue> results = {
      {AbiType::none}, {AbiType::i32}, {AbiType::i64}, {AbiType::i8, AbiExtension::zero}};
  for (const AbiValue& result : results) {
    if (result.type == inferred.result.type || is_vector_class(inferred.result.type)) continue;
    guesses.push_back(inferred);
    guesses.back().result = result;
    guesses.back().second = AbiType::none;
  }
  if (inferred.second == AbiType::none && !is_vector_class(inferred.result.type)) {
    guesses.push_back(inferred);
    guesses.back().result = {AbiType::i64};
    guesses.back().second = AbiType::i64;
  }
  return guesses;
}

/// The search for one function.
class LiftSearch {
 public:
  LiftSearch(const RuleLifter& lifter, LiftJudge& judge, const SearchLimits& limits)
      : lifter_(lifter), judge_(judge), limits_(limits), end_(now() + limits.budget) {}

  Result<SearchedLift> run();

 private:
  /// When a guess takes the place of the best so far.
  enum class Taken { if_closer, if_identical, always };

  bool is_over() const {
    return best_ && (best_->judged.identical || judge_.candidates() >= limits_.most_candidates ||
                     now() >= end_);
  }
  void guess(const LiftGuess& guess, const LiftSignature& signature, Taken taken);
  void guess_all(const LiftSignature& signature);
  bool change(const std::function<std::optional<std::size_t>(llvm::Function&)>& make);
  void change_everywhere();
  void change_at_places();
  void settle();

  const RuleLifter& lifter_;
  LiftJudge& judge_;
  SearchLimits limits_;
  std::chrono::nanoseconds end_;
  std::optional<SearchedLift> best_;
  std::vector<SearchedLift> starts_;  ///< guesses to change
  std::optional<SearchedLift> unclaimed_;  ///< before the first change that claimed something
  std::string error_;
};

void LiftSearch::guess(const LiftGuess& guess, const LiftSignature& signature, Taken taken) {
  const auto note = [&](const Error& error) {
    if (error_.empty()) error_ = error.message;
  };
  auto lifted = lifter_.lift(judge_.function().name, guess);
  if (!lifted) return note(lifted.error());
  auto judged = judge_.judge(lifted->text);
  if (!judged) return note(judged.error());
  const bool is_first = !best_ || (taken == Taken::always && best_->is_first);
  SearchedLift made{std::move(lifted->text), std::move(*judged), signature, is_first};
  const bool is_closer = !best_ || made.judged.distance < best_->judged.distance;
  if (taken == Taken::if_closer) starts_.push_back(made);
  if (made.judged.identical || taken == Taken::always || (taken == Taken::if_closer && is_closer))
    best_ = std::move(made);
}

/// Other passes, other results, another cut of the frame.
void LiftSearch::guess_all(const LiftSignature& signature) {
  const std::vector<std::string> passes = pass_guesses();
  for (std::size_t i = 1; i < passes.size() && !is_over(); ++i)
    guess({.passes = passes[i]}, signature, Taken::if_closer);
  for (const LiftSignature& other : result_guesses(signature)) {
    if (!is_over()) guess({.signature = other}, other, Taken::if_closer);
    if (!is_over()) guess({.passes = passes[1], .signature = other}, other, Taken::if_closer);
  }
  // An exact match proves what is only a guess about the frame; nothing less does.
  if (!is_over()) guess({.frame = FrameCut::objects}, signature, Taken::if_identical);
}

/// Tries one change of the best so far, which stays if it does not make it worse. `make` says the
/// kind of the change it made, or that there was nothing to change. False: there was not.
bool LiftSearch::change(const std::function<std::optional<std::size_t>(llvm::Function&)>& make) {
  auto module = IrModule::parse(best_->text, "the lifted IR");
  if (!module) return false;
  const auto kind = make(*module->module().getFunction(judge_.function().name));
  if (!kind) return false;
  std::string text = module->text();
  auto judged = judge_.judge(text);
  if (!judged || (!judged->identical && judged->distance > best_->judged.distance)) return true;
  if (!unclaimed_ && move_claims(*kind)) unclaimed_ = best_;
  best_->judged = std::move(*judged);
  best_->text = std::move(text);
  best_->is_first = false;
  return true;
}

/// What may well hold at all places, for the best of the guesses: a wrong guess can be closer than
/// the right one.
void LiftSearch::change_everywhere() {
  constexpr std::size_t k_starts = 4;
  std::ranges::stable_sort(starts_, {},
                           [](const SearchedLift& one) { return one.judged.distance; });
  std::optional<SearchedLift> closest, unclaimed;
  for (std::size_t i = 0; i < std::min(k_starts, starts_.size()) && !is_over(); ++i) {
    best_ = std::move(starts_[i]);
    unclaimed_.reset();
    for (std::size_t kind = 0; kind < k_moves_everywhere && !is_over(); ++kind)
      change([&](llvm::Function& function) {
        return make_everywhere(function, kind) ? std::optional(kind) : std::nullopt;
      });
    if (closest && !best_->judged.identical && best_->judged.distance >= closest->judged.distance)
      continue;
    closest = best_;
    unclaimed = unclaimed_;
  }
  if (!closest) return;
  best_ = std::move(closest);
  unclaimed_ = std::move(unclaimed);
}

/// Small changes at places drawn at random, half of them from where the assembly begins to differ:
/// blocks of the IR stand in the order of those of the assembly, more or less.
void LiftSearch::change_at_places() {
  Random random(limits_.seed);
  constexpr std::size_t k_near = 8;  // instructions to either side
  while (!is_over()) {
    const bool is_near = random.below(2) == 0;
    const double agreed = best_->judged.agreed;
    const bool was_made = change([&](llvm::Function& function) -> std::optional<std::size_t> {
      const std::size_t count = function.getInstructionCount();
      // Many kinds of changes are possible at few places: draw until one is.
      for (unsigned tries = 0; tries < 200; ++tries) {
        std::size_t place = random.below(count);
        if (is_near) {
          const auto middle = static_cast<std::size_t>(agreed * static_cast<double>(count));
          place = std::min(count - 1, middle + random.below(2 * k_near));
          place -= std::min(place, k_near);
        }
        const std::size_t kind = random.below(move_kinds());
        if (make_move(function, place, kind)) return kind;
      }
      return std::nullopt;
    });
    if (!was_made && !is_near) return;
  }
}

/// Without an exact match nothing speaks for the claims that changes have made, nor for a result
/// that is too narrow.
void LiftSearch::settle() {
  if (unclaimed_) best_ = std::move(unclaimed_);
  const LiftSignature widest = lifter_.widest_signature(judge_.function().name);
  if (best_->signature != widest) guess({.signature = widest}, widest, Taken::always);
}

Result<SearchedLift> LiftSearch::run() {
  const LiftSignature* const inferred = lifter_.signature(judge_.function().name);
  const LiftSignature signature = inferred == nullptr ? LiftSignature() : *inferred;
  guess({}, signature, Taken::if_closer);
  const bool is_searching = limits_.budget.count() > 0;
  if (is_searching && !is_over()) guess_all(signature);
  if (!best_) return fail(error_);
  if (is_searching) change_everywhere();
  if (is_searching) change_at_places();
  if (!best_->judged.identical) settle();
  return std::move(*best_);
}

/// One thing that can be taken off.
using Claim = std::function<void(llvm::Instruction&)>;

/// What `instruction` claims beyond what it computes.
std::vector<Claim> claims_of(const llvm::Instruction& instruction) {
  std::vector<Claim> claims;
  if (instruction.hasPoisonGeneratingFlags())
    claims.push_back([](llvm::Instruction& one) { one.dropPoisonGeneratingFlags(); });
  if (instruction.hasPoisonGeneratingMetadata())
    claims.push_back([](llvm::Instruction& one) { one.dropPoisonGeneratingMetadata(); });
  return claims;
}

}  // namespace

Result<SearchedLift> search_lift(const RuleLifter& lifter, LiftJudge& judge,
                                 const SearchLimits& limits) {
  return LiftSearch(lifter, judge, limits).run();
}

std::string claim_little(const std::string& text, LiftJudge& judge, const SearchLimits& limits,
                         unsigned& dropped) {
  const std::chrono::nanoseconds end = now() + limits.budget;
  std::string best = text;
  const std::string& name = judge.function().name;
  const auto place_of = [](llvm::Function& function, std::size_t place) -> llvm::Instruction* {
    for (llvm::Instruction& instruction : llvm::instructions(function))
      if (place-- == 0) return &instruction;
    return nullptr;
  };
  auto module = IrModule::parse(best, "the lifted IR");
  if (!module) return best;
  const std::size_t count = module->module().getFunction(name)->getInstructionCount();
  const auto take_off = [&](std::size_t first, std::size_t last) {
    auto candidate = IrModule::parse(best, "the lifted IR");
    if (!candidate) return false;
    llvm::Function& function = *candidate->module().getFunction(name);
    unsigned taken = 0;
    for (std::size_t i = first; i < last; ++i)
      if (llvm::Instruction* const instruction = place_of(function, i))
        for (const Claim& claim : claims_of(*instruction)) {
          claim(*instruction);
          ++taken;
        }
    if (taken == 0) return true;
    std::string changed = candidate->text();
    const auto judged = judge.judge(changed);
    if (!judged || !judged->identical) return false;
    best = std::move(changed);
    dropped += taken;
    return true;
  };
  // All at once where nothing hangs on them, which is most often so; else half by half.
  std::vector<std::pair<std::size_t, std::size_t>> ranges = {{0, count}};
  while (!ranges.empty() && now() < end) {
    const auto [first, last] = ranges.back();
    ranges.pop_back();
    if (take_off(first, last) || last - first < 2) continue;
    const std::size_t middle = first + (last - first) / 2;
    ranges.emplace_back(first, middle);
    ranges.emplace_back(middle, last);
  }
  return best;
}

}  // namespace llmc
