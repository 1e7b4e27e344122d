// JSON as the trainer needs it: its settings, its logs, the headers of checkpoints. Our own because
// the trainer must build on a machine that has libtorch and CMake and nothing else.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "support/error.h"

namespace llmc::train {

/// A JSON value (RFC 8259). Whole numbers keep 64 bits; members keep their order.
class Json {
 public:
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  using Object = std::vector<Member>;

  Json() = default;  ///< null
  Json(std::nullptr_t) {}
  Json(bool value) : value_(value) {}
  Json(double value) : value_(value) {}
  Json(std::int64_t value) : value_(value) {}
  Json(int value) : value_(std::int64_t{value}) {}
  Json(const char* value) : value_(std::string(value)) {}
  Json(std::string value) : value_(std::move(value)) {}
  Json(Array value) : value_(std::move(value)) {}
  Json(Object value) : value_(std::move(value)) {}

  /// Reads one value and nothing after it; errors name line and column. Nesting is limited to 100.
  static Result<Json> parse(std::string_view text);
  /// Prints without line breaks; control characters and bytes that are not UTF-8 are escaped or
  /// replaced, numbers that are not finite become null.
  [[nodiscard]] std::string dump() const;

  [[nodiscard]] bool is_null() const { return value_.index() == 0; }
  [[nodiscard]] const bool* boolean() const { return std::get_if<bool>(&value_); }
  [[nodiscard]] const std::string* string() const { return std::get_if<std::string>(&value_); }
  [[nodiscard]] const Array* array() const { return std::get_if<Array>(&value_); }
  [[nodiscard]] const Object* object() const { return std::get_if<Object>(&value_); }
  [[nodiscard]] const std::int64_t* integer() const { return std::get_if<std::int64_t>(&value_); }
  [[nodiscard]] bool is_number() const { return value_.index() == 2 || value_.index() == 3; }
  /// The number as a double; only where is_number().
  [[nodiscard]] double number() const;

  /// The member of that name, or null where this is no object or has none.
  [[nodiscard]] const Json* find(std::string_view name) const;
  /// Adds or replaces a member; makes an object of null.
  Json& set(std::string_view name, Json value);

 private:
  std::variant<std::monostate, bool, double, std::int64_t, std::string, Array, Object> value_;
};

/// Reads the members of an object one by one, and says in the end which were never asked for: a
/// misspelt setting must not pass in silence.
class JsonReader {
 public:
  /// `where` names the object in errors ("model", "stages[2]").
  JsonReader(const Json& object, std::string where) : json_(object), where_(std::move(where)) {}

  /// Each replaces `value` where the member is there and has the right type; a wrong type is kept
  /// as the reader's error.
  void read(const char* name, std::string& value);
  void read(const char* name, double& value);
  void read(const char* name, std::int64_t& value);
  void read(const char* name, bool& value);
  void read(const char* name, std::vector<std::string>& value);
  /// The member for the caller to read; counts as known.
  const Json* member(const char* name);

  /// The first error: a wrong type, or a member that nobody asked for.
  [[nodiscard]] Result<void> finish() const;

 private:
  void wrong(const char* name, const char* expected);
  const Json& json_;
  std::string where_;
  std::vector<std::string> known_;
  std::string error_;
};

}  // namespace llmc::train
