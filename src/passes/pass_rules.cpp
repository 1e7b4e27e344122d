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

constexpr PassTier U = PassTier::unreviewed;
constexpr PassTier R = PassTier::reviewed;
constexpr PassTier Q = PassTier::quarantine;
constexpr PassTier X = PassTier::unsound;

std::vector<PassRule> excluded_rules() {
  return {
      {"print*", U, true, k_printer},
      {"dot-*", U, true, k_printer},
      {"view-*", U, true, k_printer},
      {"verify*", U, true, k_printer},
      {"no-op-*", U, true, k_printer},
      {"invalidate*", U, true, "a utility: drops analyses"},
      {"trigger-*", U, true, "crashes on purpose"},
      {"check-debugify", U, true, k_printer},
      {"debugify", U, true, k_debug},
      {"helloworld", U, true, k_printer},
      {"lint", U, true, k_printer},
      {"instcount", U, true, k_printer},
      {"aa-eval", U, true, k_printer},
      {"pa-eval", U, true, k_printer},
      {"count-visits", U, true, k_printer},
      {"annotation-remarks", U, true, k_printer},
      {"transform-warning", U, true, k_printer},
      {"asan", U, true, k_instrumentation},
      {"hwasan", U, true, k_instrumentation},
      {"msan", U, true, k_instrumentation},
      {"nsan", U, true, k_instrumentation},
      {"tsan*", U, true, k_instrumentation},
      {"dfsan", U, true, k_instrumentation},
      {"kcfi", U, true, k_instrumentation},
      {"sancov-module", U, true, k_instrumentation},
      {"sanmd-module", U, true, k_instrumentation},
      {"bounds-checking", U, true, k_instrumentation},
      {"poison-checking", U, true, k_instrumentation},
      {"memprof*", U, true, k_profile},
      {"jmc-instrumenter", U, true, k_instrumentation},
      {"ee-instrument", U, true, k_instrumentation},
      {"cfguard", U, true, k_instrumentation},
      {"safe-stack", U, true, k_instrumentation},
      {"stack-protector", U, true, k_instrumentation},
      {"cross-dso-cfi", U, true, k_instrumentation},
      {"lower-allow-check", U, true, k_instrumentation},
      {"pgo-*", U, true, k_profile},
      {"instrprof", U, true, k_profile},
      {"instrorderfile", U, true, k_profile},
      {"insert-gcov-profiling", U, true, k_profile},
      {"ctx-instr-lower", U, true, k_profile},
      {"sample-profile", U, true, k_profile},
      {"pseudo-probe*", U, true, k_profile},
      {"synthetic-counts-propagation", U, true, k_profile},
      {"strip", X, true, k_symbols},
      {"strip-dead-debug-info", U, true, k_debug},
      {"strip-debug-declare", U, true, k_debug},
      {"strip-nondebug", X, true, k_symbols},
      {"strip-nonlinetable-debuginfo", U, true, k_debug},
      {"strip-gc-relocates", U, true, k_runtime},
      {"redundant-dbg-inst-elim", U, true, k_debug},
      {"add-discriminators", U, true, k_debug},
      {"declare-to-assign", U, true, k_debug},
      {"metarenamer", X, true, k_symbols},
      {"rewrite-symbols", X, true, k_symbols},
      {"name-anon-globals", U, true, k_symbols},
      {"instnamer", U, true, k_symbols},
      {"embed-bitcode", U, true, "embeds the module in the object"},
      {"internalize", X, true, k_whole_program},
      {"function-import", X, true, k_whole_program},
      {"lowertypetests", X, true, k_whole_program},
      {"wholeprogramdevirt", X, true, k_whole_program},
      {"hipstdpar-*", X, true, k_runtime},
      {"extract-blocks", X, true, k_drops_semantics},
      {"loop-extract", U, true, "a debugging aid: moves loops into functions of their own"},
      {"lower-invoke", X, true, "does not preserve semantics: drops exception paths"},
      {"lower-atomic", X, true, "does not preserve semantics: drops atomicity"},
      {"pre-isel-intrinsic-lowering", U, true, k_lowering},
      {"lower-emutls", U, true, k_lowering},
      {"expand-variadics", U, true, k_lowering},
      {"atomic-expand", U, true, k_lowering},
      {"codegenprepare", U, true, k_lowering},
      {"select-optimize", U, true, k_lowering},
      {"callbr-prepare", U, true, k_lowering},
      {"dwarf-eh-prepare", U, true, k_lowering},
      {"sjlj-eh-prepare", U, true, k_lowering},
      {"wasm-eh-prepare", U, true, k_lowering},
      {"win-eh-prepare", U, true, k_lowering},
      {"expand-large-div-rem", U, true, k_lowering},
      {"expand-large-fp-convert", U, true, k_lowering},
      {"indirectbr-expand", U, true, k_lowering},
      {"interleaved-access", U, true, k_lowering},
      {"interleaved-load-combine", U, true, k_lowering},
      {"hardware-loops", U, true, k_lowering},
      {"gc-lowering", U, true, k_runtime},
      {"shadow-stack-gc-lowering", U, true, k_runtime},
      {"place-safepoints", U, true, k_runtime},
      {"rewrite-statepoints-for-gc", U, true, k_runtime},
      {"dxil-upgrade", U, true, k_runtime},
      {"inliner-ml-advisor-release", U, true, "needs a trained advisor that Debian's LLVM lacks"},
      {"lower-ifunc", X, true, "does not preserve semantics: resolves at load time, only once"},
      {"lower-global-dtors", U, true, k_runtime},
  };
}

std::vector<PassRule> tier_rules() {
  return {
      {"unify-loop-exits", X, false, "measured to drop loop exits"},
      {"attributor*", X, false, k_measured},
      {"openmp-opt-cgscc", U, false, ""},
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
      {"always-inline", R, false, ""},
      {"argpromotion", R, false, ""},
      {"break-crit-edges", R, false, ""},
      {"callsite-splitting", R, false, ""},
      {"consthoist", R, false, ""},
      {"dce", R, false, ""},
      {"early-cse", R, false, ""},
      {"flatten-cfg", R, false, ""},
      {"gvn", R, false, ""},
      {"instsimplify", R, false, ""},
      {"inferattrs", R, false, ""},
      {"lcssa", R, false, ""},
      {"loop-simplify", R, false, ""},
      {"loop-reduce", R, false, ""},
      {"lower-constant-intrinsics", R, false, ""},
      {"lower-switch", R, false, ""},
      {"mem2reg", R, false, ""},
      {"mergefunc", R, false, ""},
      {"mergeicmps", R, false, ""},
      {"mergereturn", R, false, ""},
      {"module-inline", R, false, ""},
      {"nary-reassociate", R, false, ""},
      {"partially-inline-libcalls", R, false, ""},
      {"reg2mem", R, false, ""},
      {"scalarizer", R, false, ""},
      {"scc-oz-module-inliner", R, false, ""},
      {"separate-const-offset-from-gep", R, false, ""},
      {"simplifycfg", R, false, ""},
      {"sink", R, false, ""},
      {"slsr", R, false, ""},
      {"strip-dead-prototypes", R, false, ""},
      {"canon-freeze", R, false, ""},
      {"function-simplification", R, false, ""},
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
