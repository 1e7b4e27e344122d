// llmc reduce-test: what llvm-reduce calls; exit status 0 if the module is still a witness.
#include "soundness/reduce.h"

#include "cli/command.h"
#include "cli/shared_options.h"
#include "support/files.h"

namespace llmc {

int run_reduce_test(const std::vector<std::string>& arguments) {
  CLI::App app("Tells llvm-reduce whether one pass alone still breaks a module.",
               "llmc reduce-test");
  std::string file;
  ReduceTest test;
  std::string rest;
  std::string linker_file;
  std::string keep;
  app.add_option("file", file, "The module")->required();
  app.add_option("--pass", test.pass, "The pass")->required();
  app.add_flag("--while-compiling", test.while_compiling, "The pass crashes or hangs LLVM itself");
  app.add_option("--run-deadline", test.run_seconds, "Seconds one run may take");
  app.add_option("--rest", rest, "An object to link with");
  app.add_option("--linker", linker_file, "How to link, as Linker::to_text() gives it")->required();
  app.add_option("--keep", keep, "Where the module is copied if it is a witness");
  if (const int code = parse_options(app, arguments); code >= 0) return code;
  initialize_targets();
  test.rest = rest;
  auto module = read_file(file);
  if (!module) return report(module.error());
  const auto text = read_file(linker_file);
  if (!text) return report(text.error());
  const auto linker = Linker::from_text(*text);
  if (!linker) return report(linker.error());
  const auto breaks = still_breaks(*module, test, *linker);
  if (!breaks || !*breaks) return k_exit_failed;
  if (keep.empty()) return k_exit_done;
  const auto kept = write_file(keep, *module);
  return kept ? k_exit_done : report(kept.error());
}

}  // namespace llmc
