#include "project/project_report.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <numeric>

namespace llmc {
namespace {

constexpr std::size_t k_most_symbols = 20;

/// Decisions for a list; the others say that clang -Oz is best.
std::ptrdiff_t lists_in(const LockFile& lock) {
  return std::ranges::count_if(lock.entries(),
                               [](const LockEntry& one) { return one.list != k_clang_oz; });
}

double percent_less(double before, double after) {
  return before > 0 ? 100 * (1 - after / before) : 0;
}

struct SectionKind {
  const char* name;
  std::uint64_t Measurement::* bytes;
};

constexpr std::array<SectionKind, 4> k_section_kinds = {{{"code", &Measurement::text},
                                                         {"read-only data", &Measurement::rodata},
                                                         {"unwind tables", &Measurement::eh_frame},
                                                         {"data", &Measurement::data}}};

/// The symbols of all explained units that changed, the largest change first, with their unit.
std::vector<std::pair<std::string, SizeChange>> symbols_of(const ProjectReport& report) {
  std::vector<std::pair<std::string, SizeChange>> symbols;
  for (const TunedUnit& unit : report.units)
    if (unit.explanation)
      for (const SizeChange& change : unit.explanation->symbols)
        symbols.emplace_back(unit.name, change);
  std::ranges::stable_sort(symbols, std::ranges::greater(), [](const auto& one) {
    const SizeChange& change = one.second;
    return std::max(change.before, change.after) - std::min(change.before, change.after);
  });
  return symbols;
}

/// What the passes save in the explained units: bytes that these grow by without them, summed up.
std::vector<std::pair<std::string, std::int64_t>> passes_of(const ProjectReport& report) {
  std::map<std::string, std::int64_t> sums;
  for (const TunedUnit& unit : report.units)
    if (unit.explanation)
      for (const PassEffect& effect : unit.explanation->passes)
        if (effect.ok) sums[effect.pass] += effect.change;
  std::vector<std::pair<std::string, std::int64_t>> passes(sums.begin(), sums.end());
  std::erase_if(passes, [](const auto& one) { return one.second == 0; });
  std::ranges::stable_sort(passes, std::ranges::greater(),
                           [](const auto& one) { return one.second; });
  return passes;
}

std::string markdown_of_products(const ProjectReport& report) {
  std::string text =
      "## Products\n\n| product | -Oz | with the lock file | less |\n|---|--:|--:|--:|\n";
  const auto row = [&](const std::string& name, std::uint64_t before, std::uint64_t after) {
    text += fmt::format("| {} | {} | {} | {:.2f} % |\n", name, before, after,
                        percent_less(static_cast<double>(before), static_cast<double>(after)));
  };
  for (const TunedProduct& product : report.products)
    row(product.name, product.before.binary_size(), product.after.binary_size());
  const ProjectTotals totals = totals_of(report);
  row("**all**", totals.before, totals.after);
  text += "\n| section | -Oz | with the lock file | less |\n|---|--:|--:|--:|\n";
  for (const auto& [name, bytes] : k_section_kinds) {
    std::uint64_t before = 0;
    std::uint64_t after = 0;
    for (const TunedProduct& product : report.products) {
      before += product.before.*bytes;
      after += product.after.*bytes;
    }
    row(name, before, after);
  }
  for (const TunedProduct& product : report.products)
    if (!product.problem.empty())
      text += fmt::format("\n{}: {}; its units count with their objects.\n", product.name,
                          product.problem);
  return text;
}

std::string markdown_of_units(const ProjectReport& report) {
  std::string text =
      "\n## Units\n\nLinked: bytes in all products at -Oz. Object: bytes of the object alone.\n\n"
      "| unit | linked | saved there | object | after | evaluations | found by | pass list |\n"
      "|---|--:|--:|--:|--:|--:|---|---|\n";
  for (const TunedUnit& unit : report.units)
    text += fmt::format("| {} | {:.0f} | {} | {} | {} | {} | {} | `{}` |\n", unit.name, unit.linked,
                        unit.choice.before - unit.choice.after, unit.oz_size, unit.size,
                        unit.evaluations, unit.found_by, unit.list);
  for (const std::string& one : report.left_out) text += fmt::format("\n- left out: {}", one);
  for (const DroppedDecision& one : report.dropped)
    text += fmt::format("\n- dropped: {}: {}", one.entry.unit, one.reason);
  return text + "\n";
}

std::string markdown_of_causes(const ProjectReport& report) {
  std::string text = "\n## Symbols\n\n| unit | symbol | -Oz | after |\n|---|---|--:|--:|\n";
  const auto symbols = symbols_of(report);
  for (std::size_t i = 0; i < std::min(symbols.size(), k_most_symbols); ++i)
    text += fmt::format("| {} | `{}` | {} | {} |\n", symbols[i].first, symbols[i].second.name,
                        symbols[i].second.before, symbols[i].second.after);
  text +=
      "\n## Passes\n\nBytes that the units above grow by without one pass of their lists, summed "
      "up.\n\n| pass | bytes |\n|---|--:|\n";
  for (const auto& [pass, bytes] : passes_of(report))
    text += fmt::format("| `{}` | {} |\n", pass, bytes);
  return text;
}

std::string markdown_of_hints(const ProjectReport& report) {
  if (report.hints.empty()) return "";
  std::string text =
      "\n## Options of the linker\n\nMeasured on top of the lock file, and not applied.\n\n"
      "| options | bytes | less | does not link |\n|---|--:|--:|---|\n";
  for (const LinkHint& hint : report.hints)
    text += fmt::format(
        "| `{}` | {} | {:.2f} % | {} |\n", hint.options, hint.bytes,
        percent_less(static_cast<double>(hint.without), static_cast<double>(hint.bytes)),
        fmt::join(hint.failed, ", "));
  return text;
}

nlohmann::json json_of(const Measurement& sizes) {
  return {{"text", sizes.text}, {"rodata", sizes.rodata}, {"eh_frame", sizes.eh_frame},
          {"data", sizes.data}, {"bss", sizes.bss},       {"binary_size", sizes.binary_size()}};
}

nlohmann::json json_of(const TunedUnit& unit) {
  return {{"name", unit.name},
          {"linked", unit.linked},
          {"linked_before", unit.choice.before},
          {"linked_after", unit.choice.after},
          {"links", unit.choice.linked},
          {"oz_size", unit.oz_size},
          {"size", unit.size},
          {"list", unit.list},
          {"found_by", unit.found_by},
          {"evaluations", unit.evaluations},
          {"rejected", unit.rejected}};
}

}  // namespace

ProjectTotals totals_of(const ProjectReport& report) {
  ProjectTotals totals;
  for (const TunedProduct& product : report.products) {
    totals.before += product.before.binary_size();
    totals.after += product.after.binary_size();
  }
  return totals;
}

std::string to_table(const ProjectReport& report) {
  std::string text = fmt::format("{:<36} {:>9} {:>9} {:>7}\n", "product", "-Oz", "locked", "less");
  const auto row = [&](const std::string& name, std::uint64_t before, std::uint64_t after) {
    text += fmt::format("{:<36} {:>9} {:>9} {:>6.2f}%\n", name, before, after,
                        percent_less(static_cast<double>(before), static_cast<double>(after)));
  };
  for (const TunedProduct& product : report.products)
    row(product.name, product.before.binary_size(), product.after.binary_size());
  const ProjectTotals totals = totals_of(report);
  row("all", totals.before, totals.after);
  for (const std::string& one : report.left_out) text += fmt::format("left out: {}\n", one);
  for (const DroppedDecision& one : report.dropped)
    text += fmt::format("dropped: {}: {}\n", one.entry.unit, one.reason);
  for (const LinkHint& hint : report.hints)
    text += fmt::format("hint: {}: {} → {} bytes\n", hint.options, hint.without, hint.bytes);
  if (report.inlining)
    text += fmt::format(
        "inlining: {} decisions on calls in {} units, {} bytes less in what was "
        "linked to decide\n",
        report.inlining->decisions, report.inlining->units,
        std::accumulate(report.inlining->saved.begin(), report.inlining->saved.end(),
                        std::uint64_t{0}));
  return text + fmt::format("{} of {} units have a list; {} evaluations; tests: {}\n",
                            lists_in(report.lock), report.units.size(), report.evaluations,
                            report.tested ? "pass" : "none given");
}

std::string to_markdown(const ProjectReport& report, const std::string& title) {
  const ProjectTotals totals = totals_of(report);
  std::string text = fmt::format(
      "# {}\n\nText and data of all products: {} bytes at -Oz, {} with the lock file ({:.2f} % "
      "less). {} of {} units have a list. Tests: {}. LLVM {}.\n\n",
      title, totals.before, totals.after,
      percent_less(static_cast<double>(totals.before), static_cast<double>(totals.after)),
      lists_in(report.lock), report.units.size(),
      report.tested ? "pass at -Oz and with the lock file" : "none were given",
      report.lock.toolchain());
  text += markdown_of_products(report) + markdown_of_units(report) + markdown_of_causes(report) +
          markdown_of_hints(report);
  text += "\n## Time\n\n| phase | seconds |\n|---|--:|\n";
  for (const auto& [phase, seconds] : report.seconds)
    text += fmt::format("| {} | {:.1f} |\n", phase, seconds);
  return text;
}

std::string to_json_line(const ProjectReport& report) {
  const ProjectTotals totals = totals_of(report);
  nlohmann::json json = {{"type", "project"},
                         {"before", totals.before},
                         {"after", totals.after},
                         {"tested", report.tested},
                         {"evaluations", report.evaluations},
                         {"found", report.found},
                         {"builds", report.builds},
                         {"decisions", lists_in(report.lock)},
                         {"left_out", report.left_out}};
  if (report.inlining)
    json["inlining"] = {{"units", report.inlining->units},
                        {"decisions", report.inlining->decisions},
                        {"evaluations", report.inlining->evaluations},
                        {"saved", report.inlining->saved}};
  for (const char* list : {"products", "units", "dropped", "hints"})
    json[list] = nlohmann::json::array();
  for (const TunedProduct& product : report.products)
    json["products"].push_back({{"name", product.name},
                                {"before", json_of(product.before)},
                                {"after", json_of(product.after)},
                                {"problem", product.problem}});
  for (const TunedUnit& unit : report.units) json["units"].push_back(json_of(unit));
  for (const DroppedDecision& one : report.dropped)
    json["dropped"].push_back(
        {{"unit", one.entry.unit}, {"list", one.entry.list}, {"reason", one.reason}});
  for (const LinkHint& hint : report.hints)
    json["hints"].push_back({{"options", hint.options},
                             {"bytes", hint.bytes},
                             {"without", hint.without},
                             {"failed", hint.failed}});
  for (const auto& [phase, seconds] : report.seconds) json["seconds"][phase] = seconds;
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace llmc
