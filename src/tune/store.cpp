#include "tune/store.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cstdlib>

#include "support/files.h"
#include "toolchain/program.h"

namespace llmc {
namespace {

constexpr int k_application_id = 0x6c6c6d63;  // "llmc"
constexpr int k_format_version = 2;

constexpr const char* k_schema = R"sql(
CREATE TABLE IF NOT EXISTS program (
  id BLOB PRIMARY KEY,
  name TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS evaluation (
  program BLOB NOT NULL,
  list TEXT NOT NULL,
  toolchain TEXT NOT NULL,
  outcome TEXT NOT NULL,
  instructions INTEGER NOT NULL,
  text INTEGER NOT NULL,
  rodata INTEGER NOT NULL,
  eh_frame INTEGER NOT NULL,
  data INTEGER NOT NULL,
  bss INTEGER NOT NULL,
  ir BLOB NOT NULL,
  seconds REAL NOT NULL,
  message TEXT NOT NULL,
  checksum INTEGER NOT NULL,
  PRIMARY KEY (program, list, toolchain)
) WITHOUT ROWID;
)sql";

std::string digest_bytes(const Digest& digest) {
  std::string bytes(16, '\0');
  for (int i = 0; i < 8; ++i) {
    bytes[static_cast<std::size_t>(i)] = static_cast<char>(digest.high >> (56 - 8 * i));
    bytes[static_cast<std::size_t>(8 + i)] = static_cast<char>(digest.low >> (56 - 8 * i));
  }
  return bytes;
}

Digest digest_from(const void* blob, int size) {
  Digest digest;
  if (blob == nullptr || size != 16) return digest;
  const auto* bytes = static_cast<const unsigned char*>(blob);
  for (int i = 0; i < 8; ++i) {
    digest.high = digest.high << 8 | bytes[i];
    digest.low = digest.low << 8 | bytes[8 + i];
  }
  return digest;
}

/// A prepared statement, reset at the end of each use.
class Statement {
 public:
  Statement(sqlite3* database, const char* sql) {
    sqlite3_prepare_v3(database, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement_, nullptr);
  }
  ~Statement() { sqlite3_finalize(statement_); }
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  sqlite3_stmt* get() { return statement_; }
  void bind(int at, const std::string& text) {
    sqlite3_bind_text(statement_, at, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
  }
  void bind(int at, const Digest& digest) {
    const std::string bytes = digest_bytes(digest);
    sqlite3_bind_blob(statement_, at, bytes.data(), 16, SQLITE_TRANSIENT);
  }
  void bind(int at, std::uint64_t number) {
    sqlite3_bind_int64(statement_, at, static_cast<sqlite3_int64>(number));
  }
  void bind(int at, double number) { sqlite3_bind_double(statement_, at, number); }
  int step() { return sqlite3_step(statement_); }
  void reset() { sqlite3_reset(statement_); }

 private:
  sqlite3_stmt* statement_ = nullptr;
};

std::string text_at(sqlite3_stmt* row, int column) {
  const auto* text = sqlite3_column_text(row, column);
  return text == nullptr ? "" : reinterpret_cast<const char*>(text);
}

std::uint64_t number_at(sqlite3_stmt* row, int column) {
  return static_cast<std::uint64_t>(sqlite3_column_int64(row, column));
}

constexpr const char* k_columns =
    "program, list, outcome, instructions, text, rodata, eh_frame, data, bss, ir, seconds, "
    "message, "
    "checksum";

/// Of all that a row says; a row whose checksum does not fit is not believed.
std::uint64_t checksum_of(const Evaluation& row) {
  const Measurement& sizes = row.sizes;
  return Digest::of(fmt::format("{}|{}|{}|{} {} {} {} {} {}|{}|{:a}|{}", row.program.hex(),
                                row.list, to_string(row.outcome), sizes.instructions, sizes.text,
                                sizes.rodata, sizes.eh_frame, sizes.data, sizes.bss, row.ir.hex(),
                                row.seconds, row.message))
             .low >>
         1;
}

/// The row, or nothing if it was damaged.
std::optional<Evaluation> read_row(sqlite3_stmt* row) {
  Evaluation evaluation;
  evaluation.program = digest_from(sqlite3_column_blob(row, 0), sqlite3_column_bytes(row, 0));
  evaluation.list = text_at(row, 1);
  const auto outcome = parse_outcome(text_at(row, 2));
  if (!outcome) return std::nullopt;
  evaluation.outcome = *outcome;
  evaluation.sizes = {number_at(row, 3), number_at(row, 4), number_at(row, 5),
                      number_at(row, 6), number_at(row, 7), number_at(row, 8)};
  evaluation.ir = digest_from(sqlite3_column_blob(row, 9), sqlite3_column_bytes(row, 9));
  evaluation.seconds = sqlite3_column_double(row, 10);
  evaluation.message = text_at(row, 11);
  if (number_at(row, 12) != checksum_of(evaluation)) return std::nullopt;
  return evaluation;
}

/// One number from a pragma or query; -1 if it cannot be had.
std::int64_t query_number(sqlite3* database, const char* sql) {
  Statement statement(database, sql);
  return statement.get() != nullptr && statement.step() == SQLITE_ROW
             ? sqlite3_column_int64(statement.get(), 0)
             : -1;
}

Result<void> check_identity(sqlite3* database, const std::string& path) {
  const std::int64_t tables = query_number(database, "SELECT count(*) FROM sqlite_master");
  if (tables < 0)
    return fail(
        fmt::format("{}: not an llmc store, or damaged: {}; move it away and a new one "
                    "will be made, or choose another with --store",
                    path, sqlite3_errmsg(database)));
  if (tables == 0) return {};
  if (query_number(database, "PRAGMA application_id") != k_application_id)
    return fail(
        fmt::format("{}: a database, but not an llmc store; choose another file with "
                    "--store",
                    path));
  const std::int64_t version = query_number(database, "PRAGMA user_version");
  if (version != k_format_version)
    return fail(
        fmt::format("{}: store format {}, this llmc reads format {}; choose another file "
                    "with --store",
                    path, version, k_format_version));
  return {};
}

}  // namespace

struct Store::State {
  sqlite3* database = nullptr;
  std::string path;
  std::unique_ptr<Statement> find;
  std::unique_ptr<Statement> add;
  std::unique_ptr<Statement> add_program;

