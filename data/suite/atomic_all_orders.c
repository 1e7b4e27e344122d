// C11 atomic loads, stores, exchanges and read-modify-writes of all widths with every memory order, checked against plain arithmetic.
#include <stdatomic.h>
#include <stdbool.h>

#include "checksum.h"

#define KIND(name, type)                                                                              \
  static _Atomic type name##_cell;                                                                    \
  static __attribute__((noinline)) type name##_step(int operation, type operand, memory_order order) { \
    switch (operation) {                                                                              \
      case 0: return (type)atomic_fetch_add_explicit(&name##_cell, operand, order);                   \
      case 1: return (type)atomic_fetch_sub_explicit(&name##_cell, operand, order);                   \
      case 2: return (type)atomic_fetch_or_explicit(&name##_cell, operand, order);                    \
      case 3: return (type)atomic_fetch_and_explicit(&name##_cell, operand, order);                   \
      case 4: return (type)atomic_fetch_xor_explicit(&name##_cell, operand, order);                   \
      case 5: return (type)atomic_exchange_explicit(&name##_cell, operand, order);                    \
      case 6: return (type)(name##_cell += operand);                                                  \
      case 7: return name##_cell++;                                                                   \
      default: return --name##_cell;                                                                  \
    }                                                                                                 \
  }

KIND(byte, unsigned char)
KIND(half, unsigned short)
KIND(word, unsigned)
KIND(giant, unsigned long long)
KIND(small, signed char)

static _Atomic bool raised;
static atomic_flag taken = ATOMIC_FLAG_INIT;
static _Atomic double level = 1.0;
static int values[10];
static int *_Atomic cursor = values;

// Constant orders, so that each has its own instruction; the results of some are unused.
static __attribute__((noinline)) unsigned constant_orders(unsigned x) {
  atomic_store_explicit(&word_cell, x, memory_order_relaxed);
  unsigned a = atomic_load_explicit(&word_cell, memory_order_relaxed);
  atomic_store_explicit(&word_cell, x + 1, memory_order_release);
  unsigned b = atomic_load_explicit(&word_cell, memory_order_acquire);
  atomic_store_explicit(&word_cell, x + 2, memory_order_seq_cst);
  unsigned c = atomic_load_explicit(&word_cell, memory_order_seq_cst);
  unsigned d = atomic_fetch_add_explicit(&word_cell, 0, memory_order_acq_rel);  // an idle one
  atomic_fetch_or_explicit(&word_cell, 0x80, memory_order_release);
  atomic_fetch_and_explicit(&word_cell, ~1u, memory_order_acquire);
  atomic_fetch_sub_explicit(&word_cell, d, memory_order_relaxed);
  unsigned e = atomic_fetch_xor_explicit(&word_cell, ~0u, memory_order_seq_cst);
  return a + 3 * b + 5 * c + 7 * d + 11 * e + 13 * atomic_load(&word_cell);
}

static int flags(int rounds) {
  int sum = 0;
  for (int i = 0; i < rounds; ++i) {
    bool was = atomic_flag_test_and_set_explicit(&taken, memory_order_acquire);
    sum = sum * 2 + was;
    if (i % 3 == 0) atomic_flag_clear_explicit(&taken, memory_order_release);
    sum += atomic_exchange(&raised, i & 1);
  }
  atomic_flag_clear(&taken);
  return sum;
}

// Bit tests whose result only matters as a truth value.
static __attribute__((noinline)) int claim_bits(unsigned start, int count) {
  int won = 0;
  atomic_store(&giant_cell, start);
  for (int i = 0; i < count; ++i) {
    unsigned long long bit = 1ull << (i * 7 % 40);
    if (!(atomic_fetch_or(&giant_cell, bit) & bit)) ++won;
    if (i % 4 == 1 && (atomic_fetch_and(&giant_cell, ~bit) & bit)) won += 100;
    if (atomic_fetch_sub(&giant_cell, 1) == 1) won += 10000;
  }
  return won;
}

static void pointers(int rounds) {
  for (int i = 0; i < rounds; ++i) {
    int *at = cursor++;
    *at += i;
    if (at == values + 9) atomic_store(&cursor, values + i % 4);
  }
}

int main(void) {
  static const memory_order orders[] = {memory_order_relaxed, memory_order_consume, memory_order_acquire,
                                        memory_order_release, memory_order_acq_rel, memory_order_seq_cst};
  for (int i = 0; i < 270; ++i) {
    memory_order order = orders[opaque_int(i) % 6];
    int operation = opaque_int(i * 5 / 2) % 9;
    uint64_t operand = opaque((uint64_t)i * 0x9e3779b97f4a7c15u >> 7);
    mix(byte_step(operation, (unsigned char)operand, order));
    mix(half_step(operation, (unsigned short)operand, order));
    mix(word_step(operation, (unsigned)operand, order));
    mix(giant_step(operation, operand, order));
    mix((uint64_t)small_step(operation, (signed char)operand, order));
  }
  for (unsigned x = 0; x < 5; ++x) mix(constant_orders((unsigned)opaque(x * 1000)));
  for (int rounds = 0; rounds < 12; rounds += 4) mix((uint64_t)flags(opaque_int(rounds)));
  for (unsigned start = 0; start < 6; ++start) mix((uint64_t)claim_bits((unsigned)opaque(start), opaque_int(20)));
  pointers(opaque_int(60));
  for (int i = 0; i < 10; ++i) mix((uint64_t)values[i]);
  mix((uint64_t)(cursor - values));
  for (int i = 0; i < 6; ++i) level = level * 1.5 + i;
  mix_double(level);
  return report();
}
