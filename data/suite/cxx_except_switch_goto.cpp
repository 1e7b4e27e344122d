// switch and goto over scopes that hold objects with destructors: forward, backward, out of nested blocks, into a
// handler's end, mixed with exceptions.
#include "checksum.h"

static unsigned long journal;
static void note(int what) { journal = journal * 37 + what; }

struct Token {
  int id;
  explicit Token(int i) : id(i) { note(i); }
  Token(const Token &other) : id(other.id + 1) { note(id + 1); }
  ~Token() { note(id * 2 + 1); }
  explicit operator bool() const { return id % 3 != 0; }
};

// Jumps backward over the declarations destroy the objects and build them anew.
static __attribute__((noinline)) int backward(int rounds, int stop) {
  int round = 0;
begin:
  Token first(round);
  if (round == stop) goto done;
  {
    Token second(round + 5);
    if (++round < rounds) {
      if (second) goto begin;
      Token third(9);
      if (round % 2) goto begin;
      note(third.id);
    }
  }
done:
  note(first.id);
  return round;
}

// Objects in the cases, with fall through, early return, break and a loop inside a case.
int dispatch(int kind, int size) {
  int result = 0;
  switch (Token selector(kind); selector.id) {
    case 0:
      result = Token(11).id;
      break;
    case 1: {
      if (Token a(12); size > 2) return a.id + size;
      result = 2;
    }
      [[fallthrough]];
    case 2:
      for (int i = 0; i < size; ++i) {
        Token a(13 + i);
        if (i == 1) continue;
        if (i == 3) break;
        result += a.id;
      }
      result += 3;
      break;
    case 5: {
      Token a(14), b(a);
      if (size & 1) goto common;
      result = b.id;
      break;
    }
    case 6: common: {
      Token c(15);
      result += c.id * 2;
      if (size == 3) throw c.id;
      break;
    }
    default:
      if (Token d(kind); d) return d.id;
      else result = -d.id;
  }
  note(result & 31);
  return result;
}

// A state machine by goto; a state may throw to another state's handler, and handlers leave by goto.
static int machine(const char *input) {
  int count = 0;
  Token whole(20);
idle:
  try {
    Token state(21);
    switch (*input++) {
      case 'a': goto busy;
      case 'e': throw 1;
      case 'f': throw state.id * 0.5;
      case 0: goto end;
      default: ++count; goto idle;
    }
  } catch (int value) {
    Token handler(22);
    count += value;
    if (*input == 'e') goto end;
    goto busy;
  } catch (double) { count *= 2; }
  note(3);
  goto idle;
busy: {
  Token state(23), detail(*input & 15);
  while (*input == 'b') {
    Token step(24);
    ++input;
    if (++count % 3 == 0) goto idle;
  }
  if (*input == 0) goto end;
  if (*input == 'c') {
    ++input;
    goto busy;
  }
  goto idle;
}
end:
  return count * 10 + whole.id;
}

int main() {
  for (int rounds = 0; rounds < 8; ++rounds)
    for (int stop = 0; stop < 9; stop += 3) mix(backward(opaque_int(rounds), opaque_int(stop)));
  for (int kind = -1; kind < 11; ++kind)
    for (int size = 0; size < 7; ++size) {
      try { mix(dispatch(opaque_int(kind), opaque_int(size)));
      } catch (int id) { mix(id + 600); }
      mix(journal);
    }
  const char *const inputs[] = {"", "abbb", "zabcbbbe", "eabbef", "fab", "ee", "abbbbcbbczef", "fffe", "acccb", "aec"};
  for (const char *input : inputs) mix(machine(input + opaque(0)));
  mix(journal);
  return report();
}
