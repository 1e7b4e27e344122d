#include "execution/native.h"

#include <bit>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <map>

#include "execution/machine.h"

namespace llmc {
namespace {

template <typename T>
T argument(const CallContext& context, unsigned index) {
  const std::uint64_t word = context.general[k_argument_registers[index]];
  if constexpr (std::is_pointer_v<T>)
    return reinterpret_cast<T>(word);
  else
    return static_cast<T>(word);
}

template <typename T>
std::uint64_t result(T value) {
  if constexpr (std::is_pointer_v<T>)
    return reinterpret_cast<std::uint64_t>(value);
  else
    return static_cast<std::uint64_t>(value);
}

template <typename T>
T vector_argument(const CallContext& context, unsigned index) {
  T value;
  std::memcpy(&value, &context.vectors[index], sizeof value);
  return value;
}

template <typename T>
void set_vector(CallContext& context, T value) {
  std::memcpy(&context.vectors[0], &value, sizeof value);
}

/// A function of integers and pointers.
template <auto function, typename A, typename... Rest>
void call_words(CallContext& context) {
  [&]<std::size_t... i>(std::index_sequence<i...>) {
    context.general[k_result_registers[0]] =
        result(function(argument<A>(context, 0), argument<Rest>(context, i + 1)...));
  }(std::make_index_sequence<sizeof...(Rest)>());
}

template <typename T, T (*function)(T)>
void call_float(CallContext& context) {
  set_vector(context, function(vector_argument<T>(context, 0)));
}

template <typename T, T (*function)(T, T)>
void call_floats(CallContext& context) {
  set_vector(context, function(vector_argument<T>(context, 0), vector_argument<T>(context, 1)));
}

void call_ldexp(CallContext& context) {
  set_vector(context, std::ldexp(vector_argument<double>(context, 0), argument<int>(context, 0)));
}

// Of comparisons only the sign means something.
constexpr int sign(int value) { return (value > 0) - (value < 0); }

// Compilers replace memcpy by moves that tell no direction, so overlap is no fault of its caller's
// here but must be harmless.
constexpr auto k_memcpy = [](char* to, const char* from, std::size_t size) {
  return std::memmove(to, from, size);
};
constexpr auto k_mempcpy = [](char* to, const char* from, std::size_t size) {
  return static_cast<char*>(std::memmove(to, from, size)) + size;
};
constexpr auto k_memset = [](void* to, int value, std::size_t size) {
  return std::memset(to, value, size);
};
constexpr auto k_memcmp = [](const void* a, const void* b, std::size_t size) {
  return sign(std::memcmp(a, b, size));
};
constexpr auto k_strlen = [](const char* text) { return std::strlen(text); };
constexpr auto k_strnlen = [](const char* text, std::size_t most) { return ::strnlen(text, most); };
constexpr auto k_strcmp = [](const char* a, const char* b) { return sign(std::strcmp(a, b)); };
constexpr auto k_strncmp = [](const char* a, const char* b, std::size_t most) {
  return sign(std::strncmp(a, b, most));
};
constexpr auto k_strchr = [](char* text, int c) { return std::strchr(text, c); };
constexpr auto k_strrchr = [](char* text, int c) { return std::strrchr(text, c); };
constexpr auto k_strchrnul = [](char* text, int c) { return ::strchrnul(text, c); };
constexpr auto k_strstr = [](char* text, const char* part) { return std::strstr(text, part); };
constexpr auto k_memchr = [](void* text, int c, std::size_t size) {
  return std::memchr(text, c, size);
};
constexpr auto k_strcpy = [](char* to, const char* from) { return std::strcpy(to, from); };
constexpr auto k_stpcpy = [](char* to, const char* from) { return ::stpcpy(to, from); };
constexpr auto k_strncpy = [](char* to, const char* from, std::size_t size) {
  return std::strncpy(to, from, size);
};
constexpr auto k_strcat = [](char* to, const char* from) { return std::strcat(to, from); };
constexpr auto k_strspn = [](const char* a, const char* b) { return std::strspn(a, b); };
constexpr auto k_strcspn = [](const char* a, const char* b) { return std::strcspn(a, b); };
constexpr auto k_abs = [](std::int32_t value) {
  return value < 0 ? 0U - static_cast<std::uint32_t>(value) : static_cast<std::uint32_t>(value);
};
constexpr auto k_labs = [](std::int64_t value) {
  return value < 0 ? 0U - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
};
constexpr auto k_isdigit = [](int c) { return std::isdigit(c & 0xff); };
constexpr auto k_isascii = [](int c) { return static_cast<int>((c & ~0x7f) == 0); };
constexpr auto k_toascii = [](int c) { return c & 0x7f; };

template <typename T>
void add_floats(std::map<std::string_view, NativeCall>& table) {
  constexpr bool wide = sizeof(T) == 8;
  const auto add = [&](std::string_view name, std::string_view narrow, NativeCall call) {
    table[wide ? name : narrow] = call;
  };
  add("fabs", "fabsf", call_float<T, std::fabs>);
  add("sqrt", "sqrtf", call_float<T, std::sqrt>);
  add("floor", "floorf", call_float<T, std::floor>);
  add("ceil", "ceilf", call_float<T, std::ceil>);
  add("trunc", "truncf", call_float<T, std::trunc>);
  add("round", "roundf", call_float<T, std::round>);
  add("rint", "rintf", call_float<T, std::rint>);
  add("nearbyint", "nearbyintf", call_float<T, std::nearbyint>);
  add("sin", "sinf", call_float<T, std::sin>);
  add("cos", "cosf", call_float<T, std::cos>);
  add("tan", "tanf", call_float<T, std::tan>);
  add("asin", "asinf", call_float<T, std::asin>);
  add("acos", "acosf", call_float<T, std::acos>);
  add("atan", "atanf", call_float<T, std::atan>);
  add("exp", "expf", call_float<T, std::exp>);
  add("exp2", "exp2f", call_float<T, std::exp2>);
  add("log", "logf", call_float<T, std::log>);
  add("log2", "log2f", call_float<T, std::log2>);
  add("log10", "log10f", call_float<T, std::log10>);
  add("cbrt", "cbrtf", call_float<T, std::cbrt>);
  add("pow", "powf", call_floats<T, std::pow>);
  add("fmod", "fmodf", call_floats<T, std::fmod>);
  add("atan2", "atan2f", call_floats<T, std::atan2>);
  add("hypot", "hypotf", call_floats<T, std::hypot>);
  add("copysign", "copysignf", call_floats<T, std::copysign>);
  add("fmin", "fminf", call_floats<T, std::fmin>);
  add("fmax", "fmaxf", call_floats<T, std::fmax>);
}

std::map<std::string_view, NativeCall> make_table() {
  std::map<std::string_view, NativeCall> table = {
      {"memcpy", call_words<k_memcpy, char*, const char*, std::size_t>},
      {"memmove", call_words<k_memcpy, char*, const char*, std::size_t>},
      {"mempcpy", call_words<k_mempcpy, char*, const char*, std::size_t>},
      {"memset", call_words<k_memset, void*, int, std::size_t>},
      {"memcmp", call_words<k_memcmp, const void*, const void*, std::size_t>},
      {"bcmp", call_words<k_memcmp, const void*, const void*, std::size_t>},
      {"strlen", call_words<k_strlen, const char*>},
      {"strnlen", call_words<k_strnlen, const char*, std::size_t>},
      {"strcmp", call_words<k_strcmp, const char*, const char*>},
      {"strncmp", call_words<k_strncmp, const char*, const char*, std::size_t>},
      {"strchr", call_words<k_strchr, char*, int>},
      {"strrchr", call_words<k_strrchr, char*, int>},
      {"strchrnul", call_words<k_strchrnul, char*, int>},
      {"strstr", call_words<k_strstr, char*, const char*>},
      {"memchr", call_words<k_memchr, void*, int, std::size_t>},
      {"strcpy", call_words<k_strcpy, char*, const char*>},
      {"stpcpy", call_words<k_stpcpy, char*, const char*>},
      {"strncpy", call_words<k_strncpy, char*, const char*, std::size_t>},
      {"strcat", call_words<k_strcat, char*, const char*>},
      {"strspn", call_words<k_strspn, const char*, const char*>},
      {"strcspn", call_words<k_strcspn, const char*, const char*>},
      {"abs", call_words<k_abs, std::int32_t>},
      {"labs", call_words<k_labs, std::int64_t>},
      {"llabs", call_words<k_labs, std::int64_t>},
      {"isdigit", call_words<k_isdigit, int>},
      {"isascii", call_words<k_isascii, int>},
      {"toascii", call_words<k_toascii, int>},
      {"ldexp", call_ldexp},
      {"scalbn", call_ldexp}};
  add_floats<float>(table);
  add_floats<double>(table);
  return table;
}

}  // namespace

NativeCall native_call(std::string_view name) {
  static const std::map<std::string_view, NativeCall> table = make_table();
  const auto found = table.find(name);
  return found == table.end() ? nullptr : found->second;
}

}  // namespace llmc
