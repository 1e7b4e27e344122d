#include "toolchain/codegen.h"

#include <fmt/format.h>
#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/IR/Module.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Support/raw_ostream.h>
#include <llvm/Target/TargetMachine.h>
#include <llvm/TargetParser/SubtargetFeature.h>
#include <llvm/Transforms/ObjCARC.h>

#include <map>
#include <optional>

#include "toolchain/assembly_printer.h"

namespace llmc {
namespace {

std::optional<llvm::Reloc::Model> relocation_model(const std::string& name) {
  static const std::map<std::string, llvm::Reloc::Model> models = {
      {"static", llvm::Reloc::Static},       {"pic", llvm::Reloc::PIC_},
      {"ropi", llvm::Reloc::ROPI},           {"rwpi", llvm::Reloc::RWPI},
      {"ropi-rwpi", llvm::Reloc::ROPI_RWPI}, {"dynamic-no-pic", llvm::Reloc::DynamicNoPIC}};
  const auto found = models.find(name);
  if (found == models.end()) return std::nullopt;
  return found->second;
}

std::optional<llvm::CodeModel::Model> code_model(const std::string& name) {
  static const std::map<std::string, llvm::CodeModel::Model> models = {
      {"tiny", llvm::CodeModel::Tiny},
      {"small", llvm::CodeModel::Small},
      {"kernel", llvm::CodeModel::Kernel},
      {"medium", llvm::CodeModel::Medium},
      {"large", llvm::CodeModel::Large}};
  const auto found = models.find(name);
  if (found == models.end()) return std::nullopt;
  return found->second;
}

llvm::TargetOptions target_options(const CodegenOptions& options) {
  llvm::TargetOptions target;
  target.FunctionSections = options.function_sections;
  target.DataSections = options.data_sections;
  target.UniqueSectionNames = options.unique_section_names;
  target.EmitAddrsig = options.address_significance_table;
  target.EmulatedTLS = options.emulated_tls;
  target.UseInitArray = options.use_init_array;
  target.EmitStackSizeSection = options.stack_size_section;
  target.AllowFPOpFusion = options.fp_contract == "fast"  ? llvm::FPOpFusion::Fast
                           : options.fp_contract == "off" ? llvm::FPOpFusion::Strict
                                                          : llvm::FPOpFusion::Standard;
  target.NoZerosInBSS = !options.zeros_in_bss;
  target.BinutilsVersion = {2, 26};
  target.XRayFunctionIndex = true;
  target.MCOptions.MCRelaxAll = options.relax_all;
  target.MCOptions.ABIName = options.abi;
  return target;
}

}  // namespace

std::string CodegenOptions::key() const {
  return fmt::format(
      "{}|{}|{}|{}|{}|{}|{}|{}|{}{}{}{}{}{}{}{}{}{}{}{}{}{}",
      level == CodegenLevel::oz ? "oz" : "o0", triple, cpu, features, abi, relocation_model,
      code_model, fp_contract, int{function_sections}, int{data_sections},
      int{unique_section_names}, int{address_significance_table}, int{emulated_tls}, int{relax_all},
      int{use_init_array}, int{stack_size_section}, int{unroll_loops}, int{vectorize_loops},
      int{vectorize_slp}, int{merge_functions}, int{debug_info_for_profiling}, int{zeros_in_bss});
}

void initialize_targets() {
  llvm::InitializeAllTargetInfos();
  llvm::InitializeAllTargets();
  llvm::InitializeAllTargetMCs();
  llvm::InitializeAllAsmParsers();
  llvm::InitializeAllAsmPrinters();
  llvm::InitializeAllDisassemblers();
}

CodegenOptions codegen_options_from_cc1(const std::vector<std::string>& arguments,
                                        std::vector<std::string>& unsupported) {
  CodegenOptions options;
  // clang's cc1 defaults differ from the driver's: what the driver wants on, it says.
  options.address_significance_table = false;
  options.vectorize_slp = false;
  options.fp_contract = "off";
  std::vector<std::string> features;
  const std::map<std::string, std::string CodegenOptions::*> with_value = {
      {"-triple", &CodegenOptions::triple},
      {"-target-cpu", &CodegenOptions::cpu},
      {"-target-abi", &CodegenOptions::abi},
      {"-mrelocation-model", &CodegenOptions::relocation_model}};
  struct Switch {
    bool CodegenOptions::* field;
    bool value;
  };
  const std::map<std::string, Switch> switches = {
      {"-ffunction-sections", {&CodegenOptions::function_sections, true}},
      {"-fdata-sections", {&CodegenOptions::data_sections, true}},
      {"-fno-unique-section-names", {&CodegenOptions::unique_section_names, false}},
      {"-faddrsig", {&CodegenOptions::address_significance_table, true}},
      {"-femulated-tls", {&CodegenOptions::emulated_tls, true}},
      {"-mrelax-all", {&CodegenOptions::relax_all, true}},
      {"-fno-use-init-array", {&CodegenOptions::use_init_array, false}},
      {"-fstack-size-section", {&CodegenOptions::stack_size_section, true}},
      {"-fno-unroll-loops", {&CodegenOptions::unroll_loops, false}},
      {"-funroll-loops", {&CodegenOptions::unroll_loops, true}},
      {"-vectorize-loops", {&CodegenOptions::vectorize_loops, true}},
      {"-vectorize-slp", {&CodegenOptions::vectorize_slp, true}},
      {"-fmerge-functions", {&CodegenOptions::merge_functions, true}},
      {"-fno-zero-initialized-in-bss", {&CodegenOptions::zeros_in_bss, false}},
      {"-fdebug-info-for-profiling", {&CodegenOptions::debug_info_for_profiling, true}}};
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    const bool has_next = i + 1 < arguments.size();
    if (const auto found = with_value.find(argument); found != with_value.end() && has_next)
      options.*(found->second) = arguments[++i];
    else if (const auto flag = switches.find(argument); flag != switches.end())
      options.*(flag->second.field) = flag->second.value;
    else if (argument == "-target-feature" && has_next)
      features.push_back(arguments[++i]);
    else if (argument.starts_with("-mcmodel="))
      options.code_model = argument.substr(9);
    else if (argument.starts_with("-ffp-contract="))
      options.fp_contract = argument.substr(14);
    else if ((argument == "-mllvm" || argument == "-load") && has_next)
      unsupported.push_back(argument + " " + arguments[++i]);
    else if (argument.starts_with("-fsanitize=") || argument.starts_with("-fprofile-") ||
             argument.starts_with("-fpass-plugin") || argument.starts_with("-flto") ||
             argument.starts_with("-fcoverage-mapping") || argument == "-pg")
      unsupported.push_back(argument);
  }
  for (const std::string& feature : features)
    options.features += (options.features.empty() ? "" : ",") + feature;
  return options;
}

