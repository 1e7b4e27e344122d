#include "eval/result_log.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <concepts>
#include <cstring>
#include <optional>

#include "support/files.h"

namespace llmc {
namespace {

namespace fs = std::filesystem;

std::unexpected<Error> log_failure(const fs::path& path, const char* what) {
  return fail(path.string() + ": " + what + ": " + std::strerror(errno));
}

/// The first line of `text` without its end, and the rest; none if it has no end.
std::optional<std::string_view> take_whole_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

/// What is different about the run `there`, of the first member that is; "" if nothing is.
std::string difference(const RunRow& there, const RunRow& here) {
  const auto differs = [](const char* name, const std::string& left, const std::string& right) {
    return left == right ? "" : fmt::format("its {} is '{}' and not '{}'", name, left, right);
  };
  for (const auto& [name, member] :
       {std::pair("task", &RunRow::task), std::pair("command", &RunRow::command),
        std::pair("version of llmc", &RunRow::llmc), std::pair("version of LLVM", &RunRow::llvm),
        std::pair("target", &RunRow::target), std::pair("objective", &RunRow::objective),
        std::pair("suite", &RunRow::suite)})
    if (std::string said = differs(name, there.*member, here.*member); !said.empty()) return said;
  for (const auto& [name, member] :
       {std::pair("model", &RunRow::model), std::pair("model's hash", &RunRow::model_hash)})
    if (there.*member != here.*member)
      return differs(name, (there.*member).value_or("none"), (here.*member).value_or("none"));
  return differs("seed", std::to_string(there.seed), std::to_string(here.seed));
}

/// The key of the program that is done with this row; "" if none is.
std::string ended_program(const ResultRow& row, std::string_view last_proposer) {
  if (const auto* time = std::get_if<TimeRow>(&row))
    return time->proposer == last_proposer ? time->id : "";
  if (const auto* unit = std::get_if<UnitRow>(&row)) return unit->failed.empty() ? "" : unit->id;
  return std::holds_alternative<CodeRow>(row) ? result_key(row) : "";
}

/// Adds a row to its kind.
void put_row(ResultRow row, ResultSet& results) {
  std::visit(
      [&]<typename Row>(Row& one) {
        for_each_kind(results, [&]<typename Other>(std::vector<Other>& rows) {
          if constexpr (std::same_as<Row, Other>) rows.push_back(std::move(one));
        });
      },
      row);
}

}  // namespace

Result<GrowingFile> GrowingFile::open(const fs::path& path, const char* mode) {
  GrowingFile file;
  file.path_ = path;
  if (path.empty()) return file;
  file.file_.reset(path == "-" ? ::fdopen(::dup(STDOUT_FILENO), "w")
                               : std::fopen(path.c_str(), mode));
  if (!file.file_) return log_failure(path, "cannot create");
  return file;
}

Result<GrowingFile> GrowingFile::create(const fs::path& path) { return open(path, "we"); }

Result<GrowingFile> GrowingFile::begin_with(const fs::path& path, std::string_view text) {
  LLMC_CHECK(write_file(path, text));
  return open(path, "ae");
}

Result<void> GrowingFile::append(std::string_view text) {
  if (!file_) return {};
  // Flushed at once: children are forked, and must not have a copy of what waits to be written.
  if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size() ||
      std::fflush(file_.get()) != 0)
    return log_failure(path_, "cannot write");
  return {};
}

Result<std::string> read_own_run(const fs::path& path, const RunRow& run) {
  std::error_code code;
  if (!fs::exists(path, code) && !code) return "";
  LLMC_TRY(std::string text, read_file(path));
  const std::string first = print_result_row(run);
  std::string_view rest = text;
  const auto line = take_whole_line(rest);
  if (!line && first.starts_with(text)) return "";
  const auto there = parse_result_row(line.value_or(text));
  if (!there || !std::holds_alternative<RunRow>(*there))
    return fail(path.string() +
                    ": is no file of results that can be gone on with; leave out "
                    "--resume to write over it, or give another file",
                ErrorKind::usage);
  // Printed and read as the other was, since names that are no UTF-8 change by that.
  LLMC_TRY(const ResultRow here, parse_result_row(first));
  if (const std::string what = difference(std::get<RunRow>(*there), std::get<RunRow>(here));
      !what.empty())
    return fail(fmt::format("{}: is of another run: {}; leave out --resume to write over it, or "
                            "give another file",
                            path.string(), what),
                ErrorKind::usage);
  return line ? std::move(text) : "";
}

Result<ResultLog> ResultLog::create(const fs::path& path) {
  ResultLog log;
  LLMC_TRY(log.file_, GrowingFile::create(path));
  return log;
}

Result<ResultLog> ResultLog::resume(const fs::path& path, const RunRow& run,
                                    std::string_view last_proposer, ResultSet& results) {
  LLMC_TRY(const std::string text, read_own_run(path, run));
  if (text.empty()) return create(path);
  ResultLog log;
  ResultSet done;
  std::string_view rest = text;
  std::size_t kept = 0;
  std::vector<ResultRow> waiting;  // until their program is done
  for (auto line = take_whole_line(rest); line; line = take_whole_line(rest)) {
    auto row = parse_result_row(*line);
    if (!row) break;
    const bool is_run = std::holds_alternative<RunRow>(*row);
    if (is_run && kept > 0)
      return fail(path.string() +
                      ": has the results of several runs; only those of one can be "
                      "gone on with",
                  ErrorKind::usage);
    const std::string ended = ended_program(*row, last_proposer);
    waiting.push_back(std::move(*row));
    if (!is_run && ended.empty()) continue;
    if (!is_run) ++log.done_[ended];
    for (ResultRow& one : waiting) put_row(std::move(one), done);
    waiting.clear();
    kept = text.size() - rest.size();
  }
  auto written = log.written_.begin();
  for_each_kind(done, [&](const auto& rows) { *written++ = rows.size(); });
  LLMC_TRY(log.file_, GrowingFile::begin_with(path, std::string_view(text).substr(0, kept)));
  results = std::move(done);
  return log;
}

bool ResultLog::take_done(const std::string& key) {
  const auto found = done_.find(key);
  if (found == done_.end() || found->second == 0) return false;
  --found->second;
  return true;
}

Result<void> ResultLog::add_new(const ResultSet& results) {
  std::string text, times, units;
  auto written = written_.begin();
  for_each_kind(results, [&]<typename Row>(const std::vector<Row>& rows) {
    std::string& part = std::same_as<Row, TimeRow>   ? times
                        : std::same_as<Row, UnitRow> ? units
                                                     : text;
    for (; *written < rows.size(); ++*written) part += print_result_row(rows[*written]);
    ++written;
  });
  return file_.append(text + times + units);
}

}  // namespace llmc
