/* A radix-2 fast Fourier transform on 16-bit fixed-point samples.
 *
 * Samples are Q15: the integer v stands for v / 32768. Each stage of the forward transform halves
 * its results, so a transform of n points gives X[k] / n and cannot overflow; the inverse does not
 * halve, so that inverse(forward(x)) gives back x up to rounding. Both decimate in frequency: the
 * butterflies run over ever shorter blocks and leave the spectrum in bit-reversed order, which the
 * last step undoes.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int16_t Q15;

typedef struct ComplexQ15 {
  Q15 re, im;
} ComplexQ15;

typedef enum FftStatus { k_fft_ok, k_fft_bad_size } FftStatus;
typedef enum Direction { k_forward, k_inverse } Direction;

enum {
  k_quarter_steps = 64, /* table steps in a quarter turn */
  k_full_steps = 4 * k_quarter_steps,
  k_max_points = k_full_steps,
  k_q15_max = 32767,
  k_q15_min = -32768,
};

/* sin(i * pi / 128) in Q15; the last entry saturates, since 1 has no Q15 form. */
static const Q15 k_quarter_sine[k_quarter_steps + 1] = {
    0,     804,   1608,  2411,  3212,  4011,  4808,  5602,  6393,  7180,  7962,  8740,  9512,
    10279, 11039, 11793, 12540, 13279, 14010, 14733, 15447, 16151, 16846, 17531, 18205, 18868,
    19520, 20160, 20788, 21403, 22006, 22595, 23170, 23732, 24279, 24812, 25330, 25833, 26320,
    26791, 27246, 27684, 28106, 28511, 28899, 29269, 29622, 29957, 30274, 30572, 30853, 31114,
    31357, 31581, 31786, 31972, 32138, 32286, 32413, 32522, 32610, 32679, 32729, 32758, 32767,
};

static Q15 saturate(int32_t value) {
  if (value > k_q15_max) return k_q15_max;
  return value < k_q15_min ? k_q15_min : (Q15)value;
}

/* Halves with rounding away from zero at ties. */
static int32_t halve(int32_t value) { return (value >= 0 ? value + 1 : value - 1) / 2; }

/* Rounds a Q30 value to Q15. */
static int32_t round_q30(int64_t value) {
  int64_t half = value >= 0 ? 1 << 14 : -(1 << 14);
  return (int32_t)((value + half) / (1 << 15));
}

/* sin(2 pi step / 256) for any step, by the symmetries of the quarter wave. */
static Q15 table_sine(unsigned step) {
  unsigned offset = step % k_quarter_steps;
  switch (step / k_quarter_steps % 4) {
  case 0: return k_quarter_sine[offset];
  case 1: return k_quarter_sine[k_quarter_steps - offset];
  case 2: return (Q15)-k_quarter_sine[offset];
  default: return (Q15)-k_quarter_sine[k_quarter_steps - offset];
  }
}

static Q15 table_cosine(unsigned step) { return table_sine(step + k_quarter_steps); }

/* exp(-2 pi i step / 256), or its conjugate for the inverse. */
static ComplexQ15 twiddle(unsigned step, Direction direction) {
  Q15 sine = table_sine(step);
  return (ComplexQ15){table_cosine(step), direction == k_forward ? (Q15)-sine : sine};
}

static bool is_valid_size(size_t points) {
  return points >= 2 && points <= k_max_points && (points & (points - 1)) == 0;
}

/* One butterfly: `*top` becomes the sum, `*bottom` the difference turned by `turn`. */
static void butterfly(ComplexQ15 *top, ComplexQ15 *bottom, ComplexQ15 turn, Direction direction) {
  int32_t sum_re = top->re + bottom->re, sum_im = top->im + bottom->im;
  int32_t diff_re = top->re - bottom->re, diff_im = top->im - bottom->im;
  if (direction == k_forward) {
    sum_re = halve(sum_re);
    sum_im = halve(sum_im);
    diff_re = halve(diff_re);
    diff_im = halve(diff_im);
  }
  *top = (ComplexQ15){saturate(sum_re), saturate(sum_im)};
  /* A turn by nothing is exact; the table value of cos 0 is one unit short of 1. */
  if (turn.re != k_q15_max)
    *bottom = (ComplexQ15){
        saturate(round_q30((int64_t)diff_re * turn.re - (int64_t)diff_im * turn.im)),
        saturate(round_q30((int64_t)diff_re * turn.im + (int64_t)diff_im * turn.re)),
    };
  else
    *bottom = (ComplexQ15){saturate(diff_re), saturate(diff_im)};
}

