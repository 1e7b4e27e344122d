#include "execution/inputs.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <string_view>

namespace llmc {
namespace {

constexpr std::string_view k_text =
    "0123456789abcdefxyzABCXYZ  \t\n\"'{}[](),:;.+-*/%<>=&|\\_#@!?~^$0011223344556677";

/// In so many of a hundred cases an integer is what it is compared with, in some inputs.
constexpr unsigned k_obedient = 94;

/// How often integers are what they are compared with, in the input of that number.
unsigned hint_percent(std::uint64_t number) { return number % 3 == 2 ? k_obedient : 40; }

std::uint64_t low_bits(std::uint64_t value, unsigned bits) {
  return bits >= 64 ? value : value & ((std::uint64_t{1} << bits) - 1);
}

/// What one input is made with.
class InputMaker {
 public:
  /// `hint_percent`: how often an integer is one that it is compared with.
  InputMaker(const InputPlan& plan, InputRandom& random, unsigned hint_percent)
      : plan_(plan), random_(random), hint_percent_(hint_percent) {}

  /// An integer that is compared with `hints`.
  std::uint64_t integer(unsigned bits, const std::vector<std::int64_t>& hints) {
    if (hints.empty() || !random_.percent(hint_percent_)) return integer(bits);
    auto value = static_cast<std::uint64_t>(hints[random_.below(hints.size())]);
    if (hint_percent_ < k_obedient && random_.percent(25)) value += random_.below(3) - 1;
    return low_bits(value, bits);
  }

  std::uint64_t integer(unsigned bits) {
    const std::uint64_t kind = random_.below(100);
    std::uint64_t value = random_.next();
    if (kind < 35) {
      value = random_.below(17);
    } else if (kind < 42) {
      value = 0 - random_.below(17);
    } else if (kind < 55) {
      value = (std::uint64_t{1} << random_.below(bits)) + random_.below(3) - 1;
    } else if (kind < 62) {
      value = random_.below(2) == 0 ? std::uint64_t{1} << (bits - 1)
                                    : (std::uint64_t{1} << (bits - 1)) - 1;
    } else if (kind < 70) {
      value = static_cast<unsigned char>(k_text[random_.below(k_text.size())]);
    } else if (kind < 85 && !plan_.shapes.constants.empty()) {
      const auto& constants = plan_.shapes.constants;
      value = static_cast<std::uint64_t>(constants[random_.below(constants.size())]);
      if (random_.percent(40)) value += random_.below(3) - 1;
    } else if (kind < 90) {
      value = random_.below(256);
    }
    return low_bits(value, bits);
  }

  std::uint64_t floating(unsigned bits) {
    double value = 0;
    switch (random_.below(8)) {
      case 0:
        value = static_cast<double>(random_.below(20)) - 4;
        break;
      case 1:
        value = std::array{
            0.0, -0.0, 1.0, -1.0, 0.5, 1e-300, 1e300, 4503599627370496.0}[random_.below(8)];
        break;
      case 2:
        value = std::array{std::numeric_limits<double>::infinity(),
                           -std::numeric_limits<double>::infinity(),
                           std::numeric_limits<double>::quiet_NaN(),
                           std::numeric_limits<double>::denorm_min()}[random_.below(4)];
        break;
      case 3:
        if (bits == 32) return low_bits(random_.next(), 32);
        return random_.next();
      default:
        value = (static_cast<double>(random_.next() >> 11) * 0x1.0p-53 - 0.5) *
                static_cast<double>(std::uint64_t{1} << random_.below(20));
    }
    if (bits == 32) return std::bit_cast<std::uint32_t>(static_cast<float>(value));
    return std::bit_cast<std::uint64_t>(value);
  }

