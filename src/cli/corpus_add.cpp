// llmc corpus add: packages, folders and files into the corpus.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "cli/command.h"
#include "cli/corpus_common.h"
#include "cli/shared_options.h"
#include "cli/tune_common.h"
#include "corpus/ingest.h"
#include "support/stopwatch.h"

namespace llmc {
namespace {

namespace fs = std::filesystem;

struct CorpusAddArguments {
  std::vector<std::string> items;
  CorpusChoice corpus;
  SharedOptions shared;
  std::string manifest;
  std::string split = "train";
  std::string sources;
  unsigned jobs = std::max(1U, std::thread::hardware_concurrency());
  unsigned aarch64_percent = 18;
  std::uint64_t most_function_bytes = 1 << 16;
  std::uint64_t least_instructions = 5;
  std::vector<std::string> refused;
  bool again = false;
  bool evaluation = false;
};

void add_options(CLI::App& app, CorpusAddArguments& options) {
  options.shared.deadline_seconds = 600;
  app.add_option("items", options.items,
                 "Names of Debian source packages; folders with a compile_commands.json or with\n"
                 "sources or IR in them; files of sources or IR. None: all of the manifest");
  options.corpus.add_folder(app);
  app.add_option("--manifest", options.manifest,
                 "Packages and their splits (default: data/packages.txt)")
      ->type_name("FILE");
  app.add_option("--split", options.split, "Split of what the manifest does not name")
      ->check(CLI::IsMember({"train", "validation", "test"}))
      ->capture_default_str();
  app.add_option("--sources", options.sources,
                 "Where sources of packages are fetched to (default: sources in the cache folder)")
      ->type_name("FOLDER");
  app.add_option("-X,--flag", options.shared.flags, "A compiler flag for source files; repeatable")
      ->allow_extra_args(false)
      ->type_name("FLAG");
  app.add_option("-j,--jobs", options.jobs, "Processes at work")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  app.add_option("--aarch64", options.aarch64_percent,
                 "Percent of the units that are compiled for AArch64 as well")
      ->check(CLI::Range(0, 100))
      ->capture_default_str();
  app.add_option("--max-bytes", options.most_function_bytes,
                 "Leave out functions whose normal form is longer")
      ->capture_default_str();
  app.add_option("--min-instructions", options.least_instructions,
                 "Leave out functions of fewer instructions")
      ->capture_default_str();
  app.add_option("--refuse", options.refused,
                 "Refuse also functions that look like those of this file of fingerprints")
      ->allow_extra_args(false)
      ->type_name("FILE");
  app.add_flag("--evaluation", options.evaluation,
               "Take the evaluation set into a corpus of its own, which is good for\n"
               "llmc corpus fingerprint only");
  app.add_flag("--again", options.again, "Also what is in the corpus already");
  options.shared.add_limits(app);
}

bool is_path(const std::string& item) {
  std::error_code ignored;
  return item.contains('/') || fs::exists(item, ignored);
}

/// The files under `folder` that are sources or IR, in the order of their names.
std::vector<std::string> files_under(const fs::path& folder) {
  static const std::set<std::string> suffixes = {".c",   ".cc", ".cpp", ".cxx",
                                                 ".c++", ".C",  ".bc",  ".ll"};
  std::vector<std::string> files;
  std::error_code error;
  for (fs::recursive_directory_iterator at(folder, error), end; !error && at != end;
       at.increment(error))
    if (at->is_regular_file(error) && suffixes.contains(at->path().extension().string()))
      files.push_back(at->path().string());
  std::ranges::sort(files);
  return files;
}

/// A folder or a file as a package of its own, named like the folder it is in.
Result<PackageSources> local_sources(const std::string& item,
                                     const std::vector<std::string>& flags) {
  std::error_code ignored;
  const fs::path path = fs::absolute(item, ignored).lexically_normal();
  const fs::path folder = package_folder(path);
  PackageSources sources{folder.filename().string(), "", "unknown", folder, {}};
  const bool plain =
      fs::is_directory(path, ignored) && !fs::exists(path / "compile_commands.json", ignored);
  const std::vector<std::string> files = plain ? files_under(path) : std::vector{path.string()};
  if (files.empty())
    return fail(fmt::format("{}: neither a compile_commands.json nor sources nor IR in it", item));
  LLMC_TRY(auto inputs, find_inputs(files, flags));
  for (Input& input : inputs) {
    const std::string source = path_below(input.name, folder).value_or(input.name);
    sources.units.push_back({std::move(input), sources.name, source});
  }
  return sources;
}

/// Adds one item after the other.
class Adder {
 public:
  Adder(const CorpusAddArguments& options, CorpusStore& store, const EvaluationSet& evaluation_set,
        std::map<std::string, Split> splits)
      : options_(options),
        store_(store),
        evaluation_set_(evaluation_set),
        splits_(std::move(splits)) {
    ingest_.children.jobs = options.jobs;
    ingest_.children.limits = options.shared.limits();
    ingest_.children.interrupt = &interrupted;
    ingest_.children.cut = {0, options.most_function_bytes, options.least_instructions};
    ingest_.aarch64_percent = options.evaluation ? 0 : options.aarch64_percent;
    ingest_.evaluation = options.evaluation;
  }

