// Plane geometry: vectors, boxes, shapes behind a common interface, scenes, convex hulls and
// polygon clipping. Coordinates are templates, so that hulls and orientation tests are exact on
// integers.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace {

template <typename T> struct Vec2 {
  T x{}, y{};

  Vec2 &operator+=(const Vec2 &other) {
    x += other.x;
    y += other.y;
    return *this;
  }
  Vec2 &operator-=(const Vec2 &other) {
    x -= other.x;
    y -= other.y;
    return *this;
  }
  friend Vec2 operator+(Vec2 a, const Vec2 &b) { return a += b; }
  friend Vec2 operator-(Vec2 a, const Vec2 &b) { return a -= b; }
  friend Vec2 operator*(T scale, const Vec2 &v) { return {scale * v.x, scale * v.y}; }
  friend bool operator==(const Vec2 &a, const Vec2 &b) { return a.x == b.x && a.y == b.y; }
  friend bool operator!=(const Vec2 &a, const Vec2 &b) { return !(a == b); }
  friend bool operator<(const Vec2 &a, const Vec2 &b) { return a.x != b.x ? a.x < b.x : a.y < b.y; }
  friend std::ostream &operator<<(std::ostream &out, const Vec2 &v) {
    return out << '(' << v.x << ", " << v.y << ')';
  }
};

using Point = Vec2<double>;
using GridPoint = Vec2<std::int64_t>;

template <typename T> T dot(const Vec2<T> &a, const Vec2<T> &b) { return a.x * b.x + a.y * b.y; }
template <typename T> T cross(const Vec2<T> &a, const Vec2<T> &b) { return a.x * b.y - a.y * b.x; }

// Positive when a, b, c turn to the left, zero when they are on one line.
template <typename T> T turn(const Vec2<T> &a, const Vec2<T> &b, const Vec2<T> &c) {
  return cross(b - a, c - a);
}

// Twice the signed area; positive for a polygon that runs anticlockwise.
template <typename T> T doubled_area(const std::vector<Vec2<T>> &polygon) {
  T sum{};
  for (std::size_t i = 0; i < polygon.size(); i++)
    sum += cross(polygon[i], polygon[(i + 1) % polygon.size()]);
  return sum;
}

// The corners of the convex hull, anticlockwise from the leftmost one, without points on its edges.
template <typename T> std::vector<Vec2<T>> convex_hull(std::vector<Vec2<T>> points) {
  std::sort(points.begin(), points.end());
  points.erase(std::unique(points.begin(), points.end()), points.end());
  if (points.size() < 3) return points;
  std::vector<Vec2<T>> hull;
  // Builds the lower chain from left to right, then the upper one from right to left.
  for (int pass = 0; pass < 2; pass++) {
    const std::size_t base = hull.size();
    for (const Vec2<T> &point : points) {
      while (hull.size() >= base + 2 && turn(hull[hull.size() - 2], hull.back(), point) <= T{})
        hull.pop_back();
      hull.push_back(point);
    }
    hull.pop_back();
    std::reverse(points.begin(), points.end());
  }
  return hull;
}

// An axis-parallel box; empty until it has been given a point.
class Box {
public:
  Box() = default;
  Box(Point a, Point b) {
    add(a);
    add(b);
  }

  bool is_empty() const { return empty_; }
  Point low() const { return low_; }
  Point high() const { return high_; }
  double area() const { return empty_ ? 0.0 : (high_.x - low_.x) * (high_.y - low_.y); }

  void add(Point p) {
    low_ = empty_ ? p : Point{std::min(low_.x, p.x), std::min(low_.y, p.y)};
    high_ = empty_ ? p : Point{std::max(high_.x, p.x), std::max(high_.y, p.y)};
    empty_ = false;
  }
  bool contains(Point p) const {
    return !empty_ && p.x >= low_.x && p.x <= high_.x && p.y >= low_.y && p.y <= high_.y;
  }

  // The union.
  friend Box operator|(Box a, const Box &b) {
    if (b.empty_) return a;
    a.add(b.low_);
    a.add(b.high_);
    return a;
  }
  // The intersection; empty when the boxes do not touch.
  friend Box operator&(const Box &a, const Box &b) {
    if (a.empty_ || b.empty_) return Box();
    const Point low{std::max(a.low_.x, b.low_.x), std::max(a.low_.y, b.low_.y)};
    const Point high{std::min(a.high_.x, b.high_.x), std::min(a.high_.y, b.high_.y)};
    return low.x <= high.x && low.y <= high.y ? Box(low, high) : Box();
  }

private:
  Point low_, high_;
  bool empty_ = true;
};

// Keeps the part of a polygon for which `inside` is at least zero; `inside` is linear in the point.
template <typename Distance>
std::vector<Point> clip_half_plane(const std::vector<Point> &polygon, Distance inside) {
  std::vector<Point> kept;
  for (std::size_t i = 0; i < polygon.size(); i++) {
    const Point &from = polygon[i], &to = polygon[(i + 1) % polygon.size()];
    const double at_from = inside(from), at_to = inside(to);
    if (at_from >= 0) kept.push_back(from);
    if ((at_from > 0 && at_to < 0) || (at_from < 0 && at_to > 0))
      kept.push_back(from + at_from / (at_from - at_to) * (to - from));
  }
  return kept;
}

