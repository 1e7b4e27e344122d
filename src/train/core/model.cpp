#include "train/core/model.h"

#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/grad_mode.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "support/random.h"
#include "train/core/kernels.h"

namespace llmc::train {
namespace {

using torch::autograd::AutogradContext;
using Variables = torch::autograd::variable_list;

constexpr std::size_t k_matrices = 4;  ///< of a block
constexpr std::size_t k_norms = 2;

/// A block whose inside is forgotten after the forward pass and computed again for the gradient. An
/// empty `pending` stands for none (custom functions take no undefined tensors).
struct RecomputedBlock : torch::autograd::Function<RecomputedBlock> {
  struct Setting {
    const Rotary* rotary;
    std::int64_t batch;
    Heads heads;
    double epsilon;
    Path path;
  };

  static Variables forward(AutogradContext* ctx, const Tensor& sum, const Tensor& pending,
                           const Tensor& attention_norm, const Tensor& qkv, const Tensor& output,
                           const Tensor& feed_norm, const Tensor& gate_up, const Tensor& down,
                           const Setting& setting) {
    const BlockWeights weights{attention_norm, qkv, output, feed_norm, gate_up, down};
    const Stream out = run(weights, {sum, pending}, setting);
    ctx->save_for_backward({sum, pending, attention_norm, qkv, output, feed_norm, gate_up, down,
                            setting.rotary->cosines, setting.rotary->sines});
    ctx->saved_data["batch"] = setting.batch;
    ctx->saved_data["queries"] = setting.heads.queries;
    ctx->saved_data["keys"] = setting.heads.keys;
    ctx->saved_data["size"] = setting.heads.size;
    ctx->saved_data["epsilon"] = setting.epsilon;
    ctx->saved_data["reference"] = setting.path == Path::reference;
    return {out.sum, out.pending};
  }

  static Variables backward(AutogradContext* ctx, Variables gradients) {
    const auto saved = ctx->get_saved_variables();
    const auto number = [&](const char* name) { return ctx->saved_data[name].toInt(); };
    const Rotary rotary{saved[8], saved[9]};
    const Setting setting{
        &rotary,
        number("batch"),
        {number("queries"), number("keys"), number("size")},
        ctx->saved_data["epsilon"].toDouble(),
        ctx->saved_data["reference"].toBool() ? Path::reference : Path::automatic};
    Variables inputs;
    for (std::size_t i = 0; i < 8; ++i) inputs.push_back(saved[i].detach().requires_grad_(true));
    const at::AutoGradMode with_gradient(true);
    const Stream out = run({inputs[2], inputs[3], inputs[4], inputs[5], inputs[6], inputs[7]},
                           {inputs[0], inputs[1]}, setting);
    Variables found =
        torch::autograd::grad({out.sum, out.pending}, inputs, gradients, false, false, true);
    found.emplace_back();
    return found;
  }

