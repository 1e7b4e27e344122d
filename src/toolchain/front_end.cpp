#include "toolchain/front_end.h"

#include <fmt/format.h>
#include <llvm/Config/llvm-config.h>
#include <llvm/Support/Allocator.h>
#include <llvm/Support/CommandLine.h>
#include <llvm/Support/StringSaver.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "support/files.h"
#include "support/subprocess.h"

namespace llmc {
namespace fs = std::filesystem;

namespace {

/// A shell command line as its words, quotes and backslashes resolved.
std::vector<std::string> split_command_line(const std::string& line) {
  llvm::BumpPtrAllocator allocator;
  llvm::StringSaver saver(allocator);
  llvm::SmallVector<const char*, 64> words;
  llvm::cl::TokenizeGNUCommandLine(line, saver, words);
  return {words.begin(), words.end()};
}

bool is_cxx_driver(const std::string& compiler) {
  const std::string name = fs::path(compiler).filename().string();
  return name.find("++") != std::string::npos;
}

bool is_source(const std::string& argument) {
  static const std::set<std::string> extensions = {".c", ".cc", ".cpp", ".cxx", ".c++", ".C",
                                                   ".i", ".ii", ".m",   ".mm",  ".CPP", ".cp"};
  return !argument.starts_with('-') && extensions.contains(fs::path(argument).extension().string());
}

Result<CompileCommand> parse_entry(const nlohmann::json& entry) {
  CompileCommand command;
  command.directory = entry.at("directory").get<std::string>();
  command.file = entry.at("file").get<std::string>();
  std::vector<std::string> words = entry.contains("arguments")
                                       ? entry["arguments"].get<std::vector<std::string>>()
                                       : split_command_line(entry.at("command").get<std::string>());
  if (words.empty()) return fail("the command is empty");
  // A launcher such as ccache may stand in front of the compiler.
  const bool launched = words.size() > 1 && !words[1].starts_with('-') && !is_source(words[1]);
  command.is_cxx = is_cxx_driver(words[launched ? 1 : 0]);
  words.erase(words.begin(), words.begin() + (launched ? 2 : 1));
  command.flags = own_flags(words, command.file.string());
  return command;
}

/// The arguments of the cc1 command in clang's -### output.
Result<std::vector<std::string>> cc1_arguments(const std::string& driver_output) {
  for (std::vector<std::string>& words : split_command_lines(driver_output))
    if (words.size() > 1 && words[1] == "-cc1") return std::move(words);
  return fail("clang's -### printed no -cc1 command");
}

}  // namespace

std::vector<std::vector<std::string>> split_command_lines(const std::string& driver_output) {
  std::vector<std::vector<std::string>> commands;
  std::size_t start = 0;
  while (start < driver_output.size()) {
    const std::size_t end = std::min(driver_output.find('\n', start), driver_output.size());
    const std::string line = driver_output.substr(start, end - start);
    if (line.starts_with(" \"")) commands.push_back(split_command_line(line));
    start = end + 1;
  }
  return commands;
}

std::vector<std::string> own_flags(const std::vector<std::string>& arguments,
                                   const std::string& file) {
  static const std::set<std::string> dropped_with_value = {"-o", "-MF", "-MT", "-MQ", "-MJ"};
  static const std::set<std::string> dropped = {
      "-c",  "-S",  "-E",    "-M",         "-MM",         "-MD", "-MMD",
      "-MP", "-MG", "-pipe", "-emit-llvm", "-save-temps", "--",  "-fsyntax-only"};
  const std::string file_name = fs::path(file).filename().string();
  std::vector<std::string> kept;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (dropped_with_value.contains(argument)) {
      ++i;
      continue;
    }
    const bool is_level = argument.starts_with("-O");
    const bool is_output = argument.starts_with("-o") && !argument.starts_with("-object");
    const bool is_file = is_source(argument) && fs::path(argument).filename() == file_name;
    if (dropped.contains(argument) || is_level || is_output || is_file) continue;
    kept.push_back(argument);
    const bool takes_value = argument == "-I" || argument == "-D" || argument == "-U" ||
                             argument == "-include" || argument == "-isystem" ||
                             argument == "-iquote" || argument == "-Xclang" || argument == "-x" ||
                             argument == "-idirafter" || argument == "-imacros" ||
                             argument == "-mllvm" || argument == "-target" || argument == "-arch";
    if (takes_value && i + 1 < arguments.size()) kept.push_back(arguments[++i]);
  }
  return kept;
}

