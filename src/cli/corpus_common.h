// What the subcommands of llmc corpus, and those of llmc dataset that read a corpus, share.
#pragma once

#include <CLI/CLI.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "corpus/label_run.h"
#include "corpus/store.h"
#include "support/terminal.h"

namespace llmc {

/// Which corpus, and which of its programs.
struct CorpusChoice {
  std::string folder;
  std::string split;
  std::string kind;
  std::string target;
  std::string package;
  bool all = false;  ///< also what is left out as duplicate or for the evaluation set
  std::uint64_t least_bytes = 0;
  std::uint64_t most_bytes = 0;  ///< 0: no limit

  void add_folder(CLI::App& app);
  /// --split, --kind, --target, --package, --all, --min-bytes, --max-bytes.
  void add_filter(CLI::App& app);

  [[nodiscard]] std::filesystem::path path() const;
  [[nodiscard]] Result<CorpusStore> open(CorpusStore::Mode mode) const;
  [[nodiscard]] ProgramFilter filter() const;
};

/// The folder that is `path`, or that `path` is in, absolute: its name is the package of programs
/// that come from no package.
std::filesystem::path package_folder(const std::filesystem::path& path);

/// `file` as a path below `folder`; nothing if it is elsewhere.
std::optional<std::string> path_below(const std::filesystem::path& file,
                                      const std::filesystem::path& folder);

/// Progress of the form "[done/all noun] rate, time left", after `prefix`.
CorpusProgress show_progress(ProgressLine& line, std::string prefix, const char* noun);

/// "I/N" as --shard takes it; errors are of the usage.
Result<Shard> parse_shard(const std::string& text);

/// "3 trivial, 1 too long", or "none".
std::string describe_counts(const std::map<std::string, std::uint64_t>& counts);

int run_corpus_add(const std::vector<std::string>& arguments);
int run_corpus_stat(const std::vector<std::string>& arguments);
int run_corpus_show(const std::vector<std::string>& arguments);
int run_corpus_export(const std::vector<std::string>& arguments);
int run_corpus_check(const std::vector<std::string>& arguments);
int run_corpus_label(const std::vector<std::string>& arguments);
int run_corpus_fingerprint(const std::vector<std::string>& arguments);
int run_dataset_build(const std::vector<std::string>& arguments);
int run_dataset_check(const std::vector<std::string>& arguments);

}  // namespace llmc
