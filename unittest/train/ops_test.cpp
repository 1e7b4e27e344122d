// The fused operations against libtorch's own, and every gradient against finite differences.
#include "train/core/ops.h"

#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <functional>
#include <vector>

#include "train/core/machine.h"
#include "train/core/model.h"

namespace llmc::train {
namespace {

using Inputs = std::vector<Tensor>;
using Operation = std::function<Tensor(const Inputs&)>;

Tensor random(at::IntArrayRef shape) { return at::randn(shape, at::kDouble); }

class Ops : public ::testing::Test {
 protected:
  void SetUp() override { at::manual_seed(7); }
};

/// The gradient of Σ operation · direction by autograd, for each input.
Inputs gradients(const Operation& operation, const Inputs& inputs, const Tensor& direction) {
  Inputs leaves;
  for (const Tensor& input : inputs) leaves.push_back(input.detach().clone().requires_grad_(true));
  const Tensor out = operation(leaves);
  torch::autograd::backward({(out * direction.to(out.scalar_type())).sum()});
  Inputs found;
  for (const Tensor& leaf : leaves) found.push_back(leaf.grad());
  return found;
}

/// Central differences in double precision along random directions, one for each input.
void expect_finite_differences(const Operation& operation, const Inputs& inputs) {
  const at::NoGradGuard no_gradient;
  const Tensor direction = at::randn_like(operation(inputs));
  Inputs found;
  {
    const at::AutoGradMode with_gradient(true);
    found = gradients(operation, inputs, direction);
  }
  constexpr double step = 1e-4;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    for (int round = 0; round < 3; ++round) {
      const Tensor way = at::randn_like(inputs[i]);
      const auto value = [&](double by) {
        Inputs moved = inputs;
        moved[i] = inputs[i] + by * way;
        return (operation(moved) * direction).sum().item<double>();
      };
      const double expected = (value(step) - value(-step)) / (2 * step);
      const double is = (found[i] * way).sum().item<double>();
      // lse and delta are kept in single precision; that bounds what can agree.
      EXPECT_NEAR(is, expected, 2e-4 * std::max(1.0, std::abs(expected))) << "input " << i;
    }
  }
}

/// Values and gradients of the fused path against the composed one, in double and in bf16.
void expect_same(const std::function<Tensor(const Inputs&, Path)>& operation,
                 const Inputs& inputs) {
  const auto with = [&](Path path) {
    return [&operation, path](const Inputs& in) { return operation(in, path); };
  };
  const Tensor direction = at::randn_like(operation(inputs, Path::reference));
  const Inputs expected = gradients(with(Path::reference), inputs, direction);
  const Inputs fused = gradients(with(Path::automatic), inputs, direction);
  EXPECT_TRUE(at::allclose(operation(inputs, Path::automatic), operation(inputs, Path::reference),
                           1e-5, 1e-6));
  Inputs narrow;
  for (const Tensor& input : inputs) narrow.push_back(input.to(at::kBFloat16));
  const Inputs rounded = gradients(with(Path::automatic), narrow, direction);
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    EXPECT_TRUE(at::allclose(fused[i], expected[i], 1e-4, 1e-5)) << "gradient " << i;
    const double error = (rounded[i].to(at::kDouble) - expected[i]).norm().item<double>();
    EXPECT_LT(error, 0.03 * expected[i].norm().item<double>()) << "bf16 gradient " << i;
  }
}

TEST_F(Ops, RmsNorm) {
  const Inputs inputs = {random({7, 24}), random({24})};
  const auto norm = [](const Inputs& in, Path path) { return rms_norm(in[0], in[1], 1e-5, path); };
  expect_same(norm, inputs);
  expect_finite_differences([&](const Inputs& in) { return norm(in, Path::automatic); }, inputs);
}

TEST_F(Ops, AddRmsNormPassesBothGradients) {
  const Inputs inputs = {random({5, 32}), random({5, 32}), random({32})};
  const auto both = [](const Inputs& in, Path path) {
    const Residual out = add_rms_norm(in[0], in[1], in[2], 1e-5, path);
    return at::cat({out.sum, out.normal}, 1);
  };
  expect_same(both, inputs);
  expect_finite_differences([&](const Inputs& in) { return both(in, Path::automatic); }, inputs);
}

