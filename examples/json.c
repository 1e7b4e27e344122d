/* A JSON parser and serializer (RFC 8259). All values of a document live in one arena and are
 * released together; arrays and objects are singly linked lists of their members in source order.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { k_max_depth = 64 };

/* A bump allocator over memory of the caller, which is aligned for any type. */
typedef struct Arena {
  char *memory;
  size_t used, capacity;
} Arena;

typedef enum JsonType { k_null, k_bool, k_number, k_string, k_array, k_object } JsonType;

typedef struct JsonValue {
  JsonType type;
  struct JsonValue *next; /* the next member of the enclosing array or object */
  const char *key;        /* the name within the enclosing object */
  union {
    bool boolean;
    double number;
    const char *text;
    struct JsonValue *first;
  } as;
} JsonValue;

/* `message` is NULL when there is no error. Line and column count from 1, columns in bytes. */
typedef struct JsonError {
  const char *message;
  size_t offset, line, column;
} JsonError;

typedef struct Parser {
  const char *at, *end, *error;
  int depth;
  Arena *arena;
} Parser;

/* Records the first error; parsing stops where it is. Always returns false. */
static bool fail(Parser *parser, const char *message) {
  if (parser->error == NULL) parser->error = message;
  return false;
}

/* The next character; NUL, which no JSON token begins with, at the end. */
static char peek(const Parser *parser) { return parser->at < parser->end ? *parser->at : '\0'; }

static bool is_digit(const Parser *parser) { return peek(parser) >= '0' && peek(parser) <= '9'; }

static bool accept(Parser *parser, char wanted) {
  bool found = parser->at < parser->end && *parser->at == wanted;
  parser->at += found;
  return found;
}

static void skip_space(Parser *parser) {
  while (peek(parser) != '\0' && strchr(" \t\r\n", peek(parser)) != NULL) parser->at++;
}

/* Returns `size` bytes aligned for any type, or NULL (after an error) when the arena is used up. */
static void *take(Parser *parser, size_t size) {
  Arena *arena = parser->arena;
  size_t unit = sizeof(max_align_t), rounded = (size + unit - 1) / unit * unit;
  if (arena->capacity - arena->used < rounded) {
    fail(parser, "out of memory");
    return NULL;
  }
  arena->used += rounded;
  return arena->memory + arena->used - rounded;
}

/* Reads the four hex digits of a \u escape. */
static bool parse_hex4(Parser *parser, uint32_t *unit) {
  static const char digits[] = "0123456789abcdef0123456789ABCDEF";
  *unit = 0;
  for (int i = 0; i < 4; i++, parser->at++) {
    const char *digit = memchr(digits, peek(parser), sizeof digits - 1);
    if (digit == NULL) return fail(parser, "expected four hex digits after \\u");
    *unit = *unit << 4 | ((uint32_t)(digit - digits) & 15u);
  }
  return true;
}

static char *put_utf8(char *out, uint32_t point) {
  static const uint8_t lead[] = {0, 0xc0, 0xe0, 0xf0};
  int trailing = (point >= 0x80) + (point >= 0x800) + (point >= 0x10000);
  *out++ = (char)(lead[trailing] | point >> 6 * trailing);
  while (trailing-- > 0) *out++ = (char)(0x80 | (point >> 6 * trailing & 0x3f));
  return out;
}

/* Decodes the escape after a backslash; a surrogate pair is two escapes for one code point. */
static bool parse_escape(Parser *parser, char **out) {
  static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
  if (accept(parser, 'u')) {
    uint32_t point, low;
    if (!parse_hex4(parser, &point)) return false;
    if (point >= 0xd800 && point < 0xe000) {
      if (point >= 0xdc00 || !accept(parser, '\\') || !accept(parser, 'u') ||
          !parse_hex4(parser, &low) || low < 0xdc00 || low >= 0xe000)
        return fail(parser, "unpaired surrogate");
      point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
    }
    *out = put_utf8(*out, point);
    return point != 0 || fail(parser, "NUL in a string");
  }
  const char *name = memchr(names, peek(parser), 8);
  if (name == NULL) return fail(parser, "unknown escape");
  *(*out)++ = values[name - names];
  parser->at++;
  return true;
}

