// A tree of values like JSON: parsed with positions of errors, printed back, searched by paths, and merged by moving
// nodes from one tree into the other; the nodes own their children and their next sibling.
#include "checksum.h"
#include <memory>
#include <string>
#include <utility>

struct Bad { int at; char why; };
struct Value {
  enum Kind { null, boolean, number, text, list, object };
  using Ref = std::unique_ptr<Value>;

  // The child of that name or index; the link that holds it, at the end an empty one.
  Ref *find(const std::string &name) {
    Ref *link = &first_;
    for (int index = 0; *link; link = &(*link)->next_, ++index)
      if (kind_ == object ? (*link)->name_ == name : (*link)->kind_ != null && (char)('0' + index) == name[0]) break;
    return link;
  }
  Value *path(const std::string &steps) {
    size_t slash = steps.find('/');
    Ref *link = find(steps.substr(0, slash));
    return !*link || slash == std::string::npos ? link->get() : (*link)->path(steps.substr(slash + 1));
  }
  // What the patch says goes in; null removes; objects are merged in turn.
  int merge(Ref patch) {
    int changes = 0;
    for (Ref change = std::move(patch->first_); change;) {
      Ref rest = std::move(change->next_);
      Ref *old = find(change->name_);
      if (*old && (*old)->kind_ == object && change->kind_ == object) {
        changes += (*old)->merge(std::move(change)) * 10;
      } else if (++changes) {
        Ref tail = *old ? std::move((*old)->next_) : nullptr;
        bool removing = change->kind_ == null;
        if (!removing) change->next_ = std::move(tail);
        *old = removing ? std::move(tail) : std::move(change);
      }
      change = std::move(rest);
    }
    return changes;
  }
  void print(std::string &out) const {
    switch (kind_) {
      case null: out += "null"; break;
      case boolean: out += number_ != 0 ? "true" : "false"; break;
      case number: out += std::to_string((long)(number_ * 100)); break;
      case text: print_text(out, text_); break;
      default:
        out += kind_ == list ? '[' : '{';
        for (const Value *child = first_.get(); child; child = child->next_.get()) {
          if (child != first_.get()) out += ',';
          if (kind_ == object) print_text(out, child->name_);
          child->print(out);
        }
        out += kind_ == list ? ']' : '}';
    }
  }
  static Ref parse(const char *&p, int depth) {
    Ref v(depth > 6 ? throw Bad{depth, 'd'} : new Value);
    skip(p);
    if (*p == 'n' || *p == 't' || *p == 'f') {
      const char *word = *p == 'n' ? "null" : *p == 't' ? "true" : "false";
      v->kind_ = *p == 'n' ? null : boolean;
      v->number_ = *p == 't';
      while (*word) expect(p, *word++);
    } else if (*p == '"') {
      v->kind_ = text;
      v->text_ = quoted(p);
    } else if (*p == '[' || *p == '{') {
      v->kind_ = *p == '[' ? list : object;
      const char close = *p++ == '[' ? ']' : '}';
      skip(p);
      for (Ref *tail = &v->first_; *p != close; tail = &(*tail)->next_) {
        if (tail != &v->first_) expect(p, ',');
        std::string name = v->kind_ == object ? quoted(p) : "";
        if (v->kind_ == object) expect(p, ':');
        *tail = parse(p, depth + 1);
        (*tail)->name_ = std::move(name);
      }
      ++p;
    } else {
      double sign = *p == '-' ? -1 : 1, scale = 1;
      if (*p == '-') ++p;
      if (*p < '0' || *p > '9') throw Bad{depth, *p};
      for (v->kind_ = number; *p >= '0' && *p <= '9'; ++p) v->number_ = v->number_ * 10 + (*p - '0');
      if (*p == '.') for (++p; *p >= '0' && *p <= '9'; ++p) v->number_ += (*p - '0') * (scale /= 2);
      v->number_ *= sign;
    }
    skip(p);
    return v;
  }
  static void skip(const char *&p) { while (*p == ' ') ++p; }
  static void expect(const char *&p, char c) { *p == c ? ++p : throw Bad{*p, c}; }
  static std::string quoted(const char *&p) {
    std::string s;
    skip(p);
    for (expect(p, '"'); *p != '"'; ++p) s += *p == '\\' ? *++p : *p ? *p : throw Bad{(int)s.size(), '"'};
    skip(++p);
    return s;
  }
  static void print_text(std::string &out, const std::string &s) {
    out += '"';
    for (char c : s) { if (c == '"' || c == '\\') out += '\\'; out += c; }
    out += '"';
  }
  Kind kind_ = null;
  double number_ = 0;
  std::string text_, name_;
  Ref first_, next_;
};

int main() {
  static const char *const texts[] = {"{\"a\":1,\"list\":[1,-2.25,[],{\"x\":null}],\"deep\":{\"q\":{\"r\":true}}}",
      " { \"a\" : \"new \\\"text\\\" that is long\" ,\"list\":null,\"deep\":{\"q\":{\"s\":[false]},\"t\":0.5}}", "[1,2,", "\"open",
      "{\"deep\":7,\"b\":{}}", "{\"deep\":{\"q\":null,\"t\":[[[[2]]]]},\"a\":[]}", "[[[[[[[[1]]]]]]]]", "nul", "{\"a\" 1}", "-", "[3 4]", "{}"};
  const char *const paths[] = {"a", "list/1", "list/3/x", "deep/q/r", "deep/t/0/0", "zz/a", "deep/q/s"};
  for (const char *base : texts)
    for (const char *patch : texts) try {
      const char *p = base + opaque(0), *q = patch + opaque(0);
      Value::Ref value = Value::parse(p, 0);
      mix(value->merge(Value::parse(q, 0)));
      mix((p - base) * 1000 + (q - patch));
      std::string s;
      value->print(s);
      for (const char *path : paths) if (Value *found = value->path(path)) found->print(s);
      mix_text(s.c_str());
    } catch (const Bad &bad) { mix(bad.at * 1000 + bad.why); }
  return report();
}
