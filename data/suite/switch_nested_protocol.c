// Switches within switches: a connection with states and events, whose inner arms break, continue
// the outer loop, fall into an outer case, or change the value that the outer switch tests next.
#include "checksum.h"

enum state { closed, opening, open, draining, failed, state_count };
enum event { ev_open, ev_accept, ev_data, ev_ack, ev_close, ev_timer, ev_reset, event_count };

struct connection {
  enum state state;
  int credit, retries, unacked, delivered;
  uint32_t log;
};

static void record(struct connection *c, int what) { c->log = (c->log << 5 | c->log >> 27) ^ (uint32_t)what; }

// Returns how many events were taken; `again` replays an event in the new state.
static __attribute__((noinline)) int drive(struct connection *c, const uint8_t *events, int count) {
  int taken = 0, replays = 0;
  for (int i = 0; i < count; ++i) {
    enum event e = (enum event)(events[i] % event_count);
  again:
    switch (c->state) {
      case closed:
        switch (e) {
          case ev_open:
            c->state = opening;
            c->retries = 0;
            break;
          case ev_timer: continue;
          case ev_reset: goto reset;
          default: record(c, 1); continue;
        }
        break;
      case opening:
        if (e == ev_accept || (e == ev_data && events[i] > 100)) {
          c->state = open;
          c->credit = 3;
          if (e == ev_data && replays++ < 1) goto again;
          break;
        }
        switch (e) {
          case ev_timer:
            if (++c->retries < 3) break;
            c->state = failed;
            record(c, 2);
            continue;
          case ev_close: c->state = closed; break;
          case ev_open: case ev_ack: case ev_data: record(c, 3); break;
          case ev_reset: goto reset;
          default:;
        }
        break;
      case open:
        switch (e) {
          case ev_data:
            if (!c->credit) {
              record(c, 4);
              c->state = draining;
              goto again;
            }
            --c->credit;
            ++c->unacked;
            c->delivered += events[i] >> 3;
            break;
          case ev_ack:
            switch (c->unacked) {
              case 0: record(c, 5); break;
              case 1: c->credit = 3;  // and on
              default: --c->unacked; ++c->credit; break;
            }
            break;
          case ev_close:
            c->state = draining;
            if (!c->unacked) goto again;
            break;
          case ev_timer:
            if (c->unacked > 1) return ~taken;
            break;
          case ev_reset: goto reset;
          default: continue;
        }
        break;
      case draining:
        if (e == ev_ack && c->unacked > 0) {
          if (--c->unacked) break;
        } else if (e != ev_close && e != ev_timer && c->unacked) {
          record(c, 6);
          break;
        }
        c->state = closed;
        break;
      reset:
      case failed:
        c->credit = c->unacked = 0;
        c->state = e == ev_reset ? closed : failed;
        record(c, 7 + (int)e);
        if (e == ev_close) return -1000 - taken;
        continue;
      default: return -9999;
    }
    ++taken;
    record(c, (int)c->state);
  }
  return taken;
}

int main(void) {
  unsigned visited[state_count] = {0};
  uint32_t seed = (uint32_t)opaque(2024);
  for (int round = 0; round < 400; ++round) {
    uint8_t events[24];
    struct connection c = {(enum state)(round % state_count), round % 4, 0, round % 3, 0, 1};
    for (unsigned i = 0; i < sizeof events; ++i) {
      seed = seed * 22695477u + 1;
      events[i] = (uint8_t)(seed >> 23);
      if (round % 5 == 1 && events[i] % event_count == ev_reset) events[i] = (uint8_t)(35 + round % 70);
    }
    int count = round % 25;
    mix((uint64_t)drive(&c, events, count));
    mix(c.log);
    mix((uint64_t)(c.credit * 10000 + c.unacked * 100 + c.delivered));
    ++visited[c.state];
  }
  for (int i = 0; i < state_count; ++i) mix(visited[i]);
  return report();
}
