// An exception of one of five types thrown at any of seven frames: frames that only clean up, translate, swallow, rethrow
// or replace it, and whose destructors are logged.
#include "checksum.h"

struct Refused { int stage; long cost; };
struct Delayed { int stage; double hours; Delayed(int s, double h) : stage(s), hours(h) {} };
enum Alarm { alarm_low = 3, alarm_high = 70 };

class Stamp {
 public:
  Stamp(int stage, int part) : stage_(stage), part_(part) { mix(1000 + stage * 10 + part); ++alive; }
  ~Stamp() { mix(2000 + stage_ * 10 + part_); --alive; }
  int weight() const { return stage_ * 3 + part_; }
  static int alive;
 private:
  int stage_, part_;
};
int Stamp::alive = 0;

static int broken_stage, broken_kind;
static const char message[] = "stopped";

static __attribute__((noinline)) int inspect(int stage) {
  if (stage != broken_stage) return stage * 5 + 1;
  switch (broken_kind) {
    case 0: throw Refused{stage, 1000L * stage};
    case 1: throw Delayed(stage, stage * 0.25);
    case 2: throw stage & 1 ? alarm_low : alarm_high;
    case 3: throw &message[stage];
    case 4: throw (unsigned long long)stage << 40;
    default: return -stage;
  }
}

static int archive(int load) {
  Stamp stamp(6, 0);
  return inspect(6) + load;
}

// Only cleanup: two objects, the second alive in part of the function.
int ship(int load) {
  Stamp outer(5, 0);
  int early = inspect(5);
  if (load % 2 == 0) return early - archive(load + 1);
  Stamp inner(5, 1);
  early += archive(load) * inner.weight();
  return early + outer.weight();
}

// Translates one type into another.
static __attribute__((noinline)) int reserve(int load) {
  Stamp stamp(4, 2);
  try {
    Stamp guarded(4, 3);
    int checked = inspect(4);
    return checked ^ ship(load);
  } catch (const Delayed &late) {
    mix_double(late.hours);
    throw Refused{late.stage, (long)(late.hours * 8)};
  }
}

// Swallows one type, so the callers see an ordinary result.
static int price(int load) {
  Stamp stamp(3, 0);
  try {
    int result = inspect(3);
    return result + 2 * reserve(load);
  } catch (Alarm alarm) {
    mix(alarm);
    if (alarm == alarm_high) throw;
    return -7;
  }
}

// Looks at everything and lets everything on; the counter is changed before and after the call.
int validate(int load, int *passed) {
  Stamp stamp(2, 4);
  ++*passed;
  try {
    int result = price(load);
    *passed += 10;
    return result + inspect(2);
  } catch (...) {
    *passed += 100;
    mix(Stamp::alive);
    throw;
  }
}

// Replaces the exception in flight by a new one of another type while its own objects are destroyed.
static __attribute__((noinline)) int receive(int load, int *passed) {
  try {
    Stamp second(1, 1);
    int result = validate(load, passed);
    return result - inspect(1);
  } catch (const char *text) {
    Stamp third(1, 2);
    mix_text(text);
    throw Delayed(text[0], 0.5 * load);
  }
}

static int outermost(int load) {
  int passed = 0, result = 0;
  try {
    result = receive(load, &passed);
    result += inspect(0);
  } catch (Refused &refused) {
    refused.cost += passed;
    result = (int)refused.cost - refused.stage;
  } catch (const Delayed &late) {
    result = late.stage * 100 + (int)(late.hours * 4);
  } catch (unsigned long long wide) {
    mix(wide);
    result = 17;
  } catch (...) {
    result = -1;
  }
  return result * 1000 + passed;
}

int main() {
  for (broken_stage = -1; broken_stage < 7; ++broken_stage)
    for (broken_kind = 0; broken_kind < 6; ++broken_kind) {
      mix(outermost(opaque_int(broken_stage + broken_kind + 4)));
      mix(Stamp::alive);
    }
  return report();
}