// Clips a convex polygon to a box. The result has no corners when they do not meet.
std::vector<Point> clip_to_box(std::vector<Point> polygon, const Box &box) {
  if (box.is_empty()) return {};
  const Point low = box.low(), high = box.high();
  polygon = clip_half_plane(polygon, [&](Point p) { return p.x - low.x; });
  polygon = clip_half_plane(polygon, [&](Point p) { return high.x - p.x; });
  polygon = clip_half_plane(polygon, [&](Point p) { return p.y - low.y; });
  return clip_half_plane(polygon, [&](Point p) { return high.y - p.y; });
}

class Shape {
public:
  virtual ~Shape() = default;
  virtual std::string name() const = 0;
  virtual double area() const = 0;
  virtual Box bounds() const = 0;
  virtual bool contains(Point p) const = 0;
  virtual void move(Point by) = 0;
  virtual std::unique_ptr<Shape> clone() const = 0;

  friend std::ostream &operator<<(std::ostream &out, const Shape &shape) {
    return out << shape.name() << ' ' << shape.bounds().low() << ".." << shape.bounds().high();
  }
};

// Supplies `clone` to a shape that can be copied.
template <typename Derived> class Cloneable : public Shape {
public:
  std::unique_ptr<Shape> clone() const override {
    return std::make_unique<Derived>(static_cast<const Derived &>(*this));
  }
};

class Circle final : public Cloneable<Circle> {
public:
  // Throws std::invalid_argument unless the radius is positive.
  Circle(Point center, double radius) : center_(center), radius_(radius) {
    if (!(radius > 0)) throw std::invalid_argument("Circle: the radius must be positive");
  }
  std::string name() const override { return "circle"; }
  double area() const override { return 3.14159265358979323846 * radius_ * radius_; }
  Box bounds() const override {
    const Point corner{radius_, radius_};
    return Box(center_ - corner, center_ + corner);
  }
  bool contains(Point p) const override {
    return dot(p - center_, p - center_) <= radius_ * radius_;
  }
  void move(Point by) override { center_ += by; }

private:
  Point center_;
  double radius_;
};

class Polygon final : public Cloneable<Polygon> {
public:
  // Throws std::invalid_argument for fewer than three corners or no area. Stored anticlockwise.
  explicit Polygon(std::vector<Point> corners) : corners_(std::move(corners)) {
    const double doubled = doubled_area(corners_);
    if (corners_.size() < 3 || doubled == 0.0)
      throw std::invalid_argument("Polygon: needs three corners and an area");
    if (doubled < 0) std::reverse(corners_.begin(), corners_.end());
  }
  std::string name() const override { return "polygon[" + std::to_string(corners_.size()) + "]"; }
  double area() const override { return doubled_area(corners_) / 2; }
  Box bounds() const override {
    Box box;
    for (const Point &corner : corners_) box.add(corner);
    return box;
  }
  // Counts the edges that a ray to the right crosses.
  bool contains(Point p) const override {
    bool inside = false;
    for (std::size_t i = 0; i < corners_.size(); i++) {
      const Point &a = corners_[i], &b = corners_[(i + 1) % corners_.size()];
      if ((a.y > p.y) != (b.y > p.y) && (turn(a, b, p) > 0) == (b.y > a.y)) inside = !inside;
    }
    return inside;
  }
  void move(Point by) override {
    for (Point &corner : corners_) corner += by;
  }

private:
  std::vector<Point> corners_;
};

// Shapes in painting order: the last one is on top.
class Scene {
public:
  Scene() = default;
  Scene(Scene &&) = default;
  Scene &operator=(Scene &&) = default;
  Scene(const Scene &other) {
    for (const auto &shape : other.shapes_) shapes_.push_back(shape->clone());
  }

  template <typename T, typename... Arguments> T &add(Arguments &&...arguments) {
    auto shape = std::make_unique<T>(std::forward<Arguments>(arguments)...);
    T &added = *shape;
    shapes_.push_back(std::move(shape));
    return added;
  }

  std::size_t size() const { return shapes_.size(); }
  double total_area() const {
    double sum = 0;
    for (const auto &shape : shapes_) sum += shape->area();
    return sum;
  }
  Box bounds() const {
    Box box;
    for (const auto &shape : shapes_) box = box | shape->bounds();
    return box;
  }
  // The topmost shape at a point, or nullptr.
  const Shape *pick(Point p) const {
    const auto hit = std::find_if(shapes_.rbegin(), shapes_.rend(),
                                  [&](const auto &shape) { return shape->contains(p); });
    return hit == shapes_.rend() ? nullptr : hit->get();
  }
  void move(Point by) {
    for (auto &shape : shapes_) shape->move(by);
  }

private:
  std::vector<std::unique_ptr<Shape>> shapes_;
};

bool is_near(double a, double b) { return a - b < 1e-9 && b - a < 1e-9; }

