#include "soundness/compiler_wrapper.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>

#include "passes/catalogue.h"
#include "passes/pass_list.h"
#include "soundness/checker.h"
#include "support/files.h"
#include "support/subprocess.h"
#include "support/terminal.h"
#include "support/text.h"
#include "toolchain/front_end.h"
#include "toolchain/measurement.h"
#include "toolchain/program.h"

namespace llmc {
namespace fs = std::filesystem;

namespace {

constexpr std::array<std::string_view, 4> k_actions = {"compiled", "fell-back", "passed-through",
                                                       "failed"};

// --- Command lines -------------------------------------------------------------------------------

/// Whether clang takes a file of this name for C or C++.
bool is_source(const std::string& argument) {
  static const std::set<std::string> extensions = {".c", ".cc",  ".cpp", ".cxx", ".c++",
                                                   ".C", ".CPP", ".cp",  ".i",   ".ii"};
  return extensions.contains(fs::path(argument).extension().string());
}

bool starts_with_any(const std::string& text, std::initializer_list<std::string_view> beginnings) {
  return std::ranges::any_of(beginnings,
                             [&](std::string_view one) { return text.starts_with(one); });
}

/// Whether the argument makes the call something else than a compilation to an object.
bool changes_the_action(const std::string& argument) {
  static const std::set<std::string> exact = {
      "-S",           "-E",   "-M",        "-MM",       "-emit-llvm", "-fsyntax-only", "-emit-ast",
      "--precompile", "-###", "--analyze", "--version", "-v",         "-fdriver-only"};
  return exact.contains(argument) || argument.starts_with("-print-") ||
         argument.starts_with("--print-");
}

/// Whether the argument asks for what only clang's own pipeline and its end do: instrumentation,
/// link-time optimisation, further outputs, another assembler.
bool needs_clang_itself(const std::string& argument) {
  return starts_with_any(argument, {"-flto",
                                    "-fsanitize=",
                                    "-fprofile-",
                                    "-fcoverage",
                                    "-ftest-coverage",
                                    "--coverage",
                                    "-pg",
                                    "-finstrument",
                                    "-fxray",
                                    "-save-temps",
                                    "--save-temps",
                                    "-fembed-bitcode",
                                    "-gsplit-dwarf",
                                    "-Wa,",
                                    "-Xassembler",
                                    "-fno-integrated-as",
                                    "-no-integrated-as",
                                    "-fstack-usage",
                                    "-MJ",
                                    "-Rpass",
                                    "-fsave-optimization-record",
                                    "-foptimization-record",
                                    "-ftime-",
                                    "-fplugin",
                                    "-fpass-plugin",
                                    "-fmodules",
                                    "-fmodule-",
                                    "-mllvm",
                                    "-cuda",
                                    "-fopenmp-targets",
                                    "-arch",
                                    "-ffat-lto-objects",
                                    "-fdump",
                                    "-dumpdir",
                                    "-fsplit-",
                                    "-fbasic-block-",
                                    "-fdiagnostics-hot",
                                    "--serialize-diagnostics",
                                    "-serialize-diagnostics"});
}

/// Sources that a build system makes to learn about the compiler.
bool is_probe(const fs::path& source) {
  if (source.stem() == "conftest") return true;
  return std::ranges::any_of(source, [](const fs::path& component) {
    return component == "CMakeFiles" || component == "meson-private";
  });
}

/// What is gathered while the arguments are read.
struct Reading {
  CompilerCall call;
  std::vector<std::string> inputs;
  bool compiles = false;  ///< -c
  std::string language;  ///< -x
  std::string not_a_unit;  ///< an argument that changes the action
  std::string only_clang;  ///< an argument that only clang does right
};

/// Notes what the dependency options in `argument` (and its `value`) say.
void read_dependency_option(const std::string& argument, CompilerCall& call) {
  if (argument == "-MD" || argument == "-MMD") call.writes_dependencies = true;
  if (argument.starts_with("-MF")) call.names_dependency_file = true;
  if (argument.starts_with("-MT") || argument.starts_with("-MQ"))
    call.names_dependency_target = true;
  if (argument.starts_with("-Wp,-MD") || argument.starts_with("-Wp,-MMD")) {
    call.writes_dependencies = true;
    call.names_dependency_file = argument.find(',', 4) != std::string::npos;
  }
}

void read_argument(const std::string& argument, const std::string& value, Reading& reading) {
  if (argument == "-c") reading.compiles = true;
  if (argument.starts_with("-x")) reading.language = argument == "-x" ? value : argument.substr(2);
  if (argument.starts_with('@')) reading.not_a_unit = argument;
  if (changes_the_action(argument)) reading.not_a_unit = argument;
  if (needs_clang_itself(argument)) reading.only_clang = argument;
  read_dependency_option(argument, reading.call);
  const bool is_output = argument.starts_with("-o") && !argument.starts_with("-object");
  if (is_output) {
    reading.call.object = argument == "-o" ? value : argument.substr(2);
    reading.call.names_object = true;
  }
  if (!argument.starts_with('-') || argument == "-") reading.inputs.push_back(argument);
}

/// Says what kind of call it is, once everything is read.
void classify(Reading& reading) {
  CompilerCall& call = reading.call;
  const bool language_is_ours =
      reading.language.empty() || reading.language == "c" || reading.language == "c++";
  const auto other = [&](std::string reason) { call.reason = std::move(reason); };
  if (!reading.not_a_unit.empty()) return other(reading.not_a_unit);
  if (!reading.compiles) return other("no -c");
  if (reading.inputs.size() != 1) return other(fmt::format("{} inputs", reading.inputs.size()));
  const std::string& input = reading.inputs.front();
  if (input == "-") return other("the source is standard input");
  if (!language_is_ours) return other("-x " + reading.language);
  if (!is_source(input)) return other("not C or C++");
  if (is_probe(input)) return other("a build system's probe");
  call.source = input;
  if (call.object.empty()) call.object = fs::path(input).stem().string() + ".o";
  call.kind = reading.only_clang.empty() ? CallKind::unit : CallKind::clangs_unit;
  if (call.kind == CallKind::clangs_unit)
    call.reason = fmt::format("the flag {} is for clang itself", reading.only_clang);
}

/// The name that clang gives the dependency file of a call that does not.
std::string dependency_file(const CompilerCall& call) {
  if (!call.names_object) return fs::path(call.source).stem().string() + ".d";
  return call.object.substr(0, call.object.rfind('.')) + ".d";
}

// --- Settings ------------------------------------------------------------------------------------

/// The number in `text`, at least `least`; `fallback` if it is empty.
double number_or(const std::string& name, const std::string& text, double least, double fallback,
                 std::string& problem) {
  if (text.empty()) return fallback;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size() && number >= least) return number;
  problem = fmt::format("{}='{}': expected a number of at least {}", name, text, least);
  return fallback;
}

// --- One unit ------------------------------------------------------------------------------------

fs::path absolute_path(const std::string& file) {
  std::error_code code;
  const fs::path path = fs::absolute(file, code);
  return (code ? fs::path(file) : path).lexically_normal();
}

/// Whether `unit` is a line of the file `only`.
Result<bool> is_listed(const std::string& only, const std::string& unit) {
  LLMC_TRY(const std::string text, read_file(only));
  return ("\n" + text + "\n").find("\n" + unit + "\n") != std::string::npos;
}

/// The list that the settings give the unit, or k_clang_oz.
Result<std::string> list_of_unit(const WrapperSettings& settings, const std::string& unit) {
  if (!settings.problem.empty()) return fail(settings.problem);
  if (settings.mode == WrapperMode::baseline) return settings.baseline_level;
  if (!settings.only.empty()) {
    LLMC_TRY(const bool listed, is_listed(settings.only, unit));
    if (!listed) return std::string(k_clang_oz);
  }
  if (!settings.list.empty()) return settings.list;
  if (settings.plan.empty()) return std::string(k_clang_oz);
  LLMC_TRY(const std::string text, read_file(settings.plan));
  auto plan = UnitPlan::parse(text);
  if (!plan) return std::unexpected(plan.error().with_context(settings.plan));
  return plan->list_for(unit).value_or(std::string(k_clang_oz));
}

/// The list in its canonical form, if it may be applied: if the suite that lists are tested on has
/// nothing against it.
Result<std::string> gated_list(const std::string& list, const WrapperSettings& settings) {
  const PassCatalogue catalogue;
  LLMC_TRY(const PassList parsed, PassList::parse(list, catalogue));
  std::string canonical = parsed.to_string();
  if (settings.unsafe) return canonical;
  LLMC_TRY(const auto verdict, known_verdict(canonical));
  if (!verdict)
    return fail("the list is not tested yet; test it with llmc check, or set LLMC_CC_UNSAFE=1");
  if (!verdict->sound())
    return fail(fmt::format("the list was rejected: {} on {}: {}", to_string(verdict->finding),
                            verdict->program, verdict->evidence));
  return canonical;
}

/// Runs in a child: applies the canonical `list` and lowers.
Result<std::string> lower(const std::string& bitcode, const CodegenOptions& codegen,
                          const std::string& list, const std::string& name) {
  Program program;
  program.name = name;
  program.bitcode = bitcode;
  program.codegen = codegen;
  program.triple = codegen.triple;
  return object_after(program, list);
}

/// Compiles the unit with `list`; nothing has been printed if it fails.
Result<void> compile_with_list(const FrontEnd& front_end, const CompilerCall& call,
                               const std::string& list, const Limits& limits) {
  LLMC_TRY(const TemporaryFolder folder, TemporaryFolder::create());
  const fs::path bitcode_file = folder.path() / "unit.bc";
  std::vector<std::string> command = front_end_command(front_end.path(), call, bitcode_file);
  const std::vector<std::string> diagnostics = diagnostic_flags(call);
  command.insert(command.begin() + 1, diagnostics.begin(), diagnostics.end());
  LLMC_TRY(const SubprocessResult front, run_subprocess(command));
  if (front.exit_status != 0) return fail("clang makes no IR of it");
  LLMC_TRY(const std::string bitcode, read_file(bitcode_file));

  const CompileCommand unit{"", call.source, own_flags(call.arguments, call.source), false};
  std::vector<std::string> unsupported;
  LLMC_TRY(const CodegenOptions codegen, front_end.codegen_options(unit, unsupported));
  if (!unsupported.empty())
    return fail(fmt::format("the flag {} is not reproduced in-process", unsupported.front()));
  LLMC_TRY(const std::string object,
           run_in_child([&] { return lower(bitcode, codegen, list, call.source); }, limits));
  LLMC_CHECK(write_file(call.object, object));
  std::fwrite(front.output.data(), 1, front.output.size(), stdout);
  std::fwrite(front.errors.data(), 1, front.errors.size(), stderr);
  return {};
}

/// Lets clang compile the unit; `row` says why and is completed.
Result<int> compile_by_clang(const FrontEnd& front_end, const CompilerCall& call,
                             const WrapperSettings& settings, WrapperRow& row) {
  LLMC_TRY(const int status, run_attached(clang_command(front_end.path(), settings.level(), call)));
  if (status != 0) {
    row.action = WrapperAction::failed;
    row.reason.clear();
  }
  return status;
}

/// A unit, by its list or by clang; fills in `row`.
Result<int> compile_unit(const FrontEnd& front_end, const CompilerCall& call,
                         const WrapperSettings& settings, WrapperRow& row) {
  const auto list = list_of_unit(settings, row.unit);
  const auto fall_back = [&](const std::string& reason) {
    row.action = WrapperAction::fell_back;
    row.reason = first_line(reason);
    return compile_by_clang(front_end, call, settings, row);
  };
  if (!list) return fall_back(list.error().message);
  row.list = *list;
  if (settings.mode == WrapperMode::baseline || *list == k_clang_oz)
    return compile_by_clang(front_end, call, settings, row);
  if (call.kind == CallKind::clangs_unit) return fall_back(call.reason);
  // In a child: LLVM reads the list, and need not survive that.
  const auto gated = run_in_child([&] { return gated_list(*list, settings); }, settings.limits);
  if (!gated) return fall_back(gated.error().message);
  const auto compiled = compile_with_list(front_end, call, *gated, settings.limits);
  if (!compiled) return fall_back(compiled.error().message);
  return 0;
}

}  // namespace

