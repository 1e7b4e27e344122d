// An event loop: timers and signals with callbacks in closures that post further events, cancel others, unsubscribe
// themselves while they run, and throw; the order is that of time, then of posting.
#include "checksum.h"
#include <functional>
#include <utility>

class Loop {
 public:
  using Callback = std::function<void(Loop &)>;
  struct Late { int when; };

  int post(int delay, Callback callback) {
    Event event{now_ + delay, ++last_id_, std::move(callback)};
    if (delay < 0) throw Late{event.when};
    int at = waiting_++;
    for (; at > 0 && before(event, events_[at - 1]); --at) events_[at] = std::move(events_[at - 1]);
    events_[at] = std::move(event);
    return last_id_;
  }
  bool cancel(int id) {
    int at = 0;
    while (at < waiting_ && events_[at].id != id) ++at;
    if (at == waiting_) return false;
    for (--waiting_; at < waiting_; ++at) events_[at] = std::move(events_[at + 1]);
    return true;
  }
  __attribute__((noinline)) int run(int limit) {
    int done = 0;
    while (waiting_ > 0 && done < limit) {
      Event event = std::move(events_[--waiting_]);
      now_ = event.when;
      ++done;
      try {
        event.callback(*this);
      } catch (const Late &late) {
        mix(late.when + 7000);
      } catch (int code) {
        mix(code + 8000);
        if (code > 3) waiting_ = 0;
      }
    }
    return done;
  }
  int now() const { return now_; }
  int waiting() const { return waiting_; }

 private:
  struct Event { int when = 0, id = 0; Callback callback; };
  // The last element runs first.
  static bool before(const Event &a, const Event &b) { return a.when != b.when ? a.when > b.when : a.id > b.id; }
  Event events_[64];
  int waiting_ = 0, now_ = 0, last_id_ = 0;
};

// A signal whose slots may be removed while it is being emitted.
class Signal {
 public:
  int connect(std::function<int(int)> slot) {
    slots_[count_] = {std::move(slot), true};
    return count_++;
  }
  void disconnect(int i) { slots_[i].active = false; }
  int emit(int value) {
    int sum = 0;
    for (int i = 0; i < count_; ++i)  // Slots connected meanwhile are called as well.
      if (slots_[i].active) sum = sum * 3 + slots_[i].call(value);
    return sum;
  }
 private:
  struct Slot { std::function<int(int)> call; bool active; };
  Slot slots_[4];
  int count_ = 0;
};

struct Ticker {
  int left, period;
  unsigned *journal;
  void operator()(Loop &loop) {
    *journal = *journal * 17 + (unsigned)(loop.now() * 4 + left);
    if (--left > 0) loop.post(period, *this);  // Posts a copy of itself with the new count.
  }
};

static void scenario(int which, int size) {
  Loop loop;
  unsigned journal = 1;
  Signal signal;
  int fired = 0, victim = -1;
  for (int i = 0; i < size; ++i) loop.post((i * 7 + which) % 5, [&journal, i](Loop &) { journal = journal * 31 + (unsigned)i; });
  loop.post(3, Ticker{size, which + 1, &journal});
  victim = loop.post(6, [&](Loop &) { journal ^= 0x5555; });
  loop.post(which * 2, [&, victim](Loop &inner) { journal += inner.cancel(victim) ? 100u : 200u; });
  loop.post(4, [&](Loop &inner) {
    inner.post(0, [&](Loop &) { journal = journal * 5 + 1; });
    inner.post(which - 2, [&](Loop &) { journal = journal * 7 + 2; });  // Late for small `which`.
    journal += 77;
  });
  if (which == 4) loop.post(9, [size](Loop &) { throw size; });
  int self = -1;
  self = signal.connect([&](int v) { if (++fired == 2) signal.disconnect(self); return v + 1; });
  signal.connect([&](int v) {
    if (v == 3) signal.connect([&fired, own = v](int w) mutable { own += w; return own * ++fired; });
    return v * 2;
  });
  for (int t = 0; t < size; ++t) loop.post(t * 2, [&signal, &journal, t](Loop &) { journal += (unsigned)signal.emit(t); });
  mix(loop.run(size * 2));
  mix(loop.waiting());
  mix(journal);
  mix(loop.run(1000));
  mix(loop.waiting() * 1000 + loop.now());
  mix(journal + (unsigned)fired);
}

int main() {
  for (int which = 0; which < 5; ++which)
    for (int size = 0; size < 9; ++size) scenario(opaque_int(which), opaque_int(size));
  return report();
}
