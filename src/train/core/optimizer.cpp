#include "train/core/optimizer.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <cmath>

#include "train/core/kernels.h"

namespace llmc::train {
namespace {

constexpr double k_beta1 = 0.9;
constexpr double k_beta2 = 0.95;
constexpr double k_epsilon = 1e-8;

double norm_of(const at::Tensor& values) {
  if (!values.device().is_cpu()) return values.norm().item<double>();
  return std::sqrt(kernels::sum_of_squares(values.data_ptr<float>(), values.numel()));
}

}  // namespace

Optimizer::Optimizer(Model& model)
    : model_(model), m_(at::zeros_like(model.masters())), v_(at::zeros_like(model.masters())) {}

double Optimizer::step(const Setting& setting) {
  const at::NoGradGuard no_gradient;
  const double norm = norm_of(model_.gradient());
  if (!std::isfinite(norm)) return norm;
  ++steps_;
  const double scale = std::min(1.0, setting.clip / std::max(norm, 1e-12));
  const std::int64_t matrices = model_.decayed();
  move(0, matrices, setting.rate, setting.decay, scale);
  move(matrices, model_.masters().numel() - matrices, setting.rate, 0, scale);
  return norm;
}

void Optimizer::move(std::int64_t first, std::int64_t count, double rate, double decay,
                     double scale) {
  const auto part = [&](at::Tensor& t) { return t.narrow(0, first, count); };
  at::Tensor weight = part(model_.masters());
  at::Tensor m = part(m_);
  at::Tensor v = part(v_);
  const at::Tensor gradient = part(model_.gradient());
  const bool narrow = model_.rounded().defined();
  if (weight.device().is_cpu() && (!narrow || model_.rounded().scalar_type() == at::kBFloat16)) {
    const kernels::AdamW adamw{static_cast<float>(rate),
                               static_cast<float>(k_beta1),
                               static_cast<float>(k_beta2),
                               static_cast<float>(k_epsilon),
                               static_cast<float>(decay),
                               static_cast<float>(scale),
                               steps_};
    kernels::adamw(adamw, count, gradient.data_ptr<float>(), weight.data_ptr<float>(),
                   m.data_ptr<float>(), v.data_ptr<float>(),
                   narrow ? model_.rounded().data_ptr<c10::BFloat16>() + first : nullptr);
    return;
  }
  const at::Tensor g = gradient * scale;
  m.mul_(k_beta1).add_(g, 1 - k_beta1);
  v.mul_(k_beta2).addcmul_(g, g, 1 - k_beta2);
  const auto steps = static_cast<double>(steps_);
  const at::Tensor deviation = (v / (1 - std::pow(k_beta2, steps))).sqrt_().add_(k_epsilon);
  weight.mul_(1 - rate * decay);
  weight.addcdiv_(m, deviation, -rate / (1 - std::pow(k_beta1, steps)));
  if (narrow) model_.rounded().narrow(0, first, count).copy_(weight);
}

}  // namespace llmc::train
