// Shifts by variable amounts, which are checked, masked or clamped before use, logical and arithmetic, left and
// right, after and before widening; amounts that equal the width are handled in branches that must stay.
#include "checksum.h"

static uint32_t up_checked(uint32_t value, unsigned amount) { return amount < 32 ? value << amount : 0; }
static uint32_t down_checked(uint32_t value, unsigned amount) { return amount > 31 ? 0 : value >> amount; }
static __attribute__((noinline)) int32_t down_signed(int32_t value, unsigned amount) {
  return value >> (amount < 31 ? amount : 31);
}
static uint64_t up_masked(uint64_t value, unsigned amount) { return value << (amount & 63); }
static uint64_t up_either_way(uint64_t value, int amount) {
  if (amount <= -64 || amount >= 64) return 0;
  return amount < 0 ? value >> -amount : value << amount;
}

/// Masks of the lowest and highest bits, for any count from none to all.
uint64_t lowest(unsigned count) { return count == 0 ? 0 : UINT64_MAX >> (64 - count); }
static uint64_t lowest_other(unsigned count) { return count >= 64 ? UINT64_MAX : ((uint64_t)1 << count) - 1; }
static uint32_t highest(unsigned count) { return count ? ~(uint32_t)0 << (32 - count) : 0; }
static uint32_t between(unsigned low, unsigned high) {
  return (uint32_t)((((uint64_t)2 << high) - 1) & ~(((uint64_t)1 << low) - 1));
}

/// Shifts of narrow types happen in int: the bits pushed out come back unless they are cut off.
static unsigned narrow(uint8_t byte, int8_t signed_byte, uint16_t half, unsigned amount) {
  unsigned a = amount & 7, b = amount & 15;
  uint8_t cut = (uint8_t)(byte << a);
  unsigned result = cut >> a;
  result = result * 3 + (byte << a >> a);
  result = result * 3 + (uint8_t)(signed_byte >> a);
  result = result * 3 + ((uint8_t)signed_byte >> a);
  result = result * 3 + (uint16_t)(half << b) + (half >> b);
  result = result * 3 + (unsigned)((int16_t)half >> b);
  return result * 3 + (unsigned)(int16_t)((unsigned)half << b) + ((uint8_t)~byte >> a);
}

static __attribute__((noinline)) uint64_t before_or_after_widening(uint32_t value, unsigned amount) {
  amount %= 32;
  uint64_t before = (uint64_t)(value << amount), after = (uint64_t)value << amount;
  uint64_t signed_before = (uint64_t)(int64_t)((int32_t)value >> amount),
           signed_after = (uint64_t)((int64_t)(int32_t)value >> amount);
  uint64_t other = (uint64_t)(int64_t)(int32_t)(value << amount), logical = (uint64_t)(int64_t)(int32_t)value >> amount;
  return before + after * 3 + (signed_before == signed_after) * 5 + other * 7 + logical * 11 + (after >> 32 == 0);
}

/// Two shifts in a row, whose sum may be more than the width although each is less.
static uint64_t twice(uint64_t value, unsigned first, unsigned second) {
  first &= 63, second &= 63;
  uint64_t both_up = value << first << second, both_down = value >> first >> second;
  int64_t both_signed = (int64_t)value >> first >> second;
  uint64_t there_and_back = value << first >> first, back = value >> second << second;
  uint64_t merged = first + second < 64 ? value << (first + second) : 0;
  return (both_up == merged) + both_down * 3 + (uint64_t)both_signed * 5 + there_and_back * 7 + back * 9 +
         (value << first >> second);
}

/// The product and quotient forms of shifts.
static uint64_t as_products(uint32_t value, unsigned amount) {
  uint32_t power = 1u << (amount & 31);
  uint64_t result = value * power ^ (uint64_t)(value / power) << 32;
  result += value % power + ((value & (power - 1)) == 0);
  result ^= (uint64_t)(value & power ? 5 : 9) << 40;
  result += (value & -power) + (uint64_t)(value * (power + 1)) + value * (power - 1);
  return result + (power >> 1) * 8 + (power > value);
}

/// Finds a bit by shifting one step at a time, in both directions, with exits at different places.
static int search(uint64_t value) {
  int up = 0, down = 63;
  uint64_t probe = 1;
  while (up < 64 && !(value & probe)) probe <<= 1, ++up;
  for (uint64_t top = value; down >= 0 && !(top >> 63); --down) top <<= 1;
  int length = 0;
  for (int64_t sign = (int64_t)value; sign != 0 && sign != -1; sign >>= 1) ++length;
  return up * 10000 + (down + 1) * 100 + length;
}

int main(void) {
  static const uint64_t values[] = {
      0,         1, 2, 0x80, 0x7fff, 0x8000, 0x12345678, 0x80000000, 0xffffffff, 0x9abcdef012345678, 0x8000000000000000,
      UINT64_MAX};
  for (int v = 0; v < 12; ++v) {
    uint64_t value = opaque(values[v]);
    mix(search(value)), mix(search(value << v ^ value));
    for (unsigned i = 0; i < 70; i += 1 + (i > 34 && i < 60)) {
      unsigned amount = (unsigned)opaque(i);
      mix(up_checked((uint32_t)value, amount) ^ (uint64_t)down_checked((uint32_t)value, amount) << 32);
      mix(down_signed((int32_t)value, amount));
      mix(up_masked(value, amount) + 3 * up_either_way(value, (int)amount * 2 - 68));
      mix(narrow((uint8_t)value, (int8_t)(value >> 4), (uint16_t)value, amount));
      mix(before_or_after_widening((uint32_t)value, amount));
      mix(twice(value, amount, amount * 7 + 3)), mix(as_products((uint32_t)value, amount));
    }
  }
  for (unsigned i = 0; i <= 64; ++i) {
    mix(lowest((unsigned)opaque(i)) ^ lowest_other(i) << 1);
    if (i <= 32) mix(highest(i)), mix(between(i / 3, (unsigned)opaque(i / 2)));
  }
  return report();
}
