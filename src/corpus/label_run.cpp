#include "corpus/label_run.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "ir/module.h"
#include "ir/normal_form.h"
#include "tune/tuner.h"

namespace llmc {
namespace {

/// Programs searched before their winners are written.
constexpr std::size_t k_searched_together = 64;
/// Programs measured before their sizes are written.
constexpr std::size_t k_measured_together = 64;

std::uint64_t bytes_saved(const FoundWinner& winner) { return winner.baseline - winner.size; }

FoundWinner winner_of(const LabelProgram& program, const SearchResult& found) {
  const bool improved = found.best.list != k_baseline_list;
  const std::uint64_t baseline = found.baseline.sizes.binary_size();
  const std::uint64_t size = found.best.sizes.binary_size();
  const bool smaller = improved && size < baseline;
  return {program.id, smaller ? found.best.list : "", baseline, smaller ? size : baseline,
          found.evaluations + found.minimisation};
}

MeasuredSizes sizes_of(const LabelProgram& program, const std::vector<Evaluation>& rows) {
  MeasuredSizes sizes{program.id, rows[0].sizes.binary_size(), {}};
  for (std::size_t i = 1; i < rows.size(); ++i)
    sizes.with.push_back(rows[i].ok() ? std::optional(rows[i].sizes.binary_size()) : std::nullopt);
  return sizes;
}

std::unexpected<Error> interrupted_error() {
  return fail("interrupted; what is done is kept, and the same command goes on from there",
              ErrorKind::interrupted);
}

}  // namespace

Result<std::vector<LabelProgram>> load_label_programs(CorpusStore& corpus,
                                                      const ProgramFilter& filter,
                                                      const Shard& shard, std::size_t most,
                                                      std::uint64_t seed) {
  LLMC_TRY(const auto drawn, corpus.draw(filter, most, seed));
  std::vector<LabelProgram> programs;
  LLMC_CHECK(corpus.for_each_payload(
      filter, [&](const ProgramRecord& record, std::string_view payload) -> Result<void> {
        if (!drawn.contains(record.id) || !shard.holds(record.id)) return {};
        std::string bitcode(payload);
        if (record.kind == ProgramKind::function) {
          LLMC_TRY(const IrModule module, read_normal(payload, record.name));
          bitcode = module.bitcode();
        }
        LLMC_TRY(Program program, make_program(bitcode, record.id.hex(), CodegenOptions()));
        programs.push_back({record.id, std::move(program)});
        return {};
      }));
  std::ranges::sort(programs, {}, &LabelProgram::id);
  return programs;
}

Digest setting_digest(const SearchSetting& setting) {
  const SearchOptions& options = setting.options;
  std::string text =
      fmt::format("{} {} {} {} {}", toolchain_version(), options.evaluations, options.seed,
                  static_cast<int>(options.strategy), static_cast<int>(options.minimise));
  for (const PassList& list : setting.seeds) text += "\n" + list.to_string();
  return Digest::of(text);
}

Digest lists_digest(const std::vector<std::string>& lists) {
  return Digest::of(fmt::format("{}\n{}", toolchain_version(), fmt::join(lists, "\n")));
}

Result<void> search_programs(Evaluator& evaluator, const std::vector<LabelProgram>& programs,
                             const SearchSetting& setting, LabelStore& store,
                             const volatile int* interrupt, const CorpusProgress& progress) {
  const Digest name = setting_digest(setting);
  LLMC_TRY(const auto known, store.winners(name));
  std::vector<const LabelProgram*> open;
  for (const LabelProgram& each : programs)
    if (!known.contains(each.id)) open.push_back(&each);
  std::size_t done = programs.size() - open.size();
  for (std::size_t first = 0; first < open.size(); first += k_searched_together) {
    const std::size_t end = std::min(first + k_searched_together, open.size());
    std::vector<Program> some;
    for (std::size_t i = first; i < end; ++i) some.push_back(open[i]->program);
    const auto watch = [&](const TunerProgress& now) {
      progress(done + now.programs_done, programs.size());
    };
    LLMC_TRY(const auto tuned, tune(evaluator, some, setting, /*broadcast=*/0, watch));
    if (*interrupt != 0) return interrupted_error();
    std::vector<FoundWinner> winners;
    for (std::size_t i = 0; i < tuned.size(); ++i)
      if (tuned[i].result) winners.push_back(winner_of(*open[first + i], *tuned[i].result));
    LLMC_CHECK(store.add_winners(name, winners));
    done += end - first;
    progress(done, programs.size());
  }
  return {};
}

std::vector<std::string> rank_winners(const std::unordered_map<Digest, FoundWinner>& winners,
                                      const std::vector<std::string>& others) {
  struct Tally {
    std::uint64_t wins = 0;
    std::uint64_t bytes = 0;
  };
  std::map<std::string, Tally> tallies;
  for (const auto& [id, winner] : winners) {
    if (winner.list.empty()) continue;
    Tally& tally = tallies[winner.list];
    ++tally.wins;
    tally.bytes += bytes_saved(winner);
  }
  std::vector<std::pair<std::string, Tally>> ranked(tallies.begin(), tallies.end());
  std::ranges::stable_sort(ranked, [](const auto& a, const auto& b) {
    return std::pair(a.second.wins, a.second.bytes) > std::pair(b.second.wins, b.second.bytes);
  });
  std::vector<std::string> lists;
  for (const auto& [list, tally] : ranked) lists.push_back(list);
  for (const std::string& list : others)
    if (std::ranges::find(lists, list) == lists.end()) lists.push_back(list);
  return lists;
}

Result<void> measure_programs(Evaluator& evaluator, const std::vector<LabelProgram>& programs,
                              const std::vector<std::string>& lists, LabelStore& store,
                              const volatile int* interrupt, const CorpusProgress& progress) {
  const Digest name = lists_digest(lists);
  LLMC_TRY(const auto known, store.measured(name));
  std::vector<std::string> all = {std::string(k_baseline_list)};
  all.insert(all.end(), lists.begin(), lists.end());
  std::vector<const LabelProgram*> open;
  for (const LabelProgram& each : programs)
    if (!known.contains(each.id)) open.push_back(&each);
  std::size_t done = programs.size() - open.size();
  std::size_t next = 0;
  std::size_t in_flight = 0;
  std::vector<MeasuredSizes> made;
  const auto keep = [&]() -> Result<void> {
    LLMC_CHECK(store.add_sizes(name, made));
    made.clear();
    return {};
  };
  while (next < open.size() || in_flight > 0) {
    // Enough to keep the workers busy, few enough to lose little.
    while (next < open.size() && in_flight < 2 * evaluator.jobs()) {
      LLMC_CHECK(evaluator.submit({&open[next]->program, all, next}));
      ++next;
      ++in_flight;
    }
    LLMC_TRY(const auto answer, evaluator.wait());
    if (!answer || *interrupt != 0) {
      LLMC_CHECK(keep());
      return interrupted_error();
    }
    --in_flight;
    if (answer->rows[0].ok()) made.push_back(sizes_of(*open[answer->tag], answer->rows));
    if (made.size() >= k_measured_together) {
      LLMC_CHECK(keep());
    }
    progress(++done, programs.size());
  }
  return keep();
}

std::vector<double> gains_of_prefixes(const std::vector<MeasuredSizes>& sizes,
                                      const std::vector<std::size_t>& order) {
  std::vector<std::uint64_t> best;
  for (const MeasuredSizes& each : sizes) best.push_back(each.baseline);
  std::vector<double> gains;
  for (const std::size_t list : order) {
    double sum = 0;
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      if (const auto& size = sizes[i].with[list]; size) best[i] = std::min(best[i], *size);
      if (sizes[i].baseline > 0 && best[i] > 0)
        sum += std::log(static_cast<double>(best[i]) / static_cast<double>(sizes[i].baseline));
    }
    gains.push_back(sizes.empty() ? 0 : 1 - std::exp(sum / static_cast<double>(sizes.size())));
  }
  return gains;
}

}  // namespace llmc
