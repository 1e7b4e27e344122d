#include "soundness/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <unordered_set>

#include "soundness/trials.h"
#include "support/files.h"

namespace llmc {
namespace {

constexpr std::string_view k_after = ",default<Oz>";
constexpr std::size_t k_trials_together = 16;  ///< trials in one child; consecutive ones are alike

/// A program's content with its right output: the key of its trials.
Digest trial_key(const SuiteProgram& program) {
  return Digest::of(program.program.id.hex() + Digest::of(program.expected).hex());
}

/// The catalogue's name of a pass: of whole pipelines, the level is part of it.
std::string catalogue_name(const PassElement& pass) {
  return pass.name == "default" ? fmt::format("{}<{}>", pass.name, pass.parameters) : pass.name;
}

/// The name of the pass inside the managers of an element of one pass.
std::string innermost_name(const PassElement& element) {
  return element.is_manager && !element.inner.empty() ? innermost_name(element.inner.front())
                                                      : catalogue_name(element);
}

void collect_names(const PassElement& element, std::set<std::string>& names) {
  if (!element.is_manager) names.insert(catalogue_name(element));
  for (const PassElement& inner : element.inner) collect_names(inner, names);
}

std::set<std::string> names_in(const PassList& list) {
  std::set<std::string> names;
  for (const PassElement& element : list.elements()) collect_names(element, names);
  return names;
}

/// The list without the elements that hold a pass of `unwanted`.
PassList without(const PassList& list, const std::set<std::string>& unwanted) {
  std::vector<PassElement> kept;
  for (const PassElement& element : list.elements()) {
    std::set<std::string> names;
    collect_names(element, names);
    if (std::ranges::none_of(names, [&](const auto& name) { return unwanted.contains(name); }))
      kept.push_back(element);
  }
  return PassList(std::move(kept));
}

/// A trial with what the judge needs to know of its list.
struct Case {
  const SuiteProgram* program;
  PassList list;
  bool random = false;
  std::string single;  ///< the pass that is tried, if it is not a random list
  std::size_t tail = 0;  ///< elements at the end that the program needs, and that are not blamed
  ProgramFinding finding;
};

class Judge {
 public:
  Judge(const PassCatalogue& catalogue, const Linker& linker, const JudgeOptions& options,
        const volatile int* interrupted, const JudgeObserver& observe)
      : catalogue_(catalogue),
        linker_(linker),
        options_(options),
        store_(options.checker.store),
        interrupted_(interrupted),
        observe_(observe) {
    if (store_ != nullptr) good_builds_ = store_->good_builds();
  }

  Result<Judgement> run(const std::vector<JudgeSuite>& suites) {
    // A program proves nothing that is wrong with -Oz itself. One that is wrong without any pass
    // (libstdc++ has functions that must be inlined) says nothing of single passes.
    LLMC_CHECK(find_unfit(suites, "default<Oz>", unfit_));
    LLMC_CHECK(find_unfit(suites, "no-op-module", unfit_alone_));

    std::vector<Case> singles = single_cases(suites);
    LLMC_CHECK(try_all("single passes", singles));
    trials_ += singles.size();
    convict_singles(singles);

    std::vector<Case> random = random_cases(suites);
    LLMC_CHECK(try_all("random lists", random));
    trials_ += random.size();
    LLMC_CHECK(convict_random(random));
    return conclude(singles, random);
  }

 private:
  /// The programs that are wrong with the list `reference`.
  Result<void> find_unfit(const std::vector<JudgeSuite>& suites, const std::string& reference,
                          std::set<const SuiteProgram*>& unfit) {
    LLMC_TRY(const PassList list, PassList::parse(reference, catalogue_));
    std::vector<Case> cases;
    for (const JudgeSuite& suite : suites)
      for (const SuiteProgram& program : suite.suite->programs) cases.push_back({&program, list});
    LLMC_CHECK(try_all("reference", cases));
    trials_ += cases.size();
    for (const Case& trial : cases)
      if (trial.finding.finding != Finding::sound) unfit.insert(trial.program);
    return {};
  }

