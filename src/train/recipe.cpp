#include "train/recipe.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "support/files.h"

namespace llmc::train {
namespace {

Result<void> check(bool fine, const std::string& sentence) {
  if (fine) return {};
  return fail(sentence);
}

/// Calls read(item, where) for each item of the list `name`; none where it is missing.
template <typename Read>
Result<void> for_each_item(JsonReader& reader, const char* name, const Read& read) {
  const Json* list = reader.member(name);
  if (list == nullptr) return {};
  if (list->array() == nullptr) return fail(std::string(name) + ": must be a list");
  for (std::size_t i = 0; i < list->array()->size(); ++i)
    LLMC_CHECK(read((*list->array())[i], std::string(name) + "[" + std::to_string(i) + "]"));
  return {};
}

Result<Stage> read_stage(const Json& json, const std::string& where) {
  Stage stage;
  JsonReader reader(json, where);
  reader.read("name", stage.name);
  reader.read("tokens", stage.tokens);
  reader.read("rate", stage.rate);
  reader.read("final_rate", stage.final_rate);
  reader.read("warmup", stage.warmup);
  reader.read("decay", stage.decay);
  reader.read("clip", stage.clip);
  LLMC_CHECK(for_each_item(reader, "data",
                           [&](const Json& item, const std::string& place) -> Result<void> {
                             Source source;
                             JsonReader fields(item, where + ": " + place);
                             fields.read("shards", source.shards);
                             fields.read("weight", source.weight);
                             fields.read("loss_weight", source.loss_weight);
                             LLMC_CHECK(fields.finish());
                             stage.data.push_back(std::move(source));
                             return {};
                           }));
  LLMC_CHECK(reader.finish());
  LLMC_CHECK(check(!stage.name.empty(), where + ": a stage needs a 'name'"));
  LLMC_CHECK(check(stage.tokens > 0, where + ": 'tokens' must be above 0"));
  LLMC_CHECK(check(stage.rate > 0 && stage.rate < 1, where + ": 'rate' must be between 0 and 1"));
  LLMC_CHECK(check(stage.warmup >= 0 && stage.clip > 0 && stage.decay >= 0,
                   where + ": 'warmup' and 'decay' cannot be negative, 'clip' must be above 0"));
  LLMC_CHECK(check(!stage.data.empty(), where + ": a stage needs 'data'"));
  return stage;
}

Json shards_to_json(const std::vector<std::string>& shards) {
  Json::Array names;
  for (const std::string& shard : shards) names.emplace_back(shard);
  return Json(std::move(names));
}

}  // namespace

std::int64_t Stage::steps(std::int64_t step_tokens) const {
  return std::max<std::int64_t>(1, (tokens + step_tokens / 2) / step_tokens);
}

double Stage::rate_at(std::int64_t step, std::int64_t steps) const {
  if (step <= warmup) return rate * static_cast<double>(step) / static_cast<double>(warmup);
  const auto left = static_cast<double>(std::max<std::int64_t>(1, steps - warmup));
  const double way = std::min(1.0, static_cast<double>(step - warmup) / left);
  return rate * (final_rate + (1 - final_rate) * (1 + std::cos(std::numbers::pi * way)) / 2);
}

Result<Recipe> Recipe::from_json(const Json& json) {
  Recipe recipe;
  JsonReader reader(json, "recipe");
  reader.read("name", recipe.name);
  std::string tokenizer;
  reader.read("tokenizer", tokenizer);
  recipe.tokenizer = tokenizer;
  reader.read("seed", recipe.seed);
  reader.read("precision", recipe.precision);
  reader.read("step_tokens", recipe.step_tokens);
  reader.read("batch_tokens", recipe.batch_tokens);
  reader.read("recompute", recipe.recompute);
  reader.read("validate_every", recipe.validate_every);
  reader.read("validate_tokens", recipe.validate_tokens);
  if (const Json* model = reader.member("model"); model != nullptr) {
    LLMC_TRY(recipe.model, ModelConfig::from_json(*model));
  }
  reader.read("vocabulary", recipe.model.vocabulary);
  LLMC_CHECK(for_each_item(reader, "stages",
                           [&](const Json& item, const std::string& where) -> Result<void> {
                             LLMC_TRY(Stage stage, read_stage(item, where));
                             recipe.stages.push_back(std::move(stage));
                             return {};
                           }));
  LLMC_CHECK(for_each_item(reader, "valid",
                           [&](const Json& item, const std::string& where) -> Result<void> {
                             ValidationSet set;
                             JsonReader fields(item, where);
                             fields.read("name", set.name);
                             fields.read("shards", set.shards);
                             LLMC_CHECK(fields.finish());
                             recipe.valid.push_back(std::move(set));
                             return {};
                           }));
  if (const Json* metadata = reader.member("metadata"); metadata != nullptr) {
    if (metadata->object() == nullptr) return fail("metadata: must be an object");
    for (const Json::Member& member : *metadata->object()) {
      if (member.second.string() == nullptr) return fail("metadata: values must be texts");
      recipe.metadata[member.first] = *member.second.string();
    }
  }
  LLMC_CHECK(reader.finish());
  LLMC_CHECK(recipe.model.validate());
  LLMC_CHECK(
      check(recipe.precision == "auto" || recipe.precision == "bf16" || recipe.precision == "f32",
            "recipe: 'precision' must be \"auto\", \"bf16\" or \"f32\""));
  LLMC_CHECK(check(recipe.batch_tokens > 0 && recipe.step_tokens > 0,
                   "recipe: 'step_tokens' and 'batch_tokens' must be above 0"));
  LLMC_CHECK(check(!recipe.stages.empty(), "recipe: there are no 'stages'"));
  return recipe;
}

Result<Recipe> Recipe::load(const std::filesystem::path& path) {
  LLMC_TRY(const std::string text, read_file(path));
  auto json = Json::parse(text);
  if (!json) return std::unexpected(json.error().with_context(path.string()));
  auto recipe = from_json(*json);
  if (!recipe) return std::unexpected(recipe.error().with_context(path.string()));
  return recipe;
}

Json Recipe::fixed() const {
  Json json;
  json.set("model", model.to_json()).set("seed", seed).set("precision", precision);
  json.set("step_tokens", step_tokens).set("batch_tokens", batch_tokens);
  Json::Array list;
  for (const Stage& stage : stages) {
    Json::Array sources;
    for (const Source& source : stage.data) {
      Json item;
      item.set("shards", shards_to_json(source.shards)).set("weight", source.weight);
      if (source.loss_weight != 1) item.set("loss_weight", source.loss_weight);
      sources.push_back(std::move(item));
    }
    list.push_back(Json()
                       .set("name", stage.name)
                       .set("tokens", stage.tokens)
                       .set("rate", stage.rate)
                       .set("final_rate", stage.final_rate)
                       .set("warmup", stage.warmup)
                       .set("decay", stage.decay)
                       .set("clip", stage.clip)
                       .set("data", Json(std::move(sources))));
  }
  return json.set("stages", Json(std::move(list)));
}

}  // namespace llmc::train
