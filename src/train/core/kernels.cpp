#include "train/core/kernels.h"

#include <ATen/Parallel.h>

#include <bit>
#include <cmath>
#include <limits>
#include <vector>

namespace llmc::train::kernels {
namespace {

using Bf16 = c10::BFloat16;

template <typename T>
struct Wide {
  using type = float;
};
template <>
struct Wide<double> {
  using type = double;
};
template <typename T>
using wide_t = typename Wide<T>::type;

// Loads and stores that the compiler makes vector code of; c10's conversions branch on NaN.
inline float load(const Bf16* at) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(at->x) << 16);
}
inline float load(const float* at) { return *at; }
inline double load(const double* at) { return *at; }

/// Rounds to nearest, ties to even. A NaN whose payload lies in the lower half would become
/// infinite; arithmetic makes none, and an infinite loss stops training just the same.
inline void store(Bf16* at, float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  at->x = static_cast<std::uint16_t>((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}
inline void store(float* at, float value) { *at = value; }
inline void store(double* at, double value) { *at = value; }

/// Runs body(first, last) over [0, count) in parallel, at least `grain` at a time.
template <typename Body>
void over(std::int64_t count, std::int64_t grain, const Body& body) {
  at::parallel_for(0, count, grain, body);
}

/// Rows of `width` numbers that are worth a thread of their own.
std::int64_t grain_of(std::int64_t width) { return std::max<std::int64_t>(1, 16384 / width); }

}  // namespace

template <typename T>
void rms_norm(const T* x, const T* weight, double epsilon, std::int64_t rows, std::int64_t width,
              T* y, float* scale) {
  using W = wide_t<T>;
  over(rows, grain_of(width), [=](std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i < last; ++i) {
      const T* in = x + i * width;
      T* out = y + i * width;
      W sum = 0;
      for (std::int64_t j = 0; j < width; ++j) sum += load(in + j) * load(in + j);
      const W inverse = 1 / std::sqrt(sum / static_cast<W>(width) + static_cast<W>(epsilon));
      if (scale != nullptr) scale[i] = static_cast<float>(inverse);
      for (std::int64_t j = 0; j < width; ++j)
        store(out + j, load(in + j) * inverse * load(weight + j));
    }
  });
}

template <typename T>
void add_rms_norm(const T* x, const T* r, const T* weight, double epsilon, std::int64_t rows,
                  std::int64_t width, T* sum, T* y, float* scale) {
  over(rows, grain_of(width), [=](std::int64_t first, std::int64_t last) {
    for (std::int64_t j = first * width; j < last * width; ++j)
      store(sum + j, load(x + j) + load(r + j));
  });
  rms_norm(sum, weight, epsilon, rows, width, y, scale);
}

template <typename T>
void rms_norm_backward(const T* x, const T* weight, const float* scale, const T* dy, const T* plus,
                       std::int64_t rows, std::int64_t width, T* dx, float* dweight) {
  using W = wide_t<T>;
  // A fixed number of parts, so that sums come out the same with any number of threads.
  constexpr std::int64_t parts = 16;
  std::vector<W> partial(static_cast<std::size_t>(parts * width));
  over(parts, 1, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t part = first; part < last; ++part) {
      W* sums = partial.data() + part * width;
      for (std::int64_t i = rows * part / parts; i < rows * (part + 1) / parts; ++i) {
        const T* in = x + i * width;
        const T* d = dy + i * width;
        const W inverse = scale[i];
        W dot = 0;
        for (std::int64_t j = 0; j < width; ++j) {
          const W normal = load(in + j) * inverse;
          dot += load(d + j) * load(weight + j) * normal;
          sums[j] += load(d + j) * normal;
        }
        dot /= static_cast<W>(width);
        T* out = dx + i * width;
        if (plus != nullptr) {
          const T* more = plus + i * width;
          for (std::int64_t j = 0; j < width; ++j)
            store(out + j, load(more + j) + inverse * (load(d + j) * load(weight + j) -
                                                       load(in + j) * inverse * dot));
        } else {
          for (std::int64_t j = 0; j < width; ++j)
            store(out + j,
                  inverse * (load(d + j) * load(weight + j) - load(in + j) * inverse * dot));
        }
      }
    }
  });
  for (std::int64_t part = 0; part < parts; ++part)
    for (std::int64_t j = 0; j < width; ++j)
      dweight[j] += static_cast<float>(partial[static_cast<std::size_t>(part * width + j)]);
}

