// Multiple inheritance: functions overridden for the first, second and third base are called through pointers that must
// be adjusted, with covariant results that are adjusted in turn, and conversions of null pointers, which must not be.
#include "checksum.h"

struct Reader {
  char pad[5] = {1, 2, 3, 4, 5};
  virtual ~Reader() { mix(31); }
  virtual int read(int n) { return pad[n % 5]; }
  virtual Reader *other() { return this; }
};
struct Writer {
  long written = 0;
  virtual ~Writer() { mix(written + 32); }
  virtual int write(int n) { written += n; return 1; }
  virtual Writer *twin() { return this; }
  virtual int close(int a, double b, const char *c, long d, int e, int f, int g, int h) {  // Arguments on the stack.
    return a + (int)(b * 4) + c[0] + (int)d + e * f + g - h;
  }
};
struct Counter {
  int count = 100;
  virtual int bump() { return ++count; }
  int plain() { return count *= 2; }
};
struct Big { long v[5]; };
struct Source {
  double rate = 1.5;
  virtual Big fill(long seed) const { return {{seed, 1, 2, 3, 4}}; }  // The result is passed by a hidden pointer.
  virtual double level(double x) { return rate *= x; }
};

struct File : Reader, Writer {
  int mode;
  explicit File(int m) : mode(m) {}
  int read(int n) override { return Reader::read(n) * mode; }
  int write(int n) override { mode += n; return Writer::write(n * 2) + pad[0]; }
  File *other() override { return this; }
  File *twin() override { return this; }  // The thunk adjusts `this` and the result.
};
struct Pipe : Counter, File, Source {
  short depth = 3;
  explicit Pipe(int m) : File(m) {}
  int bump() override { return count += mode; }
  int write(int n) override { return n > 4 ? File::write(n - depth) : bump(); }
  Pipe *other() override { return mode % 2 ? this : nullptr; }
  Pipe *twin() override { return mode % 3 ? this : nullptr; }  // A null result stays null through the adjustment.
  Big fill(long seed) const override { return {{seed + depth, count, (long)(rate * 8), mode, written}}; }
  double level(double x) override { return Source::level(x) + mode; }
  int close(int a, double b, const char *c, long d, int e, int f, int g, int h) override {
    return Writer::close(h, b + depth, c + 1, d * 2, f, e + 1, a, g) ^ mode;
  }
  ~Pipe() override { mix(count + 33); }
};

static __attribute__((noinline)) int use_writer(Writer *writer, int n) {
  int sum = writer->write(n);
  Writer *twin = writer->twin();
  if (twin) sum += twin->write(n + 3) * 10 + (twin == writer);
  return sum * 10 + writer->close(n, 0.25, "xyz", 5, n + 1, 2, 3, 4);
}
static __attribute__((noinline)) int use_reader(Reader &reader, int n) {
  Reader *other = reader.other();
  return reader.read(n) + (other ? other->read(n + 1) * 100 : -7);
}
static int use_counter(Counter *counter) {
  if (!counter) return -1;
  int bumped = counter->bump();
  return bumped + counter->plain();
}
double use_source(Source *source, double x) {
  if (!source) return -1;
  double level = source->level(x);
  Big big = source->fill(opaque_int(9));
  for (long v : big.v) level += (double)v;
  return level;
}

// A chain of conversions of a pointer that may be null; every step but the first has an offset.
static __attribute__((noinline)) int convert(Pipe *pipe) {
  Counter *counter = pipe;
  File *file = pipe;
  Writer *writer = file;
  Source *source = pipe;
  Reader *reader = file;
  int nulls = !counter + !file * 2 + !writer * 4 + !source * 8 + !reader * 16;
  if (writer) nulls += static_cast<File *>(writer) == pipe ? 32 : 0;
  Pipe *back = static_cast<Pipe *>(source);
  return nulls + (back == pipe) * 64 + (static_cast<Pipe *>(static_cast<File *>(reader)) == pipe) * 128;
}

int main() {
  for (int round = 0; round < 20; ++round) {
    File file(opaque_int(round));
    Pipe pipe(opaque_int(round * 3 + 1));
    Writer lone;
    Source source;
    Writer *const writers[] = {&lone, &file, &pipe};
    Reader *const readers[] = {&file, &pipe};
    for (int n = 0; n < 9; n += 2) {
      for (Writer *writer : writers) mix(use_writer(writer, opaque_int(n)));
      for (Reader *reader : readers) mix(use_reader(*reader, opaque_int(n)));
    }
    Pipe *maybe = opaque_int(round) % 3 ? &pipe : nullptr;
    mix(convert(maybe));
    mix(use_counter(maybe));
    mix_double(use_source(maybe, 1.25));
    mix_double(use_source(&source, round * 0.5));
    if (File *twin = pipe.twin()) mix(twin->mode + static_cast<Pipe *>(twin)->depth);
    // Deleted through the second base: the whole object goes, and the right address is freed.
    Writer *owned = round & 1 ? new Pipe(round) : static_cast<Writer *>(new File(round));
    mix(owned->write(5));
    delete owned;
    Reader *owned_reader = new Pipe(round + 2);
    mix(owned_reader->read(round));
    delete owned_reader;
  }
  return report();
}
