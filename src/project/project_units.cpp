#include "project/project_units.h"

#include <map>

#include "project/lock_file.h"
#include "project/unit_key.h"
#include "support/files.h"

namespace llmc {
namespace fs = std::filesystem;

std::string main_line(const std::string& message) {
  const std::size_t error = message.find("error: ");
  const std::size_t at = error == std::string::npos ? 0 : message.rfind('\n', error) + 1;
  return message.substr(at, message.find('\n', at) - at);
}

Result<Program> load_unit(const CompileCommand& command, const FrontEnd& front_end,
                          const std::string& name) {
  LLMC_TRY(const std::string bitcode, front_end.unoptimised_bitcode(command));
  std::vector<std::string> unsupported;
  LLMC_TRY(const CodegenOptions codegen, front_end.codegen_options(command, unsupported));
  if (!unsupported.empty())
    return fail("the flag " + unsupported.front() + " is not reproduced in-process");
  return program_without_debug_info(bitcode, name, codegen);
}

Result<ProjectUnits> load_units(const RecordedBuild& build, const fs::path& tree,
                                const FrontEnd& front_end,
                                const std::function<bool(std::size_t done)>& observe) {
  ProjectUnits loaded;
  loaded.left_out = build.left_out;
  std::map<Digest, std::size_t> by_key;
  for (std::size_t i = 0; i < build.units.size(); ++i) {
    if (!observe(i)) return fail("interrupted", ErrorKind::interrupted);
    const std::string name = lock_name(build.units[i].source, tree);
    auto program = load_unit(build.units[i].command, front_end, name);
    if (!program) {
      loaded.left_out.push_back(name + ": " + main_line(program.error().message));
      continue;
    }
    LLMC_TRY(const Digest key, unit_key(*program));
    const auto [known, is_new] = by_key.emplace(key, loaded.units.size());
    if (is_new) {
      loaded.units.push_back({key, name, {}});
      loaded.programs.push_back(std::move(*program));
    }
    loaded.units[known->second].places.push_back(i);
  }
  return loaded;
}

double linked_bytes(const ProjectUnit& unit, const RecordedBuild& build,
                    const std::vector<Product>& products, LooseUnits loose) {
  std::uint64_t bytes = 0;
  for (const Product& product : products)
    for (const std::size_t place : unit.places) bytes += product.bytes_of(place);
  if (bytes > 0 || loose == LooseUnits::ignored) return static_cast<double>(bytes);
  const fs::path& object = build.units[unit.places.front()].object;
  const auto content = read_file(object);
  const auto sizes = content ? measure_object(*content, object.string())
                             : Result<Measurement>(std::unexpected(content.error()));
  return sizes ? static_cast<double>(sizes->binary_size()) : 0;
}

}  // namespace llmc
