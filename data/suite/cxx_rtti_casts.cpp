// dynamic_cast up, down and across, in public, private, repeated and virtual inheritance, of pointers, null and
// references (with std::bad_cast), to void *, and during construction.
#include "checksum.h"
#include <typeinfo>

struct Part {
  int id;
  explicit Part(int i) : id(i) {}
  virtual ~Part() = default;
};
struct Powered { int watts = 5; virtual ~Powered() = default; virtual int draw() { return watts * 2; } };
struct Hidden { int secret = 9; virtual ~Hidden() = default; };
struct Motor : Part, Powered { explicit Motor(int i) : Part(i) {} int draw() override { return watts + id; } };
struct Lamp : Powered, Part { char colour = 'r'; explicit Lamp(int i) : Part(i * 2) {} };
struct Safe : Part, private Hidden { explicit Safe(int i) : Part(i) {} };
struct Gear : virtual Part { int teeth; explicit Gear(int i) : Part(i), teeth(i + 12) {} };
struct Shaft : virtual Part { long length; explicit Shaft(int i) : Part(i), length(i * 10) {} };
struct Drive final : Gear, Shaft, Powered {
  explicit Drive(int i) : Part(i + 1), Gear(i), Shaft(i) {}
  int draw() override { return teeth; }
};
struct TwinA : Motor { using Motor::Motor; };
struct TwinB : Motor { using Motor::Motor; };
struct Twin : TwinA, TwinB, Hidden { explicit Twin(int i) : TwinA(i), TwinB(i + 50) {} };

// Which classes a part is; each cast is a bit, and the field that the cast pointer reaches is mixed.
static __attribute__((noinline)) int classify(Part *part) {
  int bits = 0;
  if (auto *motor = dynamic_cast<Motor *>(part)) { bits |= 1; mix(motor->watts); }
  if (auto *lamp = dynamic_cast<Lamp *>(part)) { bits |= 2; mix(lamp->colour); }
  if (auto *powered = dynamic_cast<Powered *>(part)) { bits |= 4; mix(powered->draw()); }
  if (auto *hidden = dynamic_cast<Hidden *>(part)) { bits |= 8; mix(hidden->secret); }
  if (auto *gear = dynamic_cast<Gear *>(part)) { bits |= 16; mix(gear->teeth); }
  if (auto *shaft = dynamic_cast<const Shaft *>(part)) { bits |= 32; mix(shaft->length); }
  if (auto *drive = dynamic_cast<Drive *>(part)) { bits |= 64; mix(drive->watts + drive->id); }
  if (dynamic_cast<Twin *>(part)) bits |= 128;
  if (dynamic_cast<TwinB *>(part)) bits |= 256;
  return bits;
}

// From the sideways class back.
int across(Powered *powered) {
  Part *part = dynamic_cast<Part *>(powered);  // Not there, there once, or ambiguous.
  int result = part ? part->id : -1;
  if (Gear *gear = dynamic_cast<Gear *>(powered)) result += gear->teeth * 100;
  if (Lamp *lamp = dynamic_cast<Lamp *>(powered)) result += lamp->colour * 1000 + (lamp == powered) * 7;
  return result;
}

static int by_reference(Part &part, int which) {
  try {
    switch (which) {
      case 0: return dynamic_cast<Powered &>(part).draw();
      case 1: return dynamic_cast<Lamp &>(part).id + 1;
      case 2: return (int)dynamic_cast<Shaft &>(part).length + 2;
      case 3: return dynamic_cast<Hidden &>(part).secret;
      default: return dynamic_cast<Part &>(part).id;  // Up: always works.
    }
  } catch (const std::bad_cast &) {
    return -which - 100;
  }
}

// The start of the whole object is the same from all its parts.
static __attribute__((noinline)) bool same_object(Part *a, Powered *b) {
  return dynamic_cast<void *>(a) == dynamic_cast<const void *>(b);
}

static int seen_in_constructor;
struct Probe : Part, Powered {
  explicit Probe(int i) : Part(i) {
    Part *part = this;
    seen_in_constructor = seen_in_constructor * 4 + (dynamic_cast<Probe *>(part) != nullptr) * 2 + late();
  }
  ~Probe() override { seen_in_constructor = seen_in_constructor * 2 + late(); }
  bool late();
};
struct LateProbe final : Probe { using Probe::Probe; };
__attribute__((noinline)) bool Probe::late() { return dynamic_cast<LateProbe *>(static_cast<Powered *>(this)) != nullptr; }

int main() {
  for (int round = 0; round < 6; ++round) {
    int i = opaque_int(round * 3);
    Part part(i);
    Powered powered;
    Motor motor(i + 1);
    Lamp lamp(i + 2);
    Safe safe(i + 3);
    Gear gear(i + 4);
    Drive drive(i + 5);
    TwinB twin_b(i + 6);
    Twin twin(i + 7);
    Part *const parts[] = {&part, &motor, &lamp, &safe, &gear, &drive, &twin_b, static_cast<TwinA *>(&twin),
                           static_cast<TwinB *>(&twin), opaque_int(round) % 2 ? nullptr : &motor};
    for (Part *each : parts) {
      mix(classify(each));
      if (each)
        for (int which = 0; which < 5; ++which) mix(by_reference(*each, opaque_int(which)));
    }
    Powered *const sources[] = {&powered, &motor, &lamp, &drive, &twin_b, static_cast<TwinA *>(&twin), nullptr};
    for (Powered *each : sources) mix(across(each));
    for (Part *each : parts)
      for (Powered *other : sources)
        if (each && other) mix(same_object(each, other));
    Hidden *hidden = &twin;
    mix(dynamic_cast<Part *>(hidden) == nullptr);
    if (TwinB *second = dynamic_cast<TwinB *>(hidden)) mix(second->id);
    { Probe probe(i); LateProbe late(i); mix(dynamic_cast<LateProbe *>(static_cast<Part *>(&late)) != nullptr); }
    mix(seen_in_constructor);
    seen_in_constructor &= 7;
  }
  return report();
}