/* Reads a string from its opening quote. The decoded text is never longer than its source. */
static bool parse_string(Parser *parser, const char **text) {
  if (!accept(parser, '"')) return fail(parser, "expected a string");
  const char *close = parser->at;
  while (close < parser->end && *close != '"')
    close += *close == '\\' && close + 1 < parser->end ? 2 : 1;
  char *out = take(parser, (size_t)(close - parser->at) + 1);
  if (out == NULL) return false;
  *text = out;
  while (!accept(parser, '"')) {
    if (parser->at == parser->end) return fail(parser, "unterminated string");
    if ((uint8_t)*parser->at < 0x20) return fail(parser, "control character in a string");
    if (!accept(parser, '\\'))
      *out++ = *parser->at++;
    else if (!parse_escape(parser, &out))
      return false;
  }
  *out = '\0';
  return true;
}

static bool skip_digits(Parser *parser) {
  bool found = is_digit(parser);
  while (is_digit(parser)) parser->at++;
  return found || fail(parser, "expected a digit");
}

/* Checks the grammar itself, since strtod() also takes hex, infinities and leading zeros. */
static bool parse_number(Parser *parser, double *number) {
  const char *first = parser->at;
  accept(parser, '-');
  if ((!accept(parser, '0') && !skip_digits(parser)) ||
      (accept(parser, '.') && !skip_digits(parser)))
    return false;
  if (accept(parser, 'e') || accept(parser, 'E')) {
    if (!accept(parser, '+')) accept(parser, '-');
    if (!skip_digits(parser)) return false;
  }
  size_t length = (size_t)(parser->at - first);
  char *copy = take(parser, length + 1);
  if (copy == NULL) return false;
  memcpy(copy, first, length);
  copy[length] = '\0';
  *number = strtod(copy, NULL);
  return *number - *number == 0.0 || fail(parser, "number out of range");
}

static JsonValue *parse_value(Parser *parser);

/* Reads the members of an array or object up to `close`; the opening bracket is already read. */
static bool parse_members(Parser *parser, JsonValue *parent, char close) {
  JsonValue **link = &parent->as.first;
  skip_space(parser);
  if (accept(parser, close)) return true;
  do {
    const char *key = NULL;
    skip_space(parser);
    if (parent->type == k_object) {
      if (!parse_string(parser, &key)) return false;
      skip_space(parser);
      if (!accept(parser, ':')) return fail(parser, "expected ':'");
    }
    *link = parse_value(parser);
    if (*link == NULL) return false;
    (*link)->key = key;
    link = &(*link)->next;
    skip_space(parser);
  } while (accept(parser, ','));
  return accept(parser, close) || fail(parser, "expected ',' or a closing bracket");
}

static bool parse_keyword(Parser *parser, const char *word) {
  for (; *word != '\0'; word++)
    if (!accept(parser, *word)) return fail(parser, "expected a value");
  return true;
}

/* Returns NULL after an error, which is then in `parser->error`. */
static JsonValue *parse_value(Parser *parser) {
  skip_space(parser);
  JsonValue *value = take(parser, sizeof *value);
  if (value == NULL) return NULL;
  *value = (JsonValue){.type = k_null};
  bool parsed;
  if (++parser->depth > k_max_depth) {
    parsed = fail(parser, "nested too deeply");
  } else if (accept(parser, '{')) {
    value->type = k_object;
    parsed = parse_members(parser, value, '}');
  } else if (accept(parser, '[')) {
    value->type = k_array;
    parsed = parse_members(parser, value, ']');
  } else if (peek(parser) == '"') {
    value->type = k_string;
    parsed = parse_string(parser, &value->as.text);
  } else if (peek(parser) == '-' || is_digit(parser)) {
    value->type = k_number;
    parsed = parse_number(parser, &value->as.number);
  } else if (peek(parser) == 't' || peek(parser) == 'f') {
    value->type = k_bool;
    value->as.boolean = peek(parser) == 't';
    parsed = parse_keyword(parser, value->as.boolean ? "true" : "false");
  } else {
    parsed = parse_keyword(parser, "null");
  }
  parser->depth--;
  return parsed ? value : NULL;
}