/* Swaps every entry with the one whose index has the same bits in reverse order. */
static void undo_bit_reversal(ComplexQ15 *data, size_t points) {
  size_t reversed = 0;
  for (size_t i = 0; i < points; i++) {
    if (i < reversed) {
      ComplexQ15 swapped = data[i];
      data[i] = data[reversed];
      data[reversed] = swapped;
    }
    /* Adds one to `reversed` from the top bit down. */
    size_t bit = points / 2;
    while (bit != 0 && (reversed & bit) != 0) {
      reversed ^= bit;
      bit /= 2;
    }
    reversed |= bit;
  }
}

/* Transforms `points` values in place; a power of two from 2 to 256. */
static FftStatus transform(ComplexQ15 *data, size_t points, Direction direction) {
  if (!is_valid_size(points)) return k_fft_bad_size;
  for (size_t span = points / 2; span >= 1; span /= 2) {
    unsigned stride = (unsigned)(k_full_steps / (2 * span));
    for (size_t offset = 0; offset < span; offset++) {
      ComplexQ15 turn = twiddle((unsigned)offset * stride, direction);
      for (size_t block = offset; block < points; block += 2 * span)
        butterfly(&data[block], &data[block + span], turn, direction);
    }
  }
  undo_bit_reversal(data, points);
  return k_fft_ok;
}

/* Multiplies by a Hann window of the same length: (1 - cos(2 pi i / n)) / 2. */
static void apply_hann_window(ComplexQ15 *data, size_t points) {
  for (size_t i = 0; i < points; i++) {
    int32_t cosine = table_cosine((unsigned)(i * (k_full_steps / points)));
    int32_t weight = (32768 - cosine) / 2;
    data[i].re = saturate(round_q30((int64_t)data[i].re * weight));
    data[i].im = saturate(round_q30((int64_t)data[i].im * weight));
  }
}

/* |z|^2 in Q30. */
static int64_t power(ComplexQ15 z) { return (int64_t)z.re * z.re + (int64_t)z.im * z.im; }

/* The index of the strongest of the first `bins` values. */
static size_t strongest_bin(const ComplexQ15 *spectrum, size_t bins) {
  size_t best = 0;
  for (size_t k = 1; k < bins; k++)
    if (power(spectrum[k]) > power(spectrum[best])) best = k;
  return best;
}

