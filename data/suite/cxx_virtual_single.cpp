// Virtual calls with single inheritance: pure virtual functions, covariant clones, final classes and functions, calls
// qualified by the class, and calls on objects whose type an optimiser may or may not know.
#include "checksum.h"

class Sensor {
 public:
  virtual ~Sensor() { ++destroyed; }
  virtual int read(int tick) const = 0;
  virtual Sensor *clone() const = 0;
  virtual int scale() const { return 10; }
  virtual void calibrate(int offset) { mix(offset - 1); }
  int scaled(int tick) const { int value = read(tick); return value * scale(); }  // Not virtual, calls two which are.
  static int destroyed;
};
int Sensor::destroyed = 0;
int Sensor::read(int tick) const { return tick ^ 0x15; }  // A pure virtual function may have a body.

class Constant : public Sensor {
 public:
  explicit Constant(int level) : level_(level) {}
  int read(int) const override { return level_; }
  Constant *clone() const override { return new Constant(*this); }
  void calibrate(int offset) override { level_ += offset; }
 protected:
  int level_;
};

class Ramp : public Constant {
 public:
  Ramp(int level, int slope) : Constant(level), slope_(slope) {}
  int read(int tick) const override { return Constant::read(tick) + slope_ * tick; }
  Ramp *clone() const override { return new Ramp(*this); }
  int scale() const final { return slope_ < 0 ? 3 : 7; }
 protected:
  int slope_;
};

class Sawtooth final : public Ramp {
 public:
  using Ramp::Ramp;
  int read(int tick) const override { return Ramp::read(tick % (slope_ * slope_ + 2)); }
  Sawtooth *clone() const override {
    auto *copy = new Sawtooth(*this);
    copy->slope_ += 1;
    return copy;
  }
  void calibrate(int offset) override { slope_ ^= offset; Constant::calibrate(offset * 2); }
  ~Sawtooth() override { mix(slope_); }
};

class Noise final : public Sensor {
 public:
  explicit Noise(unsigned seed) : state_(seed) {}
  int read(int tick) const override {
    state_ = state_ * 69069u + (unsigned)Sensor::read(tick);
    return (int)(state_ >> 20);
  }
  Noise *clone() const override { return new Noise(state_ >> 3); }
  int scale() const override { return (int)(state_ & 7) - 3; }
 private:
  mutable unsigned state_;
};

static __attribute__((noinline)) long poll(const Sensor *const *sensors, int count, int ticks) {
  long sum = 0;
  for (int tick = 0; tick < ticks; ++tick)
    for (int i = 0; i < count; ++i) {
      if (tick % 5 == 4 && i == 1) continue;
      sum = sum * 3 % 1000003 + sensors[i]->scaled(tick);
    }
  return sum;
}

// The type is known here, the calls may become direct.
static long known(int a, int b) {
  Constant constant(a);
  Ramp ramp(a, b);
  Sawtooth saw(b, a % 4);
  const Sensor &base = ramp;
  long sum = constant.scaled(b) + base.scaled(a) * 2;
  saw.calibrate(b);
  const Ramp &middle = saw;
  sum += middle.read(a) * 5 + middle.Ramp::read(a) * 7 + middle.Constant::read(b) + middle.scale();
  return sum;
}

// The same object seen before and after its function is replaced by a new object in the same pointer.
static long replaced(const Sensor *start, int rounds) {
  const Sensor *current = start;
  long sum = 0;
  for (int i = 0; i < rounds; ++i) {
    Sensor *next = current->clone();
    next->calibrate(i + 1);
    sum = sum * 5 + next->scaled(i);
    if (current != start) delete current;
    current = i % 3 == 2 ? static_cast<Sensor *>(new Ramp(next->scale(), i - 3)) : next;
    if (current != next) delete next;
  }
  if (current != start) delete current;
  return sum;
}

Sensor *make_sensor(int kind, int value) {
  switch (kind) {
    case 0: return new Constant(value);
    case 1: return new Ramp(value, value % 7 - 3);
    case 2: return new Sawtooth(value, value % 5 + 1);
    case 3: return new Noise((unsigned)value);
    default: return nullptr;
  }
}

int main() {
  for (int round = 0; round < 12; ++round) {
    Sensor *sensors[7];
    int count = round % 8;
    for (int i = 0; i < count; ++i) sensors[i] = make_sensor(opaque_int((i * 3 + round) % 4), opaque_int(i * 11 + round));
    mix(poll(sensors, count, opaque_int(round * 2)));
    mix(known(opaque_int(round), opaque_int(round * 5 - 9)));
    for (int i = 0; i < count; ++i) mix(replaced(sensors[i], opaque_int(round)));
    for (int i = 0; i < count; ++i) delete sensors[i];
    mix(make_sensor(opaque_int(4 + round), 1) == nullptr);
    mix(Sensor::destroyed);
  }
  return report();
}