bool takes_value(const std::string& argument) {
  static const std::set<std::string> options = {"-o",
                                                "-I",
                                                "-D",
                                                "-U",
                                                "-include",
                                                "-imacros",
                                                "-isystem",
                                                "-iquote",
                                                "-idirafter",
                                                "-isysroot",
                                                "-iprefix",
                                                "-iwithprefix",
                                                "-x",
                                                "-MF",
                                                "-MT",
                                                "-MQ",
                                                "-MJ",
                                                "-Xclang",
                                                "-Xlinker",
                                                "-Xassembler",
                                                "-Xpreprocessor",
                                                "-mllvm",
                                                "-target",
                                                "-arch",
                                                "-L",
                                                "-l",
                                                "-T",
                                                "-u",
                                                "-z",
                                                "-e",
                                                "-B",
                                                "-F",
                                                "-rpath",
                                                "-framework",
                                                "--param",
                                                "-include-pch",
                                                "-ivfsoverlay",
                                                "-iwithprefixbefore",
                                                "-iwithsysroot",
                                                "-Wp",
                                                "-G",
                                                "-dumpdir"};
  return options.contains(argument);
}

std::vector<std::string> diagnostic_flags(const CompilerCall& call) {
  const bool chosen = std::ranges::any_of(call.arguments, [](const std::string& argument) {
    return argument.find("color-diagnostics") != std::string::npos ||
           argument.starts_with("-fdiagnostics-color");
  });
  if (chosen || !standard_error_is_terminal()) return {};
  return {"-fcolor-diagnostics"};
}

