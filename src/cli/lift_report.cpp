#include "cli/lift_report.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <map>
#include <set>

#include "lift/rule_coverage.h"

namespace llmc {
namespace {

constexpr std::array k_rungs = {LiftRung::readable, LiftRung::compiles, LiftRung::same_instructions,
                                LiftRung::identical};

using LiftFilter = std::function<bool(const LiftResult&)>;

struct SummaryRow {
  std::string name;
  LiftFilter belongs;
};

std::vector<SummaryRow> summary_rows() {
  const auto of_length = [](std::size_t least, std::size_t most) -> LiftFilter {
    return [=](const LiftResult& r) { return r.instructions >= least && r.instructions <= most; };
  };
  return {
      {"all", [](const LiftResult&) { return true; }},
      {"up to 5 instructions", of_length(0, 5)},
      {"6 to 10", of_length(6, 10)},
      {"11 to 20", of_length(11, 20)},
      {"21 to 50", of_length(21, 50)},
      {"51 to 100", of_length(51, 100)},
      {"over 100", of_length(101, SIZE_MAX)},
      {"without calls", [](const LiftResult& r) { return !r.features.calls; }},
      {"calls", [](const LiftResult& r) { return r.features.calls; }},
      {"loops", [](const LiftResult& r) { return r.features.loops; }},
      {"floats", [](const LiftResult& r) { return r.features.floats; }},
      {"jump table", [](const LiftResult& r) { return r.features.jump_table; }},
  };
}

/// The reason without what is of one function alone: "this instruction is not modelled (cpuid)".
std::string kind_of_reason(const std::string& reason) {
  const std::size_t quote = reason.find(" '");
  const std::size_t end = reason.rfind("': ");
  if (!reason.starts_with("line ") || quote == std::string::npos || end == std::string::npos ||
      end <= quote)
    return reason;
  const std::string instruction = reason.substr(quote + 2, end - quote - 2);
  return fmt::format("{} ({})", reason.substr(end + 3),
                     instruction.substr(0, instruction.find_first_of(" \t")));
}

std::string print_row(const SummaryRow& row, const std::vector<LiftResult>& results) {
  std::size_t functions = 0, refused = 0;
  std::map<LiftRung, std::size_t> rungs;
  for (const LiftResult& result : results) {
    if (!row.belongs(result)) continue;
    ++functions;
    if (result.rung == LiftRung::none)
      ++refused;
    else
      ++rungs[result.rung];
  }
  if (functions == 0) return "";
  std::string line = fmt::format("{:<22}{:>10}{:>9}", row.name, functions, refused);
  for (const LiftRung rung : k_rungs) line += fmt::format("{:>{}}", rungs[rung], 19);
  return line +
         fmt::format("{:>12.1f} %\n", 100.0 * static_cast<double>(rungs[LiftRung::identical]) /
                                          static_cast<double>(functions));
}

std::string print_executions(const std::vector<LiftResult>& results) {
  std::map<ExecutionOutcome, std::size_t> outcomes;
  std::size_t executed = 0;
  for (const LiftResult& result : results) {
    if (!result.execution) continue;
    ++executed;
    ++outcomes[result.execution->outcome];
  }
  if (executed == 0) return "";
  return fmt::format("executed: {} equal, {} different, {} undecided\n",
                     outcomes[ExecutionOutcome::equal], outcomes[ExecutionOutcome::different],
                     outcomes[ExecutionOutcome::undecided]);
}

std::string print_refusals(const std::vector<LiftResult>& results) {
  std::map<std::string, std::size_t> reasons;
  for (const LiftResult& result : results)
    if (result.rung == LiftRung::none) ++reasons[kind_of_reason(result.reason)];
  std::vector<std::pair<std::size_t, std::string>> sorted;
  for (const auto& [reason, count] : reasons) sorted.emplace_back(count, reason);
  std::ranges::sort(sorted, [](const auto& a, const auto& b) {
    return a.first != b.first ? a.first > b.first : a.second < b.second;
  });
  std::string text;
  for (const auto& [count, reason] : sorted)
    text += fmt::format("refused {:>5}: {}\n", count, reason);
  return text;
}

}  // namespace

std::string lift_json(const LiftResult& result, const LiftDetail& detail) {
  nlohmann::ordered_json row = {{"name", result.name},
                                {"instructions", result.instructions},
                                {"features",
                                 {{"calls", result.features.calls},
                                  {"loops", result.features.loops},
                                  {"floats", result.features.floats},
                                  {"jump_table", result.features.jump_table}}},
                                {"origin", to_string(result.origin)},
                                {"rung", to_string(result.rung)},
                                {"reason", result.reason},
                                {"refused", result.refused},
                                {"signature", print_signature(result.signature)},
                                {"signature_source", to_string(result.signature.source)},
                                {"distance", result.distance},
                                {"bleu", result.bleu},
                                {"candidates", result.candidates},
                                {"claims_dropped", result.claims_dropped}};
  if (result.execution)
    row["execution"] = {{"outcome", to_string(result.execution->outcome)},
                        {"compared", result.execution->compared},
                        {"discarded", result.execution->discarded},
                        {"reason", result.execution->reason}};
  row["seconds"] = result.seconds;
  row["processor_seconds"] = result.processor_seconds;
  if (detail.opcodes != nullptr) {
    std::map<std::string, std::size_t> opcodes;
    std::set<std::string> unknown;
    for (const AsmInstruction& instruction : detail.opcodes->instructions) {
      ++opcodes[std::string(instruction.name)];
      if (!has_rule(instruction)) unknown.emplace(instruction.name);
    }
    row["opcodes"] = opcodes;
    row["opcodes_without_rule"] = unknown;
  }
  if (detail.ir) row["ir"] = result.ir;
  return row.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string lift_summary(const std::vector<LiftResult>& results) {
  std::string text = fmt::format("{:<22}{:>10}{:>9}", "", "functions", "refused");
  for (const LiftRung rung : k_rungs) text += fmt::format("{:>19}", to_string(rung));
  text += fmt::format("{:>14}\n", "exact match");
  for (const SummaryRow& row : summary_rows()) text += print_row(row, results);
  return text + print_executions(results) + print_refusals(results);
}

}  // namespace llmc
