#include "cli/lift_common.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <thread>

#include "cli/command.h"
#include "ir/module.h"
#include "lift/header_signatures.h"
#include "lift/outlined.h"
#include "sandbox/child.h"
#include "sandbox/inputs.h"
#include "support/files.h"
#include "support/stopwatch.h"
#include "support/terminal.h"
#include "support/text.h"
#include "toolchain/measurement.h"
#include "toolchain/optimizer.h"

namespace llmc {
namespace {

constexpr Limits k_reading_limits{std::chrono::seconds(60), std::uint64_t{4} << 30};

enum class LiftInputKind { assembly, object, ir };

bool looks_like_ir(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::string_view line = text.substr(at, text.find('\n', at) - at);
    at += line.size() + 1;
    for (const char* const word : {"; ModuleID", "source_filename", "target triple",
                                   "target datalayout", "define ", "declare "})
      if (line.starts_with(word)) return true;
    if (!line.empty() && !line.starts_with(';') && !line.starts_with('%') &&
        !line.starts_with('@') && !line.starts_with('$'))
      return false;
  }
  return false;
}

LiftInputKind kind_of(const std::string& file, std::string_view bytes) {
  if (bytes.starts_with("\177ELF")) return LiftInputKind::object;
  if (is_bitcode(bytes)) return LiftInputKind::ir;
  const std::string extension = std::filesystem::path(file).extension().string();
  if (extension == ".ll") return LiftInputKind::ir;
  if (extension == ".s" || extension == ".S" || extension == ".asm") return LiftInputKind::assembly;
  return looks_like_ir(bytes) ? LiftInputKind::ir : LiftInputKind::assembly;
}

NormalTarget target_of_triple(const std::string& triple) {
  return triple.starts_with("aarch64") ? NormalTarget::aarch64 : NormalTarget::x86_64;
}

/// Runs `read` in a child first, and here only if that one came through.
template <typename Read>
auto read_carefully(const Read& read) -> decltype(read()) {
  const auto tried = run_in_child(
      [&]() -> Result<std::string> {
        LLMC_CHECK(read());
        return std::string();
      },
      k_reading_limits);
  if (!tried) return std::unexpected(tried.error());
  return read();
}

/// What clang's -Oz pipeline makes of IR, as bitcode.
Result<std::string> optimise_oz(const std::string& bytes, const std::string& name,
                                NormalTarget target) {
  LLMC_TRY(IrModule module, IrModule::parse(bytes, name));
  if (module.target_triple().empty()) {
    LLMC_TRY(module, read_normal(module.text(), name));
  }
  if (target_of_triple(module.target_triple()) != target)
    return fail("it is for " + module.target_triple() + "; say so with --target");
  const CodegenOptions codegen;
  LLMC_TRY(const CodeGenerator generator, CodeGenerator::create(codegen, module.target_triple()));
  Optimizer(module.module(), generator).run_clang_oz(codegen);
  return module.bitcode();
}

Result<std::string> lower_oz(const std::string& bitcode, const std::string& name) {
  LLMC_TRY(IrModule module, IrModule::parse(bitcode, name));
  LLMC_TRY(const CodeGenerator generator,
           CodeGenerator::create(CodegenOptions(), module.target_triple()));
  return generator.emit_assembly(module.module());
}

/// The signatures are those of the optimised IR: passes take parameters off local functions.
Result<LiftInput> read_ir(LiftInput input, const std::string& bytes, NormalTarget target) {
  LLMC_TRY(const std::string optimised,
           run_in_child([&] { return optimise_oz(bytes, input.name, target); }, k_reading_limits));
  LLMC_TRY(input.text,
           run_in_child([&] { return lower_oz(optimised, input.name); }, k_reading_limits));
  LLMC_TRY(input.own, signatures_of_ir(optimised, input.name));
  LLMC_TRY(input.unit, read_assembly(input.text, target, input.name, AsmSyntax::att));
  return input;
}

/// The errors of libraries name the file already or not.
Error with_name(const Error& error, const std::string& name) {
  return error.message.starts_with(name) ? error : error.with_context(name);
}

}  // namespace

Result<LiftInput> lift_input_of(const Program& program) {
  LiftInput named;
  named.name = program.name;
  LLMC_TRY(LiftInput input,
           read_ir(std::move(named), program.bitcode, target_of_triple(program.triple)));
  input.unit = without_outlining(std::move(input.unit));
  return input;
}

void LiftInputOptions::add(CLI::App& app, const std::string& help) {
  app.add_option("file", file, help)->required();
  app.add_option("--target", target, "What the assembly is for")
      ->check(CLI::IsMember({"x86_64", "aarch64"}))
      ->capture_default_str();
  app.add_option("--syntax", syntax, "How it is written")
      ->check(CLI::IsMember({"detect", "att", "intel"}))
      ->capture_default_str();
  app.add_option("--sig", signature_files,
                 "Signatures that are known: IR with declarations, or a C header; repeatable")
      ->allow_extra_args(false)
      ->type_name("FILE");
  app.add_option("-X,--flag", flags, "A compiler flag for sources and headers; repeatable")
      ->allow_extra_args(false)
      ->type_name("FLAG");
}

Result<LiftInput> LiftInputOptions::read() const {
  LLMC_TRY(LiftInput input, read_as_written());
  input.unit = without_outlining(std::move(input.unit));
  return input;
}

