#include "project/project_database.h"

#include <fmt/format.h>

#include "project/unit_call.h"
#include "support/files.h"
#include "support/subprocess.h"
#include "support/text.h"

namespace llmc {
namespace fs = std::filesystem;

namespace {

constexpr const char* k_database_name = "compile_commands.json";

/// The arguments of a call that compiles the unit to `object`.
std::vector<std::string> arguments_of(const CompileCommand& command, const fs::path& object) {
  std::vector<std::string> arguments = command.flags;
  for (const std::string& last : {std::string("-Oz"), std::string("-c"), command.file.string(),
                                  std::string("-o"), object.string()})
    arguments.push_back(last);
  return arguments;
}

}  // namespace

Result<fs::path> find_database(const fs::path& input) {
  std::error_code code;
  const fs::path database = fs::is_directory(input, code) ? input / k_database_name : input;
  if (fs::is_regular_file(database, code)) return fs::canonical(database, code);
  return fail(
      fmt::format("{}: there is no {}; give the project's own --build CMD, or make one with "
                  "cmake -DCMAKE_EXPORT_COMPILE_COMMANDS=ON or bear",
                  input.string(), k_database_name),
      ErrorKind::usage);
}

Result<RecordedBuild> compile_database(
    const fs::path& database, const fs::path& objects, const FrontEnd& front_end,
    const std::function<bool(std::size_t done, std::size_t all)>& observe) {
  LLMC_TRY(auto commands, read_compile_commands(database));
  LLMC_CHECK(make_folder(objects));
  RecordedBuild build;
  for (std::size_t i = 0; i < commands.size(); ++i) {
    if (!observe(i, commands.size())) return fail("interrupted", ErrorKind::interrupted);
    CompileCommand& command = commands[i];
    // The project's own dependency files are not ours to write.
    std::erase_if(command.flags, [](const auto& flag) { return flag.starts_with("-Wp,-M"); });
    RecordedUnit unit{command, (command.directory / command.file).lexically_normal(),
                      objects / fmt::format("{}.o", i)};
    const UnitCall call = read_unit_call(arguments_of(command, unit.object));
    if (!call.why_not.empty()) {
      build.left_out.push_back(unit.source.string() + ": " + call.why_not);
      continue;
    }
    const auto object = front_end.clang_oz_object(command);
    if (!object) {
      build.left_out.push_back(unit.source.string() + ": " + first_line(object.error().message));
      continue;
    }
    LLMC_CHECK(write_file(unit.object, *object));
    build.units.push_back(std::move(unit));
  }
  if (build.units.empty())
    return fail(fmt::format("{}: nothing in it can be tuned{}", database.string(),
                            build.left_out.empty() ? "" : ": " + build.left_out.front()));
  return build;
}

Result<std::vector<WrapperRow>> compile_with_lock(const RecordedBuild& build,
                                                  const LockedCompilation& how) {
  LLMC_CHECK(make_folder(how.objects));
  LLMC_CHECK(write_file(how.log, ""));
  SubprocessOptions options;
  for (const std::string& name : wrapper_variables())
    options.environment.emplace_back(name, std::nullopt);
  for (const char* name : {"LLMC_KEEP_SPEED", "LLMC_PROFILE"})
    options.environment.emplace_back(name, std::nullopt);
  options.environment.emplace_back("LLMC_CLANG", how.clang);
  options.environment.emplace_back("LLMC_LOCK", how.lock.string());
  options.environment.emplace_back("LLMC_CC_LOG", how.log.string());
  for (std::size_t i = 0; i < build.units.size(); ++i) {
    if (!how.observe(i)) return fail("interrupted", ErrorKind::interrupted);
    const RecordedUnit& unit = build.units[i];
    std::vector<std::string> command = {how.llmc.string(), unit.command.is_cxx ? "c++" : "cc"};
    for (std::string& argument : arguments_of(unit.command, how.objects / unit.object.filename()))
      command.push_back(std::move(argument));
    options.directory = unit.command.directory;
    LLMC_TRY(const SubprocessResult result, run_subprocess(command, options));
    if (result.exit_status != 0)
      return fail(fmt::format("{}: is not compiled with the lock file: {}", unit.source.string(),
                              first_line(result.errors)));
  }
  LLMC_TRY(const std::string log, read_file(how.log));
  return read_wrapper_log(log);
}

Result<Measurement> sum_of_objects(const std::vector<fs::path>& objects) {
  Measurement sum;
  for (const fs::path& object : objects) {
    LLMC_TRY(const std::string bytes, read_file(object));
    LLMC_TRY(const Measurement one, measure_object(bytes, object.string()));
    for (const auto part : {&Measurement::instructions, &Measurement::text, &Measurement::rodata,
                            &Measurement::eh_frame, &Measurement::data, &Measurement::bss})
      sum.*part += one.*part;
  }
  return sum;
}

}  // namespace llmc
