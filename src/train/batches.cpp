#include "train/batches.h"

#include <algorithm>
#include <numeric>

#include "support/random.h"

namespace llmc::train {
namespace {

/// Steps whose documents are sorted together. More would pad less, but a killed run draws the pool
/// again, and neighbouring steps see documents of one draw.
constexpr std::int64_t k_pool_steps = 16;

/// A seed of its own for each use (the finaliser of SplitMix64).
std::uint64_t mix(std::uint64_t seed, std::uint64_t use, std::uint64_t number) {
  std::uint64_t z = seed + 0x9E3779B97F4A7C15U * (use * 1000003 + number + 1);
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9U;
  z = (z ^ z >> 27) * 0x94D049BB133111EBU;
  return z ^ z >> 31;
}

template <typename T>
void shuffle_values(std::vector<T>& values, std::uint64_t seed) {
  Random random(seed);
  for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[random.below(i)]);
}

std::int64_t inputs_of(const Shard::Document& document) {
  return static_cast<std::int64_t>(document.tokens.size()) - 1;
}

}  // namespace

Batch make_batch(const std::vector<Shard::Document>& documents) {
  Batch batch;
  batch.sequences = static_cast<std::int64_t>(documents.size());
  for (const Shard::Document& document : documents)
    batch.length = std::max(batch.length, inputs_of(document));
  batch.tokens.assign(static_cast<std::size_t>(batch.sequences * batch.length), 0);
  for (std::size_t i = 0; i < documents.size(); ++i) {
    const Shard::Document& document = documents[i];
    const auto start = static_cast<std::int64_t>(i) * batch.length;
    for (std::int64_t t = 0; t < inputs_of(document); ++t) {
      const auto at = static_cast<std::size_t>(t);
      batch.tokens[static_cast<std::size_t>(start + t)] = document.tokens[at];
      if (at + 1 < document.prompt) continue;
      batch.rows.push_back(start + t);
      batch.targets.push_back(document.tokens[at + 1]);
    }
    batch.real_tokens += inputs_of(document);
  }
  return batch;
}

Result<BatchStream> BatchStream::open(const std::filesystem::path& folder,
                                      const std::vector<Source>& sources,
                                      const BatchSetting& setting) {
  BatchStream stream;
  stream.setting_ = setting;
  if (sources.empty()) return fail("no data: a stage needs one source of shards at least");
  for (const Source& source : sources) {
    Pile pile;
    pile.weight = source.weight;
    pile.loss_weight = source.loss_weight;
    if (!(source.weight > 0) || !(source.loss_weight > 0))
      return fail("a source's weights must be above 0");
    for (const std::string& name : source.shards) {
      const std::filesystem::path path = folder / name;
      LLMC_TRY(Shard shard, Shard::open(path));
      if (shard.vocabulary() != setting.vocabulary ||
          (setting.tokenizer != 0 && shard.tokenizer() != setting.tokenizer))
        return fail(path.string() + ": packed with another tokenizer (of " +
                    std::to_string(shard.vocabulary()) + " entries) than the run's (of " +
                    std::to_string(setting.vocabulary) + "): pack the data again");
      for (std::size_t i = 0; i < shard.size(); ++i) {
        if (inputs_of(shard[i]) > setting.context)
          ++stream.left_out_;
        else
          pile.places.push_back({static_cast<std::uint32_t>(stream.piles_.size()),
                                 static_cast<std::uint32_t>(stream.shards_.size()),
                                 static_cast<std::uint32_t>(i)});
      }
      stream.shards_.push_back(std::move(shard));
    }
    if (pile.places.empty())
      return fail((source.shards.empty() ? folder : folder / source.shards.front()).string() +
                  ": no document fits the context of " + std::to_string(setting.context) +
                  " tokens");
    stream.piles_.push_back(std::move(pile));
  }
  return stream;
}

Shard::Document BatchStream::document(const Place& place) const {
  return shards_[place.shard][place.document];
}

void BatchStream::shuffle(std::size_t pile, std::int64_t epoch) {
  Pile& p = piles_[pile];
  p.epoch = epoch;
  p.order.resize(p.places.size());
  std::iota(p.order.begin(), p.order.end(), 0U);
  shuffle_values(p.order, mix(setting_.seed, pile + 1, static_cast<std::uint64_t>(epoch)));
}

/// A document of the source that is furthest behind its share.
BatchStream::Place BatchStream::draw() {
  std::size_t behind = 0;
  for (std::size_t i = 1; i < piles_.size(); ++i)
    if (static_cast<double>(piles_[i].drawn) / piles_[i].weight <
        static_cast<double>(piles_[behind].drawn) / piles_[behind].weight)
      behind = i;
  Pile& pile = piles_[behind];
  if (pile.epoch < 0 || pile.next == static_cast<std::int64_t>(pile.order.size())) {
    shuffle(behind, pile.epoch + 1);
    pile.next = 0;
  }
  const Place place = pile.places[pile.order[static_cast<std::size_t>(pile.next++)]];
  pile.drawn += inputs_of(document(place));
  return place;
}

