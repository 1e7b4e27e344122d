// Guards that commit or roll back by std::uncaught_exceptions(), also while another exception is being unwound, and
// destructors that throw and catch among themselves.
#include "checksum.h"
#include <exception>

struct Stop { int at; };
struct Minor { int at; };

class Account {
 public:
  explicit Account(int *balance) : balance_(balance), before_(*balance), flying_(std::uncaught_exceptions()) {}
  ~Account() {
    if (std::uncaught_exceptions() > flying_) {
      mix(0xbad0 + (*balance_ - before_));
      *balance_ = before_;
    } else {
      mix(0xc0de);
    }
  }
 private:
  int *balance_, before_, flying_;
};

static __attribute__((noinline)) void pay(int *balance, int amount) {
  Account account(balance);
  *balance -= amount;
  if (*balance < 0) throw Stop{amount};
  *balance -= 1;
  if (*balance % 7 == 0) throw Minor{*balance};
}

// Its destructor moves money too, whether or not something is in flight.
struct Settlement {
  int *balance, fee;
  Settlement(int *b, int f) : balance(b), fee(f) {}
  ~Settlement() {
    mix(std::uncaught_exceptions());
    try {
      pay(balance, fee);
      mix(1);
    } catch (const Stop &stop) {
      mix(2 + stop.at);
    } catch (const Minor &minor) {
      mix(3);
      mix(minor.at);
    }
    mix(std::uncaught_exceptions());
  }
};

static int day(int *balance, int first, int second) {
  Settlement closing(balance, first / 2);
  pay(balance, first);
  Settlement noon(balance, 3);
  Account whole(balance);
  pay(balance, second);
  return *balance;
}

// Each level has a destructor that runs a smaller instance of the same thing while unwinding.
struct Cascade {
  int depth;
  unsigned *log;
  ~Cascade();
};

static __attribute__((noinline)) void cascade(int depth, unsigned *log) {
  Cascade cleanup{depth, log};
  *log = *log * 5 + depth;
  if (depth % 2 == 0) throw depth;
  *log += 1;
}

Cascade::~Cascade() {
  *log += std::uncaught_exceptions() * 100;
  if (depth == 0) return;
  for (int i = 0; i < 2; ++i) {
    try {
      cascade(depth - 1 - i < 0 ? 0 : depth - 1 - i, log);
      *log ^= 0x11;
    } catch (int thrown) {
      *log ^= thrown + 0x20;
    }
  }
}

// In a handler nothing is uncaught any more; after a rethrow it is again.
static int handlers(int seed) {
  int result = 0;
  try {
    try {
      throw Stop{seed};
    } catch (Stop &stop) {
      result += std::uncaught_exceptions();
      Account account(&stop.at);
      stop.at += 50;
      if (seed & 1) throw;
      result += stop.at;
    }
  } catch (const Stop &stop) {
    result += stop.at * 1000 + std::uncaught_exceptions();
  }
  return result;
}

int main() {
  for (int start = 0; start < 60; start += 3)
    for (int first = 0; first < 40; first += 9) {
      int balance = opaque_int(start);
      try {
        mix(day(&balance, opaque_int(first), opaque_int((start - first) / 3)));
      } catch (const Stop &stop) {
        mix(stop.at + 10000);
      } catch (const Minor &) {
        mix(20000);
      }
      mix(balance);
    }
  for (int depth = 0; depth < 7; ++depth) {
    unsigned log = (unsigned)opaque(1);
    try {
      cascade(opaque_int(depth), &log);
    } catch (int thrown) {
      log += thrown * 1000000;
    }
    mix(log);
    mix(handlers(opaque_int(depth)));
  }
  return report();
}
