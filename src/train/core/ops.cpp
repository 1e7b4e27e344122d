#include "train/core/ops.h"

#include <ATen/Parallel.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/csrc/autograd/grad_mode.h>
#include <torch/csrc/autograd/variable.h>
#include <torch/version.h>

#include <cmath>

#include "train/core/kernels.h"

namespace llmc::train {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::Function;
using Variables = torch::autograd::variable_list;

/// Calls body with a null pointer of the tensor's number type.
template <typename Body>
void for_type(const Tensor& tensor, const Body& body) {
  switch (tensor.scalar_type()) {
    case at::kFloat:
      return body(static_cast<float*>(nullptr));
    case at::kDouble:
      return body(static_cast<double*>(nullptr));
    case at::kBFloat16:
      return body(static_cast<c10::BFloat16*>(nullptr));
    default:
      TORCH_CHECK(false, "numbers of a type that training does not use");
  }
}

template <typename T>
T* data(const Tensor& tensor) {
  return tensor.data_ptr<T>();
}

bool is_fused(const Tensor& tensor, Path path) {
  return path == Path::automatic && tensor.device().is_cpu();
}

Tensor single(const at::IntArrayRef& shape) { return at::empty(shape, at::kFloat); }

// --- Norms -------------------------------------------------------------------------------------

/// `r` is added first; an empty one stands for none (custom functions take no undefined tensors).
struct FusedNorm : Function<FusedNorm> {
  static Variables forward(AutogradContext* ctx, const Tensor& x, const Tensor& r,
                           const Tensor& weight, double epsilon) {
    const std::int64_t rows = x.size(0);
    const std::int64_t width = x.size(1);
    const bool has_residual = r.numel() > 0;
    const Tensor sum = has_residual ? at::empty_like(x) : x;
    const Tensor y = at::empty_like(x);
    const Tensor scale = single({rows});
    for_type(x, [&]<typename T>(T*) {
      if (has_residual)
        kernels::add_rms_norm(data<T>(x), data<T>(r), data<T>(weight), epsilon, rows, width,
                              data<T>(sum), data<T>(y), scale.data_ptr<float>());
      else
        kernels::rms_norm(data<T>(x), data<T>(weight), epsilon, rows, width, data<T>(y),
                          scale.data_ptr<float>());
    });
    ctx->saved_data["has_residual"] = has_residual;
    ctx->save_for_backward({sum, weight, scale});
    if (!has_residual) return {y};
    return {sum, y};
  }

  static Variables backward(AutogradContext* ctx, Variables gradients) {
    const bool has_residual = ctx->saved_data["has_residual"].toBool();
    const auto saved = ctx->get_saved_variables();
    const Tensor& sum = saved[0];
    const Tensor& weight = saved[1];
    const Tensor dy = gradients.back().contiguous();
    Tensor plus = has_residual ? gradients[0] : Tensor();
    if (plus.defined()) plus = plus.contiguous();
    const Tensor dx = at::empty_like(sum);
    const Tensor dweight = at::zeros({sum.size(1)}, at::kFloat);
    for_type(sum, [&]<typename T>(T*) {
      kernels::rms_norm_backward(data<T>(sum), data<T>(weight), saved[2].data_ptr<float>(),
                                 data<T>(dy), plus.defined() ? data<T>(plus) : nullptr, sum.size(0),
                                 sum.size(1), data<T>(dx), dweight.data_ptr<float>());
    });
    return {dx, has_residual ? dx : Tensor(), dweight.to(weight.scalar_type()), Tensor()};
  }
};

Tensor plain_norm(const Tensor& x, const Tensor& weight, double epsilon) {
  const auto wide = x.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
  const Tensor w = x.to(wide);
  const Tensor scale = at::rsqrt(w.square().mean(-1, true) + epsilon);
  return (w * scale * weight.to(wide)).to(x.scalar_type());
}

// --- SwiGLU ------------------------------------------------------------------------------------

struct FusedSwiGlu : Function<FusedSwiGlu> {
  static Tensor forward(AutogradContext* ctx, const Tensor& gate_up) {
    ctx->save_for_backward({gate_up});
    const Tensor y = at::empty({gate_up.size(0), gate_up.size(1) / 2}, gate_up.options());
    for_type(gate_up, [&]<typename T>(T*) {
      kernels::swiglu(data<T>(gate_up), y.size(0), y.size(1), data<T>(y));
    });
    return y;
  }

