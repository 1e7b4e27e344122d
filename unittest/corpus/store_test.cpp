#include "corpus/store.h"

#include <fstream>

#include "catalogue.h"
#include "corpus/label_store.h"
#include "corpus/similarity.h"
#include "support/files.h"
#include "testing.h"

namespace llmc {
namespace {

namespace fs = std::filesystem;
using test::message_of;
using test::take;
using testing::ElementsAre;
using testing::HasSubstr;

/// A function that differs from others in its operation, or only in the names it uses.
std::string function(const std::string& symbol, const std::string& operation) {
  std::string text = "define i32 @" + symbol + "(i32 %0) {\n";
  for (int i = 2; i < 40; ++i)
    text += "%" + std::to_string(i) + " = " + operation + " i32 %0, " + std::to_string(i) + "\n";
  return text + "ret i32 %0\n}\n";
}

class Corpora : public testing::Test {
 protected:
  void SetUp() override {
    const auto file = [&](const char* name, const std::string& bytes) {
      EXPECT_TRUE(write_file(folder_.path() / name, bytes));
      return folder_.path() / name;
    };
    evaluation_set_.emplace(take(EvaluationSet::read(
        file("rules", "package a\nword b\nbeginning c\n"),
        file("functions", print_evaluation_functions({shape_of(function("sha", "xor"))})))));
  }

  CorpusStore open() { return take(CorpusStore::open(corpus_, CorpusStore::Mode::write)); }

  /// Adds a package whose functions have these texts.
  void add(CorpusStore& store, const std::string& name, Split split,
           const std::vector<std::string>& texts) {
    PackageRecord package;
    package.name = name;
    package.split = split;
    PackageWriter writer(package);
    for (const std::string& text : texts) {
      ProgramRecord program;
      program.id = Digest::of(text);
      program.name = "f";
      program.source = "src/a.c";
      ASSERT_TRUE(writer.add_program(program, shape_of(text), sketch_of(text), text));
    }
    ASSERT_TRUE(store.commit(writer));
  }

  std::vector<std::string> standings(CorpusStore& store) {
    std::vector<std::string> all;
    ProgramFilter filter;
    filter.standing.reset();
    EXPECT_TRUE(store.for_each(filter, [&](const ProgramRecord& program) -> Result<void> {
      all.push_back(program.package + ": " + std::string(to_string(program.standing)));
      return {};
    }));
    return all;
  }

  /// The shard of the one package that is there.
  fs::path shard() { return fs::directory_iterator(corpus_ / "shards")->path(); }