CodeGenerator::CodeGenerator(std::unique_ptr<llvm::TargetMachine> target)
    : target_(std::move(target)) {}
CodeGenerator::CodeGenerator(CodeGenerator&&) noexcept = default;
CodeGenerator::~CodeGenerator() = default;

Result<CodeGenerator> CodeGenerator::create(const CodegenOptions& options,
                                            const std::string& module_triple) {
  std::string triple = options.triple.empty() ? module_triple : options.triple;
  if (triple.empty()) triple = LLVM_DEFAULT_TARGET_TRIPLE;
  std::string message;
  const llvm::Target* target = llvm::TargetRegistry::lookupTarget(triple, message);
  if (target == nullptr)
    return fail(fmt::format("no code generator for the target '{}': {}", triple, message));
  std::string cpu = options.cpu;
  if (cpu.empty() && llvm::Triple(triple).getArch() == llvm::Triple::x86_64) cpu = "x86-64";
  if (cpu.empty() && llvm::Triple(triple).isAArch64()) cpu = "generic";
  std::unique_ptr<llvm::TargetMachine> machine(target->createTargetMachine(
      triple, cpu, options.features, target_options(options),
      relocation_model(options.relocation_model), code_model(options.code_model),
      options.level == CodegenLevel::oz ? llvm::CodeGenOptLevel::Default
                                        : llvm::CodeGenOptLevel::None));
  if (!machine) return fail(fmt::format("cannot set up code generation for '{}'", triple));
  return CodeGenerator(std::move(machine));
}

