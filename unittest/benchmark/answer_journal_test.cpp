#include "benchmark/answer_journal.h"

#include "testing.h"

namespace llmc {
namespace {

using test::contents;
using test::message_of;
using test::take;
using test::temporary_folder;
using testing::HasSubstr;

RunRow flags_run() {
  RunRow run;
  run.task = "flags";
  run.command = "llmc eval flags a.c";
  return run;
}

ModelAnswer full_answer() {
  return {{"default<Oz>,dce", "default<Os>"},
          {{"default<Os>", {0, 80}}, {"dce", {100, 90}}},
          {{"default<Oz>,dce", -0.25}},
          1234,
          true,
          true,
          "",
          0.5};
}

ModelAnswer failed_answer() {
  ModelAnswer answer;
  answer.failure = "the server is gone\n\"again\"";
  return answer;
}

/// A journal of three answers.
std::filesystem::path written_journal(const TemporaryFolder& folder) {
  const auto file = folder.path() / "rows.answers";
  AnswerJournal journal = take(AnswerJournal::create(file, flags_run()));
  EXPECT_TRUE(journal.add("model", "u", full_answer()));
  EXPECT_TRUE(journal.add("model:x", "u", failed_answer()));
  EXPECT_TRUE(journal.add("model", "v", {}));
  return file;
}

TEST(AnswerJournal, HasWhatWasSaidOfAProgramAfterTheRunIsKilled) {
  const TemporaryFolder folder = temporary_folder();
  const auto file = written_journal(folder);
  const std::string text = contents(file);
  const AnswerJournal journal = take(AnswerJournal::resume(file, flags_run()));
  ASSERT_NE(journal.find("model", "u"), nullptr);
  EXPECT_EQ(*journal.find("model", "u"), full_answer());
  EXPECT_EQ(*journal.find("model:x", "u"), failed_answer());
  EXPECT_EQ(*journal.find("model", "v"), ModelAnswer());
  EXPECT_EQ(journal.find("model:x", "v"), nullptr);
  EXPECT_EQ(contents(file), text);
}

TEST(AnswerJournal, CutOffAnywhereTheAnswersBeforeCountAndOthersFollow) {
  const TemporaryFolder folder = temporary_folder();
  const auto file = written_journal(folder);
  const std::string whole = contents(file);
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    ASSERT_TRUE(write_file(file, std::string_view(whole).substr(0, size)));
    AnswerJournal journal = take(AnswerJournal::resume(file, flags_run()));
    const auto lines = std::count(whole.begin(), whole.begin() + static_cast<long>(size), '\n');
    ASSERT_EQ(journal.find("model", "u") != nullptr, lines > 1) << size;
    ASSERT_EQ(journal.find("model:x", "u") != nullptr, lines > 2) << size;
    ASSERT_EQ(journal.find("model", "v") != nullptr, lines > 3) << size;
    ASSERT_TRUE(journal.add("model", "u", full_answer()));
    ASSERT_TRUE(journal.add("model:x", "u", failed_answer()));
    ASSERT_TRUE(journal.add("model", "v", {}));
    ASSERT_EQ(contents(file), whole) << size;
  }
}

TEST(AnswerJournal, LinesThatAreNoAnswersEndIt) {
  const TemporaryFolder folder = temporary_folder();
  const auto file = written_journal(folder);
  const std::string whole = contents(file);
  for (const char* line :
       {"[1]\n", "{}\n", "\n", "{\"proposer\": \"model\", \"id\": \"w\", \"lists\": [3]}\n"}) {
    ASSERT_TRUE(write_file(file, whole + line));
    const AnswerJournal journal = take(AnswerJournal::resume(file, flags_run()));
    EXPECT_NE(journal.find("model", "v"), nullptr);
    EXPECT_EQ(journal.find("model", "w"), nullptr);
    EXPECT_EQ(contents(file), whole);
  }
}

TEST(AnswerJournal, OfAnotherRunIsRefusedAndLeftAlone) {
  const TemporaryFolder folder = temporary_folder();
  const auto file = written_journal(folder);
  const std::string whole = contents(file);
  RunRow other = flags_run();
  other.model_hash = "ab";
  const auto journal = AnswerJournal::resume(file, other);
  EXPECT_THAT(message_of(journal), HasSubstr("its model's hash is 'none' and not 'ab'"));
  EXPECT_EQ(journal.error().kind, ErrorKind::usage);
  EXPECT_EQ(contents(file), whole);
}

TEST(AnswerJournal, BegunAnewAnOldOneIsEmptiedAndInTheEndItIsRemoved) {
  const TemporaryFolder folder = temporary_folder();
  const auto file = written_journal(folder);
  AnswerJournal journal = take(AnswerJournal::create(file, flags_run()));
  EXPECT_EQ(journal.find("model", "u"), nullptr);
  EXPECT_EQ(contents(file), print_result_row(flags_run()));
  journal.remove_file();
  EXPECT_FALSE(std::filesystem::exists(file));
}

TEST(AnswerJournal, WithoutAFileAnswersAreKnownWhileItLasts) {
  AnswerJournal journal;
  ASSERT_TRUE(journal.add("model", "u", full_answer()));
  ASSERT_TRUE(journal.add("model", "u", failed_answer()));
  EXPECT_EQ(*journal.find("model", "u"), full_answer());
  journal.remove_file();
}

}  // namespace
}  // namespace llmc
