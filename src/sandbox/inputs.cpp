#include "sandbox/inputs.h"

#include <fmt/format.h>

#include <set>

#include "ir/module.h"
#include "support/files.h"
#include "toolchain/measurement.h"

namespace llmc {
namespace fs = std::filesystem;

namespace {

bool is_source_file(const fs::path& path) {
  static const std::set<std::string> extensions = {".c", ".cc", ".cpp", ".cxx", ".c++",
                                                   ".C", ".i",  ".ii",  ".m",   ".mm"};
  return extensions.contains(path.extension().string());
}

bool is_cxx_source(const fs::path& path) {
  const std::string extension = path.extension().string();
  return extension != ".c" && extension != ".i" && extension != ".m";
}

Result<void> add_database(const fs::path& path, const std::vector<std::string>& flags,
                          std::vector<Input>& inputs) {
  LLMC_TRY(auto commands, read_compile_commands(path));
  if (commands.empty()) return fail(fmt::format("{}: no entries", path.string()));
  for (CompileCommand& command : commands) {
    command.flags.insert(command.flags.end(), flags.begin(), flags.end());
    const std::string name = command.file.string();
    inputs.push_back({name, std::move(command)});
  }
  return {};
}

}  // namespace

Result<std::vector<Input>> find_inputs(const std::vector<std::string>& paths,
                                       const std::vector<std::string>& flags) {
  std::vector<Input> inputs;
  for (const std::string& name : paths) {
    fs::path path = name;
    std::error_code code;
    if (fs::is_directory(path, code)) path /= "compile_commands.json";
    if (name != "-" && !fs::exists(path, code))
      return fail(fmt::format("{}: no such file", path.string()));
    if (path.extension() == ".json") {
      LLMC_CHECK(add_database(path, flags, inputs));
    } else if (is_source_file(path)) {
      inputs.push_back({name, CompileCommand{{}, path, flags, is_cxx_source(path)}});
    } else {
      inputs.push_back({name, std::nullopt});
    }
  }
  return inputs;
}

Result<Program> load_program(const Input& input, const CodegenOptions& codegen) {
  if (input.command) {
    LLMC_TRY(const FrontEnd front_end, FrontEnd::find());
    return front_end.compile(*input.command, codegen.level);
  }
  LLMC_TRY(const std::string bytes, read_file(input.name));
  return program_from_bytes(bytes, input.name == "-" ? "<stdin>" : input.name, codegen);
}

Result<Program> program_from_bytes(std::string_view bytes, const std::string& name,
                                   const CodegenOptions& codegen) {
  if (is_object(bytes))
    return fail(fmt::format("{}: an object file; expected a source file or LLVM-IR", name));
  // Damaged bitcode can crash LLVM's reader; it crashes the child, and the parent reads on only
  // after that went well.
  auto checked = run_in_child([&]() -> Result<std::string> {
    LLMC_TRY(const IrModule module, IrModule::parse(bytes, name, ValueNames::discard));
    return std::string();
  });
  if (!checked) {
    const bool named = checked.error().message.starts_with(name);
    return std::unexpected(named ? checked.error() : checked.error().with_context(name));
  }
  return make_program(bytes, name, codegen);
}

Result<std::string> clang_baseline_object(const Input& input) {
  if (!input.command) return fail(fmt::format("{}: not a source file", input.name));
  LLMC_TRY(const FrontEnd front_end, FrontEnd::find());
  return front_end.clang_oz_object(*input.command);
}

}  // namespace llmc
