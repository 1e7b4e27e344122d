// The templates against the processor that they describe.
#include <algorithm>
#include <set>

#include "lift/x86_processor.h"

namespace llmc {
namespace {

using test::Comparison;
using test::ProcessorBench;
using test::ProcessorCase;
using test::ProcessorState;

constexpr unsigned k_inputs = 1000;

using Prepare = std::function<void(ProcessorState&, std::mt19937_64&)>;
using Cases = std::vector<ProcessorCase>;

/// Instructions of several widths and forms, one letter an operand, in AT&T's order:
///   r  general register of the width      x  vector register     m  memory
///   i  immediate of the width             s  count of a shift    a  memory, aligned
///   d, q  general register of 32, 64 bits c  %cl                 u  immediate of 8 bits
struct CaseRow {
  std::string mnemonic;                ///< without the letter of the width
  std::string widths;                  ///< of "bwlq"; empty: the mnemonic is complete
  std::vector<std::string> forms;
  Comparison comparison = Comparison::exact;
  Prepare prepare;
  bool is_refused = false;
};

unsigned bits_of(char suffix) {
  return suffix == 'b' ? 8 : suffix == 'w' ? 16 : suffix == 'l' ? 32 : 64;
}

std::string general_name(unsigned number, unsigned width) {
  const std::string name = test::k_general_names[number];
  if (width == 64) return "%" + name;
  if (number >= 8) return "%" + name + (width == 32 ? "d" : width == 16 ? "w" : "b");
  const std::string old = name.substr(1);
  if (width == 32) return "%e" + old;
  if (width == 16) return "%" + old;
  return number < 4 ? "%" + old.substr(0, 1) + "l" : "%" + old + "l";
}

/// Pairs of registers: two, the same twice, new ones, and parts that are not the lowest.
std::pair<std::string, std::string> general_pair(std::size_t k, unsigned width) {
  if (width == 8) {
    constexpr std::array<std::pair<const char*, const char*>, 8> k_bytes = {{{"%cl", "%al"},
                                                                             {"%al", "%al"},
                                                                             {"%r9b", "%bpl"},
                                                                             {"%ah", "%bl"},
                                                                             {"%dl", "%dh"},
                                                                             {"%ch", "%ch"},
                                                                             {"%bh", "%ah"},
                                                                             {"%bl", "%r15b"}}};
    return k_bytes[k % k_bytes.size()];
  }
  constexpr std::array<std::pair<unsigned, unsigned>, 6> k_pairs = {
      {{1, 0}, {0, 0}, {9, 5}, {3, 12}, {2, 6}, {13, 7}}};
  const auto [a, b] = k_pairs[k % k_pairs.size()];
  return {general_name(a, width), general_name(b, width)};
}

std::string vector_name(std::size_t k, bool is_first) {
  constexpr std::array<std::pair<unsigned, unsigned>, 4> k_pairs = {
      {{1, 0}, {0, 0}, {9, 5}, {3, 12}}};
  const auto [a, b] = k_pairs[k % k_pairs.size()];
  return "%xmm" + std::to_string(is_first ? a : b);
}

std::vector<std::int64_t> immediates(char kind, unsigned width) {
  if (kind == 'u') return {0, 1, 2, 3, 5, 7, 27, 78, 147, 228, 255};
  if (kind == 's') return {0, 1, 2, 7, 8, 15, 16, 31, 32, 63};
  const std::int64_t most = (std::int64_t{1} << (std::min(width, 32U) - 1)) - 1;
  return {0, 1, -1, most, -most - 1, 42};
}

std::string operand(char kind, std::size_t k, unsigned width, bool is_first) {
  const auto general = [&](unsigned bits) {
    const auto [a, b] = general_pair(k, bits);
    return is_first ? a : b;
  };
  constexpr std::array<const char*, 4> k_addresses = {"(%rsi)", "16(%rsi,%rdi,8)",
                                                      "-48(%rsi,%rdi,8)", "5(%rsi)"};
  switch (kind) {
    case 'r':
      return general(width);
    case 'd':
      return general(32);
    case 'q':
      return general(64);
    case 'x':
      return vector_name(k, is_first);
    case 'c':
      return "%cl";
    case 'a':
      return k_addresses[k % 3];
    case 'm':
      return k_addresses[k % 4];
    default: {
      const auto values = immediates(kind, width);
      return "$" + std::to_string(values[k % values.size()]);
    }
  }
}

std::size_t variants(const std::string& form, unsigned width) {
  std::size_t most = width == 8 ? 8 : 4;
  if (form.contains('r') && width != 8) most = 6;
  for (const char kind : form)
    if (std::string("ius").contains(kind)) most = std::max(most, immediates(kind, width).size());
  return most;
}

/// All cases of a row. The first register of a form is the first of a pair.
void expand(const CaseRow& row, Cases& cases) {
  const std::string widths = row.widths.empty() ? "-" : row.widths;
  for (const char suffix : widths) {
    const unsigned width = row.widths.empty() ? 32 : bits_of(suffix);
    for (const std::string& form : row.forms)
      for (std::size_t k = 0; k < variants(form, width); ++k) {
        std::string text = row.mnemonic + (row.widths.empty() ? "" : std::string(1, suffix));
        bool is_first = true;
        for (std::size_t place = 0; place < form.size(); ++place) {
          text += (place == 0 ? " " : ", ") + operand(form[place], k, width, is_first);
          const bool is_register = std::string("rdqx").contains(form[place]);
          if (is_register) is_first = false;
        }
        cases.push_back({text, row.comparison, row.is_refused, row.prepare});
      }
  }
}

Cases expanded(const std::vector<CaseRow>& rows) {
  Cases cases;
  for (const CaseRow& row : rows) expand(row, cases);
  return cases;
}

void put(ProcessorState& state, std::uint64_t value) {
  std::memcpy(&state.memory[test::k_middle], &value, 8);
}

/// Registers and memory of which no lower part is zero.
void make_nonzero(ProcessorState& state, std::mt19937_64& random) {
  const auto nonzero = [&](std::uint64_t value) {
    return (value & 0xffff) != 0 ? value : value | std::uint64_t{1} << (random() % 16);
  };
  for (unsigned i = 0; i < 16; ++i)
    if (i != test::k_pointer_register && i != test::k_index_register)
      state.general[i] = nonzero(state.general[i]);
  // Without an address these are registers like others.
  if (state.general[k_rsi] == 0 || (state.general[k_rsi] & 0xffff) == 0) state.general[k_rsi] |= 16;
  for (std::uint8_t& byte : state.memory) byte |= 1;
}

Cases integer_cases() {
  return expanded({
      {"add", "bwlq", {"rr", "mr", "rm", "ir", "im"}},
      {"sub", "bwlq", {"rr", "mr", "rm", "ir", "im"}},
      {"and", "bwlq", {"rr", "mr", "rm", "ir", "im"}},
      {"or", "bwlq", {"rr", "mr", "rm", "ir", "im"}},
      {"xor", "bwlq", {"rr", "mr", "rm", "ir", "im"}},
      {"cmp", "bwlq", {"rr", "mr", "rm", "ir", "im"}},
      {"test", "bwlq", {"rr", "rm", "ir", "im"}},
      {"adc", "bwlq", {"rr", "mr", "rm", "ir", "im"}},
      {"sbb", "bwlq", {"rr", "mr", "rm", "ir", "im"}},
      {"inc", "bwlq", {"r", "m"}},
      {"dec", "bwlq", {"r", "m"}},
      {"neg", "bwlq", {"r", "m"}},
      {"not", "bwlq", {"r", "m"}},
      {"bswap", "lq", {"r"}},
      {"mov", "bwlq", {"rr", "mr", "rm", "ir", "im"}},
      {"movzb", "w", {"mr"}},
      {"movzb", "l", {"mr"}},
      {"movzb", "q", {"mr"}},
      {"movzw", "lq", {"mr"}},
      {"movsb", "wlq", {"mr"}},
      {"movsw", "lq", {"mr"}},
      {"movslq", "", {"dq", "mq"}},
      {"lea", "wlq", {"mr"}},
      {"xchg", "bwlq", {"rr", "ra"}},
      {"popcnt", "wlq", {"rr", "mr"}},
      {"lzcnt", "wlq", {"rr", "mr"}},
      {"tzcnt", "wlq", {"rr", "mr"}},
      {"bsf", "wlq", {"rr", "mr"}, Comparison::exact, make_nonzero},
      {"bsr", "wlq", {"rr", "mr"}, Comparison::exact, make_nonzero},
  });
}

Cases shift_cases() {
  Cases cases = expanded({
      {"shl", "bwlq", {"r", "m", "sr", "sm", "cr", "cm"}},
      {"shr", "bwlq", {"r", "m", "sr", "sm", "cr", "cm"}},
      {"sar", "bwlq", {"r", "m", "sr", "sm", "cr", "cm"}},
      {"rol", "bwlq", {"r", "m", "sr", "sm", "cr", "cm"}},
      {"ror", "bwlq", {"r", "m", "sr", "sm", "cr", "cm"}},
      {"shld", "lq", {"srr", "srm", "crr", "crm"}},
      {"shrd", "lq", {"srr", "srm", "crr", "crm"}},
      {"bt", "wlq", {"rr", "sr", "sm"}},
      {"bts", "wlq", {"rr", "sr", "sm"}},
      {"btr", "wlq", {"rr", "sr", "sm"}},
      {"btc", "wlq", {"rr", "sr", "sm"}},
      {"bt", "l", {"rm"}, Comparison::exact, {}, true},
      {"shld", "w", {"srr"}, Comparison::exact, {}, true},
  });
  return cases;
}

Cases multiplication_cases() {
  return expanded({
      {"imul", "bwlq", {"r", "m"}},
      {"mul", "bwlq", {"r", "m"}},
      {"imul", "wlq", {"rr", "mr", "irr", "imr"}},
  });
}

Cases condition_cases() {
  Cases cases;
  for (const char* code :
       {"o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g"}) {
    expand({std::string("set") + code, "", {"m"}}, cases);
    for (const char* reg : {"%al", "%ch", "%r9b", "%sil"})
      cases.push_back({std::string("set") + code + " " + reg});
    expand({std::string("cmov") + code, "wlq", {"rr", "mr"}}, cases);
  }
  return cases;
}

/// What cannot be said by rows, or is one of a kind.
Cases single_cases() {
  Cases cases;
  for (const char* text : {"movabsq $0x123456789abcdef0, %rcx",
                           "movabsq $-1, %r12",
                           "movzbl %ah, %ecx",
                           "movzbl %bpl, %ecx",
                           "movzbw %ch, %cx",
                           "movzbl %r9b, %r10d",
                           "movzbq %dl, %rdx",
                           "movzwl %cx, %eax",
                           "movzwq %r9w, %rcx",
                           "movsbl %ah, %ecx",
                           "movsbw %dl, %dx",
                           "movsbq %bpl, %rcx",
                           "movswl %cx, %eax",
                           "movswq %r9w, %rcx",
                           "cbtw",
                           "cwtl",
                           "cltq",
                           "cwtd",
                           "cltd",
                           "cqto",
                           "leaq 3(%rcx,%r9,4), %rax",
                           "leal -7(,%rdx,8), %ecx",
                           "leaq (%rax,%rax), %rbx",
                           "leaw 1(%rcx,%rcx,2), %cx",
                           "leal 100000(%rbp), %eax",
                           "leaq (%rdx,%rcx), %rdx",
                           "movw $-1, %cx",
                           "xchgl %ecx, %eax",
                           "xchgq %rax, %r9",
                           "cmpl %ecx, %eax\nincl %edx",
                           "cmpl %ecx, %eax\ndecq %rdx",
                           "shrl $3, %edx\nincl %ecx",
                           "addl %ecx, %eax\nadcl %ebx, %edx",
                           "subq %rcx, %rax\nsbbq %rdx, %rdx",
                           "negl %eax\nsbbl %ecx, %ecx",
                           "xorl %eax, %eax\nsete %al"})
    cases.push_back({text});
  return cases;
}

Cases atomic_cases() {
  const Prepare often_equal = [](ProcessorState& state, std::mt19937_64& random) {
    if (random() % 2 == 0) std::memcpy(&state.general[k_rax], &state.memory[test::k_middle], 8);
  };
  Cases cases;
  for (const std::string width : {"b", "w", "l", "q"}) {
    const std::string reg = test::k_general_names[k_rcx];
    const std::string name = general_name(k_rcx, bits_of(width[0]));
    for (const char* mnemonic : {"add", "sub", "and", "or", "xor", "xadd"})
      cases.push_back({std::string("lock ") + mnemonic + width + " " + name + ", (%rsi)"});
    cases.push_back({"lock add" + width + " $5, (%rsi)"});
    cases.push_back(
        {"lock cmpxchg" + width + " " + name + ", (%rsi)", Comparison::exact, false, often_equal});
  }
  for (const char* refused : {"lock incl (%rsi)", "lock decq (%rsi)", "lock negl (%rsi)",
                              "xaddl %ecx, (%rsi)", "xaddl %ecx, %eax", "cmpxchgl %ecx, %edx"})
    cases.push_back({refused, Comparison::exact, true});
  return cases;
}

/// A divisor in %rcx, %r9 and memory, and a dividend in %rdx and %rax (in %ax for 8 bits) such that
/// the quotient fits.
Prepare dividing(unsigned width, bool is_signed) {
  return [=](ProcessorState& state, std::mt19937_64& random) {
    const std::uint64_t mask = ~std::uint64_t{0} >> (64 - width);
    const auto widened = [&](std::uint64_t value) {
      const unsigned unused = 64 - width;
      return is_signed ? static_cast<__int128>(static_cast<std::int64_t>(value << unused) >> unused)
                       : static_cast<__int128>(value & mask);
    };
    __int128 divisor = widened(random() >> (random() % 64));
    if (divisor == 0) divisor = 1;
    const __int128 quotient = widened(random() >> (random() % 64));
    const __int128 size = divisor < 0 ? -divisor : divisor;
    __int128 rest = static_cast<__int128>(random()) % size;
    const bool is_negative = (quotient < 0) != (divisor < 0);
    if (quotient != 0 && is_negative) rest = -rest;
    const auto dividend = static_cast<unsigned __int128>(quotient * divisor + rest);
    state.general[k_rcx] = state.general[9] = static_cast<std::uint64_t>(divisor);
    put(state, static_cast<std::uint64_t>(divisor));
    const auto low = static_cast<std::uint64_t>(dividend);
    state.general[k_rax] = low;
    if (width != 8) state.general[k_rdx] = static_cast<std::uint64_t>(dividend >> width);
  };
}

/// The same for a dividend that is as wide as the divisor.
Prepare dividing_narrow(unsigned width, bool is_signed) {
  return [=](ProcessorState& state, std::mt19937_64& random) {
    const std::uint64_t mask = ~std::uint64_t{0} >> (64 - width);
    std::uint64_t divisor = random() >> (random() % 64);
    if (random() % 2 == 0) divisor = -divisor;
    if ((divisor & mask) == 0) divisor = 1;
    state.general[k_rax] = random() % 4 == 0 ? mask ^ mask >> 1 : random() >> (random() % 64);
    if (is_signed && (divisor & mask) == mask) divisor = 1;
    state.general[k_rcx] = state.general[9] = divisor;
    put(state, divisor);
  };
}

Cases division_cases() {
  Cases cases;
  for (const std::string width : {"b", "w", "l", "q"})
    for (const bool is_signed : {false, true}) {
      const unsigned bits = bits_of(width[0]);
      const std::string mnemonic = (is_signed ? "idiv" : "div") + width + " ";
      const char* spread = width == "w" ? "cwtd\n" : width == "l" ? "cltd\n" : "cqto\n";
      const std::string before = is_signed ? spread : "xorl %edx, %edx\n";
      for (const std::string& divisor :
           {general_name(k_rcx, bits), general_name(9, bits), std::string("(%rsi)")}) {
        cases.push_back(
            {mnemonic + divisor, Comparison::exact, width == "q", dividing(bits, is_signed)});
        if (width != "b")
          cases.push_back({before + mnemonic + divisor, Comparison::exact, false,
                           dividing_narrow(bits, is_signed)});
      }
    }
  return cases;
}

/// %rdi and %rsi point to parts of memory that do not overlap, and %rcx is small.
void point_to_memory(ProcessorState& state, std::mt19937_64& random) {
  const std::uint64_t middle = state.general[test::k_pointer_register];
  state.general[k_rdi] = middle - random() % 64 - 64;
  state.general[k_rsi] = middle + random() % 64;
  state.general[k_rcx] = random() % 8;
}

Cases string_cases() {
  Cases cases;
  const auto add = [&](const std::string& text, bool is_refused = false) {
    // Nothing with an address is in these: the marker makes %rsi point to memory.
    cases.push_back({text + " # ()", Comparison::exact, is_refused, point_to_memory});
  };
  for (const char* text : {"stosb", "stosw", "stosl", "stosq", "movsb", "movsw", "movsl", "movsq",
                           "rep stosb", "rep movsb", "rep movsw", "rep movsl", "rep movsq"})
    add(text);
  for (const char* text : {"rep stosw", "rep stosl", "rep stosq"}) {
    add(text, true);
    add(std::string("movl $0x01020304, %eax\n") + text, true);
    add(std::string("xorl %eax, %eax\n") + text);
    add(std::string("movl $3, %ecx\nxorl %eax, %eax\n") + text);
  }
  add("movl $-1, %eax\nrep stosl");
  add("movl $-1, %eax\nrep stosq", true);
  add("movq $-1, %rax\nrep stosq");
  add("movl $0x7070, %eax\nrep stosw");
  add("movl $5, %ecx\nrep stosb");
  add("movl $2, %ecx\nrep movsq");
  return cases;
}

CaseRow vector_row(const char* mnemonic, std::vector<std::string> forms,
                   Comparison comparison = Comparison::exact) {
  return {mnemonic, "", std::move(forms), comparison};
}

Cases vector_move_cases() {
  std::vector<CaseRow> rows;
  for (const char* name : {"movaps", "movapd", "movdqa"})
    rows.push_back(vector_row(name, {"xx", "ax", "xa"}));
  for (const char* name : {"movups", "movupd", "movdqu", "movss", "movsd"})
    rows.push_back(vector_row(name, {"xx", "mx", "xm"}));
  rows.push_back(vector_row("movd", {"dx", "mx", "xd", "xm"}));
  rows.push_back(vector_row("movq", {"qx", "mx", "xq", "xm", "xx"}));
  rows.push_back(vector_row("movq.s", {"xx"}));
  for (const char* name : {"movlps", "movlpd", "movhps", "movhpd"})
    rows.push_back(vector_row(name, {"mx", "xm"}));
  for (const char* name : {"movhlps", "movlhps"}) rows.push_back(vector_row(name, {"xx"}));
  for (const char* name : {"movmskps", "movmskpd", "pmovmskb"})
    rows.push_back(vector_row(name, {"xd"}));
  rows.push_back(vector_row("pextrw", {"uxd", "uxm"}));
  for (const char* name : {"pextrb", "pextrd", "extractps"})
    rows.push_back(vector_row(name, {"uxd", "uxm"}));
  rows.push_back(vector_row("pextrq", {"uxq", "uxm"}));
  for (const char* name : {"pinsrb", "pinsrw", "pinsrd"})
    rows.push_back(vector_row(name, {"udx", "umx"}));
  rows.push_back(vector_row("pinsrq", {"uqx", "umx"}));
  return expanded(rows);
}

/// Scalar and packed instructions on floats and doubles of one name.
void add_float_rows(const std::string& stem, std::vector<CaseRow>& rows, const std::string& before,
                    bool is_exact) {
  for (const std::string type : {"ss", "sd", "ps", "pd"}) {
    const bool is_scalar = type[0] == 's', is_double = type[1] == 'd';
    const Comparison comparison = is_exact    ? Comparison::exact
                                  : is_double ? Comparison::doubles
                                              : Comparison::floats;
    rows.push_back(vector_row((stem + type).c_str(),
                              {before + "xx", before + (is_scalar ? "mx" : "ax")}, comparison));
  }
}

Cases vector_arithmetic_cases() {
  std::vector<CaseRow> rows;
  for (const char* stem : {"add", "sub", "mul", "div", "sqrt"})
    add_float_rows(stem, rows, "", false);
  for (const char* stem : {"min", "max"}) add_float_rows(stem, rows, "", true);
  for (const char* predicate : {"eq", "lt", "le", "unord", "neq", "nlt", "nle", "ord"})
    add_float_rows(std::string("cmp") + predicate, rows, "", true);
  for (const char* stem : {"andp", "andnp", "orp", "xorp"})
    for (const char* type : {"s", "d"})
      rows.push_back(vector_row((std::string(stem) + type).c_str(), {"xx", "ax"}));
  for (const char* name : {"ucomiss", "ucomisd", "comiss", "comisd"})
    rows.push_back(vector_row(name, {"xx", "mx"}));
  for (const char* name : {"cvtsi2ss", "cvtsi2sd"}) {
    rows.push_back(vector_row((std::string(name) + "l").c_str(), {"dx", "mx"}));
    rows.push_back(vector_row((std::string(name) + "q").c_str(), {"qx", "mx"}));
  }
  for (const char* name : {"cvttss2si", "cvttsd2si", "cvtss2si", "cvtsd2si"})
    rows.push_back(vector_row(name, {"xd", "xq", "md", "mq"}));
  rows.push_back(vector_row("cvtss2sd", {"xx", "mx"}, Comparison::doubles));
  rows.push_back(vector_row("cvtsd2ss", {"xx", "mx"}, Comparison::floats));
  rows.push_back(vector_row("cvtps2pd", {"xx", "mx"}, Comparison::doubles));
  rows.push_back(vector_row("cvtpd2ps", {"xx", "ax"}, Comparison::floats));
  rows.push_back(vector_row("cvtdq2pd", {"xx", "mx"}));
  for (const char* name : {"cvtdq2ps", "cvttps2dq", "cvttpd2dq", "cvtps2dq", "cvtpd2dq"})
    rows.push_back(vector_row(name, {"xx", "ax"}));
  Cases cases = expanded(rows);
  for (const std::string type : {"ss", "sd", "ps", "pd"})
    for (const char* mode : {"$0", "$8", "$9", "$10", "$11", "$4", "$12"})
      for (const char* operands : {"%xmm1, %xmm0", "(%rsi), %xmm9"})
        cases.push_back({"round" + type + " " + mode + ", " + operands,
                         type[1] == 'd' ? Comparison::doubles : Comparison::floats});
  return cases;
}

Cases vector_integer_cases() {
  std::vector<CaseRow> rows;
  for (const char* name :
       {"paddb",   "paddw",    "paddd",    "paddq",    "psubb",   "psubw",   "psubd",   "psubq",
        "pmullw",  "pmulld",   "paddsb",   "paddsw",   "paddusb", "paddusw", "psubsb",  "psubsw",
        "psubusb", "psubusw",  "pminub",   "pminuw",   "pminud",  "pminsb",  "pminsw",  "pminsd",
        "pmaxub",  "pmaxuw",   "pmaxud",   "pmaxsb",   "pmaxsw",  "pmaxsd",  "pabsb",   "pabsw",
        "pabsd",   "pavgb",    "pavgw",    "pmulhw",   "pmulhuw", "pmuludq", "pmuldq",  "pmaddwd",
        "psadbw",  "packsswb", "packssdw", "packuswb", "pcmpeqb", "pcmpeqw", "pcmpeqd", "pcmpeqq",
        "pcmpgtb", "pcmpgtw",  "pcmpgtd",  "pcmpgtq",  "pand",    "pandn",   "por",     "pxor"})
    rows.push_back(vector_row(name, {"xx", "ax"}));
  for (const char* name : {"psllw", "pslld", "psllq", "psrlw", "psrld", "psrlq", "psraw", "psrad"})
    rows.push_back(vector_row(name, {"xx", "ax", "sx", "ux"}));
  for (const char* name : {"pmovzxbw", "pmovzxbd", "pmovzxbq", "pmovzxwd", "pmovzxwq", "pmovzxdq",
                           "pmovsxbw", "pmovsxbd", "pmovsxbq", "pmovsxwd", "pmovsxwq", "pmovsxdq"})
    rows.push_back(vector_row(name, {"xx", "mx"}));
  return expanded(rows);
}

Cases vector_shuffle_cases() {
  std::vector<CaseRow> rows;
  for (const char* name :
       {"unpcklps", "unpcklpd", "unpckhps", "unpckhpd", "punpcklbw", "punpcklwd", "punpckldq",
        "punpcklqdq", "punpckhbw", "punpckhwd", "punpckhdq", "punpckhqdq", "movsldup", "movshdup"})
    rows.push_back(vector_row(name, {"xx", "ax"}));
  rows.push_back(vector_row("movddup", {"xx", "mx"}));
  for (const char* name : {"haddps", "hsubps"})
    rows.push_back(vector_row(name, {"xx", "ax"}, Comparison::floats));
  for (const char* name : {"haddpd", "hsubpd"})
    rows.push_back(vector_row(name, {"xx", "ax"}, Comparison::doubles));
  for (const char* name : {"shufps", "shufpd", "pshufd", "pshuflw", "pshufhw", "palignr", "blendps",
                           "blendpd", "pblendw"})
    rows.push_back(vector_row(name, {"uxx", "uax"}));
  for (const char* name : {"pslldq", "psrldq"}) rows.push_back(vector_row(name, {"ux", "sx"}));
  return expanded(rows);
}

/// Logic on registers that are known to hold scalars, and with constant masks.
Cases scalar_logic_cases() {
  Cases cases;
  const auto add = [&](std::string text, const char* mask) {
    const std::string label = ".LC_case" + std::to_string(cases.size());
    if (const auto place = text.find("MASK"); place != std::string::npos)
      text.replace(place, 4, label + "(%rip)");
    cases.push_back({".section .rodata.cst16,\"aM\",@progbits,16\n.p2align 4\n" + label +
                     ":\n.quad " + mask + "\n.text\n" + text});
  };
  for (const char* before : {"", "movsd %xmm1, %xmm0\n", "movss (%rsi), %xmm0\n",
                             "movaps %xmm4, %xmm0\n", "movdqa %xmm5, %xmm3\nmovsd %xmm3, %xmm0\n"})
    for (const char* mnemonic : {"xorps", "andps", "orpd", "andnps"})
      for (const char* mask :
           {"0x8000000000000000, 0x8000000000000000", "0x8000000000000000, 0",
            "0x8000000080000000, 0x8000000080000000", "0x80000000, 0",
            "0x7fffffffffffffff, 0x7fffffffffffffff", "0x7fffffff7fffffff, 0x7fffffff7fffffff",
            "0x7fffffff, 0", "0x123456789abcdef, -1"})
        add(std::string(before) + mnemonic + " MASK, %xmm0", mask);
  for (const char* mnemonic : {"xorps", "andpd", "orps", "andnpd"}) {
    add(std::string("movq MASK, %xmm1\n") + mnemonic + " %xmm1, %xmm0", "-1, 0");
    add(std::string("movsd MASK, %xmm1\n") + mnemonic + " %xmm0, %xmm1", "0x7fffffffffffffff, 0");
  }
  add("movss %xmm1, %xmm0\nmovmskps %xmm0, %eax", "0, 0");
  add("movsd %xmm1, %xmm0\nmovmskpd %xmm0, %eax", "0, 0");
  add("movsd %xmm1, %xmm0\nmovq %xmm0, %xmm2", "0, 0");
  add("cmpltsd %xmm1, %xmm0\nandpd %xmm0, %xmm2\nandnpd %xmm3, %xmm0\norpd %xmm2, %xmm0", "0, 0");
  return cases;
}

TEST(X86Templates, ArithmeticDoesWhatTheProcessorDoes) {
  ProcessorBench(k_inputs).check(integer_cases());
}

TEST(X86Templates, ShiftsDoWhatTheProcessorDoes) { ProcessorBench(k_inputs).check(shift_cases()); }

TEST(X86Templates, MultiplicationsDoWhatTheProcessorDoes) {
  ProcessorBench(k_inputs).check(multiplication_cases());
}

TEST(X86Templates, DivisionsDoWhatTheProcessorDoes) {
  ProcessorBench(k_inputs).check(division_cases());
}

TEST(X86Templates, ConditionsAreThoseOfTheProcessor) {
  ProcessorBench(k_inputs).check(condition_cases());
}

TEST(X86Templates, SingleInstructionsDoWhatTheProcessorDoes) {
  ProcessorBench(k_inputs).check(single_cases());
}

TEST(X86Templates, AtomicInstructionsDoWhatTheProcessorDoes) {
  ProcessorBench(k_inputs).check(atomic_cases());
}

TEST(X86Templates, StringInstructionsDoWhatTheProcessorDoes) {
  ProcessorBench(k_inputs).check(string_cases());
}

TEST(X86Templates, VectorMovesDoWhatTheProcessorDoes) {
  ProcessorBench(k_inputs).check(vector_move_cases());
}

TEST(X86Templates, FloatingPointDoesWhatTheProcessorDoes) {
  ProcessorBench(k_inputs).check(vector_arithmetic_cases());
}

TEST(X86Templates, LogicOnScalarsDoesWhatTheProcessorDoes) {
  ProcessorBench(k_inputs).check(scalar_logic_cases());
}

TEST(X86Templates, VectorsOfIntegersDoWhatTheProcessorDoes) {
  ProcessorBench(k_inputs).check(vector_integer_cases());
}

TEST(X86Templates, ShufflesDoWhatTheProcessorDoes) {
  ProcessorBench(k_inputs).check(vector_shuffle_cases());
}

/// The name in the tables that knows LLVM's `name`.
std::string_view template_name(std::string_view name, const std::set<std::string_view>& integer,
                               const std::set<std::string_view>& others) {
  std::string_view longest;
  for (const std::string_view known : others)
    if (name.starts_with(known) && known.size() > longest.size()) longest = known;
  const bool is_rest_lower = std::ranges::none_of(
      name.substr(longest.size(), name.find('_', longest.size()) - longest.size()),
      [](char c) { return c >= 'A' && c <= 'Z'; });
  if (!longest.empty() && is_rest_lower) return longest;
  const auto found = integer.find(x86_name(name).stem);
  return found == integer.end() ? std::string_view{} : *found;
}

TEST(X86Templates, EveryTemplateIsTested) {
  Cases cases;
  for (const auto& part :
       {integer_cases(), shift_cases(), multiplication_cases(), division_cases(), condition_cases(),
        single_cases(), atomic_cases(), string_cases(), vector_move_cases(),
        vector_arithmetic_cases(), vector_integer_cases(), vector_shuffle_cases()})
    std::ranges::copy(part, std::back_inserter(cases));
  const AsmUnit unit =
      test::take(read_assembly(ProcessorBench::unit_text(cases), NormalTarget::x86_64, "cases"));
  const auto integer_names = integer_templates(), vector_names = vector_templates(),
             string_names = string_templates();
  const std::set<std::string_view> integer(integer_names.begin(), integer_names.end());
  std::set<std::string_view> others(vector_names.begin(), vector_names.end());
  others.insert(string_names.begin(), string_names.end());
  std::set<std::string_view> missing = integer;
  missing.insert(others.begin(), others.end());
  for (const AsmFunction& function : unit.functions)
    for (const AsmInstruction& instruction : function.instructions)
      missing.erase(template_name(instruction.name, integer, others));
  for (const std::string_view name : missing) ADD_FAILURE() << "no case has " << name;
}

}  // namespace
}  // namespace llmc
