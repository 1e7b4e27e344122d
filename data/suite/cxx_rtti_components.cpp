// A device tree whose nodes are asked for optional interfaces by dynamic_cast, with a cache keyed by the class, and
// adapters that forward an interface to the node they wrap.
#include "checksum.h"
#include <memory>
#include <typeinfo>

struct Device {
  virtual ~Device() = default;
  virtual int address() const = 0;
};
struct Storage {
  virtual int read(int at) const = 0;
  virtual void write(int at, int value) = 0;
 protected:
  ~Storage() = default;  // Never deleted through this.
};
struct Clock { virtual long now() = 0; protected: ~Clock() = default; };
struct Container {
  virtual int size() const = 0;
  virtual Device *child(int i) const = 0;
 protected:
  ~Container() = default;
};

class Ram : public Device, public Storage {
 public:
  explicit Ram(int base) : base_(base) {}
  int address() const override { return base_; }
  int read(int at) const override { return cells_[at & 7]; }
  void write(int at, int value) override { cells_[at & 7] = value; }
 private:
  int base_, cells_[8] = {};
};
class Rom final : public Device, public Storage, public Clock {
 public:
  explicit Rom(int base) : base_(base) {}
  int address() const override { return base_ + 1; }
  int read(int at) const override { return at * base_ % 101; }
  void write(int, int) override { ++refused_; }
  long now() override { return refused_ * 1000L + ++asked_; }
 private:
  int base_, refused_ = 0, asked_ = 0;
};
class Mirror final : public Ram {  // Writes twice.
 public:
  using Ram::Ram;
  void write(int at, int value) override { Ram::write(at, value); Ram::write(at + 4, -value); }
};
class Bus final : public Container, public Device {
 public:
  explicit Bus(int base) : base_(base) {}
  void add(Device *device) { children_[size_++].reset(device); }
  int address() const override { return base_ * 2; }
  int size() const override { return size_; }
  Device *child(int i) const override { return children_[i].get(); }
 private:
  int base_, size_ = 0;
  std::unique_ptr<Device> children_[4];
};
// Offers what the wrapped device offers, with an offset.
class Window final : public Device, public Storage {
 public:
  Window(Device *inner, int shift) : inner_(inner), shift_(shift) {}
  int address() const override { return inner_->address() - shift_; }
  int read(int at) const override {
    auto *storage = dynamic_cast<const Storage *>(inner_.get());
    return storage ? storage->read(at + shift_) : -1;
  }
  void write(int at, int value) override {
    if (auto *storage = dynamic_cast<Storage *>(inner_.get())) storage->write(at + shift_, value);
    else ++shift_;
  }
 private:
  std::unique_ptr<Device> inner_;
  int shift_;
};

// How often each class was met, by exact type.
struct Census {
  const std::type_info *types[8] = {};
  int counts[8] = {};
  int note(const Device &device) {
    int i = 0;
    while (types[i] && *types[i] != typeid(device)) ++i;
    types[i] = &typeid(device);
    return ++counts[i] * 10 + i;
  }
};

static __attribute__((noinline)) long walk(Device *device, int depth, Census &census) {
  long sum = device->address() * 17 + depth + census.note(*device);
  if (auto *storage = dynamic_cast<Storage *>(device)) {
    for (int at = 0; at < depth + 3; ++at) {
      storage->write(at, (int)(sum % 1009));
      sum = sum * 3 % 1000003 + storage->read(at + 1);
    }
  }
  if (Clock *clock = dynamic_cast<Clock *>(device)) {
    sum += dynamic_cast<Container *>(clock) ? -1 : clock->now();
    if (auto *same = dynamic_cast<Storage *>(clock)) sum += same->read(3);
  }
  if (auto *container = dynamic_cast<Container *>(device)) {
    for (int i = 0; i < container->size(); ++i) sum = (sum * 5 + walk(container->child(i), depth + 1, census)) % 10000019;
    if (auto *self = dynamic_cast<Device *>(container)) sum += self == device;
  } else if (auto *ram = dynamic_cast<Ram *>(device)) sum ^= ram->read(6) & 0xff;
  return sum;
}

static Device *grow(unsigned &state, int depth) {
  state = state * 22695477u + 1;
  int kind = depth > 3 ? (state >> 24) % 3 : (state >> 24) % 7, base = state >> 20 & 63;
  if (kind < 2) return kind ? static_cast<Device *>(new Rom(base)) : new Ram(base);
  if (kind == 2) return new Mirror(base);
  if (kind == 3) return new Window(grow(state, depth + 1), base % 5);
  Bus *bus = new Bus(base);
  for (int i = kind - 3; i > 0; --i) bus->add(grow(state, depth + 1));
  return bus;
}

int main() {
  Census census;
  for (int round = 0; round < 40; ++round) {
    unsigned state = (unsigned)opaque(round * 31337);
    std::unique_ptr<Device> root(grow(state, 0));
    mix(walk(root.get(), 0, census));
    mix(walk(root.get(), 1, census));
  }
  for (int count : census.counts) mix(count);
  return report();
}