void append_to_log(const std::string& log, const WrapperRow& row) {
  if (log.empty()) return;
  const int fd = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (fd < 0) return;
  const std::string line = to_json_line(row) + "\n";
  [[maybe_unused]] const ssize_t written = ::write(fd, line.data(), line.size());
  ::close(fd);
}

std::uint64_t size_of_object(const std::string& object) {
  std::error_code code;
  if (!fs::is_regular_file(object, code)) return 0;
  const auto bytes = read_file(object);
  const auto sizes = bytes ? measure_object(*bytes, object) : fail(bytes.error().message);
  return sizes ? sizes->binary_size() : 0;
}

CompilerCall read_compiler_call(const std::vector<std::string>& arguments) {
  Reading reading;
  if (!arguments.empty() && arguments[0].starts_with("-cc1")) {
    reading.call.arguments = arguments;
    reading.call.reason = arguments[0];
    return reading.call;
  }
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--") {  // from here on, only inputs; clang needs it in its place
      reading.call.arguments.insert(reading.call.arguments.end(), arguments.begin() + i,
                                    arguments.end());
      reading.inputs.insert(reading.inputs.end(), arguments.begin() + i + 1, arguments.end());
      break;
    }
    if (argument.starts_with("-O")) continue;
    const bool has_value = takes_value(argument) && i + 1 < arguments.size();
    const std::string value = has_value ? arguments[i + 1] : "";
    read_argument(argument, value, reading);
    reading.call.arguments.push_back(argument);
    if (has_value) reading.call.arguments.push_back(arguments[++i]);
  }
  classify(reading);
  return reading.call;
}

