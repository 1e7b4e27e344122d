#include "passes/verdict_table.h"

#include <fmt/format.h>
#include <llvm/Config/llvm-config.h>

#include <charconv>
#include <cstdlib>

#include "support/digest.h"
#include "support/files.h"

namespace llmc {
namespace {

constexpr std::string_view k_magic = "llmc-pass-verdicts 1";
constexpr std::size_t k_fields = 10;

std::vector<std::string> split(std::string_view line, char separator) {
  std::vector<std::string> fields(1);
  for (const char c : line) {
    if (c == separator)
      fields.emplace_back();
    else
      fields.back() += c;
  }
  return fields;
}

std::size_t number(const std::string& text) {
  std::size_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

/// `text` as a field.
std::string field(std::string text) {
  for (char& c : text)
    if (c == '\t' || c == '\n') c = ' ';
  return text;
}

std::string print_rows(const std::vector<PassVerdict>& passes) {
  std::string rows;
  for (const PassVerdict& verdict : passes) {
    const char* how = verdict.finding.empty() ? "-" : verdict.alone ? "alone" : "together";
    rows += fmt::format("{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\n", verdict.pass,
                        to_string(verdict.tier), verdict.trials, verdict.wrong, verdict.broken, how,
                        verdict.finding, field(verdict.list), field(verdict.program),
                        field(verdict.evidence));
  }
  return rows;
}

Result<PassVerdict> parse_row(const std::string& line) {
  const std::vector<std::string> fields = split(line, '\t');
  if (fields.size() != k_fields) return fail(fmt::format("{} fields", fields.size()));
  PassVerdict verdict;
  verdict.pass = fields[0];
  LLMC_TRY(verdict.tier, parse_tier(fields[1]));
  verdict.trials = number(fields[2]);
  verdict.wrong = number(fields[3]);
  verdict.broken = number(fields[4]);
  verdict.alone = fields[5] == "alone";
  verdict.finding = fields[6];
  verdict.list = fields[7];
  verdict.program = fields[8];
  verdict.evidence = fields[9];
  return verdict;
}

}  // namespace

std::string print_verdict_table(const VerdictTable& table) {
  const std::string rows = print_rows(table.passes);
  return fmt::format("{}\t{}\t{}\t{}\t{}\t{}\n", k_magic, table.llvm, table.programs, table.csmith,
                     table.trials, Digest::of(rows).hex()) +
         rows;
}

Result<VerdictTable> parse_verdict_table(const std::string& text, const std::string& name) {
  const std::size_t end = text.find('\n');
  const std::vector<std::string> head = split(text.substr(0, end), '\t');
  if (end == std::string::npos || head.size() != 6 || head[0] != k_magic)
    return fail(fmt::format("{}: not a table of pass verdicts; llmc judge makes one", name));
  const std::string rows = text.substr(end + 1);
  if (Digest::of(rows).hex() != head[5])
    return fail(fmt::format("{}: truncated or changed by hand: the checksum does not fit", name));
  VerdictTable table{head[1], number(head[2]), number(head[3]), number(head[4]), {}};
  std::size_t start = 0;
  while (start < rows.size()) {
    const std::size_t stop = std::min(rows.find('\n', start), rows.size());
    auto verdict = parse_row(rows.substr(start, stop - start));
    if (!verdict) return std::unexpected(verdict.error().with_context(name));
    table.passes.push_back(std::move(*verdict));
    start = stop + 1;
  }
  return table;
}

std::filesystem::path default_verdict_table() {
  const char* chosen = std::getenv("LLMC_PASS_VERDICTS");
  if (chosen != nullptr && *chosen != '\0') return chosen;
  return std::filesystem::path(LLMC_SOURCE_FOLDER) / "data" / "pass-verdicts.tsv";
}

Result<VerdictTable> installed_verdicts() {
  const std::filesystem::path file = default_verdict_table();
  std::error_code code;
  if (!std::filesystem::exists(file, code)) return VerdictTable();
  LLMC_TRY(const std::string text, read_file(file));
  return parse_verdict_table(text, file.string());
}

void apply_verdicts(const VerdictTable& table, PassCatalogue& catalogue) {
  if (table.llvm != LLVM_VERSION_STRING) return;
  for (const PassVerdict& verdict : table.passes) {
    if (verdict.finding.empty()) continue;
    catalogue.distrust(verdict.pass, verdict.tier,
                       fmt::format("{}{} on {}: {}", verdict.alone ? "alone: " : "",
                                   verdict.finding, verdict.program, verdict.list));
  }
}

Result<PassCatalogue> installed_catalogue() {
  LLMC_TRY(const VerdictTable table, installed_verdicts());
  PassCatalogue catalogue;
  apply_verdicts(table, catalogue);
  return catalogue;
}

}  // namespace llmc
