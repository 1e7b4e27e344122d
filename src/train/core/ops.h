// The differentiable operations of the transformer that are not plain matrix products. On a CPU
// each runs fused loops (kernels.h); on other devices, and as the reference that those are checked
// against, the same formulas are composed of libtorch's own operations.
#pragma once

#include <ATen/ATen.h>

#include <cstdint>

namespace llmc::train {

using at::Tensor;

/// How an operation is carried out: `automatic` takes the fused loops where the device is a CPU.
enum class Path { automatic, reference };

/// Cosines and sines of the rotary positions (arXiv 2104.09864): position t turns pair j of a head
/// by t · base^(-2j/size). Both [length, size / 2], single precision.
struct Rotary {
  Tensor cosines, sines;
  static Rotary make(std::int64_t length, std::int64_t size, double base, const at::Device& device);
};

/// RMSNorm (arXiv 1910.07467) of rows: x [N, D], weight [D] -> [N, D].
Tensor rms_norm(const Tensor& x, const Tensor& weight, double epsilon, Path path);

/// A residual connection and the norm that follows it: {x + r, rms_norm(x + r)}.
struct Residual {
  Tensor sum, normal;
};
Residual add_rms_norm(const Tensor& x, const Tensor& r, const Tensor& weight, double epsilon,
                      Path path);

/// SwiGLU (arXiv 2002.05202): [N, 2F] (gate, then up) -> silu(gate) · up, [N, F].
Tensor swiglu(const Tensor& gate_up, Path path);

/// Heads of an attention: H query heads on K key and value heads of `size` numbers.
struct Heads {
  std::int64_t queries, keys, size;
};

/// Causal self-attention with rotary positions: qkv [batch · length, (H + 2K) · size] -> [batch ·
/// length, H · size]. Memory is linear in the length: probabilities are made for a block of queries
/// at a time, and made again for the gradient (as in arXiv 2112.05682). On CUDA libtorch's fused
/// attention does the work.
Tensor attention(const Tensor& qkv, const Rotary& rotary, std::int64_t batch, const Heads& heads,
                 Path path);

/// The output layer and its loss: scale · Σ -log softmax(h · Eᵀ)[target], a scalar in single
/// precision; h [N, D], E [V, D], targets [N] (64-bit). Logits exist for a block of rows at a time,
/// and gradients are made in the same sweep.
Tensor linear_cross_entropy(const Tensor& h, const Tensor& embedding, const Tensor& targets,
                            double scale, Path path);

}  // namespace llmc::train
