#include "project/unit_call.h"

#include <ostream>

#include "project/unit_decision.h"
#include "testing.h"

namespace llmc {
namespace {

using test::take;
using testing::ElementsAre;
using testing::HasSubstr;

std::string why_not(const std::vector<std::string>& arguments) {
  return read_unit_call(arguments).why_not;
}

struct Call {
  std::vector<std::string> arguments;
};

/// GoogleTest's name for it; without this it would print addresses, which change.
void PrintTo(const Call& one, std::ostream* out) {
  for (const std::string& argument : one.arguments) *out << argument << ' ';
}

class Units : public testing::TestWithParam<Call> {};
TEST_P(Units, AreOurs) { EXPECT_EQ(why_not(GetParam().arguments), ""); }

INSTANTIATE_TEST_SUITE_P(
    UnitCalls, Units,
    testing::Values(Call{{"-O2", "-c", "f.c"}}, Call{{"-Os", "-S", "f.c"}},
                    Call{{"-c", "-O0", "-O", "f.c", "-o", "-"}},
                    Call{{"-O3", "-Wall", "-Wno-unused", "-std=gnu11", "-Ia", "-I", "b", "-DX=1",
                          "-isystem", "c", "-c", "f.c", "-MD", "-MF", "f.d", "-o", "f.o"}},
                    Call{{"--driver-mode=g++", "-Oz", "-fno-rtti", "-fvisibility=hidden", "-fPIC",
                          "-march=haswell", "-mno-avx", "-g", "-c", "f.cpp"}},
                    Call{{"-O2", "-fno-lto", "-fno-strict-aliasing", "-pthread", "-c", "f.c"}},
                    Call{{"-O2", "-c", "-Wp,-MMD,x.d", "f.c"}}));

class Others : public testing::TestWithParam<Call> {};
TEST_P(Others, AreClangs) { EXPECT_NE(why_not(GetParam().arguments), ""); }

INSTANTIATE_TEST_SUITE_P(
    OtherCalls, Others,
    testing::Values(
        Call{{"-c", "f.c"}}, Call{{"-O2", "-O0", "-c", "f.c"}}, Call{{"-Og", "-c", "f.c"}},
        Call{{"-Ofast", "-c", "f.c"}}, Call{{"-O2", "f.c"}}, Call{{"-O2", "-E", "f.c"}},
        Call{{"-O2", "-c", "f.c", "g.c"}}, Call{{"-O2", "-c", "f.s"}},
        Call{{"-O2", "-S", "-emit-llvm", "f.c"}}, Call{{"-O2", "-c", "-flto", "f.c"}},
        Call{{"-O2", "-c", "-fsanitize=undefined", "f.c"}},
        Call{{"-O2", "-c", "-fprofile-generate", "f.c"}},
        Call{{"-O2", "-c", "-finstrument-functions", "f.c"}},
        Call{{"-O2", "-c", "-mllvm", "-x", "f.c"}}, Call{{"-O2", "-c", "-Xclang", "-x", "f.c"}},
        Call{{"-O2", "-c", "-fopenmp", "f.c"}}, Call{{"-O2", "-c", "-fno-such-thing", "f.c"}},
        Call{{"-O2", "-c", "-Wa,-x", "f.c"}}, Call{{"-O2", "-c", "f.c", "-o", "/dev/null"}},
        Call{{"-O2", "-c", "-MD", "f.c", "-o", "-"}}, Call{{"-O2", "-c", "-"}},
        Call{{"-O2", "-c", "/b/CMakeFiles/CMakeTmp/t.c"}}, Call{{"-cc1", "-O2", "f.c"}},
        Call{{"--version"}}, Call{{}}));

TEST(ReadUnitCall, AnOptionsValueIsNoOption) {
  EXPECT_EQ(why_not({"-O2", "-I", "-flto", "-c", "f.c"}), "");
  EXPECT_EQ(why_not({"-c", "f.c", "-include", "-O2"}), "no -O, which is clang's -O0");
}

TEST(ReadUnitCall, AssemblyGoesWhereClangPutsIt) {
  const UnitCall unit = read_unit_call({"-O2", "-S", "src/f.c"});
  EXPECT_EQ(unit.output, UnitOutput::assembly);
  EXPECT_EQ(unit.call.object, "f.s");
  EXPECT_THAT(oz_command("clang", unit), ElementsAre("clang", "-Oz", "-S", "src/f.c"));
}

TEST(ExpandResponseFiles, ReadsThemAsClangDoes) {
  const TemporaryFolder folder = test::temporary_folder();
  const std::string file = (folder.path() / "flags").string();
  ASSERT_TRUE(write_file(file, "-O2 '-DX=a b'\n-c f.c\n"));
  EXPECT_THAT(take(expand_response_files({"-g", "@" + file})),
              ElementsAre("-g", "-O2", "-DX=a b", "-c", "f.c"));
  EXPECT_THAT(take(expand_response_files({"-g", "@nowhere"})), ElementsAre("-g", "@nowhere"));
}

TEST(ParseBudget, TakesTimesAndSeconds) {
  EXPECT_EQ(take(parse_budget("")).in_seconds(2), 6);
  EXPECT_EQ(take(parse_budget("0.5")).in_seconds(2), 1);
  EXPECT_EQ(take(parse_budget("10s")).in_seconds(2), 10);
  EXPECT_TRUE(take(parse_budget("0")).is_zero());
  for (const char* text : {"-1", "s", "x", "3 s", "nan", "inf"})
    EXPECT_THAT(test::message_of(parse_budget(text)), HasSubstr("expected how many times")) << text;
}

}  // namespace
}  // namespace llmc
