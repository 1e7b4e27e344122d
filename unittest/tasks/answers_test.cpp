#include "tasks/answers.h"

#include "catalogue.h"
#include "testing.h"

namespace llmc {
namespace {

using test::catalogue;
using test::message_of;
using test::take;
using testing::HasSubstr;

PassList list_of(const std::string& text) { return take(PassList::parse(text, catalogue())); }

FlagTuningAnswer flags(const std::string& text) {
  return take(FlagTuningAnswer::parse(text, catalogue()));
}

TEST(EmulationAnswer, PrintsAndParses) {
  const EmulationAnswer answer{2, 53, "define i32 @f\n"};
  EXPECT_EQ(to_string(answer),
            "The output code has instruction count 2 and binary size 53 bytes:\n\n"
            "<code>define i32 @f\n</code>");
  EXPECT_EQ(take(EmulationAnswer::parse(to_string(answer))), answer);
}

TEST(EmulationAnswer, TakesACutBlockAndTrailingText) {
  EXPECT_EQ(take(EmulationAnswer::parse("instruction count: 7, binary size ~9\n<code>a\nb")),
            (EmulationAnswer{7, 9, "a\nb"}));
  EXPECT_EQ(take(EmulationAnswer::parse("<code>a</code> and <code>b</code>")).code, "a");
  EXPECT_THAT(message_of(EmulationAnswer::parse("instruction count 3")), HasSubstr("no code"));
}

TEST(FlagTuningAnswer, PrintsAndParses) {
  FlagTuningAnswer answer{list_of("default<Oz>,function(gvn)"), 120, 96, ""};
  EXPECT_EQ(to_string(answer),
            "Run the following passes opt -p 'default<Oz>,function(gvn)' to reduce the binary size "
            "from 120 to 96 bytes.");
  EXPECT_EQ(flags(to_string(answer)), answer);
  answer.code = "ret void\n";
  EXPECT_THAT(to_string(answer), testing::EndsWith("96 bytes.\n\n<code>ret void\n</code>"));
  EXPECT_EQ(flags(to_string(answer)), answer);
  const FlagTuningAnswer none{std::nullopt, 120, 0, ""};
  EXPECT_EQ(to_string(none), "No list beats -Oz; the unoptimized binary size is 120 bytes.");
  EXPECT_EQ(flags(to_string(none)), none);
}

TEST(FlagTuningAnswer, TakesOtherQuotesTheModuleSpellingAndOldNames) {
  const PassList wanted = list_of("function(gvn),function(flatten-cfg)");
  for (const char* text : {"opt -p 'module(gvn),module(flattencfg)' to reduce",
                           "run opt -p \"module(gvn),module(flattencfg)\".",
                           "opt -passes=`module(gvn),module(flattencfg)` <code>x",
                           "opt -p module(gvn),module(flattencfg) from 9 to 8"})
    EXPECT_EQ(flags(text).list, wanted) << text;
}

TEST(FlagTuningAnswer, RefusesWhatIsNoList) {
  const auto message = [](const char* text) {
    return message_of(FlagTuningAnswer::parse(text, catalogue()));
  };
  EXPECT_THAT(message(""), HasSubstr("names no passes"));
  EXPECT_THAT(message("opt -p"), HasSubstr("names no passes"));
  EXPECT_THAT(message("opt -p 'gvn,instcomb"), HasSubstr("names no passes"));
  EXPECT_THAT(message("opt -p 'no-such-pass'"), HasSubstr("no-such-pass"));
  EXPECT_THAT(message("opt -p 'function(gvn' and"), HasSubstr("ends too early"));
}

TEST(DisassemblyAnswer, PrintsAndParses) {
  const DisassemblyAnswer answer{"ret void\n"};
  EXPECT_EQ(to_string(answer), "<code>ret void\n</code>");
  EXPECT_EQ(take(DisassemblyAnswer::parse("Sure: " + to_string(answer) + " [/INST]")), answer);
  EXPECT_THAT(message_of(DisassemblyAnswer::parse("ret void")), HasSubstr("no code"));
}

}  // namespace
}  // namespace llmc
