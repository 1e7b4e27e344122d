#include "tune/store.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cstdlib>

#include "support/database.h"
#include "toolchain/program.h"

namespace llmc {
namespace {

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
std::optional<Evaluation> read_row(const Statement& row) {
  Evaluation evaluation;
  evaluation.program = row.digest(0);
  evaluation.list = row.text(1);
  const auto outcome = parse_outcome(row.text(2));
  if (!outcome) return std::nullopt;
  evaluation.outcome = *outcome;
  evaluation.sizes = {row.number(3), row.number(4), row.number(5),
                      row.number(6), row.number(7), row.number(8)};
  evaluation.ir = row.digest(9);
  evaluation.seconds = row.real(10);
  evaluation.message = row.text(11);
  if (row.number(12) != checksum_of(evaluation)) return std::nullopt;
  return evaluation;
}

constexpr DatabaseFormat k_format = {0x6c6c6d63 /* "llmc" */, 2, k_schema, "llmc store", "--store"};

}  // namespace

struct Store::State {
  explicit State(Database opened) : database(std::move(opened)) {}
  Database database;
  Statement find{database, fmt::format("SELECT {} FROM evaluation WHERE program=? AND list=? AND "
                                       "toolchain=?",
                                       k_columns)};
  Statement add{database, "INSERT OR REPLACE INTO evaluation VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)"};
  Statement add_program{database, "INSERT OR REPLACE INTO program VALUES (?,?)"};
};

Store::Store(std::unique_ptr<State> state) : state_(std::move(state)) {}
Store::Store(Store&&) noexcept = default;
Store::~Store() = default;

std::filesystem::path Store::default_path() {
  if (const char* chosen = std::getenv("LLMC_STORE"); chosen != nullptr && *chosen != '\0')
    return chosen;
  return cache_folder() / "store.db";
}

Result<Store> Store::open(const std::filesystem::path& path) {
  LLMC_TRY(Database database, Database::open(path, k_format));
  auto state = std::make_unique<State>(std::move(database));
  if (!state->find.valid() || !state->add.valid() || !state->add_program.valid())
    return state->database.error("the store is damaged");
  return Store(std::move(state));
}

std::optional<Evaluation> Store::find(const Digest& program, const std::string& list,
                                      std::chrono::milliseconds deadline) {
  Statement& statement = state_->find;
  statement.bind(1, program);
  statement.bind(2, list);
  statement.bind(3, toolchain_version());
  std::optional<Evaluation> found;
  if (statement.step() == SQLITE_ROW) found = read_row(statement);
  statement.reset();
  const double limit = std::chrono::duration<double>(deadline).count();
  if (found && found->outcome == Outcome::timeout && found->seconds < limit) return std::nullopt;
  // The limit of then is not known: it may be larger now.
  if (found && found->outcome == Outcome::out_of_memory) return std::nullopt;
  return found;
}

Result<void> Store::add(const Evaluation& evaluation) {
  Statement& statement = state_->add;
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
  return state_->database.run(statement);
}

Result<void> Store::add_program(const Digest& program, const std::string& name) {
  Statement& statement = state_->add_program;
  statement.bind(1, program);
  statement.bind(2, name);
  return state_->database.run(statement);
}

Result<void> Store::for_each(const std::function<void(const Evaluation&)>& visit) {
  Statement statement(state_->database,
                      fmt::format("SELECT {} FROM evaluation WHERE toolchain=? ORDER BY program, "
                                  "list",
                                  k_columns));
  statement.bind(1, toolchain_version());
  int code = statement.step();
  for (; code == SQLITE_ROW; code = statement.step())
    if (const auto row = read_row(statement)) visit(*row);
  if (code != SQLITE_DONE) return state_->database.error("cannot read the store");
  return {};
}

Result<std::uint64_t> Store::size() {
  Statement statement(state_->database, "SELECT count(*) FROM evaluation");
  if (!statement.valid() || statement.step() != SQLITE_ROW)
    return state_->database.error("cannot read the store");
  return statement.number(0);
}

}  // namespace llmc
