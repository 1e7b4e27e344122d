#include "benchmark/suite_manifest.h"

#include "benchmark/suite_init.h"
#include "support/files.h"
#include "support/text.h"
#include "testing.h"

namespace llmc {
namespace {

using test::message_of;
using test::take;
using testing::ElementsAre;
using testing::HasSubstr;

namespace fs = std::filesystem;

BenchmarkSuite suite_of_two() {
  BenchmarkSuite suite{"codecs", "/suites/codecs", {}};
  Benchmark first;
  first.name = "audio/adpcm";
  first.folder = "audio/adpcm";
  first.build = "make CC=\"$CC\"";
  first.runs = {"sh runme_small.sh"};
  first.compare = {"output*"};
  first.units = {{"{tree}/src", "code.c", {"-DX=\"a b\""}, false},
                 {"{tree}", "play.cpp", {}, true}};
  first.left_out = {"old.c: it is from 1988"};
  Benchmark second;
  second.name = "broken";
  second.folder = "broken";
  second.build = "false";
  second.problem = "the build fails";
  suite.benchmarks = {first, second};
  return suite;
}

TEST(BenchmarkSuite, IsReadAsItWasWritten) {
  const BenchmarkSuite wanted = suite_of_two();
  const BenchmarkSuite read = take(parse_suite(print_suite(wanted), wanted.folder));
  EXPECT_EQ(print_suite(read), print_suite(wanted));
  ASSERT_EQ(read.benchmarks.size(), 2U);
  const Benchmark& first = read.benchmarks[0];
  EXPECT_EQ(first.runs, wanted.benchmarks[0].runs);
  EXPECT_THAT(first.left_out, ElementsAre("old.c: it is from 1988"));
  ASSERT_EQ(first.units.size(), 2U);
  EXPECT_EQ(first.units[0].directory, "{tree}/src");
  EXPECT_THAT(first.units[0].flags, ElementsAre("-DX=\"a b\""));
  EXPECT_TRUE(first.units[1].is_cxx);
  EXPECT_EQ(read.benchmarks[1].problem, "the build fails");
  EXPECT_EQ(read.folder, wanted.folder);
}

TEST(BenchmarkSuite, MistakesOfAHandAreToldWithTheirPlace) {
  const auto message = [](const std::string& text) { return message_of(parse_suite(text, ".")); };
  EXPECT_THAT(message("{"), HasSubstr("expected a JSON object"));
  EXPECT_THAT(message("{}"), HasSubstr("format unknown"));
  EXPECT_THAT(message(R"({"format": 7})"), HasSubstr("format 7, but this llmc reads 1"));
  EXPECT_THAT(message(R"({"format": 1})"), HasSubstr("suite: \"name\" is missing"));
  const std::string begin = R"({"format": 1, "name": "s", "benchmarks": [)";
  EXPECT_THAT(message(begin + "3]}"), HasSubstr("benchmark 1: expected an object"));
  EXPECT_THAT(message(begin + R"({"name": "a", "folder": "a"}]})"),
              HasSubstr("benchmark 1: \"build\" is missing"));
  const std::string benchmark = R"({"name": "a", "folder": "a", "build": "make")";
  EXPECT_THAT(message(begin + benchmark + R"(, "runs": "x"}]})"),
              HasSubstr("\"runs\" must be a list"));
  EXPECT_THAT(message(begin + benchmark + R"(, "units": [{"flags": []}]}]})"),
              HasSubstr("a: unit 1: \"file\" is missing"));
  EXPECT_THAT(message(begin + benchmark + "}," + benchmark + "}]}"),
              HasSubstr("two benchmarks are called a"));
}

TEST(BenchmarkSuite, AMissingOneNamesTheCommandThatWritesIt) {
  EXPECT_THAT(message_of(read_suite("/no/such/folder")), HasSubstr("llmc eval init"));
}

TEST(BenchmarkSuite, UnitsAreMovedIntoACopyAndBack) {
  const CompileCommand unit{"{tree}/src", "code.c", {"-I{tree}/a:{tree}/b", "-g"}, false};
  const CompileCommand placed = replace_in_unit(unit, k_tree_placeholder, "/copy");
  EXPECT_EQ(placed.directory, "/copy/src");
  EXPECT_EQ(placed.file, "code.c");
  EXPECT_THAT(placed.flags, ElementsAre("-I/copy/a:/copy/b", "-g"));
  const CompileCommand back = replace_in_unit(placed, "/copy", k_tree_placeholder);
  EXPECT_EQ(back.directory, unit.directory);
  EXPECT_EQ(back.flags, unit.flags);
  // What was put in is not looked at again.
  EXPECT_EQ(replace_all("{tree}", "{tree}", "/x{tree}"), "/x{tree}");
}

TEST(FindBenchmarks, TakesTheOutermostFoldersThatHaveSomethingToBuildWith) {
  const auto folder = take(TemporaryFolder::create());
  for (const char* file : {"audio/adpcm/Makefile", "audio/adpcm/src/Makefile", "audio/read.me",
                           "net/patricia/configure", "net/dijkstra/CMakeLists.txt"}) {
    fs::create_directories((folder.path() / file).parent_path());
    ASSERT_TRUE(write_file(folder.path() / file, ""));
  }
  EXPECT_THAT(find_benchmarks(folder.path()),
              ElementsAre("audio/adpcm", "net/dijkstra", "net/patricia"));
  EXPECT_THAT(find_benchmarks(folder.path() / "audio/adpcm"), ElementsAre("."));
  EXPECT_THAT(find_benchmarks(folder.path() / "audio/adpcm/src"), ElementsAre("."));
}

}  // namespace
}  // namespace llmc
