// A module of LLVM-IR with the context that owns its types: load, print, count, hash.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "support/digest.h"
#include "support/error.h"

namespace llvm {
class LLVMContext;
class Module;
}  // namespace llvm

namespace llmc {

/// Whether local names (%sum, %for.body) survive loading. Passes never look at them; without them
/// loading is faster and two modules that differ in names only print the same bitcode.
enum class ValueNames { keep, discard };

/// One module in a context of its own, so that it can be dropped whole.
class IrModule {
 public:
  /// Reads bitcode or textual IR (told apart by the magic number) and verifies it. Errors name
  /// `name`, and for text the line and column.
  static Result<IrModule> parse(std::string_view bytes, const std::string& name,
                                ValueNames names = ValueNames::keep);

  /// As above for bitcode, without names of values; `prepare` is called before the bodies of
  /// functions are read, and those that it deletes never are.
  static Result<IrModule> parse_lazily(std::string_view bitcode, const std::string& name,
                                       const std::function<void(llvm::Module&)>& prepare);

  IrModule(IrModule&&) noexcept;
  IrModule& operator=(IrModule&&) noexcept;
  ~IrModule();

  [[nodiscard]] llvm::Module& module() { return *module_; }
  [[nodiscard]] const llvm::Module& module() const { return *module_; }

  /// Bitcode with use-list order kept: code generation depends on that order in a few percent of
  /// functions, so the bytes determine the object.
  [[nodiscard]] std::string bitcode() const;

  /// Textual IR as llvm-dis prints it.
  [[nodiscard]] std::string text() const;

  /// IR instructions in defined functions, debug intrinsics and records not counted.
  [[nodiscard]] std::uint64_t instruction_count() const;

  /// The triple the module names; may be empty.
  [[nodiscard]] std::string target_triple() const;

  /// The hash of `bitcode()`.
  [[nodiscard]] Digest digest() const;

  /// What the verifier says; success when the module is well formed.
  [[nodiscard]] Result<void> verify() const;

  /// A function that is used, must be inlined, and has no body in any object (alwaysinline and
  /// available_externally, as some of libstdc++'s): an object of this module would not link. Empty
  /// if there is none.
  [[nodiscard]] std::string function_that_must_be_inlined() const;

  /// verify(), and that no function is left that must be inlined: what passes owe.
  [[nodiscard]] Result<void> verify_optimised() const;

 private:
  IrModule(std::unique_ptr<llvm::LLVMContext> context, std::unique_ptr<llvm::Module> module);
  std::unique_ptr<llvm::LLVMContext> context_;
  std::unique_ptr<llvm::Module> module_;
};

/// True if `bytes` start with a bitcode magic number (raw or wrapped).
bool is_bitcode(std::string_view bytes);

}  // namespace llmc
