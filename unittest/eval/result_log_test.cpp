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

RunRow lift_run() {
  RunRow run;
  run.task = "lift";
  run.command = "llmc eval lift a.c b.c";
  run.model = "nano";
  return run;
}

/// Does what llmc eval lift does with four programs, the third of the content of the first, the
/// last of which fails under search, beside one that cannot be loaded. Returns the programs that it
/// did.
std::string run_lift(const std::filesystem::path& file) {
  ResultSet results;
  ResultLog log = take(ResultLog::resume(file, lift_run(), "search", results));
  if (results.runs.empty()) results.runs.push_back(lift_run());
  if (!log.take_done("none")) results.units.push_back({"none", "none.c", "", "no such file"});
  EXPECT_TRUE(log.add_new(results));
  std::string done;
  for (const std::string id : {"a", "c", "a", "b"}) {
    if (log.take_done(id)) continue;
    for (const char* by : {"rules", "search"}) {
      if (id == "b" && by == std::string("search")) {
        results.units.push_back({id, "b.c", "", "it does not end"});
        continue;
      }
      for (const char* function : {"f", "g"})
        results.lifts.push_back({id, "", id + ".c", function, by, 7});
      results.times.push_back({by, id, 0.25});
    }
    EXPECT_TRUE(log.add_new(results));
    done += id;
  }
  return done;
}

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
            first + print_result_row(results.times[1]) + print_result_row(results.units[0]));
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

TEST(ResultLog, ARunThatWasCutAnywhereGoesOnToTheSameRows) {
  const TemporaryFolder folder = temporary_folder();
  const auto file = folder.path() / "rows";
  EXPECT_EQ(run_lift(file), "acab");
  const std::string whole = contents(file);
  std::string least = "acab";
  const std::size_t last = whole.find(R"({"type":"lift","id":"b")");
  ASSERT_NE(last, std::string::npos);
  // At every byte of the last program; elsewhere a few in each row will do.
  for (std::size_t size = 0; size <= whole.size(); size += size < last ? 17 : 1) {
    ASSERT_TRUE(write_file(file, std::string_view(whole).substr(0, size)));
    const std::string done = run_lift(file);
    ASSERT_EQ(contents(file), whole) << "cut after " << size << " bytes";
    ASSERT_TRUE(least.ends_with(done)) << done << " after " << least;
    least = done;
  }
  EXPECT_EQ(least, "");
}

TEST(ResultLog, WhatIsReadIsWhatWasWritten) {
  const TemporaryFolder folder = temporary_folder();
  const auto file = folder.path() / "rows";
  run_lift(file);
  ResultSet results;
  ASSERT_TRUE(ResultLog::resume(file, lift_run(), "search", results));
  EXPECT_THAT(results.runs, ElementsAre(lift_run()));
  EXPECT_EQ(results.lifts.size(), 14U);
  EXPECT_EQ(results.times.size(), 7U);
  EXPECT_EQ(results.units.size(), 2U);
  EXPECT_THAT(results.notes, IsEmpty());
}

TEST(ResultLog, ProgrammingProblemsAreDoneOneByOne) {
  const TemporaryFolder folder = temporary_folder();
  const auto file = folder.path() / "rows";
  ResultSet results;
  RunRow run;
  run.task = "code";
  {
    ResultLog log = take(ResultLog::create(file));
    results.runs.push_back(run);
    results.codes.push_back({"11", "MBPP", 1, 1});
    ASSERT_TRUE(log.add_new(results));
  }
  ResultSet again;
  ResultLog log = take(ResultLog::resume(file, run, "", again));
  EXPECT_EQ(again.codes, results.codes);
  EXPECT_FALSE(log.take_done(result_key(CodeRow{"11", "HumanEval"})));
  EXPECT_TRUE(log.take_done(result_key(CodeRow{"11", "MBPP"})));
  EXPECT_FALSE(log.take_done(result_key(CodeRow{"11", "MBPP"})));
}

TEST(ResultLog, AnotherRunsFileIsLeftAloneAndSaidWhy) {
  const TemporaryFolder folder = temporary_folder();
  const auto file = folder.path() / "rows";
  run_lift(file);
  const std::string whole = contents(file);
  const auto refusal = [&](const RunRow& run) {
    ResultSet results;
    const auto log = ResultLog::resume(file, run, "search", results);
    EXPECT_TRUE(!log && log.error().kind == ErrorKind::usage);
    EXPECT_TRUE(results.empty());
    return message_of(log);
  };
  RunRow other = lift_run();
  other.seed = 2;
  EXPECT_EQ(refusal(other), file.string() +
                                ": is of another run: its seed is '1' and not '2'; leave out "
                                "--resume to write over it, or give another file");
  other.model_hash = "12";
  EXPECT_THAT(refusal(other), HasSubstr("its model's hash is 'none' and not '12';"));
  other.command += " --by rules";
  EXPECT_THAT(refusal(other), HasSubstr("'llmc eval lift a.c b.c' and not 'llmc eval lift a.c b.c "
                                        "--by rules';"));
  EXPECT_EQ(contents(file), whole);
  ASSERT_TRUE(write_file(file, whole + whole));
  EXPECT_THAT(refusal(lift_run()), HasSubstr("several runs"));
  ASSERT_TRUE(write_file(file, "int main() {}\n"));
  EXPECT_THAT(refusal(lift_run()), HasSubstr("is no file of results"));
  EXPECT_EQ(contents(file), "int main() {}\n");
}

TEST(ResultLog, ANameThatIsNoUtf8IsStillOfTheSameRun) {
  const TemporaryFolder folder = temporary_folder();
  RunRow run = lift_run();
  run.command += " \xff.c";
  const auto file = folder.path() / "rows";
  ASSERT_TRUE(write_file(file, print_result_row(run)));
  EXPECT_EQ(take(read_own_run(file, run)), print_result_row(run));
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
