#include "project/project_hints.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace llmc {
namespace {

/// Each product with further arguments; `sizes` are those without.
LinkHint link_with(ProductBench& bench, const std::vector<Measurement>& sizes,
                   const std::string& compiler_options, const std::vector<std::string>& arguments) {
  LinkHint hint;
  hint.options = fmt::format("{}{}{}", compiler_options, compiler_options.empty() ? "" : " ",
                             fmt::join(arguments, " "));
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const auto linked = bench.link_with(i, arguments);
    if (linked) {
      hint.bytes += linked->binary_size();
      hint.without += sizes[i].binary_size();
    } else {
      hint.failed.push_back(bench.products()[i].name);
    }
  }
  return hint;
}

/// Puts every unit in place as it is with a section for each function and object.
Result<void> cut_into_sections(Evaluator& evaluator, ProductBench& bench,
                               const std::vector<ProjectUnit>& units,
                               const std::vector<TunedProgram>& tuned,
                               const std::function<bool(std::size_t done)>& observe) {
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (!observe(i)) return fail("interrupted", ErrorKind::interrupted);
    if (!tuned[i].result) continue;
    Program program = *tuned[i].program;
    program.codegen.function_sections = true;
    program.codegen.data_sections = true;
    LLMC_TRY(const BuiltList built, evaluator.build(program, tuned[i].result->best.list));
    if (!built.evaluation.ok()) continue;
    LLMC_CHECK(bench.keep(units[i].places, built.object));
  }
  return {};
}

}  // namespace

Result<std::vector<LinkHint>> measure_hints(Evaluator& evaluator, ProductBench& bench,
                                            const std::vector<ProjectUnit>& units,
                                            const std::vector<TunedProgram>& tuned,
                                            const std::function<bool(std::size_t done)>& observe) {
  LLMC_TRY(const std::vector<Measurement> sizes, bench.link_all());
  std::vector<LinkHint> hints;
  hints.push_back(link_with(bench, sizes, "", {"-Wl,-z,pack-relative-relocs"}));
  hints.push_back(link_with(bench, sizes, "", {"-Wl,--gc-sections"}));
  LLMC_CHECK(cut_into_sections(evaluator, bench, units, tuned, observe));
  const std::string sections = "-ffunction-sections -fdata-sections";
  hints.push_back(link_with(bench, sizes, sections, {"-Wl,--gc-sections"}));
  hints.push_back(link_with(bench, sizes, sections, {"-fuse-ld=lld", "-Wl,--gc-sections"}));
  hints.push_back(
      link_with(bench, sizes, sections, {"-fuse-ld=lld", "-Wl,--gc-sections", "-Wl,--icf=safe"}));
  return hints;
}

}  // namespace llmc