/* Parses one document. On failure returns NULL and fills `*error`. */
static JsonValue *json_parse(Arena *arena, const char *text, size_t length, JsonError *error) {
  Parser parser = {text, text + length, NULL, 0, arena};
  JsonValue *root = parse_value(&parser);
  if (root != NULL) skip_space(&parser);
  if (root != NULL && parser.at != parser.end) fail(&parser, "text after the document");
  *error = (JsonError){parser.error, (size_t)(parser.at - text), 1, 1};
  for (const char *at = text; at < parser.at; at++) {
    error->column = *at == '\n' ? 1 : error->column + 1;
    error->line += *at == '\n';
  }
  return parser.error == NULL ? root : NULL;
}

/* Like snprintf: `length` counts what the whole text needs, `out` gets what fits. */
typedef struct Writer {
  char *out;
  size_t capacity, length;
} Writer;

static void put_text(Writer *writer, const char *text) {
  for (; *text != '\0'; text++, writer->length++)
    if (writer->length + 1 < writer->capacity) writer->out[writer->length] = *text;
}

static void put_string(Writer *writer, const char *text) {
  static const char names[] = "\"\\bfnrt", values[] = "\"\\\b\f\n\r\t";
  put_text(writer, "\"");
  for (; *text != '\0'; text++) {
    const char *known = strchr(values, *text);
    char escape[8] = {*text};
    if (known != NULL)
      snprintf(escape, sizeof escape, "\\%c", names[known - values]);
    else if ((uint8_t)*text < 0x20)
      snprintf(escape, sizeof escape, "\\u%04x", (unsigned)*text);
    put_text(writer, escape);
  }
  put_text(writer, "\"");
}

/* Writes the shortest decimal form that reads back as the same number. */
static void put_number(Writer *writer, double number) {
  char digits[32];
  int precision = 0;
  do snprintf(digits, sizeof digits, "%.*g", ++precision, number);
  while (precision < 17 && strtod(digits, NULL) != number);
  put_text(writer, digits);
}

static void put_value(Writer *writer, const JsonValue *value) {
  switch (value->type) {
  case k_null: put_text(writer, "null"); return;
  case k_bool: put_text(writer, value->as.boolean ? "true" : "false"); return;
  case k_number: put_number(writer, value->as.number); return;
  case k_string: put_string(writer, value->as.text); return;
  case k_array:
  case k_object: break;
  }
  put_text(writer, value->type == k_array ? "[" : "{");
  for (const JsonValue *member = value->as.first; member != NULL; member = member->next) {
    if (member->key != NULL) {
      put_string(writer, member->key);
      put_text(writer, ":");
    }
    put_value(writer, member);
    put_text(writer, member->next != NULL ? "," : "");
  }
  put_text(writer, value->type == k_array ? "]" : "}");
}

/* Writes compact JSON, always terminated when `capacity` > 0. Returns the length it needs. */
static size_t json_write(const JsonValue *value, char *out, size_t capacity) {
  Writer writer = {out, capacity, 0};
  put_value(&writer, value);
  if (capacity > 0) out[writer.length < capacity ? writer.length : capacity - 1] = '\0';
  return writer.length;
}

/* The member of an object with this name, or NULL. */
static const JsonValue *json_find(const JsonValue *object, const char *key) {
  if (object == NULL || object->type != k_object) return NULL;
  const JsonValue *member = object->as.first;
  while (member != NULL && strcmp(member->key, key) != 0) member = member->next;
  return member;
}

