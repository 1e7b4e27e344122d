#include "project/linked_clang.h"

#include <clang/Basic/Diagnostic.h>
#include <clang/Basic/DiagnosticIDs.h>
#include <clang/CodeGen/CodeGenAction.h>
#include <clang/Driver/Compilation.h>
#include <clang/Driver/Driver.h>
#include <clang/Driver/Job.h>
#include <clang/Driver/ToolChain.h>
#include <clang/Frontend/CompilerInstance.h>
#include <clang/Frontend/CompilerInvocation.h>
#include <clang/Frontend/FrontendDiagnostic.h>
#include <clang/Frontend/TextDiagnosticBuffer.h>
#include <clang/Frontend/TextDiagnosticPrinter.h>
#include <fmt/format.h>
#include <llvm/Support/ErrorHandling.h>
#include <llvm/Support/Path.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/TargetParser/Host.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <memory>

namespace llmc {
namespace {

namespace fs = std::filesystem;

/// With these in the environment clang's driver does more than compile.
constexpr auto k_driver_variables =
    std::to_array({"CCC_OVERRIDE_OPTIONS", "CC_LOG_DIAGNOSTICS", "CC_PRINT_HEADERS",
                   "CC_PRINT_INTERNAL_STAT", "CC_PRINT_OPTIONS", "CC_PRINT_PROC_STAT",
                   "FORCE_CLANG_DIAGNOSTICS_CRASH", "QA_OVERRIDE_GCC3_OPTIONS"});

/// What tells one build of a file from another: "SIZE:SECONDS", as CMakeLists.txt has written it.
std::string mark_of(const fs::path& file) {
  struct stat status{};
  if (::stat(file.c_str(), &status) != 0) return "";
  return fmt::format("{}:{}", status.st_size, status.st_mtim.tv_sec);
}

/// An error in the middle of LLVM, as clang reports it.
void report_fatal_error(void* diagnostics, const char* message, bool /*says_where*/) {
  static_cast<clang::DiagnosticsEngine*>(diagnostics)->Report(clang::diag::err_fe_error_backend)
      << message;
  std::_Exit(1);
}

/// Whether the driver answers the option itself, at once.
bool asks_driver(const std::string& word) {
  return word == "-###" || word == "-v" || word.starts_with("--v") || word.starts_with("-print-") ||
         word.starts_with("--print-") || word.starts_with("-dump") || word.ends_with("-help");
}

/// A driver's diagnostics, kept until it is known that this process does what it is about.
struct KeptDiagnostics {
  explicit KeptDiagnostics(llvm::ArrayRef<const char*> words)
      : options(clang::CreateAndPopulateDiagOpts(words)),
        printer(new clang::TextDiagnosticPrinter(stream, &*options)),
        engine(new clang::DiagnosticIDs, &*options, printer) {
    stream.enable_colors(options->ShowColors);
    printer->setPrefix(llvm::sys::path::stem(words[0]).str());
    clang::ProcessWarningOptions(engine, *options, /*ReportDiags=*/false);
  }

  std::string text;
  llvm::raw_string_ostream stream{text};
  llvm::IntrusiveRefCntPtr<clang::DiagnosticOptions> options;
  clang::TextDiagnosticPrinter* printer;  ///< the engine's
  clang::DiagnosticsEngine engine;
};

/// The only job of a compilation, if it is clang's own compiler; null otherwise.
const clang::driver::Command* only_compiler_job(const clang::driver::Compilation& compilation) {
  const auto& jobs = compilation.getJobs();
  if (compilation.containsError() || jobs.size() != 1) return nullptr;
  const clang::driver::Command& job = *jobs.begin();
  const auto& arguments = job.getArguments();
  return !arguments.empty() && llvm::StringRef(arguments[0]) == "-cc1" ? &job : nullptr;
}

/// As clang's own compiler begins and ends. nullopt: it is to do anything but write bitcode.
std::optional<int> compile(const clang::driver::Command& job, const std::string& driver_said,
                           int options) {
  auto instance = std::make_unique<clang::CompilerInstance>();
  auto* buffer = new clang::TextDiagnosticBuffer;
  clang::DiagnosticsEngine early(new clang::DiagnosticIDs, new clang::DiagnosticOptions, buffer);
  const bool is_understood = clang::CompilerInvocation::CreateFromArgs(
      instance->getInvocation(), llvm::ArrayRef(job.getArguments()).drop_front(), early,
      job.getExecutable());
  const clang::FrontendOptions& what = instance->getFrontendOpts();
  if (what.ProgramAction != clang::frontend::EmitBC || !what.LLVMArgs.empty() ||
      !what.Plugins.empty() || !what.AddPluginActions.empty() || what.ShowHelp ||
      what.ShowVersion || !what.TimeTracePath.empty())
    return std::nullopt;
  {
    llvm::raw_fd_ostream words(options, /*shouldClose=*/false);
    job.Print(words, "\n", /*Quote=*/true);
  }
  llvm::errs() << driver_said;
  instance->createDiagnostics();
  if (!instance->hasDiagnostics()) return 1;
  llvm::install_fatal_error_handler(report_fatal_error, &instance->getDiagnostics());
  buffer->FlushDiagnostics(instance->getDiagnostics());
  if (!is_understood) {
    instance->getDiagnosticClient().finish();
    return 1;
  }
  clang::EmitBCAction action;
  const bool is_done = instance->ExecuteAction(action);
  // The process ends soon: faster than to take everything apart.
  static_cast<void>(instance.release());
  return is_done ? 0 : 1;
}

}  // namespace

bool is_linked_clang(const std::string& path) {
  std::error_code code;
  static const std::string linked = fs::canonical(LLMC_LINKED_CLANG, code).string();
  return !linked.empty() && fs::canonical(path, code) == linked &&
         mark_of(linked) == LLMC_LINKED_CLANG_MARK &&
         mark_of(LLMC_LINKED_CLANG_LIBRARY) == LLMC_LINKED_CLANG_LIBRARY_MARK;
}

std::optional<int> run_linked_clang(const std::vector<std::string>& command, int options) {
  const auto is_set = [](const char* name) { return std::getenv(name) != nullptr; };
  if (std::ranges::any_of(k_driver_variables, is_set) || std::ranges::any_of(command, asks_driver))
    return std::nullopt;
  const auto names = clang::driver::ToolChain::getTargetAndModeFromProgramName(command[0]);
  if (names.TargetIsValid) return std::nullopt;
  std::vector<const char*> words;
  for (const std::string& word : command) words.push_back(word.c_str());
  if (names.DriverMode != nullptr) words.insert(words.begin() + 1, names.DriverMode);
  KeptDiagnostics kept(words);
  clang::driver::Driver driver(LLMC_LINKED_CLANG, llvm::sys::getDefaultTargetTriple(), kept.engine);
  driver.setTargetAndMode(names);
  const std::unique_ptr<clang::driver::Compilation> compilation(driver.BuildCompilation(words));
  if (!compilation) return std::nullopt;
  const clang::driver::Command* job = only_compiler_job(*compilation);
  if (job == nullptr || kept.engine.hasErrorOccurred()) return std::nullopt;
  kept.printer->finish();
  const auto status = compile(*job, kept.stream.str(), options);
  llvm::outs().flush();
  return status;
}

}  // namespace llmc
