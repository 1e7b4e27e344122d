/* A small language, compiled to bytecode and run on a stack machine.
 *
 *   program    = { "fn" name "(" [ name { "," name } ] ")" block | statement }
 *   statement  = "let" name "=" expression ";" | "return" expression ";" | expression ";"
 *              | "if" expression block [ "else" block ] | "while" expression block
 *   block      = "{" { statement } "}"
 *   expression = operators  == != < <= > >= + - * / % ! and unary -, calls, parentheses
 *
 * Values are 64-bit integers that wrap around. "let" sets a variable, or declares it for the rest
 * of the block. Statements outside functions form the main function; the default result is 0.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { k_max_code = 512, k_max_functions = 16, k_max_locals = 16, k_max_name = 16 };
enum { k_max_stack = 512, k_max_frames = 24 };

/* A symbol is its character, or first * 256 + second; a keyword is k_fn and up. */
enum { k_equal = 0x3d3d, k_not_equal = 0x213d, k_at_most = 0x3c3d, k_at_least = 0x3e3d };
enum { k_end, k_number = 256, k_name, k_fn = 1 << 16, k_let, k_return, k_if, k_else, k_while };

enum { op_push, op_load, op_store, op_pop, op_not, op_jump, op_jump_if_zero, op_call, op_return };
enum { op_add = 16, op_subtract, op_multiply, op_divide, op_modulo };
enum { op_less = 32, op_less_equal, op_equal };

/* The operand is a value, a slot, a target or a function; 0 where an opcode takes none. */
typedef struct Instruction {
  int opcode;
  int64_t operand;
} Instruction;

typedef struct Function {
  char name[k_max_name];
  int arity, entry; /* the entry is -1 until the definition */
} Function;

typedef struct Program {
  Instruction code[k_max_code];
  Function functions[k_max_functions];
  int size, function_count;
} Program;

typedef struct Compiler {
  const char *at;
  int token; /* what stands before `at`, with its value: */
  int64_t number;
  char name[k_max_name], locals[k_max_locals][k_max_name];
  Program *program;
  int local_count, line;
  const char *error; /* NULL while there is none */
} Compiler;

/* Keeps the first error and ends the input, so that every loop of the compiler stops. */
static void fail(Compiler *c, const char *message) {
  if (c->error == NULL) c->error = message;
  c->at = "";
  c->token = k_end;
}

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || c == '_'; }

static void read_number(Compiler *c) {
  c->token = k_number;
  for (c->number = 0; is_digit(*c->at); c->at++) {
    if (c->number >= INT64_MAX / 10) return fail(c, "number too large");
    c->number = c->number * 10 + (*c->at - '0');
  }
}

static void read_name(Compiler *c) {
  static const char *const keywords[] = {"fn", "let", "return", "if", "else", "while"};
  c->token = k_name;
  memset(c->name, 0, sizeof c->name);
  for (int length = 0; is_letter(*c->at) || is_digit(*c->at); c->at++) {
    if (length + 1 == k_max_name) return fail(c, "name too long");
    c->name[length++] = *c->at;
  }
  for (int i = 0; i < 6; i++)
    if (strcmp(c->name, keywords[i]) == 0) c->token = k_fn + i;
}

/* Moves to the next token. */
static void advance(Compiler *c) {
  for (; *c->at == ' ' || *c->at == '\n'; c->at++) c->line += *c->at == '\n';
  if (is_digit(*c->at)) return read_number(c);
  if (is_letter(*c->at)) return read_name(c);
  c->token = *c->at == '\0' ? k_end : (uint8_t)*c->at++;
  if (c->token == k_end) return;
  if (strchr("=!<>", c->token) != NULL && *c->at == '=') c->token = c->token * 256 + *c->at++;
}

static bool accept(Compiler *c, int token) {
  bool found = c->token == token;
  if (found) advance(c);
  return found;
}

static void expect(Compiler *c, int token, const char *message) {
  if (!accept(c, token)) fail(c, message);
}

static void take_name(Compiler *c, char *name) {
  memcpy(name, c->name, k_max_name);
  expect(c, k_name, "expected a name");
}