  /// A pointer to something of `shape`, behind `from` if it can be in the same arena.
  std::uint64_t pointer(unsigned shape, std::uint64_t from, std::uint64_t needed,
                        std::uint64_t alignment) {
    const MemoryShape& target = plan_.shapes.shapes[shape];
    if (target.code) return callback();
    const MemoryRegion& region = plan_.regions[plan_.arenas[shape]];
    const ObjectRow row = objects(target, region.size);
    const std::uint64_t room = std::max<std::uint64_t>(needed, row.step);
    if (row.first + room > region.size) return region.address;
    const std::uint64_t places = (region.size - row.first - room) / row.step + 1;
    std::uint64_t at = 0;
    if (from >= region.address && from < region.address + region.size && random_.percent(85)) {
      const std::uint64_t here = from - region.address;
      const std::uint64_t behind = here < row.first ? 0 : (here - row.first) / row.step + 1;
      if (behind >= places) return 0;
      at = behind + random_.below(std::min<std::uint64_t>(places - behind, 6));
    } else if (random_.percent(40)) {
      at = random_.below(places);
    } else if (random_.percent(25)) {
      at = places - 1 - random_.below(std::min<std::uint64_t>(places, 16));
    }
    const std::uint64_t offset = row.first + at * row.step;
    return region.address + offset / alignment * alignment;
  }

  std::uint64_t callback() {
    if (plan_.callbacks.empty()) return 0;
    return plan_.callbacks[random_.below(plan_.callbacks.size())];
  }

  std::uint64_t value(const CallValue& value) {
    switch (value.kind) {
      case CallValue::Kind::floating:
        return floating(value.bits == 32 ? 32 : 64);
      case CallValue::Kind::pointer:
        if (!value.nonnull && random_.percent(4)) return 0;
        if (!value.nonnull && !value.hints.empty() && random_.percent(hint_percent_ / 3)) return 0;
        return pointer(value.shape, 0, value.bytes, value.alignment);
      case CallValue::Kind::integer:
        break;
    }
    std::uint64_t result = integer(value.bits, value.hints);
    if (value.range) {
      const auto [first, end] = *value.range;
      const auto width = static_cast<std::uint64_t>(end) - static_cast<std::uint64_t>(first);
      result = static_cast<std::uint64_t>(first) + (width == 0 ? 0 : result % width);
    } else if (value.bits < value.defined && value.bits > 1 &&
               value.extension == CallValue::Extension::none) {
      // Whoever reads more of it may expect zeros or the sign: with these it is the same.
      result &= (std::uint64_t{1} << (value.bits - 1)) - 1;
    } else if (value.bits == 64 && random_.percent(3)) {
      result = pointer(0, 0, 8, 8);
    }
    return low_bits(result, value.bits);
  }

  void fill(const MemoryRegion& region, char* memory) {
    const MemoryShape& shape = plan_.shapes.shapes[region.shape];
    const ObjectRow row = objects(shape, region.size);
    if (shape.fields.empty() || row.step > region.size ||
        (shape.stride == 1 && shape.fields.size() == 1))
      return fill_unknown(region, memory);
    fill_style();
    // A datum is one object, or an array of them from its beginning on.
    std::uint64_t at = region.kind == MemoryRegion::Kind::arena ? row.first : 0;
    for (std::uint64_t i = 0; i < at; ++i) memory[i] = static_cast<char>(random_.next());
    for (; at + row.step <= region.size; at += row.step)
      fill_object(region, shape, row.step, memory, at);
    for (; at < region.size; ++at) memory[at] = static_cast<char>(random_.next());
  }

  void fill_field(const MemoryRegion& region, const ShapeField& field, char* memory,
                  std::uint64_t at) {
    if (at + field.bytes > region.size) return;
    std::uint64_t value = 0;
    if (field.kind == ShapeField::Kind::pointer) {
      if (!random_.percent(null_percent_)) value = pointer(field.shape, region.address + at, 0, 1);
    } else if (field.kind == ShapeField::Kind::floating) {
      value = floating(field.bytes == 4 ? 32 : 64);
    } else {
      value = small_ && field.hints.empty() ? random_.below(12)
                                            : integer(std::min(field.bytes, 8U) * 8, field.hints);
      if (field.values > 0) value = field.first + value % field.values;
    }
    std::memcpy(memory + at, &value, std::min(field.bytes, 8U));
  }

