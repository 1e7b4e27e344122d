// Partial redundancy: expressions available on some of the ways into a block, in loops with early exits, with
// divisions that must not be moved to a place where the divisor is zero, and stores that must not be sunk.
#include "checksum.h"

/// The quotient is there already if the first test was true.
static int32_t quotient_twice(int32_t a, int32_t b, int log) {
  int32_t sum = 0;
  if (b != 0 && a > b) sum = a / b * 3;
  else sum = b - 2 * log;
  if (log) sum += 100;
  if (b != 0) sum += a / b + a % b;
  return sum;
}

/// A division that is invariant in the loop, under a condition that may never be true.
static __attribute__((noinline)) int32_t guarded_in_loop(const int32_t *values, int count, int32_t divisor) {
  int32_t sum = 0;
  for (int i = 0; i < count; ++i) {
    if (values[i] < 0) {
      if (divisor == 0) return -1000 - i;
      sum += 720720 / divisor;
    }
    sum += values[i] & 7;
  }
  return divisor ? sum + 720720 / divisor : sum;
}

struct parser {
  const char *at;
  int line, column;
};

/// Loads of fields that are known on the way round the loop but not on entry.
static int skip_blank(struct parser *parser) {
  int skipped = 0;
  while (*parser->at == ' ' || *parser->at == '\n' || *parser->at == '#') {
    if (*parser->at == '#') {
      while (*parser->at && *parser->at != '\n') ++parser->at, ++skipped;
      continue;
    }
    if (*parser->at == '\n') parser->column = 0, ++parser->line;
    else ++parser->column;
    ++parser->at;
  }
  return skipped;
}

static int next_word(struct parser *parser, uint32_t *hash) {
  skip_blank(parser);
  int length = 0;
  for (*hash = 5381; *parser->at > ' ' && *parser->at != '#'; ++parser->at, ++length)
    *hash = *hash * 33 + (unsigned char)*parser->at;
  parser->column += length;
  return length;
}

/// An address and a product needed by all arms but one; the arm that changes the index comes in the middle.
__attribute__((noinline)) uint32_t arms(uint32_t *cells, uint32_t row, uint32_t column, int arm) {
  uint32_t result;
  switch (arm) {
  case 0: result = cells[row * 8 + column] + row * 8; break;
  case 1: result = cells[row * 8 + column] * 2; break;
  case 2: cells[row * 8 + column] += 5; result = cells[row * 8 + column] - 1; break;
  case 3: column = (column + 1) & 7; result = cells[row * 8 + column]; break;
  case 4: result = row; break;
  default: cells[(row * 8 + column) ^ 1] = row; result = cells[row * 8 + column] ^ row * 8; break;
  }
  return result + cells[row * 8 + column] + row * 8;
}

/// The limit is loaded in the loop's head and changed in its body now and then.
static int fill(uint8_t *buffer, int *limit, int step) {
  int position = 0;
  while (position < *limit) {
    buffer[position] = (uint8_t)(*limit * 3 + position);
    if (buffer[position] % 5 == 0 && *limit > 10) *limit -= 2;
    position += step;
  }
  return *limit * 100 + position;
}

/// A running maximum kept in memory, that another pointer may be looking at.
static int32_t running(int32_t *best, const int32_t *values, int count) {
  int32_t changes = 0;
  for (int i = 0; i < count; ++i) {
    if (values[i] > *best) *best = values[i], ++changes;
    if (values[i] * 2 > *best) changes += 10;
  }
  return changes + *best;
}

int main(void) {
  static const int32_t interesting[] = {0, 1, -1, 2, 3, 7, -7, 100, -100, 720720};
  for (int i = 0; i < 10; ++i)
    for (int j = 0; j < 10; ++j) mix(quotient_twice(opaque_int(interesting[i]), interesting[j], (i ^ j) & 1));
  int32_t values[40];
  for (int count = 0; count <= 40; count += count < 4 ? 1 : 5) {
    for (int i = 0; i < count; ++i) values[i] = (i * 37 + opaque_int(5)) % 60 - (count % 2 ? 0 : 3);
    for (int32_t divisor = -2; divisor <= 2; ++divisor) mix(guarded_in_loop(values, count, divisor));
    int32_t best = -5;
    mix(running(&best, values, count));
    if (count > 3) mix(running(&values[2], values, count));
  }
  static const char text[] = "first  second # a remark\n\n  third#none\nx\n y   zz\n# last";
  for (int start = 0; start < (int)sizeof text; ++start) {
    struct parser parser = {text + opaque_int(start), 1, 0};
    uint32_t hash;
    int length;
    while ((length = next_word(&parser, &hash)) > 0)
      mix(hash + (uint64_t)length), mix(parser.line * 100 + parser.column);
    mix(parser.line);
  }
  uint32_t cells[64];
  for (int i = 0; i < 64; ++i) cells[i] = (uint32_t)(i * i);
  for (int i = 0; i < 400; ++i) mix(arms(cells, (uint32_t)opaque((uint64_t)i) / 7 % 8, (uint32_t)i * 3 % 8, i % 6));
  for (int step = 1; step < 6; ++step)
    for (int size = 0; size <= 64; size += 8) {
      uint8_t buffer[64] = {0};
      int limit = opaque_int(size);
      mix(fill(buffer, &limit, step));
      for (int i = 0; i < size; ++i) mix(buffer[i]);
    }
  return report();
}
