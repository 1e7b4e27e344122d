#include "benchmark/evaluated_program.h"

#include <algorithm>
#include <utility>

#include "ir/module.h"
#include "ir/normal_form.h"

namespace llmc {

UnitRow failed_row(const Program& program, const std::string& benchmark, std::string reason) {
  return {program.id.hex(), program.name, benchmark, std::move(reason)};
}

UnitRow unloaded_row(const std::string& name, const std::string& benchmark, std::string reason) {
  return {Digest::of(name).hex(), name, benchmark, std::move(reason)};
}

Result<std::vector<EvaluatedProgram>> load_corpus_programs(CorpusStore& corpus,
                                                           const ProgramFilter& filter,
                                                           const Shard& shard, std::size_t most,
                                                           std::uint64_t seed) {
  LLMC_TRY(const auto drawn, corpus.draw(filter, most, seed));
  std::vector<std::pair<Digest, EvaluatedProgram>> found;
  LLMC_CHECK(corpus.for_each_payload(
      filter, [&](const ProgramRecord& record, std::string_view payload) -> Result<void> {
        if (!drawn.contains(record.id) || !shard.holds(record.id)) return {};
        std::string bitcode(payload);
        std::string name = record.package + "/" + record.source;
        if (record.kind == ProgramKind::function) {
          LLMC_TRY(const IrModule module, read_normal(payload, record.name));
          bitcode = module.bitcode();
          name += ":" + record.name;
        }
        LLMC_TRY(Program program, make_program(bitcode, name, CodegenOptions()));
        found.push_back({record.id, {record.package, std::move(program), std::nullopt}});
        return {};
      }));
  std::ranges::sort(found, {}, [](const auto& one) { return one.first; });
  std::vector<EvaluatedProgram> programs;
  for (auto& [id, program] : found) programs.push_back(std::move(program));
  return programs;
}

}  // namespace llmc