template <typename T>
void swiglu(const T* gate_up, std::int64_t rows, std::int64_t hidden, T* y) {
  using W = wide_t<T>;
  over(rows, grain_of(hidden), [=](std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i < last; ++i) {
      const T* gate = gate_up + i * 2 * hidden;
      const T* up = gate + hidden;
      T* out = y + i * hidden;
      for (std::int64_t j = 0; j < hidden; ++j) {
        const W g = load(gate + j);
        store(out + j, g / (1 + std::exp(-g)) * load(up + j));
      }
    }
  });
}

template <typename T>
void swiglu_backward(const T* gate_up, const T* dy, std::int64_t rows, std::int64_t hidden,
                     T* dgate_up) {
  using W = wide_t<T>;
  over(rows, grain_of(hidden), [=](std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i < last; ++i) {
      const T* gate = gate_up + i * 2 * hidden;
      const T* up = gate + hidden;
      const T* d = dy + i * hidden;
      T* dgate = dgate_up + i * 2 * hidden;
      T* dup = dgate + hidden;
      for (std::int64_t j = 0; j < hidden; ++j) {
        const W g = load(gate + j);
        const W sigmoid = 1 / (1 + std::exp(-g));
        store(dgate + j, load(d + j) * load(up + j) * sigmoid * (1 + g * (1 - sigmoid)));
        store(dup + j, load(d + j) * g * sigmoid);
      }
    }
  });
}

namespace {

/// Turns each pair (j, j + size/2) by its angle; direction -1 turns back.
template <typename T>
void turn(const T* in, const float* cosines, const float* sines, std::int64_t size, float direction,
          T* out) {
  using W = wide_t<T>;
  const std::int64_t half = size / 2;
  for (std::int64_t j = 0; j < half; ++j) {
    const W a = load(in + j);
    const W b = load(in + j + half);
    const W c = cosines[j];
    const W s = static_cast<W>(sines[j]) * direction;
    store(out + j, a * c - b * s);
    store(out + j + half, b * c + a * s);
  }
}

}  // namespace

namespace {

/// Calls body(row of qkv, key head, its place in k and v, cosines, sines) for each token and key
/// head.
template <typename Body>
void over_heads(const float* cosines, const float* sines, const AttentionShape& shape,
                const Body& body) {
  const AttentionShape s = shape;
  over(s.batch * s.length, grain_of(s.row()), [=](std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i < last; ++i) {
      const std::int64_t t = i % s.length;
      const std::int64_t angles = t * (s.size / 2);
      for (std::int64_t head = 0; head < s.key_heads; ++head) {
        const std::int64_t at = (i / s.length * s.key_heads + head) * s.length + t;
        body(i * s.row(), head, at, cosines + angles, sines + angles);
      }
    }
  });
}

}  // namespace

template <typename T>
void split_heads(const T* qkv, const float* cosines, const float* sines,
                 const AttentionShape& shape, T* q, T* k, T* v) {
  const auto [batch, length, key_heads, groups, size] = shape;
  over_heads(
      cosines, sines, shape,
      [=](std::int64_t row, std::int64_t head, std::int64_t at, const float* c, const float* s) {
        const T* from = qkv + row;
        for (std::int64_t g = 0; g < groups; ++g)
          turn(from + (head * groups + g) * size, c, s, size, 1.0F, q + (at * groups + g) * size);
        turn(from + (key_heads * groups + head) * size, c, s, size, 1.0F, k + at * size);
        const T* value = from + (key_heads * (groups + 1) + head) * size;
        std::copy(value, value + size, v + at * size);
      });
}

template <typename T>
void join_heads(const T* q, const T* k, const T* v, const float* cosines, const float* sines,
                const AttentionShape& shape, T* qkv) {
  const auto [batch, length, key_heads, groups, size] = shape;
  over_heads(
      cosines, sines, shape,
      [=](std::int64_t row, std::int64_t head, std::int64_t at, const float* c, const float* s) {
        T* to = qkv + row;
        for (std::int64_t g = 0; g < groups; ++g)
          turn(q + (at * groups + g) * size, c, s, size, -1.0F, to + (head * groups + g) * size);
        turn(k + at * size, c, s, size, -1.0F, to + (key_heads * groups + head) * size);
        std::copy(v + at * size, v + (at + 1) * size,
                  to + (key_heads * (groups + 1) + head) * size);
      });
}

