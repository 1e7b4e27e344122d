#include "corpus/row_file.h"

#include "testing.h"

namespace llmc {
namespace {

using test::message_of;
using test::take;
using testing::HasSubstr;

TEST(RowFile, WritesAndReadsPlainAndCompressedRows) {
  const auto folder = test::temporary_folder();
  std::string rows;
  for (int i = 0; i < 100'000; ++i) rows += "{\"row\":" + std::to_string(i * 7919) + "}\n";
  for (const char* name : {"rows.jsonl", "rows.jsonl.zst"}) {
    const auto path = folder.path() / name;
    RowFile file = take(RowFile::create(path));
    ASSERT_TRUE(file.add(rows.substr(0, 1000)));
    ASSERT_TRUE(file.add(""));
    ASSERT_TRUE(file.add(rows.substr(1000)));
    EXPECT_FALSE(std::filesystem::exists(path)) << "it is there before it is whole";
    ASSERT_TRUE(file.finish());
    EXPECT_EQ(take(read_rows(path)), rows);
  }
  EXPECT_LT(std::filesystem::file_size(folder.path() / "rows.jsonl.zst"), rows.size() / 3);
}

TEST(RowFile, LeavesNothingUnlessFinished) {
  const auto folder = test::temporary_folder();
  {
    RowFile file = take(RowFile::create(folder.path() / "rows.jsonl"));
    ASSERT_TRUE(file.add("{}\n"));
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(RowFile, SaysWhatCannotBeWrittenOrRead) {
  EXPECT_THAT(message_of(RowFile::create("/nowhere/rows.jsonl")),
              HasSubstr("/nowhere/rows.jsonl: cannot create"));
  RowFile full = take(RowFile::create("/dev/full"));
  EXPECT_THAT(message_of(full.add("{}\n")), HasSubstr("/dev/full: cannot write: No space left"));
  const auto folder = test::temporary_folder();
  const auto path = folder.path() / "rows.jsonl.zst";
  RowFile file = take(RowFile::create(path));
  ASSERT_TRUE(file.add(std::string(100'000, 'x') + "\n"));
  ASSERT_TRUE(file.finish());
  const std::string whole = test::contents(path);
  ASSERT_TRUE(write_file(path, whole.substr(0, whole.size() / 2)));
  EXPECT_THAT(message_of(read_rows(path)), HasSubstr("rows.jsonl.zst: "));
  std::string changed = whole;
  changed[changed.size() / 2] ^= 1;
  ASSERT_TRUE(write_file(path, changed));
  EXPECT_THAT(message_of(read_rows(path)), HasSubstr("rows.jsonl.zst: "));
  ASSERT_TRUE(write_file(path, "rows"));
  EXPECT_THAT(message_of(read_rows(path)), HasSubstr("rows.jsonl.zst: "));
}

}  // namespace
}  // namespace llmc
