// Exceptions through calls whose target is not known: function pointers, tables of them, member pointers, virtual and
// C-linkage functions, and a noexcept layer that must turn them into results.
#include "checksum.h"

struct Reject { int code; };
using Handler = int (*)(int);

static int plain(int x) { return x * 3 + 1; }
static int picky(int x) { if (x % 4 == 2) throw Reject{x}; return x - 5; }
static __attribute__((noinline)) int doubtful(int x) { return x > 20 ? throw x * 2L : x ^ 9; }
static int chained(int x) { int first = picky(x); return first + doubtful(x + 1); }
static int safe(int x) noexcept { return x & 0x3f; }
int never(int x) { throw Reject{-x}; }
extern "C" int cxx_except_callbacks_c(Handler handler, int x) { int first = handler(x); return first + handler(x + 1); }

static Handler const table[] = {plain, picky, doubtful, chained, safe, never};

struct Cleanup {
  int &counter;
  int amount;
  ~Cleanup() { counter += amount; }
};

static __attribute__((noinline)) int run_all(const Handler *handlers, int count, int x, int &cleaned) {
  int sum = 0;
  for (int i = 0; i < count; ++i) {
    Cleanup cleanup{cleaned, i + 1};
    sum = sum * 7 + handlers[i](x + i);
  }
  return sum;
}

// Keeps exceptions in: every kind becomes a negative number. Inlined or not, nothing may leave.
static int contained(Handler handler, int x) noexcept {
  try {
    return handler(x);
  } catch (const Reject &reject) {
    return -1000 - reject.code;
  } catch (long number) {
    return (int)-number;
  }
}

class Device {
 public:
  explicit Device(int limit) : limit_(limit) {}
  virtual ~Device() = default;
  virtual int accept(int x) { return x > limit_ ? throw Reject{limit_} : x; }
  int filter(int x) const { return x * limit_ % 9 == 4 ? throw Reject{x + limit_} : x + 1; }
  virtual int drain(int x) noexcept { return x % (limit_ + 1); }
 protected:
  int limit_;
};
class Strict : public Device {
 public:
  using Device::Device;
  int accept(int x) override {
    try {
      return Device::accept(x + 2) * 2;
    } catch (Reject &reject) {
      reject.code += 500;
      if (x & 1) throw;
      return reject.code;
    }
  }
};
class Silent final : public Strict {
 public:
  using Strict::Strict;
  int accept(int x) noexcept override { return contained(table[(unsigned)x % 6], x) + limit_; }
  int drain(int x) noexcept override { return ~x; }
};

static __attribute__((noinline)) int through_member(Device &device, int (Device::*method)(int), int x, int &cleaned) {
  Cleanup cleanup{cleaned, 100};
  int first = (device.*method)(x);
  return first * 5 + device.filter(x);
}

// A visitor called from a walk over a list: the throw leaves the walk early with its state written.
template <typename Visit>
static int walk(int from, int to, int &visited, Visit visit) {
  int total = 0;
  for (int i = from; i < to; ++i) {
    visited = i;
    total += visit(i);
  }
  return total;
}

int main() {
  for (int x = 0; x < 28; ++x) {
    int cleaned = opaque_int(0);
    for (int count = 0; count <= 6; count += 1 + x % 2) try {
      mix(run_all(table, opaque_int(count), opaque_int(x), cleaned));
    } catch (const Reject &reject) {
      mix(reject.code + 10000);
    } catch (long number) {
      mix(number + 20000);
    }
    for (Handler handler : table) {
      mix(contained(handler, opaque_int(x)));
      try {
        mix(cxx_except_callbacks_c(handler, opaque_int(x)));
      } catch (const Reject &reject) { mix(reject.code);
      } catch (...) { mix(0xabc); }
    }
    Device device(opaque_int(x % 9)), other(opaque_int(25));
    Strict strict(opaque_int(x % 13));
    Silent silent(opaque_int(x % 5));
    Device *const devices[] = {&device, &other, &strict, &silent};
    for (int i = 0; i < 8; ++i) try {
      mix(through_member(*devices[i % 4], i < 4 ? &Device::accept : (int (Device::*)(int)) & Device::drain, x, cleaned));
    } catch (Reject reject) {
      mix(reject.code * 3 + i);
    }
    int visited = -1;
    try {
      mix(walk(opaque_int(x / 2), opaque_int(x), visited, [&](int i) {
        if (i == 11) throw Reject{visited};
        return strict.filter(i);
      }));
    } catch (const Reject &reject) { mix(reject.code * 2); }
    mix(visited);
    mix(cleaned);
  }
  return report();
}
