#include "eval/statistics.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "support/random.h"

namespace llmc {
namespace {

/// The items of each cluster.
std::vector<std::vector<std::size_t>> members(std::size_t count,
                                              const std::vector<std::size_t>& clusters) {
  std::map<std::size_t, std::vector<std::size_t>> by_number;
  for (std::size_t i = 0; i < count; ++i) by_number[clusters[i]].push_back(i);
  std::vector<std::vector<std::size_t>> groups;
  for (auto& [number, items] : by_number) groups.push_back(std::move(items));
  return groups;
}

void draw_items(std::size_t count, Random& random, std::vector<std::size_t>& items) {
  items.resize(count);
  for (std::size_t& item : items) item = random.below(count);
}

void draw_clusters(const std::vector<std::vector<std::size_t>>& groups, Random& random,
                   std::vector<std::size_t>& items) {
  items.clear();
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const auto& group = groups[random.below(groups.size())];
    items.insert(items.end(), group.begin(), group.end());
  }
}

}  // namespace

double mean(const std::vector<double>& values) {
  if (values.empty()) return 0;
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double median(std::vector<double> values) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  const std::size_t half = values.size() / 2;
  return values.size() % 2 == 1 ? values[half] : (values[half - 1] + values[half]) / 2;
}

Interval bootstrap(std::size_t count, const Resampling& resampling,
                   const ItemStatistic& statistic) {
  if (count == 0 || resampling.draws == 0) return {};
  Random random(resampling.seed);
  const bool clustered = !resampling.clusters.empty();
  const auto groups =
      clustered ? members(count, resampling.clusters) : std::vector<std::vector<std::size_t>>();
  std::vector<double> drawn;
  std::vector<std::size_t> items;
  for (std::size_t draw = 0; draw < resampling.draws; ++draw) {
    if (clustered)
      draw_clusters(groups, random, items);
    else
      draw_items(count, random, items);
    drawn.push_back(statistic(items));
  }
  std::ranges::sort(drawn);
  const auto at = [&](double share) {
    return drawn[static_cast<std::size_t>(share * static_cast<double>(drawn.size() - 1))];
  };
  return {at(0.025), at(0.975)};
}

Interval bootstrap_mean(const std::vector<double>& values, const Resampling& resampling) {
  return bootstrap(values.size(), resampling, [&](const std::vector<std::size_t>& items) {
    double sum = 0;
    for (const std::size_t item : items) sum += values[item];
    return sum / static_cast<double>(items.size());
  });
}

Interval bootstrap_mean(const std::vector<double>& values, std::size_t draws, std::uint64_t seed) {
  return bootstrap_mean(values, Resampling{draws, seed, {}});
}

double gain_of(const std::vector<double>& log_ratios) { return 1 - std::exp(mean(log_ratios)); }

Interval gains_of(const Interval& mean_log_ratios) {
  return {1 - std::exp(mean_log_ratios.high), 1 - std::exp(mean_log_ratios.low)};
}

std::vector<double> average_ranks(const std::vector<double>& values) {
  std::vector<std::size_t> order(values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) { return values[i]; });
  std::vector<double> ranks(values.size());
  for (std::size_t begin = 0; begin < order.size();) {
    std::size_t end = begin + 1;
    while (end < order.size() && values[order[end]] == values[order[begin]]) ++end;
    for (std::size_t i = begin; i < end; ++i)
      ranks[order[i]] = static_cast<double>(begin + 1 + end) / 2;
    begin = end;
  }
  return ranks;
}

SignedRankTest signed_rank_test(const std::vector<double>& differences) {
  std::vector<double> signed_values, sizes;
  for (const double difference : differences) {
    if (difference == 0) continue;
    signed_values.push_back(difference);
    sizes.push_back(std::abs(difference));
  }
  SignedRankTest test;
  test.pairs = sizes.size();
  if (sizes.empty()) return test;
  const std::vector<double> ranks = average_ranks(sizes);
  std::map<double, double> ties;
  for (std::size_t i = 0; i < ranks.size(); ++i) {
    if (signed_values[i] > 0) test.positive += ranks[i];
    ++ties[ranks[i]];
  }
  const auto n = static_cast<double>(sizes.size());
  double variance = n * (n + 1) * (2 * n + 1) / 24;
  for (const auto& [rank, t] : ties) variance -= (t * t * t - t) / 48;
  test.z = (test.positive - n * (n + 1) / 4) / std::sqrt(variance);
  test.p = std::erfc(std::abs(test.z) / std::sqrt(2.0));
  return test;
}

std::optional<double> pearson(const std::vector<double>& x, const std::vector<double>& y) {
  if (x.size() < 2 || x.size() != y.size()) return std::nullopt;
  const double mean_x = mean(x), mean_y = mean(y);
  double xx = 0, yy = 0, xy = 0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    xx += (x[i] - mean_x) * (x[i] - mean_x);
    yy += (y[i] - mean_y) * (y[i] - mean_y);
    xy += (x[i] - mean_x) * (y[i] - mean_y);
  }
  if (xx == 0 || yy == 0) return std::nullopt;
  return xy / std::sqrt(xx * yy);
}

std::optional<double> spearman(const std::vector<double>& x, const std::vector<double>& y) {
  return pearson(average_ranks(x), average_ranks(y));
}

std::optional<double> mean_absolute_share(const std::vector<double>& predicted,
                                          const std::vector<double>& truth) {
  std::vector<double> errors;
  for (std::size_t i = 0; i < truth.size(); ++i)
    if (truth[i] != 0) errors.push_back(std::abs((predicted[i] - truth[i]) / truth[i]));
  if (errors.empty()) return std::nullopt;
  return mean(errors);
}

double pass_at_k(std::uint64_t samples, std::uint64_t right, std::uint64_t k) {
  if (samples - right < k) return 1;
  double all_wrong = 1;
  for (std::uint64_t i = 0; i < k; ++i)
    all_wrong *= static_cast<double>(samples - right - i) / static_cast<double>(samples - i);
  return 1 - all_wrong;
}

}  // namespace llmc
