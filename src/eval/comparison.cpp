#include "eval/comparison.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

namespace llmc {
namespace {

using OrderedJson = nlohmann::ordered_json;

/// What all runs say of one member, each value once.
template <typename Member>
std::string said(const std::vector<RunRow>& runs, Member member) {
  std::set<std::string> values;
  for (const RunRow& run : runs) values.insert(member(run));
  return fmt::format("{}", fmt::join(values, ", "));
}

std::vector<VersionDifference> compare_versions(const std::vector<RunRow>& first,
                                                const std::vector<RunRow>& second) {
  std::vector<VersionDifference> differences;
  const auto compare = [&](const char* what, const auto& member) {
    VersionDifference one{what, said(first, member), said(second, member)};
    if (one.first != one.second) differences.push_back(std::move(one));
  };
  compare("llmc", [](const RunRow& run) { return run.llmc; });
  compare("LLVM", [](const RunRow& run) { return run.llvm; });
  compare("target", [](const RunRow& run) { return run.target; });
  compare("objective", [](const RunRow& run) { return run.objective; });
  compare("seed", [](const RunRow& run) { return std::to_string(run.seed); });
  compare("suite", [](const RunRow& run) { return run.suite.empty() ? "none" : run.suite; });
  compare("model", [](const RunRow& run) { return run.model.value_or("none"); });
  compare("model hash", [](const RunRow& run) { return run.model_hash.value_or("none"); });
  return differences;
}

/// The units of `results` whose ids are in `kept`, in the order of ids, with their lists.
ResultSet only_units(const ResultSet& results, const std::set<std::string>& kept) {
  ResultSet part;
  for (const UnitRow& unit : results.units)
    if (kept.contains(unit.id)) part.units.push_back(unit);
  std::ranges::sort(part.units, {}, &UnitRow::id);
  for (const ProposalRow& row : results.proposals)
    if (kept.contains(row.id)) part.proposals.push_back(row);
  return part;
}

std::map<std::string, const UnitRow*> measured_units(const ResultSet& results) {
  std::map<std::string, const UnitRow*> units;
  for (const UnitRow& unit : results.units)
    if (unit.failed.empty()) units.emplace(unit.id, &unit);
  return units;
}

const ProposerLists* find_proposer(const ProposalTable& table, const std::string& name) {
  const auto found = std::ranges::find(table.proposers, name, &ProposerLists::proposer);
  return found == table.proposers.end() ? nullptr : &*found;
}

std::vector<std::string> missing_proposers(const ProposalTable& from, const ProposalTable& in) {
  std::vector<std::string> names;
  for (const ProposerLists& one : from.proposers)
    if (find_proposer(in, one.proposer) == nullptr) names.push_back(one.proposer);
  return names;
}

/// Compares all proposers of both over the common units.
void compare_gains(const ResultSet& first_units, const ResultSet& second_units,
                   const ComparisonOptions& options, Comparison& comparison) {
  const ProposalTable first = tabulate(first_units), second = tabulate(second_units);
  comparison.proposers_only_first = missing_proposers(first, second);
  comparison.proposers_only_second = missing_proposers(second, first);
  Resampling resampling = options.resampling;
  resampling.clusters =
      options.cluster_benchmarks ? benchmark_numbers(first.units) : std::vector<std::size_t>();
  const std::vector<std::uint64_t> ks =
      options.ks.empty() ? usual_numbers(std::min(first.most_lists, second.most_lists))
                         : options.ks;
  for (const ProposerLists& one : first.proposers) {
    const ProposerLists* other = find_proposer(second, one.proposer);
    if (other == nullptr) continue;
    for (const std::uint64_t k : ks) {
      const Resampling no_intervals{0, 0, {}};
      const ProposerScore a = score_proposer(first, one, first_lists(k), no_intervals);
      const ProposerScore b = score_proposer(second, *other, first_lists(k), no_intervals);
      comparison.gains.push_back({one.proposer, k, a.gain, b.gain, a.raw_gain, b.raw_gain,
                                  pair_gains(a.log_ratios, b.log_ratios, resampling)});
    }
  }
}

/// Sums of a number over what two lists of rows have in common.
struct CommonSums {
  std::size_t count = 0;
  double first = 0, second = 0, first_weight = 0, second_weight = 0;
};

/// By group: `group(row)` names it, `value(row)` and `weight(row)` are summed.
template <typename Row>
std::map<std::string, CommonSums> sum_common(const std::vector<Row>& first,
                                             const std::vector<Row>& second, const auto& group,
                                             const auto& value, const auto& weight) {
  std::map<std::string, const Row*> known;
  for (const Row& row : first) known.emplace(result_key(row), &row);
  std::map<std::string, CommonSums> groups;
  for (const Row& row : second) {
    const auto other = known.find(result_key(row));
    if (other == known.end()) continue;
    CommonSums& sums = groups[group(row)];
    ++sums.count;
    sums.first += value(*other->second);
    sums.second += value(row);
    sums.first_weight += weight(*other->second);
    sums.second_weight += weight(row);
  }
  return groups;
}

void compare_other_tasks(const ResultSet& first, const ResultSet& second, Comparison& comparison) {
  const auto one = [](const auto&) { return 1.0; };
  const auto add = [&](const char* what, const std::map<std::string, CommonSums>& groups,
                       ComparedNumber::Better better, const auto& finish) {
    for (const auto& [name, sums] : groups)
      comparison.numbers.push_back({fmt::format("{} {}", name, what), sums.count,
                                    finish(sums.first / sums.first_weight),
                                    finish(sums.second / sums.second_weight), better});
  };
  const auto plain = [](double x) { return x; };
  using enum ComparedNumber::Better;
  add("lifted identically",
      sum_common(
          first.lifts, second.lifts, [](const LiftRow& row) { return row.by; },
          [](const LiftRow& row) { return row.rung == LiftedTo::identical ? 1.0 : 0.0; }, one),
      larger, plain);
  add("emulated exactly",
      sum_common(
          first.emulations, second.emulations, [](const EmulateRow&) { return "functions"; },
          [](const EmulateRow& row) { return row.answer == EmulatedAnswer::exact ? 1.0 : 0.0; },
          one),
      larger, plain);
  add("perplexity",
      sum_common(
          first.perplexities, second.perplexities,
          [](const PerplexityRow& row) { return row.language; },
          [](const PerplexityRow& row) { return row.nats; },
          [](const PerplexityRow& row) { return static_cast<double>(row.tokens); }),
      smaller, [](double x) { return std::exp(x); });
  add("pass@1",
      sum_common(
          first.codes, second.codes, [](const CodeRow& row) { return row.set; },
          [](const CodeRow& row) {
            return row.samples == 0 ? 0.0 : pass_at_k(row.samples, row.passed, 1);
          },
          one),
      larger, plain);
}

std::string names_of(const std::vector<std::string>& names) {
  constexpr std::size_t k_most = 5;
  const std::size_t shown = std::min(k_most, names.size());
  std::string text =
      fmt::format("{}", fmt::join(names.begin(), names.begin() + static_cast<long>(shown), ", "));
  if (shown < names.size()) text += fmt::format(" and {} more", names.size() - shown);
  return text;
}

std::string print_gains(const std::vector<ComparedGains>& gains) {
  if (gains.empty()) return "";
  std::string text =
      fmt::format("\n{:<12} {:>6} {:>8} {:>8} {:>11} {:>18} {:>9} {:>8} {:>8}\n", "proposer",
                  "lists", "A", "B", "difference", "95 % interval", "p", "smaller", "larger");
  for (const ComparedGains& one : gains) {
    text += fmt::format(
        "{:<12} {:>6} {:>7.2f}% {:>7.2f}% {:>+10.2f}  {:>+8.2f} … {:<+7.2f} {:>9.3g} "
        "{:>8} {:>8}\n",
        one.proposer, one.k, 100 * one.first, 100 * one.second, 100 * one.paired.difference,
        100 * one.paired.interval.low, 100 * one.paired.interval.high, one.paired.test.p,
        one.paired.smaller, one.paired.larger);
    if (one.first_raw != one.first || one.second_raw != one.second)
      text += fmt::format("{:<12} {:>6} {:>7.2f}% {:>7.2f}% {:>+10.2f}\n", "  no backup", "",
                          100 * one.first_raw, 100 * one.second_raw,
                          100 * (one.second_raw - one.first_raw));
  }
  return text;
}

OrderedJson gains_json(const ComparedGains& one) {
  return {{"proposer", one.proposer},
          {"k", one.k},
          {"first", one.first},
          {"second", one.second},
          {"first_without_backup", one.first_raw},
          {"second_without_backup", one.second_raw},
          {"difference", one.paired.difference},
          {"low", one.paired.interval.low},
          {"high", one.paired.interval.high},
          {"p", one.paired.test.p},
          {"smaller", one.paired.smaller},
          {"larger", one.paired.larger}};
}

}  // namespace

Comparison compare_results(const ResultSet& first, const ResultSet& second,
                           const ComparisonOptions& options) {
  Comparison comparison;
  comparison.versions = compare_versions(first.runs, second.runs);
  const auto first_units = measured_units(first), second_units = measured_units(second);
  std::set<std::string> common;
  for (const auto& [id, unit] : first_units) {
    const auto other = second_units.find(id);
    if (other == second_units.end()) {
      comparison.only_first.push_back(unit->name);
      continue;
    }
    common.insert(id);
    comparison.other_baselines += other->second->size != unit->size;
  }
  for (const auto& [id, unit] : second_units)
    if (!first_units.contains(id)) comparison.only_second.push_back(unit->name);
  comparison.common_units = common.size();
  compare_gains(only_units(first, common), only_units(second, common), options, comparison);
  compare_other_tasks(first, second, comparison);
  return comparison;
}

bool is_worse(const ComparedGains& gains, std::optional<double> tolerance) {
  return tolerance ? gains.paired.difference < -*tolerance : gains.paired.interval.high < 0;
}

bool is_worse(const ComparedNumber& number, double tolerance) {
  const double better = number.better == ComparedNumber::Better::larger
                            ? number.second - number.first
                            : number.first - number.second;
  return better < -tolerance;
}

std::string print_comparison(const Comparison& comparison) {
  std::string text;
  for (const VersionDifference& one : comparison.versions)
    text += fmt::format("{}: A {}, B {}\n", one.what, one.first, one.second);
  text += fmt::format("{} units in both\n", comparison.common_units);
  const auto list = [&](const char* what, const std::vector<std::string>& names) {
    if (!names.empty()) text += fmt::format("{} {}: {}\n", names.size(), what, names_of(names));
  };
  list("only in A", comparison.only_first);
  list("only in B", comparison.only_second);
  list("proposers only in A", comparison.proposers_only_first);
  list("proposers only in B", comparison.proposers_only_second);
  if (comparison.other_baselines > 0)
    text += fmt::format("{} units do not have the same size with -Oz in both\n",
                        comparison.other_baselines);
  text += print_gains(comparison.gains);
  if (!comparison.numbers.empty())
    text +=
        fmt::format("\n{:<36} {:>8} {:>10} {:>10} {:>11}\n", "", "count", "A", "B", "difference");
  for (const ComparedNumber& one : comparison.numbers)
    text += fmt::format("{:<36} {:>8} {:>10.4f} {:>10.4f} {:>+11.4f}\n", one.what, one.count,
                        one.first, one.second, one.second - one.first);
  return text;
}

std::string comparison_json(const Comparison& comparison) {
  OrderedJson json = {{"common_units", comparison.common_units},
                      {"only_first", comparison.only_first},
                      {"only_second", comparison.only_second},
                      {"other_baselines", comparison.other_baselines},
                      {"proposers_only_first", comparison.proposers_only_first},
                      {"proposers_only_second", comparison.proposers_only_second},
                      {"versions", OrderedJson::array()},
                      {"gains", OrderedJson::array()},
                      {"numbers", OrderedJson::array()}};
  for (const VersionDifference& one : comparison.versions)
    json["versions"].push_back({{"what", one.what}, {"first", one.first}, {"second", one.second}});
  for (const ComparedGains& one : comparison.gains) json["gains"].push_back(gains_json(one));
  for (const ComparedNumber& one : comparison.numbers)
    json["numbers"].push_back(
        {{"what", one.what},
         {"count", one.count},
         {"first", one.first},
         {"second", one.second},
         {"better", one.better == ComparedNumber::Better::larger ? "larger" : "smaller"}});
  return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

}  // namespace llmc
