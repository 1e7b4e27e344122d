// Whole runs on a small made-up language: killed and resumed, damaged, hopeless.
#include "train/core/trainer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "support/files.h"
#include "support/random.h"
#include "train/checkpoint.h"
#include "train/result_message.h"
#include "train/safetensors.h"

namespace llmc::train {
namespace {

namespace fs = std::filesystem;
using test::message;
using ::testing::HasSubstr;

constexpr std::uint32_t k_vocabulary = 64;

class Trainer : public ::testing::Test {
 protected:
  void SetUp() override {
    write_shard("a.shard", 1, k_vocabulary);
    write_shard("b.shard", 2, k_vocabulary);
  }

  /// Sequences in which a token follows from the one before, with some noise; some have prompts.
  void write_shard(const std::string& name, std::uint64_t seed, std::uint32_t vocabulary,
                   std::uint32_t factor = 5) {
    ShardWriter writer(vocabulary, 5);
    Random random(seed);
    for (int i = 0; i < 200; ++i) {
      std::vector<std::uint16_t> tokens = {1};
      for (std::size_t length = 8 + random.below(56); tokens.size() < length;)
        tokens.push_back(static_cast<std::uint16_t>(
            random.chance(0.2) ? random.below(vocabulary)
                               : (tokens.back() * factor + 3) % vocabulary));
      ASSERT_TRUE(writer.add(tokens, i % 3 == 0 ? 4 : 0, tokens.size() * 4));
    }
    ASSERT_TRUE(writer.write(folder_.path() / name));
  }

  static Recipe recipe() {
    Recipe recipe;
    recipe.name = "tiny";
    recipe.model = {.name = "tiny",
                    .vocabulary = k_vocabulary,
                    .width = 32,
                    .layers = 2,
                    .heads = 4,
                    .key_value_heads = 2,
                    .hidden = 64,
                    .context = 128};
    recipe.step_tokens = 512;
    recipe.batch_tokens = 256;
    recipe.validate_every = 10;
    Stage first;
    first.name = "first";
    first.tokens = 512 * 20;
    first.rate = 3e-3;
    first.warmup = 5;
    first.data = {{{"a.shard"}, 1}};
    Stage second = first;
    second.name = "second";
    second.tokens = 512 * 15;
    second.data = {{{"a.shard"}, 0.15}, {{"b.shard"}, 0.85}};
    recipe.stages = {first, second};
    recipe.valid = {{"held out", {"b.shard"}}};
    return recipe;
  }

  [[nodiscard]] TrainSetting setting_for(const std::string& name) const {
    TrainSetting setting;
    setting.data = folder_.path();
    setting.run = folder_.path() / name;
    setting.device = "cpu";
    setting.tokenizer = 5;
    return setting;
  }

  Result<RunReport> run(const Recipe& recipe, const std::string& name, std::int64_t stop_at = 0) {
    TrainSetting setting = setting_for(name);
    setting.stop_at_step = stop_at;
    said_.clear();
    return train(recipe, setting, [this](const std::string& line) { said_ += line + "\n"; });
  }

  /// The losses of the log, in the order of its lines.
  [[nodiscard]] std::vector<std::pair<std::int64_t, double>> losses(const std::string& name) const {
    std::vector<std::pair<std::int64_t, double>> found;
    std::ifstream log(folder_.path() / name / "log.jsonl");
    for (std::string line; std::getline(log, line);) {
      const Json json = *Json::parse(line);
      found.emplace_back(*json.find("step")->integer(), json.find("loss")->number());
    }
    return found;
  }

