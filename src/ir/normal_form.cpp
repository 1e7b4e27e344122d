#include "ir/normal_form.h"

#include <fmt/format.h>
#include <llvm/IR/AssemblyAnnotationWriter.h>
#include <llvm/IR/DebugInfo.h>
#include <llvm/IR/InstIterator.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <llvm/IR/Module.h>
#include <llvm/Support/FormattedStream.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/TargetParser/Triple.h>

#include <map>
#include <vector>

#include "support/text.h"

namespace llmc {
namespace {

constexpr const char* k_x86_64_layout =
    "e-m:e-p270:32:32-p271:32:32-p272:64:64-i64:64-i128:128-f80:128-n8:16:32:64-S128";
constexpr const char* k_aarch64_layout = "e-m:e-i8:8:32-i16:16:32-i64:64-i128:128-n32:64-S128-Fn32";

constexpr const char* k_frame_pointer = "frame-pointer";

/// Stands in front of instructions whose alignment is not printed; LLVM prints no control
/// characters, so it is unmistakable.
constexpr char k_default_alignment = '\x01';

/// Whether a string attribute says no more than the defaults, or nothing that code at -Oz depends
/// on.
bool is_noise(llvm::StringRef key, llvm::StringRef value) {
  if (key == "target-cpu") return value == "x86-64" || value == "generic";
  if (key == "target-features")
    return value == "+cmov,+cx8,+fxsr,+mmx,+sse,+sse2,+x87" ||
           value == "+fp-armv8,+neon,+v8a,-fmv" ||
           value == "+fp-armv8,+neon,+outline-atomics,+v8a,-fmv";
  if (key == "no-trapping-math" || key == "tune-cpu" || key == "stack-protector-buffer-size" ||
      key == "min-legal-vector-width" || key == "alloc-family" || key == "alloc-variant-zeroed")
    return true;
  return value == "false";
}

/// Attributes that only matter where there is a body.
constexpr llvm::Attribute::AttrKind k_of_bodies[] = {
    llvm::Attribute::UWTable, llvm::Attribute::NoInline, llvm::Attribute::InlineHint,
    llvm::Attribute::MustProgress, llvm::Attribute::AlwaysInline};

/// The string attributes of `set` that are noise.
std::vector<std::string> noise_in(const llvm::AttributeSet& set) {
  std::vector<std::string> keys;
  for (const llvm::Attribute& attribute : set)
    if (attribute.isStringAttribute() &&
        is_noise(attribute.getKindAsString(), attribute.getValueAsString()))
      keys.push_back(attribute.getKindAsString().str());
  return keys;
}

/// What a function that says nothing of its frame pointer has.
const char* usual_frame_pointer(NormalTarget target) {
  return target == NormalTarget::x86_64 ? "none" : "non-leaf";
}

/// Leaves "frame-pointer" on functions where it is not the usual one. LLVM takes "none" from its
/// absence.
void strip_frame_pointer(llvm::Function& function, NormalTarget target) {
  const llvm::Attribute attribute = function.getFnAttribute(k_frame_pointer);
  const std::string value = attribute.isValid() ? attribute.getValueAsString().str() : "none";
  function.removeFnAttr(k_frame_pointer);
  if (!function.isDeclaration() && value != usual_frame_pointer(target))
    function.addFnAttr(k_frame_pointer, value);
}

void strip_attributes(llvm::Function& function, NormalTarget target) {
  strip_frame_pointer(function, target);
  for (const std::string& key : noise_in(function.getAttributes().getFnAttrs()))
    function.removeFnAttr(key);
  function.removeFnAttr(llvm::Attribute::MinSize);
  function.removeFnAttr(llvm::Attribute::OptimizeForSize);
  if (function.getUnnamedAddr() == llvm::GlobalValue::UnnamedAddr::Local)
    function.setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::None);
  if (!function.isDeclaration()) return;
  for (const auto kind : k_of_bodies) function.removeFnAttr(kind);
  // Calls repeat what they promise about their arguments.
  for (unsigned i = 0; i < function.arg_size(); ++i)
    function.removeParamAttr(i, llvm::Attribute::NoUndef);
  function.removeRetAttr(llvm::Attribute::NoUndef);
  function.setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::None);
}

void strip_attributes(llvm::CallBase& call) {
  for (const std::string& key : noise_in(call.getAttributes().getFnAttrs())) call.removeFnAttr(key);
  call.removeFnAttr(llvm::Attribute::MinSize);
  call.removeFnAttr(llvm::Attribute::OptimizeForSize);
  if (llvm::isa<llvm::CallInst>(call) && call.getFunction()->doesNotThrow())
    call.removeFnAttr(llvm::Attribute::NoUnwind);
}

void strip_instructions(llvm::Function& function) {
  for (llvm::Instruction& instruction : llvm::make_early_inc_range(llvm::instructions(function))) {
    if (llvm::isa<llvm::NoAliasScopeDeclInst>(instruction)) {
      instruction.eraseFromParent();
      continue;
    }
    instruction.dropUnknownNonDebugMetadata();
    instruction.setDebugLoc({});
    if (auto* call = llvm::dyn_cast<llvm::CallBase>(&instruction)) strip_attributes(*call);
  }
}

