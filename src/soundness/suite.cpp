#include "soundness/suite.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>

#include "ir/module.h"
#include "sandbox/confine.h"
#include "soundness/gzip_file.h"
#include "soundness/soundness_store.h"
#include "support/files.h"
#include "support/subprocess.h"
#include "support/text.h"
#include "toolchain/codegen.h"
#include "toolchain/front_end.h"
#include "toolchain/optimizer.h"

namespace llmc {
namespace fs = std::filesystem;

namespace {

constexpr auto k_run_limit = std::chrono::milliseconds(2000);
constexpr std::string_view k_does_not_build = "does not build";
constexpr const char* k_csmith_include = "/usr/include/csmith";

std::string text_of(const nlohmann::json& object, const char* field) {
  const auto found = object.find(field);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

Result<SuiteSource> parse_humaneval(const std::string& line) {
  const nlohmann::json object = nlohmann::json::parse(line, nullptr, false);
  if (!object.is_object()) return fail("not a JSON object");
  SuiteSource source;
  source.is_cxx = true;
  source.name = text_of(object, "task_id");
  const std::string declaration = text_of(object, "declaration");
  const std::string solution = text_of(object, "canonical_solution");
  const std::string test = text_of(object, "test");
  if (source.name.empty() || solution.empty() || test.empty())
    return fail("expected the fields task_id, declaration, canonical_solution and test");
  // A declaration leaves one brace open, the function's; in the published file one of them is
  // damaged, and there the prompt is whole.
  const auto open_braces =
      std::ranges::count(declaration, '{') - std::ranges::count(declaration, '}');
  source.text =
      (open_braces == 1 ? declaration : text_of(object, "prompt")) + solution + "\n" + test;
  return source;
}

/// A name that can be a file's.
std::string file_name(const SuiteSource& source) {
  std::string name = source.name;
  for (char& c : name)
    if (!std::isalnum(static_cast<unsigned char>(c)) && c != '_' && c != '-' && c != '.') c = '_';
  const bool has_extension = name.ends_with(".c") || name.ends_with(".cpp");
  return has_extension ? name : name + (source.is_cxx ? ".cpp" : ".c");
}

/// How a source is compiled, in `folder`, where it lies under its own name.
CompileCommand compile_command(const SuiteSource& source, const SuiteSources& suite,
                               const fs::path& folder) {
  CompileCommand command{folder, file_name(source), {}, source.is_cxx};
  command.flags = {source.is_cxx ? "-std=c++17" : "-std=gnu11"};
  if (!suite.include_folder.empty()) command.flags.push_back("-I" + suite.include_folder.string());
  return command;
}

/// Builds with clang at `level` and runs; the output, or why the program is no use.
Result<std::string> reference_output(const CompileCommand& command, const FrontEnd& front_end,
                                     const std::string& level) {
  std::vector<std::string> arguments = {front_end.path(), level, "-w", "-pthread"};
  if (command.is_cxx) arguments.insert(arguments.begin() + 1, "--driver-mode=g++");
  arguments.insert(arguments.end(), command.flags.begin(), command.flags.end());
  const fs::path program = command.directory / ("reference" + level);
  for (const std::string& argument :
       {command.file.string(), std::string("-lm"), std::string("-o"), program.string()})
    arguments.push_back(argument);
  SubprocessOptions options;
  options.directory = command.directory;
  LLMC_TRY(const SubprocessResult built, run_subprocess(arguments, options));
  if (built.exit_status != 0) {
    const std::size_t at = built.errors.find("error:");
    const std::string reason = at == std::string::npos ? built.errors : built.errors.substr(at);
    return fail(fmt::format("{} at {}: {}", k_does_not_build, level, first_line(reason)));
  }
  ConfinedLimits limits;
  limits.deadline = k_run_limit;
  LLMC_TRY(const ConfinedRun run, run_confined(program, command.directory, limits));
  if (run.ending != ConfinedRun::Ending::exited || run.code != 0)
    return fail(fmt::format("ends with {} at {}", run.describe(), level));
  return run.output;
}

/// The module as it is, or after LLVM's mandatory inlining if its object would not link without:
/// else every list without an inliner would be rejected for that alone.
Result<std::string> linkable(const std::string& bitcode, const std::string& name) {
  LLMC_TRY(IrModule module, IrModule::parse(bitcode, name));
  if (module.function_that_must_be_inlined().empty()) return bitcode;
  LLMC_TRY(const CodeGenerator generator,
           CodeGenerator::create(CodegenOptions(), module.target_triple()));
  Optimizer optimizer(module.module(), generator);
  LLMC_CHECK(optimizer.run("always-inline"));
  return module.bitcode();
}

/// In a child: source to bitcode, with its right output.
Result<CompiledProgram> compile_one(const SuiteSource& source, const SuiteSources& suite) {
  LLMC_TRY(const TemporaryFolder folder, TemporaryFolder::create());
  const CompileCommand command = compile_command(source, suite, folder.path());
  LLMC_CHECK(write_file(folder.path() / command.file, source.text));
  LLMC_TRY(const FrontEnd front_end, FrontEnd::find());
  CompiledProgram compiled;
  compiled.expected = source.expected;
  if (!source.expected_known) {
    auto plain = reference_output(command, front_end, "-O0");
    auto optimised = plain ? reference_output(command, front_end, "-O2") : plain;
    if (!optimised) {
      compiled.reason = optimised.error().message;
      return compiled;
    }
    if (*plain != *optimised) {
      compiled.reason = "prints different things at -O0 and -O2";
      return compiled;
    }
    compiled.expected = *plain;
  }
  auto bitcode = front_end.unoptimised_bitcode(command);
  if (bitcode) bitcode = linkable(*bitcode, source.name);
  compiled.qualified = bitcode.has_value();
  if (bitcode)
    compiled.bitcode = std::move(*bitcode);
  else
    compiled.reason = bitcode.error().message;
  return compiled;
}

std::string pack(const CompiledProgram& compiled) {
  const auto bytes = nlohmann::json::to_cbor(
      {compiled.qualified, compiled.reason,
       nlohmann::json::binary({compiled.expected.begin(), compiled.expected.end()}),
       nlohmann::json::binary({compiled.bitcode.begin(), compiled.bitcode.end()})});
  return {bytes.begin(), bytes.end()};
}

CompiledProgram unpack(const std::string& bytes) {
  const nlohmann::json fields = nlohmann::json::from_cbor(bytes);
  const auto& expected = fields[2].get_binary();
  const auto& bitcode = fields[3].get_binary();
  // A compiler's message may hold bytes that are not UTF-8; it was passed through as it is.
  return {
      fields[0], fields[1], {expected.begin(), expected.end()}, {bitcode.begin(), bitcode.end()}};
}

Digest compile_key(const SuiteSource& source, const SuiteSources& suite) {
  return Digest::of(fmt::format("2|{}|{}|{}|{}|{}|{}|{}", toolchain_version(), source.name,
                                source.is_cxx, source.expected_known, source.expected,
                                suite.headers, source.text));
}

/// Compiles what the store does not have.
Result<std::vector<CompiledProgram>> compile_all(const SuiteSources& sources, SoundnessStore* store,
                                                 unsigned jobs,
                                                 const std::function<void(std::size_t)>& observe) {
  std::vector<CompiledProgram> compiled(sources.programs.size());
  std::vector<std::size_t> missing;
  for (std::size_t i = 0; i < compiled.size(); ++i) {
    auto known = store == nullptr ? std::nullopt
                                  : store->find_program(compile_key(sources.programs[i], sources));
    if (known)
      compiled[i] = std::move(*known);
    else
      missing.push_back(i);
  }
  ChildPool pool(jobs);
  std::size_t next = 0;
  std::size_t done = compiled.size() - missing.size();
  while (next < missing.size() || !pool.idle()) {
    while (next < missing.size() && pool.has_room()) {
      const std::size_t index = missing[next++];
      LLMC_CHECK(pool.start(index, [&sources, index]() -> Result<std::string> {
        LLMC_TRY(const CompiledProgram program, compile_one(sources.programs[index], sources));
        return pack(program);
      }));
    }
    auto result = pool.wait();
    if (!result) continue;
    const SuiteSource& source = sources.programs[result->tag];
    if (!result->bytes) return std::unexpected(result->bytes.error().with_context(source.name));
    compiled[result->tag] = unpack(*result->bytes);
    // What does not build may build once a header is installed.
    const bool lasting =
        compiled[result->tag].qualified ||
        !(source.expected_known || compiled[result->tag].reason.starts_with(k_does_not_build));
    if (store != nullptr && lasting) {
      LLMC_CHECK(store->add_program(compile_key(source, sources), compiled[result->tag]));
    }
    if (observe) observe(++done);
  }
  return compiled;
}

}  // namespace

bool SuiteSources::all_outputs_known() const {
  return std::ranges::all_of(programs, &SuiteSource::expected_known);
}

Digest SuiteSources::version() const {
  std::string all = "2|" + name + "|" + headers;
  for (const SuiteSource& program : programs)
    all += fmt::format("|{}|{}|{}|{}|{}", program.name, program.text.size(), program.text,
                       program.expected_known, program.expected);
  return Digest::of(all);
}

Result<SuiteSources> builtin_suite() {
  return folder_suite(fs::path(LLMC_SOURCE_FOLDER) / "data" / "suite", "builtin");
}

Result<SuiteSources> folder_suite(const fs::path& folder, const std::string& name) {
  std::error_code code;
  if (!fs::is_directory(folder, code))
    return fail(fmt::format("{}: no folder; a suite is a folder of programs", folder.string()));
  SuiteSources suite{name, {}, fs::absolute(folder, code), ""};
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder, code)) files.push_back(entry.path());
  std::ranges::sort(files);
  for (const fs::path& file : files) {
    const std::string extension = file.extension().string();
    if (extension == ".h") {
      LLMC_TRY(const std::string header, read_file(file));
      suite.headers += header;
    }
    if (extension != ".c" && extension != ".cpp") continue;
    SuiteSource source{file.filename().string(), "", extension == ".cpp", "", false};
    LLMC_TRY(source.text, read_file(file));
    const fs::path expected = file.string() + ".expected";
    source.expected_known = fs::exists(expected, code);
    if (source.expected_known) {
      LLMC_TRY(source.expected, read_file(expected));
    }
    suite.programs.push_back(std::move(source));
  }
  if (suite.programs.empty())
    return fail(fmt::format("{}: no programs (*.c, *.cpp)", folder.string()));
  return suite;
}

