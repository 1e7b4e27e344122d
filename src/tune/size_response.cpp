#include "tune/size_response.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>
#include <set>
#include <sstream>

#include "support/digest.h"
#include "support/numbers.h"
#include "support/random.h"
#include "support/text.h"

namespace llmc {
namespace {

constexpr std::string_view k_magic = "llmc-responses 1 ";
constexpr int k_rounds = 30;  ///< of k-means, at most
constexpr int k_rounds_between = 5;  ///< two times of dissolving small classes
constexpr double k_most_saving = 0.3;  ///< more makes no difference to the class
constexpr std::size_t k_draws = 256;
constexpr std::uint64_t k_draw_seed = 1;
constexpr double k_per_mille = 1000;
constexpr double k_least_share = 1e-5;  ///< of a class that is looked at
constexpr std::size_t k_most_classes = 10'000;

/// Where a program stands: for each list the square root of what it saves.
using Point = std::vector<float>;

double saving_of(double log_ratio) { return std::isnan(log_ratio) ? 0 : std::max(0.0, -log_ratio); }

Point point_of(const std::vector<double>& log_ratios, std::size_t lists) {
  Point point(lists);
  for (std::size_t i = 0; i < lists; ++i)
    point[i] = static_cast<float>(std::sqrt(std::min(saving_of(log_ratios[i]), k_most_saving)));
  return point;
}

float distance(const Point& a, const Point& b) {
  float sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - b[i]) * (a[i] - b[i]);
  return sum;
}

struct Nearest {
  std::size_t index = 0;
  float distance = std::numeric_limits<float>::infinity();
};

Nearest nearest_of(const Point& point, const std::vector<Point>& centres) {
  Nearest best;
  for (std::size_t i = 0; i < centres.size(); ++i)
    if (const float d = distance(point, centres[i]); d < best.distance) best = {i, d};
  return best;
}

/// Different points, drawn alike.
std::vector<Point> seed_centres(const std::vector<Point>& points, std::size_t count,
                                Random& random) {
  std::vector<std::size_t> order(points.size());
  std::iota(order.begin(), order.end(), 0);
  for (std::size_t i = order.size(); i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  std::set<Point> centres;
  for (std::size_t i = 0; i < order.size() && centres.size() < count; ++i)
    centres.insert(points[order[i]]);
  return {centres.begin(), centres.end()};
}

/// How many points each centre has, and their mean in its place if there are any.
std::vector<std::size_t> move_centres(const std::vector<Point>& points,
                                      const std::vector<std::size_t>& owner,
                                      std::vector<Point>& centres) {
  std::vector<std::size_t> members(centres.size());
  std::vector<std::vector<double>> sums(centres.size(), std::vector<double>(points.front().size()));
  for (std::size_t i = 0; i < points.size(); ++i) {
    ++members[owner[i]];
    for (std::size_t k = 0; k < points[i].size(); ++k) sums[owner[i]][k] += points[i][k];
  }
  for (std::size_t c = 0; c < centres.size(); ++c)
    for (std::size_t k = 0; members[c] > 0 && k < sums[c].size(); ++k)
      centres[c][k] = static_cast<float>(sums[c][k] / static_cast<double>(members[c]));
  return members;
}

/// Lloyd's algorithm; the class of each point. Every few rounds small classes are dissolved, the
/// last time at the end.
std::vector<std::size_t> cluster(const std::vector<Point>& points, std::size_t count,
                                 std::size_t least, Random& random) {
  std::vector<Point> centres = seed_centres(points, count, random);
  std::vector<std::size_t> owner(points.size(), centres.size());
  for (int round = 1; round <= k_rounds; ++round) {
    bool moved = false;
    for (std::size_t i = 0; i < points.size(); ++i) {
      const std::size_t to = nearest_of(points[i], centres).index;
      moved = moved || to != owner[i];
      owner[i] = to;
    }
    const std::vector<std::size_t> members = move_centres(points, owner, centres);
    const bool is_last = !moved || round == k_rounds;
    if (!is_last && round % k_rounds_between != 0) continue;
    std::vector<Point> kept;
    for (std::size_t c = 0; c < centres.size(); ++c)
      if (members[c] >= least) kept.push_back(std::move(centres[c]));
    const bool all_kept = kept.size() == centres.size() || centres.size() == 1;
    if (is_last && all_kept) break;
    if (is_last) --round;  // those of dissolved classes go elsewhere; the number of classes falls
    if (kept.empty()) kept.push_back(points.front());  // hardly any points
    centres = std::move(kept);
  }
  return owner;
}

double rounded(double value) { return std::round(value * k_per_mille) / k_per_mille; }

/// The class of `members`, rows of the table.
ResponseClass class_of(const RatioTable& log_ratios, const std::vector<std::size_t>& members,
                       std::size_t lists) {
  ResponseClass made;
  made.programs = members.size();
  for (std::size_t k = 0; k < lists; ++k) {
    double root = 0;
    double change = 0;
    for (const std::size_t i : members) {
      const double ratio = log_ratios[i][k];
      root += std::sqrt(saving_of(ratio));
      change += std::isnan(ratio) ? 1 : std::clamp(ratio, -1.0, 1.0);
    }
    const auto count = static_cast<double>(std::max<std::size_t>(1, members.size()));
    made.saving.push_back(rounded(root / count * root / count));
    made.change.push_back(rounded(change / count));
  }
  return made;
}

std::string print_values(const std::vector<double>& values) {
  std::vector<std::string> words;
  for (const double value : values)
    words.push_back(std::to_string(std::lround(value * k_per_mille)));
  return print_repeated(words);
}

/// Reads "KEY values" with exactly `count` of them.
bool parse_values(const std::string& line, const std::string& key, std::size_t count,
                  std::vector<double>& values) {
  if (!line.starts_with(key + " ")) return false;
  const auto words = parse_repeated(std::string_view(line).substr(key.size()), count);
  if (!words || words->size() != count) return false;
  for (const std::string& word : *words) {
    int number = 0;
    if (!parse_number(word, number)) return false;
    values.push_back(number / k_per_mille);
  }
  return true;
}

/// The cases that a plan is good for in the mean: a weight and what each list makes of it.
struct Case {
  double weight = 0;
  std::vector<double> saving;
};

std::vector<Case> cases_of_one(const ResponseClasses& classes, const ResponseGuess& guess) {
  std::vector<Case> cases;
  for (std::size_t c = 0; c < classes.classes.size() && c < guess.shares.size(); ++c)
    if (guess.shares[c] > k_least_share)
      cases.push_back({guess.shares[c], classes.classes[c].saving});
  return cases;
}

std::vector<Case> cases_of_several(const ResponseClasses& classes,
                                   const std::vector<ResponseGuess>& guesses) {
  double total = 0;
  for (const ResponseGuess& guess : guesses) total += guess.weight;
  Random random(k_draw_seed);
  std::vector<Case> cases;
  for (std::size_t draw = 0; draw < k_draws; ++draw) {
    std::vector<double> more(classes.lists.size());  // of the program's size, as a share of it
    for (const ResponseGuess& guess : guesses) {
      const std::vector<double>& change = classes.classes[random.weighted(guess.shares)].change;
      for (std::size_t k = 0; k < more.size(); ++k)
        more[k] += guess.weight / total * std::expm1(change[k]);
    }
    for (double& one : more) one = std::max(0.0, -std::log1p(std::max(one, -0.9)));
    cases.push_back({1.0 / k_draws, std::move(more)});
  }
  return cases;
}

}  // namespace

std::size_t ResponseClasses::nearest(const std::vector<double>& log_ratios) const {
  const Point point = point_of(log_ratios, lists.size());
  if (std::ranges::all_of(point, [](float root) { return root == 0; })) return 0;
  std::vector<Point> centres;
  for (const ResponseClass& one : classes) {
    Point& centre = centres.emplace_back();
    for (const double saving : one.saving)
      centre.push_back(static_cast<float>(std::sqrt(std::min(saving, k_most_saving))));
  }
  return nearest_of(point, centres).index;
}

std::vector<double> ResponseClasses::shares() const {
  double total = 0;
  for (const ResponseClass& one : classes) total += static_cast<double>(one.programs);
  std::vector<double> shares;
  for (const ResponseClass& one : classes)
    shares.push_back(total > 0 ? static_cast<double>(one.programs) / total : 0);
  return shares;
}

ResponseClasses learn_response_classes(const RatioTable& log_ratios, std::vector<std::string> lists,
                                       std::size_t count, std::uint64_t seed, std::size_t least) {
  ResponseClasses made;
  made.lists = std::move(lists);
  const std::size_t width = made.lists.size();
  std::vector<std::size_t> unmoved;
  std::vector<std::size_t> rows;
  std::vector<Point> points;
  for (std::size_t i = 0; i < log_ratios.size(); ++i) {
    Point point = point_of(log_ratios[i], width);
    if (std::ranges::all_of(point, [](float root) { return root == 0; })) {
      unmoved.push_back(i);
      continue;
    }
    rows.push_back(i);
    points.push_back(std::move(point));
  }
  made.classes.push_back(class_of(log_ratios, unmoved, width));
  if (points.empty()) return made;
  Random random(seed);
  const std::vector<std::size_t> owner =
      cluster(points, std::max<std::size_t>(count, 2) - 1, least, random);
  std::vector<std::vector<std::size_t>> members(count);
  for (std::size_t i = 0; i < owner.size(); ++i) members[owner[i]].push_back(rows[i]);
  std::ranges::stable_sort(members,
                           [](const auto& a, const auto& b) { return a.size() > b.size(); });
  for (const std::vector<std::size_t>& rows_of_one : members)
    if (!rows_of_one.empty()) made.classes.push_back(class_of(log_ratios, rows_of_one, width));
  return made;
}

ResponseClasses extend_response_classes(ResponseClasses classes,
                                        const std::vector<std::string>& lists,
                                        const RatioTable& log_ratios,
                                        const std::vector<std::size_t>& owners) {
  std::vector<std::vector<std::size_t>> members(classes.classes.size());
  std::vector<std::size_t> all(owners.size());
  for (std::size_t i = 0; i < owners.size(); ++i) members[owners[i]].push_back(i), all[i] = i;
  const ResponseClass mean = class_of(log_ratios, all, lists.size());
  for (std::size_t c = 0; c < members.size(); ++c) {
    ResponseClass more = class_of(log_ratios, members[c], lists.size());
    if (members[c].empty()) more.change = mean.change;
    std::ranges::move(more.saving, std::back_inserter(classes.classes[c].saving));
    std::ranges::move(more.change, std::back_inserter(classes.classes[c].change));
  }
  classes.lists.insert(classes.lists.end(), lists.begin(), lists.end());
  return classes;
}

std::string print_response_classes(const ResponseClasses& classes) {
  std::string body;
  for (const std::string& list : classes.lists) body += "list " + list + "\n";
  for (const ResponseClass& one : classes.classes)
    body += fmt::format("class {}\nsaving{}\nchange{}\n", one.programs, print_values(one.saving),
                        print_values(one.change));
  body += fmt::format("end {}\n", classes.classes.size());
  return fmt::format("{}{}\n{}", k_magic, Digest::of(body).hex(), body);
}

Result<ResponseClasses> parse_response_classes(std::string_view text, const std::string& name) {
  const std::string_view first = take_line(text);
  const std::string body(text);
  if (!first.starts_with(k_magic))
    return fail(fmt::format("{}: no response classes; expected a first line '{}<checksum>'", name,
                            k_magic));
  if (first.substr(k_magic.size()) != Digest::of(body).hex())
    return fail(name + ": the checksum does not fit; it is truncated or was edited");
  ResponseClasses classes;
  std::istringstream lines(body);
  std::string line;
  for (std::size_t number = 2; std::getline(lines, line); ++number) {
    if (line.starts_with("list ")) {
      classes.lists.push_back(line.substr(5));
      continue;
    }
    if (line == fmt::format("end {}", classes.classes.size())) break;
    ResponseClass one;
    const bool is_class =
        line.starts_with("class ") &&
        parse_number(std::string_view(line).substr(6), one.programs) && std::getline(lines, line) &&
        parse_values(line, "saving", classes.lists.size(), one.saving) &&
        std::getline(lines, line) && parse_values(line, "change", classes.lists.size(), one.change);
    if (!is_class || classes.classes.size() == k_most_classes)
      return fail(
          fmt::format("{}:{}: no class; expected 'class', 'saving' and 'change' with {} "
                      "values",
                      name, number, classes.lists.size()));
    number += 2;
    classes.classes.push_back(std::move(one));
  }
  if (classes.lists.empty() || classes.classes.empty())
    return fail(name + ": names no lists or no classes");
  return classes;
}

std::vector<double> expected_changes(const ResponseClasses& classes,
                                     const std::vector<ResponseGuess>& guesses) {
  std::vector<double> changes(classes.lists.size());
  for (const ResponseGuess& guess : guesses)
    for (std::size_t i = 0; i < classes.classes.size(); ++i)
      for (std::size_t k = 0; k < changes.size(); ++k)
        changes[k] += guess.weight * guess.shares[i] * classes.classes[i].change[k];
  return changes;
}

std::vector<std::size_t> plan_lists(const ResponseClasses& classes,
                                    const std::vector<ResponseGuess>& guesses, std::size_t most) {
  std::vector<Case> cases = guesses.size() == 1 ? cases_of_one(classes, guesses.front())
                                                : cases_of_several(classes, guesses);
  std::vector<std::size_t> chosen;
  std::vector<double> best(cases.size());
  while (chosen.size() < most) {
    std::size_t next = classes.lists.size();
    double most_added = 1e-9;
    for (std::size_t k = 0; k < classes.lists.size(); ++k) {
      double added = 0;
      for (std::size_t i = 0; i < cases.size(); ++i)
        added += cases[i].weight * std::max(0.0, cases[i].saving[k] - best[i]);
      if (added > most_added) most_added = added, next = k;
    }
    if (next == classes.lists.size()) break;
    chosen.push_back(next);
    for (std::size_t i = 0; i < cases.size(); ++i)
      best[i] = std::max(best[i], cases[i].saving[next]);
  }
  return chosen;
}

}  // namespace llmc
