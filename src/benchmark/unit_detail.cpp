#include "benchmark/unit_detail.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>

#include "ir/module.h"

namespace llmc {
namespace {

constexpr std::size_t k_most_ir = std::size_t{128} << 10;

/// A unit's best list.
struct Saving {
  const UnitRow* unit = nullptr;
  const ProposalRow* row = nullptr;

  [[nodiscard]] double ratio() const {
    return static_cast<double>(*row->size) / static_cast<double>(*unit->size);
  }
};

std::vector<Saving> largest_savings(const std::vector<UnitRow>& units,
                                    const std::vector<ProposalRow>& proposals, std::size_t most) {
  std::unordered_map<std::string, Saving> by_unit;
  for (const UnitRow& unit : units)
    if (unit.size) by_unit[unit.id].unit = &unit;
  for (const ProposalRow& row : proposals) {
    const auto found = by_unit.find(row.id);
    // What clang makes of the source is no list.
    if (found == by_unit.end() || row.status != ProposalStatus::ok ||
        row.list.starts_with("clang "))
      continue;
    Saving& saving = found->second;
    if (*row.size < *saving.unit->size && (saving.row == nullptr || *row.size < *saving.row->size))
      saving.row = &row;
  }
  std::vector<Saving> savings;
  for (const auto& [id, saving] : by_unit)
    if (saving.row != nullptr) savings.push_back(saving);
  std::ranges::sort(savings, [](const Saving& a, const Saving& b) {
    return std::pair(a.ratio(), a.unit->id) < std::pair(b.ratio(), b.unit->id);
  });
  if (savings.size() > most) savings.resize(most);
  return savings;
}

Result<std::string> ir_text(const std::string& bitcode, const std::string& name) {
  LLMC_TRY(const IrModule module, IrModule::parse(bitcode, name));
  std::string text = module.text();
  if (text.size() <= k_most_ir) return text;
  const std::size_t all = text.size();
  text.resize(text.rfind('\n', k_most_ir) + 1);
  return text + fmt::format("; {} of {} bytes are left out\n", all - text.size(), all);
}

Result<std::vector<SymbolChange>> symbol_changes(const std::string& before,
                                                 const std::string& after,
                                                 const std::string& name) {
  LLMC_TRY(const auto old_symbols, symbol_sizes(before, name));
  LLMC_TRY(const auto new_symbols, symbol_sizes(after, name));
  std::map<std::string, SymbolChange> changes;
  for (const SymbolSize& one : old_symbols) changes[one.name].before += one.bytes;
  for (const SymbolSize& one : new_symbols) changes[one.name].after += one.bytes;
  std::vector<SymbolChange> rows;
  for (auto& [symbol, change] : changes) {
    change.name = symbol;
    rows.push_back(change);
  }
  return rows;
}

}  // namespace

Result<std::vector<DetailRow>> unit_details(Evaluator& evaluator,
                                            const std::vector<Program>& programs,
                                            const std::vector<UnitRow>& units,
                                            const std::vector<ProposalRow>& proposals,
                                            std::size_t most) {
  std::unordered_map<std::string, const Program*> by_id;
  for (const Program& program : programs) by_id.emplace(program.id.hex(), &program);
  std::vector<DetailRow> details;
  for (const Saving& saving : largest_savings(units, proposals, most)) {
    const auto found = by_id.find(saving.unit->id);
    if (found == by_id.end()) continue;
    const Program& program = *found->second;
    LLMC_TRY(const BuiltList before, evaluator.build(program, std::string(k_baseline_list)));
    LLMC_TRY(const BuiltList after, evaluator.build(program, saving.row->list));
    DetailRow row;
    row.id = saving.unit->id;
    row.proposer = saving.row->proposer;
    row.list = saving.row->list;
    LLMC_TRY(row.ir_before, ir_text(before.bitcode, program.name));
    LLMC_TRY(row.ir_after, ir_text(after.bitcode, program.name));
    row.measurement = after.evaluation.sizes;
    LLMC_TRY(row.symbols, symbol_changes(before.object, after.object, program.name));
    details.push_back(std::move(row));
  }
  return details;
}

}  // namespace llmc