Result<SuiteSources> humaneval_suite(const fs::path& file) {
  LLMC_TRY(const std::string text, read_maybe_gzip(file));
  SuiteSources suite{"humaneval-x", {}, {}, ""};
  std::string_view rest = text;
  for (std::size_t number = 1; !rest.empty(); ++number) {
    const std::string line(take_line(rest));
    if (line.empty()) continue;
    auto source = parse_humaneval(line);
    if (!source)
      return fail(fmt::format("{}: line {}: {}", file.string(), number, source.error().message));
    suite.programs.push_back(std::move(*source));
  }
  if (suite.programs.empty()) return fail(fmt::format("{}: no programs", file.string()));
  return suite;
}

std::string default_suite() {
  const char* chosen = std::getenv("LLMC_SUITE");
  return chosen != nullptr && *chosen != '\0' ? chosen : "builtin";
}

Result<SuiteSources> suite_by_name(const std::string& name) {
  if (name == "builtin") return builtin_suite();
  const std::string_view kind = std::string_view(name).substr(0, name.find('='));
  if (kind.size() + 1 < name.size()) {
    const std::string path = name.substr(kind.size() + 1);
    if (kind == "humaneval-x") return humaneval_suite(path);
    if (kind == "dir") return folder_suite(path, name);
  }
  return fail(
      fmt::format("unknown suite '{}'; expected builtin, dir=FOLDER or humaneval-x=FILE", name),
      ErrorKind::usage);
}

