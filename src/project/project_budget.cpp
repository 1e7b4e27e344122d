#include "project/project_budget.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace llmc {
namespace {

constexpr double k_usual_rate = 0.006;  ///< of a unit's bytes, for each doubling
constexpr double k_trust_in_news = 0.5;

/// Doublings from `spent` evaluations by `more`; a first chunk counts as one.
double doublings(std::uint64_t spent, std::uint64_t more) {
  if (spent == 0) return 1;
  return std::log2(static_cast<double>(spent + more) / static_cast<double>(spent));
}

}  // namespace

BudgetClaim::BudgetClaim(double bytes, double seconds)
    : rate_(k_usual_rate * bytes), seconds_(seconds) {}

void BudgetClaim::learn(std::uint64_t evaluations, double bytes) {
  if (evaluations == 0) return;
  // A first chunk finds what known lists save: that says little about what a search will.
  if (spent_ != 0) rate_ += k_trust_in_news * (bytes / doublings(spent_, evaluations) - rate_);
  spent_ += evaluations;
}

double BudgetClaim::expected_saving(std::uint64_t evaluations) const {
  if (finished_) return 0;
  return rate_ * doublings(spent_, evaluations) / seconds_;
}

std::vector<std::size_t> choose_claims(const std::vector<BudgetClaim>& claims,
                                       std::uint64_t evaluations, std::size_t most) {
  std::vector<std::size_t> places(claims.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  const auto saving = [&](std::size_t place) { return claims[place].expected_saving(evaluations); };
  std::erase_if(places, [&](std::size_t place) { return saving(place) <= 0; });
  std::ranges::stable_sort(places, std::ranges::greater(), saving);
  if (places.size() > most) places.resize(most);
  return places;
}

}  // namespace llmc
