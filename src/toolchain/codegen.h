// Code generation: IR to an object, as clang does it at -Oz.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "support/error.h"

namespace llvm {
class Module;
class TargetMachine;
}  // namespace llvm

namespace llmc {

/// The optimisation level of instruction selection and what follows. `oz` is what clang -Oz uses
/// (CodeGenOptLevel::Default; size comes from the functions' minsize attribute); `o0` is the
/// lowering of the LLM Compiler paper (`clang -xir -c` without -O).
enum class CodegenLevel { oz, o0 };

/// What clang's command line decides about lowering and its -Oz pipeline and what is not recorded
/// in the IR itself. The defaults are clang's for x86-64 Linux without flags.
struct CodegenOptions {
  CodegenLevel level = CodegenLevel::oz;
  std::string triple;               ///< empty: the module's
  std::string cpu;                  ///< empty: the target's default (x86-64, generic)
  std::string features;             ///< "+a,-b"; functions' own attributes win
  std::string abi;                  ///< -target-abi
  std::string relocation_model = "pic";  ///< static, pic, dynamic-no-pic, ropi, rwpi, ropi-rwpi
  std::string code_model;           ///< empty: the target's default
  std::string fp_contract = "on";   ///< on, off, fast
  bool function_sections = false;
  bool data_sections = false;
  bool unique_section_names = true;
  bool address_significance_table = true;  ///< -faddrsig
  bool emulated_tls = false;
  bool relax_all = false;
  bool use_init_array = true;
  bool stack_size_section = false;
  bool unroll_loops = true;         ///< pipeline: PTO.LoopUnrolling and LoopInterleaving
  bool vectorize_loops = false;     ///< pipeline: clang's driver leaves it off at -Oz
  bool vectorize_slp = true;        ///< pipeline: on at -Oz, unlike `default<Oz>`
  bool merge_functions = false;     ///< pipeline: -fmerge-functions
  bool debug_info_for_profiling = false;
  bool zeros_in_bss = true;  ///< -fno-zero-initialized-in-bss turns it off

  /// A canonical text of every field: part of cache keys.
  [[nodiscard]] std::string key() const;

  friend bool operator==(const CodegenOptions&, const CodegenOptions&) = default;
};

/// Registers LLVM's targets (x86 and AArch64 at least). Call once, before any other function here
/// and before forking.
void initialize_targets();

/// The code options that clang's own `-cc1` argument list `arguments` stands for. Flags that do
/// not concern lowering are skipped. `unsupported` receives the ones that change code but cannot
/// be set for one module only (such as -mllvm).
CodegenOptions codegen_options_from_cc1(const std::vector<std::string>& arguments,
                                        std::vector<std::string>& unsupported);

/// A code generator for one set of options; reusable for any number of modules of one triple.
class CodeGenerator {
 public:
  /// `module_triple` is used where the options name none.
  static Result<CodeGenerator> create(const CodegenOptions& options,
                                      const std::string& module_triple);
  CodeGenerator(CodeGenerator&&) noexcept;
  ~CodeGenerator();

  /// The object file of `module`, which is consumed as code generation changes it.
  Result<std::string> emit_object(llvm::Module& module) const;

  /// The assembly text of `module`, likewise.
  Result<std::string> emit_assembly(llvm::Module& module) const;

  [[nodiscard]] llvm::TargetMachine& target() const { return *target_; }

 private:
  explicit CodeGenerator(std::unique_ptr<llvm::TargetMachine> target);
  std::unique_ptr<llvm::TargetMachine> target_;
};

}  // namespace llmc
