#include "train/cli/arguments.h"

#include "testing.h"

namespace llmc::train {
namespace {

using llmc::test::message_of;
using llmc::test::take;

class ArgumentsTest : public testing::Test {
 protected:
  ArgumentsTest() {
    arguments.flag("-v,--verbose", "say more", verbose)
        .option("-o,--output", "FILE", "where to write", output)
        .required()
        .option("--steps", "N", "how many", steps, 1, 100)
        .option("--rate", "X", "how fast", rate, 0.0, 1.0)
        .option("-d,--define", "WORD", "repeatable", defined)
        .choice("--kind", "which", {"plain", "fancy"}, kind)
        .positional("FIRST", "the first", first)
        .positionals("INPUTS", "the others", inputs);
  }

  Result<bool> parse(const std::vector<std::string>& words) { return arguments.try_parse(words); }

  bool verbose = false;
  std::filesystem::path output;
  std::int64_t steps = 7;
  double rate = 0.5;
  std::string kind = "plain", first;
  std::vector<std::string> defined, inputs;
  Arguments arguments{"program", "Does things."};
};

TEST_F(ArgumentsTest, AllSpellingsAreRead) {
  EXPECT_FALSE(take(parse({"-v", "-oout", "a", "--steps=3", "-d", "x", "b", "--define", "y",
                           "--rate", "0.25", "--kind=fancy", "-", "--", "-c"})));
  EXPECT_TRUE(verbose);
  EXPECT_EQ(output, "out");
  EXPECT_EQ(steps, 3);
  EXPECT_EQ(rate, 0.25);
  EXPECT_EQ(kind, "fancy");
  EXPECT_EQ(first, "a");
  EXPECT_THAT(defined, testing::ElementsAre("x", "y"));
  EXPECT_THAT(inputs, testing::ElementsAre("b", "-", "-c"));
}

TEST_F(ArgumentsTest, DefaultsStayWhereNothingIsSaid) {
  EXPECT_FALSE(take(parse({"-o", "out", "a", "b"})));
  EXPECT_EQ(steps, 7);
  EXPECT_EQ(kind, "plain");
}

TEST_F(ArgumentsTest, ANegativeNumberIsAValue) {
  EXPECT_EQ(message_of(parse({"--steps", "-3"})), "--steps: -3 is out of range; expected 1 to 100");
}

TEST_F(ArgumentsTest, WhatIsWrongIsNamed) {
  const auto wrong = [&](const std::vector<std::string>& words) {
    const Result<bool> result = parse(words);
    EXPECT_EQ(result.error().kind, ErrorKind::usage);
    return message_of(result);
  };
  EXPECT_EQ(wrong({"a", "b"}), "--output is missing");
  EXPECT_EQ(wrong({"-o", "out"}), "FIRST is missing");
  EXPECT_EQ(wrong({"-o", "out", "a"}), "INPUTS is missing");
  EXPECT_EQ(wrong({"-o"}), "--output needs a value: FILE");
  EXPECT_EQ(wrong({"-o", ""}), "--output: the name of a file is empty");
  EXPECT_EQ(wrong({"--outptu", "x"}), "unknown option '--outptu', did you mean '--output'?");
  EXPECT_EQ(wrong({"-x"}), "unknown option '-x'");
  EXPECT_EQ(wrong({"--verbose=yes"}), "--verbose takes no value");
  EXPECT_EQ(wrong({"--kind", "odd"}), "--kind: 'odd' is none of plain|fancy");
  for (const char* word : {"1.5", "3x", "", "99999999999999999999", "101", "0"})
    EXPECT_NE(wrong({"--steps", word}), "") << word;
  for (const char* word : {"1.5", "0.5x", "", "nan", "-1", "1e400"})
    EXPECT_NE(wrong({"--rate", word}), "") << word;
}

TEST_F(ArgumentsTest, HelpIsGivenWhateverElseIsSaid) {
  EXPECT_TRUE(take(parse({"--help"})));
  EXPECT_TRUE(take(parse({"a", "-h"})));
  EXPECT_FALSE(take(parse({"-o", "--help", "a", "b"})));
}

TEST_F(ArgumentsTest, HelpShowsNamesRangesAndDefaults) {
  const std::string help = arguments.help();
  EXPECT_THAT(help, testing::HasSubstr("Usage: program [OPTIONS] FIRST INPUTS...\n"));
  EXPECT_THAT(help,
              testing::HasSubstr("  -o, --output FILE           where to write (required)\n"));
  EXPECT_THAT(help, testing::HasSubstr("      --steps N               how many; 1 to 100 [7]\n"));
  EXPECT_THAT(help, testing::HasSubstr("      --kind plain|fancy      which [plain]\n"));
  EXPECT_THAT(help, testing::HasSubstr("  INPUTS...                   the others\n"));
}

}  // namespace
}  // namespace llmc::train
