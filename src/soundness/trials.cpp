#include "soundness/trials.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <deque>
#include <vector>

#include "support/files.h"

namespace llmc {
namespace {

/// `text` without bytes that are not printable ASCII, so that it survives JSON and terminals.
std::string printable(std::string text) {
  for (char& c : text)
    if (c < ' ' || c > '~') c = '?';
  return text;
}

nlohmann::json pack(std::size_t trial, const ProgramFinding& finding) {
  return {trial, std::string(to_string(finding.finding)), printable(finding.evidence),
          finding.build.high, finding.build.low};
}

ProgramFinding unpack(const nlohmann::json& fields) {
  return {*parse_finding(fields[1].get<std::string>()), fields[2], {fields[3], fields[4]}};
}

/// The trials of one child.
using Company = std::vector<std::size_t>;

class TrialRunner {
 public:
  explicit TrialRunner(const TrialRun& run) : run_(run), pool_(run.jobs, run.limits) {}

  Result<void> work() {
    // What a killed child leaves behind goes with this folder.
    LLMC_TRY(const TemporaryFolder scratch, TemporaryFolder::create());
    while (true) {
      if (run_.interrupted != nullptr && *run_.interrupted != 0)
        return fail("interrupted", ErrorKind::interrupted);
      while (pool_.has_room()) {
        Company company = next_company();
        if (company.empty()) break;
        LLMC_CHECK(pool_.start(started_.size(), [&] {
          ::setenv("TMPDIR", scratch.path().c_str(), 1);
          return try_company(company);
        }));
        started_.push_back(std::move(company));
      }
      if (pool_.idle()) return {};
      const auto result = pool_.wait();
      if (!result) continue;
      LLMC_CHECK(take(*result));
    }
  }

 private:
  /// Suspects first, since they decide what else is wanted.
  Company next_company() {
    Company company;
    while (!suspects_.empty() && company.empty()) {
      if (run_.wanted(suspects_.front())) company.push_back(suspects_.front());
      suspects_.pop_front();
    }
    if (!company.empty()) return company;
    while (next_ < run_.count && company.size() < run_.together) {
      if (run_.wanted(next_)) company.push_back(next_);
      ++next_;
    }
    return company;
  }

  /// In a child: stops at the first trial that is not sound.
  Result<std::string> try_company(const Company& company) const {
    nlohmann::json rows = nlohmann::json::array();
    for (const std::size_t trial : company) {
      const ProgramFinding finding = run_.trial(trial);
      const bool sound = finding.finding == Finding::sound;
      if (sound || company.size() == 1) rows.push_back(pack(trial, finding));
      if (!sound) break;
    }
    return rows.dump();
  }

  Result<void> take(const ChildResult& result) {
    const Company company = std::move(started_[result.tag]);
    if (!result.bytes && company.size() == 1) return run_.done(company[0], finding_of(result));
    std::size_t answered = 0;
    if (result.bytes) {
      const nlohmann::json rows = nlohmann::json::parse(*result.bytes);
      answered = rows.size();
      for (const nlohmann::json& row : rows) {
        ProgramFinding finding = unpack(row);
        if (finding.finding == Finding::not_tested)
          return fail(fmt::format("a test program cannot be run here: {}", finding.evidence));
        LLMC_CHECK(run_.done(row[0], std::move(finding)));
      }
    }
    suspects_.insert(suspects_.end(), company.begin() + static_cast<long>(answered), company.end());
    return {};
  }

  const TrialRun& run_;
  ChildPool pool_;
  std::vector<Company> started_;  ///< by tag
  std::deque<std::size_t> suspects_;
  std::size_t next_ = 0;
};

}  // namespace

Result<void> run_trials(const TrialRun& run) { return TrialRunner(run).work(); }

ProgramFinding finding_of(const ChildResult& result) {
  const bool hang = result.outcome == Outcome::timeout;
  const std::string why = result.bytes ? "" : printable(result.bytes.error().message);
  return {hang ? Finding::compiler_hang : Finding::compiler_crash, why, {}};
}

}  // namespace llmc
