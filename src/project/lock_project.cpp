#include "project/lock_project.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "project/checked_line.h"
#include "project/unit_key.h"
#include "sandbox/child.h"
#include "soundness/compiler_wrapper.h"
#include "support/numbers.h"
#include "support/stopwatch.h"

namespace llmc {
namespace fs = std::filesystem;

namespace {

fs::path source_of(const Input& input) {
  if (!input.command) return input.name;
  return input.command->directory / input.command->file;
}

/// What a child answers about its unit.
std::string print_unit(const LockedUnit& unit) {
  std::vector<std::string> fields = {unit.key.hex()};
  if (unit.decision) {
    const UnitDecision& decision = *unit.decision;
    fields.insert(fields.end(), {decision.list, std::to_string(decision.oz_size),
                                 std::to_string(decision.size), decision.suite.hex()});
  }
  return print_checked_line(fields);
}

void parse_unit(std::string_view text, LockedUnit& unit) {
  const auto fields = parse_checked_line(text.substr(0, text.find('\n')));
  const auto key = fields && !fields->empty() ? digest_of_hex(fields->front()) : std::nullopt;
  if (!key) {
    unit.error = "the process that reads the unit has said nothing";
    return;
  }
  unit.key = *key;
  if (fields->size() != 5) return;
  UnitDecision decision;
  const auto suite = digest_of_hex((*fields)[4]);
  if (!suite || !parse_number((*fields)[2], decision.oz_size) ||
      !parse_number((*fields)[3], decision.size))
    return;
  decision.list = (*fields)[1];
  decision.suite = *suite;
  unit.decision = std::move(decision);
}

/// In a child.
Result<std::string> read_unit(const Input& input, const LockProjectOptions& options,
                              const NeedsDecision& needs_decision) {
  const auto start = std::chrono::steady_clock::now();
  LLMC_TRY(const Program program, load_program(input, {}));
  LockedUnit unit;
  LLMC_TRY(unit.key, unit_key(program));
  if (!needs_decision(unit.key)) return print_unit(unit);
  const DecisionCache cache(options.cache, options.suite);
  if (options.use_cache) unit.decision = cache.find(unit.key);
  const bool usable = unit.decision && (unit.decision->list == k_clang_oz ||
                                        unit.decision->suite != Digest{} || options.setting.unsafe);
  if (!usable) {
    DecisionSetting setting = options.setting;
    setting.front_end_seconds = seconds_since(start);
    LLMC_TRY(const Program plain,
             program_without_debug_info(program.bitcode, program.name, program.codegen));
    LLMC_TRY(unit.decision, decide_on_unit(plain, setting));
  }
  return print_unit(unit);
}

}  // namespace

Result<std::vector<LockedUnit>> read_units(const std::vector<Input>& inputs,
                                           const LockProjectOptions& options,
                                           const NeedsDecision& needs_decision,
                                           const std::function<void(std::size_t)>& observe) {
  std::vector<LockedUnit> units(inputs.size());
  const fs::path folder = options.lock.parent_path();
  for (std::size_t i = 0; i < inputs.size(); ++i)
    units[i].name = lock_name(source_of(inputs[i]), folder);
  ChildPool pool(options.jobs, {.deadline = std::chrono::hours(1)});
  std::size_t next = 0, done = 0;
  while (done < inputs.size()) {
    while (next < inputs.size() && pool.has_room()) {
      LLMC_CHECK(pool.start(
          next, [&, at = next] { return read_unit(inputs[at], options, needs_decision); }));
      ++next;
    }
    const auto result = pool.wait();
    if (!result) continue;
    if (result->bytes)
      parse_unit(*result->bytes, units[result->tag]);
    else
      units[result->tag].error = result->bytes.error().message;
    observe(++done);
  }
  return units;
}

LockComparison compare_with_lock(const std::vector<LockedUnit>& units, const LockFile& lock) {
  LockComparison comparison;
  std::set<Digest> keys;
  std::set<std::string> named;
  for (const LockEntry& entry : lock.entries()) named.insert(entry.unit);
  for (const LockedUnit& unit : units) {
    if (!unit.error.empty()) {
      comparison.drift.push_back({unit.name, "cannot be compiled: " + unit.error});
      continue;
    }
    keys.insert(unit.key);
    if (lock.find(unit.key) != nullptr)
      ++comparison.fitting;
    else
      comparison.drift.push_back({unit.name, named.contains(unit.name)
                                                 ? "has other contents than the lock file's"
                                                 : "is not in the lock file"});
  }
  for (const LockEntry& entry : lock.entries())
    if (!keys.contains(entry.key)) comparison.unused.push_back(entry);
  return comparison;
}

LockChange enter_decisions(const std::vector<LockedUnit>& units, LockFile& lock) {
  LockChange change;
  std::set<Digest> keys;
  std::set<std::string> names;
  for (const LockedUnit& unit : units) {
    if (!unit.error.empty()) continue;
    keys.insert(unit.key);
    names.insert(unit.name);
    if (!unit.decision) continue;
    const LockEntry* const known = lock.find(unit.key);
    if (known == nullptr) ++change.added;
    // One content under several names: the first in order, as when the file is read.
    const std::string& name = known != nullptr ? std::min(known->unit, unit.name) : unit.name;
    const UnitDecision& decision = *unit.decision;
    lock.set({unit.key, name, decision.list, decision.oz_size, decision.size, decision.suite});
  }
  for (const LockEntry& entry : lock.entries()) {
    if (!names.contains(entry.unit) || keys.contains(entry.key)) continue;
    lock.erase(entry.key);
    ++change.removed;
  }
  return change;
}

}  // namespace llmc
