// The templates of general registers against the processor that they describe.
#include "lift/x86_cases.h"

namespace llmc {
namespace {

using test::bits_of;
using test::CaseRow;
using test::Cases;
using test::Comparison;
using test::expand;
using test::expanded;
using test::general_name;
using test::k_inputs;
using test::Prepare;
using test::ProcessorBench;
using test::ProcessorState;

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

TEST(X86Templates, EveryTemplateOfGeneralRegistersIsTested) {
  const Cases cases =
      test::joined({integer_cases(), shift_cases(), multiplication_cases(), division_cases(),
                    condition_cases(), single_cases(), atomic_cases(), string_cases()});
  test::expect_all_tested(cases, test::as_set(integer_templates()),
                          test::as_set(string_templates()));
}

}  // namespace
}  // namespace llmc