  /// Objects of one shape in memory: they do not overlap, and the last ends where the memory does.
  struct ObjectRow {
    std::uint64_t first = 0;
    std::uint64_t step = 1;
  };

  static ObjectRow objects(const MemoryShape& shape, std::uint64_t size) {
    ObjectRow row{0, 8};
    std::uint64_t alignment = 1;
    if (!shape.fields.empty()) {
      const auto last = std::prev(shape.fields.end());
      for (const auto& [offset, field] : shape.fields)
        alignment = std::max<std::uint64_t>(alignment, std::min(field.bytes, 8U));
      const std::uint64_t end = std::max(last->first + last->second.bytes, shape.bytes);
      row.step = shape.stride > 0 ? shape.stride : (end + 7) / 8 * 8;
    } else if (shape.stride > 0) {
      row.step = shape.stride;
    }
    row.first = size % row.step / alignment * alignment;
    return row;
  }

 private:
  void fill_style() {
    null_percent_ = static_cast<unsigned>(std::array{5, 20, 50}[random_.below(3)]);
    small_ = random_.percent(40);
  }

  void fill_object(const MemoryRegion& region, const MemoryShape& shape, std::uint64_t object,
                   char* memory, std::uint64_t at) {
    for (std::uint64_t i = 0; i < object; i += 8) {
      const std::uint64_t noise = random_.next();
      std::memcpy(memory + at + i, &noise, std::min<std::uint64_t>(8, object - i));
    }
    for (const auto& [offset, field] : shape.fields) fill_field(region, field, memory, at + offset);
  }

  /// Text, numbers or noise, with pointers in between.
  void fill_unknown(const MemoryRegion& region, char* memory) {
    const std::uint64_t style = random_.below(6);
    if (style < 2) {
      std::uint64_t word = 0;
      for (std::uint64_t i = 0; i < region.size; ++i, word >>= 8) {
        if (i % 8 == 0) word = random_.next();
        const std::uint64_t byte = word & 0xff;
        memory[i] = byte < 11 ? '\0' : k_text[byte % k_text.size()];
      }
      return;
    }
    for (std::uint64_t i = 0; i < region.size; i += 8) {
      std::uint64_t word = random_.next();
      if (style == 2) word &= 0x0f0f0f0f0f0f0f0f;
      if (style == 3) word &= 0x0000000f0000000f;
      if (style == 4) word = integer(32) | (integer(32) << 32);
      if (style >= 4 && random_.percent(25)) word = pointer(region.shape, 0, 8, 8);
      std::memcpy(memory + i, &word, std::min<std::uint64_t>(8, region.size - i));
    }
  }

