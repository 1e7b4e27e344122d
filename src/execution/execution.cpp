#include "execution/execution.h"

#include <utility>

#include "execution/emulator.h"
#include "execution/machine.h"
#include "execution/pair_judge.h"
#include "execution/plan.h"
#include "sandbox/child.h"

namespace llmc {
namespace {

ExecutionVerdict undecided(std::string reason) {
  return {ExecutionOutcome::undecided, 0, 0, std::move(reason)};
}

}  // namespace

std::string_view to_string(ExecutionOutcome outcome) {
  switch (outcome) {
    case ExecutionOutcome::equal:
      return "equal";
    case ExecutionOutcome::different:
      return "different";
    case ExecutionOutcome::undecided:
      return "undecided";
  }
  return "";
}

Result<ExecutionVerdict> run_both(std::string_view assembly, std::string_view ir,
                                  const std::string& function, NormalTarget target,
                                  const ExecutionOptions& options) {
  const Emulator emulator = target == k_machine ? Emulator{} : find_emulator(target);
  if (!emulator.obstacle.empty()) return undecided(emulator.obstacle);
  Limits limits;
  limits.deadline = std::chrono::seconds(30) + options.limit;
  LLMC_TRY(const std::string packed,
           run_in_child(
               [&]() -> Result<std::string> {
                 LLMC_TRY(PreparedPair pair, prepare_pair(assembly, ir, function, target, options));
                 if (!pair.obstacle.empty()) return pack_verdict(undecided(pair.obstacle));
                 if (target != k_machine)
                   return judge_emulated(emulator, {std::move(pair), options});
                 LLMC_TRY(const ExecutionVerdict verdict, judge_pair(pair, options));
                 return pack_verdict(verdict);
               },
               limits));
  return unpack_verdict(packed);
}

}  // namespace llmc