std::vector<std::string> clang_command(const std::string& clang, const std::string& level,
                                       const CompilerCall& call) {
  std::vector<std::string> command = {clang};
  const bool verbatim = !call.arguments.empty() && call.arguments[0].starts_with("-cc1");
  if (!verbatim) command.push_back(level);
  command.insert(command.end(), call.arguments.begin(), call.arguments.end());
  return command;
}

std::vector<std::string> front_end_command(const std::string& clang, const CompilerCall& call,
                                           const fs::path& bitcode) {
  std::vector<std::string> command = {clang,        "-Oz", "-Xclang",       "-disable-llvm-passes",
                                      "-emit-llvm", "-o",  bitcode.string()};
  // Both would be made from the output's name, which is not the object's here.
  if (call.writes_dependencies && !call.names_dependency_file)
    command.insert(command.end(), {"-MF", dependency_file(call)});
  if (call.writes_dependencies && !call.names_dependency_target)
    command.insert(command.end(), {"-MQ", call.object});
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    const std::string& argument = call.arguments[i];
    const bool is_output = argument.starts_with("-o") && !argument.starts_with("-object");
    if (!is_output)
      command.push_back(argument);
    else if (argument == "-o")
      ++i;
    if (!is_output && takes_value(argument) && i + 1 < call.arguments.size())
      command.push_back(call.arguments[++i]);
  }
  return command;
}