Result<SuiteSources> csmith_suite(std::uint64_t first_seed, std::size_t count, unsigned jobs) {
  if (!find_program("csmith"))
    return fail("cannot find csmith; install it (apt-get install csmith libcsmith-dev)");
  std::error_code code;
  if (!fs::exists(fs::path(k_csmith_include) / "csmith.h", code))
    return fail(fmt::format("{}: csmith.h is missing; install it (apt-get install libcsmith-dev)",
                            k_csmith_include));
  SuiteSources suite{"csmith", {}, k_csmith_include, ""};
  suite.programs.resize(count);
  ChildPool pool(jobs);
  std::size_t next = 0;
  while (next < count || !pool.idle()) {
    while (next < count && pool.has_room()) {
      const std::uint64_t seed = first_seed + next;
      LLMC_CHECK(pool.start(next++, [seed]() -> Result<std::string> {
        SubprocessOptions options;
        options.limit = std::chrono::seconds(20);
        LLMC_TRY(const TemporaryFolder folder, TemporaryFolder::create());
        options.directory = folder.path();  // csmith leaves platform.info where it runs
        // Small programs: many of them find more than few large ones.
        LLMC_TRY(const SubprocessResult made,
                 run_subprocess({"csmith", "--seed", std::to_string(seed), "--max-funcs", "4",
                                 "--max-block-depth", "3", "--max-block-size", "3",
                                 "--max-expr-complexity", "6", "--max-array-dim", "2"},
                                options));
        // A seed for which csmith finds no program becomes one that does not build.
        return made.exit_status == 0 && !made.timed_out ? made.output
                                                        : "#error csmith made no program\n";
      }));
    }
    auto result = pool.wait();
    if (!result) continue;
    LLMC_TRY(std::string text, std::move(result->bytes));
    SuiteSource& source = suite.programs[result->tag];
    source.name = fmt::format("csmith-{}.c", first_seed + result->tag);
    source.text = std::move(text);
  }
  return suite;
}