/* Appends an instruction and returns its place. */
static int emit(Compiler *c, int opcode, int64_t operand) {
  if (c->program->size == k_max_code - 1) fail(c, "program too long");
  if (c->error != NULL) return 0;
  c->program->code[c->program->size] = (Instruction){opcode, operand};
  return c->program->size++;
}

/* Points an earlier jump at the next instruction. */
static void patch(Compiler *c, int jump) { c->program->code[jump].operand = c->program->size; }

/* The slot of the innermost variable with this name, or -1. */
static int find_local(const Compiler *c, const char *name) {
  int slot = c->local_count - 1;
  while (slot >= 0 && strcmp(c->locals[slot], name) != 0) slot--;
  return slot;
}

static void add_local(Compiler *c, const char *name) {
  if (c->local_count == k_max_locals) return fail(c, "too many variables");
  memcpy(c->locals[c->local_count++], name, k_max_name);
}

/* Finds or adds a function and agrees on its number of parameters. */
static int use_function(Compiler *c, const char *name, int arity) {
  Program *program = c->program;
  int index = 0;
  while (index < program->function_count && strcmp(program->functions[index].name, name) != 0)
    index++;
  if (index == k_max_functions) fail(c, "too many functions");
  if (c->error != NULL) return 0;
  if (index == program->function_count) {
    program->functions[program->function_count++] = (Function){"", arity, -1};
    memcpy(program->functions[index].name, name, k_max_name);
  }
  if (program->functions[index].arity != arity) fail(c, "wrong number of arguments");
  return index;
}

static void compile_expression(Compiler *c, int min_level);

static void compile_name(Compiler *c) {
  char name[k_max_name];
  int count = 0;
  take_name(c, name);
  if (!accept(c, '(')) {
    emit(c, op_load, find_local(c, name));
    if (find_local(c, name) < 0) fail(c, "unknown variable");
    return;
  }
  while (c->token != ')' && c->token != k_end) {
    if (count++ > 0) expect(c, ',', "expected ','");
    compile_expression(c, 0);
  }
  expect(c, ')', "expected ')'");
  emit(c, op_call, use_function(c, name, count));
}

static void compile_primary(Compiler *c) {
  if (c->token == k_name) return compile_name(c);
  if (c->token == k_number) {
    emit(c, op_push, c->number);
    advance(c);
  } else if (accept(c, '(')) {
    compile_expression(c, 0);
    expect(c, ')', "expected ')'");
  } else if (accept(c, '-')) {
    emit(c, op_push, 0);
    compile_primary(c);
    emit(c, op_subtract, 0);
  } else if (accept(c, '!')) {
    compile_primary(c);
    emit(c, op_not, 0);
  } else {
    fail(c, "expected an expression");
  }
}

/* A higher level binds tighter; `negate`: the opcode computes the opposite of the operator. */
static const struct OperatorRow {
  int token, level, opcode, negate;
} k_operators[] = {
    {k_equal, 1, op_equal, 0},  {k_not_equal, 1, op_equal, 1},
    {'<', 2, op_less, 0},       {k_at_most, 2, op_less_equal, 0},
    {'>', 2, op_less_equal, 1}, {k_at_least, 2, op_less, 1},
    {'+', 3, op_add, 0},        {'-', 3, op_subtract, 0},
    {'*', 4, op_multiply, 0},   {'/', 4, op_divide, 0},
    {'%', 4, op_modulo, 0},
};

static const struct OperatorRow *find_operator(int token) {
  size_t i = sizeof k_operators / sizeof k_operators[0];
  while (i > 0 && k_operators[i - 1].token != token) i--;
  return i > 0 ? &k_operators[i - 1] : NULL;
}

/* Compiles operators that bind at `min_level` or tighter, each level from left to right. */
static void compile_expression(Compiler *c, int min_level) {
  compile_primary(c);
  const struct OperatorRow *row;
  while ((row = find_operator(c->token)) != NULL && row->level >= min_level) {
    advance(c);
    compile_expression(c, row->level + 1);
    emit(c, row->opcode, 0);
    if (row->negate) emit(c, op_not, 0);
  }
}

