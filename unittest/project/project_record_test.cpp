#include "project/project_record.h"

#include <sys/stat.h>

#include "soundness/build_phase.h"
#include "support/files.h"
#include "testing.h"

namespace llmc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// The record of a call in /p/sub.
std::string call(const std::vector<std::string>& words) {
  std::string record = std::string("/p/sub") + '\0';
  for (const std::string& word : words) record += word + '\0';
  return record;
}

RecordedBuild build_of(const std::vector<std::vector<std::string>>& calls) {
  RecordedBuild build;
  for (const auto& words : calls) EXPECT_TRUE(add_record(call(words), build));
  return build;
}

TEST(Record, ASourceToAnObjectIsAUnitWithItsOwnFlags) {
  const auto build =
      build_of({{"/w/bin/llmc-cc", "-O2", "-DX=1", "-I", "../inc", "-c", "../a.c", "-o", "a.o"}});
  ASSERT_EQ(build.units.size(), 1U);
  const RecordedUnit& unit = build.units[0];
  EXPECT_EQ(unit.source, "/p/a.c");
  EXPECT_EQ(unit.object, "/p/sub/a.o");
  EXPECT_EQ(unit.command.directory, "/p/sub");
  EXPECT_FALSE(unit.command.is_cxx);
  EXPECT_THAT(unit.command.flags, ElementsAre("-DX=1", "-I", "../inc"));
}

TEST(Record, TheCompilersNameSaysTheLanguageOfTheDriver) {
  const auto build = build_of({{"/w/bin/clang++", "-Os", "-c", "a.cc"}});
  ASSERT_EQ(build.units.size(), 1U);
  EXPECT_TRUE(build.units[0].command.is_cxx);
  EXPECT_EQ(build.units[0].object, "/p/sub/a.o");
}

TEST(Record, OfTwoCallsWithOneOutputTheLastCounts) {
  const auto build = build_of({{"cc", "-O2", "-DOLD", "-c", "a.c", "-o", "a.o"},
                               {"cc", "-O2", "-DNEW", "-c", "a.c", "-o", "a.o"},
                               {"cc", "a.o", "-o", "prog"},
                               {"cc", "a.o", "-s", "-o", "prog"}});
  ASSERT_EQ(build.units.size(), 1U);
  EXPECT_THAT(build.units[0].command.flags, ElementsAre("-DNEW"));
  ASSERT_EQ(build.links.size(), 1U);
  EXPECT_THAT(build.links[0].arguments, ElementsAre("a.o", "-s", "-o", "prog"));
}

TEST(Record, LinksHaveTheirOutput) {
  const auto build = build_of({{"cc", "a.o", "b.o"},
                               {"c++", "-shared", "a.o", "-o", "/p/lib/libx.so"},
                               {"cc", "a.o", "-oprog"}});
  ASSERT_EQ(build.links.size(), 3U);
  EXPECT_EQ(build.links[0].output, "/p/sub/a.out");
  EXPECT_EQ(build.links[1].output, "/p/lib/libx.so");
  EXPECT_TRUE(build.links[1].is_cxx);
  EXPECT_EQ(build.links[2].output, "/p/sub/prog");
}

TEST(Record, QuestionsProbesAndPreprocessingAreNothing) {
  const auto build = build_of({{"cc", "--version"},
                               {"cc", "-E", "a.c"},
                               {"cc", "-print-prog-name=ld"},
                               {"cc", "-o", "conftest", "conftest.c"},
                               {"cc", "-c", "conftest.c"},
                               {"cc", "-r", "a.o", "-o", "b.o"},
                               {"cc", "x.o", "-o", "cmTC_1234"}});
  EXPECT_THAT(build.units, IsEmpty());
  EXPECT_THAT(build.links, IsEmpty());
}

TEST(Record, AUnitWithoutOptimisationIsLeftAsItIs) {
  EXPECT_THAT(build_of({{"cc", "-O0", "-c", "a.c"}, {"cc", "-c", "b.c"}}).units, IsEmpty());
}

TEST(Record, BytesThatAreNoRecordAreRefused) {
  RecordedBuild build;
  EXPECT_THAT(test::message_of(add_record("/p", build)), HasSubstr("middle of a word"));
  EXPECT_THAT(test::message_of(add_record(std::string("/p") + '\0', build)),
              HasSubstr("no compiler"));
}

TEST(Record, TheScriptsWriteWhatIsRead) {
  const TemporaryFolder folder = test::temporary_folder();
  const auto bin = folder.path() / "a bin";
  const auto records = folder.path() / "records";
  ASSERT_TRUE(make_folder(records));
  ASSERT_TRUE(write_compiler_scripts(bin, "/bin/true", {"cc", "c++"}, recording_commands()));
  ::setenv("LLMC_PROJECT_RECORDS", records.c_str(), 1);
  test::output_of({bin / "cc", "-O2", "-c", "-DA=\"two words\"", "one.c"});
  test::output_of({bin / "c++", "-O2", "-c", "two.cc"});
  ::unsetenv("LLMC_PROJECT_RECORDS");
  test::output_of({bin / "cc", "-O2", "-c", "three.c"});
  const RecordedBuild build = test::take(read_records(records));
  ASSERT_EQ(build.units.size(), 2U);
  EXPECT_EQ(build.units[0].command.file, "one.c");
  EXPECT_THAT(build.units[0].command.flags, ElementsAre("-DA=\"two words\""));
  EXPECT_TRUE(build.units[1].command.is_cxx);
}

}  // namespace
}  // namespace llmc
