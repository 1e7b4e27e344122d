#include "lift/judge_lift.h"

#include <llvm/IR/Module.h>

#include "assembly/compare.h"
#include "ir/module.h"

namespace llmc {

LiftJudge::LiftJudge(const AsmUnit& unit, const AsmFunction& function, CodeGenerator generator)
    : unit_(&unit),
      function_(&function),
      generator_(std::move(generator)),
      wanted_(canonical_text(unit, function)) {}

Result<LiftJudge> LiftJudge::create(const AsmUnit& unit, const AsmFunction& function) {
  LLMC_TRY(CodeGenerator generator,
           CodeGenerator::create(CodegenOptions(), std::string(triple_of(unit.target))));
  return LiftJudge(unit, function, std::move(generator));
}

Result<JudgedLift> LiftJudge::judge(const std::string& text) {
  ++candidates_;
  LLMC_TRY(IrModule module, IrModule::parse(text, "the lifted IR"));
  LLMC_TRY(const std::string assembly, generator_.emit_assembly(module.module()));
  LLMC_TRY(made_, read_assembly(assembly, unit_->target, "the compiled IR", AsmSyntax::att));
  const AsmFunction* const made = made_.function(function_->name);
  if (made == nullptr) return fail("the compiled IR has no function '" + function_->name + "'");
  JudgedLift judged;
  judged.made = canonical_text(made_, *made);
  judged.identical = judged.made == wanted_;
  if (!judged.identical)
    judged.distance =
        std::max<std::size_t>(1, edit_distance(*unit_, *function_, made_, *made).distance);
  return judged;
}

}  // namespace llmc
