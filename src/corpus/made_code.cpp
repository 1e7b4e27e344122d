#include "corpus/made_code.h"

#include "ir/normal_form.h"

namespace llmc {

Result<OzCode> oz_code(const FunctionProgram& program, const CorpusCompiler& compiler) {
  OzCode code;
  LLMC_TRY(const IrModule optimised, compiler.optimise(program, k_oz));
  LLMC_TRY(code.text, normal_text(optimised));
  LLMC_TRY(IrModule seen, read_normal(code.text, program.function));
  LLMC_TRY(code.assembly, compiler.assembly(std::move(seen)));
  return code;
}

Result<std::string> text_after(const FunctionProgram& program, const std::string& list,
                               const CorpusCompiler& compiler) {
  LLMC_TRY(const IrModule optimised, compiler.optimise(program, list));
  return normal_text(optimised);
}

Result<Emulated> emulate(const FunctionProgram& program, const std::string& passes,
                         const CorpusCompiler& compiler) {
  LLMC_TRY(IrModule optimised, compiler.optimise(program, passes));
  Emulated made;
  made.ir.instructions = optimised.instruction_count();
  LLMC_TRY(made.ir.binary_size, compiler.size(optimised));
  made.assembly = made.ir;
  LLMC_TRY(made.ir.code, normal_text(optimised));
  LLMC_TRY(made.assembly.code, compiler.assembly(std::move(optimised)));
  return made;
}

}  // namespace llmc
