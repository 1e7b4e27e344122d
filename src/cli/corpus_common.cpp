#include "cli/corpus_common.h"

#include <fmt/format.h>

#include <chrono>

#include "support/numbers.h"
#include "support/stopwatch.h"

namespace llmc {

namespace fs = std::filesystem;

void CorpusChoice::add_folder(CLI::App& app) {
  app.add_option("--corpus", folder,
                 "The corpus (default: $LLMC_CORPUS, or corpus in the cache folder)")
      ->type_name("FOLDER");
}

void CorpusChoice::add_filter(CLI::App& app) {
  app.add_option("--split", split, "Programs of one split only")
      ->check(CLI::IsMember({"train", "validation", "test"}));
  app.add_option("--kind", kind, "Functions or whole units only")
      ->check(CLI::IsMember({"function", "unit"}));
  app.add_option("--target", target, "Programs for one target only")
      ->check(CLI::IsMember({"x86_64", "aarch64"}));
  app.add_option("--package", package, "Programs of one package only")->type_name("NAME");
  app.add_option("--min-bytes", least_bytes, "Leave out smaller programs");
  app.add_option("--max-bytes", most_bytes, "Leave out larger programs; 0 for no limit");
  app.add_flag("--all", all, "Also duplicates and what is in the evaluation set");
}

std::filesystem::path CorpusChoice::path() const {
  return folder.empty() ? CorpusStore::default_folder() : std::filesystem::path(folder);
}

Result<CorpusStore> CorpusChoice::open(CorpusStore::Mode mode) const {
  return CorpusStore::open(path(), mode);
}

ProgramFilter CorpusChoice::filter() const {
  ProgramFilter filter;
  if (!split.empty()) filter.split = *parse_split(split);
  if (!kind.empty()) filter.kind = kind == "unit" ? ProgramKind::unit : ProgramKind::function;
  if (!target.empty())
    filter.target = target == "x86_64" ? NormalTarget::x86_64 : NormalTarget::aarch64;
  if (all) filter.standing.reset();
  filter.package = package;
  filter.least_bytes = least_bytes;
  if (most_bytes > 0) filter.most_bytes = most_bytes;
  return filter;
}

fs::path package_folder(const fs::path& path) {
  std::error_code ignored;
  fs::path folder = fs::absolute(path, ignored).lexically_normal();
  if (!fs::is_directory(folder, ignored)) folder = folder.parent_path();
  return folder.has_filename() ? folder : folder.parent_path();
}

std::optional<std::string> path_below(const fs::path& file, const fs::path& folder) {
  std::error_code ignored;
  std::string below = fs::absolute(file, ignored).lexically_relative(folder).string();
  if (below.empty() || below.starts_with("..")) return std::nullopt;
  return below;
}

CorpusProgress show_progress(ProgressLine& line, std::string prefix, const char* noun) {
  return [&line, prefix = std::move(prefix), noun, start = std::chrono::steady_clock::now(),
          known = std::optional<std::size_t>()](std::size_t done, std::size_t all) mutable {
    // What an earlier run did says nothing about the speed of this one.
    if (!known) known = std::max<std::size_t>(done, 1) - 1;
    const double rate = static_cast<double>(done - *known) / std::max(seconds_since(start), 1e-3);
    const std::string left =
        rate > 0 ? format_duration(static_cast<double>(all - done) / rate) : "unknown time";
    line.show(fmt::format("{}[{}/{} {}] {:.1f}/s, {} left", prefix, done, all, noun, rate, left));
  };
}

Result<Shard> parse_shard(const std::string& text) {
  Shard shard;
  const std::size_t slash = text.find('/');
  const std::string_view all = text;
  if (slash == text.npos || !parse_number(all.substr(0, slash), shard.index) ||
      !parse_number(all.substr(slash + 1), shard.of) || shard.index >= shard.of)
    return fail(fmt::format("--shard {}: expected I/N with I from 0 to N - 1", text),
                ErrorKind::usage);
  return shard;
}

std::string describe_counts(const std::map<std::string, std::uint64_t>& counts) {
  std::string text;
  for (const auto& [name, count] : counts)
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", count, name);
  return text.empty() ? "none" : text;
}

}  // namespace llmc
