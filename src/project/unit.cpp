#include "project/unit.h"

#include <fmt/format.h>
#include <llvm/IR/DebugInfoMetadata.h>
#include <llvm/IR/DiagnosticInfo.h>
#include <llvm/IR/DiagnosticPrinter.h>
#include <llvm/IR/LLVMContext.h>
#include <llvm/IR/Module.h>
#include <llvm/Object/ELFObjectFile.h>
#include <llvm/Object/ObjectFile.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/TargetParser/Triple.h>

#include <algorithm>
#include <cctype>
#include <vector>

#include "project/unit_key.h"
#include "soundness/compiler_wrapper.h"
#include "toolchain/optimizer.h"
#include "toolchain/program.h"

namespace llmc {
namespace {

/// What clang signed the module with; empty if nothing.
std::string signature_of(const llvm::Module& module) {
  const llvm::NamedMDNode* const node = module.getNamedMetadata("llvm.ident");
  if (node == nullptr || node->getNumOperands() == 0) return "";
  const auto* const text =
      llvm::dyn_cast_or_null<llvm::MDString>(node->getOperand(0)->getOperand(0));
  return text == nullptr ? "" : text->getString().str();
}

bool names_version(const std::string& signature, const std::string& version) {
  const std::string words = "version " + version;
  const std::size_t at = signature.find(words);
  if (at == std::string::npos) return false;
  const std::size_t behind = at + words.size();
  return behind >= signature.size() ||
         std::isdigit(static_cast<unsigned char>(signature[behind])) == 0;
}

/// Keeps the first warning or error of a compilation.
void keep_diagnostic(const llvm::DiagnosticInfo* info, void* kept) {
  auto& text = *static_cast<std::string*>(kept);
  if (!text.empty() ||
      (info->getSeverity() != llvm::DS_Error && info->getSeverity() != llvm::DS_Warning))
    return;
  llvm::raw_string_ostream stream(text);
  llvm::DiagnosticPrinterRawOStream printer(stream);
  info->print(printer);
  if (text.empty()) text = "LLVM has a warning";
}

/// Whether clang has code generation note what calls pass, which debuggers read.
bool notes_call_sites(const llvm::Triple& triple) {
  return triple.isX86() || triple.isARM() || triple.isThumb() || triple.isAArch64() ||
         triple.isMIPS();
}

/// Whether the debug information is more than lines.
bool describes_variables(const llvm::Module& module) {
  const auto units = module.debug_compile_units();
  return std::any_of(units.begin(), units.end(), [](const llvm::DICompileUnit* unit) {
    return unit->getEmissionKind() == llvm::DICompileUnit::FullDebug;
  });
}

/// A loaded section with what is to be filled in by the linker.
struct LoadedSection {
  std::string name;
  std::string bytes;
  std::vector<std::string> relocations;
  friend bool operator==(const LoadedSection&, const LoadedSection&) = default;
};

std::string describe_relocation(const llvm::object::ELFRelocationRef& relocation) {
  std::string target = "-";
  if (const auto symbol = relocation.getSymbol(); symbol != relocation.getObject()->symbol_end()) {
    if (auto name = symbol->getName())
      target = name->str();
    else
      llvm::consumeError(name.takeError());
    if (auto section = symbol->getSection();
        section && target.empty() && *section != relocation.getObject()->section_end()) {
      if (auto name = (*section)->getName())
        target = name->str();
      else
        llvm::consumeError(name.takeError());
    } else if (!section) {
      llvm::consumeError(section.takeError());
    }
  }
  auto addend = relocation.getAddend();
  const std::int64_t offset = addend ? *addend : 0;
  if (!addend) llvm::consumeError(addend.takeError());
  return fmt::format("{}:{}:{}:{}", relocation.getOffset(), relocation.getType(), target, offset);
}

Result<std::vector<LoadedSection>> loaded_sections(const std::string& object) {
  const llvm::MemoryBufferRef buffer(object, "object");
  auto opened = llvm::object::ObjectFile::createObjectFile(buffer);
  if (!opened) return fail(llvm::toString(opened.takeError()));
  const auto* const elf = llvm::dyn_cast<llvm::object::ELFObjectFileBase>(opened->get());
  if (elf == nullptr) return fail("not an ELF object; only those are compared");
  std::vector<LoadedSection> sections;
  std::vector<std::pair<llvm::object::SectionRef, std::size_t>> places;
  for (const llvm::object::ELFSectionRef section : elf->sections()) {
    if ((section.getFlags() & llvm::ELF::SHF_ALLOC) == 0) continue;
    auto name = section.getName();
    if (!name) return fail(llvm::toString(name.takeError()));
    LoadedSection loaded{name->str(), fmt::format("{} bytes", section.getSize()), {}};
    if (section.getType() != llvm::ELF::SHT_NOBITS) {
      auto bytes = section.getContents();
      if (!bytes) return fail(llvm::toString(bytes.takeError()));
      loaded.bytes = bytes->str();
    }
    places.emplace_back(section, sections.size());
    sections.push_back(std::move(loaded));
  }
  for (const llvm::object::SectionRef section : elf->sections()) {
    auto target = section.getRelocatedSection();
    if (!target) return fail(llvm::toString(target.takeError()));
    const auto place = std::ranges::find_if(places, [&](const auto& one) {
      return *target != elf->section_end() && one.first == **target;
    });
    if (place == places.end()) continue;
    for (const llvm::object::ELFRelocationRef relocation : section.relocations())
      sections[place->second].relocations.push_back(describe_relocation(relocation));
  }
  return sections;
}

}  // namespace

Result<Unit> Unit::parse(std::string bitcode, const std::string& name,
                         const CodegenOptions& codegen) {
  LLMC_TRY(IrModule module, IrModule::parse(bitcode, name, ValueNames::discard));
  if (const std::string signature = signature_of(module.module());
      !signature.empty() && !names_version(signature, toolchain_version()))
    return fail(fmt::format("the compiler is {}, but llmc has LLVM {}; set LLMC_CLANG to that one",
                            signature, toolchain_version()));
  return Unit(std::move(module), std::move(bitcode), name, codegen);
}

Result<Digest> Unit::key() { return unit_key(module_, codegen_); }

bool Unit::has_debug_info() const { return llmc::has_debug_info(module_); }

Result<Unit> Unit::without_debug_info() const {
  LLMC_TRY(IrModule module, IrModule::parse(bitcode_, name_, ValueNames::discard));
  strip_debug_info(module);
  return parse(module.bitcode(), name_, codegen_);
}

Result<std::string> Unit::lower(const std::string& list, UnitOutput output) && {
  llvm::Module& module = module_.module();
  std::string said;
  module.getContext().setDiagnosticHandlerCallBack(keep_diagnostic, &said);
  LLMC_TRY(const CodeGenerator generator, CodeGenerator::create(codegen_, module_.target_triple()));
  const bool with_variables = describes_variables(module);
  generator.target().Options.EmitCallSiteInfo =
      with_variables && notes_call_sites(generator.target().getTargetTriple());
  {
    Optimizer optimizer(module, generator);
    // As clang begins every optimised build with -g.
    if (with_variables) {
      LLMC_CHECK(optimizer.run("declare-to-assign"));
    }
    if (list == k_clang_oz) {
      optimizer.run_clang_oz(codegen_);
    } else {
      LLMC_CHECK(optimizer.run(list));
      LLMC_CHECK(module_.verify_optimised());
    }
  }
  auto bytes = output == UnitOutput::object ? generator.emit_object(module)
                                            : generator.emit_assembly(module);
  if (bytes && !said.empty()) return fail("LLVM says: " + said);
  return bytes;
}

Result<bool> have_equal_code(const std::string& one, const std::string& other) {
  LLMC_TRY(const auto sections, loaded_sections(one));
  LLMC_TRY(const auto others, loaded_sections(other));
  return sections == others;
}

}  // namespace llmc
