#include "eval/result_log.h"

#include "testing.h"

namespace llmc {
namespace {

using test::contents;
using test::message_of;
using test::take;
using test::temporary_folder;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(ResultLog, EveryRowIsInTheFileOnceAndAtOnce) {
  const TemporaryFolder folder = temporary_folder();
  const auto file = folder.path() / "rows";
  ASSERT_TRUE(write_file(file, "what was there before"));
  ResultLog log = take(ResultLog::create(file));
  EXPECT_EQ(contents(file), "");
  ResultSet results;
  results.runs.push_back({"lift"});
  results.times.push_back({"rules", "u", 1});
  ASSERT_TRUE(log.add_new(results));
  const std::string first = print_results(results);
  EXPECT_EQ(contents(file), first);
  results.units.push_back({"u", "x.c", "b", "no header"});
  results.times.push_back({"rules", "v", 2});
  ASSERT_TRUE(log.add_new(results));
  ASSERT_TRUE(log.add_new(results));
  EXPECT_EQ(contents(file),
            first + print_result_row(results.units[0]) + print_result_row(results.times[1]));
}

TEST(ResultLog, OfAFileThatWasCutOffTheRowsBeforeCount) {
  const TemporaryFolder folder = temporary_folder();
  ResultLog log = take(ResultLog::create(folder.path() / "rows"));
  ResultSet results;
  results.runs.push_back({"code"});
  results.codes.push_back({"HumanEval/1", "HumanEval", 1, 1});
  ASSERT_TRUE(log.add_new(results));
  const std::string before = contents(folder.path() / "rows");
  results.codes.push_back({"HumanEval/2", "HumanEval", 1, 0, "timeout"});
  ASSERT_TRUE(log.add_new(results));
  const std::string text = contents(folder.path() / "rows");
  for (std::size_t size = before.size() + 1; size + 1 < text.size(); ++size) {
    const ReadResults read = read_results(std::string_view(text).substr(0, size));
    ASSERT_EQ(read.rows.size(), 2U);
    EXPECT_EQ(read.rows[1].row, ResultRow(results.codes[0]));
    EXPECT_THAT(read.notes, ElementsAre("line 3: cut off; the rows before it count"));
  }
  EXPECT_EQ(read_results(text).rows.size(), 3U);
  EXPECT_THAT(read_results(text).notes, IsEmpty());
}

TEST(ResultLog, WithoutAFileRowsGoNowhere) {
  ResultLog log = take(ResultLog::create(""));
  ResultSet results;
  results.runs.push_back({"lift"});
  EXPECT_TRUE(log.add_new(results));
}

TEST(ResultLog, WhatCannotBeWrittenIsSaid) {
  const TemporaryFolder folder = temporary_folder();
  EXPECT_THAT(message_of(ResultLog::create(folder.path() / "none" / "rows")),
              HasSubstr("rows: cannot create: No such file"));
  ResultLog full = take(ResultLog::create("/dev/full"));
  ResultSet results;
  results.runs.push_back({"lift"});
  EXPECT_EQ(message_of(full.add_new(results)), "/dev/full: cannot write: No space left on device");
}

}  // namespace
}  // namespace llmc
