#include "lift/header_signatures.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "support/files.h"
#include "support/subprocess.h"
#include "support/text.h"
#include "toolchain/front_end.h"

namespace llmc {
namespace {

constexpr std::chrono::seconds k_clang_limit{60};

/// The functions that clang's dump of a syntax tree declares, of those in `names`.
Result<std::set<std::string>> declared_functions(const std::string& dump,
                                                 const std::set<std::string>& names) {
  const auto tree = nlohmann::json::parse(dump, nullptr, /*allow_exceptions=*/false);
  if (!tree.is_object() || !tree.contains("inner"))
    return fail("clang's description of its declarations is not what was expected");
  std::set<std::string> declared;
  for (const auto& node : tree["inner"]) {
    if (node.value("kind", "") != "FunctionDecl") continue;
    const std::string name = node.value("name", "");
    if (names.contains(name)) declared.insert(name);
  }
  return declared;
}

Result<std::string> syntax_tree(const FrontEnd& front_end, const std::filesystem::path& source,
                                const std::vector<std::string>& flags) {
  std::vector<std::string> command = {front_end.path()};
  command.insert(command.end(), flags.begin(), flags.end());
  for (const char* const word : {"-fsyntax-only", "-Xclang", "-ast-dump=json"})
    command.emplace_back(word);
  command.push_back(source.string());
  SubprocessOptions options;
  options.limit = k_clang_limit;
  LLMC_TRY(const SubprocessResult result, run_subprocess(command, options));
  if (result.exit_status == 0) return result.output;
  const std::size_t at = result.errors.find("error: ");
  const std::string words = at == std::string::npos ? "clang failed" : result.errors.substr(at + 7);
  return fail("its declarations cannot be read: " + first_line(words));
}

}  // namespace

Result<SignatureTable> signatures_of_header(const std::filesystem::path& path,
                                            const std::set<std::string>& names,
                                            const std::vector<std::string>& flags) {
  LLMC_TRY(const FrontEnd front_end, FrontEnd::find());
  LLMC_TRY(const TemporaryFolder folder, TemporaryFolder::create());
  const std::filesystem::path source = folder.path() / "uses.c";
  std::string text = fmt::format("#include \"{}\"\n", std::filesystem::absolute(path).string());
  LLMC_CHECK(write_file(source, text));
  LLMC_TRY(const std::string dump, syntax_tree(front_end, source, flags));
  LLMC_TRY(const auto declared, declared_functions(dump, names));
  // clang leaves out what nothing uses.
  text += "const void *const llmc_uses[] = {";
  for (const std::string& name : declared) text += fmt::format("(const void *)&{}, ", name);
  text += "0};\n";
  LLMC_CHECK(write_file(source, text));
  CompileCommand command;
  command.file = source;
  command.flags = flags;
  LLMC_TRY(const std::string bitcode, front_end.unoptimised_bitcode(command));
  LLMC_TRY(SignatureTable table, signatures_of_ir(bitcode, path.string()));
  std::erase_if(table, [&](const auto& row) { return !declared.contains(row.first); });
  return table;
}

}  // namespace llmc
