#include "support/database.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cstdlib>
#include <utility>

#include "support/files.h"

namespace llmc {
namespace {

std::string digest_bytes(const Digest& digest) {
  std::string bytes(16, '\0');
  for (int i = 0; i < 8; ++i) {
    bytes[static_cast<std::size_t>(i)] = static_cast<char>(digest.high >> (56 - 8 * i));
    bytes[static_cast<std::size_t>(8 + i)] = static_cast<char>(digest.low >> (56 - 8 * i));
  }
  return bytes;
}

/// One number from a pragma or query; -1 if it cannot be had.
std::int64_t query_number(const Database& database, const char* sql) {
  Statement statement(database, sql);
  return statement.valid() && statement.step() == SQLITE_ROW
             ? static_cast<std::int64_t>(statement.number(0))
             : -1;
}

Result<void> check_identity(const Database& database, const std::string& path,
                            const DatabaseFormat& format) {
  const std::int64_t tables = query_number(database, "SELECT count(*) FROM sqlite_master");
  if (tables < 0)
    return fail(
        fmt::format("{}: not an {}, or damaged: {}; move it away and a new one will be "
                    "made, or choose another with {}",
                    path, format.noun, sqlite3_errmsg(database.get()), format.option));
  if (tables == 0) return {};
  if (query_number(database, "PRAGMA application_id") != format.application_id)
    return fail(fmt::format("{}: a database, but not an {}; choose another file with {}", path,
                            format.noun, format.option));
  const std::int64_t version = query_number(database, "PRAGMA user_version");
  if (version != format.version)
    return fail(
        fmt::format("{}: store format {}, this llmc reads format {}; choose another file "
                    "with {}",
                    path, version, format.version, format.option));
  return {};
}

}  // namespace

Database::Database(Database&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)), path_(std::move(other.path_)) {}

Database::~Database() { sqlite3_close(handle_); }

Result<Database> Database::open(const std::filesystem::path& path, const DatabaseFormat& format) {
  if (path.has_parent_path() && path != ":memory:") {
    LLMC_CHECK(make_folder(path.parent_path()));
  }
  sqlite3* handle = nullptr;
  const int code = sqlite3_open(path.c_str(), &handle);
  Database database(handle, path.string());
  if (code != SQLITE_OK) return database.error("cannot open the store");
  sqlite3_busy_timeout(handle, 10'000);
  LLMC_CHECK(check_identity(database, path.string(), format));
  LLMC_CHECK(database.execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"));
  LLMC_CHECK(database.execute(
      fmt::format("BEGIN IMMEDIATE; {} PRAGMA application_id={}; PRAGMA user_version={}; COMMIT;",
                  format.schema, format.application_id, format.version)));
  return database;
}

std::unexpected<Error> Database::error(const std::string& what) const {
  return fail(fmt::format("{}: {}: {}", path_, what, sqlite3_errmsg(handle_)));
}

Result<void> Database::execute(const std::string& sql) {
  if (sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return error("the store cannot be used");
}

Result<void> Database::run(Statement& statement) {
  if (!statement.valid()) return error("cannot be written");
  const int code = statement.step();
  auto failure = code == SQLITE_DONE ? Result<void>() : error("cannot be written");
  statement.reset();
  return failure;
}

Result<void> Database::in_transaction(const std::function<Result<void>()>& write) {
  LLMC_CHECK(execute("BEGIN IMMEDIATE"));
  Result<void> done = write();
  if (done) done = execute("COMMIT");
  if (!done) (void)execute("ROLLBACK");
  return done;
}

Statement::Statement(const Database& database, const std::string& sql) {
  sqlite3_prepare_v3(database.get(), sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &statement_,
                     nullptr);
}
Statement::~Statement() { sqlite3_finalize(statement_); }

void Statement::bind(int at, const std::string& text) {
  sqlite3_bind_text(statement_, at, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
}
void Statement::bind(int at, const Digest& digest) {
  const std::string bytes = digest_bytes(digest);
  sqlite3_bind_blob(statement_, at, bytes.data(), 16, SQLITE_TRANSIENT);
}
void Statement::bind(int at, std::uint64_t number) {
  sqlite3_bind_int64(statement_, at, static_cast<sqlite3_int64>(number));
}
void Statement::bind(int at, double number) { sqlite3_bind_double(statement_, at, number); }
void Statement::bind_blob(int at, const std::string& bytes) {
  sqlite3_bind_blob64(statement_, at, bytes.data(), bytes.size(), SQLITE_TRANSIENT);
}

int Statement::step() { return sqlite3_step(statement_); }
void Statement::reset() { sqlite3_reset(statement_); }

std::string Statement::text(int column) const {
  const auto* text = sqlite3_column_text(statement_, column);
  return text == nullptr ? "" : reinterpret_cast<const char*>(text);
}
std::uint64_t Statement::number(int column) const {
  return static_cast<std::uint64_t>(sqlite3_column_int64(statement_, column));
}
double Statement::real(int column) const { return sqlite3_column_double(statement_, column); }

Digest Statement::digest(int column) const {
  Digest digest;
  const auto* bytes = static_cast<const unsigned char*>(sqlite3_column_blob(statement_, column));
  if (bytes == nullptr || sqlite3_column_bytes(statement_, column) != 16) return digest;
  for (int i = 0; i < 8; ++i) {
    digest.high = digest.high << 8 | bytes[i];
    digest.low = digest.low << 8 | bytes[8 + i];
  }
  return digest;
}

std::string Statement::blob(int column) const {
  const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
  return bytes == nullptr ? "" : std::string(bytes, size);
}

std::filesystem::path cache_folder() {
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache != '\0')
    return std::filesystem::path(cache) / "llmc";
  const char* home = std::getenv("HOME");
  return std::filesystem::path(home != nullptr ? home : ".") / ".cache" / "llmc";
}

}  // namespace llmc
