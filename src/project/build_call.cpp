#include "project/build_call.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <optional>
#include <utility>

#include "project/build_log.h"
#include "project/checked_line.h"
#include "project/front_end_run.h"
#include "project/lock_lookup.h"
#include "project/speed_build.h"
#include "project/unit.h"
#include "project/unit_call.h"
#include "project/unit_key.h"
#include "sandbox/child.h"
#include "soundness/suite.h"
#include "support/database.h"
#include "support/files.h"
#include "support/numbers.h"
#include "support/subprocess.h"
#include "support/text.h"
#include "toolchain/codegen.h"
#include "toolchain/front_end.h"

namespace llmc {
namespace fs = std::filesystem;

namespace {

/// What a row's list is where clang does a call as it came.
constexpr std::string_view k_as_called = "clang";

/// What a child says about a unit.
struct UnitAnswer {
  bool decided = false;
  Digest key;
  std::string list;
  std::string by;  ///< "lock", "cache" or "search"
  std::string drift;  ///< why the lock file does not count, if it is to
  std::string bytes;  ///< the object or assembly; empty: clang must write it
};

std::string print_answer(const UnitAnswer& answer) {
  return print_checked_line({answer.decided ? "decided" : "new", answer.key.hex(), answer.list,
                             answer.by, answer.drift}) +
         answer.bytes;
}

Result<UnitAnswer> parse_answer(const std::string& text) {
  const std::size_t end = std::min(text.find('\n'), text.size());
  const auto fields = parse_checked_line(std::string_view(text).substr(0, end));
  const auto key = fields && fields->size() == 5 ? digest_of_hex((*fields)[1]) : std::nullopt;
  if (!key) return fail("the process that compiles the unit has said nothing");
  return UnitAnswer{(*fields)[0] == "decided", *key, (*fields)[2], (*fields)[3], (*fields)[4],
                    text.substr(end + 1)};
}

/// A unit on its way through a build.
class UnitBuild {
 public:
  UnitBuild(const FrontEnd& front_end, const UnitCall& unit, const BuildSettings& settings,
            WrapperRow& row)
      : front_end_(front_end),
        unit_(unit),
        settings_(settings),
        row_(row),
        cache_(settings.cache, settings.suite) {}

  /// clang's exit status. Fails only where not even clang can be started.
  Result<int> run() {
    auto status = compile();
    if (!status) {
      row_.action = WrapperAction::fell_back;
      row_.reason = first_line(status.error().message);
      return by_clang();
    }
    return *status;
  }

 private:
  /// Errors: clang -Oz is to do it. Nothing has been printed then.
  Result<int> compile() {
    if (!settings_.problem.empty()) return fail(settings_.problem);
    LLMC_TRY(FrontEndRun run, FrontEndRun::start(bitcode_command(front_end_.path(), unit_)));
    initialize_targets();
    lock_ = LockLookup::open(unit_.call.source, settings_.lock);
    if (!lock_.problem().empty()) say_once(lock_.problem() + "; units are compiled at -Oz");
    LLMC_TRY(front_, run.wait());
    if (front_.exit_status != 0) return by_clang();  // with its own words
    if (front_.cc1.empty()) return fail("clang does not say how it calls its compiler");
    std::vector<std::string> unsupported;
    codegen_ = codegen_options_from_cc1(front_.cc1, unsupported);
    if (!unsupported.empty())
      return fail(fmt::format("the flag {} is not reproduced in-process", unsupported.front()));
    LLMC_TRY(UnitAnswer answer, ask([this](const Digest& key) { return look_up(key); }));
    if (!answer.decided) {
      LLMC_TRY(answer, search(answer.key));
    }
    return finish(answer);
  }

  /// What is known about the unit; not decided: nothing.
  UnitAnswer look_up(const Digest& key) const {
    UnitAnswer answer;
    answer.key = key;
    if (lock_.is_locked()) {
      const LockedDecision locked = lock_.find(key, unit_.call.source);
      answer.decided = true;
      answer.by = "lock";
      answer.drift = locked.drift;
      answer.list = locked.decision ? locked.decision->list : k_clang_oz;
      return answer;
    }
    const auto known = cache_.find(key);
    if (!known) return answer;
    // A list that no suite has tested was found by a build that wanted such.
    const bool usable =
        known->list == k_clang_oz || known->suite != Digest{} || settings_.wrapper.unsafe;
    if (!usable) return answer;
    answer.decided = true;
    answer.by = "cache";
    answer.list = known->list;
    return answer;
  }

