#include "passes/catalogue.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include "catalogue.h"
#include "testing.h"

namespace llmc {
namespace {

using test::catalogue;
using test::llvm_tool;
using test::output_of;
using testing::IsEmpty;
using testing::Not;

/// One line of `opt --print-passes`: the level of its heading and the name without parameters.
struct Listed {
  std::string level;
  std::string name;
  bool analysis;
  auto operator<=>(const Listed&) const = default;
};

/// The middle end's passes as opt lists them, read independently of the catalogue.
std::set<Listed> listed_by_opt() {
  std::istringstream listing(output_of({llvm_tool("opt"), "--print-passes"}));
  std::set<Listed> names;
  std::string level;
  bool with_parameters = false;
  bool analysis = false;
  for (std::string line; std::getline(listing, line);) {
    if (!line.starts_with("  ")) {
      level = line.substr(0, line.find(' '));
      if (level == "LoopNest") level = "Loop";
      std::ranges::transform(level, level.begin(), [](unsigned char c) { return std::tolower(c); });
      with_parameters = line.find("with params") != std::string::npos;
      analysis = line.find("analyses") != std::string::npos;
      continue;
    }
    std::string name = line.substr(2);
    if (with_parameters && !name.starts_with("print<")) name = name.substr(0, name.find('<'));
    if (level != "machine") names.insert({level, name, analysis});
  }
  return names;
}

bool is_whole_pipeline(const PassInfo& pass) { return pass.name.find("<O") != std::string::npos; }

TEST(PassCatalogue, HoldsExactlyWhatOptLists) {
  std::set<Listed> known;
  for (const PassInfo& pass : catalogue().all())
    if (!is_whole_pipeline(pass))
      known.insert({std::string(to_string(pass.level)), pass.name,
                    pass.excluded.starts_with("an analysis")});
  const std::set<Listed> listed = listed_by_opt();
  EXPECT_GT(listed.size(), 380U);
  for (const Listed& entry : listed)
    EXPECT_TRUE(known.contains(entry)) << "opt lists " << entry.level << " " << entry.name;
  for (const Listed& entry : known)
    EXPECT_TRUE(listed.contains(entry)) << "opt does not list " << entry.level << " " << entry.name;
}

TEST(PassCatalogue, HoldsTheDefaultPipelines) {
  for (const char* level : {"O0", "O1", "O2", "O3", "Os", "Oz"}) {
    const PassInfo* pipeline = catalogue().find(fmt::format("default<{}>", level));
    ASSERT_NE(pipeline, nullptr) << level;
    EXPECT_THAT(pipeline->excluded, IsEmpty());
    EXPECT_EQ(pipeline->tier, PassTier::trusted);
  }
  const PassInfo* link_time = catalogue().find("lto<O2>");
  ASSERT_NE(link_time, nullptr);
  EXPECT_THAT(link_time->excluded, Not(IsEmpty()));
}

TEST(PassCatalogue, IsSortedByName) {
  EXPECT_TRUE(std::ranges::is_sorted(catalogue().all(), {}, &PassInfo::name));
}

TEST(PassCatalogue, EveryRuleNamesAPassOfThisLlvm) {
  for (const PassRule& rule : pass_rules()) {
    const bool is_pattern = rule.name.ends_with('*');
    const std::string_view stem = rule.name.substr(0, rule.name.size() - (is_pattern ? 1 : 0));
    const bool exists = std::ranges::any_of(catalogue().all(), [&](const PassInfo& pass) {
      return is_pattern ? pass.name.starts_with(stem) : pass.name == stem;
    });
    EXPECT_TRUE(exists) << rule.name;
  }
}

TEST(PassCatalogue, NoRuleIsShadowedByAnEarlierOne) {
  std::map<std::string_view, int> seen;
  for (const PassRule& rule : pass_rules()) EXPECT_EQ(seen[rule.name]++, 0) << rule.name;
}

TEST(PassCatalogue, EveryExclusionHasAReason) {
  for (const PassRule& rule : pass_rules())
    EXPECT_FALSE(rule.excluded && rule.reason.empty()) << rule.name;
}

TEST(PassCatalogue, PassesOfLlvmsOwnPipelineAreTrusted) {
  // Read from opt, not from the catalogue's own way of asking LLVM.
  const std::string pipeline =
      output_of({llvm_tool("opt"), "-passes=default<Oz>", "-print-pipeline-passes",
                 "-disable-output", "/dev/null"});
  int checked = 0;
  for (const char* name : {"instcombine", "simplifycfg", "sroa", "licm", "gvn", "inline",
                           "globalopt", "early-cse", "indvars", "loop-rotate", "memcpyopt", "dse",
                           "adce", "jump-threading", "constmerge", "globaldce"}) {
    if (pipeline.find(name) == std::string::npos) continue;
    ++checked;
    const PassInfo* pass = catalogue().find(name);
    ASSERT_NE(pass, nullptr) << name;
    EXPECT_EQ(pass->tier, PassTier::trusted) << name;
    EXPECT_THAT(pass->excluded, IsEmpty()) << name;
  }
  EXPECT_GE(checked, 14);
}

TEST(PassCatalogue, PassesKnownToBreakCodeAreKeptApart) {
  for (const char* name : {"unify-loop-exits", "attributor", "attributor-cgscc", "attributor-light",
                           "lower-atomic", "lower-invoke"}) {
    const PassInfo* pass = catalogue().find(name);
    ASSERT_NE(pass, nullptr) << name;
    EXPECT_EQ(pass->tier, PassTier::denied) << name;
  }
  for (const char* name : {"newgvn", "gvn-hoist", "gvn-sink"}) {
    const PassInfo* pass = catalogue().find(name);
    ASSERT_NE(pass, nullptr) << name;
    EXPECT_EQ(pass->tier, PassTier::quarantined) << name;
  }
}

TEST(PassCatalogue, AnalysesAndUtilitiesAreExcludedWithAReason) {
  for (const char* name : {"domtree", "aa", "loops", "scalar-evolution", "print<domtree>", "verify",
                           "invalidate<all>", "no-op-module", "trigger-crash-module"}) {
    const PassInfo* pass = catalogue().find(name);
    ASSERT_NE(pass, nullptr) << name;
    EXPECT_THAT(pass->excluded, Not(IsEmpty())) << name;
  }
}

TEST(PassCatalogue, ANameThatIsAlsoAnAnalysisMeansThePass) {
  const PassInfo* inliner = catalogue().find("inline");
  ASSERT_NE(inliner, nullptr);
  EXPECT_EQ(inliner->level, PassLevel::cgscc);
  for (const PassInfo* pass : catalogue().candidates(PassTier::denied))
    EXPECT_FALSE(pass->excluded.starts_with("an analysis")) << pass->name;
}

TEST(PassCatalogue, CandidatesGrowWithTheTierAndHoldNothingExcluded) {
  std::set<std::string> before;
  for (const PassTier tier : {PassTier::trusted, PassTier::quarantined, PassTier::denied}) {
    std::set<std::string> now;
    for (const PassInfo* pass : catalogue().candidates(tier)) {
      EXPECT_THAT(pass->excluded, IsEmpty()) << pass->name;
      EXPECT_LE(pass->tier, tier) << pass->name;
      EXPECT_TRUE(now.insert(pass->name).second) << pass->name << " twice";
    }
    EXPECT_TRUE(std::ranges::includes(now, before));
    EXPECT_GT(now.size(), before.size()) << to_string(tier);
    before = now;
  }
}

TEST(PassCatalogue, FindsTheNearestName) {
  EXPECT_EQ(catalogue().nearest("instcombin"), "instcombine");
  EXPECT_EQ(catalogue().nearest("simplify-cfg"), "simplifycfg");
  EXPECT_EQ(catalogue().nearest("completely-unlike-any-pass-here"), "");
}

TEST(PassCatalogue, OldNamesLeadToNewOnes) {
  for (const char* old_name : {"flattencfg", "loweratomic", "lowerinvoke", "lowerswitch"}) {
    EXPECT_EQ(catalogue().find(old_name), nullptr) << old_name << " has not been renamed";
    EXPECT_NE(catalogue().find(renamed_since_llvm_17(old_name)), nullptr) << old_name;
  }
  EXPECT_EQ(renamed_since_llvm_17("gvn"), "");
}

TEST(PassCatalogue, EveryLevelAndTierHasItsName) {
  EXPECT_EQ(to_string(PassLevel::module), "module");
  EXPECT_EQ(to_string(PassLevel::loop), "loop");
  EXPECT_EQ(to_string(PassTier::trusted), "trusted");
  EXPECT_EQ(to_string(PassTier::denied), "denied");
}

}  // namespace
}  // namespace llmc
