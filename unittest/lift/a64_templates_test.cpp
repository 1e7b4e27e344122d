// The templates of AArch64 against a processor that they describe.
#include <set>

#include "lift/a64_processor.h"

namespace llmc {
namespace {

using test::A64Bench;
using test::A64Case;
using test::A64State;
using test::Comparison;

constexpr unsigned k_inputs = 80;

using Prepare = std::function<void(A64State&, std::mt19937_64&)>;
using Cases = std::vector<A64Case>;

/// Replaces each `from` in `text`.
std::string with(std::string text, const std::string& from, const std::string& to) {
  for (std::size_t at = text.find(from); at != std::string::npos;
       at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

/// One case for each of `texts`; with `%`, one for w and one for x.
void add(Cases& cases, const std::vector<std::string>& texts, const Prepare& prepare = {}) {
  for (const std::string& text : texts) {
    if (text.find('%') == std::string::npos) {
      cases.push_back({text, Comparison::exact, false, prepare});
      continue;
    }
    for (const char* width : {"w", "x"})
      cases.push_back({with(text, "%", width), Comparison::exact, false, prepare});
  }
}

/// The registers of three operands: different ones, and the same.
const std::vector<std::string> k_triples = {"%0, %3, %4", "%0, %0, %5", "%6, %7, %6", "%8, %9, %9",
                                            "%0, %3, %zr"};

Cases arithmetic_cases() {
  Cases cases;
  for (const std::string name : {"add", "sub", "adds", "subs"}) {
    for (const std::string& registers : k_triples)
      for (const char* shift : {"", ", lsl #3", ", lsr #31", ", asr #7"})
        add(cases, {name + " " + registers + shift});
    for (const char* number : {"#0", "#1", "#42", "#4095", "#1, lsl #12", "#4095, lsl #12"})
      add(cases, {name + " %0, %3, " + number});
    for (const char* extension : {"uxtb", "uxth #1", "uxtw #2", "sxtb #4", "sxth", "sxtw #3"})
      add(cases, {name + " %0, %3, w4, " + extension});
    for (const char* extension : {"uxtx", "uxtx #2", "sxtx #1"})
      add(cases, {name + " x0, x3, x4, " + extension});
  }
  for (const std::string name : {"cmp", "cmn"})
    add(cases, {name + " %3, %4", name + " %3, #0", name + " %3, #7", name + " %3, #1, lsl #12",
                name + " %3, %4, lsl #2", name + " %3, w4, sxtb", name + " %3, %3"});
  add(cases, {"neg %0, %3", "negs %0, %3", "neg %0, %3, lsl #4"});
  for (const char* before : {"", "cmp x5, x6\n", "cmn w5, w6\n", "tst x5, x6\n"})
    add(cases, {std::string(before) + "adc %0, %3, %4", std::string(before) + "sbc %0, %3, %4",
                std::string(before) + "ngc %0, %3"});
  return cases;
}

Cases logic_cases() {
  Cases cases;
  for (const std::string name : {"and", "orr", "eor", "ands", "bic", "orn", "eon", "bics"})
    for (const std::string& registers : k_triples)
      for (const char* shift : {"", ", lsl #3", ", lsr #31", ", asr #7", ", ror #9"})
        add(cases, {name + " " + registers + shift});
  for (const std::string name : {"and", "orr", "eor", "ands"}) {
    for (const char* number : {"#1", "#0xff", "#0x7fffffff", "#0x80000000", "#0x55555555",
                               "#0xf0f0f0f0", "#0xfffffffe", "#0x3fc0"})
      add(cases, {name + " w0, w3, " + number});
    for (const char* number : {"#1", "#0xff", "#0x7fffffffffffffff", "#0x8000000000000000",
                               "#0x5555555555555555", "#0xff00ff00ff00ff00", "#0xffffffff"})
      add(cases, {name + " x0, x3, " + number});
  }
  add(cases, {"mov %0, %3", "mov %0, %zr", "mvn %0, %3", "mvn %0, %3, lsl #5", "tst %3, %4",
              "tst %3, %3", "tst %3, #0xff", "mov w0, #0x55555555", "mov x0, #0xff00ff00ff00ff00"});
  for (const char* number : {"#0", "#1", "#65535", "#4660, lsl #16"})
    for (const std::string name : {"movz", "movn", "movk"}) add(cases, {name + " %0, " + number});
  for (const std::string name : {"movz", "movn", "movk"})
    add(cases, {name + " x0, #43981, lsl #32", name + " x0, #65535, lsl #48"});
  add(cases, {"movz w0, #4660, lsl #16\nmovk w0, #43981", "movz x0, #1\nmovk x0, #2, lsl #48"});
  return cases;
}

/// Divisors that are not zero, nor -1 under the least number.
void make_divisible(A64State& state, std::mt19937_64& random) {
  std::uint64_t& divisor = state.general[4];
  if (random() % 2 == 0) divisor = random() >> (random() % 64);
  const auto is_bad = [](std::uint64_t value) {
    return static_cast<std::uint32_t>(value) == 0 || static_cast<std::uint32_t>(value) == ~0U;
  };
  if (is_bad(divisor)) divisor = 3;
}

Cases product_cases() {
  Cases cases;
  add(cases, {"mul %0, %3, %4", "mneg %0, %3, %4", "madd %0, %3, %4, %5", "msub %0, %3, %4, %5",
              "madd %0, %0, %0, %0"});
  for (const std::string name : {"smaddl", "umaddl", "smsubl", "umsubl"})
    add(cases, {name + " x0, w3, w4, x5", name + " x3, w3, w3, x3"});
  for (const std::string name : {"smull", "umull", "smnegl", "umnegl"})
    add(cases, {name + " x0, w3, w4"});
  add(cases, {"smulh x0, x3, x4", "umulh x0, x3, x4", "umulh x3, x3, x3"});
  add(cases, {"sdiv %0, %3, %4", "udiv %0, %3, %4", "sdiv %4, %3, %4"}, make_divisible);
  return cases;
}

Cases bit_cases() {
  Cases cases;
  for (const std::string name : {"ubfm", "sbfm", "bfm"}) {
    for (const auto& [rotation, last] : std::vector<std::pair<int, int>>{{0, 0},
                                                                         {0, 7},
                                                                         {0, 15},
                                                                         {0, 31},
                                                                         {3, 9},
                                                                         {31, 31},
                                                                         {9, 31},
                                                                         {31, 30},
                                                                         {24, 7},
                                                                         {20, 3},
                                                                         {28, 27},
                                                                         {1, 0},
                                                                         {17, 17}}) {
      const std::string field = ", #" + std::to_string(rotation) + ", #" + std::to_string(last);
      add(cases, {name + " %0, %3" + field, name + " %3, %3" + field});
    }
    add(cases,
        {name + " x0, x3, #0, #63", name + " x0, x3, #40, #63", name + " x0, x3, #61, #31",
         name + " x0, x3, #32, #31", name + " x0, x3, #63, #62", name + " x0, x3, #33, #50"});
  }
  add(cases, {"extr %0, %3, %4, #5", "extr %0, %3, %4, #0", "ror %0, %3, #9", "lslv %0, %3, %4",
              "lsrv %0, %3, %4", "asrv %0, %3, %4", "rorv %0, %3, %4", "clz %0, %3", "cls %0, %3",
              "rbit %0, %3", "rev %0, %3", "rev16 %0, %3", "rev32 x0, x3", "sxtb %0, w3",
              "uxth w0, w3", "sxtw x0, w3", "bfi %0, %3, #4, #7", "bfxil %0, %3, #4, #7"});
  return cases;
}

const std::vector<std::string> k_conditions = {"eq", "ne", "hs", "lo", "mi", "pl", "vs",
                                               "vc", "hi", "ls", "ge", "lt", "gt", "le"};

/// What sets flags before they are read.
const std::vector<std::string> k_comparisons = {"",
                                                "cmp w3, w4\n",
                                                "cmp x3, #5\n",
                                                "cmn w3, #5\n",
                                                "cmn x3, x4\n",
                                                "tst w3, w4\n",
                                                "bics xzr, x3, x4\n",
                                                "adds w5, w3, w4\n"};

Cases condition_cases() {
  Cases cases;
  for (const std::string& code : k_conditions) {
    for (const std::string& before : k_comparisons)
      add(cases, {before + "cset %0, " + code,
                  before + "ccmp w5, w6, #" + std::to_string(cases.size() % 16) + ", " + code});
    for (const std::string name : {"csel", "csinc", "csinv", "csneg"})
      add(cases, {name + " %0, %5, %6, " + code, "cmp w3, w4\n" + name + " %0, %5, %6, " + code});
    add(cases, {"cmp x3, x4\ncsetm %0, " + code});
    for (const std::string name : {"ccmp", "ccmn"})
      for (const char* flags : {"#4", "#11"}) {
        add(cases, {name + " %3, %4, " + flags + ", " + code,
                    "cmp x5, x6\n" + name + " %3, #7, " + flags + ", " + code});
        add(cases,
            {"cmp w5, w6\n" + name + " w3, #0, " + flags + ", " + code + "\nccmp x7, x8, #8, gt"});
      }
  }
  return cases;
}

Cases memory_cases() {
  Cases cases;
  for (const std::string load :
       {"ldr w0",   "ldr x0",   "ldrh w0", "ldrb w0", "ldrsb w0", "ldrsb x0", "ldrsh w0",
        "ldrsh x0", "ldrsw x0", "ldr q0",  "ldr d0",  "ldr s0",   "str w3",   "str x3",
        "strh w3",  "strb w3",  "str q3",  "str d3",  "str s3",   "str wzr",  "str xzr"}) {
    for (const char* address :
         {"[x1]", "[x1, #16]", "[x1, #32]", "[x1, #-7]", "[x1, #3]", "[x1], #5", "[x1], #-32",
          "[x1, #16]!", "[x1, #-9]!", "[x1, x2]", "[x1, w2, sxtw]"})
      add(cases, {load + ", " + address});
    const std::string of = load.substr(0, 4) == "ldrs" ? load.substr(4, 1) : load.substr(3, 1);
    const bool is_wide = load.ends_with("x0") || load.ends_with("x3") || load.ends_with("d0") ||
                         load.ends_with("d3") || load == "str xzr";
    const std::string amount = of == "b"              ? "0"
                               : of == "h"            ? "1"
                               : load.contains("q")   ? "4"
                               : is_wide && of == " " ? "3"
                                                      : "2";
    add(cases,
        {load + ", [x1, x2, lsl #" + amount + "]", load + ", [x1, w2, sxtw #" + amount + "]"});
  }
  add(cases, {"ldr x2, [x1, x2]", "ldr w3, [x1, w2, uxtw]", "ldrb w3, [x1, w2, uxtw]"},
      [](A64State& state, std::mt19937_64&) { state.general[2] = 2; });
  for (const std::string pair :
       {"ldp w3, w4", "ldp x3, x4", "ldp q3, q4", "ldp d3, d4", "ldp s3, s4", "ldpsw x3, x4",
        "stp w3, w4", "stp x3, x4", "stp q3, q4", "stp d3, d4", "stp s3, s4", "stp xzr, x3"})
    for (const char* address : {"[x1]", "[x1, #16]", "[x1, #-64]", "[x1], #32", "[x1, #-32]!"})
      add(cases, {pair + ", " + address});
  add(cases, {"nop"});
  return cases;
}

/// Adds one case for d and one for s; `%` is the letter.
void add_reals(Cases& cases, const std::vector<std::string>& texts, const Prepare& prepare = {}) {
  for (const std::string& text : texts) {
    cases.push_back({with(text, "%", "d"), Comparison::doubles, false, prepare});
    cases.push_back({with(text, "%", "s"), Comparison::floats, false, prepare});
  }
}

/// Numbers of which none is not one, nor zero: what maxnum gives of those is not said.
void make_plain_numbers(A64State& state, std::mt19937_64& random) {
  for (auto& reg : state.vector) {
    const double number = static_cast<double>(static_cast<std::int64_t>(random() | 1));
    const auto single = static_cast<float>(number);
    std::memcpy(reg.data(), &number, 8);
    if (random() % 2 == 0) std::memcpy(reg.data(), &single, 4);
    if (random() % 2 == 0) reg[7] = 0x40;
    if (reg[3] == 0 || reg[3] == 0x80) reg[3] = 0x3f;
    if (reg[3] >= 0x7f) reg[3] &= 0x3f;
  }
}

Cases float_cases() {
  Cases cases;
  add_reals(cases, {"fadd %0, %1, %2",       "fsub %0, %1, %2",      "fmul %0, %1, %2",
                    "fdiv %0, %1, %2",       "fnmul %0, %1, %2",     "fadd %3, %3, %3",
                    "fmax %0, %1, %2",       "fmin %0, %1, %2",      "fabs %0, %1",
                    "fneg %0, %1",           "fsqrt %0, %1",         "fmov %0, %1",
                    "frintm %0, %1",         "frintp %0, %1",        "frintz %0, %1",
                    "frinta %0, %1",         "frintn %0, %1",        "frintx %0, %1",
                    "frinti %0, %1",         "fmadd %0, %1, %2, %3", "fmsub %0, %1, %2, %3",
                    "fnmadd %0, %1, %2, %3", "fnmsub %0, %1, %2, %3"});
  add_reals(cases, {"fmaxnm %0, %1, %2", "fminnm %0, %1, %2"}, make_plain_numbers);
  for (const char* number : {"#1.0", "#-2.0", "#0.125", "#31.0", "#-1.9375", "#0.5"})
    add_reals(cases, {std::string("fmov %0, ") + number});
  for (const std::string& code : k_conditions) {
    add_reals(cases, {"fcmp %1, %2\nfcsel %0, %3, %4, " + code, "fcsel %0, %3, %4, " + code,
                      "cmp x3, x4\nfcsel %0, %3, %4, " + code,
                      "fccmp %1, %2, #" + std::to_string(cases.size() % 16) + ", " + code});
    add_reals(cases, {"fcmp %1, %2\ncset w0, " + code, "fcmp %1, #0.0\ncset w0, " + code,
                      "fcmp %1, %2\nfccmp %3, %4, #5, " + code});
  }
  return cases;
}

Cases conversion_cases() {
  Cases cases;
  for (const std::string sign : {"s", "u"}) {
    for (const std::string way : {"z", "m", "p", "a", "n"})
      add_reals(cases, {"fcvt" + way + sign + " w0, %1", "fcvt" + way + sign + " x0, %1"});
    add_reals(cases, {sign + "cvtf %0, w3", sign + "cvtf %0, x3", sign + "cvtf %0, %1"});
  }
  cases.push_back({"fcvt d0, s1", Comparison::doubles});
  cases.push_back({"fcvt s0, d1", Comparison::floats});
  add(cases, {"fmov w0, s1", "fmov s0, w3", "fmov x0, d1", "fmov d0, x3", "fmov d0, xzr",
              "movi d0, #0", "movi d0, #0xff00ff00ff00ff00", "movi v0.2d, #0",
              "movi v0.2d, #0xffffffff00000000", "mov v0.16b, v1.16b"});
  for (const std::string lanes : {"8b", "16b"})
    add(cases, {"movi v0." + lanes + ", #0xa5", "dup v0." + lanes + ", w3"});
  for (const std::string lanes : {"4h", "8h", "2s", "4s"})
    for (const char* shift : {"", ", lsl #8"})
      add(cases, {"movi v0." + lanes + ", #0xa5" + shift, "mvni v0." + lanes + ", #0xa5" + shift,
                  "dup v0." + lanes + ", w3"});
  add(cases, {"dup v0.2d, x3"});
  cases.push_back({"orr v0.16b, v1.16b, v2.16b", Comparison::exact, true});
  return cases;
}

void check(const Cases& cases) {
  if (!A64Bench::can_run()) GTEST_SKIP() << "there is no qemu-aarch64 (apt install qemu-user)";
  A64Bench(k_inputs).check(cases);
}

TEST(A64Templates, ArithmeticDoesWhatTheProcessorDoes) { check(arithmetic_cases()); }

TEST(A64Templates, LogicDoesWhatTheProcessorDoes) { check(logic_cases()); }

TEST(A64Templates, ProductsAndQuotientsAreThoseOfTheProcessor) { check(product_cases()); }

TEST(A64Templates, FieldsOfBitsAreMovedAsTheProcessorMovesThem) { check(bit_cases()); }

TEST(A64Templates, ConditionsAreThoseOfTheProcessor) { check(condition_cases()); }

TEST(A64Templates, LoadsAndStoresDoWhatTheProcessorDoes) { check(memory_cases()); }

TEST(A64Templates, FloatingPointDoesWhatTheProcessorDoes) { check(float_cases()); }

TEST(A64Templates, ConversionsDoWhatTheProcessorDoes) { check(conversion_cases()); }

TEST(A64Templates, EveryTemplateIsTested) {
  // Addresses of symbols are another test's.
  std::set<std::string_view> missing;
  for (const std::string_view name : a64_templates()) missing.insert(name);
  missing.erase("ADRP");
  missing.erase("ADR");
  for (const auto& part : {arithmetic_cases(), logic_cases(), product_cases(), bit_cases(),
                           condition_cases(), memory_cases(), float_cases(), conversion_cases()}) {
    const AsmUnit unit =
        test::take(read_assembly(A64Bench::unit_text(part), NormalTarget::aarch64, "cases"));
    for (const AsmFunction& function : unit.functions)
      for (const AsmInstruction& instruction : function.instructions)
        missing.erase(instruction.name);
  }
  for (const std::string_view name : missing) ADD_FAILURE() << "no case has " << name;
}

}  // namespace
}  // namespace llmc
