#include "lift/lift_search.h"

#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Operator.h>

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
  bool is_over() const {
    return best_ && (best_->judged.identical || judge_.candidates() >= limits_.most_candidates ||
                     now() >= end_);
  }
  void guess(const LiftGuess& guess, const LiftSignature& signature);
  void guess_objects(const LiftSignature& signature);
  void change();
  void settle();
  void forget_claims();

  const RuleLifter& lifter_;
  LiftJudge& judge_;
  SearchLimits limits_;
  std::chrono::nanoseconds end_;
  std::optional<SearchedLift> best_;
  std::string error_;
};

void LiftSearch::guess(const LiftGuess& guess, const LiftSignature& signature) {
  if (is_over()) return;
  auto lifted = lifter_.lift(judge_.function().name, guess);
  if (!lifted) {
    if (error_.empty()) error_ = lifted.error().message;
    return;
  }
  auto judged = judge_.judge(lifted->text);
  if (!judged) {
    if (error_.empty()) error_ = judged.error().message;
    return;
  }
  if (!best_ || judged->identical || judged->distance < best_->judged.distance)
    best_ = {std::move(lifted->text), std::move(*judged), signature, !best_.has_value()};
}

void LiftSearch::guess_objects(const LiftSignature& signature) {
  if (is_over()) return;
  auto lifted = lifter_.lift(judge_.function().name, {.frame = LiftGuess::Frame::objects});
  if (!lifted) return;
  auto judged = judge_.judge(lifted->text);
  if (judged && judged->identical)
    best_ = {std::move(lifted->text), std::move(*judged), signature, false};
}

/// Small changes, in an order drawn at random; each that does not make it worse stays.
void LiftSearch::change() {
  Random random(limits_.seed);
  auto module = IrModule::parse(best_->text, "the lifted IR");
  while (module && !is_over()) {
    llvm::Function& function = *module->module().getFunction(judge_.function().name);
    const std::size_t moves = count_moves(function);
    if (moves == 0 || !make_move(function, random.below(moves))) {
      if (now() >= end_) return;
      continue;
    }
    std::string text = module->text();
    auto judged = judge_.judge(text);
    if (judged && (judged->identical || judged->distance <= best_->judged.distance)) {
      best_->judged = std::move(*judged);
      best_->text = std::move(text);
      best_->is_first = false;
    } else {
      module = IrModule::parse(best_->text, "the lifted IR");
    }
  }
}

/// Without an exact match nothing speaks for a result that is too narrow.
void LiftSearch::settle() {
  const LiftSignature widest = lifter_.widest_signature(judge_.function().name);
  if (best_->signature != widest) {
    auto lifted = lifter_.lift(judge_.function().name, {.signature = widest});
    if (!lifted) return;
    if (auto judged = judge_.judge(lifted->text))
      best_ = {std::move(lifted->text), std::move(*judged), widest, best_->is_first};
  }
  forget_claims();
}

/// Without an exact match nothing speaks for the claims that changes have made.
void LiftSearch::forget_claims() {
  auto module = IrModule::parse(best_->text, "the lifted IR");
  if (!module) return;
  for (llvm::Instruction& instruction :
       llvm::instructions(*module->module().getFunction(judge_.function().name)))
    if (llvm::isa<llvm::OverflowingBinaryOperator>(instruction)) {
      instruction.setHasNoSignedWrap(false);
      instruction.setHasNoUnsignedWrap(false);
    }
  std::string text = module->text();
  if (auto judged = judge_.judge(text)) {
    best_->judged = std::move(*judged);
    best_->text = std::move(text);
  }
}

Result<SearchedLift> LiftSearch::run() {
  const LiftSignature* const inferred = lifter_.signature(judge_.function().name);
  const LiftSignature signature = inferred == nullptr ? LiftSignature() : *inferred;
  const std::vector<std::string> passes = pass_guesses();
  guess({}, signature);
  const bool is_searching = limits_.budget.count() > 0;
  for (std::size_t i = 1; is_searching && i < passes.size(); ++i)
    guess({.passes = passes[i]}, signature);
  for (const LiftSignature& other : result_guesses(signature)) {
    if (!is_searching) break;
    guess({.signature = other}, other);
    guess({.passes = passes[1], .signature = other}, other);
  }
  // An exact match proves what is only a guess about the frame; nothing less does.
  if (is_searching) guess_objects(signature);
  if (!best_) return fail(error_);
  if (is_searching && !is_over()) change();
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
