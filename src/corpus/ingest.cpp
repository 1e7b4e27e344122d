#include "corpus/ingest.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <chrono>

#include "ir/module.h"
#include "support/stopwatch.h"

namespace llmc {
namespace {

using Json = nlohmann::json;

/// One compilation to do.
struct Job {
  const CorpusUnit* unit;
  NormalTarget target;
};

Json::binary_t binary(const std::string& bytes) {
  return Json::binary_t(std::vector<std::uint8_t>(bytes.begin(), bytes.end()));
}

std::string text_of(const Json& binary) {
  const auto& bytes = binary.get_binary();
  return {bytes.begin(), bytes.end()};
}

Json function_row(const CutFunction& cut) {
  const Digest shape = shape_of(cut.text);
  return {{"name", cut.name},
          {"text", cut.text},
          {"instructions", cut.instructions},
          {"shape", {shape.high, shape.low}},
          {"sketch", binary(sketch_of(cut.text).bytes())}};
}

/// Runs in a child: the unit and its functions, in CBOR.
Result<std::string> describe(const Job& job, const CutLimits& limits) {
  Input input = job.unit->input;
  if (job.target == NormalTarget::aarch64) input.command = for_aarch64(*input.command);
  LLMC_TRY(const std::string bitcode, unit_bitcode(input));
  LLMC_TRY(IrModule module, IrModule::parse(bitcode, input.name, ValueNames::discard));
  Json functions = Json::array();
  std::map<std::string, std::uint64_t> skipped;
  std::uint64_t count = 0;
  LLMC_CHECK(cut_unit(bitcode, module, limits, [&](const CutFunction& cut) {
    ++count;
    if (!cut.skip.empty()) {
      ++skipped[cut.skip];
      return;
    }
    functions.push_back(function_row(cut));
  }));
  const std::uint64_t instructions = module.instruction_count();
  const Json result = {{"unit", binary(anonymous_bitcode(std::move(module)))},
                       {"instructions", instructions},
                       {"count", count},
                       {"skipped", skipped},
                       {"functions", std::move(functions)}};
  const std::vector<std::uint8_t> bytes = Json::to_cbor(result);
  return std::string(bytes.begin(), bytes.end());
}

std::string flags_of(const Input& input) {
  return input.command ? fmt::format("{}", fmt::join(input.command->flags, " ")) : "";
}

/// Takes what a child made of a unit into the package.
Result<void> take_unit(const Json& made, UnitRecord unit, PackageWriter& writer) {
  ProgramRecord program;
  program.source = unit.source;
  program.target = unit.target;
  program.kind = ProgramKind::unit;
  program.instructions = made.at("instructions");
  const std::string bitcode = text_of(made.at("unit"));
  program.id = Digest::of(bitcode);
  LLMC_CHECK(writer.add_program(program, program.id, {}, bitcode));
  for (const Json& row : made.at("functions")) {
    const std::string text = row.at("text");
    program.kind = ProgramKind::function;
    program.id = Digest::of(text);
    program.name = row.at("name");
    program.instructions = row.at("instructions");
    const Digest shape{row.at("shape")[0], row.at("shape")[1]};
    LLMC_CHECK(
        writer.add_program(program, shape, Sketch::from_bytes(text_of(row.at("sketch"))), text));
  }
  unit.functions = made.at("count");
  unit.skipped = made.at("skipped").get<std::map<std::string, std::uint64_t>>();
  writer.package().functions += unit.functions;
  writer.add_unit(std::move(unit));
  return {};
}

bool wants_aarch64(const CorpusUnit& unit, const IngestOptions& options) {
  return unit.input.command &&
         Digest::of(unit.package + "/" + unit.source).low % 100 < options.aarch64_percent;
}

}  // namespace

CompileCommand for_aarch64(CompileCommand command) {
  std::vector<std::string> flags = {"--target=aarch64-linux-gnu"};
  for (std::string& flag : command.flags)
    if (!flag.starts_with("-m") || flag.starts_with("-mno-omit")) flags.push_back(std::move(flag));
  command.flags = std::move(flags);
  return command;
}

Result<PackageWriter> ingest(const PackageSources& sources, const IngestOptions& options,
                             const EvaluationSet& evaluation_set, const CorpusProgress& progress) {
  const auto start = std::chrono::steady_clock::now();
  PackageRecord package;
  package.name = sources.name;
  package.version = sources.version;
  package.licence = sources.licence;
  package.split = options.split;
  PackageWriter writer(package);
  std::vector<Job> jobs;
  for (const CorpusUnit& unit : sources.units) {
    if (!options.evaluation && evaluation_set.has_file(unit.source)) {
      writer.add_unit({unit.source,
                       NormalTarget::x86_64,
                       flags_of(unit.input),
                       "named as a file of the evaluation set",
                       0,
                       {}});
      continue;
    }
    jobs.push_back({&unit, NormalTarget::x86_64});
    if (wants_aarch64(unit, options)) jobs.push_back({&unit, NormalTarget::aarch64});
  }
  std::size_t done = 0;
  LLMC_CHECK(run_in_children(
      jobs.size(), options.children,
      [&](std::size_t i) { return describe(jobs[i], options.children.cut); },
      [&](const ChildResult& result) -> Result<void> {
        const Job& job = jobs[result.tag];
        progress(++done, jobs.size());
        UnitRecord unit{job.unit->source, job.target, flags_of(job.unit->input), "", 0, {}};
        if (job.target == NormalTarget::x86_64) ++writer.package().units;
        if (result.bytes) return take_unit(Json::from_cbor(*result.bytes), std::move(unit), writer);
        if (job.target == NormalTarget::x86_64) ++writer.package().failed_units;
        unit.failure = result.bytes.error().message;
        writer.add_unit(std::move(unit));
        return {};
      }));
  writer.package().seconds = seconds_since(start);
  return writer;
}

}  // namespace llmc
