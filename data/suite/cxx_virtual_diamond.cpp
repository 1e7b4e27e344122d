// Virtual base classes: one shared part in a diamond and in a deeper lattice, found through offsets in the tables; calls
// and deletes through each of the bases, and a function overridden on one side only.
#include "checksum.h"

struct Node {
  int id;
  explicit Node(int i) : id(i) { mix(i); }
  virtual ~Node() { mix(0x100 + id); }
  virtual int weigh(int x) { return id + x; }
  virtual int label() const { return 1; }
};
struct Input : virtual Node {
  int in;
  explicit Input(int i) : Node(i), in(i * 2) {}
  int weigh(int x) override { return in * x + id; }
  virtual int pull(int x) { id += x; return in - x; }
  int label() const override { return 2; }
};
struct Output : virtual Node {
  long out[2];
  explicit Output(int i) : Node(i), out{i * 3L, i * 5L} {}
  virtual int push(int x) { out[x & 1] += x; return (int)out[0] + id; }
};
struct Port : Input, Output {
  char tag;
  // label() comes from Input by dominance; weigh() too.
  Port(int i, char t) : Node(i + 100), Input(i + 200), Output(i + 300), tag(t) {}
  int push(int x) override { return Output::push(x) * 2 + tag; }
};
struct Audit : virtual Node {
  int seen = 0;
  Audit() : Node(-5) {}
  int label() const override { return 16 + seen; }
  virtual Audit *self() { return this; }
};
struct AuditedPort final : private Audit, Port {
  short extra;
  AuditedPort(int i, short e) : Node(i - 1), Port(i, 'q'), extra(e) {}
  int weigh(int x) override { ++seen; return Port::weigh(x) + extra * label(); }
  int pull(int x) override { ++seen; return Input::pull(x + extra); }
  int label() const override { return Audit::label() * 2 + Port::label(); }
  AuditedPort *self() override { return this; }  // Another offset than Audit: needs a thunk which adjusts the result.
  Audit *audit() { return this; }
  ~AuditedPort() override { mix(seen + 0x900); }
};
// A virtual base at two distances, with own data behind it.
struct Chain : virtual Port, virtual Audit {
  int tail;
  explicit Chain(int i) : Node(i), Port(i + 1, 'c'), tail(i * 9) {}
  int label() const override { return Input::label() * Audit::label(); }
  int weigh(int x) override { return tail - x + Port::weigh(1); }
};

static __attribute__((noinline)) int as_node(Node &node, int x) {
  int weight = node.weigh(x);
  return weight * 3 + node.label() + node.id;
}
static __attribute__((noinline)) int as_input(Input &input, int x) {
  int pulled = input.pull(x);
  return pulled + input.weigh(x + 1) - input.in;
}
int as_output(Output *output, int x) {
  int first = output->push(x);
  first += (int)output->out[1] + output->weigh(2);
  return first * output->label();
}
static int as_port(Port &port, int x) {
  int pushed = port.push(x), pulled = port.pull(x);
  return pushed * 2 + pulled + port.id + port.tag + port.in + (int)port.out[x & 1];
}

struct Plain { int value; virtual int get() { return value; } virtual ~Plain() { mix(0x800); } };
struct Mixed : Plain, virtual Node {
  explicit Mixed(int i) : Node(i), Plain() { value = i + 1; }
  int get() override { return value * label() + id; }
  int weigh(int x) override { return get() - x; }
};

int main() {
  for (int round = 0; round < 9; ++round) {
    int x = opaque_int(round * 3 - 5);
    Input input(opaque_int(round + 1));
    Output output(opaque_int(round + 2));
    Port port(opaque_int(round), (char)('a' + round));
    AuditedPort audited(opaque_int(round * 2), (short)(round - 4));
    Chain chain(opaque_int(round * 7));
    Mixed mixed(opaque_int(round * 4));
    Node *const nodes[] = {&input, &output, &port, &audited, &chain, &mixed};
    for (Node *node : nodes) mix(as_node(*node, x));
    Input *const inputs[] = {&input, &port, &audited, &chain};
    for (Input *each : inputs) mix(as_input(*each, x));
    Output *const outputs[] = {&output, &port, &audited, &chain};
    for (Output *each : outputs) mix(as_output(each, x + 1));
    Port *const ports[] = {&port, &audited, &chain};
    for (Port *each : ports) mix(as_port(*each, x + 2));
    Audit *audit = audited.audit();
    mix(audit->weigh(x));
    mix(audit->self()->seen * 100 + audit->label());
    mix(audit->self() == audit);
    mix(static_cast<Plain &>(mixed).get());
    // The shared part is one: a change through one path is seen through every other.
    static_cast<Output &>(chain).id = 4000 + x;
    mix(static_cast<Input &>(chain).id + static_cast<Node &>(chain).id);
    mix(static_cast<Node *>(static_cast<Input *>(&port)) == static_cast<Node *>(static_cast<Output *>(&port)));
    Node *owned[] = {new Port(x, 'z'), new AuditedPort(x, 3), new Chain(x), new Mixed(x), new Input(x)};
    for (Node *node : owned) { mix(as_node(*node, 2)); delete node; }
    Output *by_output = new AuditedPort(x + 1, 2);
    mix(as_output(by_output, 3));
    delete by_output;
    Plain *by_plain = new Mixed(x);
    delete by_plain;
  }
  return report();
}
