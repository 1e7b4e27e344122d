#include "benchmark/unit_detail.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <unordered_map>

#include "benchmark/flag_rows.h"
#include "eval/report_scores.h"
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

/// Of each unit that some list of passes makes smaller, the best; the `most` largest savings first.
std::vector<Saving> largest_savings(const ProposalTable& table, std::size_t most) {
  std::vector<Saving> savings;
  for (std::size_t i = 0; i < table.units.size(); ++i) {
    Saving saving{table.units[i]};
    for (const ProposerLists& one : table.proposers) {
      const ProposalRow* row = smaller_pass_list(*saving.unit, one.by_unit[i]);
      if (row != nullptr && (saving.row == nullptr || *row->size < *saving.row->size))
        saving.row = row;
    }
    if (saving.row != nullptr) savings.push_back(saving);
  }
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
                                            const ResultSet& results, std::size_t most) {
  std::unordered_map<std::string, const Program*> by_id;
  for (const Program& program : programs) by_id.emplace(program.id.hex(), &program);
  std::vector<DetailRow> details;
  for (const Saving& saving : largest_savings(tabulate(results), most)) {
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