Result<std::vector<CompileCommand>> read_compile_commands(const fs::path& path) {
  LLMC_TRY(const std::string text, read_file(path));
  const nlohmann::json entries = nlohmann::json::parse(text, nullptr, false);
  if (!entries.is_array())
    return fail(
        fmt::format("{}: not a compilation database; expected a JSON array as cmake "
                    "-DCMAKE_EXPORT_COMPILE_COMMANDS=ON or bear writes it",
                    path.string()));
  std::vector<CompileCommand> commands;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    try {
      auto command = parse_entry(entries[i]);
      if (!command)
        return fail(fmt::format("{}: entry {}: {}", path.string(), i, command.error().message));
      commands.push_back(std::move(*command));
    } catch (const nlohmann::json::exception& error) {
      return fail(fmt::format("{}: entry {} is malformed: {}", path.string(), i, error.what()));
    }
  }
  return commands;
}

Result<FrontEnd> FrontEnd::find() {
  const char* chosen = std::getenv("LLMC_CLANG");
  const std::string name = chosen != nullptr && *chosen != '\0'
                               ? std::string(chosen)
                               : fmt::format("clang-{}", LLVM_VERSION_MAJOR);
  const auto path = find_program(name);
  if (!path)
    return fail(fmt::format(
        "cannot find {}; install it (apt-get install clang-{}) or set LLMC_CLANG to a clang {}",
        name, LLVM_VERSION_MAJOR, LLVM_VERSION_MAJOR));
  return FrontEnd(path->string());
}

Result<std::string> FrontEnd::run(const CompileCommand& command,
                                  const std::vector<std::string>& extra) const {
  std::vector<std::string> arguments = {clang_};
  if (command.is_cxx) arguments.push_back("--driver-mode=g++");
  // -Oz comes first: -fslp-vectorize and its like count only after the level.
  arguments.push_back("-Oz");
  arguments.insert(arguments.end(), command.flags.begin(), command.flags.end());
  // -w: the build's own warnings are not news here, and must not be errors.
  for (const char* flag : {"-w", "-Qunused-arguments", "-c"}) arguments.push_back(flag);
  arguments.insert(arguments.end(), extra.begin(), extra.end());
  arguments.push_back("-o");
  arguments.push_back("-");
  arguments.push_back(command.file.string());
  SubprocessOptions options;
  options.directory = command.directory;
  LLMC_TRY(auto result, run_subprocess(arguments, options));
  if (result.exit_status != 0)
    return fail(fmt::format("clang cannot compile it:\n{}", result.errors));
  return std::ranges::find(extra, "-###") != extra.end() ? result.errors : result.output;
}

Result<std::string> FrontEnd::unoptimised_bitcode(const CompileCommand& command) const {
  auto bitcode = run(command, {"-Xclang", "-disable-llvm-passes", "-emit-llvm"});
  if (!bitcode) return std::unexpected(bitcode.error().with_context(command.file.string()));
  return bitcode;
}

Result<CodegenOptions> FrontEnd::codegen_options(const CompileCommand& command,
                                                 std::vector<std::string>& unsupported) const {
  auto output = run(command, {"-###"});
  if (!output) return std::unexpected(output.error().with_context(command.file.string()));
  LLMC_TRY(const auto arguments, cc1_arguments(*output));
  return codegen_options_from_cc1(arguments, unsupported);
}

Result<std::string> FrontEnd::clang_object(const CompileCommand& command,
                                           const std::string& level) const {
  auto object = run(command, {level});  // the last one counts
  if (!object) return std::unexpected(object.error().with_context(command.file.string()));
  return object;
}

Result<Program> FrontEnd::compile(const CompileCommand& command, CodegenLevel level) const {
  LLMC_TRY(const std::string bitcode, unoptimised_bitcode(command));
  std::vector<std::string> unsupported;
  LLMC_TRY(CodegenOptions options, codegen_options(command, unsupported));
  options.level = level;
  LLMC_TRY(Program program, make_program(bitcode, command.file.string(), options));
  for (const std::string& flag : unsupported)
    program.warnings.push_back(fmt::format(
        "the flag {} is not reproduced in-process; sizes may differ from clang's", flag));
  return program;
}

}  // namespace llmc
