#include "train/json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "train/utf8.h"

namespace llmc::train {
namespace {

constexpr int k_deepest = 100;

/// A recursive-descent reader of RFC 8259.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<Json> document() {
    LLMC_TRY(Json value, this->value(0));
    skip_space();
    if (at_ != text_.size()) return wrong("text after the value");
    return value;
  }

 private:
  [[nodiscard]] std::unexpected<Error> wrong(const std::string& what) const {
    const std::string_view before = text_.substr(0, at_);
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const std::size_t start =
        before.rfind('\n') == std::string_view::npos ? 0 : before.rfind('\n') + 1;
    return fail("line " + std::to_string(line) + ", column " + std::to_string(at_ - start + 1) +
                ": not JSON: " + what);
  }

  void skip_space() {
    while (at_ < text_.size() && std::string_view(" \t\r\n").contains(text_[at_])) ++at_;
  }

  bool take(char c) {
    skip_space();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  bool take_word(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  Result<Json> value(int depth) {
    if (depth > k_deepest) return wrong("nested too deeply");
    skip_space();
    if (at_ == text_.size()) return wrong("the text ends where a value is expected");
    switch (text_[at_]) {
      case '{':
        return object(depth);
      case '[':
        return array(depth);
      case '"': {
        LLMC_TRY(std::string text, string());
        return Json(std::move(text));
      }
      default:
        break;
    }
    if (take_word("true")) return Json(true);
    if (take_word("false")) return Json(false);
    if (take_word("null")) return Json();
    return number();
  }

  Result<Json> object(int depth) {
    ++at_;
    Json::Object members;
    if (take('}')) return Json(std::move(members));
    do {
      skip_space();
      if (at_ == text_.size() || text_[at_] != '"') return wrong("expected a member's name");
      LLMC_TRY(std::string name, string());
      if (!take(':')) return wrong("expected ':'");
      LLMC_TRY(Json member, value(depth + 1));
      members.emplace_back(std::move(name), std::move(member));
    } while (take(','));
    if (!take('}')) return wrong("expected ',' or '}'");
    return Json(std::move(members));
  }

  Result<Json> array(int depth) {
    ++at_;
    Json::Array items;
    if (take(']')) return Json(std::move(items));
    do {
      LLMC_TRY(Json item, value(depth + 1));
      items.push_back(std::move(item));
    } while (take(','));
    if (!take(']')) return wrong("expected ',' or ']'");
    return Json(std::move(items));
  }

  Result<Json> number() {
    const std::size_t start = at_;
    while (at_ < text_.size() && std::string_view("+-0123456789.eE").contains(text_[at_])) ++at_;
    const char* first = text_.data() + start;
    const char* last = text_.data() + at_;
    std::int64_t whole = 0;
    if (const auto read = std::from_chars(first, last, whole);
        read.ec == std::errc() && read.ptr == last && first != last)
      return Json(whole);
    double real = 0;
    const auto read = std::from_chars(first, last, real);
    if (first != last && read.ec == std::errc() && read.ptr == last && std::isfinite(real))
      return Json(real);
    at_ = start;
    return wrong("expected a value");
  }

  Result<std::string> string() {
    std::string out;
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      const char c = text_[at_];
      if (static_cast<unsigned char>(c) < 0x20) return wrong("a control character in a string");
      if (c != '\\') {
        out += c;
        continue;
      }
      if (++at_ == text_.size()) break;
      LLMC_CHECK(escape(out));
    }
    if (at_ >= text_.size()) return wrong("a string that does not end");
    ++at_;
    return out;
  }

  /// Reads what follows a backslash; at_ stays on its last character.
  Result<void> escape(std::string& out) {
    static constexpr std::string_view letters = "\"\\/bfnrt";
    static constexpr std::string_view meanings = "\"\\/\b\f\n\r\t";
    if (const std::size_t i = letters.find(text_[at_]); i != std::string_view::npos) {
      out += meanings[i];
      return {};
    }
    if (text_[at_] != 'u') return wrong("an unknown escape in a string");
    LLMC_TRY(std::uint32_t code, hex4());
    if (code >= 0xD800 && code < 0xDC00 && text_.substr(at_ + 1).starts_with("\\u")) {
      at_ += 2;
      LLMC_TRY(const std::uint32_t low, hex4());
      if (low < 0xDC00 || low > 0xDFFF) return wrong("half of a surrogate pair");
      code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
    } else if (code >= 0xD800 && code < 0xE000) {
      return wrong("half of a surrogate pair");
    }
    append_utf8(code, out);
    return {};
  }

  /// The four digits after the 'u' at at_; at_ ends on the last.
  Result<std::uint32_t> hex4() {
    const std::string_view digits = text_.substr(at_ + 1, 4);
    std::uint32_t code = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), code, 16);
    if (digits.size() < 4 || read.ptr != digits.data() + 4)
      return wrong("expected four hex digits");
    at_ += 4;
    return code;
  }

  static void append_utf8(std::uint32_t code, std::string& out) {
    const auto byte = [&out](std::uint32_t value) { out += static_cast<char>(value); };
    if (code < 0x80) return byte(code);
    if (code < 0x800) {
      byte(0xC0 | code >> 6);
    } else {
      if (code < 0x10000) {
        byte(0xE0 | code >> 12);
      } else {
        byte(0xF0 | code >> 18);
        byte(0x80 | (code >> 12 & 0x3F));
      }
      byte(0x80 | (code >> 6 & 0x3F));
    }
    byte(0x80 | (code & 0x3F));
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

void dump_string(std::string_view text, std::string& out) {
  out += '"';
  while (!text.empty()) {
    const char c = text[0];
    const std::size_t length = utf8_length(text);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (static_cast<unsigned char>(c) < 0x20) {
      char escaped[8];
      std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned char>(c));
      out += escaped;
    } else {
      out += length == 0 ? std::string_view("\xEF\xBF\xBD") : text.substr(0, length);
    }
    text.remove_prefix(std::max<std::size_t>(1, length));
  }
  out += '"';
}