  std::vector<Case> single_cases(const std::vector<JudgeSuite>& suites) {
    std::vector<Case> cases;
    for (const JudgeSuite& suite : suites) {
      for (std::size_t i = 0; i < suite.suite->programs.size(); ++i) {
        const SuiteProgram& program = suite.suite->programs[i];
        if (unfit_.contains(&program)) continue;
        for (std::size_t p = 0; p < options_.passes.size(); ++p) {
          using enum JudgeSuite::Use;
          const std::size_t every = suite.use == every_pass   ? 1
                                    : suite.use == shared_out ? options_.share
                                                              : options_.passes.size();
          if ((i + p) % every != 0) continue;
          if (suite.use == every_pass && !unfit_alone_.contains(&program))
            add_single(cases, program, p, "");
          add_single(cases, program, p, k_after);
        }
      }
    }
    return cases;
  }

  void add_single(std::vector<Case>& cases, const SuiteProgram& program, std::size_t pass,
                  std::string_view after) {
    const PassElement& element = options_.passes[pass];
    auto list = PassList::parse(to_string(element) + std::string(after), catalogue_);
    if (list) cases.push_back({&program, std::move(*list), false, innermost_name(element)});
  }

  /// Random lists of passes that were not convicted, then -Oz where a program needs inlining; each
  /// program has its own.
  std::vector<Case> random_cases(const std::vector<JudgeSuite>& suites) {
    std::vector<Case> cases;
    for (const JudgeSuite& suite : suites) {
      for (const SuiteProgram& program : suite.suite->programs) {
        if (unfit_.contains(&program)) continue;
        Random random(Digest::of(trial_key(program).hex() + std::to_string(options_.seed)).low);
        for (std::size_t i = 0; i < suite.random_lists; ++i) {
          PassList list = without(options_.draw(random), convicted_alone_);
          if (unfit_alone_.contains(&program) && !list.empty()) {
            auto longer = PassList::parse(list.to_string() + std::string(k_after), catalogue_);
            if (!longer) continue;
            cases.push_back({&program, std::move(*longer), true, "", 1});
          } else if (!list.empty()) {
            cases.push_back({&program, std::move(list), true});
          }
        }
      }
    }
    return cases;
  }

  /// Fills in the findings: from the store, else by running.
  Result<void> try_all(const std::string& phase, std::vector<Case>& cases) {
    std::vector<Case*> unknown;
    for (Case& trial : cases) {
      auto known = store_ == nullptr
                       ? std::nullopt
                       : store_->find_trial(trial_key(*trial.program), trial.list.to_string());
      if (known)
        trial.finding = std::move(*known);
      else
        unknown.push_back(&trial);
    }
    std::size_t finished = cases.size() - unknown.size();
    TrialRun trials;
    trials.count = unknown.size();
    trials.together = k_trials_together;
    trials.jobs = options_.checker.jobs;
    trials.limits = options_.checker.compile;
    trials.interrupted = interrupted_;
    trials.trial = [&](std::size_t i) {
      const ProgramFinding finding =
          check_program(*unknown[i]->program, unknown[i]->list.to_string(), linker_, good_builds_,
                        options_.checker.run);
      // In the child: the next trial often makes the same object.
      if (finding.finding == Finding::sound) good_builds_.insert(finding.build);
      return finding;
    };
    trials.wanted = [](std::size_t) { return true; };
    trials.done = [&](std::size_t i, ProgramFinding finding) -> Result<void> {
      unknown[i]->finding = std::move(finding);
      LLMC_CHECK(remember(*unknown[i]));
      observe_(phase, ++finished, cases.size());
      return {};
    };
    const auto ran = run_trials(trials);
    LLMC_CHECK(flush());
    return ran;
  }

  /// Keeps a trial; a few hundred together, since each commit costs.
  Result<void> remember(const Case& trial) {
    if (trial.finding.finding == Finding::sound && trial.finding.build != Digest{} &&
        good_builds_.insert(trial.finding.build).second)
      fresh_builds_.push_back(trial.finding.build);
    unsaved_.push_back(&trial);
    return unsaved_.size() < 200 ? Result<void>() : flush();
  }

