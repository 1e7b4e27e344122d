#include "soundness/normalise.h"

#include <ostream>

#include "testing.h"

namespace llmc {
namespace {

struct NormaliseCase {
  const char* text;
  const char* normal;
};

/// GoogleTest's name for it.
void PrintTo(const NormaliseCase& one, std::ostream* out) { *out << '"' << one.text << '"'; }

class NormaliseOutput : public testing::TestWithParam<NormaliseCase> {};

TEST_P(NormaliseOutput, ReplacesWhatIsVolatile) {
  EXPECT_EQ(normalise_output(GetParam().text, {"/w/tree"}), GetParam().normal);
}

INSTANTIATE_TEST_SUITE_P(
    Volatile, NormaliseOutput,
    testing::Values(
        NormaliseCase{"in /w/tree/a and /w/tree\n", "in <tree>/a and <tree>\n"},
        NormaliseCase{"Passed    0.01 sec", "Passed <time>"},
        NormaliseCase{"Passed   10.01 sec", "Passed <time>"},
        NormaliseCase{"took 3ms, 2 seconds (1m0.5s)\n", "took <time>, <time> (<time>)\n"},
        NormaliseCase{"Parsing (Release): 1142.300 milli-seconds", "Parsing (Release): <time>"},
        NormaliseCase{"at 23:59:01.5 on 2026-01-31", "at <time> on <date>"},
        NormaliseCase{"Sat Jan 31 23:59:01 UTC 2026", "<date>"},
        NormaliseCase{"Sat Jan  3 23:59:01 2026\n", "<date>\n"},
        NormaliseCase{"built Jan 31 2026, 01/31/2026", "built <date>, <date>"}));

INSTANTIATE_TEST_SUITE_P(Lasting, NormaliseOutput,
                         testing::Values(NormaliseCase{"", ""}, NormaliseCase{"\n\n", "\n\n"},
                                         NormaliseCase{"13 of 14 tests", "13 of 14 tests"},
                                         NormaliseCase{"1.5 score", "1.5 score"},
                                         NormaliseCase{"v1.2.3", "v1.2.3"},
                                         NormaliseCase{"line 3:14", "line 3:14"},
                                         NormaliseCase{"0x7s_id x3s", "0x7s_id x3s"},
                                         NormaliseCase{"/w/other", "/w/other"}));

TEST(FirstDifference, NamesTheLine) {
  EXPECT_EQ(first_difference("a\nb\n", "a\nb\n"), "");
  EXPECT_EQ(first_difference("a\nb\nc\n", "a\nx\ny\n"), "line 2: 'b' became 'x'");
  EXPECT_EQ(first_difference("a\nb\n", "a\n"), "line 2: 'b' is missing");
  EXPECT_EQ(first_difference("", "a\n"), "line 1: 'a' is new");
  EXPECT_EQ(first_difference("a\n", "a"), "the last line's end");
}

TEST(FirstDifference, ShowsLongLinesFromNearThePlaceAndBytesAsNumbers) {
  const std::string same(1000, '=');
  EXPECT_EQ(first_difference(same + "\x01", same + "b"),
            "line 1: '" + std::string(30, '=') + "\\x01' became '" + std::string(30, '=') + "b'");
}

}  // namespace
}  // namespace llmc
