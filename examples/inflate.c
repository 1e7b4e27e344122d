/* A DEFLATE decoder (RFC 1951) for streams in the zlib container (RFC 1950).
 *
 * A block is stored, or coded with two prefix codes: literals with match lengths, and distances.
 * Code lengths alone define a code (RFC 1951 section 3.2.2). Here it becomes a binary tree that is
 * walked one bit at a time: slower than lookup tables, but a malformed code shows up as a missing
 * or an occupied branch.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef enum Status {
  k_ok,
  k_truncated,
  k_bad_header,
  k_bad_block_type,
  k_bad_stored_length,
  k_bad_code_lengths,
  k_bad_symbol,
  k_bad_distance,
  k_output_full,
  k_bad_checksum
} Status;

enum {
  k_max_code_bits = 15,
  k_literal_symbols = 288,
  k_distance_symbols = 32,
  k_length_code_symbols = 19,
  k_end_of_block = 256,
  /* The inner nodes of a complete code, and one a level for the open end of an incomplete one. */
  k_max_nodes = k_literal_symbols + k_max_code_bits,
};

/* The first error sticks: from then on every read gives zero and every write does nothing, so only
 * loops have to look at `status`. Bits come from the low end of each byte first. */
typedef struct Decoder {
  const uint8_t *next, *end;
  uint32_t window, available;
  uint8_t *out;
  size_t capacity, size;
  Status status;
} Decoder;

/* child[n][b] is 0 for no branch, m > 0 for inner node m, and -1 - s for the leaf of symbol s. */
typedef struct CodeTree {
  int16_t child[k_max_nodes][2];
  int used;
} CodeTree;

/* A length symbol stands for `base` plus the value of `extra_bits` further bits. */
static const struct {
  uint16_t base;
  uint8_t extra_bits;
} k_lengths[] = {
    {3, 0},  {4, 0},  {5, 0},  {6, 0},   {7, 0},   {8, 0},   {9, 0},   {10, 0},  {11, 1},  {13, 1},
    {15, 1}, {17, 1}, {19, 2}, {23, 2},  {27, 2},  {31, 2},  {35, 3},  {43, 3},  {51, 3},  {59, 3},
    {67, 4}, {83, 4}, {99, 4}, {115, 4}, {131, 5}, {163, 5}, {195, 5}, {227, 5}, {258, 0},
};

/* The order in which a dynamic block lists the lengths of its code-length code. */
static const uint8_t k_length_code_order[k_length_code_symbols] = {
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
};

static unsigned fail(Decoder *decoder, Status status) {
  if (decoder->status == k_ok) decoder->status = status;
  return 0;
}

/* Reads `count` <= 16 bits as an unsigned value. */
static unsigned take_bits(Decoder *decoder, unsigned count) {
  if (decoder->status != k_ok) return 0;
  while (decoder->available < count) {
    if (decoder->next == decoder->end) return fail(decoder, k_truncated);
    decoder->window |= (uint32_t)*decoder->next++ << decoder->available;
    decoder->available += 8;
  }
  unsigned value = decoder->window & ((1u << count) - 1u);
  decoder->window >>= count;
  decoder->available -= count;
  return value;
}

/* Drops the rest of the current byte: at most seven bits are ever left over between reads. */
static void align_to_byte(Decoder *decoder) { decoder->window = decoder->available = 0; }

static void put_byte(Decoder *decoder, unsigned byte) {
  if (decoder->size == decoder->capacity) fail(decoder, k_output_full);
  if (decoder->status == k_ok) decoder->out[decoder->size++] = (uint8_t)byte;
}

/* Copies a match; source and destination overlap when the distance is below the length. */
static void put_match(Decoder *decoder, size_t distance, size_t length) {
  if (distance > decoder->size) fail(decoder, k_bad_distance);
  if (length > decoder->capacity - decoder->size) fail(decoder, k_output_full);
  if (decoder->status != k_ok) return;
  uint8_t *to = decoder->out + decoder->size;
  const uint8_t *from = to - distance;
  for (size_t i = 0; i < length; i++) to[i] = from[i];
  decoder->size += length;
}

/* Adds one code, most significant bit first. Fails where it would pass through or cover another. */
static Status insert_code(CodeTree *tree, unsigned code, unsigned bits, int symbol) {
  int node = 0;
  while (bits > 1) {
    bits--;
    int16_t *branch = &tree->child[node][(code >> bits) & 1u];
    if (*branch < 0 || (*branch == 0 && tree->used == k_max_nodes)) return k_bad_code_lengths;
    if (*branch == 0) *branch = (int16_t)tree->used++;
    node = *branch;
  }
  int16_t *leaf = &tree->child[node][code & 1u];
  if (*leaf != 0) return k_bad_code_lengths;
  *leaf = (int16_t)(-1 - symbol);
  return k_ok;
}

