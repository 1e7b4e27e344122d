// clang's front end: sources and compile_commands.json to programs.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "support/error.h"
#include "toolchain/program.h"

namespace llmc {

/// How one source file is compiled: an entry of a compile_commands.json, or a file with flags.
struct CompileCommand {
  std::filesystem::path directory;     ///< where it runs; empty: here
  std::filesystem::path file;          ///< as the entry names it
  std::vector<std::string> flags;  ///< the entry's own flags, without the compiler, the file,
                                   ///< -c, -o, optimisation level and dependency output
  bool is_cxx = false;  ///< the entry's compiler was a C++ driver
};

/// The flags of `arguments` (without the compiler) that say what the code means: the level of
/// optimisation, the outputs and the file itself are dropped, all the rest is kept in order.
std::vector<std::string> own_flags(const std::vector<std::string>& arguments,
                                   const std::string& file);

/// The commands that clang's `-###` printed, each as its words.
std::vector<std::vector<std::string>> split_command_lines(const std::string& driver_output);

/// The entries of a compile_commands.json, in order. Fails on malformed JSON, naming the entry.
Result<std::vector<CompileCommand>> read_compile_commands(const std::filesystem::path& path);

/// The clang of the linked LLVM's version.
class FrontEnd {
 public:
  /// Finds clang: $LLMC_CLANG, else clang-19 in PATH. The error says what to install.
  static Result<FrontEnd> find();

  /// The clang program itself.
  [[nodiscard]] const std::string& path() const { return clang_; }

  /// Unoptimised IR as bitcode: the command's own flags with
  /// `-Oz -Xclang -disable-llvm-passes -emit-llvm`. The error holds clang's own message.
  [[nodiscard]] Result<std::string> unoptimised_bitcode(const CompileCommand& command) const;

  /// The options that the command's own flags mean for code generation, from clang's `-###`.
  /// `unsupported` receives the flags that change code and are not reproduced in-process.
  [[nodiscard]] Result<CodegenOptions> codegen_options(const CompileCommand& command,
                                                       std::vector<std::string>& unsupported) const;

  /// What `clang -Oz -c` itself makes of the source.
  [[nodiscard]] Result<std::string> clang_oz_object(const CompileCommand& command) const {
    return clang_object(command, "-Oz");
  }

  /// The same at another level ("-O2").
  [[nodiscard]] Result<std::string> clang_object(const CompileCommand& command,
                                                 const std::string& level) const;

  /// The two first of the above as a program, named `file`, lowered at `level`.
  [[nodiscard]] Result<Program> compile(const CompileCommand& command,
                                        CodegenLevel level = CodegenLevel::oz) const;

 private:
  explicit FrontEnd(std::string clang) : clang_(std::move(clang)) {}
  [[nodiscard]] Result<std::string> run(const CompileCommand& command,
                                        const std::vector<std::string>& extra) const;
  std::string clang_;
};

}  // namespace llmc
