#include "project/lock_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <tuple>

#include "project/checked_line.h"
#include "support/files.h"
#include "support/numbers.h"

namespace llmc {
namespace fs = std::filesystem;

namespace {

constexpr std::string_view k_lock_magic = "llmc-lock ";
constexpr std::string_view k_lock_version = "1";
constexpr std::string_view k_lock_note =
    "# Which pass list each unit is compiled with. Made by llmc; commit it. `llmc lock --help`\n";

/// The version of LLVM in the first line.
Result<std::string> parse_first_line(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (!line.starts_with(k_lock_magic))
    return fail(fmt::format("line 1: not a lock file; expected '{}{} <version of LLVM>'",
                            k_lock_magic, k_lock_version));
  line.remove_prefix(k_lock_magic.size());
  const std::size_t space = std::min(line.find(' '), line.size());
  if (line.substr(0, space) != k_lock_version)
    return fail(fmt::format("line 1: format {}, but this llmc knows {}; use the llmc that made it",
                            line.substr(0, space), k_lock_version));
  const std::string toolchain(line.substr(std::min(space + 1, line.size())));
  if (toolchain.empty())
    return fail("line 1: no version of LLVM; make the file anew with `llmc lock update`");
  return toolchain;
}

bool is_conflict_marker(std::string_view line) {
  return line.starts_with("<<<<<<<") || line.starts_with("=======") ||
         line.starts_with(">>>>>>>") || line.starts_with("|||||||");
}

std::optional<LockEntry> parse_entry(std::string_view line) {
  const auto fields = parse_checked_line(line);
  if (!fields || fields->size() != 6) return std::nullopt;
  const auto key = digest_of_hex((*fields)[1]);
  const auto suite = digest_of_hex((*fields)[4]);
  LockEntry entry;
  if (!key || !suite || !parse_number((*fields)[2], entry.oz_size) ||
      !parse_number((*fields)[3], entry.size) || entry.size > entry.oz_size || (*fields)[5].empty())
    return std::nullopt;
  entry.key = *key;
  entry.suite = *suite;
  entry.unit = (*fields)[0];
  entry.list = (*fields)[5];
  return entry;
}

}  // namespace

Result<LockFile> LockFile::parse(std::string_view text) {
  std::optional<LockFile> lock;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (is_conflict_marker(line))
      return fail(fmt::format(
          "line {}: conflict markers of a merge; keep the lines of both sides without the markers, "
          "or take one side and run `llmc lock update`",
          number));
    if (number == 1) {
      LLMC_TRY(std::string toolchain, parse_first_line(line));
      lock.emplace(std::move(toolchain));
      continue;
    }
    if (line.empty() || line == "\r" || line.starts_with('#')) continue;
    auto entry = parse_entry(line);
    if (!entry)
      return fail(
          fmt::format("line {}: the line is damaged, cut off or was edited; delete it and run "
                      "`llmc lock update`",
                      number));
    const LockEntry* const known = lock->find(entry->key);
    if (known != nullptr && known->list != entry->list)
      return fail(
          fmt::format("line {}: a second decision for the content of {}; delete one of the two "
                      "lines, or both and run `llmc lock update`",
                      number, known->unit));
    // Of several names the first in order, so that the order of the lines does not count.
    if (known == nullptr || entry->unit < known->unit) lock->set(std::move(*entry));
  }
  if (!lock) return fail("the file is empty; delete it, or make it with `llmc lock update`");
  return *lock;
}

Result<LockFile> LockFile::read(const fs::path& path) {
  LLMC_TRY(const std::string text, read_file(path));
  auto lock = parse(text);
  if (!lock) return std::unexpected(lock.error().with_context(path.string()));
  return lock;
}

std::string LockFile::to_text() const {
  std::string text =
      fmt::format("{}{} {}\n{}", k_lock_magic, k_lock_version, toolchain_, k_lock_note);
  for (const LockEntry& entry : entries())
    text += print_checked_line({entry.unit, entry.key.hex(), std::to_string(entry.oz_size),
                                std::to_string(entry.size), entry.suite.hex(), entry.list});
  return text;
}

const LockEntry* LockFile::find(const Digest& key) const {
  const auto found = entries_.find(key);
  return found == entries_.end() ? nullptr : &found->second;
}

std::vector<LockEntry> LockFile::entries() const {
  std::vector<LockEntry> sorted;
  for (const auto& [key, entry] : entries_) sorted.push_back(entry);
  std::ranges::sort(sorted, [](const LockEntry& a, const LockEntry& b) {
    return std::tie(a.unit, a.key) < std::tie(b.unit, b.key);
  });
  return sorted;
}

void LockFile::set(LockEntry entry) {
  const Digest key = entry.key;
  entries_.insert_or_assign(key, std::move(entry));
}

void LockFile::erase(const Digest& key) { entries_.erase(key); }

fs::path find_lock_file(const fs::path& source, const std::string& named) {
  if (!named.empty()) return named;
  std::error_code code;
  for (fs::path folder = fs::absolute(source, code).lexically_normal().parent_path();;
       folder = folder.parent_path()) {
    const fs::path candidate = folder / k_lock_file_name;
    if (fs::exists(candidate, code)) return candidate;
    if (!folder.has_relative_path()) return {};
  }
}

std::string lock_name(const fs::path& source, const fs::path& folder) {
  std::error_code code;
  const fs::path absolute = fs::absolute(source, code).lexically_normal();
  const fs::path base = fs::absolute(folder.empty() ? "." : folder, code).lexically_normal();
  const fs::path relative = absolute.lexically_relative(base);
  const bool is_below = !relative.empty() && *relative.begin() != "..";
  return (is_below ? relative : absolute).generic_string();
}

}  // namespace llmc