  const InputPlan& plan_;
  InputRandom& random_;
  unsigned hint_percent_;
  unsigned null_percent_ = 20;
  bool small_ = false;
};

/// Extends an integer as the caller must, and marks the bits that the caller need not set.
void extend(const CallValue& value, std::uint64_t& word, std::uint64_t& undefined) {
  undefined = 0;
  if (value.kind != CallValue::Kind::integer || value.bits == 64) return;
  if (value.extension == CallValue::Extension::sign && value.bits < 32) {
    const unsigned shift = 64 - value.bits;
    word = static_cast<std::uint64_t>(static_cast<std::int64_t>(word << shift) >>
                                      static_cast<int>(shift));
    word = low_bits(word, 32);
  }
  const bool extended = value.extension != CallValue::Extension::none;
  const unsigned defined = std::max(extended ? 32U : value.defined, value.bits);
  undefined = ~low_bits(~std::uint64_t{0}, defined);
}

}  // namespace

std::uint64_t InputPlan::memory_size() const {
  std::uint64_t size = 0;
  for (const MemoryRegion& region : regions) size += region.size;
  return size;
}

TestInput make_input(const InputPlan& plan, std::uint64_t number) {
  InputRandom random(plan.seed * 0x2545f4914f6cdd1d + number);
  InputMaker maker(plan, random, hint_percent(number));
  TestInput input;
  for (auto& word : input.undefined) word = ~std::uint64_t{0};
  for (auto& vector : input.vectors) vector = {random.next(), random.next()};
  for (std::size_t i = 0; i < plan.places.size(); ++i) {
    const CallPlace& place = plan.places[i];
    const CallValue& value = plan.signature.parameters[i];
    std::uint64_t word = maker.value(value);
    std::uint64_t undefined = 0;
    extend(value, word, undefined);
    if (place.where == CallPlace::Where::integer_register) {
      input.integers[place.index] = word;
      input.undefined[place.index] = undefined;
    } else if (place.where == CallPlace::Where::vector_register) {
      input.vectors[place.index][0] = word;
      if (value.bits == 128) input.vectors[place.index][1] = maker.floating(64);
    } else {
      input.stack.resize(std::max<std::size_t>(input.stack.size(), place.index + 2));
      input.stack[place.index] = word;
      if (value.bits == 128) input.stack[place.index + 1] = maker.floating(64);
    }
  }
  input.memory.resize(plan.memory_size());
  char* at = input.memory.data();
  for (const MemoryRegion& region : plan.regions) {
    if (!region.start.empty())
      std::memcpy(at, region.start.data(), region.size);
    else if (region.kind != MemoryRegion::Kind::heap)
      maker.fill(region, at);
    at += region.size;
  }
  return input;
}

std::uint64_t make_value(const InputPlan& plan, std::uint64_t number, const CallValue& value,
                         InputRandom& random) {
  std::uint64_t word = InputMaker(plan, random, hint_percent(number)).value(value);
  std::uint64_t undefined = 0;
  extend(value, word, undefined);
  return word;
}

void rewrite_fields(const InputPlan& plan, const MemoryRegion& region, std::uint64_t offset,
                    char* memory, InputRandom& random) {
  InputMaker maker(plan, random, hint_percent(0));
  const MemoryShape& shape = plan.shapes.shapes[region.shape];
  if (shape.fields.empty()) {
    const ShapeField byte{ShapeField::Kind::integer, 1, 0, 0, 0, {}};
    for (std::uint64_t i = 0; i < 8; ++i)
      if (random.percent(50)) maker.fill_field(region, byte, memory, offset + i);
    return;
  }
  for (const auto& [at, field] : shape.fields)
    if (random.percent(50)) maker.fill_field(region, field, memory, offset + at);
}

std::string describe_input(const InputPlan& plan, const TestInput& input) {
  std::string text;
  for (std::size_t i = 0; i < plan.places.size(); ++i) {
    const CallPlace& place = plan.places[i];
    const CallValue& value = plan.signature.parameters[i];
    std::uint64_t word = 0;
    if (place.where == CallPlace::Where::integer_register) word = input.integers[place.index];
    if (place.where == CallPlace::Where::vector_register) word = input.vectors[place.index][0];
    if (place.where == CallPlace::Where::stack) word = input.stack[place.index];
    text += text.empty() ? "" : ", ";
    if (value.kind == CallValue::Kind::pointer)
      text += fmt::format("pointer {:#x}", word);
    else if (value.kind == CallValue::Kind::integer)
      text += fmt::format(
          "{}", static_cast<std::int64_t>(value.bits >= 64 ? word : (word << (64 - value.bits))) >>
                    (64 - value.bits));
    else if (value.bits == 32)
      text += fmt::format("{}", std::bit_cast<float>(static_cast<std::uint32_t>(word)));
    else
      text += fmt::format("{}", std::bit_cast<double>(word));
  }
  return text;
}

}  // namespace llmc