void strip_variable(llvm::GlobalVariable& variable, const llvm::DataLayout& layout) {
  variable.clearMetadata();
  if (!variable.isDeclaration()) return;
  variable.setUnnamedAddr(llvm::GlobalValue::UnnamedAddr::None);
  if (variable.getAlign() == layout.getABITypeAlign(variable.getValueType()))
    variable.setAlignment(std::nullopt);  // means the same for what is defined elsewhere
}

/// Takes out of `module` all that the text leaves out and LLVM's printer would print.
void strip(llvm::Module& module, NormalTarget target) {
  llvm::StripDebugInfo(module);
  while (!module.named_metadata_empty()) module.named_metadata_begin()->eraseFromParent();
  module.setSourceFileName("");
  for (llvm::Function& function : module) {
    function.clearMetadata();
    strip_instructions(function);
  }
  for (llvm::Function& function : module) strip_attributes(function, target);
  for (llvm::GlobalVariable& variable : module.globals())
    strip_variable(variable, module.getDataLayout());
  std::vector<llvm::GlobalObject*> unused;
  for (llvm::GlobalObject& object : module.global_objects()) {
    object.removeDeadConstantUsers();
    if (object.isDeclaration() && object.use_empty()) unused.push_back(&object);
  }
  for (llvm::GlobalObject* object : unused) object->eraseFromParent();
}

/// Marks the instructions whose alignment goes without saying.
class AlignmentMarker : public llvm::AssemblyAnnotationWriter {
 public:
  explicit AlignmentMarker(const llvm::DataLayout& layout) : layout_(layout) {}

  void emitInstructionAnnot(const llvm::Instruction* instruction,
                            llvm::formatted_raw_ostream& stream) override {
    if (is_default(*instruction)) stream << k_default_alignment;
  }

 private:
  [[nodiscard]] bool is_default(const llvm::Instruction& instruction) const {
    if (const auto* load = llvm::dyn_cast<llvm::LoadInst>(&instruction))
      return !load->isAtomic() && load->getAlign() == layout_.getABITypeAlign(load->getType());
    if (const auto* store = llvm::dyn_cast<llvm::StoreInst>(&instruction))
      return !store->isAtomic() &&
             store->getAlign() == layout_.getABITypeAlign(store->getValueOperand()->getType());
    if (const auto* alloca = llvm::dyn_cast<llvm::AllocaInst>(&instruction))
      return alloca->getAddressSpace() == 0 &&
             alloca->getAlign() == layout_.getPrefTypeAlign(alloca->getAllocatedType());
    return false;
  }
  const llvm::DataLayout& layout_;
};

/// Attribute groups by number: what stands between the braces, as it is spelled outside of groups.
using Groups = std::map<std::string, std::string, std::less<>>;

Groups read_groups(std::string_view text) {
  Groups groups;
  constexpr std::string_view k_start = "\nattributes #";
  for (std::size_t at = text.find(k_start); at != text.npos; at = text.find(k_start, at + 1)) {
    std::string_view line = text.substr(at + k_start.size());
    line = line.substr(0, line.find('\n'));
    const std::size_t open = line.find(" = { ");
    if (open == line.npos || !line.ends_with(" }")) continue;
    std::string words(line.substr(open + 5, line.size() - open - 7));
    constexpr std::string_view k_stack = "alignstack=";
    if (const std::size_t stack = words.find(k_stack); stack != words.npos) {
      const std::size_t digits = stack + k_stack.size();
      words.insert(std::min(words.find(' ', digits), words.size()), ")");
      words[digits - 1] = '(';
    }
    groups.emplace(line.substr(0, open), words);
  }
  return groups;
}

/// One printed line without indentation and comment, its attribute groups spelled out.
std::string clean_line(std::string_view line, const Groups& groups) {
  const bool drops_alignment = line.starts_with(k_default_alignment);
  line.remove_prefix(std::min(line.find_first_not_of(" \x01"), line.size()));
  std::string result;
  bool quoted = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '"') quoted = !quoted;
    if (!quoted && c == ';') break;
    if (!quoted && c == '#') {
      const std::size_t end = std::min(line.find_first_not_of("0123456789", i + 1), line.size());
      const auto group = groups.find(line.substr(i + 1, end - i - 1));
      if (group != groups.end()) {
        result += group->second;
        i = end - 1;
        continue;
      }
    }
    result += c;
  }
  result.erase(result.find_last_not_of(' ') + 1);
  if (drops_alignment) result.erase(std::min(result.rfind(", align "), result.size()));
  return result;
}

bool is_left_out(std::string_view line) {
  if (line.starts_with("target ") || line.starts_with("attributes #")) return true;
  return line.starts_with("declare ") && line.substr(0, line.find('(')).contains(" @llvm.");
}

