// The templates of vector registers against the processor that they describe.
#include "lift/x86_cases.h"

namespace llmc {
namespace {

using test::CaseRow;
using test::Cases;
using test::Comparison;
using test::expand;
using test::expanded;
using test::k_inputs;
using test::ProcessorBench;

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

TEST(X86VectorTemplates, VectorMovesDoWhatTheProcessorDoes) {
  ProcessorBench(k_inputs).check(vector_move_cases());
}

TEST(X86VectorTemplates, FloatingPointDoesWhatTheProcessorDoes) {
  ProcessorBench(k_inputs).check(vector_arithmetic_cases());
}

TEST(X86VectorTemplates, LogicOnScalarsDoesWhatTheProcessorDoes) {
  ProcessorBench(k_inputs).check(scalar_logic_cases());
}

TEST(X86VectorTemplates, VectorsOfIntegersDoWhatTheProcessorDoes) {
  ProcessorBench(k_inputs).check(vector_integer_cases());
}

TEST(X86VectorTemplates, ShufflesDoWhatTheProcessorDoes) {
  ProcessorBench(k_inputs).check(vector_shuffle_cases());
}

TEST(X86VectorTemplates, EveryTemplateIsTested) {
  const Cases cases = test::joined({vector_move_cases(), vector_arithmetic_cases(),
                                    vector_integer_cases(), vector_shuffle_cases()});
  test::expect_all_tested(cases, {}, test::as_set(vector_templates()));
}

}  // namespace
}  // namespace llmc
