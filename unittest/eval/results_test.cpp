#include "eval/results.h"

#include "testing.h"

namespace llmc {
namespace {

using llmc::test::message_of;
using llmc::test::take;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const Measurement k_sizes{9, 100, 20, 48, 8, 16};

/// One row of each type, with everything that it can have.
std::vector<ResultRow> one_of_each() {
  return {
      RunRow{"flags", "0.1.0", "19.1.7", "x86_64", "binary", 7, "builtin", "llmc eval flags",
             "nano", "ab12"},
      UnitRow{"u1", "lib/parse.c", "jansson", "", k_sizes, 176, 900, true},
      ProposalRow{"u1", "model", 2, "function(sroa)", ProposalStatus::unsound, "sort differs", 170,
                  3, 300, 165},
      TimeRow{"model", "u1", 0.25},
      DetailRow{"u1",
                "model",
                "function(sroa)",
                "define void @f()",
                "declare void @f()",
                k_sizes,
                {{"f", 10, 7}, {"g", 0, 4}}},
      OutputRow{"jansson", "model", OutputResult::different, "line 3 of the output"},
      LiftRow{"l1",
              "jansson",
              "lib/parse.c",
              "f",
              "rules",
              12,
              LiftedTo::same_instructions,
              LiftExecution::not_run,
              0.5,
              0.125,
              {"calls", "loops"},
              "x87"},
      EmulateRow{"e1", "jansson", "f", EmulatedAnswer::does_not_compile, 0.75, 100, 90, 55},
      PerplexityRow{"lib/parse.c", "jansson", "ir", 100, 300, 12.5},
      CodeRow{"HumanEval/3", "HumanEval", 20, 5, "timeout"},
  };
}

TEST(Results, EveryTypeOfRowIsReadAsItWasPrinted) {
  for (const ResultRow& row : one_of_each()) {
    const std::string line = print_result_row(row);
    ASSERT_EQ(line.back(), '\n');
    EXPECT_EQ(take(parse_result_row(line)), row) << line;
  }
}

TEST(Results, RowsLookAsDocumented) {
  EXPECT_EQ(print_result_row(UnitRow{"u", "n", "b", "", k_sizes, 176, std::nullopt, std::nullopt}),
            R"({"type":"unit","id":"u","name":"n","benchmark":"b","baseline":{"instructions":9,)"
            R"("text":100,"rodata":20,"data":8,"eh_frame":48,"bss":16},"size":176,"tokens":null,)"
            R"("fits":null})"
            "\n");
  EXPECT_EQ(print_result_row(UnitRow{"u", "n", "b", "no header"}),
            R"({"type":"unit","id":"u","name":"n","benchmark":"b","failed":"no header",)"
            R"("tokens":null,"fits":null})"
            "\n");
  EXPECT_THAT(print_result_row(RunRow{"flags"}),
              testing::StartsWith(R"({"type":"run","format":1,"task":"flags",)"));
  EXPECT_THAT(print_result_row(one_of_each()[6]),
              HasSubstr(R"("rung":"same-instructions","executed":"not run")"));
}

TEST(Results, WhatIsWrongWithARowIsSaid) {
  const auto complaint = [](const char* line) { return message_of(parse_result_row(line)); };
  EXPECT_EQ(complaint(R"({"type":"time","proposer":"p"})"),
            R"(a row of type time has no "seconds")");
  EXPECT_EQ(complaint(R"({"type":"time","proposer":3,"seconds":1})"),
            R"(a row of type time has a "proposer" that is no text)");
  EXPECT_EQ(complaint(R"({"type":"code","problem":"p","set":"MBPP","samples":-1,"passed":0})"),
            R"(a row of type code has a "samples" that is no whole number)");
  EXPECT_EQ(complaint(R"({"type":"output","benchmark":"b","proposer":"p","result":"good"})"),
            R"(a row of type output has a "result" that is none: good)");
  EXPECT_EQ(complaint(R"({"type":"unit","id":"u","name":"n","benchmark":"b"})"),
            R"(a row of type unit has neither "failed" nor both of "baseline" and "size")");
  EXPECT_EQ(complaint(R"({"type":"guess"})"), R"(unknown type "guess")");
  EXPECT_EQ(complaint(R"({"type":"unit","id":"u","name":"n","benchmark":"b","size":3,)"
                      R"("baseline":{"text":1}})"),
            R"(a row of type unit has a "baseline" that has no "instructions")");
  EXPECT_EQ(complaint("[]"), "no JSON object");
  EXPECT_EQ(complaint("{"), "no JSON");
}

TEST(Results, MembersOfLaterVersionsArePassedOver) {
  EXPECT_TRUE(parse_result_row(R"({"type":"time","proposer":"p","seconds":1,"joules":3})"));
}

TEST(Results, WhatCannotBeReadIsSaidAndTheRestGoesOn) {
  const std::string run = print_result_row(RunRow{"flags"});
  const std::string time = print_result_row(TimeRow{"p", "", 1});
  const ReadResults read =
      read_results(run + "{\"type\":\"guess\"}\n\n" + time + "nonsense\n" + time.substr(0, 20));
  ASSERT_EQ(read.rows.size(), 2U);
  EXPECT_EQ(read.rows[1].line, 4U);
  EXPECT_THAT(read.notes, ElementsAre("line 2: unknown type \"guess\"", "line 5: no JSON",
                                      "line 6: cut off; the rows before it count"));
}

TEST(Results, ALastLineWithoutAnEndCounts) {
  const std::string text = print_result_row(RunRow{"flags"});
  const ReadResults read = read_results(std::string_view(text).substr(0, text.size() - 1));
  EXPECT_EQ(read.rows.size(), 1U);
  EXPECT_THAT(read.notes, IsEmpty());
}

TEST(Results, RowsOfAnotherFormatAreLeftOutUntilTheNextRun) {
  const std::string run = print_result_row(RunRow{"flags"});
  std::string foreign = run;
  foreign.replace(foreign.find("\"format\":1"), 10, "\"format\":2");
  const std::string time = print_result_row(TimeRow{"p", "", 1});
  const ReadResults read = read_results(foreign + time + time + run + time);
  EXPECT_EQ(read.rows.size(), 2U);
  EXPECT_THAT(read.notes,
              ElementsAre("line 1: results of format 2; this llmc reads format 1; its 2 rows are "
                          "left out"));
}

TEST(Results, AFileThatDoesNotBeginWithARunIsSaidToBeSo) {
  const ReadResults read = read_results(print_result_row(TimeRow{"p", "", 1}));
  EXPECT_EQ(read.rows.size(), 1U);
  EXPECT_THAT(read.notes, ElementsAre("line 1: a row before any row of type run"));
}

TEST(Results, EqualRowsOfShardsAreOneAndOthersContradict) {
  std::string first, second;
  for (const ResultRow& row : one_of_each()) first += print_result_row(row);
  second = first;
  auto proposal = std::get<ProposalRow>(one_of_each()[2]);
  proposal.size = 171;
  second += print_result_row(proposal);
  const ResultSet set = collect_results({{"a", read_results(first)}, {"b", read_results(second)}});
  EXPECT_EQ(set.units.size() + set.proposals.size() + set.times.size() + set.runs.size(), 4U);
  ASSERT_EQ(set.notes.size(), 1U);
  EXPECT_THAT(set.notes[0], testing::StartsWith("b: line 11: contradicts an earlier row"));
  EXPECT_THAT(set.notes[0], HasSubstr("\"size\":171"));
  EXPECT_THAT(set.notes[0], HasSubstr("\"size\":170"));
  EXPECT_EQ(set.proposals[0].size, 170U);
  EXPECT_EQ(print_results(collect_results({{"a", read_results(print_results(set))}})),
            print_results(set));
}

TEST(Results, NestingWithoutEndIsNoRow) {
  const std::string deep = std::string(1'000'000, '[') + std::string(1'000'000, ']');
  EXPECT_EQ(message_of(parse_result_row("{\"type\":" + deep + "}")), R"(a row without a "type")");
  EXPECT_THAT(message_of(parse_result_row("{\"type\":\"run\",\"format\":" + deep + "}")),
              HasSubstr("results of format array"));
  EXPECT_THAT(message_of(parse_result_row(R"({"type":"output","benchmark":"b","proposer":"p",)"
                                          "\"result\":" +
                                          deep + "}")),
              HasSubstr("that is none: array"));
}

TEST(Results, BytesThatAreNoTextDoNotBreakTheFile) {
  const std::string line = print_result_row(TimeRow{"a\xff\x62", "", 1});
  EXPECT_EQ(std::get<TimeRow>(take(parse_result_row(line))).proposer, "a\xef\xbf\xbd\x62");
}

}  // namespace
}  // namespace llmc