/// Batches of neighbours in length, the longest first, whose losses weigh the same; equal lengths
/// keep their order.
std::vector<std::vector<BatchStream::Place>> BatchStream::group(std::vector<Place> places) const {
  const auto key = [this](const Place& place) {
    return std::pair(loss_weight(place), document(place).tokens.size());
  };
  std::stable_sort(places.begin(), places.end(),
                   [&key](const Place& a, const Place& b) { return key(a) > key(b); });
  std::vector<std::vector<Place>> batches;
  std::int64_t longest = 0;
  for (const Place& place : places) {
    const bool full = batches.empty() ||
                      (static_cast<std::int64_t>(batches.back().size()) + 1) * longest >
                          std::max(setting_.batch_tokens, longest) ||
                      loss_weight(batches.back().front()) != loss_weight(place);
    if (full) {
      batches.emplace_back();
      longest = inputs_of(document(place));
    }
    batches.back().push_back(place);
  }
  return batches;
}

void BatchStream::fill_pool() {
  pool_start_ = Json(Json::Array{});
  Json::Array piles;
  for (const Pile& pile : piles_)
    piles.push_back(
        Json().set("epoch", pile.epoch).set("next", pile.next).set("drawn", pile.drawn));
  pool_start_ = Json(std::move(piles));
  std::vector<Place> places;
  const std::int64_t wanted = k_pool_steps * setting_.step_tokens;
  for (std::int64_t tokens = 0; tokens < wanted;) {
    places.push_back(draw());
    tokens += inputs_of(document(places.back()));
  }
  auto batches = group(std::move(places));
  shuffle_values(batches, mix(setting_.seed, 0, static_cast<std::uint64_t>(pool_)));
  steps_.assign(1, {});
  std::int64_t tokens = 0;
  for (auto& batch : batches) {
    const auto last_step = static_cast<std::int64_t>(steps_.size());
    if (last_step < k_pool_steps && tokens >= last_step * setting_.step_tokens)
      steps_.emplace_back();
    for (const Place& place : batch) tokens += inputs_of(document(place));
    steps_.back().push_back(std::move(batch));
  }
  step_ = 0;
}

Step BatchStream::next() {
  if (steps_.empty()) fill_pool();
  if (step_ == steps_.size()) {
    ++pool_;
    fill_pool();
  }
  Step step;
  for (const auto& places : steps_[step_]) {
    std::vector<Shard::Document> documents;
    for (const Place& place : places) documents.push_back(document(place));
    Batch batch = make_batch(documents);
    batch.loss_weight = loss_weight(places.front());
    step.real_tokens += batch.real_tokens;
    step.padded_tokens += batch.sequences * batch.length;
    step.loss_weight += batch.loss_weight * static_cast<double>(batch.rows.size());
    step.batches.push_back(std::move(batch));
  }
  ++step_;
  return step;
}

Json BatchStream::state() const {
  Json json;
  json.set("pool", pool_).set("step", static_cast<std::int64_t>(step_));
  return json.set("piles", steps_.empty() ? Json() : pool_start_);
}

Result<void> BatchStream::restore(const Json& state) {
  std::int64_t step = 0;
  JsonReader reader(state, "data position");
  reader.read("pool", pool_);
  reader.read("step", step);
  const Json* piles = reader.member("piles");
  LLMC_CHECK(reader.finish());
  steps_.clear();
  step_ = 0;
  if (piles == nullptr || piles->is_null()) return {};
  if (piles->array() == nullptr || piles->array()->size() != piles_.size())
    return fail("data position: the stage has other sources than when it was saved");
  for (std::size_t i = 0; i < piles_.size(); ++i) {
    Pile& pile = piles_[i];
    JsonReader place((*piles->array())[i], "data position");
    std::int64_t epoch = -1;
    place.read("epoch", epoch);
    place.read("next", pile.next);
    place.read("drawn", pile.drawn);
    LLMC_CHECK(place.finish());
    pile.epoch = -1;
    if (epoch >= 0) shuffle(i, epoch);
    if (pile.next < 0 || pile.next > static_cast<std::int64_t>(pile.places.size()))
      return fail("data position: the stage has other data than when it was saved");
  }
  fill_pool();
  if (step < 0 || step > static_cast<std::int64_t>(steps_.size()))
    return fail("data position: the stage has other data than when it was saved");
  step_ = static_cast<std::size_t>(step);
  return {};
}

std::vector<Batch> BatchStream::sweep(std::int64_t tokens) const {
  std::vector<Place> places;
  std::int64_t total = 0;
  for (const Pile& pile : piles_)
    for (const Place& place : pile.places) {
      if (total >= tokens) break;
      total += inputs_of(document(place));
      places.push_back(place);
    }
  std::vector<Batch> batches;
  for (const auto& group : group(std::move(places))) {
    std::vector<Shard::Document> documents;
    for (const Place& place : group) documents.push_back(document(place));
    batches.push_back(make_batch(documents));
  }
  return batches;
}

std::int64_t BatchStream::documents() const {
  std::int64_t count = 0;
  for (const Pile& pile : piles_) count += static_cast<std::int64_t>(pile.places.size());
  return count;
}

double BatchStream::bytes_per_token() const {
  double bytes = 0;
  double tokens = 0;
  for (const Shard& shard : shards_) {
    bytes += static_cast<double>(shard.text_bytes());
    for (std::size_t i = 0; i < shard.size(); ++i)
      tokens += static_cast<double>(shard[i].tokens.size() - std::max(1U, shard[i].prompt));
  }
  return tokens == 0 ? 0 : bytes / tokens;
}

}  // namespace llmc::train
