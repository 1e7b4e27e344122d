#include "passes/targeted.h"

#include "catalogue.h"
#include "passes/pass_list.h"
#include "testing.h"

namespace llmc {
namespace {

using test::catalogue;
using test::message_of;
using test::take;
using testing::ElementsAre;
using testing::HasSubstr;

std::string in_canonical_form(const std::string& text) {
  return take(PassList::parse(text, catalogue())).to_string();
}

TEST(TargetedParts, AreReadAndPrinted) {
  EXPECT_EQ(in_canonical_form("on<f>(sroa,licm),default<Oz>"),
            "on<f>(sroa,loop-mssa(licm)),default<Oz>");
  EXPECT_EQ(in_canonical_form("on<_ZN3foo3barEv>(instcombine)"),
            "on<_ZN3foo3barEv>(instcombine<no-verify-fixpoint>)");
  EXPECT_EQ(in_canonical_form("module(on<f>(gvn)),globaldce"), "on<f>(gvn),globaldce");
}

TEST(TargetedParts, StandAtTheTopNameAFunctionAndHoldFunctionPasses) {
  EXPECT_THAT(message_of(PassList::parse("function(on<f>(gvn))", catalogue())), HasSubstr("on<"));
  EXPECT_THAT(message_of(PassList::parse("on(gvn)", catalogue())), HasSubstr("on<"));
  EXPECT_FALSE(PassList::parse("on<f>(globaldce)", catalogue()));
  EXPECT_FALSE(PassList::parse("on<f>", catalogue()));
  EXPECT_FALSE(PassList::parse("on<f>(no-such-pass)", catalogue()));
}

TEST(TargetedParts, HaveTheTierOfTheirPasses) {
  EXPECT_EQ(take(PassList::parse("on<f>(unify-loop-exits)", catalogue())).tier(catalogue()),
            take(PassList::parse("unify-loop-exits", catalogue())).tier(catalogue()));
}

TEST(TargetedParts, AViewIsTheListAsItIsForOneFunction) {
  EXPECT_THAT(
      take(targeted_views("on<f>(sroa),on<g>(gvn),default<Oz>")),
      ElementsAre("function(sroa),default<Oz>", "function(gvn),default<Oz>", "default<Oz>"));
  EXPECT_THAT(take(targeted_views("on<f>(sroa),globaldce,on<f>(dse)")),
              ElementsAre("function(sroa),globaldce,function(dse)", "globaldce"));
  EXPECT_THAT(take(targeted_views("on<f>(sroa)")), ElementsAre("function(sroa)"));
}

TEST(TargetedParts, AListWithoutThemIsItsOnlyView) {
  EXPECT_FALSE(has_targeted_parts("function(sroa),default<Oz>"));
  EXPECT_THAT(take(targeted_views("function(sroa)")), ElementsAre("function(sroa)"));
}

}  // namespace
}  // namespace llmc
