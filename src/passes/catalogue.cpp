#include "passes/catalogue.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <llvm/IR/PassInstrumentation.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/raw_ostream.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "support/text.h"

namespace llmc {
namespace {

/// The headings of LLVM's own listing ("Function passes with params:") that start a list of passes
/// or analyses of the middle end.
struct Heading {
  PassLevel level;
  bool analyses;
};

std::optional<Heading> parse_heading(llvm::StringRef line) {
  static const std::map<std::string, PassLevel> levels = {{"Module", PassLevel::module},
                                                          {"CGSCC", PassLevel::cgscc},
                                                          {"Function", PassLevel::function},
                                                          {"LoopNest", PassLevel::loop},
                                                          {"Loop", PassLevel::loop}};
  const auto [first, rest] = line.split(' ');
  const auto level = levels.find(first.str());
  if (level == levels.end()) return std::nullopt;
  return Heading{level->second, rest.contains("analyses")};
}

/// "gvn<no-pre;pre>" → name "gvn", parameters "no-pre;pre"; "print<domtree>" stays whole, as
/// what its brackets hold is part of the name.
PassInfo parse_entry(llvm::StringRef text, PassLevel level, bool with_parameters) {
  PassInfo info;
  info.level = level;
  info.name = text.str();
  if (!with_parameters || text.starts_with("print<")) return info;
  const auto [name, parameters] = text.split('<');
  info.name = name.str();
  info.parameters = parameters.drop_back(parameters.ends_with(">") ? 1 : 0).str();
  return info;
}

std::string llvm_pass_listing() {
  std::string listing;
  llvm::raw_string_ostream stream(listing);
  llvm::PassBuilder().printPassNames(stream);
  return listing;
}

std::vector<PassInfo> parse_listing(llvm::StringRef listing) {
  std::vector<PassInfo> passes;
  std::optional<Heading> heading;
  bool with_parameters = false;
  while (!listing.empty()) {
    auto [line, rest] = listing.split('\n');
    listing = rest;
    if (!line.starts_with("  ")) {
      heading = parse_heading(line);
      with_parameters = line.contains("with params");
      continue;
    }
    if (!heading) continue;
    PassInfo info = parse_entry(line.trim(), heading->level, with_parameters);
    if (heading->analyses) info.excluded = "an analysis: the pass manager runs it where needed";
    passes.push_back(std::move(info));
  }
  return passes;
}

constexpr std::array<std::string_view, 6> k_levels = {"O0", "O1", "O2", "O3", "Os", "Oz"};

/// LLVM's whole pipelines have no listing; the names that its parser accepts are kept.
std::vector<PassInfo> whole_pipelines() {
  std::vector<PassInfo> pipelines;
  for (std::string_view family :
       {"default", "thinlto-pre-link", "thinlto", "lto-pre-link", "lto"}) {
    for (std::string_view level : k_levels) {
      PassInfo info;
      info.name = std::string(family) + "<" + std::string(level) + ">";
      llvm::ModulePassManager ignored;
      if (llvm::Error error = llvm::PassBuilder().parsePassPipeline(ignored, info.name)) {
        llvm::consumeError(std::move(error));
        continue;
      }
      info.tier = family == "default" ? PassTier::trusted : PassTier::quarantined;
      if (family != "default") {
        info.excluded = "a link-time pipeline";
        if (family == "lto" || family == "thinlto") info.tier = PassTier::denied;
      }
      pipelines.push_back(std::move(info));
    }
  }
  return pipelines;
}

/// The names of all passes in LLVM's default<O1> to default<Oz>, as LLVM prints them.
std::set<std::string> names_in_default_pipelines() {
  llvm::PassInstrumentationCallbacks callbacks;
  llvm::PassBuilder builder(nullptr, llvm::PipelineTuningOptions(), std::nullopt, &callbacks);
  std::string text;
  llvm::raw_string_ostream stream(text);
  for (std::string_view level : k_levels) {
    llvm::ModulePassManager pipeline;
    const std::string name = "default<" + std::string(level) + ">";
    if (llvm::Error error = builder.parsePassPipeline(pipeline, name)) {
      llvm::consumeError(std::move(error));
      continue;
    }
    pipeline.printPipeline(stream, [&](llvm::StringRef class_name) {
      const llvm::StringRef pass_name = callbacks.getPassNameForClassName(class_name);
      return pass_name.empty() ? class_name : pass_name;
    });
    stream << ',';
  }
  std::set<std::string> names;
  std::string name;
  int depth = 0;  // inside <…> there are parameters, not names
  for (const char c : text) {
    if (c == '<') ++depth;
    const bool part_of_name =
        depth == 0 && (std::isalnum(static_cast<unsigned char>(c)) || c == '-');
    if (part_of_name)
      name += c;
    else if (!name.empty())
      names.insert(std::exchange(name, {}));
    if (c == '>') --depth;
  }
  return names;
}

bool matches(std::string_view pattern, std::string_view name) {
  return pattern.ends_with('*') ? name.starts_with(pattern.substr(0, pattern.size() - 1))
                                : name == pattern;
}

void judge(PassInfo& pass, const std::set<std::string>& in_pipelines) {
  if (in_pipelines.contains(pass.name)) pass.tier = PassTier::trusted;
  for (const PassRule& rule : pass_rules()) {
    if (!matches(rule.name, pass.name)) continue;
    if (rule.excluded && pass.excluded.empty()) pass.excluded = rule.reason;
    if (!rule.excluded) pass.note = rule.reason;
    // A warning outranks being in LLVM's own pipelines; to be excluded is no warning.
    if (!rule.excluded || rule.tier == PassTier::denied) pass.tier = rule.tier;
    break;
  }
}

}  // namespace

std::string_view to_string(PassLevel level) {
  constexpr std::array<std::string_view, 4> names = {"module", "cgscc", "function", "loop"};
  return names[static_cast<std::size_t>(level)];
}

namespace {

constexpr std::array<std::string_view, 3> k_tiers = {"trusted", "quarantined", "denied"};

}  // namespace

std::string_view to_string(PassTier tier) { return k_tiers[static_cast<std::size_t>(tier)]; }

Result<PassTier> parse_tier(std::string_view name) {
  const auto found = std::ranges::find(k_tiers, name);
  if (found == k_tiers.end())
    return fail(
        fmt::format("unknown tier '{}'; expected one of {}", name, fmt::join(k_tiers, ", ")),
        ErrorKind::usage);
  return static_cast<PassTier>(found - k_tiers.begin());
}

PassCatalogue::PassCatalogue() {
  passes_ = parse_listing(llvm_pass_listing());
  const std::set<std::string> in_pipelines = names_in_default_pipelines();
  for (PassInfo& pass : passes_) judge(pass, in_pipelines);
  for (PassInfo& pipeline : whole_pipelines()) passes_.push_back(std::move(pipeline));
  std::ranges::stable_sort(passes_, {}, &PassInfo::name);
  // A name may stand for a pass at two levels and for an analysis: the pass wins, then the
  // outermost level, as in LLVM's own parser.
  for (std::size_t i = 0; i < passes_.size(); ++i) {
    const auto [entry, is_new] = by_name_.try_emplace(passes_[i].name, i);
    const PassInfo& known = passes_[entry->second];
    const bool known_is_analysis = known.excluded.starts_with("an analysis");
    const bool is_analysis = passes_[i].excluded.starts_with("an analysis");
    if (!is_new && (known_is_analysis > is_analysis ||
                    (known_is_analysis == is_analysis && passes_[i].level < known.level)))
      entry->second = i;
  }
}

void PassCatalogue::distrust(std::string_view name, PassTier tier, const std::string& evidence) {
  for (PassInfo& pass : passes_) {
    if (pass.name != name || !pass.excluded.empty()) continue;
    pass.tier = std::max(pass.tier, tier);
    pass.note = evidence;
  }
}

const PassInfo* PassCatalogue::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : &passes_[found->second];
}

std::string PassCatalogue::nearest(std::string_view name) const {
  std::vector<std::string> names;
  for (const auto& [known, index] : by_name_) names.push_back(known);
  return nearest_name(name, names);
}

std::vector<const PassInfo*> PassCatalogue::candidates(PassTier most) const {
  std::vector<const PassInfo*> found;
  for (const PassInfo& pass : passes_)
    if (pass.excluded.empty() && pass.tier <= most && find(pass.name) == &pass)
      found.push_back(&pass);
  return found;
}

}  // namespace llmc
