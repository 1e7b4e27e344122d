// JSON, shards, checkpoints and logs: what the trainer reads and writes.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cmath>
#include <csignal>
#include <fstream>

#include "support/files.h"
#include "support/random.h"
#include "train/batches.h"
#include "train/checkpoint.h"
#include "train/event_log.h"
#include "train/json.h"
#include "train/recipe.h"
#include "train/result_message.h"
#include "train/shard.h"

namespace llmc::train {
namespace {

namespace fs = std::filesystem;
using test::message;

class Formats : public ::testing::Test {
 protected:
  TemporaryFolder folder_ = std::move(*TemporaryFolder::create());
  [[nodiscard]] fs::path at(const std::string& name) const { return folder_.path() / name; }
};

TEST(JsonText, ReadsWhatItPrints) {
  const std::string text =
      R"({"a":[1,-2.5,true,false,null],"b":{"c":"x\"\\\n\u0001é"},"d":9223372036854775807})";
  const auto json = Json::parse(text);
  ASSERT_TRUE(json) << message(json);
  EXPECT_EQ(json->dump(), text);
}

TEST(JsonText, ReadsEscapes) {
  const auto json = Json::parse(R"("\u0041\u00e9\u20ac\ud83d\ude00\/\b\f\r\t")");
  ASSERT_TRUE(json) << message(json);
  EXPECT_EQ(*json->string(), "A\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80/\b\f\r\t");
}

TEST(JsonText, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(Json("a\xFFz\xC0\x80").dump(), "\"a\xEF\xBF\xBDz\xEF\xBF\xBD\xEF\xBF\xBD\"");
  EXPECT_EQ(Json(std::nan("")).dump(), "null");
}

TEST(JsonText, SaysWhereItIsWrong) {
  EXPECT_EQ(message(Json::parse("{\n \"a\": }")), "line 2, column 7: not JSON: expected a value");
  for (const char* text : {"", "{", "[1,", "\"x", "\"\\u12\"", "\"\\ud800\"", "01x", "{\"a\" 1}",
                           "1 2", "tru", "\"\n\"", "[1 2]", "nan", "1e999"})
    EXPECT_FALSE(Json::parse(text)) << text;
  EXPECT_FALSE(Json::parse(std::string(100000, '[')));
}

TEST(JsonText, SurvivesRandomBytes) {
  Random random(3);
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (std::size_t j = random.below(12); j > 0; --j)
      text += "{}[]\",:\\u0dtrue1.e-\x80 "[random.below(22)];
    if (const auto json = Json::parse(text)) {
      EXPECT_EQ(Json::parse(json->dump())->dump(), json->dump());
    }
  }
}

TEST(Crc32c, EqualsThePublishedCheckValues) {  // RFC 3720, appendix B.4
  const auto of = [](const std::string& text) { return crc32c(std::as_bytes(std::span(text))); };
  EXPECT_EQ(of("123456789"), 0xE3069283U);
  EXPECT_EQ(of(std::string(32, '\0')), 0x8A9136AAU);
  EXPECT_EQ(of(std::string(32, '\xFF')), 0x62A8AB43U);
  const std::string text = "split anywhere, the same";
  const auto bytes = std::as_bytes(std::span(text));
  EXPECT_EQ(crc32c(bytes.subspan(7), crc32c(bytes.first(7))), of(text));
}

TEST_F(Formats, AShardGivesItsDocumentsBack) {
  ShardWriter writer(100, 42);
  const std::vector<std::uint16_t> a = {1, 2, 3};
  const std::vector<std::uint16_t> b = {9, 99};
  ASSERT_TRUE(writer.add(a, 0, 10));
  ASSERT_TRUE(writer.add(b, 1, 5));
  ASSERT_TRUE(writer.write(at("s")));
  const auto shard = Shard::open(at("s"));
  ASSERT_TRUE(shard) << message(shard);
  ASSERT_EQ(shard->size(), 2U);
  EXPECT_TRUE(std::ranges::equal((*shard)[0].tokens, a));
  EXPECT_TRUE(std::ranges::equal((*shard)[1].tokens, b));
  EXPECT_EQ((*shard)[1].prompt, 1U);
  EXPECT_EQ(shard->text_bytes(), 15U);
  EXPECT_EQ(shard->tokenizer(), 42U);
}

