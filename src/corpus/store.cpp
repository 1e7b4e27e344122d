#include "corpus/store.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>
#include <sqlite3.h>
#include <zstd.h>

#include <algorithm>
#include <cstdlib>
#include <tuple>
#include <unordered_set>

#include "support/database.h"
#include "support/files.h"

namespace llmc {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

constexpr int k_shard_level = 9;
constexpr const char* k_apart = "EVALUATION-SET";
constexpr std::size_t k_frame_bytes = std::size_t{1} << 20;

constexpr DatabaseFormat k_index_format = {
    0x6c6d4331,  // "lmC1"
    1,
    "CREATE TABLE IF NOT EXISTS package(name TEXT PRIMARY KEY, version TEXT, split INTEGER,"
    " licence TEXT, failure TEXT, units INTEGER, failed_units INTEGER, functions INTEGER,"
    " seconds REAL, shard BLOB) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS unit(package TEXT, source TEXT, target INTEGER, flags TEXT,"
    " failure TEXT, functions INTEGER, skipped TEXT);"
    "CREATE INDEX IF NOT EXISTS unit_of ON unit(package);"
    "CREATE TABLE IF NOT EXISTS program(number INTEGER PRIMARY KEY, package TEXT, id BLOB,"
    " kind INTEGER, name TEXT, source TEXT, target INTEGER, instructions INTEGER, bytes INTEGER,"
    " standing INTEGER, shape BLOB, sketch BLOB, frame INTEGER, frame_bytes INTEGER,"
    " offset INTEGER);"
    "CREATE INDEX IF NOT EXISTS program_of ON program(package);"
    "CREATE INDEX IF NOT EXISTS program_with ON program(id);",
    "index of a corpus", "--corpus"};

constexpr const char* k_program_columns =
    "program.number, program.id, program.kind, program.name, program.package, program.source,"
    " package.split, program.target, program.instructions, program.bytes, program.standing,"
    " program.frame, program.frame_bytes, program.offset";

/// Where a payload is in its package's shard.
struct Place {
  std::uint64_t frame = 0;  ///< of the frame's first byte
  std::uint64_t frame_bytes = 0;  ///< compressed
  std::uint64_t offset = 0;  ///< in the frame, decompressed
};

using PlacedVisit = std::function<Result<void>(const ProgramRecord&, const Place&)>;

ProgramRecord read_program(const Statement& row, Place& place) {
  ProgramRecord program;
  program.number = row.number(0);
  program.id = row.digest(1);
  program.kind = static_cast<ProgramKind>(row.number(2));
  program.name = row.text(3);
  program.package = row.text(4);
  program.source = row.text(5);
  program.split = static_cast<Split>(row.number(6));
  program.target = static_cast<NormalTarget>(row.number(7));
  program.instructions = row.number(8);
  program.bytes = row.number(9);
  program.standing = static_cast<Standing>(row.number(10));
  place = {row.number(11), row.number(12), row.number(13)};
  return program;
}

template <typename Enum>
std::uint64_t number_of(Enum value) {
  return static_cast<std::uint64_t>(value);
}

std::string shard_name(const std::string& package, const Digest& hash) {
  return fmt::format("{}-{:016x}.zst", package, hash.high);
}

/// The condition of a filter, as SQL; texts are bound afterwards.
std::string condition(const ProgramFilter& filter) {
  std::string sql = "program.bytes BETWEEN ?1 AND ?2";
  if (filter.split) sql += fmt::format(" AND package.split = {}", number_of(*filter.split));
  if (filter.kind) sql += fmt::format(" AND program.kind = {}", number_of(*filter.kind));
  if (filter.target) sql += fmt::format(" AND program.target = {}", number_of(*filter.target));
  if (filter.standing)
    sql += fmt::format(" AND program.standing = {}", number_of(*filter.standing));
  if (!filter.package.empty()) sql += " AND program.package = ?3";
  return sql;
}

}  // namespace

std::string_view to_string(ProgramKind kind) {
  return kind == ProgramKind::unit ? "unit" : "function";
}

std::string_view to_string(Standing standing) {
  switch (standing) {
    case Standing::kept:
      return "kept";
    case Standing::duplicate:
      return "duplicate";
    case Standing::same_shape:
      return "same shape";
    case Standing::near_duplicate:
      return "near duplicate";
    case Standing::evaluation_set:
      break;
  }
  return "evaluation set";
}

/// A program and where it will be.
struct WrittenProgram {
  ProgramRecord record;
  Digest shape;
  std::string sketch;
  Place place;
};

