// Virtual calls, a destructor's order and an exception through two frames.
#include <cstdio>

static unsigned order = 1;

struct Shape {
  virtual ~Shape() { order = order * 3 + 1; }
  virtual int area() const = 0;
};

struct Square : Shape {
  explicit Square(int side) : side(side) {}
  ~Square() override { order = order * 5 + static_cast<unsigned>(side); }
  int area() const override { return side * side; }
  int side;
};

struct Strip : Square {
  using Square::Square;
  int area() const override {
    if (side > 6) throw side;
    return 2 * Square::area();
  }
};

static int total(const Shape &one, const Shape &other) { return one.area() + other.area(); }

int main() {
  int sum = 0;
  for (int i = 0; i < 9; ++i) {
    try {
      const Square square(i);
      const Strip strip(i);
      sum += total(square, strip);
    } catch (int side) {
      sum -= side;
    }
  }
  std::printf("%d %u\n", sum, order);
  return 0;
}
