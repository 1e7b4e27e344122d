// Reading rows of text, and packing them.
#include <zstd.h>

#include "testing.h"
#include "train/jsonl.h"
#include "train/pack.h"
#include "train/toy_tokenizer.h"

namespace llmc::train {
namespace {

using llmc::test::message_of;
using llmc::test::take;
using llmc::test::temporary_folder;
using test::toy;

std::string compress(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 1));
  return out;
}

class Text : public testing::Test {
 protected:
  std::string file(const std::string& name, const std::string& bytes) {
    EXPECT_TRUE(write_file(folder.path() / name, bytes));
    return (folder.path() / name).string();
  }

  static Result<std::vector<std::string>> texts(const std::string& path) {
    std::vector<std::string> texts;
    LLMC_CHECK(for_each_row({path}, [&](const TextRow& row) -> Result<void> {
      texts.push_back(row.instruction ? row.prompt + "|" + row.completion : row.text);
      return {};
    }));
    return texts;
  }

  [[nodiscard]] std::size_t files_left() const {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry :
         std::filesystem::recursive_directory_iterator(folder.path()))
      ++count;
    return count;
  }

  TemporaryFolder folder = temporary_folder();
};

constexpr const char* k_rows =
    "{\"text\":\"a\\n\",\"kind\":\"ir\"}\n"
    "\n"
    "{\"prompt\":\"p\",\"completion\":\"c\"}\r\n"
    "{\"text\":\"last\"}";

TEST_F(Text, RowsAreReadPlainAndCompressed) {
  const auto expected = testing::ElementsAre("a\n", "p|c", "last");
  EXPECT_THAT(take(texts(file("plain", k_rows))), expected);
  EXPECT_THAT(take(texts(file("zstd", compress(k_rows)))), expected);
  EXPECT_THAT(take(texts(file("empty", ""))), testing::IsEmpty());
}

TEST_F(Text, FramesMayFollowOneAnother) {
  EXPECT_THAT(
      take(texts(file("two", compress("{\"text\":\"a\"}\n") + compress("{\"text\":\"b\"}")))),
      testing::ElementsAre("a", "b"));
}

TEST_F(Text, LongLinesAreReadWhole) {
  const std::string text(3'000'000, 'x');
  const std::string row = R"({"text":")" + text + "\"}\n";
  EXPECT_THAT(take(texts(file("long", row + row))), testing::ElementsAre(text, text));
  EXPECT_THAT(take(texts(file("zstd", compress(row + row)))), testing::ElementsAre(text, text));
}

TEST_F(Text, CompressedDataThatAreCutOffAreRefused) {
  const std::string whole = compress(k_rows);
  for (std::size_t size = 4; size < whole.size(); ++size)
    EXPECT_THAT(message_of(texts(file("cut", whole.substr(0, size)))),
                testing::HasSubstr("cut: the zstd data is cut off"))
        << size;
}

