#include "execution/pair_judge.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <functional>
#include <sstream>

#include "execution/judge.h"

namespace llmc {
namespace {

using Clock = std::chrono::steady_clock;

// How a pair is run. The child of the caller, in which LLVM may crash, prepares both sides and then
// only judges. Each batch of inputs is run by two children of its own: the original's leaves what
// it did in shared memory, the candidate's does the same inputs and compares, and stops where
// something differs. What differs is run once more, alone, before it is believed: the original
// with other contents of everything that no input decides, the candidate in a new process.

constexpr unsigned k_first_batch = 16;
constexpr unsigned k_batch = 128;
constexpr std::array<unsigned, 3> k_more_fillings = {4, 5, 7};

/// What a running child tells its parent.
struct RunProgress {
  std::uint32_t next = 0;  ///< the input of the batch that it is at
  std::uint32_t different = 0;  ///< 1: that one differs
  char error[200] = {};
};

/// Inputs that were not compared, by what the original did.
struct DiscardCounts {
  unsigned faulted = 0;
  unsigned timed_out = 0;
  unsigned unstable = 0;
  unsigned broke_rules = 0;
  unsigned undefined = 0;
  std::string example;  ///< the first fault

  void add(const Observation& observation) {
    if (observation.ending == RunEnding::faulted && faulted == 0)
      example = describe_ending(observation);
    if (observation.ending == RunEnding::faulted) ++faulted;
    if (observation.ending == RunEnding::timed_out) ++timed_out;
    if (observation.ending == RunEnding::unstable) ++unstable;
    if (observation.ending == RunEnding::broke_rules) ++broke_rules;
    if (observation.ending == RunEnding::undefined) ++undefined;
  }

  [[nodiscard]] unsigned sum() const {
    return faulted + timed_out + unstable + broke_rules + undefined;
  }
};

class PairJudge {
 public:
  static Result<ExecutionVerdict> judge(const PreparedPair& pair, const ExecutionOptions& options) {
    const std::size_t size = pair.plan.observation_size();
    LLMC_TRY(SharedObservations observations, SharedObservations::create(k_batch + 2, size));
    LLMC_TRY(SharedObservations progress, SharedObservations::create(1, sizeof(RunProgress)));
    PairJudge judge(pair, options, observations, *reinterpret_cast<RunProgress*>(&progress.at(0)));
    return judge.run();
  }

 private:
  PairJudge(const PreparedPair& pair, const ExecutionOptions& options,
            SharedObservations& observations, RunProgress& progress)
      : pair_(pair),
        options_(options),
        observations_(observations),
        progress_(progress),
        deadline_(Clock::now() + options.limit) {}

  Result<ExecutionVerdict> run() {
    unsigned batch = k_first_batch;
    for (unsigned first = 0; first < options_.inputs && Clock::now() < deadline_;) {
      const unsigned count = std::min(batch, options_.inputs - first);
      LLMC_TRY(const unsigned done, observe_originals(first, count));
      LLMC_CHECK(compare_candidates(first, done));
      if (!difference_.empty()) break;
      first += done;
      batch = k_batch;
    }
    return verdict();
  }

