#include "lift/judge_lift.h"

#include <llvm/IR/Module.h>

#include <algorithm>

#include "assembly/compare.h"
#include "ir/module.h"

namespace llmc {

LiftJudge::LiftJudge(const AsmUnit& unit, const AsmFunction& function,
                     std::unique_ptr<CodeGenerator> generator, AssemblyPrinter printer)
    : unit_(&unit),
      function_(&function),
      generator_(std::move(generator)),
      printer_(std::move(printer)),
      wanted_(canonical_text(unit, function)) {}

Result<LiftJudge> LiftJudge::create(const AsmUnit& unit, const AsmFunction& function) {
  const std::string triple(triple_of(unit.target));
  LLMC_TRY(CodeGenerator made, CodeGenerator::create(CodegenOptions(), triple));
  auto generator = std::make_unique<CodeGenerator>(std::move(made));
  LLMC_TRY(AssemblyPrinter printer, AssemblyPrinter::create(*generator, triple));
  return LiftJudge(unit, function, std::move(generator), std::move(printer));
}

Result<JudgedLift> LiftJudge::judge(const std::string& text) {
  ++candidates_;
  LLMC_TRY(IrModule module, IrModule::parse(text, "the lifted IR"));
  // Outlining is undone in what was read, too (lift/outlined.h).
  if (unit_->target == NormalTarget::aarch64)
    for (llvm::Function& function : module.module()) function.addFnAttr("nooutline");
  LLMC_TRY(const std::string assembly, printer_.print(module.module()));
  JudgedLift judged;
  LLMC_TRY(judged.assembly,
           read_assembly(assembly, unit_->target, "the compiled IR", AsmSyntax::att));
  const AsmFunction* const made = judged.assembly.function(function_->name);
  if (made == nullptr) return fail("the compiled IR has no function '" + function_->name + "'");
  judged.made = canonical_text(judged.assembly, *made);
  judged.identical = judged.made == wanted_;
  if (judged.identical) return judged;
  judged.distance =
      std::max<std::size_t>(1, edit_distance(*unit_, *function_, judged.assembly, *made).distance);
  const auto differs = std::ranges::mismatch(judged.made, wanted_).in1;
  judged.agreed = static_cast<double>(differs - judged.made.begin()) /
                  static_cast<double>(std::max<std::size_t>(1, judged.made.size()));
  return judged;
}

}  // namespace llmc
