// What is known about single passes. The names come from LLVM at run time (catalogue.cpp); this
// table only judges them, following the rule of the LLM Compiler paper: pipelines and individual
// transformations are in; analyses, utilities and what does not preserve semantics are out.
#include <array>
#include <utility>

#include "passes/catalogue.h"

namespace llmc {
namespace {

constexpr std::string_view k_printer = "prints or checks, changes nothing";
constexpr std::string_view k_instrumentation = "instrumentation: adds code that the source has not";
constexpr std::string_view k_profile = "needs or records a profile";
constexpr std::string_view k_symbols = "changes or removes symbols, not code";
constexpr std::string_view k_debug = "touches debug information only";
constexpr std::string_view k_whole_program = "assumes that the whole program is visible";
constexpr std::string_view k_lowering = "a step of code generation, which runs it itself";
constexpr std::string_view k_runtime = "for another runtime or target";
constexpr std::string_view k_drops_semantics = "does not preserve semantics";
constexpr std::string_view k_measured = "measured to drop reachable code";
constexpr std::string_view k_off_upstream = "off by default upstream: open wrong-code reports";
constexpr std::string_view k_experimental = "experimental and off by default upstream";

constexpr PassTier T = PassTier::trusted;
constexpr PassTier Q = PassTier::quarantined;
constexpr PassTier X = PassTier::denied;

std::vector<PassRule> excluded_rules() {
  return {
      {"print*", Q, true, k_printer},
      {"dot-*", Q, true, k_printer},
      {"view-*", Q, true, k_printer},
      {"verify*", Q, true, k_printer},
      {"no-op-*", Q, true, k_printer},
      {"invalidate*", Q, true, "a utility: drops analyses"},
      {"trigger-*", Q, true, "crashes on purpose"},
      {"check-debugify", Q, true, k_printer},
      {"debugify", Q, true, k_debug},
      {"helloworld", Q, true, k_printer},
      {"lint", Q, true, k_printer},
      {"instcount", Q, true, k_printer},
      {"aa-eval", Q, true, k_printer},
      {"pa-eval", Q, true, k_printer},
      {"count-visits", Q, true, k_printer},
      {"annotation-remarks", Q, true, k_printer},
      {"transform-warning", Q, true, k_printer},
      {"asan", Q, true, k_instrumentation},
      {"hwasan", Q, true, k_instrumentation},
      {"msan", Q, true, k_instrumentation},
      {"nsan", Q, true, k_instrumentation},
      {"tsan*", Q, true, k_instrumentation},
      {"dfsan", Q, true, k_instrumentation},
      {"kcfi", Q, true, k_instrumentation},
      {"sancov-module", Q, true, k_instrumentation},
      {"sanmd-module", Q, true, k_instrumentation},
      {"bounds-checking", Q, true, k_instrumentation},
      {"poison-checking", Q, true, k_instrumentation},
      {"memprof*", Q, true, k_profile},
      {"jmc-instrumenter", Q, true, k_instrumentation},
      {"ee-instrument", Q, true, k_instrumentation},
      {"cfguard", Q, true, k_instrumentation},
      {"safe-stack", Q, true, k_instrumentation},
      {"stack-protector", Q, true, k_instrumentation},
      {"cross-dso-cfi", Q, true, k_instrumentation},
      {"lower-allow-check", Q, true, k_instrumentation},
      {"pgo-*", Q, true, k_profile},
      {"instrprof", Q, true, k_profile},
      {"instrorderfile", Q, true, k_profile},
      {"insert-gcov-profiling", Q, true, k_profile},
      {"ctx-instr-lower", Q, true, k_profile},
      {"sample-profile", Q, true, k_profile},
      {"pseudo-probe*", Q, true, k_profile},
      {"synthetic-counts-propagation", Q, true, k_profile},
      {"strip", X, true, k_symbols},
      {"strip-dead-debug-info", Q, true, k_debug},
      {"strip-debug-declare", Q, true, k_debug},
      {"strip-nondebug", X, true, k_symbols},
      {"strip-nonlinetable-debuginfo", Q, true, k_debug},
      {"strip-gc-relocates", Q, true, k_runtime},
      {"redundant-dbg-inst-elim", Q, true, k_debug},
      {"add-discriminators", Q, true, k_debug},
      {"declare-to-assign", Q, true, k_debug},
      {"metarenamer", X, true, k_symbols},
      {"rewrite-symbols", X, true, k_symbols},
      {"name-anon-globals", Q, true, k_symbols},
      {"instnamer", Q, true, k_symbols},
      {"embed-bitcode", Q, true, "embeds the module in the object"},
      {"internalize", X, true, k_whole_program},
      {"function-import", X, true, k_whole_program},
      {"lowertypetests", X, true, k_whole_program},
      {"wholeprogramdevirt", X, true, k_whole_program},
      {"hipstdpar-*", X, true, k_runtime},
      {"extract-blocks", X, true, k_drops_semantics},
      {"loop-extract", Q, true, "a debugging aid: moves loops into functions of their own"},
      {"lower-invoke", X, true, "does not preserve semantics: drops exception paths"},
      {"lower-atomic", X, true, "does not preserve semantics: drops atomicity"},
      {"pre-isel-intrinsic-lowering", Q, true, k_lowering},
      {"lower-emutls", Q, true, k_lowering},
      {"expand-variadics", Q, true, k_lowering},
      {"atomic-expand", Q, true, k_lowering},
      {"codegenprepare", Q, true, k_lowering},
      {"select-optimize", Q, true, k_lowering},
      {"callbr-prepare", Q, true, k_lowering},
      {"dwarf-eh-prepare", Q, true, k_lowering},
      {"sjlj-eh-prepare", Q, true, k_lowering},
      {"wasm-eh-prepare", Q, true, k_lowering},
      {"win-eh-prepare", Q, true, k_lowering},
      {"expand-large-div-rem", Q, true, k_lowering},
      {"expand-large-fp-convert", Q, true, k_lowering},
      {"indirectbr-expand", Q, true, k_lowering},
      {"interleaved-access", Q, true, k_lowering},
      {"interleaved-load-combine", Q, true, k_lowering},
      {"hardware-loops", Q, true, k_lowering},
      {"gc-lowering", Q, true, k_runtime},
      {"shadow-stack-gc-lowering", Q, true, k_runtime},
      {"place-safepoints", Q, true, k_runtime},
      {"rewrite-statepoints-for-gc", Q, true, k_runtime},
      {"dxil-upgrade", Q, true, k_runtime},
      {"inliner-ml-advisor-release", Q, true, "needs a trained advisor that Debian's LLVM lacks"},
      {"lower-ifunc", X, true, "does not preserve semantics: resolves at load time, only once"},
      {"lower-global-dtors", Q, true, k_runtime},
  };
}

std::vector<PassRule> tier_rules() {
  return {
      {"unify-loop-exits", X, false, "measured to drop loop exits"},
      {"attributor*", X, false, k_measured},
      {"reg2mem", X, false, "reads the result of an invoke before the call where a phi takes it"},
      {"openmp-opt-cgscc", T, false, ""},
      {"newgvn", Q, false, k_off_upstream},
      {"gvn-hoist", Q, false, k_off_upstream},
      {"gvn-sink", Q, false, k_off_upstream},
      {"iroutliner", Q, false, "reported miscompiles; removed from later LLVM"},
      {"structurizecfg", Q, false, k_runtime},
      {"fix-irreducible", Q, false, k_runtime},
      {"loop-fusion", Q, false, k_experimental},
      {"loop-interchange", Q, false, k_experimental},
      {"loop-unroll-and-jam", Q, false, k_experimental},
      {"loop-versioning-licm", Q, false, k_experimental},
      {"loop-predication", Q, false, k_experimental},
      {"loop-bound-split", Q, false, k_experimental},
      {"guard-widening", Q, false, k_experimental},
      {"make-guards-explicit", Q, false, k_experimental},
      {"irce", Q, false, k_experimental},
      {"dfa-jump-threading", Q, false, k_experimental},
      {"hotcoldsplit", Q, false, k_experimental},
      {"globalsplit", Q, false, k_experimental},
      {"load-store-vectorizer", Q, false, k_runtime},
      {"assume-builder", Q, false, k_experimental},
      {"assume-simplify", Q, false, k_experimental},
      {"typepromotion", Q, false, "crashes on modules without a target triple"},
      {"jump-table-to-switch", Q, false, k_experimental},
      {"tlshoist", Q, false, k_experimental},
      // Used by LLVM's other front ends, back ends or LTO pipelines, and narrow in what they do.
      {"always-inline", T, false, ""},
      {"argpromotion", T, false, ""},
      {"break-crit-edges", T, false, ""},
      {"callsite-splitting", T, false, ""},
      {"consthoist", T, false, ""},
      {"dce", T, false, ""},
      {"early-cse", T, false, ""},
      {"flatten-cfg", T, false, ""},
      {"gvn", T, false, ""},
      {"instsimplify", T, false, ""},
      {"inferattrs", T, false, ""},
      {"lcssa", T, false, ""},
      {"loop-simplify", T, false, ""},
      {"loop-reduce", T, false, ""},
      {"lower-constant-intrinsics", T, false, ""},
      {"lower-switch", T, false, ""},
      {"mem2reg", T, false, ""},
      {"mergefunc", T, false, ""},
      {"mergeicmps", T, false, ""},
      {"mergereturn", T, false, ""},
      {"module-inline", T, false, ""},
      {"nary-reassociate", T, false, ""},
      {"partially-inline-libcalls", T, false, ""},
      {"scalarizer", T, false, ""},
      {"scc-oz-module-inliner", T, false, ""},
      {"separate-const-offset-from-gep", T, false, ""},
      {"simplifycfg", T, false, ""},
      {"sink", T, false, ""},
      {"slsr", T, false, ""},
      {"strip-dead-prototypes", T, false, ""},
      {"canon-freeze", T, false, ""},
      {"function-simplification", T, false, ""},
  };
}

}  // namespace

const std::vector<PassRule>& pass_rules() {
  static const std::vector<PassRule> rules = [] {
    std::vector<PassRule> all = excluded_rules();
    for (const PassRule& rule : tier_rules()) all.push_back(rule);
    return all;
  }();
  return rules;
}

std::string_view renamed_since_llvm_17(std::string_view name) {
  using Renaming = std::pair<std::string_view, std::string_view>;
  static constexpr std::array<Renaming, 4> renamings = {{{"flattencfg", "flatten-cfg"},
                                                         {"loweratomic", "lower-atomic"},
                                                         {"lowerinvoke", "lower-invoke"},
                                                         {"lowerswitch", "lower-switch"}}};
  for (const auto& [old_name, new_name] : renamings)
    if (name == old_name) return new_name;
  return {};
}

}  // namespace llmc