struct PackageWriter::State {
  PackageRecord package;
  std::vector<UnitRecord> units;
  std::vector<WrittenProgram> programs;
  std::string frame;  ///< payloads that are not compressed yet
  std::size_t first_of_frame = 0;  ///< in `programs`
  std::string shard;

  Result<void> end_frame() {
    if (frame.empty()) return {};
    std::string packed(ZSTD_compressBound(frame.size()), '\0');
    const std::size_t size =
        ZSTD_compress(packed.data(), packed.size(), frame.data(), frame.size(), k_shard_level);
    if (ZSTD_isError(size) != 0) return fail(std::string("zstd: ") + ZSTD_getErrorName(size));
    for (std::size_t i = first_of_frame; i < programs.size(); ++i) {
      programs[i].place.frame = shard.size();
      programs[i].place.frame_bytes = size;
    }
    shard.append(packed, 0, size);
    frame.clear();
    first_of_frame = programs.size();
    return {};
  }
};

PackageWriter::PackageWriter(PackageRecord package) : state_(std::make_unique<State>()) {
  state_->package = std::move(package);
}
PackageWriter::PackageWriter(PackageWriter&&) noexcept = default;
PackageWriter::~PackageWriter() = default;

PackageRecord& PackageWriter::package() { return state_->package; }

void PackageWriter::add_unit(UnitRecord unit) { state_->units.push_back(std::move(unit)); }

Result<void> PackageWriter::add_program(ProgramRecord program, const Digest& shape,
                                        const Sketch& sketch, std::string_view payload) {
  program.bytes = payload.size();
  state_->programs.push_back(
      {std::move(program), shape, sketch.bytes(), {0, 0, state_->frame.size()}});
  state_->frame += payload;
  if (state_->frame.size() < k_frame_bytes) return {};
  return state_->end_frame();
}

struct CorpusStore::State {
  fs::path folder;
  Database index;
  // The frame that was read last: consecutive programs mostly share one.
  std::string frame_shard;
  std::uint64_t frame_at = UINT64_MAX;
  std::string frame;

  [[nodiscard]] fs::path shard_path(const std::string& name) const {
    return folder / "shards" / name;
  }

  /// The shard's hash in the index; nothing if there is no such package, or nothing of it.
  std::optional<Digest> shard_of(const std::string& package) {
    Statement query(index, "SELECT shard FROM package WHERE name = ?1 AND shard IS NOT NULL");
    query.bind(1, package);
    if (query.step() != SQLITE_ROW) return std::nullopt;
    return query.digest(0);
  }

  Result<void> write_rows(const PackageWriter::State& written, const std::optional<Digest>& shard);
  Result<void> load_frame(const std::string& package, const Place& place);
  Result<std::string_view> payload(const ProgramRecord& program, const Place& place);
  Result<void> for_each(const ProgramFilter& filter, const PlacedVisit& visit);
};

