// Options that several subcommands share, and their meaning.
#pragma once

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

#include "sandbox/child.h"
#include "toolchain/codegen.h"

namespace llmc {

/// Files to work on, how IR is lowered, what evaluations may use.
struct SharedOptions {
  std::vector<std::string> files;
  std::vector<std::string> flags;  ///< -X: one compiler flag for source files
  std::string codegen_level = "Oz";
  double deadline_seconds = 120;
  std::uint64_t memory_mib = 4096;

  /// Adds FILES and --flag to `app`.
  void add_inputs(CLI::App& app, const std::string& help) {
    app.add_option("files", files, help)->required();
    app.add_option("-X,--flag", flags,
                   "A compiler flag for source files, such as -X -DNDEBUG; repeatable")
        ->allow_extra_args(false)
        ->type_name("FLAG");
  }
  /// Adds --codegen to `app`.
  void add_codegen(CLI::App& app) {
    app.add_option("--codegen", codegen_level,
                   "Lowering: Oz as clang does it, O0 as the LLM Compiler paper did")
        ->check(CLI::IsMember({"Oz", "O0"}))
        ->capture_default_str();
  }
  /// Adds --deadline and --memory to `app`.
  void add_limits(CLI::App& app) {
    app.add_option("--deadline", deadline_seconds, "Seconds one evaluation may take")
        ->check(CLI::Range(0.01, 1e6))
        ->capture_default_str();
    app.add_option("--memory", memory_mib, "MiB of address space one evaluation may use")
        ->check(CLI::Range(256, 1 << 24))
        ->capture_default_str();
  }

  /// The flags; "-X=-DNDEBUG" is taken to mean "-X -DNDEBUG".
  [[nodiscard]] std::vector<std::string> compiler_flags() const {
    std::vector<std::string> result = flags;
    for (std::string& flag : result)
      if (flag.starts_with('=')) flag.erase(0, 1);
    return result;
  }
  [[nodiscard]] Limits limits() const {
    return {std::chrono::milliseconds(static_cast<long>(deadline_seconds * 1000)),
            memory_mib << 20};
  }
  [[nodiscard]] CodegenLevel level() const {
    return codegen_level == "O0" ? CodegenLevel::o0 : CodegenLevel::oz;
  }
  [[nodiscard]] CodegenOptions codegen() const {
    CodegenOptions options;
    options.level = level();
    return options;
  }
};

}  // namespace llmc
