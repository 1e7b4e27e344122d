// llmc passes: the catalogue.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>

#include "cli/command.h"
#include "passes/verdict_table.h"

namespace llmc {
namespace {

struct PassesArguments {
  bool all = false;
  bool json = false;
  bool evidence = false;
  std::string tier;
};

bool is_wanted(const PassInfo& pass, const PassesArguments& options) {
  if (!options.all && !pass.excluded.empty()) return false;
  return options.tier.empty() || options.tier == to_string(pass.tier);
}

/// The table's row for a pass; null if it has none, or is excluded.
const PassVerdict* find_verdict(const VerdictTable& table, const PassInfo& pass) {
  if (!pass.excluded.empty()) return nullptr;
  const auto found = std::ranges::find(table.passes, pass.name, &PassVerdict::pass);
  return found == table.passes.end() ? nullptr : &*found;
}

nlohmann::json to_json(const PassVerdict& verdict) {
  nlohmann::json row = {
      {"trials", verdict.trials}, {"wrong", verdict.wrong}, {"broken", verdict.broken}};
  if (verdict.finding.empty()) return row;
  row["finding"] = verdict.finding;
  row["alone"] = verdict.alone;
  row["list"] = verdict.list;
  row["program"] = verdict.program;
  row["evidence"] = verdict.evidence;
  return row;
}

void print_json(const PassInfo& pass, const PassVerdict* verdict) {
  nlohmann::json row = {{"name", pass.name},
                        {"level", to_string(pass.level)},
                        {"parameters", pass.parameters},
                        {"tier", to_string(pass.tier)},
                        {"excluded", pass.excluded},
                        {"note", pass.note}};
  row["verdict"] = verdict == nullptr ? nlohmann::json() : to_json(*verdict);
  fmt::print("{}\n", row.dump());
}

void print_row(const PassInfo& pass) {
  const std::string why = !pass.excluded.empty() ? "excluded: " + pass.excluded : pass.note;
  const std::string parameters =
      pass.parameters.empty() ? "" : fmt::format("<{}>", pass.parameters);
  fmt::print("{:<34} {:<9} {:<11} {}{}{}\n", pass.name, to_string(pass.level), to_string(pass.tier),
             why, why.empty() || parameters.empty() ? "" : "  ", parameters);
}

/// What trials said about a pass: a row of the table of evidence.
void print_evidence(const PassInfo& pass, const PassVerdict& verdict) {
  fmt::print("{:<34} {:<11} {:>7} {:>6} {:>7}  {}\n", pass.name, to_string(pass.tier),
             verdict.trials, verdict.wrong, verdict.broken,
             verdict.finding.empty()
                 ? ""
                 : fmt::format("{} on {} by {}: {}", verdict.finding, verdict.program, verdict.list,
                               verdict.evidence));
}

}  // namespace

int run_passes(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Lists the passes of the linked LLVM: level, how far each is trusted, parameters.\n"
      "Tiers: trusted (in LLVM's own default<O1..Oz>, or reviewed), quarantined (only in lists\n"
      "that passed the gate), denied (makes wrong programs). Searches use the first two.",
      "llmc passes");
  PassesArguments options;
  app.add_flag("--all", options.all,
               "Excluded passes too (analyses, printers, …), with the reason");
  app.add_option("--tier", options.tier, "Only this tier")
      ->check(CLI::IsMember({"trusted", "quarantined", "denied"}));
  app.add_flag("--evidence", options.evidence,
               "What trials said: their number, how often the pass was blamed for a wrong program "
               "or a broken compile, and the shortest list that convicts it");
  app.add_flag("--json", options.json, "One JSON object per line");
  if (const int code = parse_options(app, arguments); code >= 0) return code;

  const auto table = installed_verdicts();
  if (!table) return report(table.error());
  PassCatalogue catalogue;
  apply_verdicts(*table, catalogue);
  if (options.evidence && table->passes.empty())
    return report({fmt::format("{}: no table of verdicts; llmc judge makes one",
                               default_verdict_table().string())});
  std::size_t shown = 0;
  if (!options.json && options.evidence)
    fmt::print("{:<34} {:<11} {:>7} {:>6} {:>7}  {}\n", "PASS", "TIER", "TRIALS", "WRONG", "BROKEN",
               "EVIDENCE");
  else if (!options.json)
    fmt::print("{:<34} {:<9} {:<11} {}\n", "PASS", "LEVEL", "TIER", "NOTE");
  for (const PassInfo& pass : catalogue.all()) {
    const PassVerdict* verdict = find_verdict(*table, pass);
    if (!is_wanted(pass, options) || (options.evidence && verdict == nullptr)) continue;
    if (options.json)
      print_json(pass, verdict);
    else
      options.evidence ? print_evidence(pass, *verdict) : print_row(pass);
    ++shown;
  }
  if (!options.json && options.evidence)
    fmt::print(stderr, "{} trials on {} programs, {} of them by csmith, with LLVM {}\n",
               table->trials, table->programs, table->csmith, table->llvm);
  if (!options.json)
    fmt::print(stderr, "{} of {} passes shown{}\n", shown, catalogue.all().size(),
               options.all ? "" : "; --all shows the excluded ones with the reason");
  return k_exit_done;
}

}  // namespace llmc