static void compile_statement(Compiler *c);

/* Names declared in a block end with it; their slots are used again. */
static void compile_block(Compiler *c) {
  int outer = c->local_count;
  expect(c, '{', "expected '{'");
  while (c->token != '}' && c->token != k_end) compile_statement(c);
  expect(c, '}', "expected '}'");
  c->local_count = outer;
}

/* The rest of an "if", or of a "while" when `loops`. */
static void compile_branch(Compiler *c, bool loops) {
  int start = c->program->size;
  compile_expression(c, 0);
  int to_else = emit(c, op_jump_if_zero, 0);
  compile_block(c);
  int to_end = emit(c, op_jump, start);
  patch(c, to_else);
  if (loops) return;
  if (accept(c, k_else)) compile_block(c);
  patch(c, to_end);
}

static void compile_statement(Compiler *c) {
  if (accept(c, k_if)) return compile_branch(c, false);
  if (accept(c, k_while)) return compile_branch(c, true);
  if (accept(c, k_let)) {
    char name[k_max_name];
    take_name(c, name);
    expect(c, '=', "expected '='");
    compile_expression(c, 0);
    if (find_local(c, name) < 0) add_local(c, name);
    emit(c, op_store, find_local(c, name));
  } else {
    bool returns = accept(c, k_return);
    compile_expression(c, 0);
    emit(c, returns ? op_return : op_pop, 0);
  }
  expect(c, ';', "expected ';'");
}

/* Function bodies stand between the statements of the main function, which jumps over them. */
static void compile_function(Compiler *c) {
  Compiler outer = *c;
  char name[k_max_name], parameter[k_max_name];
  int over = emit(c, op_jump, 0);
  take_name(c, name);
  expect(c, '(', "expected '('");
  for (c->local_count = 0; c->token != ')' && c->token != k_end; add_local(c, parameter)) {
    if (c->local_count > 0) expect(c, ',', "expected ','");
    take_name(c, parameter);
  }
  expect(c, ')', "expected ')'");
  Function *function = &c->program->functions[use_function(c, name, c->local_count)];
  if (function->entry >= 0) fail(c, "function defined twice");
  function->entry = over + 1;
  compile_block(c);
  emit(c, op_push, 0);
  emit(c, op_return, 0);
  patch(c, over);
  memcpy(c->locals, outer.locals, sizeof c->locals);
  c->local_count = outer.local_count;
}

/* Compiles a source text. Returns NULL, or the first error with its line in `*line`. */
static const char *compile(const char *source, Program *program, int *line) {
  Compiler compiler = {.at = source, .program = program, .line = 1};
  program->size = program->function_count = 0;
  advance(&compiler);
  while (compiler.token != k_end)
    if (accept(&compiler, k_fn))
      compile_function(&compiler);
    else
      compile_statement(&compiler);
  emit(&compiler, op_push, 0);
  emit(&compiler, op_return, 0);
  for (int i = 0; i < program->function_count; i++)
    if (program->functions[i].entry < 0) fail(&compiler, "function not defined");
  *line = compiler.line;
  return compiler.error;
}

/* Wraps on overflow. The divisor is not zero. */
static int64_t apply(int opcode, int64_t left, int64_t right) {
  switch (opcode) {
  case op_add: return (int64_t)((uint64_t)left + (uint64_t)right);
  case op_subtract: return (int64_t)((uint64_t)left - (uint64_t)right);
  case op_multiply: return (int64_t)((uint64_t)left * (uint64_t)right);
  case op_divide: return right == -1 ? apply(op_subtract, 0, left) : left / right;
  case op_modulo: return right == -1 ? 0 : left % right;
  case op_less: return left < right;
  case op_less_equal: return left <= right;
  default: return left == right;
  }
}

/* Runs at most `budget` instructions. Returns NULL and sets `*result`, or returns an error. A frame
 * is k_max_locals slots for the variables, then its operands. */
