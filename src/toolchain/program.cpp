#include "toolchain/program.h"

#include <fmt/format.h>
#include <llvm/Config/llvm-config.h>
#include <llvm/IR/Module.h>

#include "ir/module.h"
#include "toolchain/optimizer.h"

namespace llmc {
namespace {

std::vector<std::string> warnings_about(const llvm::Module& module) {
  std::size_t defined = 0;
  std::size_t optnone = 0;
  std::size_t minsize = 0;
  for (const llvm::Function& function : module) {
    if (function.isDeclaration()) continue;
    ++defined;
    optnone += function.hasOptNone();
    minsize += function.hasMinSize();
  }
  std::vector<std::string> warnings;
  if (optnone > 0)
    warnings.push_back(fmt::format(
        "{} of {} functions are optnone and no pass will touch them; make the IR with -Oz "
        "-Xclang -disable-llvm-passes instead of -O0",
        optnone, defined));
  else if (defined > 0 && minsize == 0)
    warnings.push_back(
        "no function is minsize, so the -Oz baseline is softer than what clang -Oz gives");
  return warnings;
}

}  // namespace

Result<Program> make_program(std::string_view bytes, const std::string& name,
                             const CodegenOptions& codegen) {
  LLMC_TRY(IrModule module, IrModule::parse(bytes, name, ValueNames::discard));
  Program program;
  program.name = name;
  program.codegen = codegen;
  program.triple = module.module().getTargetTriple();
  program.instructions = module.instruction_count();
  program.calls = call_sites(module.module());
  program.warnings = warnings_about(module.module());
  const std::string source_file = module.module().getSourceFileName();
  const std::string identifier = module.module().getModuleIdentifier();
  module.module().setSourceFileName("");
  module.module().setModuleIdentifier("");
  program.id = Digest::of(module.bitcode() + codegen.key());
  module.module().setSourceFileName(source_file);
  module.module().setModuleIdentifier(identifier);
  program.bitcode = module.bitcode();
  return program;
}

std::string toolchain_version() { return LLVM_VERSION_STRING; }

namespace {

/// What `emit` makes of the -Oz baseline.
Result<std::string> emit_baseline(const Program& program,
                                  Result<std::string> (CodeGenerator::*emit)(llvm::Module&) const) {
  LLMC_TRY(IrModule module, module_of(program));
  LLMC_TRY(const CodeGenerator generator, CodeGenerator::create(program.codegen, program.triple));
  Optimizer(module.module(), generator).run_clang_oz(program.codegen);
  return (generator.*emit)(module.module());
}

}  // namespace

Result<IrModule> module_of(const Program& program) {
  return IrModule::parse(program.bitcode, program.name, ValueNames::discard);
}

Result<std::string> baseline_object(const Program& program) {
  return emit_baseline(program, &CodeGenerator::emit_object);
}

Result<std::string> baseline_assembly(const Program& program) {
  return emit_baseline(program, &CodeGenerator::emit_assembly);
}

Result<std::string> object_after(const Program& program, std::string_view passes) {
  LLMC_TRY(IrModule module, IrModule::parse(program.bitcode, program.name, ValueNames::discard));
  LLMC_TRY(const CodeGenerator generator, CodeGenerator::create(program.codegen, program.triple));
  {
    Optimizer optimizer(module.module(), generator);
    if (!passes.empty()) {
      LLMC_CHECK(optimizer.run(passes));
    }
  }
  LLMC_CHECK(passes.empty() ? module.verify() : module.verify_optimised());
  return generator.emit_object(module.module());
}

Result<Measurement> measure_lowered(const IrModule& module, const CodeGenerator& generator) {
  // Code generation changes its module.
  LLMC_TRY(IrModule copy, IrModule::parse(module.bitcode(), "module", ValueNames::discard));
  LLMC_TRY(const std::string object, generator.emit_object(copy.module()));
  LLMC_TRY(Measurement sizes, measure_object(object, "object"));
  sizes.instructions = module.instruction_count();
  return sizes;
}

Result<std::string> assembly_of(const std::string& bitcode, const Program& program) {
  LLMC_TRY(IrModule module, IrModule::parse(bitcode, program.name, ValueNames::discard));
  LLMC_TRY(const CodeGenerator generator,
           CodeGenerator::create(program.codegen, module.target_triple()));
  return generator.emit_assembly(module.module());
}

}  // namespace llmc