std::string compact(std::string_view printed) {
  const Groups groups = read_groups(printed);
  std::string text;
  while (!printed.empty()) {
    const std::string_view line = take_line(printed);
    if (is_left_out(line)) continue;
    const std::string cleaned = clean_line(line, groups);
    if (!cleaned.empty()) text += cleaned + '\n';
  }
  return text;
}

/// The target that modules of this triple are for; none named means x86-64. Fails for others.
Result<NormalTarget> target_of(const std::string& text) {
  const llvm::Triple triple(llvm::Triple::normalize(text));
  if (text.empty()) return NormalTarget::x86_64;
  if (triple.getArch() == llvm::Triple::x86_64 && triple.isOSLinux() && !triple.isX32())
    return NormalTarget::x86_64;
  if (triple.getArch() == llvm::Triple::aarch64 && triple.isOSLinux() &&
      triple.getEnvironment() != llvm::Triple::GNUILP32)
    return NormalTarget::aarch64;
  return fail(
      fmt::format("the target is {}; the normal form is for x86-64 Linux and AArch64 Linux", text));
}

/// The line by which a text says its target.
std::string name_of_target(NormalTarget target) {
  return fmt::format("target triple = \"{}\"", triple_of(target));
}

/// Puts back what the text implies.
void complete(llvm::Module& module, NormalTarget target) {
  module.setSourceFileName("");
  module.setModuleIdentifier("");
  if (module.getModuleFlag("wchar_size") == nullptr)
    module.addModuleFlag(llvm::Module::Error, "wchar_size", 4);
  if (module.getModuleFlag("PIC Level") == nullptr) module.setPICLevel(llvm::PICLevel::BigPIC);
  if (module.getModuleFlag("PIE Level") == nullptr) module.setPIELevel(llvm::PIELevel::Large);
  for (llvm::Function& function : module) {
    if (function.isDeclaration()) continue;
    if (target == NormalTarget::aarch64 && !function.hasFnAttribute(k_frame_pointer))
      function.addFnAttr(k_frame_pointer, usual_frame_pointer(target));
    if (function.hasOptNone()) continue;
    function.addFnAttr(llvm::Attribute::MinSize);
    function.addFnAttr(llvm::Attribute::OptimizeForSize);
    if (!function.doesNotThrow()) continue;
    for (llvm::Instruction& instruction : llvm::instructions(function))
      if (auto* call = llvm::dyn_cast<llvm::CallInst>(&instruction))
        call->addFnAttr(llvm::Attribute::NoUnwind);
  }
}

}  // namespace

std::string_view triple_of(NormalTarget target) {
  return target == NormalTarget::x86_64 ? "x86_64-pc-linux-gnu" : "aarch64-unknown-linux-gnu";
}

std::string_view data_layout_of(NormalTarget target) {
  return target == NormalTarget::x86_64 ? k_x86_64_layout : k_aarch64_layout;
}

NormalTarget target_of_normal(std::string_view text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  return line == name_of_target(NormalTarget::aarch64) ? NormalTarget::aarch64
                                                       : NormalTarget::x86_64;
}

Result<std::string> normal_text(const IrModule& module) {
  LLMC_TRY(const NormalTarget target, target_of(module.target_triple()));
  // Numbered values: names do not survive this way of copying.
  LLMC_TRY(IrModule copy, IrModule::parse(module.bitcode(), "module", ValueNames::discard));
  strip(copy.module(), target);
  const llvm::DataLayout layout(data_layout_of(target));
  AlignmentMarker marker(layout);
  std::string printed;
  llvm::raw_string_ostream stream(printed);
  copy.module().print(stream, &marker);
  const bool is_said = target != NormalTarget::x86_64;
  return (is_said ? name_of_target(target) + '\n' : "") + compact(printed);
}

Result<IrModule> read_normal(std::string_view text, const std::string& name) {
  std::string whole;
  // On the first line, so that the numbers of lines in messages are those of `text`.
  const NormalTarget said = target_of_normal(text);
  if (!text.contains("target datalayout"))
    whole += fmt::format("target datalayout = \"{}\" ", data_layout_of(said));
  if (!text.contains("target triple"))
    whole += fmt::format("target triple = \"{}\" ", triple_of(said));
  whole += text;
  LLMC_TRY(IrModule module, IrModule::parse(whole, name));
  const auto target = target_of(module.target_triple());
  if (!target) return std::unexpected(target.error().with_context(name));
  complete(module.module(), *target);
  return module;
}

Result<IrModule> normalised(const IrModule& module) {
  LLMC_TRY(const std::string text, normal_text(module));
  return read_normal(text, "normal form");
}

std::string anonymous_bitcode(IrModule module) {
  llvm::StripDebugInfo(module.module());
  module.module().setSourceFileName("");
  module.module().setModuleIdentifier("");
  if (llvm::NamedMDNode* ident = module.module().getNamedMetadata("llvm.ident"))
    ident->eraseFromParent();
  return module.bitcode();
}

}  // namespace llmc
