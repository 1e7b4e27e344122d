#include "project/lock_file.h"

#include "soundness/compiler_wrapper.h"
#include "testing.h"

namespace llmc {
namespace {

using test::message_of;
using test::take;
using testing::HasSubstr;

LockEntry entry_of(const std::string& unit, std::uint64_t key, const std::string& list = "gvn") {
  return {{key, 1}, unit, list, 100, 90, {7, 8}};
}

LockFile two_entries() {
  LockFile lock("19.1.7");
  lock.set(entry_of("src/b.c", 1));
  lock.set(entry_of("src/a\tb\n.c", 2));
  return lock;
}

std::string line_of(const std::string& text, const std::string& word) {
  const std::size_t at = text.find(word);
  const std::size_t start = text.rfind('\n', at) + 1;
  return text.substr(start, text.find('\n', at) + 1 - start);
}

TEST(LockFile, IsReadAsItWasWritten) {
  const LockFile lock = two_entries();
  EXPECT_EQ(take(LockFile::parse(lock.to_text())), lock);
  EXPECT_EQ(lock.find({2, 1})->unit, "src/a\tb\n.c");
  EXPECT_EQ(lock.find({3, 1}), nullptr);
}

TEST(LockFile, IsSortedByUnitOneLineEach) {
  const std::string text = two_entries().to_text();
  EXPECT_LT(text.find("src/a\\tb"), text.find("src/b.c"));
  EXPECT_EQ(std::ranges::count(text, '\n'), 4) << text;
}

TEST(LockFile, MergedByUnionIsALockFile) {
  const std::string text = two_entries().to_text();
  LockFile other("19.1.7");
  other.set(entry_of("src/b.c", 1));
  other.set(entry_of("src/c.c", 3));
  const std::string merged =
      text + line_of(other.to_text(), "src/c.c") + line_of(other.to_text(), "src/b.c");
  EXPECT_EQ(take(LockFile::parse(merged)).entries().size(), 3U);
}

TEST(LockFile, LineEndingsOfOtherSystemsDoNotMatter) {
  std::string text;
  for (const char byte : two_entries().to_text())
    text += byte == '\n' ? "\r\n" : std::string(1, byte);
  EXPECT_EQ(take(LockFile::parse(text)), two_entries());
}

TEST(LockFile, ConflictMarkersAreNamedWithTheirLine) {
  std::string text = two_entries().to_text();
  text.insert(text.find("src/b.c"), "<<<<<<< HEAD\n");
  EXPECT_THAT(message_of(LockFile::parse(text)),
              HasSubstr("line 4: conflict markers of a merge; keep the lines of both sides"));
}

TEST(LockFile, ADamagedOrCutLineIsRefused) {
  const std::string text = two_entries().to_text();
  std::string edited = text;
  edited.replace(edited.find("\t90\t"), 4, "\t80\t");
  EXPECT_THAT(message_of(LockFile::parse(edited)), HasSubstr("line 3: the line is damaged"));
  const std::string cut = text.substr(0, text.size() - 9);
  EXPECT_THAT(message_of(LockFile::parse(cut)), HasSubstr("line 4: the line is damaged"));
}

TEST(LockFile, TwoDecisionsOnOneContentAreRefused) {
  LockFile other("19.1.7");
  other.set(entry_of("src/b.c", 1, "sroa"));
  const std::string merged = two_entries().to_text() + line_of(other.to_text(), "src/b.c");
  EXPECT_THAT(message_of(LockFile::parse(merged)), HasSubstr("line 5: a second decision"));
}

TEST(LockFile, ForeignAndNewerFilesAreRefused) {
  EXPECT_THAT(message_of(LockFile::parse("{}\n")), HasSubstr("line 1: not a lock file"));
  EXPECT_THAT(message_of(LockFile::parse("llmc-lock 2 20.1\n")), HasSubstr("format 2"));
  EXPECT_THAT(message_of(LockFile::parse("llmc-lock 1 \n")), HasSubstr("no version of LLVM"));
  EXPECT_THAT(message_of(LockFile::parse("")), HasSubstr("empty"));
}

TEST(LockFile, AListThatMakesTheUnitLargerIsRefused) {
  LockFile lock("19.1.7");
  LockEntry entry = entry_of("a.c", 1);
  entry.size = entry.oz_size + 1;
  lock.set(entry);
  EXPECT_THAT(message_of(LockFile::parse(lock.to_text())), HasSubstr("line 3"));
}

TEST(LockFile, TheSameContentUnderTwoNamesIsOneDecisionInAnyOrder) {
  LockFile one("19.1.7"), other("19.1.7");
  one.set(entry_of("a.c", 1));
  other.set(entry_of("b.c", 1));
  const std::string a = line_of(one.to_text(), "a.c"), b = line_of(other.to_text(), "b.c");
  EXPECT_EQ(take(LockFile::parse("llmc-lock 1 19.1.7\n" + a + b)), one);
  EXPECT_EQ(take(LockFile::parse("llmc-lock 1 19.1.7\n" + b + a)), one);
}

TEST(FindLockFile, TakesTheNearestAboveTheSource) {
  const TemporaryFolder folder = test::temporary_folder();
  const auto root = folder.path();
  ASSERT_TRUE(make_folder(root / "sub" / "deep"));
  EXPECT_EQ(find_lock_file(root / "sub" / "deep" / "a.c", ""), "");
  ASSERT_TRUE(write_file(root / "llmc.lock", ""));
  EXPECT_EQ(find_lock_file(root / "sub" / "deep" / "a.c", ""), root / "llmc.lock");
  ASSERT_TRUE(write_file(root / "sub" / "llmc.lock", ""));
  EXPECT_EQ(find_lock_file(root / "sub" / "deep" / "a.c", ""), root / "sub" / "llmc.lock");
  EXPECT_EQ(find_lock_file(root / "sub" / "deep" / "a.c", "other"), "other");
}

TEST(LockName, IsRelativeBelowTheFolderAndAbsoluteElsewhere) {
  EXPECT_EQ(lock_name("/p/src/../lib/a.c", "/p"), "lib/a.c");
  EXPECT_EQ(lock_name("/q/a.c", "/p"), "/q/a.c");
  EXPECT_EQ(lock_name("/pq/a.c", "/p"), "/pq/a.c");
}

}  // namespace
}  // namespace llmc
