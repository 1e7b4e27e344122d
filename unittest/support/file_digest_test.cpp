#include "support/file_digest.h"

#include "testing.h"

namespace llmc {
namespace {

using test::message_of;
using test::take;
using test::temporary_folder;
using testing::HasSubstr;

TEST(FileDigest, IsThatOfTheFilesBytes) {
  const TemporaryFolder folder = temporary_folder();
  const auto file = folder.path() / "bytes";
  // Nothing, less than a piece, pieces and a part of one.
  for (const std::size_t size : {0U, 1U, 300U, (1U << 20), (3U << 20) + 17}) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * i % 251);
    ASSERT_TRUE(write_file(file, bytes));
    EXPECT_EQ(take(digest_of_file(file)), Digest::of(bytes)) << size;
  }
}

TEST(FileDigest, WhatCannotBeReadIsSaid) {
  const TemporaryFolder folder = temporary_folder();
  EXPECT_THAT(message_of(digest_of_file(folder.path() / "none")), HasSubstr("none: cannot open"));
  EXPECT_THAT(message_of(digest_of_file(folder.path())), HasSubstr("cannot read: Is a directory"));
}

}  // namespace
}  // namespace llmc
