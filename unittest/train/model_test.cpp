#include "train/core/model.h"

#include <gtest/gtest.h>

#include <cmath>

#include "train/core/optimizer.h"
#include "train/toy_model.h"

namespace llmc::train {
namespace {

ModelConfig tiny() { return test::toy_config(50); }

Batch some_batch(std::int64_t sequences, std::int64_t length) {
  Batch batch;
  batch.sequences = sequences;
  batch.length = length;
  for (std::int64_t i = 0; i < sequences * length; ++i) {
    batch.tokens.push_back(i * 7 % 50);
    batch.rows.push_back(i);
    batch.targets.push_back((i * 11 + 3) % 50);
  }
  batch.real_tokens = sequences * length;
  return batch;
}

Compute computing(at::ScalarType type, bool recompute = false, Path path = Path::automatic) {
  Compute compute;
  compute.type = type;
  compute.recompute = recompute;
  compute.path = path;
  return compute;
}

TEST(Model, CountsItsParameters) {
  Model model(tiny(), computing(at::kFloat), 1);
  std::int64_t count = 0;
  for (const NamedWeight& weight : model.export_weights())
    count += static_cast<std::int64_t>(weight.values.size());
  EXPECT_EQ(count, tiny().parameters());
}

TEST(Model, StartsNearTheLossOfGuessing) {
  Model model(tiny(), computing(at::kFloat), 1);
  const Batch batch = some_batch(2, 16);
  EXPECT_NEAR(model.evaluate(batch) / 32, std::log(50.0), 0.1);
}

TEST(Model, RecomputingGivesTheSameGradient) {
  const Batch batch = some_batch(2, 16);
  Model kept(tiny(), computing(at::kFloat), 1);
  Model recomputed(tiny(), computing(at::kFloat, true), 1);
  EXPECT_DOUBLE_EQ(kept.train(batch, 0.5), recomputed.train(batch, 0.5));
  EXPECT_TRUE(at::equal(kept.gradient(), recomputed.gradient()));
}

TEST(Model, FusedAndComposedPathsGiveTheSameGradient) {
  const Batch batch = some_batch(3, 9);
  Model fused(tiny(), computing(at::kFloat), 1);
  Model composed(tiny(), computing(at::kFloat, false, Path::reference), 1);
  EXPECT_NEAR(fused.train(batch, 1), composed.train(batch, 1), 1e-3);
  EXPECT_TRUE(at::allclose(fused.gradient(), composed.gradient(), 1e-3, 1e-4));
}

TEST(Model, NoTokenSeesALaterOne) {
  Model model(tiny(), computing(at::kFloat), 1);
  std::vector<std::int64_t> tokens = {1, 2, 3, 4, 5, 6, 7, 8};
  const Tensor before = model.logits(tokens);
  tokens.back() = 40;
  const Tensor after = model.logits(tokens);
  EXPECT_TRUE(at::equal(before.narrow(0, 0, 7), after.narrow(0, 0, 7)));
  EXPECT_FALSE(at::equal(before[7], after[7]));
}

TEST(Model, PaddingChangesNothing) {
  Model model(tiny(), computing(at::kFloat), 1);
  Batch plain = some_batch(1, 6);
  Batch padded = plain;
  padded.length = 10;
  padded.tokens.resize(10, 0);
  EXPECT_NEAR(model.evaluate(plain), model.evaluate(padded), 1e-4);
}

TEST(Optimizer, LearnsABatchByHeart) {
  for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
    Model model(tiny(), computing(type), 3);
    Optimizer optimizer(model);
    const Batch batch = some_batch(2, 12);
    for (int step = 0; step < 150; ++step) {
      model.clear_gradient();
      model.train(batch, 1.0 / 24);
      optimizer.step({3e-3, 0.0, 1.0});
    }
    EXPECT_LT(model.evaluate(batch) / 24, 0.05) << toString(type);
  }
}

/// AdamW's formula (arXiv 1711.05101, algorithm 2) by hand, in double precision.
TEST(Optimizer, FollowsTheFormula) {
  Model model(tiny(), computing(at::kFloat), 3);
  Optimizer optimizer(model);
  const Tensor start = model.masters().clone().to(at::kDouble);
  Tensor m = at::zeros_like(start);
  Tensor v = at::zeros_like(start);
  Tensor weight = start.clone();
  for (int step = 1; step <= 3; ++step) {
    model.gradient().copy_(at::sin(at::arange(start.numel(), at::kFloat) * (0.1 * step)) * 1e-3);
    const Tensor g = model.gradient().to(at::kDouble);
    const double norm = optimizer.step({1e-2, 0.1, 1e9});
    EXPECT_NEAR(norm, g.norm().item<double>(), 1e-6);
    m = 0.9 * m + 0.1 * g;
    v = 0.95 * v + 0.05 * g * g;
    Tensor decay = at::zeros_like(weight);
    decay.narrow(0, 0, model.decayed()).fill_(0.1);
    weight = weight - 1e-2 * (m / (1 - std::pow(0.9, step)) /
                                  (at::sqrt(v / (1 - std::pow(0.95, step))) + 1e-8) +
                              decay * weight);
  }
  EXPECT_TRUE(at::allclose(model.masters().to(at::kDouble), weight, 1e-4, 1e-6));
}

TEST(Optimizer, ClipsByNorm) {
  Model model(tiny(), computing(at::kFloat), 3);
  Model same(tiny(), computing(at::kFloat), 3);
  Optimizer clipped(model);
  Optimizer scaled(same);
  model.gradient().fill_(0.5);
  same.gradient().fill_(0.5);
  const double norm = clipped.step({1e-2, 0.1, 0.25});
  same.gradient().mul_(0.25 / norm);
  scaled.step({1e-2, 0.1, 1e9});
  EXPECT_TRUE(at::allclose(model.masters(), same.masters(), 1e-5, 1e-7));
}

TEST(Optimizer, AGradientThatIsNotFiniteChangesNothing) {
  Model model(tiny(), computing(at::kFloat), 3);
  Optimizer optimizer(model);
  const Tensor before = model.masters().clone();
  model.gradient()[5] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_FALSE(std::isfinite(optimizer.step({1e-2, 0.1, 1.0})));
  EXPECT_TRUE(at::equal(model.masters(), before));
  EXPECT_EQ(optimizer.steps(), 0);
}

}  // namespace
}  // namespace llmc::train
