// llmc passes: the catalogue.
#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "cli/command.h"
#include "passes/catalogue.h"

namespace llmc {
namespace {

struct Options {
  bool all = false;
  bool json = false;
  std::string tier;
};

bool is_wanted(const PassInfo& pass, const Options& options) {
  if (!options.all && !pass.excluded.empty()) return false;
  return options.tier.empty() || options.tier == to_string(pass.tier);
}

void print_json(const PassInfo& pass) {
  nlohmann::json row = {{"name", pass.name},
                        {"level", to_string(pass.level)},
                        {"parameters", pass.parameters},
                        {"tier", to_string(pass.tier)},
                        {"excluded", pass.excluded},
                        {"note", pass.note}};
  fmt::print("{}\n", row.dump());
}

void print_row(const PassInfo& pass) {
  const std::string why = !pass.excluded.empty() ? "excluded: " + pass.excluded : pass.note;
  const std::string parameters =
      pass.parameters.empty() ? "" : fmt::format("<{}>", pass.parameters);
  fmt::print("{:<34} {:<9} {:<11} {}{}{}\n", pass.name, to_string(pass.level), to_string(pass.tier),
             why, why.empty() || parameters.empty() ? "" : "  ", parameters);
}

}  // namespace

int run_passes(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Lists the passes of the linked LLVM: level, how far each is trusted, parameters.\n"
      "Tiers: pipeline (in LLVM's own default<O1..Oz>), reviewed, unreviewed, quarantine\n"
      "(has broken programs), unsound. Searches use pipeline and reviewed by default.",
      "llmc passes");
  Options options;
  app.add_flag("--all", options.all,
               "Excluded passes too (analyses, printers, …), with the reason");
  app.add_option("--tier", options.tier, "Only this tier")
      ->check(CLI::IsMember({"pipeline", "reviewed", "unreviewed", "quarantine", "unsound"}));
  app.add_flag("--json", options.json, "One JSON object per line");
  if (const int code = parse_options(app, arguments); code >= 0) return code;

  const PassCatalogue catalogue;
  std::size_t shown = 0;
  if (!options.json) fmt::print("{:<34} {:<9} {:<11} {}\n", "PASS", "LEVEL", "TIER", "NOTE");
  for (const PassInfo& pass : catalogue.all()) {
    if (!is_wanted(pass, options)) continue;
    options.json ? print_json(pass) : print_row(pass);
    ++shown;
  }
  if (!options.json)
    fmt::print(stderr, "{} of {} passes shown{}\n", shown, catalogue.all().size(),
               options.all ? "" : "; --all shows the excluded ones with the reason");
  return k_exit_done;
}

}  // namespace llmc