Result<UnitPlan> UnitPlan::parse(std::string_view text) {
  UnitPlan plan;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::string_view one = take_line(text);
    if (one.empty()) continue;
    const nlohmann::json row = nlohmann::json::parse(one, nullptr, false);
    if (!row.is_object())
      return fail(
          fmt::format("line {}: not a JSON object; expected what `llmc tune --json` prints", line));
    const bool tuned = row.value("type", nlohmann::json()) == "program" &&
                       row.value("name", nlohmann::json()).is_string() &&
                       row.value("list", nlohmann::json()).is_string();
    if (!tuned) continue;
    plan.rows_.push_back({fs::path(row["name"].get<std::string>()).lexically_normal(),
                          row["list"].get<std::string>()});
  }
  return plan;
}

std::optional<std::string> UnitPlan::list_for(const fs::path& unit) const {
  const std::vector<fs::path> wanted(unit.begin(), unit.end());
  std::size_t most = 2;  // the file name and its folder
  std::set<std::string> lists;
  for (const Row& row : rows_) {
    const std::vector<fs::path> name(row.name.begin(), row.name.end());
    const auto end = std::mismatch(wanted.rbegin(), wanted.rend(), name.rbegin(), name.rend());
    const auto shared = static_cast<std::size_t>(end.first - wanted.rbegin());
    if (shared < most) continue;
    if (shared > most) lists.clear();
    most = shared;
    lists.insert(row.list);
  }
  if (lists.size() != 1) return std::nullopt;
  return *lists.begin();
}

std::vector<std::string> wrapper_variables() {
  return {"LLMC_CC_MODE", "LLMC_CC_LEVEL",  "LLMC_CC_LIST",     "LLMC_CC_PLAN",  "LLMC_CC_ONLY",
          "LLMC_CC_LOG",  "LLMC_CC_UNSAFE", "LLMC_CC_DEADLINE", "LLMC_CC_MEMORY"};
}

