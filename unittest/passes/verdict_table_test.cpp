#include "passes/verdict_table.h"

#include "testing.h"

namespace llmc {
namespace {

using test::message_of;
using test::take;
using testing::HasSubstr;

VerdictTable example() {
  VerdictTable table;
  table.llvm = "19.1.7";
  table.programs = 2400;
  table.csmith = 2000;
  table.trials = 90'000;
  table.passes = {{.pass = "dce", .tier = PassTier::trusted, .trials = 511},
                  {.pass = "gvn",
                   .tier = PassTier::quarantined,
                   .trials = 500,
                   .broken = 2,
                   .finding = "compiler-crash",
                   .list = "function(sink,gvn)",
                   .program = "a.c",
                   .evidence = "signal 11"},
                  {.pass = "licm",
                   .tier = PassTier::denied,
                   .trials = 499,
                   .wrong = 7,
                   .alone = true,
                   .finding = "wrong-output",
                   .list = "function(loop-mssa(licm))",
                   .program = "b.cpp",
                   .evidence = "line 1: expected 'a', got 'b'"}};
  return table;
}

TEST(VerdictTable, ReadsWhatItPrints) {
  const std::string text = print_verdict_table(example());
  const VerdictTable read = take(parse_verdict_table(text, "t"));
  EXPECT_EQ(print_verdict_table(read), text);
  EXPECT_EQ(read.programs, 2400U);
  EXPECT_EQ(read.csmith, 2000U);
  ASSERT_EQ(read.passes.size(), 3U);
  EXPECT_EQ(read.passes[2].evidence, "line 1: expected 'a', got 'b'");
  EXPECT_TRUE(read.passes[2].alone);
  EXPECT_FALSE(read.passes[1].alone);
}

TEST(VerdictTable, EvidenceCannotBreakTheFormat) {
  VerdictTable table = example();
  table.passes[2].evidence = "tab\there\nnext\tline";
  const VerdictTable read = take(parse_verdict_table(print_verdict_table(table), "t"));
  EXPECT_EQ(read.passes[2].evidence, "tab here next line");
}

TEST(VerdictTable, DamageIsRefused) {
  const std::string text = print_verdict_table(example());
  for (std::size_t length = 0; length < text.size(); length += 7)
    EXPECT_FALSE(parse_verdict_table(text.substr(0, length), "t")) << length;
  std::string changed = text;
  changed.replace(changed.find("denied"), 6, "truste");
  EXPECT_THAT(message_of(parse_verdict_table(changed, "t.tsv")),
              testing::AllOf(HasSubstr("t.tsv"), HasSubstr("checksum")));
  EXPECT_THAT(message_of(parse_verdict_table("# hello\n", "t")), HasSubstr("llmc judge"));
}

TEST(VerdictTable, VerdictsOnlyLowerTiers) {
  PassCatalogue catalogue;
  const PassTier newgvn = catalogue.find("newgvn")->tier;
  VerdictTable table = example();
  table.passes.push_back({.pass = "unify-loop-exits",
                          .tier = PassTier::trusted,
                          .finding = "wrong-output",
                          .program = "x"});
  apply_verdicts(table, catalogue);
  EXPECT_EQ(catalogue.find("dce")->tier, PassTier::trusted);
  EXPECT_EQ(catalogue.find("gvn")->tier, PassTier::quarantined);
  EXPECT_EQ(catalogue.find("licm")->tier, PassTier::denied);
  EXPECT_THAT(catalogue.find("licm")->note, HasSubstr("b.cpp"));
  EXPECT_EQ(catalogue.find("unify-loop-exits")->tier, PassTier::denied);
  EXPECT_EQ(catalogue.find("newgvn")->tier, newgvn);
}

TEST(VerdictTable, AnotherLlvmsVerdictsSayNothing) {
  PassCatalogue catalogue;
  VerdictTable table = example();
  table.llvm = "18.1.8";
  apply_verdicts(table, catalogue);
  EXPECT_EQ(catalogue.find("licm")->tier, PassTier::trusted);
}

TEST(VerdictTable, TheInstalledOneDeniesTheMeasuredMiscompilers) {
  const PassCatalogue catalogue = take(installed_catalogue());
  EXPECT_EQ(catalogue.find("unify-loop-exits")->tier, PassTier::denied);
  EXPECT_EQ(catalogue.find("attributor")->tier, PassTier::denied);
}

}  // namespace
}  // namespace llmc
