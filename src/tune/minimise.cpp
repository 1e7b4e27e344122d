// Minimising a winning list to a fixed point, as in the LLM Compiler paper: (a) drop what does
// nothing, (b) put what is left into one canonical order, (c) try insertions. Each step keeps the
// size or makes it smaller. All candidates of a round are evaluated together: they share long
// prefixes, which the workers run once, and most give the same code, which is lowered once.
#include <algorithm>
#include <unordered_set>

#include "tune/search.h"

namespace llmc {
namespace {

using Elements = std::vector<PassElement>;

std::size_t count_leaves(const Elements& elements) {
  std::size_t count = 0;
  for (const PassElement& element : elements)
    count += element.is_manager ? count_leaves(element.inner) : 1;
  return count;
}

/// A copy without the leaves (passes, in the order of the text) that `dropped` marks; managers
/// that lose all they hold go too. `at` counts the leaves passed so far.
Elements without_leaves(const Elements& elements, const std::vector<bool>& dropped,
                        std::size_t& at) {
  Elements kept;
  for (const PassElement& element : elements) {
    if (!element.is_manager) {
      if (!dropped[at++]) kept.push_back(element);
      continue;
    }
    PassElement manager = element;
    manager.inner = without_leaves(element.inner, dropped, at);
    if (!manager.inner.empty()) kept.push_back(std::move(manager));
  }
  return kept;
}

Elements without_leaves(const Elements& elements, const std::vector<std::size_t>& leaves) {
  std::vector<bool> dropped(count_leaves(elements), false);
  for (const std::size_t leaf : leaves) dropped[leaf] = true;
  std::size_t at = 0;
  return without_leaves(elements, dropped, at);
}

/// The whole set, its halves, its quarters, and so on down to pairs.
std::vector<std::vector<std::size_t>> nested_parts(const std::vector<std::size_t>& set) {
  std::vector<std::vector<std::size_t>> parts;
  for (std::size_t size = set.size(); size >= 2; size = (size + 1) / 2) {
    for (std::size_t first = 0; first < set.size(); first += size) {
      const std::size_t end = std::min(first + size, set.size());
      parts.emplace_back(set.begin() + static_cast<long>(first),
                         set.begin() + static_cast<long>(end));
    }
    if (size == 2) break;
  }
  return parts;
}

/// Swaps of neighbours that are out of alphabetical order: one round of bubble sort.
std::vector<Elements> collect_swaps(const Elements& elements) {
  std::vector<Elements> swaps;
  for (std::size_t i = 0; i + 1 < elements.size(); ++i) {
    if (to_string(elements[i]) <= to_string(elements[i + 1])) continue;
    Elements swapped = elements;
    std::swap(swapped[i], swapped[i + 1]);
    swaps.push_back(std::move(swapped));
  }
  return swaps;
}

std::vector<Elements> collect_insertions(const Elements& elements, const Alphabet& alphabet) {
  std::vector<Elements> insertions;
  for (std::size_t at = 0; at <= elements.size(); ++at) {
    for (const PassElement& element : alphabet.all()) {
      Elements longer = elements;
      longer.insert(longer.begin() + static_cast<long>(at), element);
      insertions.push_back(std::move(longer));
    }
  }
  return insertions;
}

/// The winner and what has been asked about it.
struct Minimiser {
  EvaluationHub& hub;
  const Program& program;
  Objective objective;
  std::uint64_t& spent;
  Elements elements;
  Evaluation row;
  std::unordered_set<std::string> tried;
  std::unordered_set<std::string> singles_seen{};

  enum class Accept { not_larger, smaller };

