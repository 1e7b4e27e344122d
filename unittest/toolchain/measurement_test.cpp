#include "toolchain/measurement.h"

#include <sstream>

#include "testing.h"

namespace llmc {
namespace {

using test::llvm_tool;
using test::message_of;
using test::take;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

/// The three numbers of `llvm-size` in Berkeley format.
struct Berkeley {
  std::uint64_t text = 0;
  std::uint64_t data = 0;
  std::uint64_t bss = 0;
};

Berkeley size_by_llvm(const std::string& path) {
  std::istringstream output(test::output_of({llvm_tool("llvm-size"), path}));
  std::string header;
  std::getline(output, header);
  Berkeley sizes;
  output >> sizes.text >> sizes.data >> sizes.bss;
  return sizes;
}

/// The size of a section as `llvm-size -A` lists it.
std::uint64_t section_by_llvm(const std::string& path, const std::string& section) {
  std::istringstream output(test::output_of({llvm_tool("llvm-size"), "-A", path}));
  std::uint64_t total = 0;
  for (std::string line; std::getline(output, line);) {
    std::istringstream words(line);
    std::string name;
    std::uint64_t size = 0;
    if (words >> name >> size && name == section) total += size;
  }
  return total;
}

void expect_llvms_sizes(const std::string& path) {
  const Measurement sizes = take(measure_object(test::contents(path), path));
  const Berkeley authority = size_by_llvm(path);
  EXPECT_EQ(sizes.text + sizes.rodata + sizes.eh_frame, authority.text) << path;
  EXPECT_EQ(sizes.data, authority.data) << path;
  EXPECT_EQ(sizes.bss, authority.bss) << path;
  EXPECT_EQ(sizes.binary_size(), authority.text + authority.data) << path;
  EXPECT_EQ(sizes.eh_frame, section_by_llvm(path, ".eh_frame")) << path;
  EXPECT_GT(sizes.text, 0U) << path;
  EXPECT_EQ(sizes.instructions, 0U);
}

class MeasurementOfExample : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(MeasurementOfExample, IsWhatLlvmSizePrints) {
  const TemporaryFolder folder = test::temporary_folder();
  const std::string path = (folder.path() / "a.o").string();
  using Flags = std::vector<std::string>;
  for (const Flags& flags : {Flags{"-Oz"}, Flags{"-O1", "-g", "-ffunction-sections"}}) {
    if (GetParam().extension() == ".cpp" && flags.size() > 1) continue;  // seconds each
    Flags arguments = {llvm_tool("clang"), "-c", GetParam().string(), "-o", path};
    arguments.insert(arguments.end(), flags.begin(), flags.end());
    test::output_of(arguments);
    expect_llvms_sizes(path);
  }
}

INSTANTIATE_TEST_SUITE_P(Examples, MeasurementOfExample, testing::ValuesIn(test::example_sources()),
                         [](const auto& info) {
                           std::string name = info.param.filename().string();
                           std::ranges::replace(name, '.', '_');
                           return name;
                         });

TEST(Measurement, KnowsEachKindOfSection) {
  const TemporaryFolder folder = test::temporary_folder();
  const std::string source = (folder.path() / "a.s").string();
  const std::string object = (folder.path() / "a.o").string();
  ASSERT_TRUE(write_file(source,
                         ".text\n.zero 10\n"
                         ".section .rodata\n.zero 20\n"
                         ".section .rodata.str1.1,\"aMS\",@progbits,1\n.asciz \"1234\"\n"
                         ".data\n.zero 40\n"
                         ".section .data.rel.ro,\"aw\",@progbits\n.zero 80\n"
                         ".section .tdata,\"awT\",@progbits\n.zero 160\n"
                         ".bss\n.zero 320\n"
                         ".section .tbss,\"awT\",@nobits\n.zero 640\n"
                         ".section .eh_frame,\"a\",@progbits\n.zero 24\n"
                         ".section .init_array,\"aw\",@init_array\n.zero 8\n"
                         ".section .comment,\"MS\",@progbits,1\n.asciz \"not loaded\"\n"
                         ".section .text.more,\"ax\",@progbits\n.zero 1\n"));
  test::output_of({llvm_tool("clang"), "-c", source, "-o", object});
  const Measurement sizes = take(measure_object(test::contents(object), "a.o"));
  EXPECT_EQ(sizes.text, 11U);
  EXPECT_EQ(sizes.rodata, 25U);
  EXPECT_EQ(sizes.data, 40U + 80U + 160U + 8U);
  EXPECT_EQ(sizes.bss, 320U + 640U);
  EXPECT_EQ(sizes.eh_frame, 24U);
  expect_llvms_sizes(object);
}

TEST(Measurement, RefusesWhatIsNoObject) {
  for (const char* bytes : {"", "x", "int main() {}",
                            "\x7f"
                            "ELF"})
    EXPECT_THAT(message_of(measure_object(bytes, "bad.o")), StartsWith("bad.o: "));
}

TEST(Measurement, TellsObjectsFromIr) {
  const TemporaryFolder folder = test::temporary_folder();
  const std::string path = (folder.path() / "a.o").string();
  ASSERT_TRUE(write_file(folder.path() / "a.c", "int f(void) { return 1; }\n"));
  test::output_of({llvm_tool("clang"), "-c", (folder.path() / "a.c").string(), "-o", path});
  const std::string object = test::contents(path);
  EXPECT_TRUE(is_object(object));
  EXPECT_FALSE(is_object("BC\xC0\xDE"));
  EXPECT_FALSE(is_object("define void @f() { ret void }"));
  EXPECT_FALSE(is_object(""));
}

TEST(Measurement, DamagedObjectsAreErrorsAndNotCrashes) {
  const TemporaryFolder folder = test::temporary_folder();
  const std::string path = (folder.path() / "a.o").string();
  ASSERT_TRUE(write_file(folder.path() / "a.c", "int f(void) { return 1; }\n"));
  test::output_of({llvm_tool("clang"), "-c", (folder.path() / "a.c").string(), "-o", path});
  const std::string object = test::contents(path);
  for (std::size_t kept = 0; kept < object.size(); kept += 7)
    (void)measure_object(object.substr(0, kept), "cut.o");
  EXPECT_FALSE(measure_object(object.substr(0, 64), "cut.o"));
}

}  // namespace
}  // namespace llmc