  static Variables backward(AutogradContext* ctx, Variables gradients) {
    const Tensor gate_up = ctx->get_saved_variables()[0];
    const Tensor dy = gradients[0].contiguous();
    const Tensor d = at::empty_like(gate_up);
    for_type(gate_up, [&]<typename T>(T*) {
      kernels::swiglu_backward(data<T>(gate_up), data<T>(dy), dy.size(0), dy.size(1), data<T>(d));
    });
    return {d};
  }
};

// --- Attention ---------------------------------------------------------------------------------

/// Tokens whose scores exist at a time.
constexpr std::int64_t k_block = 128;

struct Split {
  Tensor q, k, v;  ///< [B·K, T·G, d], [B·K, T, d] twice
};

kernels::AttentionShape shape_of(const Tensor& qkv, std::int64_t batch, const Heads& heads) {
  return {batch, qkv.size(0) / batch, heads.keys, heads.queries / heads.keys, heads.size};
}

Split split(const Tensor& qkv, const Tensor& cosines, const Tensor& sines,
            const kernels::AttentionShape& s) {
  const auto make = [&](std::int64_t rows) {
    return at::empty({s.batch * s.key_heads, rows, s.size}, qkv.options());
  };
  Split out{make(s.length * s.groups), make(s.length), make(s.length)};
  for_type(qkv, [&]<typename T>(T*) {
    kernels::split_heads(data<T>(qkv), cosines.data_ptr<float>(), sines.data_ptr<float>(), s,
                         data<T>(out.q), data<T>(out.k), data<T>(out.v));
  });
  return out;
}

/// [B·K, T·G, d] to [B·T, H·d] and back: which of the two `by_token` says.
Tensor regroup(const Tensor& heads, const kernels::AttentionShape& s, bool by_token) {
  if (by_token)
    return heads.view({s.batch, s.key_heads, s.length, s.groups * s.size})
        .transpose(1, 2)
        .reshape({s.batch * s.length, s.key_heads * s.groups * s.size});
  return heads.view({s.batch, s.length, s.key_heads, s.groups * s.size})
      .transpose(1, 2)
      .reshape({s.batch * s.key_heads, s.length * s.groups, s.size});
}

/// out[i] (+)= a[i] · b[i] for each head i. libtorch gives the heads one after the other to a BLAS,
/// whose threads have little to share in products of this size; here each thread takes heads.
void multiply(const Tensor& a, const Tensor& b, const Tensor& out, bool add) {
  if (out.scalar_type() == at::kBFloat16) {  // all heads at once, in oneDNN
    const Tensor product = at::bmm(a, b);
    add ? out.add_(product) : out.copy_(product);
    return;
  }
  at::parallel_for(0, out.size(0), 1, [&](std::int64_t first, std::int64_t last) {
    const at::NoGradGuard no_gradient;
    for (std::int64_t i = first; i < last; ++i)
      out.select(0, i).addmm_(a.select(0, i), b.select(0, i), add ? 1 : 0);
  });
}

/// The products by themselves.
Tensor multiplied(const Tensor& a, const Tensor& b) {
  if (a.scalar_type() == at::kBFloat16) return at::bmm(a, b);
  const Tensor out = at::empty({a.size(0), a.size(1), b.size(2)}, a.options());
  multiply(a, b, out, false);
  return out;
}

/// One block of queries: its rows [first · G, last · G), which see keys [0, last).
struct Block {
  Tensor q, k, v, out;
  std::int64_t first, tokens, keys;
};

template <typename Body>
void for_blocks(const Split& in, const Tensor& out, const kernels::AttentionShape& s,
                const Body& body) {
  for (std::int64_t first = 0; first < s.length; first += k_block) {
    const std::int64_t last = std::min(s.length, first + k_block);
    const auto rows = [&](const Tensor& t) {
      return t.narrow(1, first * s.groups, (last - first) * s.groups);
    };
    body(Block{rows(in.q), in.k.narrow(1, 0, last), in.v.narrow(1, 0, last), rows(out), first,
               last - first, last});
  }
}

struct FusedAttention : Function<FusedAttention> {
  static Tensor forward(AutogradContext* ctx, const Tensor& qkv, const Tensor& cosines,
                        const Tensor& sines, std::int64_t batch, std::int64_t queries,
                        std::int64_t keys, std::int64_t size) {
    const auto s = shape_of(qkv, batch, {queries, keys, size});
    const Split in = split(qkv, cosines, sines, s);
    const Tensor out = at::empty_like(in.q);
    const Tensor lse = single({in.q.size(0), in.q.size(1)});
    const float scale = 1.0F / std::sqrt(static_cast<float>(size));
    for_blocks(in, out, s, [&](const Block& block) {
      const Tensor scores = multiplied(block.q, block.k.transpose(1, 2));
      for_type(qkv, [&]<typename T>(T*) {
        kernels::causal_softmax(data<T>(scores), in.q.size(0), block.tokens, s.groups, block.keys,
                                block.first, scale, lse.data_ptr<float>() + block.first * s.groups,
                                lse.size(1));
      });
      multiply(scores, block.v, block.out, false);
    });
    ctx->save_for_backward({in.q, in.k, in.v, out, lse, cosines, sines});
    ctx->saved_data["batch"] = batch;
    return regroup(out, s, true);
  }