namespace {

/// Sets up `target` for `module`, or says why the module is not for it.
Result<void> fit(llvm::TargetMachine& target, llvm::Module& module) {
  if (module.getDataLayout() != target.createDataLayout()) {
    if (!module.getDataLayout().isDefault())
      return fail(fmt::format("the module's data layout does not fit the target '{}'",
                              target.getTargetTriple().str()));
    module.setDataLayout(target.createDataLayout());
  }
  if (auto size = module.getCodeModel()) target.setCodeModel(*size);
  return {};
}

/// The passes that write a module of that triple to `stream`.
Result<void> add_passes(llvm::TargetMachine& target, const std::string& triple,
                        llvm::CodeGenFileType type, llvm::raw_pwrite_stream& stream,
                        llvm::legacy::PassManager& passes) {
  passes.add(llvm::createTargetTransformInfoWrapperPass(target.getTargetIRAnalysis()));
  passes.add(
      new llvm::TargetLibraryInfoWrapperPass(llvm::TargetLibraryInfoImpl(llvm::Triple(triple))));
  if (target.getOptLevel() != llvm::CodeGenOptLevel::None)
    passes.add(llvm::createObjCARCContractPass());
  if (target.addPassesToEmitFile(passes, stream, nullptr, type, /*DisableVerify=*/true))
    return fail(fmt::format("the target '{}' cannot emit this kind of file",
                            target.getTargetTriple().str()));
  return {};
}

Result<std::string> emit(llvm::TargetMachine& target, llvm::Module& module,
                         llvm::CodeGenFileType type) {
  LLMC_CHECK(fit(target, module));
  llvm::SmallVector<char, 0> buffer;
  llvm::raw_svector_ostream stream(buffer);
  llvm::legacy::PassManager passes;
  LLMC_CHECK(add_passes(target, module.getTargetTriple(), type, stream, passes));
  passes.run(module);
  return std::string(buffer.data(), buffer.size());
}

}  // namespace

Result<std::string> CodeGenerator::emit_object(llvm::Module& module) const {
  return emit(*target_, module, llvm::CodeGenFileType::ObjectFile);
}

Result<std::string> CodeGenerator::emit_assembly(llvm::Module& module) const {
  return emit(*target_, module, llvm::CodeGenFileType::AssemblyFile);
}

struct AssemblyPrinter::State {
  explicit State(llvm::TargetMachine& for_target) : target(for_target), stream(buffer) {}
  llvm::TargetMachine& target;
  llvm::SmallVector<char, 0> buffer;
  llvm::raw_svector_ostream stream;
  llvm::legacy::PassManager passes;
};

AssemblyPrinter::AssemblyPrinter(std::unique_ptr<State> state) : state_(std::move(state)) {}
AssemblyPrinter::AssemblyPrinter(AssemblyPrinter&&) noexcept = default;
AssemblyPrinter::~AssemblyPrinter() = default;

Result<AssemblyPrinter> AssemblyPrinter::create(const CodeGenerator& generator,
                                                const std::string& module_triple) {
  auto state = std::make_unique<State>(generator.target());
  LLMC_CHECK(add_passes(state->target, module_triple, llvm::CodeGenFileType::AssemblyFile,
                        state->stream, state->passes));
  return AssemblyPrinter(std::move(state));
}

Result<std::string> AssemblyPrinter::print(llvm::Module& module) {
  LLMC_CHECK(fit(state_->target, module));
  state_->buffer.clear();
  state_->passes.run(module);
  return std::string(state_->buffer.data(), state_->buffer.size());
}

}  // namespace llmc