void dump_value(const Json& json, std::string& out) {
  if (const bool* value = json.boolean()) {
    out += *value ? "true" : "false";
  } else if (const std::int64_t* whole = json.integer()) {
    out += std::to_string(*whole);
  } else if (json.is_number() && std::isfinite(json.number())) {
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, json.number()).ptr;
    out.append(digits, end);
  } else if (const std::string* text = json.string()) {
    dump_string(*text, out);
  } else if (const Json::Array* items = json.array()) {
    out += '[';
    for (std::size_t i = 0; i < items->size(); ++i) {
      if (i != 0) out += ',';
      dump_value((*items)[i], out);
    }
    out += ']';
  } else if (const Json::Object* members = json.object()) {
    out += '{';
    for (std::size_t i = 0; i < members->size(); ++i) {
      if (i != 0) out += ',';
      dump_string((*members)[i].first, out);
      out += ':';
      dump_value((*members)[i].second, out);
    }
    out += '}';
  } else {
    out += "null";
  }
}

}  // namespace

Result<Json> Json::parse(std::string_view text) { return Parser(text).document(); }

std::string Json::dump() const {
  std::string out;
  dump_value(*this, out);
  return out;
}

double Json::number() const {
  if (const std::int64_t* whole = integer()) return static_cast<double>(*whole);
  return *std::get_if<double>(&value_);
}

const Json* Json::find(std::string_view name) const {
  const Object* members = object();
  if (members == nullptr) return nullptr;
  for (const Member& member : *members)
    if (member.first == name) return &member.second;
  return nullptr;
}

Json& Json::set(std::string_view name, Json value) {
  if (is_null()) value_ = Object{};
  Object& members = std::get<Object>(value_);
  for (Member& member : members) {
    if (member.first != name) continue;
    member.second = std::move(value);
    return *this;
  }
  members.emplace_back(std::string(name), std::move(value));
  return *this;
}

void JsonReader::wrong(const char* name, const char* expected) {
  if (error_.empty()) error_ = where_ + ": '" + name + "' must be " + expected;
}

const Json* JsonReader::member(const char* name) {
  known_.emplace_back(name);
  return json_.find(name);
}

void JsonReader::read(const char* name, std::string& value) {
  const Json* found = member(name);
  if (found == nullptr) return;
  if (const std::string* text = found->string())
    value = *text;
  else
    wrong(name, "text");
}

void JsonReader::read(const char* name, double& value) {
  const Json* found = member(name);
  if (found == nullptr) return;
  if (found->is_number())
    value = found->number();
  else
    wrong(name, "a number");
}

void JsonReader::read(const char* name, std::int64_t& value) {
  const Json* found = member(name);
  if (found == nullptr) return;
  if (const std::int64_t* whole = found->integer())
    value = *whole;
  else
    wrong(name, "a whole number");
}

void JsonReader::read(const char* name, bool& value) {
  const Json* found = member(name);
  if (found == nullptr) return;
  if (const bool* flag = found->boolean())
    value = *flag;
  else
    wrong(name, "true or false");
}

void JsonReader::read(const char* name, std::vector<std::string>& value) {
  const Json* found = member(name);
  if (found == nullptr) return;
  const Json::Array* items = found->array();
  if (items == nullptr) return wrong(name, "a list of texts");
  value.clear();
  for (const Json& item : *items) {
    if (item.string() == nullptr) return wrong(name, "a list of texts");
    value.push_back(*item.string());
  }
}

Result<void> JsonReader::finish() const {
  if (json_.object() == nullptr) return fail(where_ + ": must be an object");
  if (!error_.empty()) return fail(error_);
  for (const Json::Member& member : *json_.object())
    if (std::find(known_.begin(), known_.end(), member.first) == known_.end())
      return fail(where_ + ": unknown setting '" + member.first + "'");
  return {};
}

}  // namespace llmc::train
