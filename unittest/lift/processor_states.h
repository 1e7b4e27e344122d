// What the tests of templates against processors have in common: values at which instructions
// change what they do, and the comparison of what comes out.
#pragma once

#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/PassManager.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Transforms/Scalar/ADCE.h>
#include <llvm/Transforms/Utils/Mem2Reg.h>

#include <array>
#include <cstring>
#include <functional>
#include <limits>
#include <random>
#include <string>

namespace llmc::test {

/// What may differ in vector registers: numbers that are none have many patterns of bits.
enum class Comparison { exact, floats, doubles };

/// Promotes variables, as the lifter does, and drops what is not used.
inline void clean_up(llvm::Module& module) {
  llvm::PassBuilder builder;
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager components;
  llvm::ModuleAnalysisManager modules;
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  llvm::FunctionPassManager passes;
  passes.addPass(llvm::PromotePass());
  passes.addPass(llvm::ADCEPass());
  for (llvm::Function& function : module)
    if (!function.isDeclaration() && !function.hasFnAttribute(llvm::Attribute::Naked))
      passes.run(function, functions);
}

/// One of the numbers at which instructions change what they do, of `Float`, or a usual one.
template <typename Float>
Float special_number(std::mt19937_64& random) {
  using Limits = std::numeric_limits<Float>;
  static const std::array<Float, 28> numbers = {Float(0.0),
                                                Float(-0.0),
                                                Float(1.0),
                                                Float(-1.0),
                                                Float(0.5),
                                                Float(-0.5),
                                                Float(1.5),
                                                Float(2.5),
                                                Float(-2.5),
                                                Float(3.7),
                                                Float(-3.7),
                                                Float(1e30),
                                                Float(-1e-30),
                                                Float(2147483648.0),
                                                Float(-2147483648.0),
                                                Float(2147483647.5),
                                                Float(-2147483649.0),
                                                Float(9223372036854775808.0),
                                                Float(-9223372036854775808.0),
                                                Float(4294967296.0),
                                                Limits::infinity(),
                                                -Limits::infinity(),
                                                Limits::quiet_NaN(),
                                                -Limits::quiet_NaN(),
                                                Limits::denorm_min(),
                                                -Limits::denorm_min(),
                                                Limits::max(),
                                                Limits::min()};
  const std::uint64_t choice = random() % (numbers.size() * 2);
  if (choice < numbers.size()) return numbers[choice];
  return static_cast<Float>(static_cast<std::int64_t>(random())) /
         static_cast<Float>(std::uint64_t{1} << (random() % 64));
}

/// One of four, so that two of them are often equal, of different signs, or none.
template <typename Float>
Float frequent_number(std::mt19937_64& random) {
  constexpr std::array<Float, 4> k_numbers = {Float(0.0), Float(-0.0), Float(1.0),
                                              std::numeric_limits<Float>::quiet_NaN()};
  return k_numbers[random() % k_numbers.size()];
}

template <typename Integer>
Integer special_integer(std::mt19937_64& random) {
  using Limits = std::numeric_limits<Integer>;
  constexpr std::array<Integer, 8> k_integers = {0,
                                                 1,
                                                 2,
                                                 static_cast<Integer>(-1),
                                                 Limits::max(),
                                                 Limits::min(),
                                                 static_cast<Integer>(Limits::max() - 1),
                                                 static_cast<Integer>(Limits::max() / 2)};
  const std::uint64_t choice = random() % 16;
  return choice < 8 ? k_integers[choice] : static_cast<Integer>(random());
}

template <typename Lane>
void fill_lanes(std::uint8_t* place, std::size_t bytes, const std::function<Lane()>& lane) {
  for (std::size_t i = 0; i < bytes; i += sizeof(Lane)) {
    const Lane value = lane();
    std::memcpy(place + i, &value, sizeof(Lane));
  }
}

/// 16 bytes of which the lanes are numbers of one sort.
inline void fill_lanes(std::uint8_t* place, unsigned sort, std::mt19937_64& random) {
  switch (sort) {
    case 0:
      return fill_lanes<float>(place, 16, [&] { return special_number<float>(random); });
    case 1:
      return fill_lanes<double>(place, 16, [&] { return special_number<double>(random); });
    case 2:
      return fill_lanes<std::int8_t>(place, 16,
                                     [&] { return special_integer<std::int8_t>(random); });
    case 3:
      return fill_lanes<std::int16_t>(place, 16,
                                      [&] { return special_integer<std::int16_t>(random); });
    case 4:
      return fill_lanes<std::int32_t>(place, 16,
                                      [&] { return special_integer<std::int32_t>(random); });
    case 5:
      return fill_lanes<std::uint64_t>(place, 16, [&] { return random() % 70; });
    case 6:
      return fill_lanes<float>(place, 16, [&] { return frequent_number<float>(random); });
    case 7:
      return fill_lanes<double>(place, 16, [&] { return frequent_number<double>(random); });
    default:
      return fill_lanes<std::uint64_t>(place, 16, [&] { return random(); });
  }
}

template <typename Float>
bool same_numbers(const std::uint8_t* a, const std::uint8_t* b) {
  for (std::size_t i = 0; i < 16; i += sizeof(Float)) {
    Float x, y;
    std::memcpy(&x, a + i, sizeof(Float));
    std::memcpy(&y, b + i, sizeof(Float));
    const bool both_none = x != x && y != y;
    if (!both_none && std::memcmp(a + i, b + i, sizeof(Float)) != 0) return false;
  }
  return true;
}

inline std::string hexadecimal(const std::uint8_t* bytes, std::size_t count) {
  std::string text;
  for (std::size_t i = count; i-- > 0;) {
    text += "0123456789abcdef"[bytes[i] >> 4];
    text += "0123456789abcdef"[bytes[i] & 15];
  }
  return text;
}

/// An integer of any size, often one at which instructions change what they do.
inline std::uint64_t any_integer(std::mt19937_64& random) {
  switch (random() % 4) {
    case 0:
      return static_cast<std::uint64_t>(special_integer<std::int32_t>(random));
    case 1:
      return random() % 200;
    case 2:
      return static_cast<std::uint64_t>(special_integer<std::int16_t>(random));
    default:
      return static_cast<std::uint64_t>(special_integer<std::int64_t>(random));
  }
}

/// A sort of number for each vector of a state: mostly the same.
inline std::function<unsigned()> sorts_of_lanes(std::mt19937_64& random) {
  constexpr unsigned k_sorts = 9;
  const auto usual = static_cast<unsigned>(random() % k_sorts);
  return [&random, usual] {
    return random() % 8 == 0 ? static_cast<unsigned>(random() % k_sorts) : usual;
  };
}

/// True if two vectors of 16 bytes are the same as far as `comparison` looks.
inline bool same_vectors(const std::uint8_t* a, const std::uint8_t* b, Comparison comparison) {
  return comparison == Comparison::exact    ? std::memcmp(a, b, 16) == 0
         : comparison == Comparison::floats ? same_numbers<float>(a, b)
                                            : same_numbers<double>(a, b);
}

/// "\n  WHAT: … became … instead of …"
inline std::string difference(const std::string& what, const void* in, const void* want,
                              const void* have, std::size_t bytes) {
  const auto hex = [&](const void* of) {
    return hexadecimal(static_cast<const std::uint8_t*>(of), bytes);
  };
  return "\n  " + what + ": " + hex(in) + " became " + hex(have) + " instead of " + hex(want);
}

}  // namespace llmc::test