static const char *run(const Program *program, long budget, int64_t *result) {
  int64_t stack[k_max_stack] = {0};
  int bases[k_max_frames] = {0}, return_to[k_max_frames] = {0};
  int depth = 0, pc = 0, top = k_max_locals;
  while (budget-- > 0) {
    int64_t *locals = stack + bases[depth];
    Instruction now = program->code[pc++];
    if (top + k_max_locals >= k_max_stack) return "stack overflow";
    switch (now.opcode) {
    case op_push: stack[top++] = now.operand; break;
    case op_load: stack[top++] = locals[now.operand]; break;
    case op_store: locals[now.operand] = stack[--top]; break;
    case op_pop: top--; break;
    case op_not: stack[top - 1] = !stack[top - 1]; break;
    case op_jump: pc = (int)now.operand; break;
    case op_jump_if_zero:
      if (stack[--top] == 0) pc = (int)now.operand;
      break;
    case op_call:
      if (++depth == k_max_frames) return "stack overflow";
      return_to[depth] = pc;
      bases[depth] = top - program->functions[now.operand].arity;
      top = bases[depth] + k_max_locals;
      pc = program->functions[now.operand].entry;
      break;
    case op_return:
      *result = stack[top - 1];
      if (depth == 0) return NULL;
      top = bases[depth];
      stack[top++] = *result;
      pc = return_to[depth--];
      break;
    default:
      top--;
      if ((now.opcode == op_divide || now.opcode == op_modulo) && stack[top] == 0)
        return "division by zero";
      stack[top - 1] = apply(now.opcode, stack[top - 1], stack[top]);
    }
  }
  return "instruction budget used up";
}

/* With an error, `expected` is its line; else it is the result. */
static const struct Sample {
  const char *source, *error;
  int64_t expected;
} k_samples[] = {
    {"return 2 + 3 * 4 - -10 / 3 % 2;", NULL, 15},
    {"return (1 < 2) + (2 <= 2) + (3 > 4) + (4 >= 4) + (1 == 1) + (1 != 1) + !0;", NULL, 5},
    {"return 900000000000000000 * 10 + 900000000000000000;", NULL, -8546744073709551616},
    {"let x = 1; if x { let y = 5; let x = x + y; } return x;", NULL, 6},
    {"fn f(n) { if n < 2 { return n; } return f(n - 1) + f(n - 2); } return f(15);", NULL, 610},
    {"let a = 105; let b = 42; while b { let t = a % b; let a = b; let b = t; } return a;", NULL,
     21},
    {"fn g(n) { return h(n) + 1; } fn h(n) { if n { return g(n - 1); } } return g(9);", NULL, 10},
    {"fn f(a, b) { let c = a * b; return c - a; } f(1, 2); return f(f(2, 3), 4);", NULL, 12},
    {"let x = 1\nlet y = 2;", "expected ';'", 2},
    {"if 1 { let x = 1; }\n\n return x;", "unknown variable", 3},
    {"return 1 + ;", "expected an expression", 1},
    {"\n\nfn f(a) { } return f(1, 2);", "wrong number of arguments", 3},
    {"return g();", "function not defined", 1},
    {"fn f() { } fn f() { }", "function defined twice", 1},
    {"return 99999999999999999999;", "number too large", 1},
    {"return 1 / (2 - 2);", "division by zero", 1},
    {"fn f(n) { return f(n + 1); } return f(0);", "stack overflow", 1},
    {"while 1 { }", "instruction budget used up", 1},
};

/* Returns 0, or 1 plus the row of the first sample that fails. */
int main(void) {
  for (int row = 0; row < (int)(sizeof k_samples / sizeof k_samples[0]); row++) {
    const struct Sample *sample = &k_samples[row];
    static Program program;
    int64_t result = 0;
    int line;
    const char *error = compile(sample->source, &program, &line);
    if (error == NULL) error = run(&program, 100000, &result);
    bool passed = error == NULL || sample->error == NULL ? error == sample->error
                                                         : strcmp(error, sample->error) == 0;
    if (!passed || sample->expected != (error == NULL ? result : line))
      return fprintf(stderr, "interp: sample failed: %s\n", sample->source), row + 1;
  }
  return 0;
}
