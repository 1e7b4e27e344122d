// A SQLite file of ours: opened with its format checked, and prepared statements.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "support/digest.h"
#include "support/error.h"

struct sqlite3;
struct sqlite3_stmt;

namespace llmc {

/// What makes a SQLite file one of a certain kind.
struct DatabaseFormat {
  int application_id;
  int version;
  const char* schema;  ///< statements that create what is not there
  const char* noun;    ///< "llmc store", for messages
  const char* option;  ///< the flag that chooses another file, for messages
};

class Statement;

/// An open database in WAL mode: what was written survives the death of this process; only a power
/// cut may cost the last rows.
class Database {
 public:
  /// Opens or creates `path`. A file that is no database, one of another kind or version, or a
  /// damaged one is refused with a sentence, and nothing is changed in it.
  static Result<Database> open(const std::filesystem::path& path, const DatabaseFormat& format);

  Database(Database&&) noexcept;
  ~Database();

  [[nodiscard]] sqlite3* get() const { return handle_; }

  /// "path: what: SQLite's message".
  [[nodiscard]] std::unexpected<Error> error(const std::string& what) const;

  /// Runs statements without results.
  Result<void> execute(const std::string& sql);

  /// Runs a statement without results, and makes it ready to run again.
  Result<void> run(Statement& statement);

  /// All that `write` does or, if it fails, nothing of it.
  Result<void> in_transaction(const std::function<Result<void>()>& write);

 private:
  Database(sqlite3* handle, std::string path) : handle_(handle), path_(std::move(path)) {}
  sqlite3* handle_;
  std::string path_;
};

/// A prepared statement. Columns and parameters are numbered as in SQLite: results from 0,
/// parameters from 1.
class Statement {
 public:
  Statement(const Database& database, const std::string& sql);
  ~Statement();
  Statement(const Statement&) = delete;
  Statement& operator=(const Statement&) = delete;

  /// False if SQLite did not accept the text: the file lacks what it should have.
  [[nodiscard]] bool valid() const { return statement_ != nullptr; }

  void bind(int at, const std::string& text);
  void bind(int at, const Digest& digest);
  void bind(int at, std::uint64_t number);
  void bind(int at, double number);
  void bind_blob(int at, const std::string& bytes);

  /// SQLite's result code: SQLITE_ROW, SQLITE_DONE, or an error.
  int step();
  void reset();

  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] std::uint64_t number(int column) const;
  [[nodiscard]] double real(int column) const;
  [[nodiscard]] Digest digest(int column) const;
  [[nodiscard]] std::string blob(int column) const;

 private:
  sqlite3_stmt* statement_ = nullptr;
};

/// $XDG_CACHE_HOME/llmc, else ~/.cache/llmc: where everything that can be made again is kept.
std::filesystem::path cache_folder();

}  // namespace llmc
