#include "train/safetensors.h"

#include <bit>
#include <cmath>

#include "testing.h"
#include "train/json.h"
#include "train/toy_model.h"
#include "train/toy_tokenizer.h"

namespace llmc::train {
namespace {

using llmc::test::contents;
using llmc::test::message_of;
using llmc::test::take;
using llmc::test::temporary_folder;

class Safetensors : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(write_file(tokenizer_path, test::model_of(test::toy_pieces())));
  }

  Result<void> write(Precision precision) {
    return export_hugging_face(shape, all_weights, tokenizer_path, precision,
                               {{"llmc.steps", "12"}}, folder.path() / "model");
  }

  [[nodiscard]] const NamedWeight* weight(const std::string& name) const {
    for (const NamedWeight& weight : all_weights)
      if (weight.name == name) return &weight;
    return nullptr;
  }

  TemporaryFolder folder = temporary_folder();
  std::filesystem::path tokenizer_path = folder.path() / "t.model";
  std::filesystem::path path = folder.path() / "model" / "model.safetensors";
  ModelConfig shape = test::toy_config(512);
  std::vector<NamedWeight> all_weights = test::random_weights(shape);
};

TEST_F(Safetensors, ReadingGivesBackWhatWasWritten) {
  for (const auto& [precision, error] :
       {std::pair(Precision::f32, 0.0), {Precision::f16, 0x1p-11}, {Precision::bf16, 0x1p-8}}) {
    ASSERT_TRUE(write(precision));
    const auto read = take(read_safetensors(path));
    ASSERT_EQ(read.size(), all_weights.size());
    for (const NamedWeight& got : read) {
      const NamedWeight* expected = weight(got.name);
      ASSERT_NE(expected, nullptr) << got.name;
      EXPECT_EQ(got.shape, expected->shape);
      const double allowed = got.shape.size() == 1 ? 0 : error;
      for (std::size_t i = 0; i < got.values.size(); ++i)
        ASSERT_LE(std::fabs(got.values[i] - expected->values[i]),
                  allowed * std::fmax(std::fabs(expected->values[i]), 0x1p-14))
            << got.name;
    }
  }
}

TEST_F(Safetensors, TheFolderDescribesTheModel) {
  ASSERT_TRUE(write(Precision::bf16));
  const Json config = take(Json::parse(contents(folder.path() / "model" / "config.json")));
  EXPECT_EQ(*config.find("hidden_size")->integer(), 64);
  EXPECT_EQ(*config.find("num_key_value_heads")->integer(), 2);
  EXPECT_EQ(config.find("rope_theta")->number(), 5000);
  EXPECT_EQ(*config.find("torch_dtype")->string(), "bfloat16");
  EXPECT_EQ(contents(folder.path() / "model" / "tokenizer.model"), contents(tokenizer_path));
  EXPECT_THAT(contents(path), testing::HasSubstr("\"llmc.steps\":\"12\""));
}

TEST_F(Safetensors, AFileThatIsCutOffIsRefused) {
  ASSERT_TRUE(write(Precision::f16));
  const std::string whole = contents(path);
  std::vector<std::size_t> sizes = {whole.size() - 1};
  for (std::size_t size = 0; size < whole.size(); size += 97) sizes.push_back(size);
  for (const std::size_t size : sizes) {
    ASSERT_TRUE(write_file(path, std::string_view(whole).substr(0, size)));
    EXPECT_THAT(message_of(read_safetensors(path)),
                testing::HasSubstr("model.safetensors: not a safetensors file, or cut off"));
  }
}

TEST_F(Safetensors, ForeignFilesAreRefused) {
  const auto message = [&](const std::string& header, const std::string& data) {
    std::string bytes;
    for (int i = 0; i < 8; ++i) bytes += static_cast<char>(header.size() >> (8 * i));
    EXPECT_TRUE(make_folder(path.parent_path()));
    EXPECT_TRUE(write_file(path, bytes + header + data));
    return message_of(read_safetensors(path));
  };
  EXPECT_NE(message("{\"a\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[0,8]}}", "12345678"),
            "");
  EXPECT_NE(message("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", "1234"),
            "");
  EXPECT_NE(message("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}", "1234"),
            "");
  EXPECT_NE(message("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", "1234"),
            "");
  EXPECT_NE(message("{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4611686018427387904],"
                    "\"data_offsets\":[0,4]}}",
                    "1234"),
            "");
  EXPECT_NE(message("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", "12345"),
            "");
  EXPECT_NE(message("[]", ""), "");
  EXPECT_NE(message("GGUF", ""), "");
}

TEST_F(Safetensors, WeightsThatDoNotFitTheModelAreRefused) {
  const auto message = [&](auto change) {
    std::vector<NamedWeight> weights = all_weights;
    change(weights);
    return message_of(place_weights(shape, weights));
  };
  EXPECT_EQ(message([](auto& weights) { weights.pop_back(); }),
            "weight model.layers.1.mlp.down_proj.weight is missing");
  EXPECT_THAT(message([](auto& weights) { weights.push_back(weights[0]); }),
              testing::HasSubstr("there twice"));
  EXPECT_THAT(message([](auto& weights) { weights[0].name = "lm_head.weight"; }),
              testing::HasSubstr("lm_head.weight has no place"));
  EXPECT_THAT(message([](auto& weights) { weights[0].shape = {512, 65}; }),
              testing::HasSubstr("[512, 65]; expected [512, 64]"));
  EXPECT_THAT(message([](auto& weights) { weights[0].values.pop_back(); }),
              testing::HasSubstr("expected 32768"));
}

TEST_F(Safetensors, QuantisedWeightsAreRefused) {
  EXPECT_THAT(message_of(write(Precision::q8_0)), testing::HasSubstr("no q8_0"));
}

// The compiler's own half-precision type is the authority.
TEST(NarrowNumbers, RoundAsTheCompilerDoes) {
  for (std::uint32_t bits = 0; bits < 0xFFFF0000U; bits += 977) {
    const auto value = std::bit_cast<float>(bits);
    if (std::isnan(value)) {
      EXPECT_TRUE(std::isnan(from_half(to_half(value))));
      EXPECT_TRUE(std::isnan(from_bfloat(to_bfloat(value))));
      continue;
    }
    ASSERT_EQ(to_half(value), std::bit_cast<std::uint16_t>(static_cast<_Float16>(value))) << value;
    // The nearest of the two neighbours that are the value cut off and its successor.
    const float below = from_bfloat(static_cast<std::uint16_t>(bits >> 16));
    const float above = from_bfloat(static_cast<std::uint16_t>((bits >> 16) + 1));
    const float got = from_bfloat(to_bfloat(value));
    if (std::isfinite(above)) {
      ASSERT_EQ(std::fabs(got - value),
                std::fmin(std::fabs(value - below), std::fabs(above - value)))
          << value;
    }
  }
}

TEST(NarrowNumbers, HalvesComeBackAsTheyWere) {
  for (std::uint32_t bits = 0; bits <= 0xFFFF; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    if (std::isnan(from_half(half))) continue;
    ASSERT_EQ(to_half(from_half(half)), half);
    ASSERT_EQ(from_half(half), static_cast<float>(std::bit_cast<_Float16>(half)));
  }
}

}  // namespace
}  // namespace llmc::train