  ~State() {
    find.reset();
    add.reset();
    add_program.reset();
    sqlite3_close(database);
  }
  [[nodiscard]] std::unexpected<Error> error(const std::string& what) const {
    return fail(fmt::format("{}: {}: {}", path, what, sqlite3_errmsg(database)));
  }
  Result<void> execute(const std::string& sql) {
    if (sqlite3_exec(database, sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
    return error("the store cannot be used");
  }
};

Store::Store(std::unique_ptr<State> state) : state_(std::move(state)) {}
Store::Store(Store&&) noexcept = default;
Store::~Store() = default;

std::filesystem::path Store::default_path() {
  if (const char* chosen = std::getenv("LLMC_STORE"); chosen != nullptr && *chosen != '\0')
    return chosen;
  if (const char* cache = std::getenv("XDG_CACHE_HOME"); cache != nullptr && *cache != '\0')
    return std::filesystem::path(cache) / "llmc" / "store.db";
  const char* home = std::getenv("HOME");
  return std::filesystem::path(home != nullptr ? home : ".") / ".cache" / "llmc" / "store.db";
}

Result<Store> Store::open(const std::filesystem::path& path) {
  if (path.has_parent_path() && path != ":memory:") {
    LLMC_CHECK(make_folder(path.parent_path()));
  }
  auto state = std::make_unique<State>();
  state->path = path.string();
  if (sqlite3_open(path.c_str(), &state->database) != SQLITE_OK)
    return state->error("cannot open the store");
  sqlite3_busy_timeout(state->database, 10'000);
  LLMC_CHECK(check_identity(state->database, state->path));
  // WAL without fsync on each commit: a row survives the death of this process, which is what is
  // promised; only a power cut may cost the last rows, and they can be made again.
  LLMC_CHECK(state->execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;"));
  LLMC_CHECK(
      state->execute(fmt::format("BEGIN IMMEDIATE; {} PRAGMA application_id={}; PRAGMA "
                                 "user_version={}; COMMIT;",
                                 k_schema, k_application_id, k_format_version)));
  state->find = std::make_unique<Statement>(
      state->database, fmt::format("SELECT {} FROM evaluation WHERE program=? AND list=? AND "
                                   "toolchain=?",
                                   k_columns)
                           .c_str());
  state->add = std::make_unique<Statement>(
      state->database, "INSERT OR REPLACE INTO evaluation VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
  state->add_program =
      std::make_unique<Statement>(state->database, "INSERT OR REPLACE INTO program VALUES (?,?)");
  if (state->find->get() == nullptr || state->add->get() == nullptr)
    return state->error("the store is damaged");
  return Store(std::move(state));
}

std::optional<Evaluation> Store::find(const Digest& program, const std::string& list,
                                      std::chrono::milliseconds deadline) {
  Statement& statement = *state_->find;
  statement.bind(1, program);
  statement.bind(2, list);
  statement.bind(3, toolchain_version());
  std::optional<Evaluation> found;
  if (statement.step() == SQLITE_ROW) found = read_row(statement.get());
  statement.reset();
  const double limit = std::chrono::duration<double>(deadline).count();
  if (found && found->outcome == Outcome::timeout && found->seconds < limit) return std::nullopt;
  // The limit of then is not known: it may be larger now.
  if (found && found->outcome == Outcome::out_of_memory) return std::nullopt;
  return found;
}

Result<void> Store::add(const Evaluation& evaluation) {
  Statement& statement = *state_->add;
  statement.bind(1, evaluation.program);
  statement.bind(2, evaluation.list);
  statement.bind(3, toolchain_version());
  statement.bind(4, std::string(to_string(evaluation.outcome)));
  const Measurement& sizes = evaluation.sizes;
  int at = 5;
  for (const std::uint64_t number :
       {sizes.instructions, sizes.text, sizes.rodata, sizes.eh_frame, sizes.data, sizes.bss})
    statement.bind(at++, number);
  statement.bind(11, evaluation.ir);
  statement.bind(12, evaluation.seconds);
  statement.bind(13, evaluation.message);
  statement.bind(14, checksum_of(evaluation));
  const int code = statement.step();
  statement.reset();
  if (code != SQLITE_DONE) return state_->error("cannot write to the store");
  return {};
}

Result<void> Store::add_program(const Digest& program, const std::string& name) {
  Statement& statement = *state_->add_program;
  statement.bind(1, program);
  statement.bind(2, name);
  const int code = statement.step();
  statement.reset();
  if (code != SQLITE_DONE) return state_->error("cannot write to the store");
  return {};
}

Result<void> Store::for_each(const std::function<void(const Evaluation&)>& visit) {
  Statement statement(state_->database,
                      fmt::format("SELECT {} FROM evaluation WHERE toolchain=? ORDER BY program, "
                                  "list",
                                  k_columns)
                          .c_str());
  statement.bind(1, toolchain_version());
  int code = statement.step();
  for (; code == SQLITE_ROW; code = statement.step())
    if (const auto row = read_row(statement.get())) visit(*row);
  if (code != SQLITE_DONE) return state_->error("cannot read the store");
  return {};
}

Result<std::uint64_t> Store::size() {
  const std::int64_t count = query_number(state_->database, "SELECT count(*) FROM evaluation");
  if (count < 0) return state_->error("cannot read the store");
  return static_cast<std::uint64_t>(count);
}

}  // namespace llmc
