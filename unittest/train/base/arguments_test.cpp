#include "train/cli/arguments.h"

#include "testing.h"

namespace llmc::train {
namespace {

using llmc::test::message_of;
using llmc::test::take;

class ArgumentsTest : public testing::Test {
 protected:
  ArgumentsTest() {
    arguments_.flag("-v,--verbose", "say more", verbose_)
        .option("-o,--output", "FILE", "where to write", output_)
        .required()
        .option("--steps", "N", "how many", steps_, 1, 100)
        .option("--rate", "X", "how fast", rate_, 0.0, 1.0)
        .option("-d,--define", "WORD", "repeatable", words_)
        .choice("--kind", "which", {"plain", "fancy"}, kind_)
        .positional("FIRST", "the first", first_)
        .positionals("INPUTS", "the others", inputs_);
  }

  Result<bool> parse(std::vector<std::string> words) { return arguments_.try_parse(words); }

  bool verbose_ = false;
  std::filesystem::path output_;
  std::int64_t steps_ = 7;
  double rate_ = 0.5;
  std::string kind_ = "plain", first_;
  std::vector<std::string> words_, inputs_;
  Arguments arguments_{"program", "Does things."};
};

TEST_F(ArgumentsTest, AllSpellingsAreRead) {
  EXPECT_FALSE(take(parse({"-v", "-oout", "a", "--steps=3", "-d", "x", "b", "--define", "y",
                           "--rate", "0.25", "--kind=fancy", "-", "--", "-c"})));
  EXPECT_TRUE(verbose_);
  EXPECT_EQ(output_, "out");
  EXPECT_EQ(steps_, 3);
  EXPECT_EQ(rate_, 0.25);
  EXPECT_EQ(kind_, "fancy");
  EXPECT_EQ(first_, "a");
  EXPECT_THAT(words_, testing::ElementsAre("x", "y"));
  EXPECT_THAT(inputs_, testing::ElementsAre("b", "-", "-c"));
}

TEST_F(ArgumentsTest, DefaultsStayWhereNothingIsSaid) {
  EXPECT_FALSE(take(parse({"-o", "out", "a", "b"})));
  EXPECT_EQ(steps_, 7);
  EXPECT_EQ(kind_, "plain");
}

TEST_F(ArgumentsTest, ANegativeNumberIsAValue) {
  EXPECT_EQ(message_of(parse({"--steps", "-3"})), "--steps: -3 is out of range; expected 1 to 100");
}

TEST_F(ArgumentsTest, WhatIsWrongIsNamed) {
  const auto wrong = [&](std::vector<std::string> words) {
    const Result<bool> result = parse(std::move(words));
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
  const std::string help = arguments_.help();
  EXPECT_THAT(help, testing::HasSubstr("Usage: program [OPTIONS] FIRST INPUTS...\n"));
  EXPECT_THAT(help,
              testing::HasSubstr("  -o, --output FILE           where to write (required)\n"));
  EXPECT_THAT(help, testing::HasSubstr("      --steps N               how many; 1 to 100 [7]\n"));
  EXPECT_THAT(help, testing::HasSubstr("      --kind plain|fancy      which [plain]\n"));
  EXPECT_THAT(help, testing::HasSubstr("  INPUTS...                   the others\n"));
}

}  // namespace
}  // namespace llmc::train