Result<void> CorpusStore::State::write_rows(const PackageWriter::State& written,
                                            const std::optional<Digest>& shard) {
  const PackageRecord& package = written.package;
  for (const char* table : {"unit", "program"}) {
    Statement clear(index, fmt::format("DELETE FROM {} WHERE package = ?1", table));
    clear.bind(1, package.name);
    LLMC_CHECK(index.run(clear));
  }
  Statement insert(
      index, "INSERT OR REPLACE INTO package VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
  insert.bind(1, package.name);
  insert.bind(2, package.version);
  insert.bind(3, number_of(package.split));
  insert.bind(4, package.licence);
  insert.bind(5, package.failure);
  insert.bind(6, package.units);
  insert.bind(7, package.failed_units);
  insert.bind(8, package.functions);
  insert.bind(9, package.seconds);
  if (shard) insert.bind(10, *shard);
  LLMC_CHECK(index.run(insert));
  Statement unit(index, "INSERT INTO unit VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)");
  for (const UnitRecord& each : written.units) {
    unit.bind(1, package.name);
    unit.bind(2, each.source);
    unit.bind(3, number_of(each.target));
    unit.bind(4, each.flags);
    unit.bind(5, each.failure);
    unit.bind(6, each.functions);
    unit.bind(7, Json(each.skipped).dump());
    LLMC_CHECK(index.run(unit));
  }
  Statement program(index,
                    "INSERT INTO program(package, id, kind, name, source, target, instructions,"
                    " bytes, standing, shape, sketch, frame, frame_bytes, offset)"
                    " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)");
  for (const WrittenProgram& each : written.programs) {
    program.bind(1, package.name);
    program.bind(2, each.record.id);
    program.bind(3, number_of(each.record.kind));
    program.bind(4, each.record.name);
    program.bind(5, each.record.source);
    program.bind(6, number_of(each.record.target));
    program.bind(7, each.record.instructions);
    program.bind(8, each.record.bytes);
    program.bind(9, number_of(each.record.standing));
    program.bind(10, each.shape);
    program.bind_blob(11, each.sketch);
    program.bind(12, each.place.frame);
    program.bind(13, each.place.frame_bytes);
    program.bind(14, each.place.offset);
    LLMC_CHECK(index.run(program));
  }
  return {};
}

Result<void> CorpusStore::State::load_frame(const std::string& package, const Place& place) {
  const std::optional<Digest> hash = shard_of(package);
  const std::string name = hash ? shard_name(package, *hash) : "";
  if (name == frame_shard && place.frame == frame_at) return {};
  const auto damaged = [&](const char* what) {
    return fail(fmt::format("{}: {}; run `llmc corpus add {}` to make it again",
                            shard_path(name).string(), what, package));
  };
  if (!hash) return fail(package + ": no longer in the corpus");
  LLMC_TRY(const std::string bytes, read_part(shard_path(name), place.frame, place.frame_bytes));
  const unsigned long long size = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
  if (size > (std::uint64_t{1} << 34)) return damaged("a frame is damaged");
  frame.resize(size);
  const std::size_t got = ZSTD_decompress(frame.data(), size, bytes.data(), bytes.size());
  if (ZSTD_isError(got) != 0 || got != size) {
    frame_shard.clear();
    return damaged("a frame is damaged");
  }
  frame_shard = name;
  frame_at = place.frame;
  return {};
}

Result<std::string_view> CorpusStore::State::payload(const ProgramRecord& program,
                                                     const Place& place) {
  LLMC_CHECK(load_frame(program.package, place));
  const std::string_view all = frame;
  const bool inside = place.offset <= all.size() && program.bytes <= all.size() - place.offset;
  const std::string_view bytes = inside ? all.substr(place.offset, program.bytes) : "";
  if (!inside || Digest::of(bytes) != program.id)
    return fail(fmt::format("{}: its shard is damaged; run `llmc corpus add {}` to make it again",
                            program.package, program.package));
  return bytes;
}

CorpusStore::CorpusStore(std::unique_ptr<State> state) : state_(std::move(state)) {}
CorpusStore::CorpusStore(CorpusStore&&) noexcept = default;
CorpusStore::~CorpusStore() = default;

Result<CorpusStore> CorpusStore::open(const fs::path& folder, Mode mode) {
  const fs::path index = folder / "index.db";
  std::error_code ignored;
  if (mode == Mode::read && !fs::exists(index, ignored))
    return fail(
        fmt::format("{}: no corpus there; `llmc corpus add` makes one, --corpus names "
                    "another",
                    folder.string()));
  LLMC_CHECK(make_folder(folder / "shards"));
  LLMC_TRY(Database database, Database::open(index, k_index_format));
  return CorpusStore(
      std::make_unique<State>(State{folder, std::move(database), "", UINT64_MAX, ""}));
}

fs::path CorpusStore::default_folder() {
  if (const char* chosen = std::getenv("LLMC_CORPUS"); chosen != nullptr && *chosen != '\0')
    return chosen;
  return cache_folder() / "corpus";
}

const fs::path& CorpusStore::folder() const { return state_->folder; }

Result<void> CorpusStore::set_apart() {
  std::error_code ignored;
  if (fs::exists(state_->folder / k_apart, ignored)) return {};
  LLMC_TRY(const auto there, packages());
  if (!there.empty())
    return fail(state_->folder.string() +
                ": holds programs to learn from; name another folder "
                "with --corpus for the evaluation set");
  return write_file(state_->folder / k_apart,
                    "Programs of the evaluation set. For fingerprints.\n");
}

Result<void> CorpusStore::check_not_apart() const {
  std::error_code ignored;
  if (!fs::exists(state_->folder / k_apart, ignored)) return {};
  return fail(state_->folder.string() +
              ": holds the evaluation set, which is nobody's training data");
}

Result<void> CorpusStore::commit(PackageWriter& writer) {
  PackageWriter::State& written = *writer.state_;
  LLMC_CHECK(written.end_frame());
  const std::string& name = written.package.name;
  const std::optional<Digest> before = state_->shard_of(name);
  std::optional<Digest> shard;
  if (!written.shard.empty()) {
    shard = Digest::of(written.shard);
    LLMC_CHECK(write_file(state_->shard_path(shard_name(name, *shard)), written.shard));
  }
  const Result<void> done =
      state_->index.in_transaction([&] { return state_->write_rows(written, shard); });
  // One of the two shards is now nobody's.
  const std::optional<Digest>& orphan = done ? before : shard;
  std::error_code ignored;
  if (orphan && before != shard) fs::remove(state_->shard_path(shard_name(name, *orphan)), ignored);
  return done;
}

namespace {

/// What decides about a program's standing.
struct Candidate {
  std::uint64_t number;
  Digest id, shape;
  ProgramKind kind;
  NormalTarget target;
  std::uint64_t bytes;
  Standing before;
};

/// Standings, one program after the other.
class Settler {
 public:
  explicit Settler(const EvaluationSet& evaluation_set) : evaluation_set_(evaluation_set) {}

  Standing decide(const Candidate& program, const std::string& sketch) {
    Known& known = known_[static_cast<std::size_t>(program.target)];
    if (!known.ids.insert(program.id).second) return Standing::duplicate;
    if (program.kind == ProgramKind::unit) return Standing::kept;
    if (evaluation_set_.has_function(program.shape, program.bytes)) return Standing::evaluation_set;
    if (!known.shapes.insert(program.shape).second) return Standing::same_shape;
    return known.near.seen(Sketch::from_bytes(sketch)) ? Standing::near_duplicate : Standing::kept;
  }

 private:
  struct Known {
    std::unordered_set<Digest> ids, shapes;
    NearDuplicates near{k_near};
  };
  const EvaluationSet& evaluation_set_;
  std::array<Known, 2> known_;  ///< by target: code for one says little about code for the other
};

/// The programs whose standing is no longer what the index says.
Result<std::vector<std::pair<std::uint64_t, Standing>>> changed_standings(
    Database& index, const EvaluationSet& evaluation_set) {
  Settler settler(evaluation_set);
  Statement query(index,
                  "SELECT number, id, shape, kind, target, bytes, standing, sketch FROM program"
                  " JOIN package ON package.name = program.package"
                  " ORDER BY package.split DESC, package.name, number");
  if (!query.valid()) return index.error("cannot read the corpus");
  std::vector<std::pair<std::uint64_t, Standing>> changes;
  while (query.step() == SQLITE_ROW) {
    const Candidate program{query.number(0),
                            query.digest(1),
                            query.digest(2),
                            static_cast<ProgramKind>(query.number(3)),
                            static_cast<NormalTarget>(query.number(4)),
                            query.number(5),
                            static_cast<Standing>(query.number(6))};
    const Standing standing = settler.decide(program, query.blob(7));
    if (standing != program.before) changes.emplace_back(program.number, standing);
  }
  return changes;
}

}  // namespace

Result<void> CorpusStore::settle(const EvaluationSet& evaluation_set) {
  Database& index = state_->index;
  return index.in_transaction([&]() -> Result<void> {
    LLMC_TRY(const auto changes, changed_standings(index, evaluation_set));
    Statement update(index, "UPDATE program SET standing = ?2 WHERE number = ?1");
    for (const auto& [number, standing] : changes) {
      update.bind(1, number);
      update.bind(2, number_of(standing));
      LLMC_CHECK(index.run(update));
    }
    return {};
  });
}

Result<std::vector<PackageRecord>> CorpusStore::packages() {
  Statement query(state_->index,
                  "SELECT name, version, split, licence, failure, units, failed_units, functions,"
                  " seconds FROM package ORDER BY name");
  if (!query.valid()) return state_->index.error("cannot read the corpus");
  std::vector<PackageRecord> packages;
  while (query.step() == SQLITE_ROW)
    packages.push_back({query.text(0), query.text(1), static_cast<Split>(query.number(2)),
                        query.text(3), query.text(4), query.number(5), query.number(6),
                        query.number(7), query.real(8)});
  return packages;
}

Result<std::optional<PackageRecord>> CorpusStore::package(const std::string& name) {
  LLMC_TRY(std::vector<PackageRecord> all, packages());
  const auto found = std::ranges::find(all, name, &PackageRecord::name);
  if (found == all.end()) return std::nullopt;
  return std::move(*found);
}

Result<std::vector<UnitRecord>> CorpusStore::units(const std::string& package) {
  Statement query(state_->index,
                  "SELECT source, target, flags, failure, functions, skipped FROM unit"
                  " WHERE package = ?1 ORDER BY rowid");
  if (!query.valid()) return state_->index.error("cannot read the corpus");
  query.bind(1, package);
  std::vector<UnitRecord> units;
  while (query.step() == SQLITE_ROW) {
    UnitRecord unit{query.text(0),   static_cast<NormalTarget>(query.number(1)),
                    query.text(2),   query.text(3),
                    query.number(4), {}};
    const Json skipped = Json::parse(query.text(5), nullptr, false);
    for (const auto& [reason, count] : skipped.items())
      if (count.is_number_unsigned()) unit.skipped[reason] = count.get<std::uint64_t>();
    units.push_back(std::move(unit));
  }
  return units;
}

Result<void> CorpusStore::State::for_each(const ProgramFilter& filter, const PlacedVisit& visit) {
  Statement query(index, fmt::format("SELECT {} FROM program JOIN package ON package.name ="
                                     " program.package WHERE {} ORDER BY program.package, number",
                                     k_program_columns, condition(filter)));
  if (!query.valid()) return index.error("cannot read the corpus");
  query.bind(1, filter.least_bytes);
  query.bind(2, std::min<std::uint64_t>(filter.most_bytes, INT64_MAX));
  if (!filter.package.empty()) query.bind(3, filter.package);
  Place place;
  while (query.step() == SQLITE_ROW) {
    const ProgramRecord program = read_program(query, place);
    if (filter.among != nullptr && !filter.among->contains(program.id)) continue;
    LLMC_CHECK(visit(program, place));
  }
  return {};
}

Result<void> CorpusStore::for_each(const ProgramFilter& filter,
                                   const std::function<Result<void>(const ProgramRecord&)>& visit) {
  return state_->for_each(
      filter, [&](const ProgramRecord& program, const Place&) { return visit(program); });
}

Result<void> CorpusStore::for_each_payload(
    const ProgramFilter& filter,
    const std::function<Result<void>(const ProgramRecord&, std::string_view)>& visit) {
  return state_->for_each(filter,
                          [&](const ProgramRecord& program, const Place& place) -> Result<void> {
                            LLMC_TRY(const std::string_view bytes, state_->payload(program, place));
                            return visit(program, bytes);
                          });
}

Result<std::unordered_set<Digest>> CorpusStore::draw(const ProgramFilter& filter, std::size_t most,
                                                     std::uint64_t seed) {
  std::vector<std::pair<Digest, Digest>> ranks;
  LLMC_CHECK(for_each(filter, [&](const ProgramRecord& program) -> Result<void> {
    ranks.emplace_back(Digest::of(fmt::format("{}/{}", seed, program.id.hex())), program.id);
    return {};
  }));
  std::ranges::sort(ranks);
  if (most > 0 && ranks.size() > most) ranks.resize(most);
  std::unordered_set<Digest> drawn;
  for (const auto& [rank, id] : ranks) drawn.insert(id);
  return drawn;
}

Result<std::vector<ProgramRecord>> CorpusStore::find(const std::string& id_prefix) {
  Statement query(state_->index,
                  fmt::format("SELECT {} FROM program JOIN package ON package.name ="
                              " program.package WHERE lower(hex(program.id)) GLOB ?1 || '*'"
                              " ORDER BY program.package, number",
                              k_program_columns));
  if (!query.valid()) return state_->index.error("cannot read the corpus");
  query.bind(1, id_prefix);
  std::vector<ProgramRecord> programs;
  Place place;
  while (query.step() == SQLITE_ROW) programs.push_back(read_program(query, place));
  return programs;
}

Result<std::string> CorpusStore::payload(const ProgramRecord& program) {
  Statement query(state_->index,
                  "SELECT frame, frame_bytes, offset FROM program WHERE number = ?1");
  if (!query.valid()) return state_->index.error("cannot read the corpus");
  query.bind(1, program.number);
  if (query.step() != SQLITE_ROW) return fail(program.id.hex() + ": no longer in the corpus");
  const Place place{query.number(0), query.number(1), query.number(2)};
  LLMC_TRY(const std::string_view bytes, state_->payload(program, place));
  return std::string(bytes);
}

Result<void> CorpusStore::check_shard(const std::string& package) {
  const std::optional<Digest> hash = state_->shard_of(package);
  if (!hash) return {};
  const fs::path path = state_->shard_path(shard_name(package, *hash));
  LLMC_TRY(const std::string bytes, read_file(path));
  if (Digest::of(bytes) != *hash)
    return fail(path.string() + ": damaged: its bytes are not those that were written");
  return {};
}

}  // namespace llmc