  TemporaryFolder folder_ = take(TemporaryFolder::create());
  fs::path corpus_ = folder_.path() / "corpus";
  std::optional<EvaluationSet> evaluation_set_;
};

TEST_F(Corpora, GiveBackWhatWasPutIn) {
  const std::vector<std::string> texts = {function("f", "add"), function("g", "mul"), "tiny\n"};
  {
    CorpusStore store = open();
    add(store, "pack", Split::validation, texts);
  }
  CorpusStore store = open();
  std::vector<std::string> seen;
  EXPECT_TRUE(store.for_each_payload(
      {}, [&](const ProgramRecord& program, std::string_view payload) -> Result<void> {
        EXPECT_EQ(program.split, Split::validation);
        EXPECT_EQ(take(store.payload(program)), payload);
        seen.emplace_back(payload);
        return {};
      }));
  EXPECT_EQ(seen, texts);
  EXPECT_EQ(take(store.find(Digest::of("tiny\n").hex().substr(0, 8))).size(), 1U);
}

TEST_F(Corpora, ReplaceAPackageThatComesAgain) {
  CorpusStore store = open();
  add(store, "pack", Split::train, {"one\n", "two\n"});
  add(store, "pack", Split::train, {"three\n"});
  EXPECT_THAT(standings(store), ElementsAre("pack: kept"));
  EXPECT_EQ(std::distance(fs::directory_iterator(corpus_ / "shards"), {}), 1);
}

TEST_F(Corpora, LeaveOutWhatResemblesATestProgramWhicheverCameFirst) {
  const std::string add_text = function("f", "add");
  std::string nearly = add_text;
  nearly.replace(nearly.find(" 17\n"), 4, " 99\n");
  for (const bool test_first : {true, false}) {
    corpus_ = folder_.path() / (test_first ? "first" : "last");
    CorpusStore store = open();
    if (test_first) add(store, "t", Split::test, {add_text});
    add(store, "a", Split::train,
        {add_text, function("renamed", "add"), nearly, function("g", "mul")});
    if (!test_first) add(store, "t", Split::test, {add_text});
    ASSERT_TRUE(store.settle(*evaluation_set_));
    EXPECT_THAT(standings(store), ElementsAre("a: duplicate", "a: same shape", "a: near duplicate",
                                              "a: kept", "t: kept"));
  }
}

TEST_F(Corpora, LeaveOutFunctionsOfTheEvaluationSetWhateverTheyAreCalled) {
  CorpusStore store = open();
  add(store, "a", Split::train, {function("hash_block", "xor"), function("g", "mul")});
  ASSERT_TRUE(store.settle(*evaluation_set_));
  EXPECT_THAT(standings(store), ElementsAre("a: evaluation set", "a: kept"));
}

TEST_F(Corpora, TellDamagedShards) {
  CorpusStore store = open();
  add(store, "pack", Split::train, {function("f", "add")});
  EXPECT_TRUE(store.check_shard("pack"));
  const std::string bytes = take(read_file(shard()));
  std::ofstream(shard(), std::ios::binary) << bytes.substr(0, bytes.size() / 2);
  EXPECT_THAT(message_of(store.check_shard("pack")), HasSubstr("damaged"));
  const auto programs = take(store.find(""));
  EXPECT_THAT(message_of(store.payload(programs.at(0))), HasSubstr("truncated"));
  std::string flipped = bytes;
  flipped[bytes.size() - 6] ^= 1;
  std::ofstream(shard(), std::ios::binary) << flipped;
  EXPECT_THAT(message_of(store.payload(programs.at(0))), HasSubstr("damaged"));
}

TEST_F(Corpora, StayWholeWhenTwoRunsWriteAtOnce) {
  CorpusStore one = open();
  CorpusStore two = open();
  for (int i = 0; i < 8; ++i) {
    add(i % 2 == 0 ? one : two, "p" + std::to_string(i), Split::train,
        {function("f" + std::to_string(i), "add"), std::to_string(i)});
    add(i % 2 == 0 ? two : one, "common", Split::train, {std::to_string(100 + i)});
    ASSERT_TRUE(one.settle(*evaluation_set_));
    ASSERT_TRUE(two.settle(*evaluation_set_));
  }
  std::size_t read = 0;
  ProgramFilter all;
  all.standing.reset();
  EXPECT_TRUE(one.for_each_payload(all, [&](const ProgramRecord&, std::string_view) {
    ++read;
    return Result<void>();
  }));
  EXPECT_EQ(read, 2U * 8U + 1U);
}

TEST_F(Corpora, AreNotMadeByReading) {
  EXPECT_THAT(message_of(CorpusStore::open(corpus_, CorpusStore::Mode::read)),
              HasSubstr("no corpus there; `llmc corpus add` makes one"));
}

class LabelStores : public testing::Test {
 protected:
  TemporaryFolder folder_ = take(TemporaryFolder::create());
  fs::path path_ = folder_.path() / "labels.db";
};

TEST_F(LabelStores, KeepWinnersListsAndSizes) {
  const Digest setting = Digest::of("setting");
  const Digest program = Digest::of("program");
  {
    LabelStore store = take(LabelStore::open(path_));
    EXPECT_TRUE(store.add_winners(setting, {{program, "dce", 100, 90, 12}}));
    EXPECT_TRUE(store.set_lists(setting, {"dce", "function(sroa)"}));
    EXPECT_TRUE(store.add_sizes(setting, {{program, 100, {90, std::nullopt, 0, 1u << 30}}}));
  }
  LabelStore store = take(LabelStore::open(path_));
  EXPECT_EQ(take(store.winners(setting)).at(program).size, 90U);
  EXPECT_THAT(take(store.lists(setting)), ElementsAre("dce", "function(sroa)"));
  const MeasuredSizes sizes = take(store.sizes(setting)).at(program);
  EXPECT_EQ(sizes.baseline, 100U);
  EXPECT_THAT(sizes.with, ElementsAre(90, std::nullopt, 0, 1u << 30));
  EXPECT_TRUE(take(store.measured(Digest::of("other"))).empty());
}

TEST_F(LabelStores, TakeInWhatOtherShardsFound) {
  const Digest lists = Digest::of("lists");
  {
    LabelStore other = take(LabelStore::open(folder_.path() / "other.db"));
    EXPECT_TRUE(other.add_sizes(lists, {{Digest::of("b"), 7, {}}}));
  }
  LabelStore store = take(LabelStore::open(path_));
  EXPECT_TRUE(store.add_sizes(lists, {{Digest::of("a"), 5, {}}}));
  EXPECT_TRUE(store.merge(folder_.path() / "other.db"));
  EXPECT_EQ(take(store.measured(lists)).size(), 2U);
  EXPECT_THAT(message_of(store.merge(folder_.path() / "none.db")), HasSubstr("no such file"));
}

TEST_F(LabelStores, LabelsSurviveTheirFile) {
  SizeTable table{
      {"adce", "dce", "sink"},
      {{Digest::of("a"), 100, {100, 90, 90}}, {Digest::of("b"), 50, {50, std::nullopt, 51}}}};
  for (const char* name : {"labels.txt", "labels.txt.zst"}) {
    const fs::path file = folder_.path() / name;
    ASSERT_TRUE(write_size_table(table, file));
    const Labels read = take(read_labels(file, llmc::test::catalogue()));
    EXPECT_EQ(read.by_program.at(Digest::of("a")).list, "dce");
    EXPECT_EQ(read.by_program.at(Digest::of("a")).binary_size, 90U);
    EXPECT_EQ(read.by_program.at(Digest::of("b")).list, "");
    EXPECT_EQ(read.gain(), table.labels().gain());
    const SizeTable again = take(read_size_table(file));
    EXPECT_EQ(again.lists, table.lists);
    ASSERT_EQ(again.programs.size(), 2U);
    for (const MeasuredSizes& each : again.programs) {
      const bool is_first = each.program == Digest::of("a");
      EXPECT_EQ(each.with, table.programs[is_first ? 0 : 1].with);
    }
  }
  const std::string text = take(read_file(folder_.path() / "labels.txt"));
  const fs::path cut = folder_.path() / "cut.txt";
  ASSERT_TRUE(write_file(cut, text.substr(0, text.rfind("end "))));
  EXPECT_THAT(message_of(read_labels(cut, llmc::test::catalogue())), HasSubstr("truncated"));
  const std::string id = Digest::of("a").hex();
  for (const std::string wrong : {"x 5 0", " 5", " 5 2*0", " 5 -6", " 5 1*", " 5 99999999999*0",
                                  " 18446744073709551615 0", " 5 9223372036854775807"}) {
    ASSERT_TRUE(write_file(cut, "llmc-labels 1\nlist dce\n" + id + wrong + "\nend 1\n"));
    EXPECT_THAT(message_of(read_labels(cut, llmc::test::catalogue())),
                HasSubstr("cut.txt:3: no sizes of a program"))
        << wrong;
  }
}

TEST(SizeTables, TiesGoToTheListThatIsSooner) {
  SizeTable table{{"adce", "dce", "sink"}, {{Digest::of("a"), 100, {90, 90, 95}}}};
  EXPECT_EQ(table.labels().by_program.at(Digest::of("a")).list, "adce");
  table.put_first({2, 1});
  EXPECT_EQ(table.lists, (std::vector<std::string>{"sink", "dce", "adce"}));
  EXPECT_EQ(table.labels().by_program.at(Digest::of("a")).list, "dce");
  EXPECT_EQ(table.programs[0].with[0], 95U);
}

TEST(SizeTables, ListsOfPassesThatAreNotTrustedAreLeftOut) {
  SizeTable table{{"adce", "no-such-pass", "function(reg2mem)", "dce"},
                  {{Digest::of("a"), 100, {90, 10, 20, 80}}}};
  keep_trusted(table, llmc::test::catalogue());
  EXPECT_EQ(table.lists, (std::vector<std::string>{"adce", "dce"}));
  EXPECT_EQ(table.labels().by_program.at(Digest::of("a")).list, "dce");
}

TEST(SizeTables, JoinedTablesHaveTheProgramsOfBothWithAllLists) {
  const SizeTable known{
      {"adce", "dce"},
      {{Digest::of("a"), 100, {90, std::nullopt}}, {Digest::of("b"), 50, {49, 48}}}};
  SizeTable more{{"dce", "sink"}, {{Digest::of("c"), 7, {6, 5}}, {Digest::of("a"), 100, {80, 70}}}};
  const SizeTable joined = take(join_tables(known, more));
  EXPECT_EQ(joined.lists, (std::vector<std::string>{"adce", "dce", "sink"}));
  ASSERT_EQ(joined.programs.size(), 1U);
  EXPECT_EQ(joined.programs[0].program, Digest::of("a"));
  const std::vector<std::optional<std::uint64_t>> with = {90, std::nullopt, 70};
  EXPECT_EQ(joined.programs[0].with, with);
  more.programs[1].baseline = 99;
  EXPECT_THAT(message_of(join_tables(known, more)),
              HasSubstr("has 99 bytes at -Oz, and 100 in the labels"));
}

}  // namespace
}  // namespace llmc
