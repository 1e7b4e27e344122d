#include "passes/pass_list.h"

#include <algorithm>
#include <ostream>
#include <string>
#include <vector>

#include "catalogue.h"
#include "testing.h"

namespace llmc {
namespace {

using test::catalogue;
using test::message_of;
using test::take;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

std::string canonical(const std::string& text) {
  return take(PassList::parse(text, catalogue()), text.c_str()).to_string();
}

Result<PassList> parse(std::string_view text) { return PassList::parse(text, catalogue()); }

// --- Spellings -----------------------------------------------------------------------------------

struct Spelling {
  const char* input;
  const char* canonical;
};

/// GoogleTest's name for it; without this it would print addresses, which change.
void PrintTo(const Spelling& spelling, std::ostream* out) { *out << '"' << spelling.input << '"'; }

class PassListSpelling : public testing::TestWithParam<Spelling> {};

TEST_P(PassListSpelling, HasOneCanonicalForm) {
  const auto& [input, expected] = GetParam();
  const auto list = parse(input);
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_EQ(list->to_string(), expected);
  const auto again = parse(list->to_string());
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(*again, *list) << "the canonical form is not its own canonical form";
}

INSTANTIATE_TEST_SUITE_P(Empty, PassListSpelling,
                         testing::Values(Spelling{"", ""}, Spelling{"  \n\t", ""},
                                         Spelling{"function()", ""}, Spelling{"module()", ""},
                                         Spelling{"function(loop())", ""}));

INSTANTIATE_TEST_SUITE_P(
    SinglePasses, PassListSpelling,
    testing::Values(Spelling{"globaldce", "globaldce"}, Spelling{" globaldce ", "globaldce"},
                    Spelling{"gvn", "function(gvn)"}, Spelling{"inline", "cgscc(inline)"},
                    Spelling{"indvars", "function(loop(indvars))"},
                    Spelling{"default<Oz>", "default<Oz>"},
                    Spelling{"default<O2>,globaldce", "default<O2>,globaldce"}));

INSTANTIATE_TEST_SUITE_P(
    SpellingsThatKillOpt, PassListSpelling,
    testing::Values(
        Spelling{"instcombine", "function(instcombine<no-verify-fixpoint>)"},
        Spelling{"instcombine<verify-fixpoint>", "function(instcombine<no-verify-fixpoint>)"},
        Spelling{"instcombine<no-verify-fixpoint>", "function(instcombine<no-verify-fixpoint>)"},
        Spelling{"instcombine<max-iterations=2;verify-fixpoint>",
                 "function(instcombine<max-iterations=2;no-verify-fixpoint>)"},
        Spelling{"licm", "function(loop-mssa(licm))"},
        Spelling{"lnicm", "function(loop-mssa(lnicm))"},
        Spelling{"loop(licm)", "function(loop-mssa(licm))"},
        Spelling{"function(loop(indvars,licm))", "function(loop-mssa(indvars,licm))"}));

INSTANTIATE_TEST_SUITE_P(
    PaperSpelling, PassListSpelling,
    testing::Values(Spelling{"module(licm)", "function(loop-mssa(licm))"},
                    Spelling{"module(globaldce)", "globaldce"},
                    Spelling{"module(gvn),module(default<Oz>)", "function(gvn),default<Oz>"},
                    Spelling{"module(gvn,globaldce)", "function(gvn),globaldce"},
                    Spelling{"module(instcombine)", "function(instcombine<no-verify-fixpoint>)"},
                    Spelling{"module(cgscc(inline))", "cgscc(inline)"},
                    Spelling{"module(module(inline))", "cgscc(inline)"}));

INSTANTIATE_TEST_SUITE_P(NamesOfLlvm17, PassListSpelling,
                         testing::Values(Spelling{"flattencfg", "function(flatten-cfg)"},
                                         Spelling{"module(loweratomic)", "function(lower-atomic)"},
                                         Spelling{"lowerinvoke", "function(lower-invoke)"},
                                         Spelling{"function(lowerswitch,gvn)",
                                                  "function(lower-switch,gvn)"}));

// opt puts a list whose first element is a function pass (a loop manager counts as one) into one
// function(...) as a whole, which runs it function by function: not the same as one function(...)
// for each pass. A first element function(...) is a module-level element, so nothing is wrapped.
INSTANTIATE_TEST_SUITE_P(
    WholeListWrapping, PassListSpelling,
    testing::Values(Spelling{"sroa<modify-cfg>,gvn", "function(sroa<modify-cfg>,gvn)"},
                    Spelling{"instcombine,gvn", "function(instcombine<no-verify-fixpoint>,gvn)"},
                    Spelling{"gvn,indvars", "function(gvn,loop(indvars))"},
                    Spelling{"inline,gvn", "cgscc(inline,function(gvn))"},
                    Spelling{"globaldce,gvn", "globaldce,function(gvn)"},
                    Spelling{"indvars,loop-deletion", "function(loop(indvars,loop-deletion))"},
                    Spelling{"loop-mssa(licm),gvn", "function(loop-mssa(licm),gvn)"},
                    Spelling{"loop(indvars),dce", "function(loop(indvars),dce)"},
                    Spelling{"function(gvn),dce", "function(gvn),function(dce)"},
                    Spelling{"cgscc(inline),gvn", "cgscc(inline),function(gvn)"},
                    Spelling{"devirt<4>(inline),gvn", "cgscc(devirt<4>(inline),function(gvn))"}));

INSTANTIATE_TEST_SUITE_P(
    Nesting, PassListSpelling,
    testing::Values(Spelling{"function(gvn),function(dce)", "function(gvn),function(dce)"},
                    Spelling{"function(gvn),function(dce,loop(indvars))",
                             "function(gvn),function(dce,loop(indvars))"},
                    Spelling{"cgscc(inline,function(gvn,loop(indvars)))",
                             "cgscc(inline,function(gvn,loop(indvars)))"},
                    Spelling{"cgscc(devirt<4>(inline))", "cgscc(devirt<4>(inline))"},
                    Spelling{"devirt<4>(inline)", "cgscc(devirt<4>(inline))"},
                    Spelling{"globaldce,loop(indvars)", "globaldce,function(loop(indvars))"},
                    Spelling{"cgscc(gvn)", "cgscc(function(gvn))"},
                    Spelling{" function ( gvn , dce ) , globaldce ", "function(gvn,dce),globaldce"},
                    Spelling{"function<eager-inv>(gvn)", "function<eager-inv>(gvn)"}));

INSTANTIATE_TEST_SUITE_P(
    Parameters, PassListSpelling,
    testing::Values(Spelling{"gvn<no-pre>", "function(gvn<no-pre>)"},
                    Spelling{"gvn<no-pre;no-load-pre>", "function(gvn<no-pre;no-load-pre>)"},
                    Spelling{"loop-unroll<O2>", "function(loop-unroll<O2>)"},
                    Spelling{"licm<allowspeculation>",
                             "function(loop-mssa(licm<allowspeculation>))"},
                    Spelling{"early-cse<memssa>", "function(early-cse<memssa>)"},
                    Spelling{"ipsccp<no-func-spec>", "ipsccp<no-func-spec>"}));

// --- Agreement with opt
// ---------------------------------------------------------------------------

/// What opt makes of a list: its own rendering of the pipeline.
std::string printed_by_opt(const std::string& list) {
  return test::output_of({test::llvm_tool("opt"), "-passes=" + list, "-print-pipeline-passes",
                          "-disable-output", "/dev/null"});
}

TEST(PassList, MeansToOptWhatTheInputMeans) {
  for (const char* input :
       {"gvn,dce", "inline,gvn", "globaldce,gvn", "gvn,indvars", "indvars,loop-deletion",
        "function(gvn),dce", "cgscc(inline,function(gvn))", "function(gvn),function(dce)",
        "loop-mssa(licm),gvn", "function(loop-mssa(licm),gvn)", "cgscc(devirt<4>(inline))",
        "loop(indvars),dce", "cgscc(inline),gvn", "cgscc(inline),cgscc(inline)",
        "function(gvn,dce),function<eager-inv>(gvn)", "module(gvn),module(dce)"})
    EXPECT_EQ(printed_by_opt(canonical(input)), printed_by_opt(input)) << input;
}

// --- Errors
// ---------------------------------------------------------------------------------------

struct Fault {
  std::string input;
  std::string says;
};

void PrintTo(const Fault& fault, std::ostream* out) { *out << testing::PrintToString(fault.input); }

class PassListError : public testing::TestWithParam<Fault> {};

TEST_P(PassListError, SaysWhatIsWrong) {
  const auto& [input, says] = GetParam();
  const auto list = parse(input);
  ASSERT_FALSE(list) << "accepted as " << list->to_string();
  EXPECT_THAT(list.error().message, HasSubstr(says));
  EXPECT_THAT(list.error().message, Not(HasSubstr("\n"))) << "not one sentence";
}

INSTANTIATE_TEST_SUITE_P(
    Syntax, PassListError,
    testing::Values(Fault{"function(((", "position 10"}, Fault{"function(gvn", "ends too early"},
                    Fault{"gvn)", "unexpected ')' at position 4"},
                    Fault{"gvn,,dce", "unexpected ',' at position 5"},
                    Fault{",", "unexpected ',' at position 1"}, Fault{"gvn,", "ends too early"},
                    Fault{"gvn<no-pre", "ends too early"}, Fault{"gvn dce", "position 5"},
                    Fault{"gvn<a,b>", "unexpected ','"},
                    Fault{std::string("gvn\0dce", 7), "unexpected byte 0x00 at position 4"},
                    Fault{"gvn;dce", "unexpected ';' at position 4"},
                    Fault{"\xff\xfe", "byte 0xff at position 1"}));

INSTANTIATE_TEST_SUITE_P(
    Names, PassListError,
    testing::Values(Fault{"instcombin", "unknown pass 'instcombin'; did you mean 'instcombine'?"},
                    Fault{"module(simplifycgf)", "did you mean 'simplifycfg'?"},
                    Fault{"function(gvnn)", "did you mean 'gvn'?"},
                    Fault{"quite-unlike-anything-known", "`llmc passes` lists them all"},
                    Fault{"gvn()", "'gvn' takes no list in brackets"},
                    Fault{"gvn(dce)", "'gvn' takes no list in brackets"},
                    Fault{"function", "'function' needs a list in brackets"},
                    Fault{"default<O9>", ""}, Fault{"gvn<such-parameter>", "such-parameter"}));

INSTANTIATE_TEST_SUITE_P(
    Levels, PassListError,
    testing::Values(Fault{"function(globaldce)", "module pass and cannot run inside function(...)"},
                    Fault{"function(inline)", "cgscc pass and cannot run inside function(...)"},
                    Fault{"loop(gvn)", "function pass and cannot run inside loop(...)"},
                    Fault{"cgscc(globaldce)", "cannot run inside cgscc(...)"}));

TEST(PassList, RefusesDeepNestingWithASentence) {
  std::string text = "gvn";
  for (int i = 0; i < 100'000; ++i) text = "module(" + std::move(text);
  EXPECT_THAT(message_of(parse(text)), HasSubstr("nested more than"));
}

TEST(PassList, RefusesDeepNestingThatIsClosed) {
  std::string text = "gvn";
  for (int i = 0; i < 40; ++i) text = "module(" + text + ")";
  EXPECT_THAT(message_of(parse(text)), HasSubstr("nested more than 32 deep"));
}

TEST(PassList, AcceptsNestingUpToTheBound) {
  std::string text = "gvn";
  for (int i = 0; i < 32; ++i) text = "module(" + text + ")";
  EXPECT_EQ(canonical(text), "function(gvn)");
}

TEST(PassList, TakesTenThousandPasses) {
  std::string text = "globaldce";
  for (int i = 1; i < 10'000; ++i) text += i % 2 == 0 ? ",globaldce" : ",module(gvn)";
  const PassList list = take(parse(text));
  EXPECT_THAT(list.elements(), SizeIs(10'000));
  EXPECT_EQ(list.pass_count(), 10'000U);
  EXPECT_EQ(take(parse(list.to_string())), list);
}

TEST(PassList, RefusesNewlinesInsideParameters) { EXPECT_FALSE(parse("gvn<no-\npre>")); }

// --- Values
// ---------------------------------------------------------------------------------------

TEST(PassList, TheEmptyListIsEmpty) {
  const PassList list = take(parse(""));
  EXPECT_TRUE(list.empty());
  EXPECT_EQ(list.pass_count(), 0U);
  EXPECT_EQ(list, PassList());
  EXPECT_EQ(list.tier(catalogue()), PassTier::trusted);
}

TEST(PassList, CountsPassesAndNotManagers) {
  EXPECT_EQ(take(parse("cgscc(inline,function(gvn,loop(indvars))),default<Oz>")).pass_count(), 4U);
}

TEST(PassList, HasTheTierOfItsLeastTrustedPass) {
  const auto tier = [](const char* text) { return take(parse(text)).tier(catalogue()); };
  EXPECT_EQ(tier("default<Oz>,gvn"), PassTier::trusted);
  EXPECT_EQ(tier("gvn,newgvn"), PassTier::quarantined);
  EXPECT_EQ(tier("cgscc(inline,function(gvn,loop(indvars),newgvn,unify-loop-exits))"),
            PassTier::denied);
  EXPECT_EQ(tier("function(lower-atomic)"), PassTier::denied);
  EXPECT_EQ(tier("lto<O2>"), PassTier::denied);
}

TEST(PassList, ReadsItsPaperSpellingBack) {
  for (const char* text :
       {"globaldce", "function(gvn)", "function(gvn),globaldce,cgscc(inline)",
        "function(instcombine<no-verify-fixpoint>),default<Oz>", "function(loop-mssa(licm))",
        "cgscc(devirt<4>(inline,function(gvn)))", "function(gvn,dce),function<eager-inv>(gvn)"}) {
    const PassList list = take(parse(text), text);
    EXPECT_EQ(take(parse(list.to_paper_string()), text), list) << list.to_paper_string();
  }
}

TEST(PassList, PrintsThePapersSpelling) {
  EXPECT_EQ(take(parse("globaldce,gvn")).to_paper_string(),
            "module(globaldce),module(function(gvn))");
  EXPECT_EQ(PassList().to_paper_string(), "");
}

TEST(PassList, MadeElementsAreCanonical) {
  int checked = 0;
  for (const PassInfo* pass : catalogue().candidates(PassTier::denied)) {
    const PassElement element = make_element(*pass, "", PassLevel::module);
    const PassList made(std::vector<PassElement>{element});
    const auto read = parse(made.to_string());
    // A few passes (function-simplification) cannot go without a parameter.
    if (!read) continue;
    EXPECT_EQ(read->to_string(), made.to_string());
    EXPECT_EQ(*read, made);
    ++checked;
  }
  EXPECT_GT(checked, 120);
}

TEST(PassList, MadeElementsFitTheirContext) {
  const PassInfo* licm = catalogue().find("licm");
  ASSERT_NE(licm, nullptr);
  EXPECT_EQ(to_string(make_element(*licm, "", PassLevel::module)), "function(loop-mssa(licm))");
  EXPECT_EQ(to_string(make_element(*licm, "", PassLevel::cgscc)), "function(loop-mssa(licm))");
  EXPECT_EQ(to_string(make_element(*licm, "", PassLevel::function)), "loop-mssa(licm)");
  EXPECT_EQ(to_string(make_element(*licm, "", PassLevel::loop)), "licm");
  const PassInfo* combine = catalogue().find("instcombine");
  ASSERT_NE(combine, nullptr);
  EXPECT_EQ(to_string(make_element(*combine, "use-loop-info", PassLevel::function)),
            "instcombine<use-loop-info;no-verify-fixpoint>");
}

}  // namespace
}  // namespace llmc