  /// Reads the unit in a child and lowers it there, if `decide` says with which list.
  Result<UnitAnswer> ask(const std::function<UnitAnswer(const Digest& key)>& decide) const {
    LLMC_TRY(const std::string text, run_in_child(
                                         [&]() -> Result<std::string> {
                                           LLMC_TRY(Unit unit, parse());
                                           LLMC_TRY(const Digest key, unit.key());
                                           UnitAnswer answer = decide(key);
                                           if (answer.decided) {
                                             LLMC_TRY(answer.bytes,
                                                      lower(std::move(unit), key, answer.list));
                                           }
                                           return print_answer(answer);
                                         },
                                         settings_.wrapper.limits));
    return parse_answer(text);
  }

  [[nodiscard]] Result<Unit> parse() const {
    return Unit::parse(front_.bitcode, unit_.call.source, codegen_);
  }

  /// In a child. The bytes after `list`; none where only clang writes them as clang does.
  Result<std::string> lower(Unit unit, const Digest& key, const std::string& list) const {
    if (list == k_clang_oz && unit_.output == UnitOutput::assembly) return "";
    if (list != k_clang_oz && unit.has_debug_info() && !cache_.ignores_debug_info(key, list)) {
      LLMC_TRY(Unit same, parse());
      LLMC_TRY(Unit plain, unit.without_debug_info());
      LLMC_TRY(const std::string with, std::move(same).lower(list, UnitOutput::object));
      LLMC_TRY(const std::string without, std::move(plain).lower(list, UnitOutput::object));
      LLMC_TRY(const bool equal, have_equal_code(with, without));
      if (!equal)
        return fail("with debug information the list makes other code than without; leave out -g");
      cache_.remember_ignores_debug_info(key, list);
      if (unit_.output == UnitOutput::object) return with;
    }
    return std::move(unit).lower(list, unit_.output);
  }

  /// Nobody knows the unit yet.
  Result<UnitAnswer> search(const Digest& key) {
    UnitAnswer answer;
    answer.decided = true;
    answer.by = "search";
    answer.list = k_clang_oz;
    if (!settings_.budget.is_zero()) {
      LLMC_TRY(const Program program,
               program_without_debug_info(front_.bitcode, unit_.call.source, codegen_));
      DecisionSetting setting{settings_.budget, front_.seconds, settings_.wrapper.unsafe,
                              settings_.wrapper.limits};
      LLMC_TRY(const UnitDecision decision, decide_on_unit(program, setting));
      answer.list = decision.list;
      keep(key, decision);
    }
    return ask([&](const Digest& its_key) {
      answer.key = its_key;
      return answer;
    });
  }

  void keep(const Digest& key, const UnitDecision& decision) {
    if (decision.tried == 0) return;
    const auto kept = cache_.add(key, decision);
    if (kept) return;
    row_.reason = "the decision is not kept: " + kept.error().message;
    say_once(
        fmt::format("{}: decisions cannot be kept here, so each build searches again; set "
                    "LLMC_CACHE to a folder that can be written to",
                    settings_.cache.string()));
  }

  Result<int> finish(const UnitAnswer& answer) {
    row_.list = answer.list;
    row_.by = answer.by;
    if (!answer.drift.empty()) {
      row_.action = WrapperAction::fell_back;
      row_.reason = answer.drift;
    }
    if (answer.bytes.empty()) return by_clang();
    LLMC_CHECK(write_file(unit_.call.object, answer.bytes));
    std::fwrite(front_.errors.data(), 1, front_.errors.size(), stderr);
    return 0;
  }

  Result<int> by_clang() {
    LLMC_TRY(const int status, run_attached(oz_command(front_end_.path(), unit_)));
    if (status != 0) {
      row_.action = WrapperAction::failed;
      row_.reason.clear();
    }
    return status;
  }

