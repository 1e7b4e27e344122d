// Which of several handlers gets an exception: classes with one, two and virtual bases, caught by reference, by sliced
// value, by pointer, by a base that is reached twice (and so does not match), and by catch-all.
#include "checksum.h"
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wcatch-value"  // Slicing is wanted here.
#endif

struct Fault {
  int code;
  explicit Fault(int c) : code(c) {}
  Fault(const Fault &other) : code(other.code + 1000) {}  // A copy can be told from the original.
  virtual ~Fault() { mix(0xf000 + code); }
  virtual int describe() const { return code; }
};
struct Timed {
  long when;
  explicit Timed(long w) : when(w) {}
  virtual ~Timed() {}
  virtual long elapsed() const { return when * 2; }
};
struct DiskFault : Fault {
  explicit DiskFault(int c) : Fault(c) {}
  int describe() const override { return code * 7; }
};
struct SlowDiskFault final : DiskFault, Timed {
  SlowDiskFault(int c, long w) : DiskFault(c), Timed(w) {}
  int describe() const override { return code * 11; }
  long elapsed() const override { return when * 3 + code; }
};
struct Left : virtual Fault { explicit Left(int c) : Fault(c) {} };
struct Right : virtual Fault { explicit Right(int c) : Fault(c) {} };
struct Both : Left, Right {
  explicit Both(int c) : Fault(c), Left(c + 1), Right(c + 2) {}
  int describe() const override { return code * 13; }
};
struct TwiceA : DiskFault { using DiskFault::DiskFault; };
struct TwiceB : DiskFault { using DiskFault::DiskFault; };
struct Twice : TwiceA, TwiceB { explicit Twice(int c) : TwiceA(c), TwiceB(c + 1) {} };

static __attribute__((noinline)) void raise_one(int kind, int seed) {
  static SlowDiskFault shelf(90, 900);
  shelf.code = 90 + seed;
  switch (kind) {
    case 0: throw Fault(seed);
    case 1: throw DiskFault(seed + 1);
    case 2: throw SlowDiskFault(seed + 2, seed * 10L);
    case 3: throw Both(seed + 3);
    case 4: throw Left(seed + 4);
    case 5: throw Twice(seed + 5);
    case 6: throw static_cast<DiskFault *>(&shelf);
    case 7: throw &shelf;
    case 8: throw static_cast<const Timed *>(&shelf);
    case 9: throw Timed(seed);
    case 10: throw seed;
    default: return;
  }
}

// The most derived first.
static __attribute__((noinline)) long narrow(int kind, int seed) {
  try {
    raise_one(kind, seed);
  } catch (SlowDiskFault &fault) { return 100000 + fault.describe() + fault.elapsed();
  } catch (Right &fault) { return 200000 + fault.describe();
  } catch (DiskFault &fault) { return 300000 + fault.describe();
  } catch (const Timed &timed) { return 400000 + timed.elapsed();
  } catch (const Fault &fault) { return 500000 + fault.describe();
  } catch (Fault *fault) { return 600000 + fault->describe();
  } catch (const Timed *timed) { return 700000 + timed->elapsed();
  } catch (...) { return 800000;
  }
  return 900000;
}

// By value: slices, and the copy is seen in the code; the original is untouched for the rethrow.
long sliced(int kind, int seed) {
  long total = 0;
  try {
    try {
      raise_one(kind, seed);
      total = 1;
    } catch (Fault fault) {
      fault.code += 5;
      total += fault.describe();
      throw;
    } catch (Timed timed) {
      total += timed.elapsed() << 4;
      throw;
    }
  } catch (TwiceB &fault) { total += 3 * fault.describe();
  } catch (Fault &fault) { total += 5 * fault.describe();
  } catch (Timed &timed) { total += 7 * timed.elapsed();
  } catch (const void *) { total += 9;
  } catch (int number) { total += 11 * number;
  } catch (...) { total += 13;
  }
  return total;
}

// A change made through a reference in an inner handler is seen by the outer one.
static long changed(int kind, int seed) {
  try {
    try {
      try {
        raise_one(kind, seed);
      } catch (Timed &timed) { timed.when += 1000; throw; }
    } catch (DiskFault &fault) { fault.code *= 3; throw;
    } catch (Both &fault) { fault.code ^= 0x55; throw; }
  } catch (SlowDiskFault &fault) { return fault.code * 100000L + fault.when;
  } catch (Fault &fault) { return fault.code;
  } catch (Timed &timed) { return timed.when;
  } catch (DiskFault *fault) { return -fault->describe();
  } catch (...) { return -1; }
  return 0;
}

int main() {
  for (int round = 0; round < 3; ++round)
    for (int kind = 0; kind < 12; ++kind) {
      int seed = opaque_int(round * 20 + kind + 1);
      mix(narrow(opaque_int(kind), seed));
      mix(sliced(opaque_int(kind), seed + 1));
      mix(changed(opaque_int(kind), seed + 2));
    }
  return report();
}
