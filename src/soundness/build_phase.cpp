#include "soundness/build_phase.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>

#include "support/digest.h"
#include "support/files.h"
#include "support/subprocess.h"

namespace llmc {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t k_output_limit = std::size_t{64} << 20;

std::string ending_of(const SubprocessResult& result, std::chrono::milliseconds limit) {
  if (result.flooded) return "endless output";
  if (result.timed_out)
    return fmt::format("no end after {:g} s", static_cast<double>(limit.count()) / 1000);
  return fmt::format("exit status {}", result.exit_status);
}

}  // namespace

Result<PhaseResult> run_phase(const Phase& phase) {
  const fs::path base = phase.folder / phase.name;
  const auto file = [&](const char* suffix) { return fs::path(base.string() + suffix); };
  PhaseResult result;
  if (read_file(file(".stamp")).value_or("") == phase.stamp) {
    LLMC_TRY(result.ending, read_file(file(".ending")));
    LLMC_TRY(result.output, read_file(file(".stdout")));
    LLMC_TRY(result.errors, read_file(file(".stderr")));
    return result;
  }
  if (phase.prepare) {
    LLMC_CHECK(phase.prepare());
  }
  std::error_code ignored;
  fs::remove(file(".stamp"), ignored);
  if (phase.observe) phase.observe();
  SubprocessOptions how;
  how.directory = phase.folder / "tree";
  how.limit = phase.limit;
  how.lifetime = Lifetime::group;
  how.output_limit = k_output_limit;
  how.interrupt = phase.interrupt;
  how.environment = phase.environment;
  LLMC_TRY(SubprocessResult ended, run_subprocess({"sh", "-c", phase.command}, how));
  if (ended.interrupted) return fail("interrupted", ErrorKind::interrupted);
  result = {ending_of(ended, phase.limit), std::move(ended.output), std::move(ended.errors)};
  LLMC_CHECK(write_file(file(".ending"), result.ending));
  LLMC_CHECK(write_file(file(".stdout"), result.output));
  LLMC_CHECK(write_file(file(".stderr"), result.errors));
  LLMC_CHECK(write_file(file(".stamp"), phase.stamp));
  return result;
}

std::string last_line(const PhaseResult& result) {
  std::string said = result.errors.empty() ? result.output : result.errors;
  while (said.ends_with('\n')) said.pop_back();
  const std::size_t start = said.rfind('\n');
  return said.substr(start == std::string::npos ? 0 : start + 1);
}

std::string stamp_of(std::initializer_list<std::string> parts) {
  std::string text;
  for (const std::string& part : parts) text += fmt::format("{}:{}", part.size(), part);
  return Digest::of(text).hex();
}

Result<std::string> digest_of_folder(const fs::path& folder) {
  std::vector<std::string> lines;
  std::error_code code;
  for (fs::recursive_directory_iterator it(folder, code), end; !code && it != end;
       it.increment(code)) {
    std::string line = it->path().lexically_relative(folder).string();
    if (it->is_symlink()) {
      line += " -> " + fs::read_symlink(it->path()).string();
    } else if (it->is_regular_file()) {
      LLMC_TRY(const std::string bytes, read_file(it->path()));
      const auto mode = static_cast<unsigned>(it->status().permissions());
      line += fmt::format(" {:o} {}", mode, Digest::of(bytes).hex());
    }
    lines.push_back(std::move(line));
  }
  if (code) return fail(fmt::format("{}: cannot be read: {}", folder.string(), code.message()));
  std::ranges::sort(lines);
  return Digest::of(fmt::format("{}", fmt::join(lines, "\n"))).hex();
}

Result<void> copy_to_tree(const fs::path& source, const fs::path& folder) {
  std::error_code code;
  fs::remove_all(folder, code);
  if (code) return fail(fmt::format("{}: cannot be removed", folder.string()));
  const fs::path tree = folder / "tree";
  LLMC_CHECK(make_folder(tree));
  // cp keeps times, without which make would build again what is up to date.
  LLMC_TRY(const SubprocessResult copy,
           run_subprocess({"cp", "-a", (source / ".").string(), tree.string()}));
  if (copy.exit_status != 0)
    return fail(fmt::format("{}: cannot be copied: {}", source.string(), copy.errors));
  return {};
}

Result<void> write_compiler_scripts(const fs::path& folder, const fs::path& llmc,
                                    const std::vector<std::string>& names,
                                    const std::string& before) {
  LLMC_CHECK(make_folder(folder));
  std::string quoted = "'";
  for (const char byte : llmc.string())
    quoted += byte == '\'' ? std::string("'\\''") : std::string(1, byte);
  quoted += "'";
  for (const std::string& name : names) {
    const bool is_cxx = name.find("++") != std::string::npos;
    LLMC_CHECK(write_file(folder / name, fmt::format("#!/bin/sh\n{}exec {} cc{} \"$@\"\n", before,
                                                     quoted, is_cxx ? " --driver-mode=g++" : "")));
    if (::chmod((folder / name).c_str(), 0755) != 0)
      return fail(fmt::format("{}: cannot be made executable", (folder / name).string()));
  }
  return {};
}

}  // namespace llmc