  static Variables backward(AutogradContext* ctx, Variables gradients) {
    const auto saved = ctx->get_saved_variables();
    const Split in{saved[0], saved[1], saved[2]};
    const Tensor& out = saved[3];
    const Tensor& lse = saved[4];
    const std::int64_t batch = ctx->saved_data["batch"].toInt();
    const kernels::AttentionShape s{batch, in.k.size(1), in.k.size(0) / batch,
                                    in.q.size(1) / in.k.size(1), in.q.size(2)};
    const Tensor d_out = regroup(gradients[0].contiguous(), s, false).contiguous();
    const Tensor delta = single({in.q.size(0), in.q.size(1)});
    Split d{at::empty_like(in.q), at::zeros_like(in.k), at::zeros_like(in.v)};
    const float scale = 1.0F / std::sqrt(static_cast<float>(s.size));
    for_type(out, [&]<typename T>(T*) {
      kernels::row_dot(data<T>(out), data<T>(d_out), delta.numel(), s.size,
                       delta.data_ptr<float>());
    });
    for_blocks(in, d_out, s, [&](const Block& block) {
      const std::int64_t at = block.first * s.groups;
      const Tensor p = multiplied(block.q, block.k.transpose(1, 2));
      const Tensor dp = multiplied(block.out, block.v.transpose(1, 2));
      for_type(out, [&]<typename T>(T*) {
        kernels::causal_probabilities(data<T>(p), in.q.size(0), block.tokens, s.groups, block.keys,
                                      block.first, scale, lse.data_ptr<float>() + at, lse.size(1));
        multiply(p.transpose(1, 2), block.out, d.v.narrow(1, 0, block.keys), true);
        kernels::softmax_backward(data<T>(p), data<T>(dp), in.q.size(0), block.tokens * s.groups,
                                  block.keys, scale, delta.data_ptr<float>() + at, delta.size(1));
      });
      multiply(dp, block.k, d.q.narrow(1, at, block.tokens * s.groups), false);
      multiply(dp.transpose(1, 2), block.q, d.k.narrow(1, 0, block.keys), true);
    });
    const Tensor d_qkv = at::empty({s.batch * s.length, s.row()}, out.options());
    for_type(out, [&]<typename T>(T*) {
      kernels::join_heads(data<T>(d.q), data<T>(d.k), data<T>(d.v), saved[5].data_ptr<float>(),
                          saved[6].data_ptr<float>(), s, data<T>(d_qkv));
    });
    Variables none(6);
    none.insert(none.begin(), d_qkv);
    return none;
  }
};

/// Turns x [B, T, heads, d] to its positions.
Tensor turned(const Tensor& x, const Rotary& rotary) {
  const std::int64_t half = x.size(3) / 2;
  const auto wide = x.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
  const auto angles = [&](const Tensor& table) {
    return table.narrow(0, 0, x.size(1)).to(wide).view({1, x.size(1), 1, half});
  };
  const Tensor c = angles(rotary.cosines);
  const Tensor s = angles(rotary.sines);
  const Tensor a = x.narrow(3, 0, half).to(wide);
  const Tensor b = x.narrow(3, half, half).to(wide);
  return at::cat({a * c - b * s, b * c + a * s}, 3).to(x.scalar_type());
}

/// q, k, v [B, H, T, d] with all heads written out.
Tensor composed_attention(const Tensor& q, const Tensor& k, const Tensor& v, bool fused) {
#if TORCH_VERSION_MAJOR >= 2
  if (fused) return at::scaled_dot_product_attention(q, k, v, {}, 0.0, /*is_causal=*/true);
#endif
  (void)fused;
  const std::int64_t length = q.size(2);
  const Tensor seen = at::ones({length, length}, q.options().dtype(at::kBool)).tril();
  Tensor scores = at::matmul(q, k.transpose(2, 3)) / std::sqrt(static_cast<double>(q.size(3)));
  scores = scores.masked_fill(seen.logical_not(), -INFINITY);
  return at::matmul(at::softmax(scores, -1), v);
}

// --- Output layer ------------------------------------------------------------------------------

/// Rows whose logits exist at a time: about 32 MB of them in bf16.
std::int64_t loss_block(std::int64_t classes) {
  return std::max<std::int64_t>(16, (std::int64_t{1} << 24) / classes);
}

/// Adds a block's losses to `loss`; where a gradient is wanted, logits become scale times it.
void block_loss(Tensor& logits, const Tensor& targets, double scale, bool gradient, bool fused,
                Tensor& loss) {
  if (fused) {
    for_type(logits, [&]<typename T>(T*) {
      loss.add_(kernels::cross_entropy(data<T>(logits), targets.data_ptr<std::int64_t>(),
                                       logits.size(0), logits.size(1), gradient,
                                       static_cast<float>(scale)));
    });
    return;
  }
  const Tensor target = targets.unsqueeze(1);
  const Tensor logs =
      at::log_softmax(logits.scalar_type() == at::kDouble ? logits : logits.to(at::kFloat), 1);
  loss.sub_(logs.gather(1, target).sum());
  if (!gradient) return;
  Tensor d = logs.exp();
  d.scatter_add_(1, target, at::full_like(target, -1, d.options()));
  logits = (d * scale).to(logits.scalar_type());
}

/// Gradients are made with the loss, block by block; the embedding's are summed in single
/// precision.
struct CrossEntropy : Function<CrossEntropy> {
  static Tensor forward(AutogradContext* ctx, const Tensor& h, const Tensor& embedding,
                        const Tensor& targets, double scale, bool gradient, bool fused) {
    const std::int64_t rows = h.size(0);
    const std::int64_t block = loss_block(embedding.size(0)) * (h.is_cuda() ? 16 : 1);
    const auto wide = h.scalar_type() == at::kDouble ? at::kDouble : at::kFloat;
    const Tensor dh = gradient ? at::empty_like(h) : Tensor();
    Tensor d_embedding;
    Tensor loss = at::zeros({}, h.options().dtype(at::kDouble));
    for (std::int64_t first = 0; first < rows; first += block) {
      const std::int64_t count = std::min(block, rows - first);
      const Tensor part = h.narrow(0, first, count);
      Tensor logits = at::mm(part, embedding.t());
      block_loss(logits, targets.narrow(0, first, count), scale, gradient, fused, loss);
      if (!gradient) continue;
      dh.narrow(0, first, count).copy_(at::mm(logits, embedding));
      const Tensor more = at::mm(logits.t(), part);
      if (count == rows)
        d_embedding = more;
      else if (d_embedding.defined())
        d_embedding.add_(more);
      else
        d_embedding = more.to(wide);
    }
    if (gradient) {
      if (!d_embedding.defined()) d_embedding = at::zeros_like(embedding);
      ctx->save_for_backward({dh, d_embedding.to(h.scalar_type())});
    }
    return (loss * scale).to(wide);
  }