TEST_F(Formats, DocumentsThatCannotBeLearntAreRefused) {
  ShardWriter writer(100, 42);
  const std::vector<std::uint16_t> tokens = {1, 2, 100};
  EXPECT_FALSE(writer.add(tokens, 0, 0));
  EXPECT_FALSE(writer.add(std::span(tokens).first(1), 0, 0));
  EXPECT_FALSE(writer.add(std::span(tokens).first(2), 2, 0));
}

TEST_F(Formats, ABatchHoldsDocumentsWhoseLossesWeighTheSame) {
  const std::vector<std::uint16_t> text(9, 7);     // 8 predicted
  const std::vector<std::uint16_t> answer(9, 70);  // 1 predicted
  for (const auto& [name, tokens, prompt] :
       {std::tuple("text", text, 0U), {"answer", answer, 8U}}) {
    ShardWriter writer(100, 42);
    for (int i = 0; i < 30; ++i) ASSERT_TRUE(writer.add(tokens, prompt, 10));
    ASSERT_TRUE(writer.write(at(name)));
  }
  const BatchSetting setting{
      .context = 16, .step_tokens = 64, .batch_tokens = 32, .vocabulary = 100, .tokenizer = 42};
  auto stream = BatchStream::open(folder_.path(), {{{"text"}, 3}, {{"answer"}, 1, 25}}, setting);
  ASSERT_TRUE(stream) << message(stream);
  std::size_t texts = 0;
  std::size_t answers = 0;
  for (int i = 0; i < 32; ++i) {
    const Step step = stream->next();
    double weight = 0;
    for (const Batch& batch : step.batches) {
      const bool is_answer = batch.tokens.front() == 70;
      for (const std::int64_t token : batch.tokens) EXPECT_EQ(token, batch.tokens.front());
      EXPECT_EQ(batch.loss_weight, is_answer ? 25 : 1);
      weight += batch.loss_weight * static_cast<double>(batch.targets.size());
      (is_answer ? answers : texts) += static_cast<std::size_t>(batch.sequences);
    }
    EXPECT_EQ(step.loss_weight, weight);
  }
  EXPECT_NEAR(static_cast<double>(texts) / static_cast<double>(answers), 3, 0.1);
  EXPECT_FALSE(BatchStream::open(folder_.path(), {{{"text"}, 1, 0}}, setting));
}

TEST_F(Formats, ADamagedShardIsRefusedWithASentence) {
  ShardWriter writer(100, 42);
  const std::vector<std::uint16_t> tokens = {1, 2, 3, 4, 5};
  ASSERT_TRUE(writer.add(tokens, 0, 10));
  ASSERT_TRUE(writer.write(at("s")));
  const std::string bytes = *read_file(at("s"));
  const auto error_of = [&](const std::string& changed) {
    EXPECT_TRUE(write_file(at("t"), changed));
    const auto shard = Shard::open(at("t"));
    return message(shard);
  };
  EXPECT_NE(error_of("").find("cannot read"), std::string::npos);
  EXPECT_NE(error_of("{\"text\":1}").find("not a shard"), std::string::npos);
  EXPECT_NE(error_of(std::string(200, 'x')).find("not a shard"), std::string::npos);
  for (std::size_t size = 12; size < bytes.size(); ++size)
    EXPECT_FALSE(error_of(bytes.substr(0, size)).empty()) << size;
  EXPECT_NE(error_of(bytes + "x").find("bytes after its end"), std::string::npos);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i >= 12 && i < 24) continue;  // vocabulary and tokenizer: other values are other shards
    if (i >= 40 && i < 48) continue;  // text bytes: a number about the text
    std::string changed = bytes;
    changed[i] ^= 0x41;
    EXPECT_FALSE(error_of(changed).empty()) << "byte " << i;
  }
  EXPECT_FALSE(Shard::open(at("absent")));
}

class Checkpoints : public Formats {
 protected:
  Result<void> save(std::int64_t step, const std::vector<float>& values, std::size_t keep = 2) {
    const CheckpointBuffer buffers[] = {{"weights", std::as_bytes(std::span(values))}};
    return save_checkpoint(folder_.path(), step, Json().set("note", step), buffers, keep);
  }
};