  static Stream run(const BlockWeights& weights, const Stream& in, const Setting& setting) {
    const Stream stream{in.sum, in.pending.numel() > 0 ? in.pending : Tensor()};
    return block_forward(weights, stream, *setting.rotary, setting.batch, setting.heads,
                         setting.epsilon, setting.path);
  }
};

Heads heads_of(const ModelConfig& config) {
  return {config.heads, config.key_value_heads, config.head_size()};
}

/// Standard normal numbers (Box and Muller), the same on every machine.
void fill_normal(float* values, std::int64_t count, double deviation, Random& random) {
  for (std::int64_t i = 0; i < count; i += 2) {
    const double radius = deviation * std::sqrt(-2 * std::log(1 - random.unit()));
    const double angle = 2 * std::numbers::pi * random.unit();
    values[i] = static_cast<float>(radius * std::cos(angle));
    if (i + 1 < count) values[i + 1] = static_cast<float>(radius * std::sin(angle));
  }
}

}  // namespace

Stream block_forward(const BlockWeights& weights, const Stream& in, const Rotary& rotary,
                     std::int64_t batch, const Heads& heads, double epsilon, Path path) {
  const Residual before =
      in.pending.defined()
          ? add_rms_norm(in.sum, in.pending, weights.attention_norm, epsilon, path)
          : Residual{in.sum, rms_norm(in.sum, weights.attention_norm, epsilon, path)};
  const Tensor qkv = at::linear(before.normal, weights.qkv);
  const Tensor mixed = attention(qkv, rotary, batch, heads, path);
  const Residual between =
      add_rms_norm(before.sum, at::linear(mixed, weights.output), weights.feed_norm, epsilon, path);
  const Tensor active = swiglu(at::linear(between.normal, weights.gate_up), path);
  return {between.sum, at::linear(active, weights.down)};
}

Model::Model(const ModelConfig& config, const Compute& compute, std::uint64_t seed)
    : config_(config), compute_(compute) {
  lay_out();
  const Part& last = parts_.back();
  const std::int64_t total = last.first + last.count;
  masters_ = at::zeros({total}, at::kFloat);
  initialise(seed);
  masters_ = masters_.to(compute.device);
  gradient_ = at::zeros_like(masters_);
  if (compute.type != at::kFloat) rounded_ = masters_.to(compute.type);
  const Tensor& base = rounded_.defined() ? rounded_ : masters_;
  for (Part& part : parts_)
    part.leaf =
        base.narrow(0, part.first, part.count).view(part.shape).detach().requires_grad_(true);
}

void Model::lay_out() {
  const ModelConfig& c = config_;
  const auto add = [this](std::string name, std::vector<std::int64_t> shape) {
    Part part{.name = std::move(name), .shape = std::move(shape), .leaf = {}};
    if (!parts_.empty()) {
      // Starts are multiples of 64 numbers, for the sake of vector loads.
      const std::int64_t end = parts_.back().first + parts_.back().count;
      part.first = (end + 63) / 64 * 64;
    }
    part.count = 1;
    for (const std::int64_t size : part.shape) part.count *= size;
    parts_.push_back(std::move(part));
  };
  add("embedding", {c.vocabulary, c.width});
  for (std::int64_t i = 0; i < c.layers; ++i) {
    add("qkv", {(c.heads + 2 * c.key_value_heads) * c.head_size(), c.width});
    add("output", {c.width, c.width});
    add("gate_up", {2 * c.hidden, c.width});
    add("down", {c.width, c.hidden});
  }
  add("norm", {c.width});
  decayed_ = parts_.back().first;
  for (std::int64_t i = 0; i < c.layers * static_cast<std::int64_t>(k_norms); ++i)
    add("norm", {c.width});
}

void Model::initialise(std::uint64_t seed) {
  Random random(seed);
  const double back = 1 / std::sqrt(2 * static_cast<double>(config_.layers));
  auto* values = masters_.data_ptr<float>();
  for (const Part& part : parts_) {
    const bool into_stream = part.name == "output" || part.name == "down";
    if (part.name == "norm")
      std::fill(values + part.first, values + part.first + part.count, 1.0F);
    else
      fill_normal(values + part.first, part.count, 0.02 * (into_stream ? back : 1), random);
  }
}

BlockWeights Model::block(std::size_t layer) const {
  const std::size_t matrix = 1 + layer * k_matrices;
  const std::size_t norm =
      1 + static_cast<std::size_t>(config_.layers) * k_matrices + layer * k_norms;
  const auto leaf = [this](std::size_t i) { return parts_[i].leaf; };
  return {leaf(norm),     leaf(matrix),     leaf(matrix + 1),
          leaf(norm + 1), leaf(matrix + 2), leaf(matrix + 3)};
}

const Rotary& Model::rotary(std::int64_t length) {
  if (length > rotary_length_) {
    rotary_length_ = std::max(length, config_.context);
    rotary_ = Rotary::make(rotary_length_, config_.head_size(), config_.rope_base, compute_.device);
  }
  return rotary_;
}

Tensor Model::hidden(const std::vector<std::int64_t>& tokens, std::int64_t batch) {
  const auto count = static_cast<std::int64_t>(tokens.size());
  const Tensor ids = at::tensor(tokens, at::kLong).to(compute_.device);
  const Rotary& table = rotary(count / batch);
  Stream stream{at::embedding(parts_[0].leaf, ids), Tensor()};
  for (std::size_t i = 0; i < static_cast<std::size_t>(config_.layers); ++i) {
    const BlockWeights w = block(i);
    if (compute_.recompute && at::GradMode::is_enabled()) {
      const RecomputedBlock::Setting setting{&table, batch, heads_of(config_), config_.norm_epsilon,
                                             compute_.path};
      const Tensor pending =
          stream.pending.defined() ? stream.pending : at::empty({0}, stream.sum.options());
      const Variables out =
          RecomputedBlock::apply(stream.sum, pending, w.attention_norm, w.qkv, w.output,
                                 w.feed_norm, w.gate_up, w.down, setting);
      stream = {out[0], out[1]};
    } else {
      stream = block_forward(w, stream, table, batch, heads_of(config_), config_.norm_epsilon,
                             compute_.path);
    }
  }
  return add_rms_norm(stream.sum, stream.pending, parts_.back().leaf, config_.norm_epsilon,
                      compute_.path)
      .normal;
}

Tensor Model::loss(const Batch& batch, double scale) {
  const Tensor rows = at::tensor(batch.rows, at::kLong).to(compute_.device);
  const Tensor targets = at::tensor(batch.targets, at::kLong).to(compute_.device);
  const Tensor predicted = hidden(batch.tokens, batch.sequences).index_select(0, rows);
  return linear_cross_entropy(predicted, parts_[0].leaf, targets, scale, compute_.path);
}

double Model::train(const Batch& batch, double scale) {
  const Tensor loss = this->loss(batch, scale);
  torch::autograd::backward({loss});
  const at::NoGradGuard no_gradient;
  for (Part& part : parts_) {
    Tensor& found = part.leaf.mutable_grad();
    if (!found.defined()) continue;
    Tensor total = gradient_.narrow(0, part.first, part.count);
    if (found.device().is_cpu() && found.scalar_type() == at::kBFloat16) {
      const Tensor flat = found.contiguous();
      kernels::accumulate(flat.data_ptr<c10::BFloat16>(), part.count, total.data_ptr<float>());
    } else {
      total.add_(found.reshape({part.count}));
    }
    found.reset();
  }
  return loss.item<double>();
}

double Model::evaluate(const Batch& batch) {
  const at::NoGradGuard no_gradient;
  return loss(batch, 1.0).item<double>();
}

Tensor Model::logits(std::span<const std::int64_t> tokens) {
  const at::NoGradGuard no_gradient;
  const Tensor h = hidden({tokens.begin(), tokens.end()}, 1);
  return at::linear(h, parts_[0].leaf).to(at::kFloat).to(at::kCPU);
}

void Model::round_masters() {
  if (rounded_.defined()) rounded_.copy_(masters_);
}

std::vector<Model::Slice> Model::slices() const {
  std::vector<Slice> out;
  // Rows [first, first + rows) of a part.
  const auto add = [&](const std::string& name, const Part& part, std::int64_t first,
                       std::int64_t rows) {
    const std::int64_t width = part.shape.size() == 1 ? 1 : part.shape[1];
    std::vector<std::int64_t> shape = part.shape;
    shape[0] = rows;
    out.push_back({name, std::move(shape), part.first + first * width, rows * width});
  };
  const auto whole = [&](const std::string& name, const Part& part) {
    add(name, part, 0, part.shape[0]);
  };
  whole("model.embed_tokens.weight", parts_[0]);
  const auto layers = static_cast<std::size_t>(config_.layers);
  for (std::size_t i = 0; i < layers; ++i) {
    const std::string prefix = "model.layers." + std::to_string(i) + ".";
    const Part* matrix = &parts_[1 + i * k_matrices];
    const Part* norm = &parts_[1 + layers * k_matrices + i * k_norms];
    const std::int64_t queries = config_.width;
    const std::int64_t keys = config_.key_value_heads * config_.head_size();
    whole(prefix + "input_layernorm.weight", norm[0]);
    add(prefix + "self_attn.q_proj.weight", matrix[0], 0, queries);
    add(prefix + "self_attn.k_proj.weight", matrix[0], queries, keys);
    add(prefix + "self_attn.v_proj.weight", matrix[0], queries + keys, keys);
    whole(prefix + "self_attn.o_proj.weight", matrix[1]);
    whole(prefix + "post_attention_layernorm.weight", norm[1]);
    add(prefix + "mlp.gate_proj.weight", matrix[2], 0, config_.hidden);
    add(prefix + "mlp.up_proj.weight", matrix[2], config_.hidden, config_.hidden);
    whole(prefix + "mlp.down_proj.weight", matrix[3]);
  }
  whole("model.norm.weight", parts_.back());
  return out;
}

std::vector<NamedWeight> Model::export_weights() const {
  const Tensor host = masters_.to(at::kCPU);
  std::vector<NamedWeight> out;
  for (Slice& slice : slices()) {
    const float* at = host.data_ptr<float>() + slice.first;
    out.push_back(
        {std::move(slice.name), std::move(slice.shape), std::vector<float>(at, at + slice.count)});
  }
  return out;
}

Result<void> Model::import_weights(std::span<const NamedWeight> weights) {
  LLMC_TRY(const auto slots, place_weights(config_, weights));
  const at::NoGradGuard no_gradient;
  const Tensor host = at::empty({masters_.numel()}, at::kFloat);
  for (const Slice& slice : slices()) {
    const auto slot = std::ranges::find(slots, slice.name, &WeightSlot::name);
    std::ranges::copy(slot->weight->values, host.data_ptr<float>() + slice.first);
  }
  masters_.copy_(host);
  round_masters();
  return {};
}

double Model::state_bytes(const ModelConfig& config, at::ScalarType type) {
  const double narrow = type == at::kFloat ? 4 : 2;
  const double of_each = 4 * 4 + (type == at::kFloat ? 0 : 2) + narrow;  // leaves' gradients too
  return static_cast<double>(config.parameters()) * of_each;
}

}  // namespace llmc::train