  static Variables backward(AutogradContext* ctx, Variables gradients) {
    const auto saved = ctx->get_saved_variables();
    const Tensor factor = gradients[0];
    const bool is_one = factor.device().is_cpu() && factor.item<double>() == 1;
    const auto scaled = [&](const Tensor& t) {
      return is_one ? t : t * factor.to(t.scalar_type());
    };
    return {scaled(saved[0]), scaled(saved[1]), Tensor(), Tensor(), Tensor(), Tensor()};
  }
};

}  // namespace

Rotary Rotary::make(std::int64_t length, std::int64_t size, double base, const at::Device& device) {
  const Tensor pair = at::arange(size / 2, at::kDouble);
  const Tensor speed =
      at::pow(at::full_like(pair, base), pair * (-2.0 / static_cast<double>(size)));
  const Tensor angle = at::outer(at::arange(length, at::kDouble), speed);
  return {angle.cos().to(at::kFloat).to(device), angle.sin().to(at::kFloat).to(device)};
}

Tensor rms_norm(const Tensor& x, const Tensor& weight, double epsilon, Path path) {
  if (!is_fused(x, path)) return plain_norm(x, weight, epsilon);
  return FusedNorm::apply(x.contiguous(), at::empty({0}, x.options()), weight, epsilon)[0];
}