WrapperSettings read_wrapper_settings(
    const std::function<std::string(const std::string& name)>& variable) {
  static const std::set<std::string> levels = {"-O",  "-O0", "-O1", "-O2",   "-O3",
                                               "-Os", "-Oz", "-Og", "-Ofast"};
  WrapperSettings settings;
  const std::string mode = variable("LLMC_CC_MODE");
  if (mode == "baseline")
    settings.mode = WrapperMode::baseline;
  else if (!mode.empty() && mode != "candidate")
    settings.problem = fmt::format("LLMC_CC_MODE='{}': expected baseline or candidate", mode);
  if (const std::string level = variable("LLMC_CC_LEVEL"); levels.contains(level))
    settings.baseline_level = level;
  else if (!level.empty())
    settings.problem = fmt::format("LLMC_CC_LEVEL='{}': expected a level such as -O2", level);
  settings.list = variable("LLMC_CC_LIST");
  settings.plan = variable("LLMC_CC_PLAN");
  settings.only = variable("LLMC_CC_ONLY");
  settings.log = variable("LLMC_CC_LOG");
  const std::string unsafe = variable("LLMC_CC_UNSAFE");
  settings.unsafe = unsafe == "1";
  if (!unsafe.empty() && unsafe != "0" && unsafe != "1")
    settings.problem = fmt::format("LLMC_CC_UNSAFE='{}': expected 0 or 1", unsafe);
  const double seconds =
      number_or("LLMC_CC_DEADLINE", variable("LLMC_CC_DEADLINE"), 0.01, 120, settings.problem);
  const double mib =
      number_or("LLMC_CC_MEMORY", variable("LLMC_CC_MEMORY"), 256, 4096, settings.problem);
  settings.limits.deadline = std::chrono::milliseconds(static_cast<long>(seconds * 1000));
  settings.limits.memory_bytes = static_cast<std::uint64_t>(mib) << 20;
  return settings;
}

std::string to_json_line(const WrapperRow& row) {
  nlohmann::json json = {{"unit", row.unit},
                         {"mode", row.mode == WrapperMode::baseline ? "baseline" : "candidate"},
                         {"list", row.list},
                         {"action", k_actions[static_cast<std::size_t>(row.action)]},
                         {"object_size", row.object_size}};
  if (!row.reason.empty()) json["reason"] = row.reason;
  if (!row.by.empty()) json["by"] = row.by;
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

Result<std::vector<WrapperRow>> read_wrapper_log(std::string_view text) {
  std::vector<WrapperRow> rows;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::string_view one = take_line(text);
    try {
      const nlohmann::json json = nlohmann::json::parse(one);
      const std::string action = json.at("action").get<std::string>();
      const auto* const found = std::ranges::find(k_actions, action);
      if (found == k_actions.end()) return fail(fmt::format("line {}: unknown action", line));
      rows.push_back(
          {.unit = json.at("unit").get<std::string>(),
           .mode = json.at("mode") == "baseline" ? WrapperMode::baseline : WrapperMode::candidate,
           .list = json.at("list").get<std::string>(),
           .action = static_cast<WrapperAction>(found - k_actions.begin()),
           .reason = json.value("reason", ""),
           .object_size = json.at("object_size").get<std::uint64_t>(),
           .by = json.value("by", "")});
    } catch (const nlohmann::json::exception& error) {
      return fail(fmt::format("line {}: not a row of llmc cc's log: {}", line, error.what()));
    }
  }
  return rows;
}

Result<int> run_compiler_call(const std::vector<std::string>& arguments,
                              const WrapperSettings& settings) {
  LLMC_TRY(const FrontEnd front_end, FrontEnd::find());
  const CompilerCall call = read_compiler_call(arguments);
  WrapperRow row;
  row.mode = settings.mode;
  row.list = settings.mode == WrapperMode::baseline ? settings.baseline_level : k_clang_oz;
  if (call.kind == CallKind::other) {
    row.action = WrapperAction::passed_through;
    row.reason = call.reason;
    append_to_log(settings.log, row);
    return std::unexpected(become(clang_command(front_end.path(), settings.level(), call)));
  }
  row.unit = absolute_path(call.source).string();
  LLMC_TRY(const int status, compile_unit(front_end, call, settings, row));
  if (status == 0) row.object_size = size_of_object(call.object);
  append_to_log(settings.log, row);
  return status;
}

}  // namespace llmc