/* Builds the tree of the canonical code with these lengths (0: the symbol does not occur). An
 * incomplete code is accepted; its missing branches fail when they are met. */
static Status build_tree(CodeTree *tree, const uint8_t *lengths, int symbols) {
  unsigned per_length[k_max_code_bits + 1] = {0};
  unsigned next_code[k_max_code_bits + 1] = {0};
  for (int symbol = 0; symbol < symbols; symbol++) per_length[lengths[symbol]]++;
  for (unsigned bits = 1, code = 0; bits <= k_max_code_bits; bits++, code <<= 1) {
    next_code[bits] = code;
    code += per_length[bits];
    if (code > 1u << bits) return k_bad_code_lengths;
  }
  memset(tree->child, 0, sizeof tree->child);
  tree->used = 1;
  Status status = k_ok;
  for (int symbol = 0; symbol < symbols && status == k_ok; symbol++)
    if (lengths[symbol] != 0)
      status = insert_code(tree, next_code[lengths[symbol]]++, lengths[symbol], symbol);
  return status;
}

static unsigned take_symbol(Decoder *decoder, const CodeTree *tree) {
  int node = 0;
  do {
    node = tree->child[node][take_bits(decoder, 1)];
  } while (node > 0);
  return node < 0 ? (unsigned)(-1 - node) : fail(decoder, k_bad_symbol);
}

static size_t take_length(Decoder *decoder, unsigned symbol) {
  size_t index = symbol - k_end_of_block - 1;
  if (index >= sizeof k_lengths / sizeof k_lengths[0]) return fail(decoder, k_bad_symbol);
  return k_lengths[index].base + take_bits(decoder, k_lengths[index].extra_bits);
}

/* From symbol 4 on, each pair of symbols doubles its range; the low bit of the symbol is the bit
 * below the leading one. */
static size_t take_distance(Decoder *decoder, unsigned symbol) {
  if (symbol >= 30) return fail(decoder, k_bad_symbol);
  unsigned bits = symbol < 4 ? 0 : symbol / 2 - 1;
  size_t base = symbol < 4 ? symbol : (size_t)(2 | (symbol & 1)) << bits;
  return 1 + base + take_bits(decoder, bits);
}

static void inflate_coded(Decoder *decoder, const CodeTree *literals, const CodeTree *distances) {
  while (decoder->status == k_ok) {
    unsigned symbol = take_symbol(decoder, literals);
    if (symbol == k_end_of_block) return;
    if (symbol < k_end_of_block) {
      put_byte(decoder, symbol);
    } else {
      size_t length = take_length(decoder, symbol);
      put_match(decoder, take_distance(decoder, take_symbol(decoder, distances)), length);
    }
  }
}

static void inflate_stored(Decoder *decoder) {
  align_to_byte(decoder);
  unsigned length = take_bits(decoder, 16), complement = take_bits(decoder, 16);
  if ((length ^ complement) != 0xffffu) fail(decoder, k_bad_stored_length);
  for (; length > 0 && decoder->status == k_ok; length--) put_byte(decoder, take_bits(decoder, 8));
}

/* Decodes a block whose two codes have the lengths in `lengths`, literals first. */
static void inflate_with(Decoder *decoder, const uint8_t *lengths, int literals, int distances) {
  CodeTree literal_tree, distance_tree;
  Status status = build_tree(&literal_tree, lengths, literals);
  if (status == k_ok) status = build_tree(&distance_tree, lengths + literals, distances);
  if (status == k_ok)
    inflate_coded(decoder, &literal_tree, &distance_tree);
  else
    fail(decoder, status);
}

static void inflate_fixed(Decoder *decoder) {
  uint8_t lengths[k_literal_symbols + k_distance_symbols];
  for (int symbol = 0; symbol < k_literal_symbols; symbol++)
    lengths[symbol] = symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8;
  memset(lengths + k_literal_symbols, 5, k_distance_symbols);
  inflate_with(decoder, lengths, k_literal_symbols, k_distance_symbols);
}

/* Reads `total` run-length coded code lengths; a run may cross from literals to distances. */
static void take_code_lengths(Decoder *decoder, const CodeTree *tree, uint8_t *lengths,
                              unsigned total) {
  unsigned filled = 0;
  while (filled < total && decoder->status == k_ok) {
    unsigned symbol = take_symbol(decoder, tree), repeat = 1;
    uint8_t value = 0;
    switch (symbol) {
    case 16:
      repeat = filled == 0 ? total + 1 : 3 + take_bits(decoder, 2);
      value = filled == 0 ? 0 : lengths[filled - 1];
      break;
    case 17: repeat = 3 + take_bits(decoder, 3); break;
    case 18: repeat = 11 + take_bits(decoder, 7); break;
    default: value = (uint8_t)symbol;
    }
    if (repeat > total - filled) {
      fail(decoder, k_bad_code_lengths);
      repeat = total - filled;
    }
    memset(lengths + filled, value, repeat);
    filled += repeat;
  }
}

