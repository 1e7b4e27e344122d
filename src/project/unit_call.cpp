#include "project/unit_call.h"

#include <fmt/format.h>
#include <llvm/Support/Allocator.h>
#include <llvm/Support/CommandLine.h>
#include <llvm/Support/Error.h>
#include <llvm/Support/StringSaver.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>
#include <string_view>

namespace llmc {
namespace fs = std::filesystem;

namespace {

/// Options without a value, or whose value is the next argument.
constexpr auto k_exact = std::to_array<std::string_view>({"-c",
                                                          "-S",
                                                          "-o",
                                                          "-x",
                                                          "-w",
                                                          "-pipe",
                                                          "-pthread",
                                                          "-ansi",
                                                          "-pedantic",
                                                          "-pedantic-errors",
                                                          "-I",
                                                          "-D",
                                                          "-U",
                                                          "-L",
                                                          "-B",
                                                          "-l",
                                                          "-include",
                                                          "-imacros",
                                                          "-isystem",
                                                          "-iquote",
                                                          "-idirafter",
                                                          "-isysroot",
                                                          "-iprefix",
                                                          "-iwithprefix",
                                                          "-iwithprefixbefore",
                                                          "-iwithsysroot",
                                                          "-nostdinc",
                                                          "-nostdinc++",
                                                          "-nostdlibinc",
                                                          "-undef",
                                                          "-trigraphs",
                                                          "-Qunused-arguments",
                                                          "-g",
                                                          "-g0",
                                                          "-g1",
                                                          "-g2",
                                                          "-g3",
                                                          "-ggdb",
                                                          "-ggdb0",
                                                          "-ggdb1",
                                                          "-ggdb2",
                                                          "-ggdb3",
                                                          "-gdwarf",
                                                          "-gdwarf-2",
                                                          "-gdwarf-3",
                                                          "-gdwarf-4",
                                                          "-gdwarf-5",
                                                          "-gline-tables-only",
                                                          "-gcolumn-info",
                                                          "-gno-column-info",
                                                          "-grecord-gcc-switches",
                                                          "-gno-record-gcc-switches",

                                                          "-MD",
                                                          "-MMD",
                                                          "-MP",
                                                          "-MF",
                                                          "-MT",
                                                          "-MQ",
                                                          "-m64",
                                                          "-m32",
                                                          "-mred-zone",
                                                          "-mcmodel=small",
                                                          "-mcmodel=kernel",
                                                          "-mno-red-zone",
                                                          "-fPIC",
                                                          "-fpic",
                                                          "-fPIE",
                                                          "-fpie",
                                                          "-target",
                                                          "-fopenmp-simd",
                                                          "-shared",
                                                          "-static",
                                                          "-rdynamic",
                                                          "-no-pie",
                                                          "-pie",
                                                          "-nostdlib",
                                                          "-nodefaultlibs",
                                                          "-nostartfiles"});

/// The beginnings of options with their value attached.
constexpr auto k_prefixes = std::to_array<std::string_view>({"-I",
                                                             "-D",
                                                             "-U",
                                                             "-L",
                                                             "-B",
                                                             "-l",
                                                             "-W",
                                                             "-o",
                                                             "-x",
                                                             "-MF",
                                                             "-MT",
                                                             "-MQ",
                                                             "-std=",
                                                             "--std=",
                                                             "-isystem",
                                                             "-iquote",
                                                             "-idirafter",
                                                             "-stdlib=",
                                                             "--sysroot=",
                                                             "--target=",
                                                             "--gcc-toolchain=",
                                                             "--gcc-install-dir=",
                                                             "-resource-dir=",
                                                             "-march=",
                                                             "-mtune=",
                                                             "-mcpu=",
                                                             "-fvisibility=",
                                                             "-fvisibility-",
                                                             "-fdiagnostics-",
                                                             "-fmessage-length=",
                                                             "-ferror-limit=",
                                                             "-ftemplate-depth=",
                                                             "-ftemplate-backtrace-limit=",
                                                             "-fconstexpr-",
                                                             "-fmacro-backtrace-limit=",
                                                             "-ftabstop=",
                                                             "-fdebug-prefix-map=",
                                                             "-ffile-prefix-map=",
                                                             "-fmacro-prefix-map=",
                                                             "-fdebug-compilation-dir=",
                                                             "-ffile-compilation-dir=",
                                                             "-fmacro-",
                                                             "-fcf-protection",
                                                             "-ftrivial-auto-var-init=",
                                                             "-fstack-protector",
                                                             "-ftls-model=",
                                                             "-ffp-contract=",
                                                             "-ffp-model=",
                                                             "-fexcess-precision=",
                                                             "-fstrict-flex-arrays=",
                                                             "-fzero-call-used-regs=",
                                                             "-finput-charset=",
                                                             "-fexec-charset=",
                                                             "-fno-sanitize=",
                                                             "-fno-builtin-",
                                                             "-falign-functions=",
                                                             "-mstack-protector-guard",
                                                             "--driver-mode=",
                                                             "-mfpmath=",
                                                             "-fms-extensions"});

/// -fNAME and -fno-NAME that the front end settles, in the IR or not at all, or that we reproduce.
constexpr auto k_features = std::to_array<std::string_view>({"PIC",
                                                             "pic",
                                                             "PIE",
                                                             "pie",
                                                             "exceptions",
                                                             "cxx-exceptions",
                                                             "rtti",
                                                             "strict-aliasing",
                                                             "strict-overflow",
                                                             "strict-enums",
                                                             "strict-return",
                                                             "strict-vtable-pointers",
                                                             "wrapv",
                                                             "common",
                                                             "signed-char",
                                                             "unsigned-char",
                                                             "short-enums",
                                                             "short-wchar",
                                                             "builtin",
                                                             "freestanding",
                                                             "hosted",
                                                             "asynchronous-unwind-tables",
                                                             "unwind-tables",
                                                             "omit-frame-pointer",
                                                             "omit-leaf-frame-pointer",
                                                             "optimize-sibling-calls",
                                                             "function-sections",
                                                             "data-sections",
                                                             "unique-section-names",
                                                             "math-errno",
                                                             "fast-math",
                                                             "finite-math-only",
                                                             "trapping-math",
                                                             "signed-zeros",
                                                             "associative-math",
                                                             "reciprocal-math",
                                                             "rounding-math",
                                                             "unsafe-math-optimizations",
                                                             "honor-nans",
                                                             "honor-infinities",
                                                             "approx-func",
                                                             "delete-null-pointer-checks",
                                                             "semantic-interposition",
                                                             "stack-clash-protection",
                                                             "stack-check",
                                                             "threadsafe-statics",
                                                             "use-cxa-atexit",
                                                             "use-init-array",
                                                             "char8_t",
                                                             "sized-deallocation",
                                                             "aligned-allocation",
                                                             "assume-sane-operator-new",
                                                             "new-infallible",
                                                             "inline",
                                                             "inline-functions",
                                                             "jump-tables",
                                                             "merge-all-constants",
                                                             "lax-vector-conversions",
                                                             "gnu-keywords",
                                                             "gnu89-inline",
                                                             "gnu-inline-asm",
                                                             "asm",
                                                             "blocks",
                                                             "dollars-in-identifiers",
                                                             "keep-static-consts",
                                                             "operator-names",
                                                             "implicit-templates",
                                                             "access-control",
                                                             "elide-constructors",
                                                             "elide-type",
                                                             "caret-diagnostics",
                                                             "show-column",
                                                             "show-source-location",
                                                             "color-diagnostics",
                                                             "diagnostics-color",
                                                             "diagnostics-show-option",
                                                             "ident",
                                                             "plt",
                                                             "addrsig",
                                                             "emulated-tls",
                                                             "stack-size-section",
                                                             "unroll-loops",
                                                             "merge-functions",
                                                             "zero-initialized-in-bss",
                                                             "debug-macro",
                                                             "limit-debug-info",
                                                             "standalone-debug",
                                                             "eliminate-unused-debug-types",
                                                             "spell-checking",
                                                             "working-directory",
                                                             "lto",
                                                             "sanitize",
                                                             "tree-vectorize",
                                                             "vectorize",
                                                             "slp-vectorize",
                                                             "tree-slp-vectorize",
                                                             "pch-timestamp",
                                                             "relaxed-template-template-args",
                                                             "coroutines",
                                                             "complete-member-pointers",
                                                             "force-emit-vtables",
                                                             "ms-extensions",
                                                             "declspec",
                                                             "plugin",
                                                             "modules",
                                                             "implicit-modules",
                                                             "strict-float-cast-overflow",
                                                             "integrated-as",
                                                             "split-stack",
                                                             "stack-protector",
                                                             "profile-generate",
                                                             "openmp",
                                                             "openmp-simd",
                                                             "instrument-functions",
                                                             "coverage-mapping",
                                                             "cf-protection",
                                                             "var-tracking",
                                                             "gcse",
                                                             "tree-dce",
                                                             "check-new",
                                                             "signaling-math",
                                                             "verbose-asm",
                                                             "convergent-functions",
                                                             "protect-parens",
                                                             "math-builtin",
                                                             "force-enable-int128",
                                                             "raw-string-literals"});

/// Of those, what only the negative form is known of.
constexpr auto k_only_off = std::to_array<std::string_view>(
    {"lto", "sanitize", "plugin", "modules", "implicit-modules", "split-stack", "profile-generate",
     "openmp", "instrument-functions", "coverage-mapping", "merge-all-constants", "addrsig",
     "stack-size-section", "convergent-functions"});

/// -mNAME and -mno-NAME: parts of the instruction set, which become attributes of functions.
constexpr auto k_instruction_sets = std::to_array<std::string_view>({"sse",
                                                                     "sse2",
                                                                     "sse3",
                                                                     "ssse3",
                                                                     "sse4",
                                                                     "sse4.1",
                                                                     "sse4.2",
                                                                     "sse4a",
                                                                     "avx",
                                                                     "avx2",
                                                                     "fma",
                                                                     "fma4",
                                                                     "f16c",
                                                                     "bmi",
                                                                     "bmi2",
                                                                     "popcnt",
                                                                     "lzcnt",
                                                                     "aes",
                                                                     "pclmul",
                                                                     "sha",
                                                                     "adx",
                                                                     "mmx",
                                                                     "3dnow",
                                                                     "x87",
                                                                     "80387",
                                                                     "cx16",
                                                                     "movbe",
                                                                     "rdrnd",
                                                                     "rdseed",
                                                                     "xsave",
                                                                     "tbm",
                                                                     "xop",
                                                                     "prfchw",
                                                                     "fsgsbase",
                                                                     "sahf",
                                                                     "vaes",
                                                                     "gfni",
                                                                     "rtm",
                                                                     "avx512f",
                                                                     "avx512bw",
                                                                     "avx512cd",
                                                                     "avx512dq",
                                                                     "avx512vl",
                                                                     "soft-float",
                                                                     "general-regs-only",
                                                                     "outline-atomics",
                                                                     "omit-leaf-frame-pointer"});

bool is_one_of(std::string_view text, const auto& words) {
  return std::ranges::find(words, text) != words.end();
}

/// "no-" taken off.
std::string_view positive(std::string_view name) {
  if (name.starts_with("no-")) name.remove_prefix(3);
  return name;
}

/// The last level of optimisation; empty if there is none, which is -O0.
std::string level_of(const std::vector<std::string>& arguments) {
  std::string level;
  for (std::size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
    if (arguments[i].starts_with("-O")) level = arguments[i];
    if (takes_value(arguments[i])) ++i;
  }
  return level;
}

std::string unknown_option(const std::vector<std::string>& arguments) {
  for (std::size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
    const std::string& argument = arguments[i];
    const bool is_option = argument.size() > 1 && argument.starts_with('-');
    if (is_option && !is_known_option(argument)) return argument;
    if (takes_value(argument)) ++i;
  }
  return "";
}

/// Why the output cannot be written as files are; empty if it can.
std::string problem_with_output(const UnitCall& unit) {
  const CompilerCall& call = unit.call;
  if (call.object == "-")
    return call.writes_dependencies && !call.names_dependency_file
               ? "standard output has no dependency file"
               : "";
  std::error_code code;
  const fs::file_status status = fs::symlink_status(call.object, code);
  if (!fs::exists(status) || fs::is_regular_file(status)) return "";
  return "the output is no regular file";
}

}  // namespace

Result<std::vector<std::string>> expand_response_files(const std::vector<std::string>& arguments) {
  const auto is_file = [](const std::string& argument) { return argument.starts_with('@'); };
  if (std::ranges::none_of(arguments, is_file)) return arguments;
  llvm::BumpPtrAllocator allocator;
  llvm::SmallVector<const char*, 64> words;
  for (const std::string& argument : arguments) words.push_back(argument.c_str());
  llvm::cl::ExpansionContext context(allocator, llvm::cl::TokenizeGNUCommandLine);
  if (llvm::Error error = context.expandResponseFiles(words))
    return fail(llvm::toString(std::move(error)));
  return std::vector<std::string>(words.begin(), words.end());
}

bool is_known_option(const std::string& option) {
  if (is_one_of(option, k_exact) || option.starts_with("-O")) return true;
  if (option.starts_with("-Wa,") || option.starts_with("-Wp,"))
    return option.starts_with("-Wp,-MD,") || option.starts_with("-Wp,-MMD,") ||
           option.starts_with("-Wp,-D");
  if (option.starts_with("-f")) {
    const std::string_view name = std::string_view(option).substr(2);
    const bool is_off = name.starts_with("no-");
    if (is_one_of(positive(name), k_features) && (is_off || !is_one_of(name, k_only_off)))
      return true;
  }
  if (option.starts_with("-m") &&
      is_one_of(positive(std::string_view(option).substr(2)), k_instruction_sets))
    return true;
  return std::ranges::any_of(k_prefixes,
                             [&](std::string_view prefix) { return option.starts_with(prefix); });
}

UnitCall read_unit_call(const std::vector<std::string>& arguments) {
  UnitCall unit;
  std::vector<std::string> as_object = arguments;
  const auto end = std::ranges::find(as_object, "--");
  if (const auto assembly = std::find(as_object.begin(), end, "-S"); assembly != end) {
    *assembly = "-c";
    unit.output = UnitOutput::assembly;
  }
  unit.call = read_compiler_call(as_object);
  CompilerCall& call = unit.call;
  if (unit.output == UnitOutput::assembly && !call.names_object)
    call.object = fs::path(call.source).stem().string() + ".s";
  if (call.kind != CallKind::unit) {
    unit.why_not = call.reason;
    return unit;
  }
  static const std::set<std::string> levels = {"-O", "-O1", "-O2", "-O3", "-Os", "-Oz"};
  unit.level = level_of(arguments);
  const std::string unknown = unknown_option(arguments);
  if (unit.level.empty())
    unit.why_not = "no -O, which is clang's -O0";
  else if (!levels.contains(unit.level))
    unit.why_not = unit.level;
  else if (!unknown.empty())
    unit.why_not = fmt::format("{} is not known to mean the same to llmc", unknown);
  else
    unit.why_not = problem_with_output(unit);
  return unit;
}

std::vector<std::string> oz_command(const std::string& clang, const UnitCall& unit) {
  std::vector<std::string> command = clang_command(clang, "-Oz", unit.call);
  if (unit.output == UnitOutput::object) return command;
  *std::ranges::find(command, "-c") = "-S";
  return command;
}

std::vector<std::string> bitcode_command(const std::string& clang, const UnitCall& unit) {
  std::vector<std::string> command = front_end_command(clang, unit.call, "-");
  const std::vector<std::string> shown = diagnostic_flags(unit.call);
  command.insert(command.begin() + 1, shown.begin(), shown.end());
  return command;
}

}  // namespace llmc