Result<Suite> compile_suite(const SuiteSources& sources, SoundnessStore* store, unsigned jobs,
                            const std::function<void(std::size_t)>& observe) {
  LLMC_TRY(auto compiled, compile_all(sources, store, jobs, observe));
  Suite suite{sources.name, sources.version(), {}, {}};
  for (std::size_t i = 0; i < compiled.size(); ++i) {
    const SuiteSource& source = sources.programs[i];
    // Whoever says what a program prints wants it tested: verdicts must not rest on fewer.
    if (!compiled[i].qualified && source.expected_known)
      return fail(fmt::format("suite {}: {}: {}", sources.name, source.name, compiled[i].reason));
    if (!compiled[i].qualified) {
      suite.left_out.push_back({source.name, compiled[i].reason});
      continue;
    }
    SuiteProgram program;
    program.program.name = source.name;
    program.program.bitcode = std::move(compiled[i].bitcode);
    program.program.id = Digest::of(program.program.bitcode);
    program.expected = std::move(compiled[i].expected);
    program.is_cxx = source.is_cxx;
    suite.programs.push_back(std::move(program));
  }
  if (!suite.left_out.empty()) {
    std::string all = suite.version.hex();
    for (const LeftOut& one : suite.left_out) all += "|" + one.name;
    suite.version = Digest::of(all);
  }
  return suite;
}

}  // namespace llmc