#define CHECK(number, condition)                                                                   \
  if (!(condition))                                                                                \
  return fprintf(stderr, "json: check %d failed: %s\n", (number), #condition), (number)

static max_align_t g_memory[2000];

/* Each text parses, and is written as its second form, which parses and writes as itself. */
static int check_round_trips(void) {
  static const char *const texts[][2] = {
      {" [ ] ", "[]"},
      {"{\"a\" : {\"b\": [1, 2.50, -0.0, 1E+3]}}", "{\"a\":{\"b\":[1,2.5,-0,1e+03]}}"},
      {"\"\\u0041\\u00e9\\u20ac\\ud83d\\ude00\"", "\"A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\""},
      {"\"\\/\\b\\u0001\\u001F\"", "\"/\\b\\u0001\\u001f\""},
      {"[true,false,null,0.1,1e-7]", "[true,false,null,0.1,1e-07]"},
  };
  for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
    Arena arena = {(char *)g_memory, 0, sizeof g_memory};
    JsonError error;
    char out[128], again[128];
    const JsonValue *value = json_parse(&arena, texts[i][0], strlen(texts[i][0]), &error);
    CHECK(1, value != NULL && error.message == NULL);
    size_t length = json_write(value, out, sizeof out);
    CHECK(2, strcmp(out, texts[i][1]) == 0 && length == strlen(out));
    value = json_parse(&arena, out, length, &error);
    CHECK(3, value != NULL && json_write(value, again, sizeof again) == length);
    CHECK(4, strcmp(out, again) == 0);
    CHECK(5, json_write(value, again, 2) == length && again[0] == out[0] && again[1] == '\0');
  }
  return 0;
}

static int check_errors(void) {
  static const struct {
    const char *text, *message;
    size_t line, column;
  } cases[] = {
      {"tru", "expected a value", 1, 4},
      {"[1,\n 2,\n 3 4]", "expected ',' or a closing bracket", 3, 4},
      {"{\"a\" 1}", "expected ':'", 1, 6},
      {"\"abc\\", "unknown escape", 1, 6},
      {"\"abc", "unterminated string", 1, 5},
      {"\"\\ud800x\"", "unpaired surrogate", 1, 8},
      {"\"\\u12g4\"", "expected four hex digits after \\u", 1, 6},
      {"\"\n\"", "control character in a string", 1, 2},
      {"01", "text after the document", 1, 2},
      {"-1e999", "number out of range", 1, 7},
      {"\"\\u0000\"", "NUL in a string", 1, 8},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    Arena arena = {(char *)g_memory, 0, sizeof g_memory};
    JsonError error;
    CHECK(20, json_parse(&arena, cases[i].text, strlen(cases[i].text), &error) == NULL);
    CHECK(21, strcmp(error.message, cases[i].message) == 0);
    CHECK(22, error.line == cases[i].line && error.column == cases[i].column);
  }
  return 0;
}

static int check_documents(void) {
  static const char text[] = "{\"name\":\"llmc\",\"sizes\":[64,128],\"big\":1234567890123}";
  char deep[2 * k_max_depth + 2];
  Arena arena = {(char *)g_memory, 0, sizeof g_memory};
  JsonError error;
  const JsonValue *root = json_parse(&arena, text, sizeof text - 1, &error);
  CHECK(40, root != NULL && strcmp(json_find(root, "name")->as.text, "llmc") == 0);
  CHECK(41, json_find(root, "sizes")->as.first->next->as.number == 128.0);
  CHECK(43, json_find(root, "none") == NULL && json_find(json_find(root, "big"), "x") == NULL);
  memset(deep, '[', k_max_depth);
  memset(deep + k_max_depth, ']', k_max_depth);
  CHECK(44, json_parse(&arena, deep, 2 * k_max_depth, &error) != NULL);
  memset(deep, '[', k_max_depth + 1);
  CHECK(45, json_parse(&arena, deep, 2 * k_max_depth, &error) == NULL);
  CHECK(46, error.offset == k_max_depth && strcmp(error.message, "nested too deeply") == 0);
  for (size_t cut = 0; cut < sizeof text - 1; cut++, arena.used = 0)
    CHECK(47, json_parse(&arena, text, cut, &error) == NULL && error.offset <= cut);
  arena.capacity = 300;
  CHECK(48, json_parse(&arena, text, sizeof text - 1, &error) == NULL);
  CHECK(49, strcmp(error.message, "out of memory") == 0);
  return 0;
}

int main(void) {
  int failed = check_round_trips();
  if (failed == 0) failed = check_errors();
  return failed != 0 ? failed : check_documents();
}
