#include "corpus/label_store.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include "support/database.h"

namespace llmc {
namespace {

constexpr DatabaseFormat k_label_format = {
    0x6c6d4c31,  // "lmL1"
    1,
    "CREATE TABLE IF NOT EXISTS winner(setting BLOB, program BLOB, list TEXT, baseline INTEGER,"
    " size INTEGER, evaluations INTEGER, PRIMARY KEY(setting, program)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS list(setting BLOB, number INTEGER, text TEXT,"
    " PRIMARY KEY(setting, number)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS size(lists BLOB, program BLOB, sizes BLOB,"
    " PRIMARY KEY(lists, program)) WITHOUT ROWID;",
    "llmc label store", "--labels"};

/// Numbers as LEB128, the baseline first; 0 stands for a failure, n + 1 for n bytes.
std::string pack(const MeasuredSizes& sizes) {
  std::string bytes;
  const auto put = [&](std::uint64_t number) {
    for (; number >= 0x80; number >>= 7) bytes += static_cast<char>((number & 0x7f) | 0x80);
    bytes += static_cast<char>(number);
  };
  put(sizes.baseline + 1);
  for (const auto& size : sizes.with) put(size ? *size + 1 : 0);
  return bytes;
}

MeasuredSizes unpack(const Digest& program, const std::string& bytes) {
  MeasuredSizes sizes{program, 0, {}};
  bool first = true;
  for (std::size_t at = 0; at < bytes.size();) {
    std::uint64_t number = 0;
    for (int shift = 0; at < bytes.size() && shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(bytes[at++]);
      number |= std::uint64_t{byte & 0x7fU} << shift;
      if (byte < 0x80) break;
    }
    if (first)
      sizes.baseline = number - 1;
    else
      sizes.with.push_back(number == 0 ? std::nullopt : std::optional(number - 1));
    first = false;
  }
  return sizes;
}

}  // namespace

struct LabelStore::State {
  Database database;
};

LabelStore::LabelStore(std::unique_ptr<State> state) : state_(std::move(state)) {}
LabelStore::LabelStore(LabelStore&&) noexcept = default;
LabelStore::~LabelStore() = default;

Result<LabelStore> LabelStore::open(const std::filesystem::path& path) {
  LLMC_TRY(Database database, Database::open(path, k_label_format));
  return LabelStore(std::make_unique<State>(State{std::move(database)}));
}

Result<void> LabelStore::add_winners(const Digest& setting,
                                     const std::vector<FoundWinner>& winners) {
  return state_->database.in_transaction([&]() -> Result<void> {
    Statement insert(state_->database,
                     "INSERT OR REPLACE INTO winner VALUES(?1, ?2, ?3, ?4, ?5, ?6)");
    for (const FoundWinner& winner : winners) {
      insert.bind(1, setting);
      insert.bind(2, winner.program);
      insert.bind(3, winner.list);
      insert.bind(4, winner.baseline);
      insert.bind(5, winner.size);
      insert.bind(6, winner.evaluations);
      LLMC_CHECK(state_->database.run(insert));
    }
    return {};
  });
}

Result<std::unordered_map<Digest, FoundWinner>> LabelStore::winners(const Digest& setting) {
  Statement query(state_->database,
                  "SELECT program, list, baseline, size, evaluations FROM winner"
                  " WHERE setting = ?1");
  if (!query.valid()) return state_->database.error("cannot read labels");
  query.bind(1, setting);
  std::unordered_map<Digest, FoundWinner> winners;
  while (query.step() == SQLITE_ROW)
    winners[query.digest(0)] = {query.digest(0), query.text(1), query.number(2), query.number(3),
                                query.number(4)};
  return winners;
}

Result<void> LabelStore::set_lists(const Digest& setting, const std::vector<std::string>& lists) {
  return state_->database.in_transaction([&]() -> Result<void> {
    Statement insert(state_->database, "INSERT OR REPLACE INTO list VALUES(?1, ?2, ?3)");
    for (std::size_t i = 0; i < lists.size(); ++i) {
      insert.bind(1, setting);
      insert.bind(2, std::uint64_t{i});
      insert.bind(3, lists[i]);
      LLMC_CHECK(state_->database.run(insert));
    }
    return {};
  });
}

Result<std::vector<std::string>> LabelStore::lists(const Digest& setting) {
  Statement query(state_->database, "SELECT text FROM list WHERE setting = ?1 ORDER BY number");
  if (!query.valid()) return state_->database.error("cannot read labels");
  query.bind(1, setting);
  std::vector<std::string> lists;
  while (query.step() == SQLITE_ROW) lists.push_back(query.text(0));
  return lists;
}

Result<void> LabelStore::add_sizes(const Digest& lists, const std::vector<MeasuredSizes>& sizes) {
  return state_->database.in_transaction([&]() -> Result<void> {
    Statement insert(state_->database, "INSERT OR REPLACE INTO size VALUES(?1, ?2, ?3)");
    for (const MeasuredSizes& each : sizes) {
      insert.bind(1, lists);
      insert.bind(2, each.program);
      insert.bind_blob(3, pack(each));
      LLMC_CHECK(state_->database.run(insert));
    }
    return {};
  });
}

Result<std::unordered_set<Digest>> LabelStore::measured(const Digest& lists) {
  Statement query(state_->database, "SELECT program FROM size WHERE lists = ?1");
  if (!query.valid()) return state_->database.error("cannot read labels");
  query.bind(1, lists);
  std::unordered_set<Digest> programs;
  while (query.step() == SQLITE_ROW) programs.insert(query.digest(0));
  return programs;
}

Result<MeasuredPrograms> LabelStore::sizes(const Digest& lists) {
  Statement query(state_->database, "SELECT program, sizes FROM size WHERE lists = ?1");
  if (!query.valid()) return state_->database.error("cannot read labels");
  query.bind(1, lists);
  MeasuredPrograms sizes;
  while (query.step() == SQLITE_ROW)
    sizes[query.digest(0)] = unpack(query.digest(0), query.blob(1));
  return sizes;
}

Result<void> LabelStore::merge(const std::filesystem::path& other) {
  std::error_code ignored;
  if (!std::filesystem::exists(other, ignored))
    return fail(other.string() + ": there is no such file");
  LLMC_TRY(const LabelStore checked, open(other));
  Statement attach(state_->database, "ATTACH ?1 AS other");
  attach.bind(1, other.string());
  LLMC_CHECK(state_->database.run(attach));
  auto done = state_->database.in_transaction([&]() -> Result<void> {
    for (const char* table : {"winner", "list", "size"})
      LLMC_CHECK(state_->database.execute(
          fmt::format("INSERT OR REPLACE INTO main.{0} SELECT * FROM other.{0}", table)));
    return {};
  });
  (void)state_->database.execute("DETACH other");
  return done;
}

}  // namespace llmc