Result<LiftInput> LiftInputOptions::read_as_written() const {
  const NormalTarget wanted = target == "aarch64" ? NormalTarget::aarch64 : NormalTarget::x86_64;
  const AsmSyntax written = syntax == "intel" ? AsmSyntax::intel
                            : syntax == "att" ? AsmSyntax::att
                                              : AsmSyntax::detect;
  LiftInput input;
  input.name = file == "-" ? "<stdin>" : file;
  const auto named = [&](const Error& error) {
    return std::unexpected(with_name(error, input.name));
  };
  LLMC_TRY(const std::vector<Input> found, find_inputs({file}, flags));
  if (found.size() != 1) return fail(file + ": give one unit, not a whole compilation database");
  if (found.front().command) {
    LLMC_TRY(const FrontEnd front_end, FrontEnd::find());
    LLMC_TRY(const std::string bitcode, front_end.unoptimised_bitcode(*found.front().command));
    auto read = read_ir(std::move(input), bitcode, wanted);
    return read ? std::move(read) : std::unexpected(with_name(read.error(), file));
  }
  LLMC_TRY(std::string bytes, read_file(file));
  switch (kind_of(file, bytes)) {
    case LiftInputKind::ir: {
      auto read = read_ir(std::move(input), bytes, wanted);
      return read ? std::move(read) : std::unexpected(with_name(read.error(), file));
    }
    case LiftInputKind::object: {
      auto unit = read_carefully([&] { return read_object(bytes, input.name); });
      if (!unit) return named(unit.error());
      input.unit = std::move(*unit);
      return input;
    }
    case LiftInputKind::assembly:
      break;
  }
  auto unit = read_carefully([&] { return read_assembly(bytes, wanted, input.name, written); });
  if (!unit) return named(unit.error());
  input.unit = std::move(*unit);
  input.text = std::move(bytes);
  return input;
}

Result<SignatureTable> LiftInputOptions::signatures(const LiftInput& input) const {
  SignatureTable table = input.own;
  // What the language says of it, its code need not show.
  if (input.unit.function("main") != nullptr) {
    LiftSignature of_main;
    of_main.parameters = {{AbiType::i32}, {AbiType::ptr}, {AbiType::ptr}};
    of_main.result = {AbiType::i32};
    of_main.source = SignatureSource::library;
    table.try_emplace("main", of_main);
  }
  std::set<std::string> names;
  for (const AsmFunction& function : input.unit.functions) names.insert(function.name);
  for (const auto& [name, linkage] : input.unit.undefined) names.insert(name);
  for (const std::string& path : signature_files) {
    const auto extension = std::filesystem::path(path).extension();
    const bool is_ir = extension == ".ll" || extension == ".bc";
    auto read = [&]() -> Result<SignatureTable> {
      if (!is_ir) return signatures_of_header(path, names, flags);
      LLMC_TRY(const std::string bytes, read_file(path));
      return read_carefully([&] { return signatures_of_ir(bytes, path); });
    }();
    if (!read) return std::unexpected(with_name(read.error(), path));
    for (auto& [name, signature] : *read) table.insert_or_assign(name, std::move(signature));
  }
  for (auto& [name, signature] : table)
    if (signature.source == SignatureSource::inferred) signature.source = SignatureSource::given;
  return table;
}

RuleOptions::RuleOptions() : jobs(std::max(1U, std::thread::hardware_concurrency())) {}

void RuleOptions::add(CLI::App& app) {
  app.add_option("--function", functions, "Only this function; repeatable")
      ->allow_extra_args(false)
      ->type_name("NAME");
  app.add_option("--budget", budget, "Milliseconds of search for each function")
      ->check(CLI::Range(0, 3'600'000))
      ->type_name("MS")
      ->capture_default_str();
  app.add_option("--candidates", candidates, "Candidates that a search compiles at most")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  app.add_flag("--no-search", no_search, "Take what the rules give; the same as --budget 0");
  app.add_flag("--execute{1000}", execute,
               "Run each function beside the original, on so many inputs")
      ->type_name("N");
  app.add_option("-j,--jobs", jobs, "Functions lifted at the same time")
      ->check(CLI::Range(1, 4096))
      ->capture_default_str();
}

Result<LiftOptions> RuleOptions::lift_options(const AsmUnit& unit) const {
  std::vector<std::string> known;
  for (const AsmFunction& function : unit.functions) known.push_back(function.name);
  for (const std::string& name : functions) {
    if (unit.function(name) != nullptr) continue;
    const std::string nearest = nearest_name(name, known);
    return fail(fmt::format("there is no function '{}'{}", name,
                            nearest.empty() ? "" : fmt::format("; did you mean '{}'?", nearest)),
                ErrorKind::usage);
  }
  LiftOptions options;
  options.functions = functions;
  options.budget = std::chrono::milliseconds(no_search ? 0 : budget);
  options.most_candidates = candidates;
  options.jobs = jobs;
  if (execute != 0) {
    options.execution.emplace();
    options.execution->inputs = execute;
  }
  return options;
}

Result<std::vector<LiftResult>> lift_with_progress(const LiftInput& input,
                                                   const LiftOptions& options) {
  ProgressLine progress;
  const std::size_t all =
      options.functions.empty() ? input.unit.functions.size() : options.functions.size();
  const auto start = std::chrono::steady_clock::now();
  std::size_t done = 0, identical = 0;
  return lift_unit(input.unit, input.text, options, [&](const LiftResult& result) {
    ++done;
    if (result.rung == LiftRung::identical) ++identical;
    const double seconds = seconds_since(start);
    progress.show(fmt::format("{} of {} functions, {} identical, {:.1f} a second, {} left; {}",
                              done, all, identical, static_cast<double>(done) / seconds,
                              format_duration(seconds / static_cast<double>(done) *
                                              static_cast<double>(all - std::min(all, done))),
                              result.name));
  });
}

}  // namespace llmc
