// std::variant and std::optional: visits, changes of the kind in place, exceptions that leave a variant without a value,
// and a machine whose state is a variant.
#include "checksum.h"
#include <optional>
#include <variant>

static int live;
struct Tripwire {
  int value;
  explicit Tripwire(int v) : value(v) { if (v % 3 == 0) throw v; ++live; }
  Tripwire(const Tripwire &o) : value(o.value + 1) { ++live; }
  ~Tripwire() { --live; }
};
struct Text { char letters[12]; int length; };
using Cell = std::variant<int, Text, Tripwire>;

struct Weigh {
  long factor;
  long operator()(int i) const { return i * factor; }
  long operator()(const Text &t) const { return t.length * 100L + t.letters[t.length / 2]; }
  long operator()(const Tripwire &t) const { return t.value - factor; }
};

static __attribute__((noinline)) int change(Cell &cell, int n) {
  try {
    switch (n % 6) {
      case 0: cell = n; break;
      case 1: cell.emplace<Text>(Text{{(char)('a' + n % 26), 'b', (char)n}, n % 6}); break;
      case 2: cell.emplace<Tripwire>(n / 6 + n % 5); break;
      case 3: if (auto *text = std::get_if<Text>(&cell)) text->length++; else cell.emplace<int>(-n); break;
      case 4: if (auto *trip = std::get_if<Tripwire>(&cell)) { trip->value *= 2; break; } [[fallthrough]];
      default: return std::get<int>(cell) + 1;
    }
    return (int)cell.index();
  } catch (const std::bad_variant_access &) {
    return -1 - (int)cell.valueless_by_exception();
  } catch (int thrown) {
    return cell.valueless_by_exception() ? thrown + 1000 : thrown + 2000;
  }
}

struct Idle { int ticks; };
struct Running { int speed; std::optional<int> target; };
struct Stopped { int reason; bool final; };
using State = std::variant<Idle, Running, Stopped>;

struct Step {
  int event;
  State operator()(Idle idle) const {
    if (event > 4) return Running{event, std::nullopt};
    return Idle{idle.ticks + event};
  }
  State operator()(Running run) const {
    if (event == 0) return Stopped{run.speed, true};
    if (event == 9) run.target = run.target ? std::nullopt : std::optional<int>(run.speed + 7);
    run.speed += run.target.value_or(2) > run.speed ? event : -event;
    if (run.speed < 0) return Stopped{event, false};
    return run;
  }
  State operator()(const Stopped &stopped) const {
    if (event % 2 || (stopped.final && stopped.reason > 8)) return Idle{stopped.reason};
    return stopped;
  }
};
static long digest(const State &state) {
  if (const auto *run = std::get_if<Running>(&state)) return run->speed * 100L + run->target.value_or(-1);
  if (const auto *idle = std::get_if<Idle>(&state)) return idle->ticks * 1000L;
  return std::get<Stopped>(state).reason * 7L + std::get<2>(state).final;
}

// Optionals: of optionals, assigned through, compared, and with values that count themselves.
static int chained(std::optional<std::optional<short>> nested, std::optional<short> inner, int n) {
  int result = nested ? *nested ? **nested : -10 : -20;
  if (n % 2) nested.emplace(std::nullopt);
  if (n % 3 == 0) nested = (short)n;
  std::optional<Tripwire> trip;
  try {
    trip.emplace(n);
    trip->value += 5;
    if (n % 4 == 1) trip.reset();
    result += trip.value().value * 10;
  } catch (const std::bad_optional_access &) {
    result += 5000;
  } catch (int) {
    result += trip ? 6000 : 7000;
  }
  return result * 4 + (nested.has_value() && nested->has_value()) * 2 + (inner == (short)n);
}

int main() {
  Cell cells[4];
  State state = Idle{0};
  for (int n = 0; n < 160; ++n) {
    Cell &cell = cells[n % 4], &other = cells[(n * 3 + 1) % 4];
    mix(change(cell, opaque_int(n * 5 + n / 7)));
    mix(cell.valueless_by_exception() ? -1 : std::visit(Weigh{n + 1L}, cell));
    if (n % 9 == 8) other = cell;
    mix(live);
    state = std::visit(Step{opaque_int((n * n + n / 11) % 11)}, state);
    mix(digest(state));
    std::optional<short> inner = n % 5 ? std::optional<short>((short)opaque_int(n)) : std::nullopt;
    mix(n % 7 ? chained(inner, inner, opaque_int(n)) : chained(std::nullopt, inner, opaque_int(n)));
  }
  mix(live);
  return report();
}
