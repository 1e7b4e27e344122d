#include "soundness/compiler_wrapper.h"

#include <map>
#include <ostream>

#include "testing.h"

namespace llmc {
namespace {

using test::message_of;
using test::take;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::IsSupersetOf;
using testing::Not;

CompilerCall read(const std::vector<std::string>& arguments) {
  return read_compiler_call(arguments);
}

/// Where `word` stands in `command`; one past the end if it does not.
std::size_t place_of(const std::vector<std::string>& command, const std::string& word) {
  return static_cast<std::size_t>(std::ranges::find(command, word) - command.begin());
}

// --- What a call is ------------------------------------------------------------------------------

TEST(ReadCompilerCall, ACompilationOfOneSourceIsAUnit) {
  const CompilerCall call =
      read({"-O2", "-Wall", "-DA=b.c", "-I", "x.c", "-c", "src/f.c", "-of.o"});
  EXPECT_EQ(call.kind, CallKind::unit);
  EXPECT_EQ(call.source, "src/f.c");
  EXPECT_EQ(call.object, "f.o");
  EXPECT_THAT(call.arguments,
              ElementsAre("-Wall", "-DA=b.c", "-I", "x.c", "-c", "src/f.c", "-of.o"));
}

TEST(ReadCompilerCall, TheDefaultObjectIsInTheWorkingFolder) {
  EXPECT_EQ(read({"-c", "deep/down/f.x.cc"}).object, "f.x.o");
}

TEST(ReadCompilerCall, SourcesMayFollowTwoDashes) {
  const CompilerCall call = read({"-c", "-o", "a.o", "--", "-f.c"});
  EXPECT_EQ(call.kind, CallKind::unit);
  EXPECT_EQ(call.source, "-f.c");
}

struct WrapperCase {
  std::vector<std::string> arguments;
  CallKind kind;
};

/// GoogleTest's name for it; without this it would print addresses, which change.
void PrintTo(const WrapperCase& one, std::ostream* out) {
  for (const std::string& argument : one.arguments) *out << argument << ' ';
}

class Classification : public testing::TestWithParam<WrapperCase> {};

TEST_P(Classification, IsAsExpected) {
  const CompilerCall call = read(GetParam().arguments);
  EXPECT_EQ(call.kind, GetParam().kind);
  EXPECT_EQ(call.reason.empty(), GetParam().kind == CallKind::unit);
}

INSTANTIATE_TEST_SUITE_P(
    Calls, Classification,
    testing::Values(WrapperCase{{"-c", "f.c"}, CallKind::unit},
                    WrapperCase{{"-c", "f.cpp", "-fno-lto"}, CallKind::unit},
                    WrapperCase{{"-c", "-x", "c++", "f.c"}, CallKind::unit},
                    WrapperCase{{"-c", "-xc", "f.c"}, CallKind::unit},
                    WrapperCase{{"-c", "f.c", "-Xclang", "-O3"}, CallKind::unit},
                    WrapperCase{{"-c", "f.c", "-MF", "-E"}, CallKind::unit},
                    WrapperCase{{"-c", "f.c", "-flto=thin"}, CallKind::clangs_unit},
                    WrapperCase{{"-c", "f.c", "-fsanitize=address"}, CallKind::clangs_unit},
                    WrapperCase{{"-c", "f.c", "-Wa,-a"}, CallKind::clangs_unit},
                    WrapperCase{{"-c", "f.c", "-mllvm", "-x"}, CallKind::clangs_unit},
                    WrapperCase{{"f.c"}, CallKind::other},
                    WrapperCase{{"-c", "f.c", "g.c"}, CallKind::other},
                    WrapperCase{{"-c", "f.s"}, CallKind::other},
                    WrapperCase{{"-c", "-x", "objective-c", "f.c"}, CallKind::other},
                    WrapperCase{{"-c", "-"}, CallKind::other},
                    WrapperCase{{"-c", "-S", "f.c"}, CallKind::other},
                    WrapperCase{{"-c", "-E", "f.c"}, CallKind::other},
                    WrapperCase{{"-c", "-emit-llvm", "f.c"}, CallKind::other},
                    WrapperCase{{"-c", "-fsyntax-only", "f.c"}, CallKind::other},
                    WrapperCase{{"-c", "conftest.c"}, CallKind::other},
                    WrapperCase{{"-c", "/b/CMakeFiles/CMakeTmp/t.c"}, CallKind::other},
                    WrapperCase{{"-c", "f.c", "@flags"}, CallKind::other},
                    WrapperCase{{"a.o", "-o", "f.c"}, CallKind::other},
                    WrapperCase{{"--version"}, CallKind::other}, WrapperCase{{}, CallKind::other}));

// --- What clang is told --------------------------------------------------------------------------

TEST(ClangCommand, ReplacesEveryLevelByTheOneGiven) {
  EXPECT_THAT(clang_command("clang", "-Oz", read({"-O3", "a.o", "-O", "-Ofast"})),
              ElementsAre("clang", "-Oz", "a.o"));
}

TEST(ClangCommand, LeavesTheCompilerProperAlone) {
  EXPECT_THAT(clang_command("clang", "-Oz", read({"-cc1", "-O3", "f.c"})),
              ElementsAre("clang", "-cc1", "-O3", "f.c"));
}

TEST(FrontEndCommand, WritesBitcodeInPlaceOfTheObject) {
  const auto command = front_end_command("clang", read({"-c", "f.c", "-o", "f.o", "-g"}), "t.bc");
  EXPECT_THAT(command, Not(testing::Contains("f.o")));
  EXPECT_EQ(place_of(command, "t.bc"), place_of(command, "-o") + 1);
  EXPECT_THAT(command, IsSupersetOf({"-emit-llvm", "-disable-llvm-passes", "-c", "f.c", "-g"}));
}

TEST(FrontEndCommand, NamesTheDependencyFileAndTargetAsClangWould) {
  const auto command = front_end_command("clang", read({"-MMD", "-c", "f.c", "-o", "x/f.lo"}), "t");
  EXPECT_EQ(command[place_of(command, "-MF") + 1], "x/f.d");
  EXPECT_EQ(command[place_of(command, "-MQ") + 1], "x/f.lo");
  const auto nameless = front_end_command("clang", read({"-MD", "-c", "s/f.c"}), "t");
  EXPECT_EQ(nameless[place_of(nameless, "-MF") + 1], "f.d");
  EXPECT_EQ(nameless[place_of(nameless, "-MQ") + 1], "f.o");
}

TEST(FrontEndCommand, KeepsTheDependencyOptionsOfTheCall) {
  const auto own = front_end_command(
      "clang", read({"-MD", "-MF", "d", "-MT", "a", "-MT", "b", "-c", "f.c"}), "t");
  EXPECT_EQ(std::ranges::count(own, "-MF"), 1);
  EXPECT_EQ(std::ranges::count(own, "-MQ"), 0);
  const auto old = front_end_command("clang", read({"-Wp,-MD,d", "-c", "f.c"}), "t");
  EXPECT_EQ(std::ranges::count(old, "-MF"), 0);
  EXPECT_EQ(std::ranges::count(old, "-MQ"), 1);
  const auto none = front_end_command("clang", read({"-c", "f.c"}), "t");
  EXPECT_EQ(std::ranges::count(none, "-MQ"), 0);
}

// --- Plans ---------------------------------------------------------------------------------------

std::string row(const std::string& name, const std::string& list) {
  return R"({"type":"program","name":")" + name + R"(","list":")" + list + "\"}\n";
}

TEST(UnitPlan, FindsAUnitInACopyOfTheTree) {
  const auto plan =
      take(UnitPlan::parse(row("/old/p/src/a/f.c", "gvn") + row("/old/p/src/b/f.c", "sroa") +
                           R"({"type":"summary","programs":2})"));
  EXPECT_EQ(plan.list_for("/new/src/a/f.c"), "gvn");
  EXPECT_EQ(plan.list_for("/new/src/b/f.c"), "sroa");
  EXPECT_EQ(plan.list_for("/new/src/c/f.c"), std::nullopt);
}

TEST(UnitPlan, WantsTheFolderToFitToo) {
  const auto plan = take(UnitPlan::parse(row("/old/src/f.c", "gvn") + row("g.c", "sroa")));
  EXPECT_EQ(plan.list_for("/new/lib/f.c"), std::nullopt);
  EXPECT_EQ(plan.list_for("/new/src/g.c"), std::nullopt);
}

TEST(UnitPlan, DoesNotChooseBetweenEquallyGoodRows) {
  const std::string one = row("/x/src/f.c", "gvn");
  const auto different = take(UnitPlan::parse(one + row("/y/src/f.c", "sroa")));
  EXPECT_EQ(different.list_for("/new/src/f.c"), std::nullopt);
  EXPECT_EQ(different.list_for("/y/src/f.c"), "sroa");
  const auto alike = take(UnitPlan::parse(one + row("/y/src/f.c", "gvn")));
  EXPECT_EQ(alike.list_for("/new/src/f.c"), "gvn");
}

TEST(UnitPlan, SkipsProgramsThatWereNotTuned) {
  const auto plan =
      take(UnitPlan::parse(R"({"type":"program","name":"/a/f.c","error":"no","list":null})"
                           "\n\n"));
  EXPECT_EQ(plan.list_for("/a/f.c"), std::nullopt);
}

TEST(UnitPlan, AForeignFileIsRefusedByItsLine) {
  EXPECT_THAT(message_of(UnitPlan::parse(row("/a/f.c", "gvn") + "nonsense\n")),
              HasSubstr("line 2: not a JSON object"));
}

// --- Settings and the log ------------------------------------------------------------------------

WrapperSettings settings_of(const std::map<std::string, std::string>& variables) {
  return read_wrapper_settings([&](const std::string& name) {
    const auto found = variables.find(name);
    return found == variables.end() ? "" : found->second;
  });
}

TEST(WrapperSettings, AreACandidateAtOzByDefault) {
  const WrapperSettings settings = settings_of({});
  EXPECT_EQ(settings.mode, WrapperMode::candidate);
  EXPECT_EQ(settings.level(), "-Oz");
  EXPECT_THAT(settings.list + settings.plan + settings.log + settings.problem, IsEmpty());
}

TEST(WrapperSettings, ABaselineHasItsLevel) {
  EXPECT_EQ(settings_of({{"LLMC_CC_MODE", "baseline"}}).level(), "-O2");
  EXPECT_EQ(settings_of({{"LLMC_CC_MODE", "baseline"}, {"LLMC_CC_LEVEL", "-O1"}}).level(), "-O1");
}

TEST(WrapperSettings, WhatMakesNoSenseIsNamed) {
  for (const auto& [name, value] : std::map<std::string, std::string>{{"LLMC_CC_MODE", "x"},
                                                                      {"LLMC_CC_LEVEL", "fast"},
                                                                      {"LLMC_CC_DEADLINE", "-1"},
                                                                      {"LLMC_CC_MEMORY", "1x"}})
    EXPECT_THAT(settings_of({{name, value}}).problem, HasSubstr(name));
}

TEST(WrapperLog, IsReadAsItWasWritten) {
  const std::vector<WrapperRow> rows = {
      {"/a b/f.c", WrapperMode::candidate, "gvn", WrapperAction::compiled, "", 7},
      {"/g.c", WrapperMode::baseline, "-O2", WrapperAction::failed, "", 0},
      {"", WrapperMode::candidate, "clang -Oz", WrapperAction::passed_through, "no \"-c\"\n", 0},
      {"/h.c", WrapperMode::candidate, "gvn", WrapperAction::fell_back, "why", 9}};
  std::string text;
  for (const WrapperRow& one : rows) text += to_json_line(one) + "\n";
  EXPECT_EQ(take(read_wrapper_log(text)), rows);
}

TEST(WrapperLog, ALineThatIsNoRowIsNamed) {
  EXPECT_THAT(message_of(read_wrapper_log("{\"unit\":\"/f.c\"}\n")), HasSubstr("line 1"));
  EXPECT_THAT(message_of(read_wrapper_log("{\"unit")), HasSubstr("line 1"));
}

}  // namespace
}  // namespace llmc
