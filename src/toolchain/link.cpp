#include "toolchain/link.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <lld/Common/Driver.h>
#include <llvm/Support/raw_ostream.h>

#include <sstream>

#include "support/subprocess.h"
#include "toolchain/front_end.h"

LLD_HAS_DRIVER(elf)

namespace llmc {
namespace {

// (clang leaves out inputs that do not exist.)
constexpr std::string_view k_object = "/dev/null";
constexpr std::string_view k_output = "llmc-placeholder.out";

/// The link command that `clang -###` prints, as lld's own arguments.
Result<std::vector<std::string>> link_arguments(const std::string& clang, bool is_cxx) {
  std::vector<std::string> command = {clang, "-###", "-fuse-ld=lld", "-pthread"};
  if (is_cxx) command.push_back("--driver-mode=g++");
  for (const std::string_view argument :
       {k_object, std::string_view("-lm"), std::string_view("-o"), k_output})
    command.emplace_back(argument);
  LLMC_TRY(const SubprocessResult result, run_subprocess(command));
  const auto lines = split_command_lines(result.errors);
  if (result.exit_status != 0 || lines.empty() || lines.back().empty())
    return fail(fmt::format("clang does not say how it links:\n{}", result.errors));
  std::vector<std::string> arguments = lines.back();
  arguments[0] = "ld.lld";
  arguments.insert(arguments.begin() + 1, "--threads=1");
  return arguments;
}

}  // namespace

Result<Linker> Linker::create() {
  LLMC_TRY(const FrontEnd front_end, FrontEnd::find());
  LLMC_TRY(Arguments c, link_arguments(front_end.path(), false));
  LLMC_TRY(Arguments cxx, link_arguments(front_end.path(), true));
  return Linker(std::move(c), std::move(cxx));
}

std::string Linker::to_text() const {
  return fmt::format("{}\n\n{}\n", fmt::join(c_, "\n"), fmt::join(cxx_, "\n"));
}

Result<Linker> Linker::from_text(const std::string& text) {
  std::vector<Arguments> both(1);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.empty())
      both.emplace_back();
    else
      both.back().push_back(line);
  }
  if (both.size() != 2 || both[0].empty() || both[1].empty())
    return fail("these are not the arguments of a linker");
  return Linker(both[0], both[1]);
}

Result<void> Linker::link(const std::vector<std::filesystem::path>& objects,
                          const std::filesystem::path& output, bool is_cxx) const {
  Arguments arguments;
  for (const std::string& argument : is_cxx ? cxx_ : c_) {
    if (argument == k_object)
      for (const auto& object : objects) arguments.push_back(object.string());
    else
      arguments.push_back(argument == k_output ? output.string() : argument);
  }
  std::vector<const char*> pointers;
  for (const std::string& argument : arguments) pointers.push_back(argument.c_str());
  std::string messages;
  llvm::raw_string_ostream stream(messages);
  const lld::Result result = lld::lldMain(pointers, stream, stream, {{lld::Gnu, &lld::elf::link}});
  if (result.retCode == 0) return {};
  return fail(fmt::format("cannot link: {}", messages.substr(0, 500)));
}

}  // namespace llmc