static void inflate_dynamic(Decoder *decoder) {
  CodeTree length_tree;
  uint8_t lengths[k_literal_symbols + k_distance_symbols] = {0};
  unsigned literals = take_bits(decoder, 5) + 257;
  unsigned distances = take_bits(decoder, 5) + 1;
  unsigned listed = take_bits(decoder, 4) + 4;
  for (unsigned i = 0; i < listed; i++)
    lengths[k_length_code_order[i]] = (uint8_t)take_bits(decoder, 3);
  if (literals > 286 || distances > 30 ||
      build_tree(&length_tree, lengths, k_length_code_symbols) != k_ok) {
    fail(decoder, k_bad_code_lengths);
    return;
  }
  take_code_lengths(decoder, &length_tree, lengths, literals + distances);
  if (lengths[k_end_of_block] == 0) fail(decoder, k_bad_code_lengths);
  inflate_with(decoder, lengths, (int)literals, (int)distances);
}

/* The Adler-32 checksum of RFC 1950. */
static uint32_t adler32(const uint8_t *data, size_t size) {
  uint32_t low = 1, high = 0;
  for (size_t i = 0; i < size; i++) {
    low = (low + data[i]) % 65521u;
    high = (high + low) % 65521u;
  }
  return high << 16 | low;
}

/* Decodes one whole zlib stream into `out`; `*decoded` counts its bytes, also after an error. */
static Status inflate_zlib(const uint8_t *data, size_t size, uint8_t *out, size_t capacity,
                           size_t *decoded) {
  Decoder decoder = {data, data + size, 0, 0, out, capacity, 0, k_ok};
  unsigned method = take_bits(&decoder, 8), flags = take_bits(&decoder, 8);
  if (method % 16 != 8 || method > 0x78 || (method << 8 | flags) % 31 != 0 || (flags & 0x20) != 0)
    fail(&decoder, k_bad_header);
  unsigned last = 0;
  while (!last && decoder.status == k_ok) {
    last = take_bits(&decoder, 1);
    switch (take_bits(&decoder, 2)) {
    case 0: inflate_stored(&decoder); break;
    case 1: inflate_fixed(&decoder); break;
    case 2: inflate_dynamic(&decoder); break;
    default: fail(&decoder, k_bad_block_type);
    }
  }
  align_to_byte(&decoder);
  uint32_t expected = 0;
  for (int i = 0; i < 4; i++) expected = expected << 8 | take_bits(&decoder, 8);
  if (expected != adler32(out, decoder.size)) fail(&decoder, k_bad_checksum);
  *decoded = decoder.size;
  return decoder.status;
}

/* Test streams, made with the zlib module of Python. */

/* One stored block. */
static const uint8_t k_stored[] = {
    0x78, 0x01, 0x01, 0x0f, 0x00, 0xf0, 0xff, 0x73, 0x74, 0x6f, 0x72, 0x65, 0x64,
    0x20, 0x61, 0x73, 0x20, 0x69, 0x74, 0x20, 0x69, 0x73, 0x2d, 0xed, 0x05, 0x7f,
};

/* One block with the fixed codes. */
static const uint8_t k_fixed[] = {
    0x78, 0x01, 0x4b, 0x4c, 0x2a, 0x4a, 0x4c, 0x4e, 0x4c, 0x49, 0x04, 0x52,
    0x3a, 0x0a, 0x89, 0x38, 0x38, 0x8a, 0x00, 0x0f, 0xbf, 0x0d, 0xb6,
};

/* One block with dynamic codes; make_bases() writes its text. */
static const uint8_t k_dynamic[] = {
    0x78, 0xda, 0x25, 0x8e, 0xdb, 0x09, 0x00, 0x30, 0x0c, 0x02, 0x67, 0x13, 0x3f, 0x5c, 0xc0, 0xfd,
    0x67, 0xe9, 0x99, 0x12, 0x28, 0x35, 0xbe, 0xa2, 0x26, 0x6e, 0x2b, 0xa6, 0x56, 0xa3, 0xd8, 0xa9,
    0x63, 0x29, 0x49, 0x07, 0xfd, 0x09, 0x3e, 0x91, 0x34, 0x18, 0x0c, 0xa0, 0xec, 0x0b, 0xd5, 0x69,
    0x90, 0x2f, 0xc2, 0x72, 0xc3, 0x16, 0xa9, 0x17, 0x00, 0x62, 0xe6, 0x93, 0xce, 0x34, 0x3e, 0xbf,
    0x6e, 0x39, 0xbd, 0x50, 0x2c, 0x6b, 0xd8, 0x74, 0xd7, 0x2c, 0xcc, 0xf7, 0x50, 0xc2, 0xee, 0xa4,
    0x17, 0x72, 0xe7, 0x51, 0xe0, 0xd1, 0xfe, 0x32, 0x22, 0x1e, 0x01, 0x3b, 0x37, 0xad,
};