namespace {

/// Calls body(row of scores, keys that it sees, index of its lse) for each row.
template <typename T, typename Body>
void causal_rows(T* scores, std::int64_t heads, std::int64_t tokens, std::int64_t groups,
                 std::int64_t keys, std::int64_t first_token, std::int64_t lse_stride,
                 const Body& body) {
  const std::int64_t rows = tokens * groups;
  over(heads * rows, grain_of(keys), [=](std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i < last; ++i) {
      const std::int64_t row = i % rows;
      T* at = scores + i * keys;
      const std::int64_t seen = std::min(keys, first_token + row / groups + 1);
      body(at, seen, i / rows * lse_stride + row);
      std::fill(at + seen, at + keys, T(0));
    }
  });
}

/// Each of `count` scores becomes exp(score · scale - lower).
template <typename T, typename W>
void exponentiate(T* scores, std::int64_t count, W scale, W lower) {
  for (std::int64_t j = 0; j < count; ++j)
    store(scores + j, std::exp(load(scores + j) * scale - lower));
}

}  // namespace

template <typename T>
void causal_softmax(T* scores, std::int64_t heads, std::int64_t tokens, std::int64_t groups,
                    std::int64_t keys, std::int64_t first, float scale, float* lse,
                    std::int64_t lse_stride) {
  using W = wide_t<T>;
  causal_rows(scores, heads, tokens, groups, keys, first, lse_stride,
              [=](T* row, std::int64_t seen, std::int64_t at) {
                W most = -std::numeric_limits<float>::max();
                for (std::int64_t j = 0; j < seen; ++j) most = std::max(most, W(load(row + j)));
                W sum = 0;
                for (std::int64_t j = 0; j < seen; ++j) {
                  const W e = std::exp((load(row + j) - most) * scale);
                  sum += e;
                }
                const W lower = most * scale + std::log(sum);
                exponentiate<T, W>(row, seen, scale, lower);
                lse[at] = static_cast<float>(lower);
              });
}

template <typename T>
void causal_probabilities(T* scores, std::int64_t heads, std::int64_t tokens, std::int64_t groups,
                          std::int64_t keys, std::int64_t first, float scale, const float* lse,
                          std::int64_t lse_stride) {
  using W = wide_t<T>;
  causal_rows(scores, heads, tokens, groups, keys, first, lse_stride,
              [=](T* row, std::int64_t seen, std::int64_t at) {
                exponentiate<T, W>(row, seen, scale, lse[at]);
              });
}

template <typename T>
void softmax_backward(const T* p, T* dp, std::int64_t heads, std::int64_t rows, std::int64_t keys,
                      float scale, const float* delta, std::int64_t delta_stride) {
  using W = wide_t<T>;
  over(heads * rows, grain_of(keys), [=](std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i < last; ++i) {
      const W less = delta[i / rows * delta_stride + i % rows];
      const T* probability = p + i * keys;
      T* d = dp + i * keys;
      for (std::int64_t j = 0; j < keys; ++j)
        store(d + j, scale * load(probability + j) * (load(d + j) - less));
    }
  });
}

template <typename T>
void row_dot(const T* a, const T* b, std::int64_t rows, std::int64_t width, float* delta) {
  using W = wide_t<T>;
  over(rows, grain_of(width), [=](std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i < last; ++i) {
      W sum = 0;
      for (std::int64_t j = i * width; j < (i + 1) * width; ++j) sum += load(a + j) * load(b + j);
      delta[i] = static_cast<float>(sum);
    }
  });
}

template <typename T>
double cross_entropy(T* logits, const std::int64_t* targets, std::int64_t rows,
                     std::int64_t classes, bool gradient, float scale) {
  using W = wide_t<T>;
  std::vector<double> losses(static_cast<std::size_t>(rows));
  over(rows, 1, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i < last; ++i) {
      T* row = logits + i * classes;
      W most = -std::numeric_limits<float>::max();
      for (std::int64_t j = 0; j < classes; ++j) most = std::max(most, W(load(row + j)));
      W sum = 0;
      for (std::int64_t j = 0; j < classes; ++j) sum += std::exp(load(row + j) - most);
      const W lower = most + std::log(sum);
      const W target = load(row + targets[i]);
      losses[static_cast<std::size_t>(i)] = lower - target;
      if (!gradient) continue;
      for (std::int64_t j = 0; j < classes; ++j)
        store(row + j, scale * std::exp(load(row + j) - lower));
      store(row + targets[i], scale * (std::exp(target - lower) - 1));
    }
  });
  double total = 0;
  for (const double loss : losses) total += loss;
  return total;
}

