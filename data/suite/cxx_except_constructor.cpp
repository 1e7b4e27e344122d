// Constructors that throw half-way: bases, members and array elements built so far are destroyed in reverse, through
// function-try-blocks and delegating constructors.
#include "checksum.h"

static int fuse;       // The construction that fails, counted down; negative: none.
static int alive;

struct Blown { int part; };

template <int kind>
struct Part {
  int value;
  explicit Part(int v) : value(v) {
    if (fuse-- == 0) throw Blown{kind * 100 + v};
    ++alive;
    mix(kind * 1000 + value);
  }
  Part() : Part(9) { mix(kind * 1000 + 500); }  // Delegates: from here on the object counts as built.
  template <int other_kind>
  Part(const Part<other_kind> &other) : Part(other.value + 50 + other_kind) {}
  Part(const Part &other) : Part(other.value + 50) {}
  ~Part() {
    --alive;
    mix(kind * 1000 + 700 + value);
  }
};

struct Chassis {
  Part<1> frame;
  Part<2> axles[3];
  explicit Chassis(int n) : frame(n), axles{Part<2>(n + 1), Part<2>(n + 2), Part<2>(n + 3)} {}
  virtual ~Chassis() { mix(11); }
  virtual int load() const { return frame.value; }
};

struct Painted {
  Part<3> coat;
  explicit Painted(int n) : coat(n) {}
  ~Painted() { mix(12); }
};

struct Wagon : Chassis, Painted {
  Part<4> bench;
  Part<5> lamp;
  Part<6> wheels[2][2];
  int *note;

  Wagon(int n, int *into) try
      : Chassis(n), Painted(n * 2), bench(n + 4), lamp(bench), note(into) {
    Part<7> tool(n);
    *note += load() + tool.value;
    if (n % 3 == 2) throw Blown{-n};
  } catch (Blown &blown) {
    *into += 1000 + blown.part;
    blown.part += 5;  // Seen by the caller: the handler rethrows at its end.
  }

  // Delegating: once the other constructor is through, the destructor runs on a throw from this body.
  explicit Wagon(int *into) : Wagon(4, into) {
    mix(21);
    Part<8> extra(1);
    if (*into & 1) throw Blown{77};
  }
  ~Wagon() override { mix(13); *note += 10000; }
  int load() const override { return frame.value * 2 + wheels[1][0].value; }
};

static __attribute__((noinline)) int build(int which, int size) {
  int note = which;
  try {
    if (which == 0) {
      Wagon wagon(size, &note);
      note += wagon.load() + wagon.Chassis::load();
    } else if (which == 1) {
      Wagon wagon(&note);
      note += wagon.Painted::coat.value;
    } else if (which == 2) {
      Part<9> row[4] = {Part<9>(1), Part<9>(2)};
      note += row[1].value + row[3].value;
    } else {
      Wagon *wagon = new Wagon(size, &note);
      Chassis *base = wagon;
      note += base->load();
      delete base;
    }
  } catch (const Blown &blown) {
    mix(blown.part);
    note = -note;
  }
  return note;
}

// A function-try-block of an ordinary function: the parameter is still alive in the handler, locals are not.
static int guarded(Part<10> by_value, int size) try {
  Part<11> local(size);
  return by_value.value + local.value + Part<12>(size + 1).value;
} catch (const Blown &blown) {
  mix(by_value.value);
  return blown.part - alive;
}

int main() {
  for (int which = 0; which < 4; ++which)
    for (int limit = -1; limit < 16; ++limit) {
      fuse = opaque_int(limit);
      mix(build(opaque_int(which), limit % 4 + 1));
      mix(alive);
    }
  for (int limit = -1; limit < 4; ++limit) {
    fuse = -1;
    Part<10> original(limit);
    fuse = opaque_int(limit);
    try {
      mix(guarded(original, limit));
    } catch (const Blown &blown) {
      mix(blown.part * 3);  // The copy of the argument failed, outside the function's try.
    }
    mix(alive);
  }
  return report();
}
