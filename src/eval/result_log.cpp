#include "eval/result_log.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <string>

namespace llmc {
namespace {

std::unexpected<Error> log_failure(const std::filesystem::path& path, const char* what) {
  return fail(path.string() + ": " + what + ": " + std::strerror(errno));
}

}  // namespace

Result<ResultLog> ResultLog::create(const std::filesystem::path& path) {
  ResultLog log;
  log.path_ = path;
  if (path.empty()) return log;
  log.file_.reset(path == "-" ? ::fdopen(::dup(STDOUT_FILENO), "w")
                              : std::fopen(path.c_str(), "we"));
  if (!log.file_) return log_failure(path, "cannot create");
  return log;
}

Result<void> ResultLog::add_new(const ResultSet& results) {
  if (!file_) return {};
  std::string text;
  auto written = written_.begin();
  for_each_kind(results, [&](const auto& rows) {
    for (; *written < rows.size(); ++*written) text += print_result_row(rows[*written]);
    ++written;
  });
  // Flushed at once: children are forked, and must not have a copy of what waits to be written.
  if (std::fwrite(text.data(), 1, text.size(), file_.get()) != text.size() ||
      std::fflush(file_.get()) != 0)
    return log_failure(path_, "cannot write");
  return {};
}

}  // namespace llmc
