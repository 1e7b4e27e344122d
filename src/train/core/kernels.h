// The loops of training on a CPU that are not matrix products, each fused so that a value is read
// and written once. All work on rows in parallel; numbers are of type T (float, double or bf16),
// sums are made in single precision (in double for double). ops.h makes differentiable operations
// of them.
#pragma once

#include <c10/util/BFloat16.h>

#include <cstdint>

namespace llmc::train::kernels {

/// y[i] = x[i] / rms(x[i]) * weight for each of `rows` rows of `width` numbers; 1 / rms to `scale`
/// [rows] where that is not null.
template <typename T>
void rms_norm(const T* x, const T* weight, double epsilon, std::int64_t rows, std::int64_t width,
              T* y, float* scale);

/// The same of x + r, which goes to `sum`.
template <typename T>
void add_rms_norm(const T* x, const T* r, const T* weight, double epsilon, std::int64_t rows,
                  std::int64_t width, T* sum, T* y, float* scale);

/// Backwards: dx = d(rms_norm)/dx · dy + (plus, where that is not null); adds to dweight [width].
template <typename T>
void rms_norm_backward(const T* x, const T* weight, const float* scale, const T* dy, const T* plus,
                       std::int64_t rows, std::int64_t width, T* dx, float* dweight);

/// y = silu(gate) · up, where a row of `gate_up` is gate (hidden numbers), then up.
template <typename T>
void swiglu(const T* gate_up, std::int64_t rows, std::int64_t hidden, T* y);
template <typename T>
void swiglu_backward(const T* gate_up, const T* dy, std::int64_t rows, std::int64_t hidden,
                     T* dgate_up);

/// The shape of one attention: `batch` sequences of `length` tokens; `groups` query heads for each
/// of `key_heads` key heads; heads of `size` numbers.
struct AttentionShape {
  std::int64_t batch, length, key_heads, groups, size;
  [[nodiscard]] std::int64_t row() const { return (groups + 2) * key_heads * size; }
};

/// Splits rows of qkv [batch·length, (H+2K)·size] (all query heads, all key heads, all value heads)
/// into q [batch, K, length, groups, size], k and v [batch, K, length, size], turning q and k to
/// their positions; cosines and sines are [≥ length, size / 2].
template <typename T>
void split_heads(const T* qkv, const float* cosines, const float* sines,
                 const AttentionShape& shape, T* q, T* k, T* v);
/// Backwards: the gradient of qkv of those of q, k, v.
template <typename T>
void join_heads(const T* q, const T* k, const T* v, const float* cosines, const float* sines,
                const AttentionShape& shape, T* qkv);

/// Softmax in place with the causal mask, of scores [heads, (rows of tokens)·groups, keys] that
/// belong to the tokens from `first` on: token t sees keys 0..t. Scores are multiplied by `scale`
/// first. The logarithm of the sum of exponentials goes to lse [heads, rows·groups].
template <typename T>
void causal_softmax(T* scores, std::int64_t heads, std::int64_t tokens, std::int64_t groups,
                    std::int64_t keys, std::int64_t first, float scale, float* lse,
                    std::int64_t lse_stride);
/// From scores again to probabilities, by the logarithms that causal_softmax gave.
template <typename T>
void causal_probabilities(T* scores, std::int64_t heads, std::int64_t tokens, std::int64_t groups,
                          std::int64_t keys, std::int64_t first, float scale, const float* lse,
                          std::int64_t lse_stride);
/// dscores = scale · p · (dp - delta), in place of dp; delta [heads, …] is the row sum of o · do.
template <typename T>
void softmax_backward(const T* p, T* dp, std::int64_t heads, std::int64_t rows, std::int64_t keys,
                      float scale, const float* delta, std::int64_t delta_stride);
/// delta[i] = sum of a[i] · b[i] over rows of `width` numbers.
template <typename T>
void row_dot(const T* a, const T* b, std::int64_t rows, std::int64_t width, float* delta);

/// Returns the sum over rows of -log softmax(logits)[target]; where `gradient` is set, replaces
/// logits by scale · (softmax(logits) - onehot(target)).
template <typename T>
double cross_entropy(T* logits, const std::int64_t* targets, std::int64_t rows,
                     std::int64_t classes, bool gradient, float scale);

/// total += part.
template <typename T>
void accumulate(const T* part, std::int64_t count, float* total);

/// One step of AdamW (arXiv 1711.05101) on `count` numbers, and the rounded copy that the model
/// computes with. `step` counts from 1; `gradient_scale` multiplies the gradient first.
struct AdamW {
  float rate, beta1, beta2, epsilon, decay, gradient_scale;
  std::int64_t step;
};
void adamw(const AdamW& settings, std::int64_t count, const float* gradient, float* weight,
           float* m, float* v, c10::BFloat16* rounded);

/// The sum of squares, the same for any number of threads.
double sum_of_squares(const float* values, std::int64_t count);

}  // namespace llmc::train::kernels