template <typename T> std::string to_text(const T &value) {
  std::ostringstream out;
  out << value;
  return out.str();
}

#define CHECK(number, condition)                                                                   \
  if (!(condition))                                                                                \
  return std::fprintf(stderr, "geometry: check %d failed: %s\n", (number), #condition), (number)

int check_vectors_and_boxes() {
  const Point a{1, 2}, b{3, -1};
  CHECK(1, a + b == (Point{4, 1}) && a - b != b - a && 2.0 * a == (Point{2, 4}) && a < b);
  CHECK(2, dot(a, b) == 1 && cross(a, b) == -7 && turn(Point{}, a, b) < 0);
  CHECK(3, to_text(GridPoint{-3, 4}) == "(-3, 4)");
  const Box big({0, 0}, {4, 3}), other({5, 2}, {2, 1}), far({9, 9}, {8, 8});
  CHECK(4, big.area() == 12 && (big & other).area() == 2 && (big | other).area() == 15);
  CHECK(5, (big & far).is_empty() && (Box() | big).area() == 12 && (Box() & big).is_empty());
  CHECK(6, big.contains({4, 3}) && !big.contains({4, 3.5}) && !Box().contains({0, 0}));
  return 0;
}

int check_hulls() {
  std::vector<GridPoint> grid;
  for (std::int64_t x = 0; x < 5; x++)
    for (std::int64_t y = 0; y < 4; y++) grid.push_back({x, y});
  const std::vector<GridPoint> corners = {{0, 0}, {4, 0}, {4, 3}, {0, 3}};
  CHECK(20, convex_hull(grid) == corners && doubled_area(corners) == 24);
  CHECK(21, convex_hull<std::int64_t>({{2, 2}, {1, 1}, {2, 2}, {3, 3}}).size() == 2);
  CHECK(22, convex_hull<std::int64_t>({}).empty());
  // Every point is to the left of, or on, every edge of the hull of scattered points.
  std::vector<GridPoint> scattered;
  std::uint32_t state = 42;
  for (int i = 0; i < 200; i++) {
    state = state * 1664525u + 1013904223u;
    scattered.push_back({state >> 24, state >> 16 & 255});
  }
  const auto hull = convex_hull(scattered);
  CHECK(23, hull.size() >= 4 && convex_hull(hull) == hull);
  for (std::size_t i = 0; i < hull.size(); i++)
    for (const GridPoint &point : scattered)
      CHECK(24, turn(hull[i], hull[(i + 1) % hull.size()], point) >= 0);
  return 0;
}

int check_clipping() {
  const Box box({0, 0}, {4, 4});
  const std::vector<Point> triangle = {{-2, 0}, {6, 0}, {2, 4}};
  CHECK(40, is_near(doubled_area(clip_to_box(triangle, box)) / 2, 12));
  CHECK(41, clip_to_box({{1, 1}, {2, 1}, {1, 2}}, box).size() == 3);
  CHECK(42, clip_to_box({{9, 9}, {8, 9}, {9, 8}}, box).empty());
  CHECK(43, doubled_area(clip_to_box({{-9, -9}, {9, -9}, {9, 9}, {-9, 9}}, box)) == 32);
  CHECK(44, clip_to_box(triangle, Box()).empty());
  return 0;
}

template <typename Make> bool is_refused(Make &&make) {
  try {
    make();
  } catch (const std::invalid_argument &) {
    return true;
  }
  return false;
}

int check_shapes() {
  Scene scene;
  scene.add<Polygon>(std::vector<Point>{{0, 0}, {0, 2}, {2, 2}, {2, 0}});
  scene.add<Polygon>(std::vector<Point>{{0, 0}, {6, 0}, {6, 6}, {3, 3}, {0, 6}});
  const Circle &circle = scene.add<Circle>(Point{1, 1}, 0.5);
  CHECK(60, scene.size() == 3 && is_near(scene.total_area(), 4 + 27 + circle.area()));
  CHECK(61, scene.pick({1.2, 1.2}) == &circle && scene.pick({3, 5}) == nullptr);
  CHECK(62, scene.pick({1, 1.8})->name() == "polygon[5]" && scene.pick({5.5, 5}) != nullptr);
  CHECK(63, scene.bounds().high() == (Point{6, 6}) &&
                to_text(circle) == "circle (0.5, 0.5)..(1.5, 1.5)");
  Scene copy = scene;
  copy.move({10, 0});
  CHECK(64, copy.pick({11.2, 1.2})->name() == "circle" && scene.bounds().low() == Point{});
  CHECK(65, copy.bounds().low() == (Point{10, 0}) && copy.pick({1, 1}) == nullptr);
  CHECK(66, is_refused([] { Circle(Point{}, 0.0); }));
  CHECK(67, is_refused([] { Polygon({{0, 0}, {1, 1}, {2, 2}}); }));
  CHECK(68, is_refused([] { Polygon({{0, 0}, {1, 1}}); }));
  return 0;
}

} // namespace

int main() {
  for (auto *group : {check_vectors_and_boxes, check_hulls, check_clipping, check_shapes}) {
    if (const int failed = group(); failed != 0) return failed;
  }
  return 0;
}
