#include "propose/explain.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>

#include "toolchain/measurement.h"

namespace llmc {
namespace {

constexpr std::size_t k_most_shown = 12;  ///< symbols

/// Removes leaf number `index`; its text, or nothing if there are fewer.
std::optional<std::string> remove_leaf(std::vector<PassElement>& elements, std::size_t& index) {
  for (std::size_t i = 0; i < elements.size(); ++i) {
    PassElement& element = elements[i];
    if (!element.is_manager) {
      if (index-- > 0) continue;
      std::string text = to_string(element);
      elements.erase(elements.begin() + static_cast<long>(i));
      return text;
    }
    const auto removed = remove_leaf(element.inner, index);
    if (!removed) continue;
    if (element.inner.empty()) elements.erase(elements.begin() + static_cast<long>(i));
    return removed;
  }
  return std::nullopt;
}

std::vector<SizeChange> section_changes(const Measurement& before, const Measurement& after) {
  return {{"code", before.text, after.text},
          {"read-only data", before.rodata, after.rodata},
          {"unwind tables", before.eh_frame, after.eh_frame},
          {"data", before.data, after.data}};
}

std::uint64_t magnitude(const SizeChange& change) {
  return change.before > change.after ? change.before - change.after : change.after - change.before;
}

std::vector<SizeChange> symbol_changes(const std::vector<SymbolSize>& before,
                                       const std::vector<SymbolSize>& after) {
  std::map<std::string, SizeChange> by_name;
  for (const SymbolSize& symbol : before) by_name[symbol.name].before += symbol.bytes;
  for (const SymbolSize& symbol : after) by_name[symbol.name].after += symbol.bytes;
  std::vector<SizeChange> changes;
  for (auto& [name, change] : by_name) {
    change.name = name;
    if (magnitude(change) > 0) changes.push_back(change);
  }
  std::ranges::stable_sort(changes, [](const SizeChange& a, const SizeChange& b) {
    return magnitude(a) > magnitude(b);
  });
  return changes;
}

}  // namespace

std::vector<std::pair<std::string, PassList>> without_each_pass(const PassList& list) {
  std::vector<std::pair<std::string, PassList>> lists;
  for (std::size_t i = 0; i < list.pass_count(); ++i) {
    std::vector<PassElement> elements = list.elements();
    std::size_t index = i;
    if (auto removed = remove_leaf(elements, index))
      lists.emplace_back(std::move(*removed), PassList(std::move(elements)));
  }
  return lists;
}

Result<Explanation> explain(Evaluator& evaluator, const TunedProgram& tuned,
                            const PassCatalogue& catalogue) {
  const SearchResult& result = *tuned.result;
  const Program& program = *tuned.program;
  LLMC_TRY(const PassList list, PassList::parse(result.best.list, catalogue));
  const auto shorter = without_each_pass(list);
  // Equal lists ("dce,dce" without either) are one evaluation.
  std::vector<std::string> texts;
  for (const auto& [pass, without] : shorter)
    if (const std::string text = without.to_string(); std::ranges::find(texts, text) == texts.end())
      texts.push_back(text);
  LLMC_TRY(const std::vector<Evaluation> rows, evaluator.evaluate(program, texts));
  Explanation explanation;
  for (const auto& [pass, without] : shorter) {
    const auto row = std::ranges::find(rows, without.to_string(), &Evaluation::list);
    const bool ok = row != rows.end() && row->ok();
    const std::int64_t change = ok ? static_cast<std::int64_t>(row->sizes.binary_size()) -
                                         static_cast<std::int64_t>(result.best.sizes.binary_size())
                                   : 0;
    explanation.passes.push_back({pass, ok, change});
  }
  explanation.sections = section_changes(result.baseline.sizes, result.best.sizes);
  LLMC_TRY(const BuiltList before, evaluator.build(program, std::string(k_baseline_list)));
  LLMC_TRY(const BuiltList after, evaluator.build(program, result.best.list));
  LLMC_TRY(const auto symbols_before, symbol_sizes(before.object, program.name));
  LLMC_TRY(const auto symbols_after, symbol_sizes(after.object, program.name));
  explanation.symbols = symbol_changes(symbols_before, symbols_after);
  return explanation;
}

std::string to_string(const Explanation& explanation) {
  std::string text = "  without one pass:\n";
  for (const PassEffect& effect : explanation.passes)
    text += effect.ok ? fmt::format("    {:+6} bytes  {}\n", effect.change, effect.pass)
                      : fmt::format("    {:>6}        {}\n", "fails", effect.pass);
  const auto add = [&](const char* title, const std::vector<SizeChange>& changes) {
    text += fmt::format("  {}:\n", title);
    for (std::size_t i = 0; i < std::min(changes.size(), k_most_shown); ++i)
      text += fmt::format("    {:>6} → {:<6} {}\n", changes[i].before, changes[i].after,
                          changes[i].name);
    if (changes.size() > k_most_shown)
      text += fmt::format("    … and {} more\n", changes.size() - k_most_shown);
  };
  add("sections, -Oz → list", explanation.sections);
  add("functions and objects that changed", explanation.symbols);
  return text;
}

}  // namespace llmc
