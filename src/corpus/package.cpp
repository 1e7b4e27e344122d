#include "corpus/package.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <sstream>

#include "support/database.h"
#include "support/files.h"
#include "support/subprocess.h"
#include "support/text.h"

namespace llmc {
namespace {

namespace fs = std::filesystem;

/// The first line of a text, trimmed.
std::string trimmed_first_line(const std::string& text) {
  std::string line = first_line(text);
  while (!line.empty() && std::isspace(static_cast<unsigned char>(line.back())) != 0)
    line.pop_back();
  return line;
}

/// Why a package could not be fetched or built, as the script left it.
std::string failure_of(const fs::path& folder, const std::string& errors) {
  if (const auto reason = read_file(folder / "failure"); reason && !reason->empty())
    return trimmed_first_line(*reason);
  std::istringstream lines(errors);
  for (std::string line; std::getline(lines, line);)
    if (const std::size_t at = line.find("error: "); at != line.npos) return line.substr(at + 7);
  return "the script said nothing";
}

bool is_finished(const fs::path& folder) {
  std::error_code ignored;
  return fs::exists(folder / "stamp", ignored) &&
         fs::exists(folder / "compile_commands.json", ignored);
}

/// A value of the stamp's lines "KEY VALUE".
std::string stamp_field(const std::string& stamp, const std::string& key) {
  std::istringstream lines(stamp);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with(key + " ")) return line.substr(key.size() + 1);
  return "";
}

Result<PackageSources> read_fetched(const std::string& name, const fs::path& folder) {
  PackageSources sources{name, "", "see debian/copyright", folder, {}};
  LLMC_TRY(const std::string stamp, read_file(folder / "stamp"));
  sources.version = stamp_field(stamp, "version");
  if (const auto copyright = read_file(folder / "src" / "debian" / "copyright"))
    sources.licence = licences_of(*copyright);
  LLMC_TRY(auto inputs, find_inputs({(folder / "compile_commands.json").string()}, {}));
  for (Input& input : inputs) {
    const std::string source = fs::path(input.name).lexically_relative(folder).string();
    sources.units.push_back({std::move(input), name, source});
  }
  return sources;
}

}  // namespace

std::string_view to_string(Split split) {
  return split == Split::train ? "train" : split == Split::validation ? "validation" : "test";
}

Result<Split> parse_split(std::string_view name) {
  for (const Split split : {Split::train, Split::validation, Split::test})
    if (to_string(split) == name) return split;
  return fail(fmt::format("'{}' is no split; expected train, validation or test", name),
              ErrorKind::usage);
}

Result<std::vector<ManifestRow>> read_manifest(const fs::path& path) {
  LLMC_TRY(const std::string text, read_file(path));
  std::vector<ManifestRow> rows;
  std::istringstream lines(text);
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    std::istringstream words(line);
    std::string package;
    std::string split;
    if (!(words >> package) || package.starts_with('#')) continue;
    words >> split;
    const auto parsed = parse_split(split);
    if (!parsed)
      return fail(fmt::format("{}:{}: {}", path.string(), number, parsed.error().message));
    rows.push_back({package, *parsed});
  }
  if (rows.empty()) return fail(path.string() + ": names no package");
  return rows;
}

fs::path default_manifest() { return fs::path(LLMC_SOURCE_FOLDER) / "data" / "packages.txt"; }

fs::path default_sources_folder() { return cache_folder() / "sources"; }

Result<PackageSources> fetch_package(const std::string& name, const FetchOptions& options) {
  const fs::path folder = options.cache / name;
  if (!is_finished(folder)) {
    const fs::path script = fs::path(LLMC_SOURCE_FOLDER) / "scripts" / "fetch-sources";
    SubprocessOptions process;
    process.lifetime = Lifetime::group;
    process.interrupt = options.interrupt;
    LLMC_TRY(
        const SubprocessResult result,
        run_subprocess({script.string(), options.evaluation ? "--evaluation" : "--any", "--cache",
                        options.cache.string(), "--jobs", std::to_string(options.jobs), name},
                       process));
    if (result.interrupted) return fail("interrupted", ErrorKind::interrupted);
    if (result.exit_status != 0 || !is_finished(folder))
      return fail(failure_of(folder, result.errors));
  }
  return read_fetched(name, folder);
}

std::string licences_of(std::string_view copyright) {
  std::istringstream lines{std::string(copyright)};
  std::vector<std::string> names;
  bool is_machine_readable = false;
  for (std::string line; std::getline(lines, line);) {
    is_machine_readable |= line.starts_with("Format:");
    if (!line.starts_with("License:")) continue;
    line = trimmed_first_line(line.substr(8));
    line.erase(0, line.find_first_not_of(" \t"));
    if (!line.empty() && std::ranges::find(names, line) == names.end()) names.push_back(line);
  }
  if (!is_machine_readable || names.empty()) return "see debian/copyright";
  return fmt::format("{}", fmt::join(names, ", "));
}

}  // namespace llmc
