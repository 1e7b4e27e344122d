struct Shape {
  virtual ~Shape() = default;
  virtual int area() const = 0;
};

struct Square final : Shape {
  explicit Square(int side) : side(side) {}
  int area() const override { return side * side; }
  int side;
};

template <typename T>
T sum(const T* values, int count) {
  T total{};
  for (int i = 0; i < count; ++i) total += values[i];
  return total;
}

int total_area(const Shape* const* shapes, int count) {
  int areas[8] = {};
  if (count > 8) throw count;
  for (int i = 0; i < count; ++i) areas[i] = shapes[i]->area();
  return sum(areas, count);
}

Shape* make_square(int side) { return new Square(side); }