TEST_F(Text, DamagedDataAreRefused) {
  std::string bytes = compress(std::string(10'000, '\n') + k_rows);
  bytes[bytes.size() / 2] = static_cast<char>(~bytes[bytes.size() / 2]);
  EXPECT_NE(message_of(texts(file("damaged", bytes))), "");
}

TEST_F(Text, AWrongRowIsNamedByFileAndLine) {
  const auto message = [&](const std::string& row) {
    return message_of(texts(file("rows", "{\"text\":\"fine\"}\n" + row)));
  };
  EXPECT_THAT(message("{\"text\":"), testing::HasSubstr("rows:2: column 9: not JSON"));
  EXPECT_THAT(message("[]"), testing::HasSubstr("rows:2: not a JSON object"));
  EXPECT_THAT(message("{\"text\":1}"), testing::HasSubstr("rows:2: 'text' is not text"));
  EXPECT_THAT(message("{\"prompt\":\"p\"}"),
              testing::HasSubstr("expected 'text', or 'prompt' and"));
  EXPECT_THAT(message("{\"text\":\"t\",\"prompt\":\"p\",\"completion\":\"c\"}"),
              testing::HasSubstr("expected 'text', or"));
}

/// The documents of a shard as texts, with "<" for <s>, ">" for </s> and "|" behind the prompt.
std::vector<std::string> documents(const std::filesystem::path& path) {
  const Shard shard = take(Shard::open(path));
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < shard.size(); ++i) {
    std::string text;
    for (std::size_t j = 0; j < shard[i].tokens.size(); ++j) {
      if (j != 0 && j == shard[i].prompt) text += "|";
      const std::uint16_t token = shard[i].tokens[j];
      text += token == k_begin_id ? "<" : token == k_end_id ? ">" : toy().decode({&token, 1});
    }
    texts.push_back(text);
  }
  return texts;
}

TEST_F(Text, PackingLaysOutTextAndInstructions) {
  const std::string input = file("rows", std::string(k_rows) + "\n{\"text\":\"\"}");
  const auto counts = take(pack(toy(), {input}, {}, folder.path() / "out" / "a.shard"));
  EXPECT_THAT(documents(folder.path() / "out" / "a.shard"),
              testing::ElementsAre("<a\n>", "<p|c>", "<last>"));
  EXPECT_EQ(counts.rows, 4);
  EXPECT_EQ(counts.documents, 3);
  EXPECT_EQ(counts.empty, 1);
  EXPECT_EQ(counts.bytes, 2 + 1 + 4);
  const Shard shard = take(Shard::open(folder.path() / "out" / "a.shard"));
  EXPECT_EQ(shard.vocabulary(), toy().size());
  EXPECT_EQ(shard.tokenizer(), toy().fingerprint());
}

TEST_F(Text, LongTextsAreCutAndLongInstructionsLeftOut) {
  const std::string input = file("rows",
                                 "{\"text\":\"123456789\"}\n"
                                 "{\"text\":\"1234567\"}\n"
                                 "{\"prompt\":\"12345\",\"completion\":\"6\"}\n"
                                 "{\"prompt\":\"12345\",\"completion\":\"67\"}\n");
  const auto counts = take(pack(toy(), {input}, {.context = 8}, folder.path() / "a.shard"));
  EXPECT_THAT(documents(folder.path() / "a.shard"),
              testing::ElementsAre("<1234567", "<89>", "<1234567", "<12345|6>"));
  EXPECT_EQ(counts.cut, 2);
  EXPECT_EQ(counts.too_long, 1);
}

TEST_F(Text, ManyTokensMakeManyShards) {
  const std::string input =
      file("rows", "{\"text\":\"1234\"}\n{\"text\":\"5678\"}\n{\"text\":\"9\"}\n");
  const auto counts = take(pack(toy(), {input}, {.shard_tokens = 6}, folder.path() / "a.shard"));
  ASSERT_EQ(counts.shards.size(), 3U);
  EXPECT_EQ(counts.shards[2].filename(), "a-0002.shard");
  EXPECT_THAT(documents(counts.shards[1]), testing::ElementsAre("<5678>"));
}

TEST_F(Text, AFailureLeavesNoShard) {
  const std::string input = file("rows", "{\"text\":\"1234\"}\n{\"text\":\"5678\"}\n{");
  const std::size_t before = files_left();
  EXPECT_THAT(message_of(pack(toy(), {input}, {.shard_tokens = 1}, folder.path() / "a.shard")),
              testing::HasSubstr("rows:3"));
  EXPECT_EQ(files_left(), before);
}

TEST_F(Text, NothingToPackIsAnError) {
  EXPECT_THAT(message_of(pack(toy(), {file("rows", "\n")}, {}, folder.path() / "a.shard")),
              testing::HasSubstr("nothing to pack"));
}

}  // namespace
}  // namespace llmc::train
