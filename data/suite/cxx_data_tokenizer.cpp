// A tokenizer on std::string_view: prefixes, suffixes, searches from both ends, numbers in several bases, escapes,
// keywords by binary search, nested comments, and an iterator of one's own that yields the tokens in a range-for.
#include "checksum.h"
#include <string_view>

using std::string_view;
enum class Kind : unsigned char { end, name, keyword, number, text, symbol, error };
struct Token { Kind kind; string_view text; long value; };

static constexpr string_view keywords[] = {"break", "case", "const", "do", "else", "for", "if", "return", "while"};
static constexpr string_view symbols[] = {"<<=", "...", "<<", "<=", "==", "->", "+", "-", "<", "=", "(", ")", "{", "}", ";"};

constexpr bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr int digit_value(char c) { return is_digit(c) ? c - '0' : is_letter(c) && c != '_' ? (c | 32) - 'a' + 10 : 99; }

static __attribute__((noinline)) int keyword_number(string_view word) {
  int low = 0, high = (int)(sizeof keywords / sizeof *keywords);
  while (low < high) {
    int middle = (low + high) / 2, order = word.compare(keywords[middle]);
    if (order == 0) return middle;
    (order < 0 ? high : low) = order < 0 ? middle : middle + 1;
  }
  return -1;
}

class Scanner {
 public:
  explicit Scanner(string_view text) : rest_(text) {}
  struct Iterator {
    Scanner *scanner = nullptr;
    Token token{Kind::end, {}, 0};
    const Token &operator*() const { return token; }
    Iterator &operator++() {
      token = scanner->next();
      if (token.kind == Kind::end) scanner = nullptr;
      return *this;
    }
    bool operator!=(const Iterator &o) const { return scanner != o.scanner; }
  };
  Iterator begin() { return ++Iterator{this}; }
  Iterator end() { return Iterator(); }
  int line() const { return line_; }
 private:
  static bool starts(string_view s, string_view with) { return s.substr(0, with.size()) == with; }
  Token cut(Kind kind, size_t length, long value) {
    string_view whole = rest_;
    rest_.remove_prefix(length < whole.size() ? length : whole.size());
    return {kind, whole.substr(0, length), value};
  }
  bool skip_blank() {
    for (;;) {
      size_t blanks = rest_.find_first_not_of(" \t\n");
      if (blanks == string_view::npos) blanks = rest_.size();
      for (char c : rest_.substr(0, blanks)) line_ += c == '\n';
      rest_.remove_prefix(blanks);
      if (starts(rest_, "//")) {
        rest_.remove_prefix(rest_.find('\n') == string_view::npos ? rest_.size() : rest_.find('\n'));
      } else if (starts(rest_, "/*")) {
        int depth = 0;
        size_t i = 0;
        do {
          int change = starts(rest_.substr(i), "/*") - starts(rest_.substr(i), "*/");
          if (i >= rest_.size()) return false;
          depth += change;
          i += change ? 2 : 1;
        } while (depth > 0);
        rest_.remove_prefix(i);
      } else return true;
    }
  }
  Token number() {
    int base = starts(rest_, "0x") ? 16 : starts(rest_, "0b") ? 2 : 10;
    size_t i = base == 10 ? 0 : 2;
    unsigned long value = 0;
    for (; i < rest_.size() && (rest_[i] == '\'' || digit_value(rest_[i]) < base); ++i)
      if (rest_[i] != '\'') value = value * (unsigned long)base + (unsigned long)digit_value(rest_[i]);
    bool bad = i < rest_.size() && (is_letter(rest_[i]) || is_digit(rest_[i]));
    return cut(bad || rest_[i - 1] == '\'' ? Kind::error : Kind::number, i, (long)value);
  }
  Token next() {
    if (!skip_blank()) return cut(Kind::error, rest_.size(), 1);
    if (rest_.empty()) return {Kind::end, rest_, line_};
    char c = rest_.front();
    if (is_digit(c)) return number();
    if (is_letter(c)) {
      size_t i = 1;
      while (i < rest_.size() && (is_letter(rest_[i]) || is_digit(rest_[i]))) ++i;
      int found = keyword_number(rest_.substr(0, i));
      return cut(found < 0 ? Kind::name : Kind::keyword, i, found);
    }
    if (c == '"' || c == '\'') {
      long hash = 0;
      for (size_t i = 1; i < rest_.size() && rest_[i] != '\n'; ++i) {
        if (rest_[i] == c) return cut(Kind::text, i + 1, hash);
        if (rest_[i] == '\\' && i + 1 < rest_.size()) hash = hash * 31 % 1000003 + 1000 + rest_[++i];
        else hash = hash * 31 % 1000003 + rest_[i];
      }
      return cut(Kind::error, rest_.find('\n'), 2);
    }
    for (const string_view &symbol : symbols)
      if (starts(rest_, symbol)) return cut(Kind::symbol, symbol.size(), &symbol - symbols);
    return cut(Kind::error, 1, c);
  }
  string_view rest_;
  int line_ = 1;
};

int main() {
  static const char *const texts[] = {
      "", "for (i = 0; i <= 0x1F; i <<= 0b101) { return_ -> x9; }\n// done\nelse", "/* open /* ",
      "/* a /* b */ c */ do/**/case 12'345 9z 7'", "\"text \\\" more\" 'q' \"open\nwhile ... .",
      "a==b<c<<d<=e->f-g+h,const\n\n\n  break // end", "const constant cons @ # iff if 0xg 0b2 00012 \"\\"};
  for (const char *text : texts)
    for (size_t cut = 0; cut < 4; ++cut) {
      string_view view(text + opaque(0));
      Scanner scanner(view.substr(0, view.size() - (view.size() < cut * 3 ? 0 : cut * 3)));
      for (const Token &token : scanner) {
        mix((uint64_t)token.value * 7 + (uint64_t)token.kind);
        mix(token.text.size() * 1000 + (unsigned char)token.text.back());
      }
      mix(view.find_last_of("=;\"") * 1000 + view.find("= ") + (size_t)scanner.line() * 1000000);
    }
  return report();
}
