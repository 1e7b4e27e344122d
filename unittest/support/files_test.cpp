#include "support/files.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <functional>

#include "testing.h"

namespace llmc {
namespace {

namespace fs = std::filesystem;
using test::contents;
using test::message_of;
using test::temporary_folder;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

/// The exit status of `work` in a child, for what changes the whole process.
int in_child(const std::function<int()>& work) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(work());
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

std::size_t files_in(const fs::path& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

TEST(Files, ReadBackWhatWasWritten) {
  const TemporaryFolder folder = temporary_folder();
  std::string bytes(300'000, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 7);
  ASSERT_TRUE(write_file(folder.path() / "file", bytes));
  EXPECT_EQ(contents(folder.path() / "file"), bytes);
  ASSERT_TRUE(write_file(folder.path() / "file", ""));
  EXPECT_EQ(contents(folder.path() / "file"), "");
}

TEST(Files, WritingReplacesTheFileAndNotItsContent) {
  const TemporaryFolder folder = temporary_folder();
  const fs::path path = folder.path() / "file";
  ASSERT_TRUE(write_file(path, "old"));
  std::ifstream reader(path);  // holds the old file open
  ASSERT_TRUE(write_file(path, "new and longer"));
  std::string seen;
  std::getline(reader, seen);
  EXPECT_EQ(seen, "old") << "a reader saw a half-written file";
  EXPECT_EQ(contents(path), "new and longer");
  EXPECT_EQ(files_in(folder.path()), 1U) << "a temporary file is left";
}

TEST(Files, AMissingFileIsNamedWithTheReason) {
  EXPECT_THAT(message_of(read_file("/no/such/file")),
              AllOf(HasSubstr("/no/such/file"), HasSubstr("No such file or directory")));
}

TEST(Files, AFolderIsNoFile) {
  EXPECT_THAT(message_of(read_file("/tmp")), HasSubstr("Is a directory"));
  const TemporaryFolder folder = temporary_folder();
  EXPECT_FALSE(write_file(folder.path(), "bytes"));
}

TEST(Files, AMissingFolderFailsAWrite) {
  const TemporaryFolder folder = temporary_folder();
  EXPECT_THAT(message_of(write_file(folder.path() / "none" / "file", "bytes")),
              HasSubstr("No such file or directory"));
}

TEST(Files, AReadOnlyFolderFailsAWriteAndKeepsTheOldFile) {
  const TemporaryFolder folder = temporary_folder();
  ASSERT_TRUE(write_file(folder.path() / "file", "old"));
  ASSERT_EQ(::chmod(folder.path().c_str(), 0555), 0);
  const int status = in_child([&] {
    // root may write everywhere, so the child becomes nobody.
    if (::getuid() == 0 && ::setuid(65534) != 0) return 9;
    const auto result = write_file(folder.path() / "file", "new");
    if (result) return 1;
    return result.error().message.find("Permission denied") != std::string::npos ? 0 : 2;
  });
  EXPECT_EQ(status, 0);
  ::chmod(folder.path().c_str(), 0755);
  EXPECT_EQ(contents(folder.path() / "file"), "old");
  EXPECT_EQ(files_in(folder.path()), 1U);
}

TEST(Files, AFullDeviceIsAnError) {
  EXPECT_THAT(message_of(write_file("/dev/full", "bytes")), HasSubstr("No space left on device"));
}

// A limit on file sizes stops a write in the middle, as a full disk does.
TEST(Files, AWriteThatStopsInTheMiddleKeepsTheOldFile) {
  const TemporaryFolder folder = temporary_folder();
  const fs::path path = folder.path() / "file";
  ASSERT_TRUE(write_file(path, "old"));
  const int status = in_child([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{100'000, 100'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    const auto result = write_file(path, std::string(1'000'000, 'x'));
    if (result) return 1;
    return result.error().message.find("File too large") != std::string::npos ? 0 : 2;
  });
  EXPECT_EQ(status, 0);
  EXPECT_EQ(contents(path), "old");
  EXPECT_EQ(files_in(folder.path()), 1U) << "a temporary file is left";
}

TEST(Files, WritingToADeviceDoesNotReplaceIt) {
  ASSERT_TRUE(write_file("/dev/null", "bytes"));
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST(Files, ADashIsTheStandardStream) {
  const TemporaryFolder folder = temporary_folder();
  const fs::path path = folder.path() / "file";
  ASSERT_TRUE(write_file(path, "from a pipe"));
  const int status = in_child([&] {
    ::dup2(::open(path.c_str(), O_RDONLY), STDIN_FILENO);
    const auto bytes = read_file("-");
    if (!bytes || *bytes != "from a pipe") return 1;
    ::dup2(::open((folder.path() / "out").c_str(), O_WRONLY | O_CREAT, 0644), STDOUT_FILENO);
    return write_file("-", "to a pipe") ? 0 : 2;
  });
  EXPECT_EQ(status, 0);
  EXPECT_EQ(contents(folder.path() / "out"), "to a pipe");
}

TEST(Files, FoldersAreMadeWithTheirParents) {
  const TemporaryFolder folder = temporary_folder();
  ASSERT_TRUE(make_folder(folder.path() / "a" / "b"));
  ASSERT_TRUE(make_folder(folder.path() / "a" / "b")) << "one that exists is fine";
  EXPECT_TRUE(fs::is_directory(folder.path() / "a" / "b"));
  ASSERT_TRUE(write_file(folder.path() / "file", ""));
  EXPECT_THAT(message_of(make_folder(folder.path() / "file" / "b")), HasSubstr("cannot create"));
}

TEST(TemporaryFolder, IsRemovedWithAllItHolds) {
  fs::path path;
  {
    const TemporaryFolder folder = temporary_folder();
    path = folder.path();
    ASSERT_TRUE(make_folder(path / "inner"));
    ASSERT_TRUE(write_file(path / "inner" / "file", "bytes"));
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST(TemporaryFolder, MovesWithoutBeingRemoved) {
  TemporaryFolder first = temporary_folder();
  const fs::path path = first.path();
  const TemporaryFolder second = std::move(first);
  EXPECT_EQ(second.path(), path);
  EXPECT_TRUE(fs::exists(path));
}

}  // namespace
}  // namespace llmc