TEST_F(Ops, SwiGlu) {
  const Inputs inputs = {random({6, 2 * 20})};
  const auto gated = [](const Inputs& in, Path path) { return swiglu(in[0], path); };
  expect_same(gated, inputs);
  expect_finite_differences([&](const Inputs& in) { return gated(in, Path::automatic); }, inputs);
}

struct AttentionCase {
  std::int64_t batch, length;
  Heads heads;
};

class AttentionOps : public ::testing::TestWithParam<AttentionCase> {
 protected:
  void SetUp() override { at::manual_seed(7); }
};

TEST_P(AttentionOps, EqualsTheComposedFormAndFiniteDifferences) {
  const auto [batch, length, heads] = GetParam();
  const std::int64_t width = (heads.queries + 2 * heads.keys) * heads.size;
  const Rotary rotary = Rotary::make(length, heads.size, 1e6, at::kCPU);
  const auto mixed = [&](const Inputs& in, Path path) {
    return attention(in[0], rotary, batch, heads, path);
  };
  const Inputs inputs = {random({batch * length, width})};
  expect_same(mixed, inputs);
  if (length > 64) return;  // differences of long sums say little
  expect_finite_differences([&](const Inputs& in) { return mixed(in, Path::automatic); }, inputs);
}

// The last ones are longer than one block of queries.
INSTANTIATE_TEST_SUITE_P(Shapes, AttentionOps,
                         ::testing::Values(AttentionCase{1, 1, {2, 2, 4}},
                                           AttentionCase{2, 9, {4, 2, 8}},
                                           AttentionCase{1, 33, {6, 1, 16}},
                                           AttentionCase{1, 300, {2, 1, 8}},
                                           AttentionCase{2, 513, {2, 2, 4}}));

TEST_F(Ops, LinearCrossEntropy) {
  const Tensor targets = at::tensor({3, 0, 16, 5, 5}, at::kLong);
  const Inputs inputs = {random({5, 12}), random({17, 12})};
  const auto loss = [&](const Inputs& in, Path path) {
    return linear_cross_entropy(in[0], in[1], targets, 0.25, path);
  };
  expect_same(loss, inputs);
  expect_finite_differences([&](const Inputs& in) { return loss(in, Path::automatic); }, inputs);
}

TEST_F(Ops, LinearCrossEntropyOfMoreRowsThanOneBlock) {
  // Without AVX-512, libtorch 1.13 sums products in bf16 with an error that grows with their
  // number: a third of a gradient over 65,536 classes.
  if (type_of("auto", at::kCPU) == at::kFloat)
    GTEST_SKIP() << "bf16 sums are not exact enough here";
  constexpr std::int64_t classes = 65536;  // 256 rows a block
  const Tensor targets = at::randint(classes, {300}, at::kLong);
  const Inputs inputs = {random({300, 4}), random({classes, 4})};
  expect_same(
      [&](const Inputs& in, Path path) {
        return linear_cross_entropy(in[0], in[1], targets, 1.0 / 300, path);
      },
      inputs);
}

TEST_F(Ops, ABlockAgreesWithFiniteDifferences) {
  constexpr std::int64_t width = 16, hidden = 24, batch = 2, length = 5;
  const Heads heads{4, 2, 4};
  const Rotary rotary = Rotary::make(length, heads.size, 1e6, at::kCPU);
  const Inputs inputs = {
      random({batch * length, width}),    random({batch * length, width}), random({width}),
      random({(4 + 4) * 4, width}) * 0.3, random({width, width}) * 0.3,    random({width}),
      random({2 * hidden, width}) * 0.3,  random({width, hidden}) * 0.3};
  const auto block = [&](const Inputs& in, Path path) {
    const Stream out = block_forward({in[2], in[3], in[4], in[5], in[6], in[7]}, {in[0], in[1]},
                                     rotary, batch, heads, 1e-5, path);
    return at::cat({out.sum, out.pending}, 1);
  };
  expect_finite_differences([&](const Inputs& in) { return block(in, Path::automatic); }, inputs);
  expect_finite_differences([&](const Inputs& in) { return block(in, Path::reference); }, inputs);
}

}  // namespace
}  // namespace llmc::train