  /// Errors are for what stops the whole run; a package that fails is a record.
  Result<void> add(const std::string& item) {
    const bool local = is_path(item);
    if (!local && is_denied(item)) return refuse(item);
    if (!local && !options_.again) {
      LLMC_TRY(const bool there, is_there(item));
      if (there) return {};
    }
    line_.show(fmt::format("{}: fetching and building", item));
    auto sources = local ? local_sources(item, options_.shared.compiler_flags()) : fetch(item);
    line_.clear();
    const std::string name = sources ? sources->name : item;
    ingest_.split = split_of(name);
    if (!sources && sources.error().kind == ErrorKind::interrupted)
      return std::unexpected(sources.error());
    if (!sources && local) return std::unexpected(sources.error());
    if (!sources) return record_failure(name, sources.error().message);
    if (is_denied(name)) return refuse(name);
    return take(*sources);
  }

  [[nodiscard]] std::size_t failed() const { return failed_; }
  [[nodiscard]] std::size_t added() const { return added_; }

 private:
  [[nodiscard]] bool is_denied(const std::string& name) const {
    return !options_.evaluation && evaluation_set_.has_package(name);
  }

  [[nodiscard]] Split split_of(const std::string& name) const {
    const auto found = splits_.find(name);
    return found == splits_.end() ? *parse_split(options_.split) : found->second;
  }

  Result<PackageSources> fetch(const std::string& name) {
    const fs::path cache = !options_.sources.empty() ? fs::path(options_.sources)
                           : options_.evaluation
                               ? default_sources_folder().parent_path() / "evaluation-sources"
                               : default_sources_folder();
    return fetch_package(name,
                         {fs::absolute(cache), options_.jobs, options_.evaluation, &interrupted});
  }

  Result<void> refuse(const std::string& name) {
    ++failed_;
    report(
        {fmt::format("{}: belongs to the evaluation set, which is nobody's training data; it "
                     "was not added",
                     name)});
    return {};
  }

  /// Whether the package is in the corpus and whole. One that failed is tried again.
  Result<bool> is_there(const std::string& name) {
    LLMC_TRY(const auto package, store_.package(name));
    if (!package || !package->failure.empty()) return false;
    if (const auto whole = store_.check_shard(name); !whole) {
      warn(whole.error().message + "; it is made again");
      return false;
    }
    fmt::print(stderr, "{}: already there\n", name);
    return true;
  }

  Result<void> record_failure(const std::string& name, const std::string& reason) {
    ++failed_;
    report({name + ": " + reason});
    PackageRecord package;
    package.name = name;
    package.split = split_of(name);
    package.failure = reason;
    PackageWriter writer(package);
    return store_.commit(writer);
  }

  Result<void> take(const PackageSources& sources) {
    LLMC_TRY(PackageWriter writer, ingest(sources, ingest_, evaluation_set_,
                                          show_progress(line_, sources.name + " ", "units")));
    line_.clear();
    const PackageRecord& package = writer.package();
    LLMC_CHECK(store_.commit(writer));
    ++added_;
    fmt::print(stderr, "{} {}: {} functions in {} units, {} of which failed; {}, {:.1f} units/s\n",
               package.name, package.version, package.functions, package.units,
               package.failed_units, format_duration(package.seconds),
               static_cast<double>(package.units) / std::max(package.seconds, 1e-3));
    return {};
  }

  const CorpusAddArguments& options_;
  CorpusStore& store_;
  const EvaluationSet& evaluation_set_;
  std::map<std::string, Split> splits_;
  IngestOptions ingest_;
  ProgressLine line_;
  std::size_t failed_ = 0;
  std::size_t added_ = 0;
};

Result<int> add(CorpusAddArguments& options) {
  LLMC_TRY(EvaluationSet evaluation_set, EvaluationSet::installed());
  for (const std::string& file : options.refused) {
    LLMC_CHECK(evaluation_set.add_functions(file));
  }
  LLMC_TRY(
      const auto manifest,
      read_manifest(options.manifest.empty() ? default_manifest() : fs::path(options.manifest)));
  std::map<std::string, Split> splits;
  for (const ManifestRow& row : manifest) splits[row.package] = row.split;
  if (options.items.empty())
    for (const ManifestRow& row : manifest) options.items.push_back(row.package);
  LLMC_TRY(CorpusStore store, options.corpus.open(CorpusStore::Mode::write));
  LLMC_CHECK(options.evaluation ? store.set_apart() : store.check_not_apart());
  Adder adder(options, store, evaluation_set, std::move(splits));
  std::optional<Error> stopped;
  for (const std::string& item : options.items) {
    if (auto done = adder.add(item); !done) {
      stopped = done.error();
      break;
    }
  }
  if (adder.added() > 0 && !options.evaluation) {
    LLMC_CHECK(store.settle(evaluation_set));
  }
  if (stopped) return std::unexpected(*stopped);
  return adder.failed() == 0 ? k_exit_done : k_exit_failed;
}

}  // namespace

int run_corpus_add(const std::vector<std::string>& arguments) {
  CLI::App app(
      "Takes programs into the corpus: fetches Debian source packages by name and builds them\n"
      "once with a compiler that records how; or takes build folders, sources and IR. Each\n"
      "translation unit and each of its functions is a program. A package that does not build\n"
      "is a record with the reason, and the others go on. What is there is not made again.",
      "llmc corpus add");
  CorpusAddArguments options;
  add_options(app, options);
  if (const int code = parse_options(app, arguments); code >= 0) return code;
  catch_interrupts();
  initialize_targets();
  const auto code = add(options);
  return code ? *code : report(code.error());
}

}  // namespace llmc
