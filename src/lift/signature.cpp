#include "lift/signature.h"

#include <fmt/format.h>
#include <llvm/IR/Function.h>
#include <llvm/IR/Module.h>

#include <optional>

#include "ir/module.h"
#include "support/files.h"

namespace llmc {
namespace {

std::optional<AbiType> abi_type(const llvm::Type& type) {
  if (type.isVoidTy()) return AbiType::none;
  if (type.isPointerTy()) return AbiType::ptr;
  if (type.isFloatTy()) return AbiType::f32;
  if (type.isDoubleTy()) return AbiType::f64;
  if (type.isIntegerTy(1) || type.isIntegerTy(8)) return AbiType::i8;
  if (type.isIntegerTy(16)) return AbiType::i16;
  if (type.isIntegerTy(32)) return AbiType::i32;
  if (type.isIntegerTy(64)) return AbiType::i64;
  return std::nullopt;
}

AbiExtension extension_of(bool is_signed, bool is_zero) {
  return is_signed ? AbiExtension::sign : is_zero ? AbiExtension::zero : AbiExtension::none;
}

/// The signature of `function`, or nothing where it cannot be said.
std::optional<LiftSignature> abi_signature(const llvm::Function& function) {
  LiftSignature signature;
  signature.source = SignatureSource::given;
  signature.variadic = function.isVarArg();
  signature.returns = !function.doesNotReturn();
  for (const llvm::Argument& argument : function.args()) {
    const auto type = abi_type(*argument.getType());
    if (!type || argument.hasByValAttr() || argument.hasStructRetAttr()) return std::nullopt;
    signature.parameters.push_back(
        {*type, extension_of(argument.hasSExtAttr(), argument.hasZExtAttr())});
  }
  const llvm::Type* result = function.getReturnType();
  if (const auto* pair = llvm::dyn_cast<llvm::StructType>(result);
      pair != nullptr && pair->getNumElements() == 2) {
    const auto second = abi_type(*pair->getElementType(1));
    if (!second) return std::nullopt;
    signature.second = *second;
    result = pair->getElementType(0);
  }
  const auto type = abi_type(*result);
  if (!type) return std::nullopt;
  signature.result = {*type, extension_of(function.hasRetAttribute(llvm::Attribute::SExt),
                                          function.hasRetAttribute(llvm::Attribute::ZExt))};
  return signature;
}

}  // namespace

std::string_view to_string(AbiType type) {
  switch (type) {
    case AbiType::none:
      return "void";
    case AbiType::i8:
      return "i8";
    case AbiType::i16:
      return "i16";
    case AbiType::i32:
      return "i32";
    case AbiType::i64:
      return "i64";
    case AbiType::ptr:
      return "ptr";
    case AbiType::f32:
      return "float";
    case AbiType::f64:
      return "double";
    case AbiType::v128:
      return "<2 x i64>";
  }
  return "";
}

bool is_vector_class(AbiType type) {
  return type == AbiType::f32 || type == AbiType::f64 || type == AbiType::v128;
}

std::string_view to_string(SignatureSource source) {
  switch (source) {
    case SignatureSource::given:
      return "given";
    case SignatureSource::library:
      return "library";
    case SignatureSource::inferred:
      return "inferred";
  }
  return "";
}

std::string print_signature(const LiftSignature& signature) {
  const auto print = [](const AbiValue& value) {
    const char* const extension = value.extension == AbiExtension::sign   ? " signext"
                                  : value.extension == AbiExtension::zero ? " zeroext"
                                                                          : "";
    return fmt::format("{}{}", to_string(value.type), extension);
  };
  std::string text = print(signature.result);
  if (signature.second != AbiType::none)
    text = fmt::format("{{ {}, {} }}", text, to_string(signature.second));
  text += " (";
  for (std::size_t i = 0; i < signature.parameters.size(); ++i)
    text += (i == 0 ? "" : ", ") + print(signature.parameters[i]);
  if (signature.variadic) text += signature.parameters.empty() ? "..." : ", ...";
  return text + ")";
}

Result<SignatureTable> signatures_of_ir(std::string_view text, const std::string& name) {
  LLMC_TRY(const IrModule module, IrModule::parse(text, name));
  SignatureTable table;
  for (const llvm::Function& function : module.module())
    if (!function.isIntrinsic())
      if (auto signature = abi_signature(function))
        table.emplace(function.getName().str(), std::move(*signature));
  return table;
}

Result<SignatureTable> library_signatures() {
  const std::string file = std::string(LLMC_SOURCE_FOLDER) + "/data/lift/library.ll";
  LLMC_TRY(const std::string text, read_file(file));
  LLMC_TRY(SignatureTable table, signatures_of_ir(text, file));
  for (auto& [name, signature] : table) signature.source = SignatureSource::library;
  return table;
}

}  // namespace llmc
