// Overloads chosen by what a type can do (detection, enable_if, tag dispatch, constexpr if, trailing decltype, partial
// ordering): a packer and unpacker of structures that must bring every value back.
#include "checksum.h"
#include <stddef.h>
#include <type_traits>
#include <utility>

struct Buffer {
  unsigned char bytes[256];
  int size = 0, at = 0;
  void put(unsigned long value, int count) { for (; count > 0; --count, value >>= 8) bytes[size++] = (unsigned char)value; }
  unsigned long get(int count) {
    unsigned long value = 0;
    for (int i = 0; i < count; ++i) value |= (unsigned long)bytes[at++] << (8 * i);
    return value;
  }
};

struct Anything { template <typename... T> void operator()(T &...) const {} };
template <typename T, typename = void> struct has_fields : std::false_type {};
template <typename T>
struct has_fields<T, std::void_t<decltype(std::declval<T &>().fields(Anything()))>> : std::true_type {};
template <typename T, typename = void> struct is_list : std::false_type {};
template <typename T>
struct is_list<T, std::void_t<decltype(std::declval<T &>().push(typename T::item_type()))>> : std::true_type {};

template <typename T> static void pack(Buffer &buffer, const T &value);
template <typename T> static void unpack(Buffer &buffer, T &value);

// Signed integers: zigzag with a variable length; unsigned: fixed; enums: as their own integer.
template <typename T>
static std::enable_if_t<std::is_integral_v<T> && std::is_signed_v<T>> pack_scalar(Buffer &buffer, T value) {
  unsigned long zigzag = (unsigned long)value << 1 ^ (value < 0 ? ~0ul : 0ul);
  for (; zigzag >= 128; zigzag >>= 7) buffer.put(zigzag & 127, 1);
  buffer.put(zigzag | 128, 1);
}
template <typename T>
static std::enable_if_t<std::is_unsigned_v<T> || std::is_enum_v<T>> pack_scalar(Buffer &buffer, T value) {
  buffer.put((unsigned long)value, sizeof(T));
}
template <typename T>
static auto unpack_scalar(Buffer &buffer, T &value) -> std::enable_if_t<std::is_integral_v<T> && std::is_signed_v<T>> {
  unsigned long zigzag = 0;
  for (int shift = 0;; shift += 7) {
    unsigned long byte = buffer.get(1);
    zigzag |= (byte & 127) << shift;
    if (byte & 128) break;
  }
  value = (T)(zigzag >> 1 ^ (zigzag & 1 ? ~0ul : 0ul));
}
template <typename T>
static auto unpack_scalar(Buffer &buffer, T &value) -> std::enable_if_t<!(std::is_integral_v<T> && std::is_signed_v<T>)> {
  value = (T)buffer.get(sizeof(T));
}

template <typename T, size_t n>
static void pack_any(Buffer &buffer, const T (&values)[n], int) { for (const T &value : values) pack(buffer, value); }
template <typename T>
static auto pack_any(Buffer &buffer, const T &value, int) -> std::enable_if_t<has_fields<T>::value> {
  const_cast<T &>(value).fields([&](auto &...field) { (pack(buffer, field), ...); });
}
template <typename T>
static auto pack_any(Buffer &buffer, const T &list, int) -> decltype(list.begin(), list.end(), void()) {
  buffer.put((unsigned long)(list.end() - list.begin()), 1);
  for (const auto &item : list) pack(buffer, item);
}
template <typename T> static void pack_any(Buffer &buffer, const T &value, long) { pack_scalar(buffer, value); }
template <typename T> static void pack(Buffer &buffer, const T &value) { pack_any(buffer, value, 0); }

template <typename T>
static void unpack(Buffer &buffer, T &value) {
  if constexpr (std::is_array_v<T>) {
    for (auto &each : value) unpack(buffer, each);
  } else if constexpr (is_list<T>::value) {
    value.clear();
    for (int left = (int)buffer.get(1); left > 0; --left) {
      typename T::item_type item;
      unpack(buffer, item);
      value.push(item);
    }
  } else if constexpr (has_fields<T>::value) {
    value.fields([&](auto &...field) { (unpack(buffer, field), ...); });
  } else {
    unpack_scalar(buffer, value);
  }
}

template <typename T, int limit>
struct List {
  using item_type = T;
  T items[limit];
  int count = 0;
  void push(const T &item) { items[count++] = item; }
  void clear() { count = 0; }
  const T *begin() const { return items; }
  const T *end() const { return items + count; }
};
enum class Tint : unsigned char { none = 0, warm = 200, cold = 255 };
struct Point {
  short x; long y;
  template <typename F> void fields(F f) { f(x, y); }
};
struct Shape {
  Tint tint; Point corners[2];
  List<Point, 4> path;
  List<unsigned short, 6> codes;
  bool closed;
  template <typename F> void fields(F f) { f(tint, corners, path, codes, closed); }
};

int main() {
  for (int round = 0; round < 25; ++round) {
    int n = opaque_int(round);
    Shape shape = {}, back = {};
    shape.tint = n % 3 == 0 ? Tint::none : n % 3 == 1 ? Tint::warm : Tint::cold;
    for (int i = 0; i < 2; ++i) shape.corners[i] = {(short)(n * 911 - 9000), -(1L << (n * 2 + i)) + n};
    for (int i = 0; i < n % 5; ++i) shape.path.push({(short)-i, i * 1000003L * n});
    for (int i = 0; i < n % 7; ++i) shape.codes.push((unsigned short)(i * 12345 + n));
    shape.closed = n & 1;
    Buffer first, second;
    pack(first, shape);
    unpack(first, back);
    pack(second, back);
    for (int i = 0; i < first.size; ++i) mix(first.bytes[i]);
    mix((first.at == first.size) * 2 + (first.size == second.size && !memcmp(first.bytes, second.bytes, first.size)));
    mix((int)back.tint + back.corners[1].x + back.corners[0].y + back.path.count * 7 + back.codes.count + back.closed);
  }
  return report();
}