  /// Evaluates the candidates and moves to the best acceptable one: the smallest, then the one
  /// with the fewest passes, then the first.
  Task<Result<bool>> step(std::vector<Elements> candidates, Accept accept) {
    std::vector<Elements> fresh;
    std::vector<std::string> lists;
    for (Elements& candidate : candidates) {
      std::string text = PassList(candidate).to_string();
      if (text.empty() || !tried.insert(text).second) continue;
      lists.push_back(std::move(text));
      fresh.push_back(std::move(candidate));
    }
    spent += lists.size();
    auto rows = co_await hub.evaluate(program, lists);
    if (!rows) co_return std::unexpected(rows.error());
    const std::uint64_t bound = cost(row.sizes, objective);
    std::size_t best = fresh.size();
    auto rank = [&](std::size_t i) {
      return std::pair(cost((*rows)[i].sizes, objective), PassList(fresh[i]).pass_count());
    };
    for (std::size_t i = 0; i < fresh.size(); ++i) {
      if (!(*rows)[i].ok()) continue;
      const std::uint64_t value = cost((*rows)[i].sizes, objective);
      if (value > bound || (accept == Accept::smaller && value == bound)) continue;
      if (best == fresh.size() || rank(i) < rank(best)) best = i;
    }
    if (best == fresh.size()) co_return false;
    elements = std::move(fresh[best]);
    row = std::move((*rows)[best]);
    co_return true;
  }

  /// Drops passes: first each alone; then those that were not missed, together, in parts that
  /// shrink until some are not missed together either.
  Task<Result<bool>> drop() {
    const Elements before = elements;
    const Evaluation row_before = row;
    const std::size_t leaves = count_leaves(before);
    std::vector<std::string> singles;
    std::vector<std::size_t> leaf_of;
    for (std::size_t leaf = 0; leaf < leaves; ++leaf) {
      std::string text = PassList(without_leaves(before, std::vector{leaf})).to_string();
      if (text.empty() || !singles_seen.insert(text).second) continue;
      singles.push_back(std::move(text));
      leaf_of.push_back(leaf);
    }
    spent += singles.size();
    auto rows = co_await hub.evaluate(program, singles);
    if (!rows) co_return std::unexpected(rows.error());
    std::vector<std::size_t> harmless;
    std::size_t best = singles.size();
    for (std::size_t i = 0; i < singles.size(); ++i) {
      const Evaluation& one = (*rows)[i];
      if (!one.ok() || cost(one.sizes, objective) > cost(row_before.sizes, objective)) continue;
      harmless.push_back(leaf_of[i]);
      if (best == singles.size() || better(one, (*rows)[best], objective)) best = i;
    }
    if (harmless.empty()) co_return false;
    elements = without_leaves(before, std::vector{leaf_of[best]});
    row = (*rows)[best];
    std::vector<Elements> combined;
    for (const auto& part : nested_parts(harmless))
      combined.push_back(without_leaves(before, part));
    auto further = co_await step(std::move(combined), Accept::not_larger);
    if (!further) co_return std::unexpected(further.error());
    co_return true;
  }
};

}  // namespace

Task<Result<Evaluation>> minimise(EvaluationHub& hub, const Program& program, Evaluation winner,
                                  const SearchSetting& setting, std::uint64_t& spent) {
  auto parsed = PassList::parse(winner.list, setting.alphabet->catalogue());
  if (!parsed) co_return std::unexpected(parsed.error());
  Minimiser work{hub,    program,      setting.options.objective, spent, parsed->elements(),
                 winner, {winner.list}};
  const bool insert = setting.options.minimise == Minimise::full;
  for (bool changed = true; changed;) {
    changed = false;
    while (true) {
      auto dropped = co_await work.drop();
      if (!dropped) co_return std::unexpected(dropped.error());
      if (!*dropped) break;
      changed = true;
    }
    while (true) {
      auto swapped =
          co_await work.step(collect_swaps(work.elements), Minimiser::Accept::not_larger);
      if (!swapped) co_return std::unexpected(swapped.error());
      if (!*swapped) break;
      changed = true;
    }
    if (!insert) continue;
    auto inserted = co_await work.step(collect_insertions(work.elements, *setting.alphabet),
                                       Minimiser::Accept::smaller);
    if (!inserted) co_return std::unexpected(inserted.error());
    changed |= *inserted;
  }
  co_return work.row;
}

}  // namespace llmc
