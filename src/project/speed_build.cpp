#include "project/speed_build.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <optional>

#include "ir/module.h"
#include "project/checked_line.h"
#include "project/cold_functions.h"
#include "project/front_end_run.h"
#include "support/files.h"
#include "support/numbers.h"
#include "support/subprocess.h"
#include "support/text.h"
#include "toolchain/front_end.h"

namespace llmc {
namespace fs = std::filesystem;

namespace {

/// Names that a row of the log lists.
constexpr std::size_t k_named = 8;

constexpr auto k_profile_uses = std::to_array<std::string_view>(
    {"-fprofile-use", "-fprofile-instr-use", "-fprofile-sample-use", "-fauto-profile"});

bool uses_profile(const std::string& argument) {
  return std::ranges::any_of(k_profile_uses, [&](std::string_view option) {
    return argument == option || argument.starts_with(std::string(option) + "=");
  });
}

/// What the judgement makes of a unit.
struct ColdUnit {
  std::string bitcode;  ///< with the cold functions marked; empty: LLVM is to mark them itself
  std::size_t cold = 0, defined = 0;
  std::string judge;
  std::string names;

  [[nodiscard]] std::string print() const {
    return print_checked_line({std::to_string(cold), std::to_string(defined), judge, names}) +
           bitcode;
  }

  static Result<ColdUnit> parse(const std::string& text) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const auto fields = parse_checked_line(std::string_view(text).substr(0, end));
    ColdUnit unit;
    if (!fields || fields->size() != 4 || !parse_number((*fields)[0], unit.cold) ||
        !parse_number((*fields)[1], unit.defined))
      return fail("the process that judges the unit has said nothing");
    unit.judge = (*fields)[2];
    unit.names = (*fields)[3];
    unit.bitcode = text.substr(end + 1);
    return unit;
  }

  [[nodiscard]] std::string describe() const {
    if (bitcode.empty()) return "functions that the profile calls cold are made small";
    return fmt::format("{} of {} functions are made small, cold by {}: {}", cold, defined, judge,
                       names);
  }
};

std::string_view name_of(ColdJudge judge) {
  switch (judge) {
    case ColdJudge::list:
      return "the list of hot functions";
    case ColdJudge::profile:
      return "the profile";
    case ColdJudge::heuristics:
      break;
  }
  return "heuristics";
}

/// In a child.
Result<std::string> judge_unit(const std::string& bitcode, const HotFunctions* hot,
                               bool has_profile) {
  const auto parse = [&] { return IrModule::parse(bitcode, "unit"); };
  LLMC_TRY(IrModule judged, parse());
  const ColdFunctions cold = find_cold_functions(std::move(judged), hot);
  ColdUnit unit;
  unit.judge = name_of(cold.judge);
  unit.defined = cold.defined;
  // A profile of IR is not in the IR yet, but LLVM reads it before it optimises.
  if (has_profile && cold.judge == ColdJudge::heuristics) return unit.print();
  unit.cold = cold.names.size();
  if (cold.names.empty()) return fail("no function is cold");
  const std::size_t shown = std::min(cold.names.size(), k_named);
  unit.names = fmt::format("{}{}", fmt::join(cold.names.begin(), cold.names.begin() + shown, ", "),
                           shown < cold.names.size() ? ", …" : "");
  LLMC_TRY(IrModule module, parse());
  make_small(module, cold);
  unit.bitcode = module.bitcode();
  return unit.print();
}

class SpeedBuild {
 public:
  SpeedBuild(const UnitCall& unit, const std::vector<std::string>& arguments,
             const SpeedSetting& setting, WrapperRow& row)
      : unit_(unit),
        arguments_(arguments),
        setting_(setting),
        row_(row),
        flags_(own_flags(arguments, unit.call.source)) {
    // The dependency file is written once, by clang's own run.
    std::erase_if(flags_, [](const auto& flag) { return flag.starts_with("-Wp,-M"); });
  }

  Result<int> run() {
    // Beside clang's own run.
    auto front = unit_.output == UnitOutput::object
                     ? FrontEndRun::start(front_end_command())
                     : Result<FrontEndRun>(fail("assembly is clang's own"));
    LLMC_TRY(const int status, run_attached(as_called()));
    if (status != 0) {
      row_.action = WrapperAction::failed;
      return status;
    }
    const auto done =
        front ? replace_if_smaller(*front) : Result<std::string>(std::unexpected(front.error()));
    row_.reason = done ? *done : first_line(done.error().message);
    return status;
  }

