#include "soundness/soundness_store.h"

#include <fmt/format.h>
#include <sqlite3.h>

#include <cstdlib>

#include "support/database.h"
#include "toolchain/program.h"

namespace llmc {
namespace {

constexpr const char* k_schema = R"sql(
CREATE TABLE IF NOT EXISTS verdict (
  list TEXT NOT NULL,
  toolchain TEXT NOT NULL,
  suite BLOB NOT NULL,
  finding TEXT NOT NULL,
  program TEXT NOT NULL,
  evidence TEXT NOT NULL,
  programs INTEGER NOT NULL,
  seconds REAL NOT NULL,
  checksum INTEGER NOT NULL,
  PRIMARY KEY (list, toolchain, suite)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS compiled (
  key BLOB PRIMARY KEY,
  qualified INTEGER NOT NULL,
  reason TEXT NOT NULL,
  expected BLOB NOT NULL,
  bitcode BLOB NOT NULL,
  checksum INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS trial (
  program BLOB NOT NULL,
  list TEXT NOT NULL,
  toolchain TEXT NOT NULL,
  finding TEXT NOT NULL,
  evidence TEXT NOT NULL,
  checksum INTEGER NOT NULL,
  PRIMARY KEY (program, list, toolchain)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS good_build (
  key BLOB PRIMARY KEY
) WITHOUT ROWID;
)sql";

constexpr DatabaseFormat k_format = {0x6c6c6d76 /* "llmv" */, 2, k_schema, "llmc verdict store",
                                     "--verdicts"};

std::uint64_t checksum_of(const Verdict& verdict, const Digest& suite) {
  return Digest::of(fmt::format("{}|{}|{}|{}|{}|{}|{:a}", verdict.list, suite.hex(),
                                to_string(verdict.finding), verdict.program, verdict.evidence,
                                verdict.programs, verdict.seconds))
             .low >>
         1;
}

std::uint64_t checksum_of(const Digest& program, const std::string& list,
                          const std::string& finding, const std::string& evidence) {
  return Digest::of(fmt::format("{}|{}|{}|{}", program.hex(), list, finding, evidence)).low >> 1;
}

std::uint64_t checksum_of(const CompiledProgram& program) {
  return Digest::of(fmt::format("{}|{}|{}|", program.qualified, program.reason, program.expected) +
                    program.bitcode)
             .low >>
         1;
}

}  // namespace

struct SoundnessStore::State {
  explicit State(Database opened) : database(std::move(opened)) {}
  Database database;
  Statement find_verdict{database,
                         "SELECT finding, program, evidence, programs, seconds, checksum FROM "
                         "verdict WHERE list=? AND toolchain=? AND suite=?"};
  Statement add_verdict{database, "INSERT OR REPLACE INTO verdict VALUES (?,?,?,?,?,?,?,?,?)"};
  Statement find_program{database,
                         "SELECT qualified, reason, expected, bitcode, checksum FROM compiled "
                         "WHERE key=?"};
  Statement add_program{database, "INSERT OR REPLACE INTO compiled VALUES (?,?,?,?,?,?)"};
  Statement add_build{database, "INSERT OR IGNORE INTO good_build VALUES (?)"};

  Statement find_trial{database,
                       "SELECT finding, evidence, checksum FROM trial WHERE program=? AND list=? "
                       "AND toolchain=?"};
  Statement add_trial{database, "INSERT OR REPLACE INTO trial VALUES (?,?,?,?,?,?)"};

  [[nodiscard]] bool valid() const {
    return find_trial.valid() && add_trial.valid() && find_verdict.valid() && add_verdict.valid() &&
           find_program.valid() && add_program.valid() && add_build.valid();
  }
};

SoundnessStore::SoundnessStore(std::unique_ptr<State> state) : state_(std::move(state)) {}
SoundnessStore::SoundnessStore(SoundnessStore&&) noexcept = default;
SoundnessStore::~SoundnessStore() = default;

std::filesystem::path SoundnessStore::default_path() {
  if (const char* chosen = std::getenv("LLMC_VERDICTS"); chosen != nullptr && *chosen != '\0')
    return chosen;
  return cache_folder() / "verdicts.db";
}

Result<SoundnessStore> SoundnessStore::open(const std::filesystem::path& path) {
  LLMC_TRY(Database database, Database::open(path, k_format));
  auto state = std::make_unique<State>(std::move(database));
  if (!state->valid()) return state->database.error("the verdict store is damaged");
  return SoundnessStore(std::move(state));
}

std::optional<Verdict> SoundnessStore::find_verdict(const std::string& list, const Digest& suite) {
  Statement& statement = state_->find_verdict;
  statement.bind(1, list);
  statement.bind(2, toolchain_version());
  statement.bind(3, suite);
  std::optional<Verdict> found;
  if (statement.step() == SQLITE_ROW) {
    Verdict verdict;
    verdict.list = list;
    const auto finding = parse_finding(statement.text(0));
    verdict.finding = finding.value_or(Finding::compiler_crash);
    verdict.program = statement.text(1);
    verdict.evidence = statement.text(2);
    verdict.programs = statement.number(3);
    verdict.seconds = statement.real(4);
    verdict.from_store = true;
    if (finding && statement.number(5) == checksum_of(verdict, suite)) found = std::move(verdict);
  }
  statement.reset();
  return found;
}

Result<void> SoundnessStore::add_verdict(const Verdict& verdict, const Digest& suite) {
  Statement& statement = state_->add_verdict;
  statement.bind(1, verdict.list);
  statement.bind(2, toolchain_version());
  statement.bind(3, suite);
  statement.bind(4, std::string(to_string(verdict.finding)));
  statement.bind(5, verdict.program);
  statement.bind(6, verdict.evidence);
  statement.bind(7, verdict.programs);
  statement.bind(8, verdict.seconds);
  statement.bind(9, checksum_of(verdict, suite));
  return state_->database.run(statement);
}

std::optional<CompiledProgram> SoundnessStore::find_program(const Digest& key) {
  Statement& statement = state_->find_program;
  statement.bind(1, key);
  std::optional<CompiledProgram> found;
  if (statement.step() == SQLITE_ROW) {
    CompiledProgram program{statement.number(0) != 0, statement.text(1), statement.blob(2),
                            statement.blob(3)};
    if (statement.number(4) == checksum_of(program)) found = std::move(program);
  }
  statement.reset();
  return found;
}

Result<void> SoundnessStore::add_program(const Digest& key, const CompiledProgram& program) {
  Statement& statement = state_->add_program;
  statement.bind(1, key);
  statement.bind(2, std::uint64_t{program.qualified});
  statement.bind(3, program.reason);
  statement.bind_blob(4, program.expected);
  statement.bind_blob(5, program.bitcode);
  statement.bind(6, checksum_of(program));
  return state_->database.run(statement);
}

std::optional<ProgramFinding> SoundnessStore::find_trial(const Digest& program,
                                                         const std::string& list) {
  Statement& statement = state_->find_trial;
  statement.bind(1, program);
  statement.bind(2, list);
  statement.bind(3, toolchain_version());
  std::optional<ProgramFinding> found;
  if (statement.step() == SQLITE_ROW) {
    const std::string name = statement.text(0);
    const std::string evidence = statement.text(1);
    const auto finding = parse_finding(name);
    if (finding && statement.number(2) == checksum_of(program, list, name, evidence))
      found = ProgramFinding{*finding, evidence, {}};
  }
  statement.reset();
  return found;
}

Result<void> SoundnessStore::add_trial(const Digest& program, const std::string& list,
                                       const ProgramFinding& finding) {
  const std::string name(to_string(finding.finding));
  Statement& statement = state_->add_trial;
  statement.bind(1, program);
  statement.bind(2, list);
  statement.bind(3, toolchain_version());
  statement.bind(4, name);
  statement.bind(5, finding.evidence);
  statement.bind(6, checksum_of(program, list, name, finding.evidence));
  return state_->database.run(statement);
}

Result<void> SoundnessStore::in_batch(const std::function<Result<void>()>& write) {
  return state_->database.in_transaction(write);
}

std::unordered_set<Digest> SoundnessStore::good_builds() {
  std::unordered_set<Digest> builds;
  Statement statement(state_->database, "SELECT key FROM good_build");
  while (statement.valid() && statement.step() == SQLITE_ROW) builds.insert(statement.digest(0));
  return builds;
}

Result<void> SoundnessStore::add_good_builds(const std::vector<Digest>& builds) {
  if (builds.empty()) return {};
  return state_->database.in_transaction([&]() -> Result<void> {
    for (const Digest& build : builds) {
      state_->add_build.bind(1, build);
      LLMC_CHECK(state_->database.run(state_->add_build));
    }
    return {};
  });
}

}  // namespace llmc
