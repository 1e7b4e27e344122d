#include "ir/module.h"

#include <fmt/format.h>
#include <llvm/AsmParser/Parser.h>
#include <llvm/Bitcode/BitcodeReader.h>
#include <llvm/Bitcode/BitcodeWriter.h>
#include <llvm/IR/DiagnosticInfo.h>
#include <llvm/IR/DiagnosticPrinter.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/IR/Verifier.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/SourceMgr.h>
#include <llvm/Support/raw_ostream.h>

#include "support/text.h"

namespace llmc {
namespace {

/// The context's own handler prints to standard error and exits on errors; passes' remarks and
/// warnings are nobody's business here.
void ignore_diagnostic(const llvm::DiagnosticInfo*, void*) {}

std::unexpected<Error> bitcode_error(const std::string& name, llvm::Error error) {
  return fail(fmt::format(
      "{}: cannot read the bitcode: {}; the file is truncated, damaged, or made by a newer LLVM "
      "than the {} in use",
      name, first_line(llvm::toString(std::move(error))), LLVM_VERSION_STRING));
}

Result<std::unique_ptr<llvm::Module>> parse_bitcode(std::string_view bytes, const std::string& name,
                                                    llvm::LLVMContext& context) {
  const llvm::MemoryBufferRef buffer(llvm::StringRef(bytes.data(), bytes.size()), name);
  auto module = llvm::parseBitcodeFile(buffer, context);
  if (module) return std::move(*module);
  return bitcode_error(name, module.takeError());
}

Result<std::unique_ptr<llvm::Module>> parse_text(std::string_view bytes, const std::string& name,
                                                 llvm::LLVMContext& context) {
  llvm::SMDiagnostic diagnostic;
  // The lexer needs a terminating zero, which the copy provides.
  auto buffer =
      llvm::MemoryBuffer::getMemBufferCopy(llvm::StringRef(bytes.data(), bytes.size()), name);
  auto module = llvm::parseAssembly(buffer->getMemBufferRef(), diagnostic, context);
  if (module) return module;
  return fail(fmt::format("{}:{}:{}: cannot read the IR: {}; expected LLVM-IR as LLVM {} prints it",
                          name, diagnostic.getLineNo(), diagnostic.getColumnNo() + 1,
                          diagnostic.getMessage().str(), LLVM_VERSION_STRING));
}

}  // namespace

IrModule::IrModule(std::unique_ptr<llvm::LLVMContext> context, std::unique_ptr<llvm::Module> module)
    : context_(std::move(context)), module_(std::move(module)) {}
IrModule::IrModule(IrModule&&) noexcept = default;
IrModule& IrModule::operator=(IrModule&& other) noexcept {
  // The module must go before the context that owns its types.
  module_ = std::move(other.module_);
  context_ = std::move(other.context_);
  return *this;
}
IrModule::~IrModule() = default;

bool is_bitcode(std::string_view bytes) {
  return bytes.starts_with("BC\xC0\xDE") || bytes.starts_with("\xDE\xC0\x17\x0B");
}

Result<IrModule> IrModule::parse(std::string_view bytes, const std::string& name,
                                 ValueNames names) {
  if (bytes.empty())
    return fail(fmt::format("{}: the file is empty; expected LLVM-IR, text or bitcode", name));
  if (!is_bitcode(bytes) && names == ValueNames::discard) {
    // Text refers to values by name, so it cannot be read without them.
    LLMC_TRY(const IrModule named, parse(bytes, name, ValueNames::keep));
    return parse(named.bitcode(), name, ValueNames::discard);
  }
  auto context = std::make_unique<llvm::LLVMContext>();
  context->setDiscardValueNames(names == ValueNames::discard);
  context->setDiagnosticHandlerCallBack(ignore_diagnostic, nullptr);
  LLMC_TRY(auto module, is_bitcode(bytes) ? parse_bitcode(bytes, name, *context)
                                          : parse_text(bytes, name, *context));
  IrModule result(std::move(context), std::move(module));
  if (auto verified = result.verify(); !verified)
    return std::unexpected(verified.error().with_context(name));
  return result;
}

Result<IrModule> IrModule::parse_lazily(std::string_view bitcode, const std::string& name,
                                        const std::function<void(llvm::Module&)>& prepare) {
  auto context = std::make_unique<llvm::LLVMContext>();
  context->setDiscardValueNames(true);
  context->setDiagnosticHandlerCallBack(ignore_diagnostic, nullptr);
  const llvm::MemoryBufferRef buffer(llvm::StringRef(bitcode.data(), bitcode.size()), name);
  auto module = llvm::getLazyBitcodeModule(buffer, *context);
  if (!module) return bitcode_error(name, module.takeError());
  prepare(**module);
  if (llvm::Error error = (*module)->materializeAll()) return bitcode_error(name, std::move(error));
  IrModule result(std::move(context), std::move(*module));
  if (auto verified = result.verify(); !verified)
    return std::unexpected(verified.error().with_context(name));
  return result;
}

std::string IrModule::bitcode() const {
  llvm::SmallVector<char, 0> buffer;
  llvm::raw_svector_ostream stream(buffer);
  llvm::WriteBitcodeToFile(*module_, stream, /*ShouldPreserveUseListOrder=*/true);
  return {buffer.data(), buffer.size()};
}

std::string IrModule::text() const {
  std::string text;
  llvm::raw_string_ostream stream(text);
  module_->print(stream, nullptr);
  return text;
}

std::uint64_t IrModule::instruction_count() const {
  std::uint64_t count = 0;
  for (const llvm::Function& function : *module_)
    for (const llvm::Instruction& instruction : llvm::instructions(function))
      count += !llvm::isa<llvm::DbgInfoIntrinsic>(instruction);
  return count;
}

std::string IrModule::target_triple() const { return module_->getTargetTriple(); }

Digest IrModule::digest() const { return Digest::of(bitcode()); }

std::string IrModule::function_that_must_be_inlined() const {
  for (const llvm::Function& function : *module_)
    if (function.hasAvailableExternallyLinkage() && !function.use_empty() &&
        function.hasFnAttribute(llvm::Attribute::AlwaysInline))
      return function.getName().str();
  return "";
}

Result<void> IrModule::verify_optimised() const {
  LLMC_CHECK(verify());
  const std::string left = function_that_must_be_inlined();
  if (left.empty()) return {};
  return fail(fmt::format("{} is not inlined, and no library has it", left));
}

Result<void> IrModule::verify() const {
  std::string message;
  llvm::raw_string_ostream stream(message);
  bool broken_debug_info = false;
  if (!llvm::verifyModule(*module_, &stream, &broken_debug_info)) return {};
  return fail(fmt::format("the IR is invalid: {}", first_line(message)));
}

}  // namespace llmc
