#include "benchmark/lift_rows.h"

namespace llmc {
namespace {

LiftedTo lifted_to(LiftRung rung) {
  switch (rung) {
    case LiftRung::none:
      return LiftedTo::refused;
    case LiftRung::readable:
      return LiftedTo::verifies;
    case LiftRung::compiles:
      return LiftedTo::compiles;
    case LiftRung::same_instructions:
      return LiftedTo::same_instructions;
    case LiftRung::identical:
      return LiftedTo::identical;
  }
  return LiftedTo::refused;
}

LiftExecution execution_of(const LiftResult& result) {
  if (!result.execution) return LiftExecution::not_run;
  switch (result.execution->outcome) {
    case ExecutionOutcome::equal:
      return LiftExecution::equal;
    case ExecutionOutcome::different:
      return LiftExecution::different;
    case ExecutionOutcome::undecided:
      return LiftExecution::undecided;
  }
  return LiftExecution::not_run;
}

}  // namespace

std::vector<LiftRow> lift_rows(const std::string& id, const std::string& benchmark,
                               const std::string& unit, const std::string& by,
                               const std::vector<LiftResult>& results) {
  std::vector<LiftRow> rows;
  for (const LiftResult& result : results) {
    LiftRow row;
    row.id = id;
    row.benchmark = benchmark;
    row.unit = unit;
    row.function = result.name;
    row.by = by;
    row.instructions = result.instructions;
    row.rung = lifted_to(result.rung);
    row.executed = execution_of(result);
    if (row.rung >= LiftedTo::compiles) {
      row.bleu = result.bleu;
      row.edit_distance = static_cast<double>(result.distance);
    }
    if (result.features.calls) row.features.push_back("calls");
    if (result.features.loops) row.features.push_back("loops");
    if (result.features.floats) row.features.push_back("float");
    if (result.features.jump_table) row.features.push_back("switch");
    row.reason = result.reason;
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace llmc