TEST_F(Checkpoints, GiveBackWhatWasSavedInPartsOfAtMost15MiB) {
  std::vector<float> values(9'000'000);
  for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<float>(i);
  ASSERT_TRUE(save(7, values));
  const auto folders = list_checkpoints(folder_.path());
  ASSERT_EQ(folders.size(), 1U);
  int parts = 0;
  for (const auto& file : fs::directory_iterator(folders[0])) {
    EXPECT_LE(fs::file_size(file), 15U << 20);
    ++parts;
  }
  EXPECT_EQ(parts, 4);
  const auto loaded = load_checkpoint(folders[0]);
  ASSERT_TRUE(loaded) << message(loaded);
  EXPECT_EQ(loaded->state.dump(), R"({"note":7})");
  EXPECT_TRUE(std::ranges::equal(*loaded->buffer("weights"), std::as_bytes(std::span(values))));
  EXPECT_FALSE(loaded->buffer("other"));
}

TEST_F(Checkpoints, OnlyTheNewestStay) {
  for (const std::int64_t step : {1, 2, 10}) ASSERT_TRUE(save(step, {1.0F}));
  const auto folders = list_checkpoints(folder_.path());
  ASSERT_EQ(folders.size(), 2U);
  EXPECT_EQ(folders[0].filename(), "step-00000010");
  EXPECT_EQ(folders[1].filename(), "step-00000002");
}

TEST_F(Checkpoints, DamageIsNoticed) {
  ASSERT_TRUE(save(1, {1, 2, 3}));
  const fs::path folder = list_checkpoints(folder_.path())[0];
  const std::string part = *read_file(folder / "part-0000.bin");
  ASSERT_TRUE(write_file(folder / "part-0000.bin", part.substr(0, 5)));
  EXPECT_NE(message(load_checkpoint(folder)).find("truncated: 5 bytes of 12"), std::string::npos);
  std::string changed = part;
  changed[3] ^= 1;
  ASSERT_TRUE(write_file(folder / "part-0000.bin", changed));
  EXPECT_NE(message(load_checkpoint(folder)).find("checksum"), std::string::npos);
  ASSERT_TRUE(write_file(folder / "state.json", "{\"format\": \"other\"}"));
  EXPECT_NE(message(load_checkpoint(folder)).find("not a checkpoint"), std::string::npos);
}

TEST_F(Checkpoints, AFullDiskLeavesTheOldOnes) {
  ASSERT_TRUE(save(1, {1, 2, 3}));
  // A limit on the size of files stands for the disk: writes beyond it fail.
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{1 << 20, before.rlim_max};
  const auto old = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto saved = save(2, std::vector<float>(1 << 20));
  ::setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, old);
  EXPECT_NE(message(saved).find("the checkpoint was not saved"), std::string::npos);
  const auto folders = list_checkpoints(folder_.path());
  ASSERT_EQ(folders.size(), 1U);
  EXPECT_TRUE(load_checkpoint(folders[0]));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()), 1);
}

/// An independent reading of TensorBoard's framing.
std::vector<std::string> records_of(const std::string& bytes) {
  const auto number = [&](std::size_t from, int count) {
    std::uint64_t value = 0;
    for (int i = count - 1; i >= 0; --i)
      value = value << 8 | static_cast<unsigned char>(bytes[from + static_cast<std::size_t>(i)]);
    return value;
  };
  const auto masked = [](const std::string& text) {
    const std::uint32_t crc = crc32c(std::as_bytes(std::span(text)));
    return static_cast<std::uint32_t>((crc >> 15 | crc << 17) + 0xA282EAD8U);
  };
  std::vector<std::string> records;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t length = number(at, 8);
    EXPECT_EQ(number(at + 8, 4), masked(bytes.substr(at, 8)));
    records.push_back(bytes.substr(at + 12, length));
    EXPECT_EQ(number(at + 12 + length, 4), masked(records.back()));
    at += 16 + length;
  }
  return records;
}