  /// Runs `work` in a child; true if it came to its end.
  Result<bool> in_child(const SideImage& side, const std::function<void(FunctionRunner&)>& work) {
    progress_.error[0] = '\0';
    const pid_t child = ::fork();
    if (child < 0) return fail(fmt::format("cannot fork: {}", std::strerror(errno)));
    if (child == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      auto runner = FunctionRunner::create(pair_.plan, side);
      if (!runner) {
        std::strncpy(progress_.error, runner.error().message.c_str(), sizeof progress_.error - 1);
        ::_exit(1);
      }
      work(*runner);
      ::_exit(0);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    if (progress_.error[0] != '\0') return fail(progress_.error);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

  /// Runs the original on inputs from `first`; returns how many of `count` the time was enough for.
  Result<unsigned> observe_originals(unsigned first, unsigned count) {
    const auto end = Clock::now() + (deadline_ - Clock::now()) / 2;
    progress_.next = 0;
    while (progress_.next < count && (progress_.next == 0 || Clock::now() < end)) {
      LLMC_TRY(const bool whole, in_child(pair_.original, [&](FunctionRunner& runner) {
                 for (; progress_.next < count; ++progress_.next) {
                   if (progress_.next > 0 && Clock::now() >= end) return;
                   runner.observe_original(first + progress_.next, slot(progress_.next));
                 }
               }));
      // An input that ends the whole process is one more fault.
      if (!whole) slot(progress_.next++).ending = RunEnding::faulted;
    }
    return progress_.next;
  }

  Result<void> compare_candidates(unsigned first, unsigned count) {
    progress_.next = 0;
    while (progress_.next < count) {
      progress_.different = 0;
      LLMC_TRY(const bool whole, in_child(pair_.candidate, [&](FunctionRunner& runner) {
                 for (; progress_.next < count; ++progress_.next) {
                   const Observation& original = slot(progress_.next);
                   if (!original.comparable()) continue;
                   runner.observe_candidate(first + progress_.next, candidate());
                   if (!difference(pair_.plan, original, candidate())) continue;
                   progress_.different = 1;
                   return;
                 }
               }));
      if (progress_.next == count) break;
      if (!whole || progress_.different == 1)
        LLMC_CHECK(confirm(first + progress_.next, slot(progress_.next)));
      if (!difference_.empty()) return {};
      ++progress_.next;
    }
    for (unsigned i = 0; i < count; ++i) {
      compared_ += slot(i).comparable() ? 1 : 0;
      discards_.add(slot(i));
    }
    return {};
  }

  /// Runs an input that seems to tell the two apart once more; what is not stable is discarded.
  Result<void> confirm(unsigned number, Observation& original) {
    LLMC_TRY(bool whole, in_child(pair_.original, [&](FunctionRunner& runner) {
               runner.observe_original(number, original);
               for (const unsigned filling : k_more_fillings) {
                 if (!original.comparable()) break;
                 runner.observe(number, filling, candidate());
                 if (difference(pair_.plan, original, candidate()))
                   original.ending = RunEnding::unstable;
               }
             }));
    if (!whole || !original.comparable()) {
      original.ending = RunEnding::unstable;
      return {};
    }
    // Where the IR's behaviour is undefined, what it is compiled to proves nothing.
    LLMC_TRY(whole, in_child(pair_.checked, [&](FunctionRunner& runner) {
               runner.observe_candidate(number, candidate());
             }));
    if (whole && candidate().ending == RunEnding::undefined) {
      original.ending = RunEnding::undefined;
      return {};
    }
    candidate().ending = RunEnding::faulted;  // unless the child gets to say otherwise
    candidate().signal = SIGKILL;
    LLMC_TRY(whole, in_child(pair_.candidate, [&](FunctionRunner& runner) {
               runner.observe_candidate(number, candidate());
             }));
    const auto found = difference(pair_.plan, original, candidate());
    if (!found) return {};
    const TestInput input = make_input(pair_.plan.inputs, number);
    if (candidate().ending == RunEnding::faulted && has_impossible_size(input)) {
      original.ending = RunEnding::undefined;
      return {};
    }
    ++compared_;
    difference_ =
        fmt::format("called with ({}), the candidate {} (input {} of seed {})",
                    describe_input(pair_.plan.inputs, input), *found, number, options_.seed);
    return {};
  }

  /// Whether an argument cannot be the size of anything: compilers count on sizes in bytes that fit
  /// in a word, so that one may fault on it and the other not.
  [[nodiscard]] bool has_impossible_size(const TestInput& input) const {
    constexpr std::int64_t k_largest = std::int64_t{1} << 48;
    const InputPlan& plan = pair_.plan.inputs;
    for (std::size_t i = 0; i < plan.places.size(); ++i) {
      if (plan.places[i].where != CallPlace::Where::integer_register ||
          plan.signature.parameters[i].kind != CallValue::Kind::integer)
        continue;
      const auto value = static_cast<std::int64_t>(input.integers[plan.places[i].index]);
      if (value > k_largest || value < -k_largest) return true;
    }
    return false;
  }

  [[nodiscard]] ExecutionVerdict verdict() const {
    ExecutionVerdict verdict;
    verdict.compared = compared_;
    verdict.discarded = discards_.sum();
    if (!difference_.empty()) {
      verdict.outcome = ExecutionOutcome::different;
      verdict.reason = difference_;
    } else if (compared_ > 0) {
      verdict.outcome = ExecutionOutcome::equal;
    } else {
      verdict.reason = fmt::format(
          "no input could be compared: of the original's runs {} faulted, {} took too long, {} "
          "depended on undefined values and {} broke the rules of calls; on {} the IR's behaviour "
          "is undefined",
          discards_.faulted, discards_.timed_out, discards_.unstable, discards_.broke_rules,
          discards_.undefined);
      if (!discards_.example.empty())
        verdict.reason += fmt::format("; the first that faulted {}", discards_.example);
    }
    return verdict;
  }

  [[nodiscard]] Observation& slot(std::size_t index) const { return observations_.at(index); }
  [[nodiscard]] Observation& candidate() const { return observations_.at(k_batch); }

  const PreparedPair& pair_;
  const ExecutionOptions& options_;
  SharedObservations& observations_;
  RunProgress& progress_;
  Clock::time_point deadline_;
  unsigned compared_ = 0;
  DiscardCounts discards_;
  std::string difference_;
};

}  // namespace

Result<ExecutionVerdict> judge_pair(const PreparedPair& pair, const ExecutionOptions& options) {
  return PairJudge::judge(pair, options);
}

std::string pack_verdict(const ExecutionVerdict& verdict) {
  return fmt::format("{}\n{}\n{}\n{}", static_cast<int>(verdict.outcome), verdict.compared,
                     verdict.discarded, verdict.reason);
}

ExecutionVerdict unpack_verdict(const std::string& text) {
  std::istringstream stream(text);
  int outcome = 0;
  ExecutionVerdict verdict;
  stream >> outcome >> verdict.compared >> verdict.discarded;
  stream.get();
  std::getline(stream, verdict.reason, '\0');
  verdict.outcome = static_cast<ExecutionOutcome>(outcome);
  return verdict;
}

}  // namespace llmc