  const FrontEnd& front_end_;
  const UnitCall& unit_;
  const BuildSettings& settings_;
  WrapperRow& row_;
  DecisionCache cache_;
  LockLookup lock_;
  FrontEndOutcome front_;
  CodegenOptions codegen_;
};

/// Whether the program is this one under another name.
bool is_llmc(const std::string& program) {
  std::error_code code;
  return fs::equivalent(program, "/proc/self/exe", code);
}

/// The compiler behind this one.
Result<FrontEnd> find_clang() {
  LLMC_TRY(const FrontEnd chosen, FrontEnd::find());
  if (!is_llmc(chosen.path())) return chosen;
  ::unsetenv("LLMC_CLANG");
  LLMC_TRY(FrontEnd usual, FrontEnd::find());
  if (!is_llmc(usual.path())) return usual;
  return fail(usual.path() + " is llmc itself; set LLMC_CLANG to clang's own path");
}

fs::path absolute_source(const std::string& source) {
  std::error_code code;
  const fs::path path = fs::absolute(source, code);
  return (code ? fs::path(source) : path).lexically_normal();
}

}  // namespace

BuildSettings read_build_settings(
    const std::function<std::string(const std::string& name)>& variable) {
  BuildSettings settings;
  settings.wrapper = read_wrapper_settings(variable);
  settings.problem = settings.wrapper.problem;
  auto budget = parse_budget(variable("LLMC_BUDGET"));
  if (budget)
    settings.budget = *budget;
  else
    settings.problem = "LLMC_BUDGET=" + budget.error().message;
  settings.lock = variable("LLMC_LOCK");
  settings.suite = variable("LLMC_SUITE");
  const std::string keep_speed = variable("LLMC_KEEP_SPEED");
  settings.keep_speed = !keep_speed.empty() && keep_speed != "0";
  settings.profile = variable("LLMC_PROFILE");
  const std::string cache = variable("LLMC_CACHE");
  settings.cache = cache.empty() ? cache_folder() : fs::path(cache);
  return settings;
}

bool is_directed(const std::function<std::string(const std::string& name)>& variable) {
  for (const char* name : {"LLMC_CC_MODE", "LLMC_CC_LIST", "LLMC_CC_PLAN", "LLMC_CC_ONLY"})
    if (!variable(name).empty()) return true;
  return false;
}

Result<int> run_build_call(const std::vector<std::string>& arguments,
                           const BuildSettings& settings) {
  LLMC_TRY(const FrontEnd front_end, find_clang());
  const auto expanded = expand_response_files(arguments);
  UnitCall unit;
  bool keeps_speed = false;
  if (expanded) {
    unit = read_unit_call(settings.keep_speed ? without_profile_use(*expanded) : *expanded);
    keeps_speed = settings.keep_speed && is_speed_level(unit.level);
    // Elsewhere a profile is clang's own affair.
    if (settings.keep_speed && !keeps_speed) unit = read_unit_call(*expanded);
  } else {
    unit.why_not = expanded.error().message;
  }
  WrapperRow row;
  if (!unit.why_not.empty()) {
    row.action = WrapperAction::passed_through;
    row.list = k_as_called;
    row.reason = unit.why_not;
    log_build_call(settings.wrapper.log, settings.cache, row);
    std::vector<std::string> command = {front_end.path()};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return std::unexpected(become(command));
  }
  row.unit = absolute_source(unit.call.source).string();
  row.list = k_clang_oz;
  const auto compile = [&] {
    if (!keeps_speed) return UnitBuild(front_end, unit, settings, row).run();
    const SpeedSetting speed{front_end.path(), settings.profile, settings.wrapper.limits};
    return build_at_own_speed(unit, *expanded, speed, row);
  };
  LLMC_TRY(const int status, compile());
  if (status == 0 && unit.output == UnitOutput::object && !settings.wrapper.log.empty())
    row.object_size = size_of_object(unit.call.object);
  log_build_call(settings.wrapper.log, settings.cache, row);
  return status;
}

}  // namespace llmc
