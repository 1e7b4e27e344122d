// llmc emit: sources to unoptimised IR.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <filesystem>
#include <set>

#include "cli/command.h"
#include "cli/shared_options.h"
#include "ir/module.h"
#include "sandbox/inputs.h"
#include "support/files.h"
#include "support/terminal.h"

namespace llmc {
namespace {

namespace fs = std::filesystem;

struct EmitArguments : SharedOptions {
  std::string output = "-";
  bool text = false;
  bool force = false;
};

/// The unit's IR, as text or bitcode. A source's bitcode is clang's own, byte for byte.
Result<std::string> emit_one(const Input& input, bool text) {
  std::string bytes;
  if (input.command) {
    LLMC_TRY(const FrontEnd front_end, FrontEnd::find());
    LLMC_TRY(bytes, front_end.unoptimised_bitcode(*input.command));
  } else {
    LLMC_TRY(bytes, read_file(input.name));
  }
  if (text == !is_bitcode(bytes) && input.command) return bytes;
  return run_in_child([&]() -> Result<std::string> {
    LLMC_TRY(const IrModule module, IrModule::parse(bytes, input.name));
    return text ? module.text() : module.bitcode();
  });
}

/// A file name for the unit that no other unit has: its path with the separators replaced.
std::string output_name(const Input& input, bool text, std::set<std::string>& taken) {
  std::string stem = fs::path(input.name).lexically_normal().relative_path().string();
  for (char& c : stem)
    if (c == '/') c = '_';
  while (stem.starts_with("._") || stem.starts_with('_')) stem.erase(0, 1);
  const char* extension = text ? ".ll" : ".bc";
  std::string name = stem + extension;
  for (int i = 2; !taken.insert(name).second; ++i)
    name = fmt::format("{}.{}{}", stem, i, extension);
  return name;
}

int emit_many(const std::vector<Input>& inputs, const EmitArguments& options) {
  if (options.output == "-")
    return report({"several units need a folder for their IR; give one with -o", ErrorKind::usage});
  if (auto made = make_folder(options.output); !made) return report(made.error());
  std::set<std::string> taken;
  std::size_t failed = 0;
  ProgressLine progress;
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    progress.show(fmt::format("[{}/{}] {}", i + 1, inputs.size(), inputs[i].name));
    const std::string name = output_name(inputs[i], options.text, taken);
    auto ir = emit_one(inputs[i], options.text);
    Result<void> written =
        ir ? write_file(fs::path(options.output) / name, *ir) : std::unexpected(ir.error());
    if (written) continue;
    ++failed;
    progress.clear();
    report(written.error());
  }
  progress.clear();
  fmt::print(stderr, "{} of {} units written to {}\n", inputs.size() - failed, inputs.size(),
             options.output);
  return failed == 0 ? k_exit_done : k_exit_failed;
}

}  // namespace

int run_emit(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Turns C and C++ sources, or all units of a compile_commands.json, into the IR that\n"
      "searches start from: clang -Oz -Xclang -disable-llvm-passes -emit-llvm, with all of\n"
      "the unit's own flags kept. IR files are converted between text and bitcode.",
      "llmc emit");
  EmitArguments options;
  options.add_inputs(app, "Sources, IR, a compile_commands.json or a folder with one");
  app.add_option("-o,--output", options.output, "Output file; a folder for several units")
      ->capture_default_str();
  app.add_flag("-S", options.text, "Textual IR instead of bitcode");
  app.add_flag("-f,--force", options.force, "Write bitcode even to a terminal");
  if (const int code = parse_options(app, arguments); code >= 0) return code;

  initialize_targets();
  auto inputs = find_inputs(options.files, options.compiler_flags());
  if (!inputs) return report(inputs.error());
  if (inputs->size() > 1 || fs::is_directory(options.output)) return emit_many(*inputs, options);
  if (options.output == "-" && !options.text && !options.force && standard_output_is_terminal())
    return report(
        {"bitcode is not for a terminal; use -S for text, -o FILE, or -f", ErrorKind::usage});
  auto ir = emit_one(inputs->front(), options.text);
  if (!ir) return report(ir.error());
  if (auto written = write_file(options.output, *ir); !written) return report(written.error());
  return k_exit_done;
}

}  // namespace llmc
