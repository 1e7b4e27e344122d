#include "project/project_link_map.h"

#include "support/files.h"
#include "testing.h"

namespace llmc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* k_gnu = R"(Archive member included to satisfy reference by file (symbol)

./liba.a(a.o)                 b.o (f)

Discarded input sections

 .text.unused   0x0000000000000000        0x4 ./liba.a(a.o)

Linker script and memory map

LOAD b.o
                0x0000000000000318                . = (SEGMENT_START ("text-segment", 0x0))

.note.gnu.property
                0x0000000000000338       0x20
 .note.gnu.property
                0x0000000000000338       0x20 Scrt1.o

.text           0x0000000000001050      0x10c
 *(.text .stub .text.*)
 *fill*         0x0000000000001072        0xe 
 .text.main     0x0000000000001139        0xd b.o
                0x0000000000001139                main
 .text.a_function_with_a_long_name
                0x0000000000001146       0x16 ./liba.a(a.o)
                0x0000000000001146                a_function_with_a_long_name
 .text          0x000000000000115c        0x0 b.o

.eh_frame       0x0000000000002058       0xc0
 .eh_frame      0x0000000000002058       0x30 my folder/b.o
                                         0x2c (size before relaxing)

.bss            0x0000000000004010      0x190
 .bss           0x0000000000004010      0x190 b.o

.comment        0x0000000000000000       0x27
 .comment       0x0000000000000000       0x27 b.o
 .comment       0x0000000000000027       0x29 ./liba.a(a.o)
)";

TEST(LinkMap, OfGnuLdHasThePiecesThatAreLoadedAndTakeSpace) {
  const auto pieces = test::take(read_link_map(k_gnu));
  EXPECT_THAT(pieces, ElementsAre(LinkedPiece{"Scrt1.o", ".note.gnu.property", 0x20},
                                  LinkedPiece{"b.o", ".text", 0xd},
                                  LinkedPiece{"./liba.a(a.o)", ".text", 0x16},
                                  LinkedPiece{"my folder/b.o", ".eh_frame", 0x30}));
}

constexpr const char* k_lld =
    R"(             VMA              LMA     Size Align Out     In      Symbol
             590              590       1d     4 .rodata
             590              590        8     4         ./liba.a(a.o):(.rodata)
             590              590        8     1                 names.rel
             598              598       15     1         <internal>:(.rodata.str1.1)
            1660             1660      10c    16 .text
            1749             1749        d     1         b.o:(.text.main)
            1749             1749        d     1                 main
            4010             4010      190    16 .bss
            4010             4010      190    16         b.o:(.bss)
               0                0       27     1 .comment
               0                0       27     1         <internal>:(.comment)
              27               27       29     1         b.o:(.comment)
)";

TEST(LinkMap, OfLldHasThemToo) {
  const auto pieces = test::take(read_link_map(k_lld));
  EXPECT_THAT(pieces, ElementsAre(LinkedPiece{"./liba.a(a.o)", ".rodata", 8},
                                  LinkedPiece{"<internal>", ".rodata", 0x15},
                                  LinkedPiece{"b.o", ".text", 0xd}));
}

TEST(LinkMap, OtherTextIsRefused) {
  EXPECT_THAT(test::message_of(read_link_map("hello\n")), HasSubstr("not a link map"));
}

/// A program of two objects, one of them in an archive, with long names and a function that nothing
/// calls; linked by `linker` with section garbage collection.
std::vector<LinkedPiece> linked_by(const std::string& linker) {
  const TemporaryFolder folder = test::temporary_folder();
  const auto path = [&](const char* name) { return (folder.path() / name).string(); };
  const std::string clang = test::llvm_tool("clang");
  EXPECT_TRUE(write_file(path("a_rather_long_name.c"),
                         "int called(int x) { return x * 3 + 1; }\n"
                         "int idle(int x) { return x / 7; }\n"));
  EXPECT_TRUE(
      write_file(path("main.c"), "int called(int); int main(void) { return called(2); }\n"));
  for (const char* name : {"a_rather_long_name", "main"})
    test::output_of({clang, "-Oz", "-ffunction-sections", "-c",
                     path((name + std::string(".c")).c_str()), "-o",
                     path((name + std::string(".o")).c_str())});
  test::output_of({test::llvm_tool("llvm-ar"), "rcs", path("lib.a"), path("a_rather_long_name.o")});
  test::output_of({clang, "-fuse-ld=" + linker, path("main.o"), path("lib.a"), "-o", path("prog"),
                   "-Wl,--gc-sections", "-Wl,-Map=" + path("map")});
  std::vector<LinkedPiece> ours;
  for (LinkedPiece& piece : test::take(read_link_map(test::contents(path("map")))))
    if (piece.object.starts_with(folder.path().string()) && piece.section == ".text")
      ours.push_back(std::move(piece));
  return ours;
}

TEST(LinkMap, BothLinkersSayTheSameOfARealProgram) {
  const auto bytes_of = [](const std::vector<LinkedPiece>& pieces) {
    std::vector<std::uint64_t> bytes;
    for (const LinkedPiece& piece : pieces) bytes.push_back(piece.bytes);
    return bytes;
  };
  const auto by_lld = linked_by("lld");
  EXPECT_EQ(by_lld.size(), 2U);  // main and the function that it calls
  EXPECT_EQ(bytes_of(linked_by("bfd")), bytes_of(by_lld));
}

TEST(Archive, HasItsMembersAlsoThoseWithLongNames) {
  const TemporaryFolder folder = test::temporary_folder();
  const auto path = [&](const char* name) { return (folder.path() / name).string(); };
  ASSERT_TRUE(write_file(path("short.o"), "odd"));
  ASSERT_TRUE(write_file(path("a_name_that_is_rather_long.o"), "even"));
  test::output_of({test::llvm_tool("llvm-ar"), "rcs", path("lib.a"), path("short.o"),
                   path("a_name_that_is_rather_long.o")});
  const std::string bytes = test::contents(path("lib.a"));
  const auto members = test::take(read_archive(bytes));
  ASSERT_EQ(members.size(), 2U);
  EXPECT_EQ(members[0].name, "short.o");
  EXPECT_EQ(members[0].bytes, "odd");
  EXPECT_EQ(members[1].name, "a_name_that_is_rather_long.o");
  EXPECT_EQ(members[1].bytes, "even");
}

TEST(Archive, AThinOneHasNamesOnly) {
  const TemporaryFolder folder = test::temporary_folder();
  const auto path = [&](const char* name) { return (folder.path() / name).string(); };
  ASSERT_TRUE(write_file(path("one.o"), "content"));
  test::output_of({test::llvm_tool("llvm-ar"), "rcs", "--thin", path("lib.a"), path("one.o")});
  const std::string bytes = test::contents(path("lib.a"));
  const auto members = test::take(read_archive(bytes));
  ASSERT_EQ(members.size(), 1U);
  EXPECT_THAT(members[0].name, HasSubstr("one.o"));
  EXPECT_THAT(members[0].bytes, IsEmpty());
}

TEST(Archive, ADamagedOneIsRefused) {
  EXPECT_THAT(test::message_of(read_archive("an object")), HasSubstr("not an archive"));
  EXPECT_THAT(test::message_of(read_archive("!<arch>\nshort")), HasSubstr("header"));
  const std::string header = "one.o/          0           0     0     644     99        `\n";
  EXPECT_THAT(test::message_of(read_archive("!<arch>\n" + header + "too little")),
              HasSubstr("ends within"));
}

}  // namespace
}  // namespace llmc
