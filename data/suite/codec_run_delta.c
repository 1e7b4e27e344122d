// Compression of simple rows: runs and literals, differences and differences of differences with an escape, and
// copies of earlier bytes; each decoder checks its input, and wrong inputs are given to it as well.
#include "checksum.h"

enum { most = 300 };

/// A byte below 128 says how many literals follow (less one), one from 128 on how often the next byte comes (less 126).
static int encode_runs(const uint8_t *from, int n, uint8_t *to) {
  int out = 0, literals = 0;
  for (int i = 0; i < n;) {
    int run = 1;
    while (i + run < n && run < 129 && from[i + run] == from[i]) ++run;
    if (run >= 3 || (run == 2 && literals == 0)) {
      literals = 0;
      to[out++] = (uint8_t)(126 + run), to[out++] = from[i], i += run;
    } else {
      if (literals == 0 || literals == 128) to[out++] = 0, literals = 0;
      to[out - literals - 1] = (uint8_t)literals;
      to[out++] = from[i++], ++literals;
    }
  }
  return out;
}
static __attribute__((noinline)) int decode_runs(const uint8_t *from, int n, uint8_t *to, int room) {
  int out = 0;
  for (int i = 0; i < n;) {
    int head = from[i++], count = head < 128 ? head + 1 : head - 126;
    if (count > room - out) return -1;
    if (head >= 128) {
      if (i == n) return -2;
      memset(to + out, from[i++], (size_t)count);
    } else {
      if (count > n - i) return -3;
      memcpy(to + out, from + i, (size_t)count), i += count;
    }
    out += count;
  }
  return out;
}

/// Second differences in one byte each if they fit, else an escape and the value itself.
static int encode_deltas(const int32_t *v, int n, uint8_t *to) {
  int out = 0;
  uint32_t last = 0, slope = 0;
  for (int i = 0; i < n; ++i) {
    uint32_t step = (uint32_t)v[i] - last;
    int32_t bend = (int32_t)(step - slope);
    int far = bend < -127 || bend > 127;
    to[out++] = far ? 0x80 : (uint8_t)bend;
    for (int shift = 24; far && shift >= 0; shift -= 8) to[out++] = (uint8_t)((uint32_t)v[i] >> shift);
    last = (uint32_t)v[i], slope = step;
  }
  return out;
}
int decode_deltas(const uint8_t *from, int n, int32_t *v) {
  int count = 0;
  uint32_t last = 0, slope = 0;
  for (int i = 0; i < n; ++count) {
    uint32_t next;
    if (from[i] != 0x80) next = last + slope + (uint32_t)(int8_t)from[i], ++i;
    else if (n - i < 5) return -1 - count;
    else
      next = (uint32_t)from[i + 1] << 24 | (uint32_t)from[i + 2] << 16 | (uint32_t)from[i + 3] << 8 | from[i + 4],
      i += 5;
    slope = next - last, last = next;
    v[count] = (int32_t)next;
  }
  return count;
}

/// Copies from the bytes already put out, which may overlap what is being written.
static __attribute__((noinline)) int encode_copies(const uint8_t *from, int n, uint8_t *to) {
  int out = 0;
  for (int i = 0; i < n;) {
    int best = 0, where = 0;
    for (int back = 1; back <= 63 && back <= i; ++back) {
      int length = 0;
      while (length < 66 && i + length < n && from[i + length] == from[i + length - back]) ++length;
      if (length > best) best = length, where = back;
    }
    if (best >= 3) to[out++] = (uint8_t)(0xc0 | where), to[out++] = (uint8_t)(best - 3), i += best;
    else if (from[i] >= 0xc0) to[out++] = 0xc0, to[out++] = from[i++];
    else to[out++] = from[i++];
  }
  return out;
}
static int decode_copies(const uint8_t *from, int n, uint8_t *to, int room) {
  int out = 0;
  for (int i = 0; i < n; ++i) {
    int back = from[i] & 63;
    if (out == room) return -1;
    if (from[i] < 0xc0) to[out++] = from[i];
    else if (++i == n) return -2;
    else if (back == 0) to[out++] = from[i];
    else {
      if (back > out || from[i] + 3 > room - out) return -3;
      for (int length = from[i] + 3; length > 0; --length, ++out) to[out] = to[out - back];
    }
  }
  return out;
}

static void mix_bytes(const uint8_t *v, int n) {
  for (int i = 0; i < n; i += 1 + n / 64) mix(v[i]);
  mix(n);
}

int main(void) {
  static uint8_t v[most], packed[2 * most], back[most];
  static int32_t numbers[most], again[2 * most];
  for (int n = 0; n <= most; n = n < 6 ? n + 1 : n * 4 / 3 + 1)
    for (int kind = 0; kind < 4; ++kind) {
      for (int i = 0; i < n; ++i) {
        const int patterns[] = {i / 140, i * i % 5, i * 167 + i / 7, i % 9 * 31 + i / 60};
        uint32_t x = (uint32_t)opaque_int(patterns[kind]);
        v[i] = (uint8_t)(x * (kind == 3 ? 1 : 57)), numbers[i] = (int32_t)(x * (kind == 2 ? 0x1234567u : 3u));
      }
      int length = encode_runs(v, n, packed);
      mix_bytes(packed, length), mix_bytes(back, decode_runs(packed, length, back, most)), mix(!memcmp(v, back, n));
      mix(decode_runs(packed, length - length / 3, back, n * 3 / 4)), mix(decode_runs(v, n, back, n));
      length = encode_deltas(numbers, n, packed), mix_bytes(packed, length);
      mix(decode_deltas(packed, length, again)), mix(memcmp(again, numbers, (size_t)n * 4) == 0);
      mix(decode_deltas(v, n, again)), mix(again[n / 2]);
      length = encode_copies(v, n, packed);
      mix_bytes(packed, length), mix_bytes(back, decode_copies(packed, length, back, most));
      mix(memcmp(v, back, (size_t)n) == 0), mix(decode_copies(v, n, back, n / 2 + 5));
    }
  return report();
}