#define CHECK(number, condition)                                                                   \
  if (!(condition))                                                                                \
  return fprintf(stderr, "fixfft: check %d failed: %s\n", (number), #condition), (number)

static bool is_near(ComplexQ15 z, int re, int im, int tolerance) {
  return abs(z.re - re) <= tolerance && abs(z.im - im) <= tolerance;
}

static void fill_cosine(ComplexQ15 *data, size_t points, unsigned cycles, int amplitude) {
  unsigned stride = (unsigned)(k_full_steps / points);
  for (size_t i = 0; i < points; i++)
    data[i] = (ComplexQ15){
        saturate(round_q30((int64_t)amplitude * table_cosine((unsigned)i * cycles * stride))), 0};
}

static void fill_noise(ComplexQ15 *data, size_t points, uint32_t seed, int amplitude) {
  for (size_t i = 0; i < points; i++) {
    int parts[2];
    for (int part = 0; part < 2; part++) {
      seed = seed * 1664525u + 1013904223u;
      parts[part] = (int)(seed >> 16) % (2 * amplitude + 1) - amplitude;
    }
    data[i] = (ComplexQ15){(Q15)parts[0], (Q15)parts[1]};
  }
}

static int check_arithmetic(void) {
  CHECK(1, saturate(40000) == 32767 && saturate(-40000) == -32768 && saturate(-5) == -5);
  CHECK(2, halve(5) == 3 && halve(-5) == -3 && halve(4) == 2 && halve(-4) == -2 && halve(0) == 0);
  CHECK(3, round_q30(16384) == 1 && round_q30(-16384) == -1 && round_q30(16383) == 0);
  CHECK(4, table_sine(0) == 0 && table_sine(64) == 32767 && table_sine(192) == -32767);
  CHECK(5, table_cosine(0) == 32767 && table_cosine(64) == 0 && table_sine(32) == 23170);
  for (unsigned step = 0; step < k_full_steps; step++) {
    int64_t norm = power((ComplexQ15){table_cosine(step), table_sine(step)});
    CHECK(6, llabs(norm - (1 << 30)) < 70000);
  }
  return 0;
}

/* Spectra known in closed form. */
static int check_known_spectra(void) {
  ComplexQ15 data[64];
  memset(data, 0, sizeof data);
  data[0].re = 32000;
  CHECK(20, transform(data, 64, k_forward) == k_fft_ok);
  for (size_t k = 0; k < 64; k++) CHECK(21, is_near(data[k], 500, 0, 1));

  for (size_t i = 0; i < 64; i++) data[i] = (ComplexQ15){-1234, 777};
  transform(data, 64, k_forward);
  CHECK(22, is_near(data[0], -1234, 777, 0));
  for (size_t k = 1; k < 64; k++) CHECK(23, is_near(data[k], 0, 0, 0));

  fill_cosine(data, 64, 5, 20000);
  transform(data, 64, k_forward);
  for (size_t k = 0; k < 64; k++) CHECK(24, is_near(data[k], k == 5 || k == 59 ? 10000 : 0, 0, 6));
  CHECK(25, strongest_bin(data, 32) == 5);
  return 0;
}

static int check_round_trips(void) {
  ComplexQ15 input[k_max_points], data[k_max_points];
  for (size_t points = 2; points <= k_max_points; points *= 2) {
    fill_noise(input, points, (uint32_t)points, 15000);
    memcpy(data, input, sizeof data[0] * points);
    CHECK(40, transform(data, points, k_forward) == k_fft_ok);
    int64_t energy_in = 0, energy_out = 0;
    for (size_t i = 0; i < points; i++) {
      energy_in += power(input[i]);
      energy_out += power(data[i]) * (int64_t)points;
    }
    /* Parseval: the energies agree, up to rounding. */
    CHECK(41, llabs(energy_in - energy_out) < energy_in / 100);
    CHECK(42, transform(data, points, k_inverse) == k_fft_ok);
    for (size_t i = 0; i < points; i++)
      CHECK(43, is_near(data[i], input[i].re, input[i].im, 16 + (int)points / 2));
  }
  CHECK(44, transform(data, 0, k_forward) == k_fft_bad_size);
  CHECK(45, transform(data, 48, k_forward) == k_fft_bad_size);
  CHECK(46, transform(data, 512, k_inverse) == k_fft_bad_size);
  return 0;
}

/* A tone between two bins leaks widely; the window confines it to its neighbours. */
static int check_window(void) {
  enum { k_points = 128 };
  ComplexQ15 tone[k_points];
  for (size_t i = 0; i < k_points; i++)
    tone[i] = (ComplexQ15){(Q15)(table_sine((unsigned)i * 21) / 2), 0};
  apply_hann_window(tone, k_points);
  CHECK(60, tone[0].re == 0);
  CHECK(61, transform(tone, k_points, k_forward) == k_fft_ok);
  size_t peak = strongest_bin(tone, k_points / 2);
  CHECK(62, peak == 10 || peak == 11);
  for (size_t k = 0; k < k_points / 2; k++)
    if (k + 5 < peak || k > peak + 5) CHECK(63, power(tone[k]) * 1000 < power(tone[peak]));
  return 0;
}

int main(void) {
  static int (*const groups[])(void) = {check_arithmetic, check_known_spectra, check_round_trips,
                                        check_window};
  for (size_t i = 0; i < sizeof groups / sizeof groups[0]; i++) {
    int failed = groups[i]();
    if (failed != 0) return failed;
  }
  return 0;
}