  Result<void> flush() {
    if (store_ != nullptr && !unsaved_.empty()) {
      LLMC_CHECK(store_->in_batch([&]() -> Result<void> {
        for (const Case* trial : unsaved_)
          LLMC_CHECK(store_->add_trial(trial_key(*trial->program), trial->list.to_string(),
                                       trial->finding));
        return {};
      }));
      LLMC_CHECK(store_->add_good_builds(fresh_builds_));
    }
    unsaved_.clear();
    fresh_builds_.clear();
    return {};
  }

  void convict_singles(const std::vector<Case>& singles) {
    for (const Case& trial : singles) {
      if (trial.finding.finding == Finding::sound) continue;
      blame(trial.single, trial, true);
      if (is_wrong_result(trial.finding.finding)) convicted_alone_.insert(trial.single);
    }
  }

  /// Minimises each random list that fails, and blames the last element of what is left.
  Result<void> convict_random(const std::vector<Case>& random) {
    std::vector<const Case*> failed;
    for (const Case& trial : random)
      if (trial.finding.finding != Finding::sound) failed.push_back(&trial);
    random_failures_ = failed.size();
    LLMC_TRY(std::vector<Case> minimal, minimise_all(failed));
    LLMC_CHECK(try_all("convictions", minimal));
    for (const Case& trial : minimal)
      if (trial.finding.finding != Finding::sound) blame_last(trial);
    return {};
  }

  /// The cases with shorter lists, findings not filled in. What could not be minimised is left out:
  /// nobody is blamed for it.
  Result<std::vector<Case>> minimise_all(const std::vector<const Case*>& failed) {
    LLMC_TRY(const TemporaryFolder scratch, TemporaryFolder::create());
    Limits limits = options_.checker.compile;
    limits.deadline *= 60;
    ChildPool pool(options_.checker.jobs, limits);
    std::vector<std::optional<PassList>> lists(failed.size());
    std::size_t next = 0;
    std::size_t done = 0;
    while (next < failed.size() || !pool.idle()) {
      if (interrupted_ != nullptr && *interrupted_ != 0)
        return fail("interrupted", ErrorKind::interrupted);
      while (next < failed.size() && pool.has_room()) {
        const Case& trial = *failed[next];
        LLMC_CHECK(pool.start(next++, [&]() -> Result<std::string> {
          ::setenv("TMPDIR", scratch.path().c_str(), 1);
          return minimise(trial);
        }));
      }
      const auto result = pool.wait();
      if (!result) continue;
      observe_("minimising", ++done, failed.size());
      if (!result->bytes) continue;
      LLMC_TRY(lists[result->tag], PassList::parse(*result->bytes, catalogue_));
    }
    std::vector<Case> minimal;
    for (std::size_t i = 0; i < failed.size(); ++i)
      if (lists[i])
        minimal.push_back({failed[i]->program, std::move(*lists[i]), true, "", failed[i]->tail});
    return minimal;
  }

  /// In a child: drops elements, last first, as long as the program fails in the same way. The list
  /// that is left.
  Result<std::string> minimise(const Case& trial) {
    PassList list = trial.list;
    for (bool dropped = true; dropped;) {
      dropped = false;
      for (std::size_t i = list.elements().size() - trial.tail; i-- > 0;) {
        if (list.elements().size() == 1 + trial.tail) break;
        std::vector<PassElement> fewer = list.elements();
        fewer.erase(fewer.begin() + static_cast<long>(i));
        PassList candidate(std::move(fewer));
        LLMC_TRY(const ProgramFinding finding, find_out(*trial.program, candidate.to_string()));
        if (finding.finding == Finding::sound ||
            is_wrong_result(finding.finding) != is_wrong_result(trial.finding.finding))
          continue;
        list = std::move(candidate);
        dropped = true;
      }
    }
    return list.to_string();
  }

