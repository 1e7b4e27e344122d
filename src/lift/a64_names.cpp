#include "lift/a64_names.h"

#include <bit>
#include <charconv>
#include <cmath>

namespace llmc {
namespace {

std::optional<unsigned> number_in(std::string_view digits, unsigned most) {
  unsigned number = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, number);
  if (error != std::errc() || stop != end || number > most) return std::nullopt;
  return number;
}

std::uint64_t ones(unsigned count) {
  return count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
}

}  // namespace

std::optional<A64Register> a64_register(std::string_view name) {
  using Class = A64Register::Class;
  if (name == "FP") return A64Register{Class::general, k_frame_register, 64};
  if (name == "LR") return A64Register{Class::general, k_link, 64};
  if (name == "SP") return A64Register{Class::general, k_stack_register, 64};
  if (name == "WSP") return A64Register{Class::general, k_stack_register, 32};
  if (name == "XZR") return A64Register{Class::general, k_zero_register, 64};
  if (name == "WZR") return A64Register{Class::general, k_zero_register, 32};
  if (name.size() < 2) return std::nullopt;
  constexpr std::string_view k_classes = "WXBHSDQ";
  constexpr std::array<unsigned, 7> k_widths = {32, 64, 8, 16, 32, 64, 128};
  const std::size_t at = k_classes.find(name.front());
  if (at == std::string_view::npos) return std::nullopt;
  const bool is_general = at < 2;
  const auto number = number_in(name.substr(1), is_general ? k_link : 31);
  if (!number) return std::nullopt;
  return A64Register{is_general ? Class::general : Class::vector, *number, k_widths[at]};
}

unsigned flags_of(A64Condition code) {
  switch (static_cast<A64Condition>(static_cast<unsigned>(code) & ~1U)) {
    case A64Condition::eq:
      return k_a64_zero;
    case A64Condition::hs:
      return k_a64_carry;
    case A64Condition::mi:
      return k_a64_sign;
    case A64Condition::vs:
      return k_a64_overflow;
    case A64Condition::hi:
      return k_a64_carry | k_a64_zero;
    case A64Condition::ge:
      return k_a64_sign | k_a64_overflow;
    case A64Condition::gt:
      return k_a64_zero | k_a64_sign | k_a64_overflow;
    default:
      return 0;
  }
}

bool holds(A64Condition code, unsigned flags) {
  const bool zero = (flags & k_a64_zero) != 0, carry = (flags & k_a64_carry) != 0;
  const bool sign = (flags & k_a64_sign) != 0, overflow = (flags & k_a64_overflow) != 0;
  if (code == A64Condition::al || code == A64Condition::nv) return true;
  const std::array<bool, 7> positive = {
      zero, carry, sign, overflow, carry && !zero, sign == overflow, !zero && sign == overflow};
  const auto number = static_cast<unsigned>(code);
  return positive[number / 2] != (number % 2 == 1);
}

std::optional<A64Shift> a64_shift(std::int64_t operand) {
  const auto kind = static_cast<unsigned>(operand >> 6) & 7;
  if (kind > 3) return std::nullopt;
  return A64Shift{static_cast<A64Shift::Kind>(kind), static_cast<unsigned>(operand) & 63};
}

A64Extension a64_extension(std::int64_t operand) {
  const auto kind = static_cast<unsigned>(operand >> 3) & 7;
  return {8U << (kind & 3), kind >= 4, static_cast<unsigned>(operand) & 7};
}

std::optional<std::uint64_t> a64_logical_immediate(std::int64_t operand, unsigned width) {
  const auto bits = static_cast<unsigned>(operand);
  const unsigned n = bits >> 12 & 1, immr = bits >> 6 & 63, imms = bits & 63;
  const unsigned pattern = n << 6 | (~imms & 63);
  if (pattern < 2) return std::nullopt;
  const unsigned size = std::bit_floor(pattern);
  if (size > width) return std::nullopt;
  const unsigned rotation = immr & (size - 1), count = imms & (size - 1);
  if (count == size - 1) return std::nullopt;
  std::uint64_t element = ones(count + 1);
  if (rotation != 0) element = (element >> rotation | element << (size - rotation)) & ones(size);
  std::uint64_t value = 0;
  for (unsigned at = 0; at < width; at += size) value |= element << at;
  return value;
}

double a64_float_immediate(std::int64_t operand) {
  const auto bits = static_cast<unsigned>(operand);
  const int exponent = static_cast<int>(bits >> 4 & 7);
  const double fraction = 1 + (bits & 15) / 16.0;
  const double number = std::ldexp(fraction, exponent < 4 ? exponent + 1 : exponent - 7);
  return (bits & 0x80) != 0 ? -number : number;
}

std::uint64_t a64_byte_mask(std::int64_t operand) {
  std::uint64_t mask = 0;
  for (unsigned i = 0; i < 8; ++i)
    if ((operand >> i & 1) != 0) mask |= std::uint64_t{0xff} << (8 * i);
  return mask;
}

}  // namespace llmc
