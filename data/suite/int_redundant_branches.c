// Value numbering: expressions and loads that are computed again on other paths, some really redundant and some
// made stale by a store in between, by swapped operands, by another width or by a call that changes memory.
#include "checksum.h"

struct account {
  int32_t balance, limit;
  uint8_t kind;
  struct account *parent;
};

static int32_t fee_table[4] = {1, 5, 9, 14};

static uint32_t same_on_both(uint32_t a, uint32_t b, int which) {
  uint32_t left, right;
  if (which & 1) left = a * b + 3, right = a - b;
  else left = b * a + 3, right = b - a;
  uint32_t again = a * b + 3;
  return (left == again ? 7 : 1000) + (right ^ (a - b)) + (which & 2 ? again : left);
}

/// The same difference in a condition, in its arm, and negated in the other arm.
static __attribute__((noinline)) int64_t known_by_condition(int64_t a, int64_t b) {
  if (a == b) return (a - b) * 17 + (a ^ b) + a;
  if (a + 5 == b) return b - a + 100;
  if (a - b > 50) return a - b > 40 ? a - b : -1;
  if (a - b < -50) return b - a > 50 ? b - a + 1 : -2;
  return a - b == b - a ? -3 : (a - b) * (b - a);
}

static int32_t charge(struct account *account, struct account *other, int32_t amount) {
  int32_t before = account->balance;
  if (account->balance < amount + fee_table[account->kind & 3]) {
    other->balance -= amount;
    if (account->balance < amount + fee_table[account->kind & 3]) return account->balance - before;
    other->kind = (uint8_t)(other->kind + 1);
  }
  account->balance -= amount + fee_table[account->kind & 3];
  if (other->limit > account->balance) other->limit = account->balance;
  return account->balance - before + account->limit;
}

/// Through a byte pointer any field may change, through an int pointer only the ints.
__attribute__((noinline)) int32_t reload(struct account *account, uint8_t *bytes, int32_t *word, int how) {
  int32_t sum = account->balance * 3;
  if (how & 1) *bytes ^= 0x55;
  sum += account->balance * 3;
  if (how & 2) *word += 11;
  sum += account->balance * 3 + account->kind;
  account->kind = (uint8_t)how;
  if (how & 4) bytes[1] = account->kind;
  return sum + account->balance + account->kind;
}

static __attribute__((noinline)) void raise_fees(int by) {
  for (int i = 0; i < 4; ++i) fee_table[i] = (fee_table[i] + by) & 31;
}

static int32_t across_call(int kind, int call) {
  int32_t first = fee_table[kind & 3] << 4;
  if (call == 1) raise_fees(kind);
  else if (call == 2) fee_table[(kind + 1) & 3] ^= 1;
  int32_t second = fee_table[kind & 3] << 4;
  return first == second ? first : first * 1000 - second;
}

static int depth_with_parents(const struct account *account) {
  int depth = 0, kinds = 0;
  for (; account->parent; account = account->parent) {
    ++depth;
    if (account->parent->kind == account->kind) continue;
    kinds += account->parent->kind - account->kind;
    if (account->parent->parent && account->parent->parent->kind == account->kind) kinds += 100;
  }
  return depth * 10000 + kinds;
}

/// Truncation, extension and truncation again: equal low halves do not make equal numbers.
static uint64_t through_widths(uint64_t value, int narrow) {
  uint32_t low = (uint32_t)value, sum = low + 1;
  uint64_t wide = (uint64_t)low + 1, kept = value + 1;
  if (narrow) return (uint64_t)sum << 1 | (wide == sum);
  return (kept == wide) + 2u * ((uint32_t)kept == sum) + (wide << 2);
}

int main(void) {
  struct account accounts[6];
  for (int i = 0; i < 6; ++i)
    accounts[i] =
        (struct account){opaque_int(i * 50), 500 - i * 90, (uint8_t)(i % 3), i ? &accounts[(i - 1) / 2] : NULL};
  for (int round = 0; round < 300; ++round) {
    uint32_t a = (uint32_t)opaque((uint64_t)round * 2654435761u), b = round % 5 ? a >> 7 : a;
    mix(same_on_both(a, b, round));
    mix(known_by_condition((int64_t)(a % 300), (int64_t)(b % 300)));
    mix(known_by_condition(round, round / 3 * 3 + (round % 7)));
    mix(charge(&accounts[round % 6], &accounts[round * 5 % 6], round % 60));
    struct account *account = &accounts[a % 6];
    uint8_t *bytes = round % 3 ? (uint8_t *)&account->balance : (uint8_t *)&account->limit;
    mix(reload(account, bytes, round % 2 ? &account->balance : &accounts[b % 6].limit, round));
    account->balance = (account->balance & 1023) - 100;
    account->limit &= 2047;
    account->kind &= 7;
    mix(across_call(round, round / 4 % 4));
    mix(depth_with_parents(&accounts[round % 6]));
    mix(through_widths(round % 2 ? UINT32_MAX : (uint64_t)a << (round % 13), round % 3 == 0));
  }
  for (int i = 0; i < 6; ++i) mix((uint64_t)(int64_t)accounts[i].balance ^ (uint64_t)(int64_t)accounts[i].limit << 8);
  return report();
}
