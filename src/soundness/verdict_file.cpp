#include "soundness/verdict_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "support/files.h"
#include "support/text.h"

namespace llmc {
namespace {

constexpr std::string_view k_verdicts_magic = "llmc-list-verdicts 1";

std::vector<std::string> split_at_tabs(std::string_view line) {
  std::vector<std::string> fields;
  while (true) {
    const std::size_t tab = std::min(line.find('\t'), line.size());
    fields.emplace_back(line.substr(0, tab));
    if (tab == line.size()) return fields;
    line.remove_prefix(tab + 1);
  }
}

}  // namespace

bool VerdictFile::vouches_for(const std::string& list, const std::string& its_toolchain,
                              const Digest& its_suite) const {
  if (toolchain != its_toolchain || suite != its_suite.hex()) return false;
  const auto found = findings.find(list);
  return found != findings.end() && found->second == Finding::sound;
}

std::string print_verdict_file(const VerdictFile& file) {
  std::string rows;
  for (const auto& [list, finding] : file.findings)
    rows += fmt::format("{}\t{}\n", to_string(finding), list);
  return fmt::format("{}\t{}\t{}\t{}\n{}", k_verdicts_magic, file.toolchain, file.suite,
                     Digest::of(rows).hex(), rows);
}

Result<VerdictFile> parse_verdict_file(std::string_view text, const std::string& name) {
  std::string_view rows = text;
  const auto head = split_at_tabs(take_line(rows));
  if (head.size() != 4 || head[0] != k_verdicts_magic)
    return fail(fmt::format(
        "{}: not a file of verdicts; expected what `llmc check --export` writes", name));
  if (head[3] != Digest::of(rows).hex())
    return fail(
        fmt::format("{}: the checksum does not fit; the file is cut off or was edited", name));
  VerdictFile file;
  file.toolchain = head[1];
  file.suite = head[2];
  while (!rows.empty()) {
    const auto fields = split_at_tabs(take_line(rows));
    if (fields.size() != 2) return fail(fmt::format("{}: a row is not 'finding TAB list'", name));
    LLMC_TRY(const Finding finding, parse_finding(fields[0]));
    file.findings[fields[1]] = finding;
  }
  return file;
}

Result<std::shared_ptr<const VerdictFile>> shipped_verdicts() {
  std::filesystem::path path = LLMC_SOURCE_FOLDER "/data/list-verdicts.tsv";
  if (const char* chosen = std::getenv("LLMC_LIST_VERDICTS"); chosen != nullptr && *chosen != '\0')
    path = chosen;
  if (path == "none" || !std::filesystem::exists(path)) return nullptr;
  LLMC_TRY(const std::string text, read_file(path));
  LLMC_TRY(VerdictFile file, parse_verdict_file(text, path.string()));
  return std::make_shared<const VerdictFile>(std::move(file));
}

}  // namespace llmc
