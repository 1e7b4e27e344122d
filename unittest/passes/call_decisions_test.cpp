#include "passes/call_decisions.h"

#include "catalogue.h"
#include "passes/targeted.h"
#include "testing.h"

namespace llmc {
namespace {

using test::catalogue;
using test::message_of;
using test::take;
using testing::ElementsAre;
using testing::HasSubstr;

PassList parsed(const std::string& text) { return take(PassList::parse(text, catalogue())); }

TEST(CallDecisions, AreReadAndPrinted) {
  for (const char* text : {"calls<f;-2;+5>,default<Oz>", "calls<_ZN1aD2Ev;+1>,calls<b.c;-1>",
                           "function(gvn),calls<f;-1>,cgscc(inline)"})
    EXPECT_EQ(parsed(text).to_string(), text);
  EXPECT_EQ(parsed("calls<f;-2>,default<Oz>").tier(catalogue()), PassTier::trusted);
}

TEST(CallDecisions, NameAFunctionAndCallsInItAndStandAtTheTop) {
  for (const char* wrong :
       {"calls<f>", "calls<f;2>", "calls<f;-0>", "calls<f;->", "calls<;-1>", "calls<f;-1x>",
        "function(calls<f;-1>)", "calls<f;-99999999999999999999>", "calls"})
    EXPECT_THAT(message_of(PassList::parse(wrong, catalogue())), HasSubstr("calls<FUNCTION"))
        << wrong;
}

TEST(CallDecisions, ChangeNoVerdict) {
  EXPECT_THAT(take(targeted_views("calls<f;-2>,default<Oz>")), ElementsAre("default<Oz>"));
  EXPECT_THAT(take(targeted_views("calls<f;-2>,on<g>(gvn),calls<h;+1>,default<Oz>")),
              ElementsAre("function(gvn),default<Oz>", "default<Oz>"));
}

TEST(CallDecisions, AreOneElementForEachFunction) {
  const auto elements = call_decision_elements(
      {{{"f", 2, "g"}, false}, {{"h", 1, "g"}, true}, {{"f", 5, "k"}, true}});
  EXPECT_EQ(PassList(elements).to_string(), "calls<f;-2;+5>,calls<h;+1>");
}

}  // namespace
}  // namespace llmc
