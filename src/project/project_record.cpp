#include "project/project_record.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "project/unit_call.h"
#include "soundness/compiler_wrapper.h"
#include "support/files.h"

namespace llmc {
namespace fs = std::filesystem;

namespace {

fs::path absolute_in(const fs::path& directory, const std::string& file) {
  return (directory / file).lexically_normal();
}

/// Folders in which build systems try out the compiler.
bool is_probes_folder(const fs::path& directory) {
  return std::ranges::any_of(directory, [](const fs::path& component) {
    return component == "CMakeFiles" || component == "meson-private";
  });
}

/// Arguments with which nothing is linked.
bool excludes_linking(const std::string& argument) {
  static const std::set<std::string> exact = {
      "-c",        "-S",     "-E",   "-M",    "-MM",          "-fsyntax-only",
      "--version", "-v",     "-###", "-V",    "-dumpversion", "-dumpmachine",
      "-qversion", "--help", "-r",   "-Wl,-r"};
  return exact.contains(argument) || argument.starts_with("-print-") ||
         argument.starts_with("--print-") || argument.starts_with("-flto");
}

/// The name after -o, "a.out" if there is none.
std::string output_of_link(const std::vector<std::string>& arguments) {
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (arguments[i] == "-o" && i + 1 < arguments.size()) return arguments[i + 1];
    const bool joined = arguments[i].starts_with("-o") && !arguments[i].starts_with("-object");
    if (joined && arguments[i].size() > 2) return arguments[i].substr(2);
  }
  return "a.out";
}

bool has_input(const std::vector<std::string>& arguments) {
  return std::ranges::any_of(arguments, [](const std::string& argument) {
    return !argument.starts_with('-') && fs::path(argument).has_extension();
  });
}

/// Replaces what has the same output, or adds.
template <typename Record>
void put(std::vector<Record>& records, Record record, fs::path Record::* output) {
  std::erase_if(records, [&](const Record& old) { return old.*output == record.*output; });
  records.push_back(std::move(record));
}

void add_link(RecordedLink link, RecordedBuild& build) {
  const std::string output = output_of_link(link.arguments);
  const fs::path stem = fs::path(output).stem();
  const bool probe = stem == "conftest" || stem.string().starts_with("cmTC_") ||
                     is_probes_folder(link.directory) || output.starts_with("/dev/");
  if (probe || !has_input(link.arguments)) return;
  link.output = absolute_in(link.directory, output);
  put(build.links, std::move(link), &RecordedLink::output);
}

}  // namespace

std::string recording_commands() {
  return "if [ -n \"$LLMC_PROJECT_RECORDS\" ] &&\n"
         "  record=$(mktemp \"$LLMC_PROJECT_RECORDS/new.XXXXXXXXXX\")\n"
         "then\n"
         "  printf '%s\\0' \"$(pwd -P)\" \"$0\" \"$@\" >\"$record\" &&\n"
         "    mv \"$record\" \"$LLMC_PROJECT_RECORDS/call.${record##*.}\"\n"
         "fi\n";
}

Result<void> add_record(std::string_view record, RecordedBuild& build) {
  std::vector<std::string> words;
  while (!record.empty()) {
    const std::size_t end = record.find('\0');
    if (end == std::string_view::npos) return fail("a record ends in the middle of a word");
    words.emplace_back(record.substr(0, end));
    record.remove_prefix(end + 1);
  }
  if (words.size() < 2) return fail("a record has no compiler");
  const fs::path directory = words[0];
  const bool is_cxx = fs::path(words[1]).filename().string().find("++") != std::string::npos;
  words.erase(words.begin(), words.begin() + 2);

  const UnitCall unit_call = read_unit_call(words);
  const CompilerCall& call = unit_call.call;
  if (!unit_call.why_not.empty() || unit_call.output != UnitOutput::object) {
    if (call.kind == CallKind::clangs_unit)
      build.left_out.push_back(call.source + ": " + unit_call.why_not);
    else if (!std::ranges::any_of(words, excludes_linking))
      add_link({directory, std::move(words), is_cxx, {}}, build);
    return {};
  }
  RecordedUnit unit;
  unit.command = {directory, call.source, own_flags(call.arguments, call.source), is_cxx};
  unit.source = absolute_in(directory, call.source);
  unit.object = absolute_in(directory, call.object);
  put(build.units, std::move(unit), &RecordedUnit::object);
  return {};
}

Result<RecordedBuild> read_records(const fs::path& folder) {
  std::vector<std::pair<fs::file_time_type, fs::path>> files;
  std::error_code code;
  for (fs::directory_iterator it(folder, code), end; !code && it != end; it.increment(code))
    if (it->path().filename().string().starts_with("call."))
      files.emplace_back(it->last_write_time(), it->path());
  if (code) return fail(fmt::format("{}: cannot be read: {}", folder.string(), code.message()));
  std::ranges::sort(files);
  RecordedBuild build;
  for (const auto& [time, file] : files) {
    LLMC_TRY(const std::string record, read_file(file));
    if (auto added = add_record(record, build); !added)
      return std::unexpected(added.error().with_context(file.string()));
  }
  return build;
}

}  // namespace llmc
