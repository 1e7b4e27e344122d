// Packages: the manifest that names them, and their sources once they are fetched and built.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "corpus/corpus.h"
#include "support/error.h"

namespace llmc {

/// Programs are split by package: what models learn from, what choices between models are made on,
/// and what only final figures are taken from.
enum class Split { train, validation, test };

std::string_view to_string(Split split);
Result<Split> parse_split(std::string_view name);

struct ManifestRow {
  std::string package;
  Split split = Split::train;
};

/// The packages of a manifest, whose format its header states (data/packages.txt), in its order.
Result<std::vector<ManifestRow>> read_manifest(const std::filesystem::path& path);

/// The manifest that came with this llmc.
std::filesystem::path default_manifest();

/// A package's sources, built once, with how each file was compiled.
struct PackageSources {
  std::string name;
  std::string version;  ///< empty for folders of one's own
  std::string licence;  ///< as debian/copyright says, short names
  std::filesystem::path folder;
  std::vector<CorpusUnit> units;
};

/// Where fetched packages are: `cache`/NAME.
struct FetchOptions {
  std::filesystem::path cache;
  unsigned jobs = 1;
  bool evaluation = false;  ///< the package is of the evaluation set, and wanted nevertheless
  const volatile int* interrupt = nullptr;
};

/// $XDG_CACHE_HOME/llmc/sources, else ~/.cache/llmc/sources.
std::filesystem::path default_sources_folder();

/// Fetches the Debian source package `name` and builds it once with a recording compiler
/// (scripts/fetch-sources), unless that was done before. The error says which step failed and why.
Result<PackageSources> fetch_package(const std::string& name, const FetchOptions& options);

/// The short names of licences in a debian/copyright, each once in their order, joined by commas;
/// "see debian/copyright" if the file is not in the machine-readable format (DEP-5).
std::string licences_of(std::string_view copyright);

}  // namespace llmc