/* Three blocks, with an empty stored block after each of the first two. */
static const uint8_t k_flushed[] = {
    0x78, 0xda, 0x4a, 0xcb, 0x2c, 0x2a, 0x2e, 0xb1, 0x06, 0x00, 0x00, 0x00,
    0xff, 0xff, 0x2a, 0x4e, 0x4d, 0xce, 0xcf, 0x4b, 0xb1, 0x06, 0x00, 0x00,
    0x00, 0xff, 0xff, 0x4b, 0xcd, 0x4b, 0x01, 0x00, 0x36, 0xb2, 0x06, 0x52,
};

enum { k_bases = 200 };

/* The text of k_dynamic: bases drawn from a linear congruential generator. */
static void make_bases(char *text, size_t size) {
  uint32_t state = 2024;
  for (size_t i = 0; i < size; i++) {
    state = state * 1664525u + 1013904223u;
    text[i] = "ACGT"[state >> 30];
  }
}

#define CHECK(number, condition)                                                                   \
  if (!(condition))                                                                                \
  return fprintf(stderr, "inflate: check %d failed: %s\n", (number), #condition), (number)
#define DECODE(stream) inflate_zlib(stream, sizeof(stream), out, sizeof out, &size)

static int check_vectors(void) {
  static const uint8_t empty[] = {0x78, 0xda, 0x03, 0x00, 0x00, 0x00, 0x00, 0x01};
  char bases[k_bases];
  uint8_t out[2 * k_bases];
  size_t size;
  CHECK(1, DECODE(k_stored) == k_ok && size == 15 && memcmp(out, "stored as it is", 15) == 0);
  CHECK(2, DECODE(k_fixed) == k_ok && size == 38);
  CHECK(3, memcmp(out, "abracadabra, abracadabra, abracadabra!", 38) == 0);
  CHECK(5, DECODE(k_dynamic) == k_ok && size == k_bases);
  make_bases(bases, k_bases);
  CHECK(6, memcmp(out, bases, size) == 0);
  CHECK(7, DECODE(empty) == k_ok && size == 0);
  CHECK(8, adler32((const uint8_t *)"Wikipedia", 9) == 0x11e60398u);
  CHECK(9, DECODE(k_flushed) == k_ok && size == 16 && memcmp(out, "first;second;end", 16) == 0);
  return 0;
}

static int check_errors(void) {
  static const uint8_t reserved_type[] = {0x78, 0x9c, 0x07};
  static const uint8_t bad_complement[] = {0x78, 0x9c, 0x01, 0x01, 0x00, 0x00, 0x00, 'x'};
  /* A fixed block that opens with a match at distance 1: bits 1 10 0000001 00000. */
  static const uint8_t early_match[] = {0x78, 0x9c, 0x03, 0x02, 0x00};
  static const uint8_t preset_dictionary[] = {0x78, 0xbb, 0x03, 0x00};
  static const uint8_t oversubscribed[] = {1, 1, 1};
  char bases[k_bases];
  uint8_t out[2 * k_bases], copy[sizeof k_dynamic];
  CodeTree tree;
  size_t size;
  make_bases(bases, k_bases);
  for (size_t cut = 0; cut < sizeof k_dynamic; cut++)
    CHECK(20, inflate_zlib(k_dynamic, cut, out, sizeof out, &size) != k_ok);
  CHECK(21, inflate_zlib(k_stored, 12, out, sizeof out, &size) == k_truncated);
  CHECK(22, DECODE(reserved_type) == k_bad_block_type);
  CHECK(23, DECODE(bad_complement) == k_bad_stored_length);
  CHECK(24, DECODE(early_match) == k_bad_distance);
  CHECK(25, DECODE(preset_dictionary) == k_bad_header);
  CHECK(26, inflate_zlib(k_stored, sizeof k_stored, out, 14, &size) == k_output_full);
  CHECK(27, build_tree(&tree, oversubscribed, 3) == k_bad_code_lengths);
  /* A one-bit error is refused or, in the padding before the checksum, without effect. */
  for (size_t bit = 0; bit < 8 * sizeof copy; bit++) {
    memcpy(copy, k_dynamic, sizeof copy);
    copy[bit / 8] ^= (uint8_t)(1u << bit % 8);
    CHECK(28, DECODE(copy) != k_ok || (size == k_bases && memcmp(out, bases, size) == 0));
  }
  return 0;
}

int main(void) {
  int failed = check_vectors();
  return failed != 0 ? failed : check_errors();
}