  /// One trial, now.
  Result<ProgramFinding> find_out(const SuiteProgram& program, const std::string& list) {
    ProgramFinding found;
    TrialRun trial;
    trial.count = 1;
    trial.limits = options_.checker.compile;
    trial.trial = [&](std::size_t) {
      return check_program(program, list, linker_, good_builds_, options_.checker.run);
    };
    trial.wanted = [](std::size_t) { return true; };
    trial.done = [&](std::size_t, ProgramFinding finding) -> Result<void> {
      found = std::move(finding);
      return {};
    };
    LLMC_CHECK(run_trials(trial));
    return found;
  }

  void blame_last(const Case& trial) {
    const auto& elements = trial.list.elements();
    const std::size_t blamed = elements.size() - trial.tail;
    blame(innermost_name(elements[blamed - 1]), trial, blamed == 1);
  }

  void blame(const std::string& pass, const Case& trial, bool alone) {
    PassVerdict& verdict = verdicts_[pass];
    const bool wrong = is_wrong_result(trial.finding.finding);
    ++(wrong ? verdict.wrong : verdict.broken);
    convictions_.push_back({trial.program, trial.list.to_string(), trial.finding});
    const auto weight = [](bool is_wrong, bool is_alone) { return 2 * is_wrong + is_alone; };
    const bool known_wrong =
        !verdict.finding.empty() && is_wrong_result(*parse_finding(verdict.finding));
    const bool stronger =
        verdict.finding.empty() || weight(wrong, alone) > weight(known_wrong, verdict.alone);
    if (!stronger) return;
    verdict.alone = alone;
    verdict.finding = to_string(trial.finding.finding);
    verdict.list = trial.list.to_string();
    verdict.program = trial.program->program.name;
    verdict.evidence = trial.finding.evidence;
  }

  Judgement conclude(const std::vector<Case>& singles, const std::vector<Case>& random) {
    std::map<std::string, std::size_t> trials;
    for (const auto* cases : {&singles, &random})
      for (const Case& trial : *cases)
        for (const std::string& name : names_in(trial.list)) ++trials[name];
    Judgement judgement;
    for (const PassElement& element : options_.passes) {
      const std::string& name = innermost_name(element);
      PassVerdict verdict = verdicts_[name];
      verdict.pass = name;
      verdict.trials = trials[name];
      const PassInfo* info = catalogue_.find(name);
      verdict.tier = info == nullptr ? PassTier::quarantined : info->tier;
      const bool denied = verdict.alone && is_wrong_result(*parse_finding(verdict.finding));
      if (denied)
        verdict.tier = PassTier::denied;
      else if (!verdict.finding.empty())
        verdict.tier = std::max(verdict.tier, PassTier::quarantined);
      judgement.passes.push_back(std::move(verdict));
    }
    std::ranges::sort(judgement.passes, {}, &PassVerdict::pass);
    judgement.convictions = std::move(convictions_);
    judgement.trials = trials_;
    judgement.random_trials = random.size();
    judgement.random_failures = random_failures_;
    return judgement;
  }

  const PassCatalogue& catalogue_;
  const Linker& linker_;
  const JudgeOptions& options_;
  SoundnessStore* store_;
  const volatile int* interrupted_;
  const JudgeObserver& observe_;
  std::unordered_set<Digest> good_builds_;
  std::vector<Digest> fresh_builds_;
  std::vector<const Case*> unsaved_;
  std::set<const SuiteProgram*> unfit_;  ///< wrong with -Oz
  std::set<const SuiteProgram*> unfit_alone_;  ///< wrong without any pass
  std::set<std::string> convicted_alone_;
  std::map<std::string, PassVerdict> verdicts_;
  std::vector<Trial> convictions_;
  std::size_t trials_ = 0;
  std::size_t random_failures_ = 0;
};

}  // namespace

Result<Judgement> judge(const std::vector<JudgeSuite>& suites, const PassCatalogue& catalogue,
                        const Linker& linker, const JudgeOptions& options,
                        const volatile int* interrupted, const JudgeObserver& observe) {
  return Judge(catalogue, linker, options, interrupted, observe).run(suites);
}

}  // namespace llmc