template <typename T>
void accumulate(const T* part, std::int64_t count, float* total) {
  over(count, 1 << 14, [=](std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i < last; ++i) total[i] += static_cast<float>(load(part + i));
  });
}

void adamw(const AdamW& settings, std::int64_t count, const float* gradient, float* weight,
           float* m, float* v, Bf16* rounded) {
  const auto step = static_cast<double>(settings.step);
  const auto m_correction = static_cast<float>(1 / (1 - std::pow(double{settings.beta1}, step)));
  const auto v_correction = static_cast<float>(1 / (1 - std::pow(double{settings.beta2}, step)));
  const AdamW s = settings;
  over(count, 1 << 14, [=](std::int64_t first, std::int64_t last) {
    for (std::int64_t i = first; i < last; ++i) {
      const float g = gradient[i] * s.gradient_scale;
      m[i] = s.beta1 * m[i] + (1 - s.beta1) * g;
      v[i] = s.beta2 * v[i] + (1 - s.beta2) * g * g;
      const float change = m[i] * m_correction / (std::sqrt(v[i] * v_correction) + s.epsilon);
      weight[i] -= s.rate * (change + s.decay * weight[i]);
      if (rounded != nullptr) store(rounded + i, weight[i]);
    }
  });
}

double sum_of_squares(const float* values, std::int64_t count) {
  constexpr std::int64_t block = 1 << 16;
  const std::int64_t blocks = (count + block - 1) / block;
  std::vector<double> sums(static_cast<std::size_t>(blocks));
  over(blocks, 1, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t b = first; b < last; ++b) {
      double sum = 0;
      for (std::int64_t i = b * block; i < std::min(count, (b + 1) * block); ++i)
        sum += static_cast<double>(values[i]) * values[i];
      sums[static_cast<std::size_t>(b)] = sum;
    }
  });
  double total = 0;
  for (const double sum : sums) total += sum;
  return total;
}

#define LLMC_INSTANTIATE(T)                                                                         \
  template void rms_norm(const T*, const T*, double, std::int64_t, std::int64_t, T*, float*);      \
  template void add_rms_norm(const T*, const T*, const T*, double, std::int64_t, std::int64_t, T*, \
                             T*, float*);                                                          \
  template void rms_norm_backward(const T*, const T*, const float*, const T*, const T*,            \
                                  std::int64_t, std::int64_t, T*, float*);                         \
  template void swiglu(const T*, std::int64_t, std::int64_t, T*);                                  \
  template void swiglu_backward(const T*, const T*, std::int64_t, std::int64_t, T*);               \
  template void split_heads(const T*, const float*, const float*, const AttentionShape&, T*, T*,   \
                            T*);                                                                   \
  template void join_heads(const T*, const T*, const T*, const float*, const float*,               \
                           const AttentionShape&, T*);                                             \
  template void causal_softmax(T*, std::int64_t, std::int64_t, std::int64_t, std::int64_t,         \
                               std::int64_t, float, float*, std::int64_t);                         \
  template void causal_probabilities(T*, std::int64_t, std::int64_t, std::int64_t, std::int64_t,   \
                                     std::int64_t, float, const float*, std::int64_t);             \
  template void softmax_backward(const T*, T*, std::int64_t, std::int64_t, std::int64_t, float,    \
                                 const float*, std::int64_t);                                      \
  template void row_dot(const T*, const T*, std::int64_t, std::int64_t, float*);                   \
  template double cross_entropy(T*, const std::int64_t*, std::int64_t, std::int64_t, bool, float); \
  template void accumulate(const T*, std::int64_t, float*);
LLMC_INSTANTIATE(float)
LLMC_INSTANTIATE(double)
LLMC_INSTANTIATE(Bf16)
#undef LLMC_INSTANTIATE

}  // namespace llmc::train::kernels