 private:
  [[nodiscard]] std::vector<std::string> as_called() const {
    std::vector<std::string> command = {setting_.clang};
    command.insert(command.end(), arguments_.begin(), arguments_.end());
    return command;
  }

  /// clang with the unit's flags that count for code, and `last`.
  [[nodiscard]] std::vector<std::string> with_own_flags(
      const std::vector<std::string>& last) const {
    std::vector<std::string> command = {setting_.clang, unit_.level};
    command.insert(command.end(), flags_.begin(), flags_.end());
    command.emplace_back("-w");
    command.insert(command.end(), last.begin(), last.end());
    return command;
  }

  [[nodiscard]] std::vector<std::string> front_end_command() const {
    return with_own_flags(
        {"-Xclang", "-disable-llvm-passes", "-emit-llvm", "-o", "-", "-c", unit_.call.source});
  }

  /// Compiles marked bitcode as the source is compiled.
  [[nodiscard]] std::vector<std::string> back_end_command(const fs::path& bitcode,
                                                          const fs::path& object) const {
    std::vector<std::string> command =
        with_own_flags({"-Qunused-arguments", "-o", object.string(), "-c", bitcode.string()});
    for (std::size_t i = 1; i < command.size(); ++i) {
      // The language of the source is not that of the bitcode.
      if (command[i] == "-x" && i + 1 < command.size())
        command[i + 1] = "ir";
      else if (command[i].starts_with("-x") && command[i].size() > 2)
        command[i] = "-xir";
    }
    return command;
  }

  [[nodiscard]] std::vector<std::string> profile_command(const fs::path& object) const {
    return with_own_flags({"-mllvm", "-enable-pgo-force-function-attrs", "-mllvm",
                           "-pgo-cold-func-opt=minsize", "-o", object.string(), "-c",
                           unit_.call.source});
  }

  /// What was done, in words. Errors: clang's own object stays.
  Result<std::string> replace_if_smaller(FrontEndRun& front) const {
    std::optional<HotFunctions> hot;
    if (!setting_.hot.empty()) {
      LLMC_TRY(const std::string text, read_file(setting_.hot));
      auto parsed = HotFunctions::parse(text);
      if (!parsed) return std::unexpected(parsed.error().with_context(setting_.hot));
      hot = std::move(*parsed);
    }
    LLMC_TRY(const FrontEndOutcome outcome, front.wait());
    if (outcome.exit_status != 0) return fail("clang makes no IR of it");
    const bool has_profile = std::ranges::any_of(arguments_, uses_profile);
    LLMC_TRY(const std::string answer,
             run_in_child(
                 [&] { return judge_unit(outcome.bitcode, hot ? &*hot : nullptr, has_profile); },
                 setting_.limits));
    LLMC_TRY(const ColdUnit cold, ColdUnit::parse(answer));
    LLMC_TRY(const TemporaryFolder folder, TemporaryFolder::create());
    const fs::path object = folder.path() / "unit.o";
    std::vector<std::string> command = profile_command(object);
    if (!cold.bitcode.empty()) {
      LLMC_CHECK(write_file(folder.path() / "unit.bc", cold.bitcode));
      command = back_end_command(folder.path() / "unit.bc", object);
    }
    LLMC_TRY(const SubprocessResult compiled, run_subprocess(command));
    if (compiled.exit_status != 0) return fail("clang does not compile it with cold functions");
    const std::uint64_t before = size_of_object(unit_.call.object);
    const std::uint64_t after = size_of_object(object.string());
    if (after == 0 || after >= before) return fail("the object is not smaller: " + cold.describe());
    LLMC_TRY(const std::string bytes, read_file(object));
    LLMC_CHECK(write_file(unit_.call.object, bytes));
    return fmt::format("{} (object: {} bytes, {} before)", cold.describe(), after, before);
  }

  const UnitCall& unit_;
  const std::vector<std::string>& arguments_;
  const SpeedSetting& setting_;
  WrapperRow& row_;
  std::vector<std::string> flags_;
};

}  // namespace

std::vector<std::string> without_profile_use(const std::vector<std::string>& arguments) {
  std::vector<std::string> rest = arguments;
  std::erase_if(rest, uses_profile);
  return rest;
}

bool is_speed_level(const std::string& level) {
  return level == "-O" || level == "-O1" || level == "-O2" || level == "-O3";
}

Result<int> build_at_own_speed(const UnitCall& unit, const std::vector<std::string>& arguments,
                               const SpeedSetting& setting, WrapperRow& row) {
  row.list = "clang " + unit.level;
  row.by = "keep-speed";
  return SpeedBuild(unit, arguments, setting, row).run();
}

}  // namespace llmc