Residual add_rms_norm(const Tensor& x, const Tensor& r, const Tensor& weight, double epsilon,
                      Path path) {
  if (!is_fused(x, path)) {
    const Tensor sum = x + r;
    return {sum, plain_norm(sum, weight, epsilon)};
  }
  const Variables both = FusedNorm::apply(x.contiguous(), r.contiguous(), weight, epsilon);
  return {both[0], both[1]};
}

Tensor swiglu(const Tensor& gate_up, Path path) {
  if (is_fused(gate_up, path)) return FusedSwiGlu::apply(gate_up.contiguous());
  const std::int64_t hidden = gate_up.size(1) / 2;
  return at::silu(gate_up.narrow(1, 0, hidden)) * gate_up.narrow(1, hidden, hidden);
}

Tensor attention(const Tensor& qkv, const Rotary& rotary, std::int64_t batch, const Heads& heads,
                 Path path) {
  if (is_fused(qkv, path))
    return FusedAttention::apply(qkv.contiguous(), rotary.cosines, rotary.sines, batch,
                                 heads.queries, heads.keys, heads.size);
  const std::int64_t length = qkv.size(0) / batch;
  const Tensor all = qkv.view({batch, length, heads.queries + 2 * heads.keys, heads.size});
  const std::int64_t groups = heads.queries / heads.keys;
  const auto spread = [&](const Tensor& t) {  // each key head for all query heads of its group
    return t.repeat_interleave(groups, 2).transpose(1, 2);
  };
  const Tensor q = turned(all.narrow(2, 0, heads.queries), rotary).transpose(1, 2);
  const Tensor k = spread(turned(all.narrow(2, heads.queries, heads.keys), rotary));
  const Tensor v = spread(all.narrow(2, heads.queries + heads.keys, heads.keys));
  const Tensor out = composed_attention(q, k, v, path == Path::automatic);
  return out.transpose(1, 2).reshape({batch * length, heads.queries * heads.size});
}

Tensor linear_cross_entropy(const Tensor& h, const Tensor& embedding, const Tensor& targets,
                            double scale, Path path) {
  const bool gradient =
      at::GradMode::is_enabled() && (h.requires_grad() || embedding.requires_grad());
  return CrossEntropy::apply(h.contiguous(), embedding, targets, scale, gradient,
                             is_fused(h, path));
}

}  // namespace llmc::train