  TemporaryFolder folder_ = std::move(*TemporaryFolder::create());
  std::string said_;
};

TEST_F(Trainer, LearnsThroughAllStages) {
  const auto done = run(recipe(), "run");
  ASSERT_TRUE(done) << message(done);
  EXPECT_EQ(done->end, RunEnd::finished);
  EXPECT_EQ(done->step, 35);
  const auto all = losses("run");
  EXPECT_NEAR(all.front().second, std::log(64.0), 0.2);
  EXPECT_LT(done->loss, 3.3);
  EXPECT_THAT(said_, HasSubstr("stage second: 15 steps"));
  EXPECT_THAT(said_, HasSubstr("bits per byte"));
}

TEST_F(Trainer, LossesThatAllWeighTheSameAreWhatTheyAreWithoutWeights) {
  Recipe weighted = recipe();
  for (Stage& stage : weighted.stages)
    for (Source& source : stage.data) source.loss_weight = 8;
  ASSERT_TRUE(run(recipe(), "plain"));
  ASSERT_TRUE(run(weighted, "weighted"));
  EXPECT_EQ(losses("plain"), losses("weighted"));
}

TEST_F(Trainer, ALossThatWeighsMoreIsLearntSooner) {
  write_shard("other.shard", 3, k_vocabulary, 11);
  const auto loss_after = [this](const std::string& name, double weight) {
    Recipe mixed = recipe();
    mixed.stages.erase(mixed.stages.begin());
    mixed.stages[0].data = {{{"a.shard"}, 0.8}, {{"other.shard"}, 0.2, weight}};
    mixed.valid = {{"other", {"other.shard"}}};
    EXPECT_TRUE(run(mixed, name));
    return losses(name).back().second;  // of the validation at the end
  };
  EXPECT_LT(loss_after("heavy", 10), loss_after("light", 1));
}

TEST_F(Trainer, AStoppedRunGoesOnWithTheSameLosses) {
  for (const char* precision : {"f32", "auto"}) {
    Recipe tiny = recipe();
    tiny.precision = precision;
    const std::string whole = std::string("whole-") + precision;
    const std::string pieces = std::string("pieces-") + precision;
    ASSERT_TRUE(run(tiny, whole));
    // In the first stage, at its end, in a later pool of batches, in the second stage.
    for (const std::int64_t stop : {3, 18, 20, 29}) {
      const auto piece = run(tiny, pieces, stop);
      ASSERT_TRUE(piece) << message(piece);
      EXPECT_EQ(piece->end, RunEnd::stopped);
      EXPECT_EQ(piece->step, stop);
    }
    ASSERT_TRUE(run(tiny, pieces));
    EXPECT_THAT(said_, HasSubstr("resumed from"));
    EXPECT_EQ(losses(whole), losses(pieces));
  }
}

TEST_F(Trainer, ExportedWeightsHaveTheSameLosses) {
  const Recipe tiny = recipe();
  ASSERT_TRUE(run(tiny, "run"));
  const auto trained = load_model(list_checkpoints(folder_.path() / "run").front());
  ASSERT_TRUE(trained) << message(trained);
  const auto weights = trained->model.export_weights();
  const auto slots = place_weights(tiny.model, weights);
  ASSERT_TRUE(slots) << message(slots);
  const fs::path file = folder_.path() / "model.safetensors";
  ASSERT_TRUE(write_safetensors(*slots, Precision::f32, {}, file));
  TrainSetting setting = setting_for("unused");
  setting.initial = *read_safetensors(file);
  const auto evaluated = evaluate(tiny, setting);
  ASSERT_TRUE(evaluated) << message(evaluated);
  ASSERT_EQ(evaluated->size(), tiny.valid.size());
  EXPECT_EQ(evaluated->back().loss, losses("run").back().second);  // the last line is a validation
}

TEST_F(Trainer, BeginsWithTheWeightsThatItIsGiven) {
  ASSERT_TRUE(run(recipe(), "run"));
  const auto trained = load_model(list_checkpoints(folder_.path() / "run").front());
  TrainSetting setting = setting_for("second");
  setting.stop_at_step = 1;
  setting.initial = trained->model.export_weights();
  const auto done = train(recipe(), setting, [](const std::string&) {});
  ASSERT_TRUE(done) << message(done);
  EXPECT_LT(done->loss, 3.4);  // random ones begin at log 64 = 4.16
  setting = setting_for("third");
  setting.initial = trained->model.export_weights();
  setting.initial.pop_back();
  EXPECT_THAT(message(train(recipe(), setting, [](const std::string&) {})),
              HasSubstr("weight model.norm.weight is missing"));
}

TEST_F(Trainer, AKilledRunLosesOnlyWhatCameAfterTheCheckpoint) {
  ASSERT_TRUE(run(recipe(), "whole"));
  ASSERT_TRUE(run(recipe(), "killed", 12));
  // What a kill leaves: log lines beyond the checkpoint, one of them cut off, half a checkpoint.
  std::ofstream(folder_.path() / "killed" / "log.jsonl", std::ios::app)
      << R"({"step":13,"stage":"first","loss":9})" << "\n"
      << R"({"step":14,"sta)";
  fs::create_directory(folder_.path() / "killed" / ".step-00000014.tmp");
  ASSERT_TRUE(run(recipe(), "killed"));
  EXPECT_EQ(losses("whole"), losses("killed"));
}

TEST_F(Trainer, ADamagedCheckpointFallsBackToTheOneBefore) {
  ASSERT_TRUE(run(recipe(), "whole"));
  ASSERT_TRUE(run(recipe(), "run", 5));
  ASSERT_TRUE(run(recipe(), "run", 9));
  const auto folders = list_checkpoints(folder_.path() / "run");
  ASSERT_EQ(folders.size(), 2U);
  fs::resize_file(folders[0] / "part-0000.bin", 1000);
  ASSERT_TRUE(run(recipe(), "run"));
  EXPECT_THAT(said_, HasSubstr("truncated"));
  EXPECT_THAT(said_, HasSubstr("resumed from " + folders[1].string()));
  EXPECT_EQ(losses("whole"), losses("run"));
}

TEST_F(Trainer, ARunWhoseCheckpointsAreAllDamagedIsNotBegunAnew) {
  ASSERT_TRUE(run(recipe(), "run", 5));
  fs::resize_file(list_checkpoints(folder_.path() / "run")[0] / "part-0000.bin", 1000);
  EXPECT_THAT(message(run(recipe(), "run")), HasSubstr("no checkpoint of the run can be read"));
}

TEST_F(Trainer, AnotherRecipeIsRefused) {
  ASSERT_TRUE(run(recipe(), "run", 5));
  Recipe other = recipe();
  other.model.layers = 3;
  EXPECT_THAT(message(run(other, "run")), HasSubstr("made by another recipe"));
}

TEST_F(Trainer, ShardsOfAnotherTokenizerAreRefused) {
  write_shard("b.shard", 2, 65);
  EXPECT_THAT(message(run(recipe(), "run")), HasSubstr("b.shard: packed with another tokenizer"));
}

TEST_F(Trainer, AModelThatDoesNotFitMemoryIsRefusedBeforeItIsMade) {
  Recipe huge = recipe();
  huge.model = *ModelConfig::preset("13b");
  huge.model.vocabulary = k_vocabulary;
  EXPECT_THAT(message(run(huge, "run")), HasSubstr("of memory"));
}

TEST_F(Trainer, ALossThatIsNotFiniteStopsWithItsStepAndKeepsTheCheckpoint) {
  Recipe wild = recipe();
  ASSERT_TRUE(run(wild, "run", 5));
  const fs::path folder = list_checkpoints(folder_.path() / "run")[0];
  // Weights that overflow: the checkpoint itself is sound.
  Checkpoint checkpoint = *load_checkpoint(folder);
  std::vector<float> huge(checkpoint.buffers[0].second.size() / sizeof(float), 3e38F);
  const CheckpointBuffer buffers[] = {{"weights", std::as_bytes(std::span(huge))},
                                      {"first_moment", checkpoint.buffers[1].second},
                                      {"second_moment", checkpoint.buffers[2].second}};
  ASSERT_TRUE(save_checkpoint(folder_.path() / "run", 5, checkpoint.state, buffers, 2));
  const auto stopped = run(wild, "run");
  EXPECT_THAT(message(stopped), HasSubstr("stage first, step 6: the loss is not a finite number"));
  EXPECT_EQ(list_checkpoints(folder_.path() / "run")[0], folder);
}

TEST_F(Trainer, AnInterruptedRunSavesItsState) {
  std::atomic<bool> interrupted = true;
  TrainSetting setting;
  setting.data = folder_.path();
  setting.run = folder_.path() / "run";
  setting.interrupted = &interrupted;
  const auto done = train(recipe(), setting, [](const std::string&) {});
  ASSERT_TRUE(done) << message(done);
  EXPECT_EQ(done->end, RunEnd::interrupted);
  EXPECT_EQ(list_checkpoints(setting.run).size(), 1U);
}

/// Ten losses of the nano shape in single precision, recorded once.
TEST_F(Trainer, NanoReproducesARecordedCurve) {
  Recipe nano = recipe();
  nano.precision = "f32";
  nano.model = *ModelConfig::preset("nano");
  nano.model.vocabulary = k_vocabulary;
  nano.stages.resize(1);
  nano.stages[0].tokens = 512 * 10;
  nano.valid.clear();
  ASSERT_TRUE(run(nano, "run"));
  const std::vector<double> recorded = {4.2900, 4.0785, 3.8888, 3.7965, 3.7818,
                                        3.4098, 3.4001, 3.0562, 2.8302, 2.6042};
  const auto is = losses("run");
  ASSERT_EQ(is.size(), recorded.size());
  for (std::size_t i = 0; i < recorded.size(); ++i) EXPECT_NEAR(is[i].second, recorded[i], 2e-3);
}

}  // namespace
}  // namespace llmc::train