TEST_F(Formats, EventsAreWhatTensorBoardReads) {
  auto log = EventLog::open(folder_.path(), 0, 1000.5);
  ASSERT_TRUE(log) << message(log);
  ASSERT_TRUE(log->add(300, 1001, Json().set("step", 300), {{"loss", 1.5}}));
  std::string bytes;
  for (const auto& file : fs::directory_iterator(folder_.path()))
    if (file.path().filename().string().starts_with("events.out.tfevents.1000."))
      bytes = *read_file(file.path());
  const auto records = records_of(bytes);
  ASSERT_EQ(records.size(), 2U);
  EXPECT_NE(records[0].find("brain.Event:2"), std::string::npos);
  // wall_time 1001.0; step 300 = varint ac 02; summary { value { tag "loss" simple_value 1.5 } }
  const char expected[] =
      "\x09\x00\x00\x00\x00\x00\x48\x8f\x40\x10\xac\x02\x2a\x0d\x0a\x0b\x0a\x04loss\x15\x00\x00\xc0"
      "\x3f";
  EXPECT_EQ(records[1], std::string(expected, sizeof expected - 1));
}

TEST_F(Formats, LinesOfLaterStepsAreTakenOutOnResuming) {
  ASSERT_TRUE(write_file(at("log.jsonl"), "{\"step\":1}\n{\"step\":2}\n{\"step\":3}\n{\"st"));
  ASSERT_TRUE(EventLog::open(folder_.path(), 2, 1000));
  EXPECT_EQ(*read_file(at("log.jsonl")), "{\"step\":1}\n{\"step\":2}\n");
}

constexpr const char* k_recipe =
    R"({"name":"t","model":{"preset":"nano","layers":2},"vocabulary":64,
  "stages":[{"name":"a","tokens":81920,"rate":0.001,"warmup":2,"data":[{"shards":["x"]}]}]})";

TEST_F(Formats, RecipesAreRead) {
  ASSERT_TRUE(write_file(at("r.json"), k_recipe));
  const auto recipe = Recipe::load(at("r.json"));
  ASSERT_TRUE(recipe) << message(recipe);
  EXPECT_EQ(recipe->model.layers, 2);
  EXPECT_EQ(recipe->model.width, 128);
  EXPECT_EQ(recipe->stages[0].steps(8192), 10);
  EXPECT_EQ(recipe->stages[0].data[0].loss_weight, 1);
}

TEST_F(Formats, TheWeightOfALossIsPartOfTheRecipe) {
  const auto read = [&](const std::string& source) {
    std::string text = k_recipe;
    text.replace(text.find("[\"x\"]"), 5, source);
    return *Recipe::from_json(*Json::parse(text));
  };
  const Recipe plain = read(R"(["x"])");
  const Recipe heavy = read(R"(["x"],"loss_weight":25)");
  EXPECT_EQ(heavy.stages[0].data[0].loss_weight, 25);
  EXPECT_NE(heavy.fixed().dump(), plain.fixed().dump());
  // Runs that were begun before there was such a weight go on.
  EXPECT_EQ(plain.fixed().dump().find("loss_weight"), std::string::npos);
}

TEST_F(Formats, TheRateWarmsUpAndFallsToAThirtieth) {
  Stage stage;
  stage.rate = 0.3;
  stage.warmup = 10;
  EXPECT_NEAR(stage.rate_at(1, 100), 0.03, 1e-12);
  EXPECT_NEAR(stage.rate_at(10, 100), 0.3, 1e-12);
  EXPECT_NEAR(stage.rate_at(55, 100), 0.3 * (1 + 1.0 / 30) / 2, 1e-12);
  EXPECT_NEAR(stage.rate_at(100, 100), 0.01, 1e-12);
}

TEST_F(Formats, AWrongRecipeIsOneSentence) {
  const auto error_of = [&](const std::string& from, const std::string& to) {
    std::string text = k_recipe;
    text.replace(text.find(from), from.size(), to);
    EXPECT_TRUE(write_file(at("r.json"), text));
    return message(Recipe::load(at("r.json")));
  };
  EXPECT_NE(error_of("\"warmup\"", "\"warm_up\"").find("stages[0]: unknown setting 'warm_up'"),
            std::string::npos);
  EXPECT_NE(error_of("\"nano\"", "\"nanoo\"").find("there are nano, small"), std::string::npos);
  EXPECT_NE(error_of("0.001", "\"fast\"").find("'rate' must be a number"), std::string::npos);
  EXPECT_NE(error_of("64", "0").find("vocabulary is 0"), std::string::npos);
  EXPECT_NE(error_of("\"layers\":2", "\"heads\":3").find("not a multiple"), std::string::npos);
  EXPECT_NE(error_of("{\"name\"", "{{\"name\"").find("line 1"), std::string::npos);
}

}  // namespace
}  // namespace llmc::train
