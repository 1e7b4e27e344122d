#include "corpus/dataset.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <cmath>
#include <set>

#include "ir/normal_form.h"
#include "support/files.h"
#include "tasks/answers.h"
#include "tasks/assembly_text.h"
#include "tasks/prompts.h"
#include "toolchain/measurement.h"
#include "toolchain/optimizer.h"

namespace llmc {
namespace {

using Json = nlohmann::ordered_json;

/// What a child says instead of a row.
constexpr char k_skip = '!';

std::string to_line(const Json& row) {
  return row.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

std::string skip(const std::string& reason) { return k_skip + reason + '\n'; }

void add_origin(Json& row, const FunctionProgram& program) {
  row["program"] = program.id.hex();
  row["function"] = program.function;
  row["package"] = program.package;
  row["source"] = program.source;
}

std::string pretrain_row(const FunctionProgram& program, const char* kind,
                         const std::string& text) {
  Json row = {{"task", "pretrain"}, {"kind", kind}, {"text", text}};
  add_origin(row, program);
  return to_line(row);
}

std::string task_row(const FunctionProgram& program, const char* task, const std::string& prompt,
                     const std::string& completion) {
  Json row = {{"task", task}, {"prompt", prompt}, {"completion", completion}};
  add_origin(row, program);
  return to_line(row);
}

/// What a pass list makes of a program.
struct Optimised {
  std::string text;  ///< normal form
  std::string assembly;
  std::uint64_t instructions = 0;
  std::uint64_t binary_size = 0;
};

/// Whose code `Optimised::assembly` is.
enum class AssemblyOf {
  compiler,  ///< the module that the passes left
  text       ///< the module that the text stands for
};

Result<std::uint64_t> size_of(const CodeGenerator& generator, const IrModule& module) {
  // Code generation changes its module.
  LLMC_TRY(IrModule copy, IrModule::parse(module.bitcode(), "module", ValueNames::discard));
  LLMC_TRY(const std::string object, generator.emit_object(copy.module()));
  LLMC_TRY(const Measurement sizes, measure_object(object, "object"));
  return sizes.binary_size();
}

/// Runs in a child.
Result<Optimised> optimise(const FunctionProgram& program, const std::string& list,
                           AssemblyOf source) {
  LLMC_TRY(IrModule module, read_normal(program.text, program.function));
  LLMC_TRY(const CodeGenerator generator,
           CodeGenerator::create(CodegenOptions(), module.target_triple()));
  if (!list.empty()) {
    LLMC_CHECK(Optimizer(module.module(), generator).run(list));
  }
  LLMC_CHECK(list.empty() ? module.verify() : module.verify_optimised());
  Optimised result;
  result.instructions = module.instruction_count();
  LLMC_TRY(result.text, normal_text(module));
  LLMC_TRY(result.binary_size, size_of(generator, module));
  if (source == AssemblyOf::text) {
    LLMC_TRY(module, read_normal(result.text, program.function));
  }
  LLMC_TRY(const std::string assembly, generator.emit_assembly(module.module()));
  result.assembly = clean_assembly(assembly);
  return result;
}

std::string reason_of(const Error& error) {
  return error.message.contains("LLVM crashed") || error.message.contains("LLVM gave up")
             ? "LLVM crashed or gave up"
         : error.message.contains("not done after") ? "took too long"
         : error.message.contains("of memory")      ? "took too much memory"
                                                    : "left invalid IR";
}

std::string pretrain_rows(const FunctionProgram& program) {
  std::string rows = pretrain_row(program, "ir", program.text);
  std::set<std::string> known = {program.text};
  for (const char* list : {"default<Oz>", "default<O1>", "default<O2>", "default<O3>"}) {
    const auto optimised = optimise(program, list, AssemblyOf::text);
    if (!optimised) {
      rows += skip(reason_of(optimised.error()));
      continue;
    }
    if (known.insert(optimised->text).second)
      rows += pretrain_row(program, "ir-optimised", optimised->text);
    if (std::string_view(list) == "default<Oz>")
      rows += pretrain_row(program, "asm", optimised->assembly);
  }
  return rows;
}

std::string lift_rows(const FunctionProgram& program, const DatasetOptions& options) {
  const auto optimised = optimise(program, "default<Oz>", AssemblyOf::text);
  if (!optimised) return skip(reason_of(optimised.error()));
  if (optimised->assembly.size() > options.corpus.most_bytes) return skip("assembly too long");
  return task_row(program, "lift", disassembly_prompt(optimised->assembly),
                  to_string(DisassemblyAnswer{optimised->text}));
}

/// Runs in a child of the program's child, as a drawn list may be the death of it.
Result<std::string> emulate_list(const FunctionProgram& program, const Optimised& input,
                                 const std::string& list, std::size_t most_bytes) {
  LLMC_TRY(const Optimised output, optimise(program, list, AssemblyOf::compiler));
  std::string rows;
  for (const CodeKind kind : {CodeKind::ir, CodeKind::assembly}) {
    const std::string& code = kind == CodeKind::ir ? output.text : output.assembly;
    if (code.size() > most_bytes) {
      rows += skip("output too long");
      continue;
    }
    const std::string prompt =
        to_string(EmulationPrompt{kind, list, program.text, input.instructions, input.binary_size});
    const std::string completion =
        to_string(EmulationAnswer{output.instructions, output.binary_size, code});
    rows +=
        task_row(program, kind == CodeKind::ir ? "emulate-ir" : "emulate-asm", prompt, completion);
  }
  return rows;
}

std::string emulate_rows(const FunctionProgram& program, const DatasetOptions& options) {
  const auto input = optimise(program, "", AssemblyOf::compiler);
  if (!input) return skip(reason_of(input.error()));
  Random random(program.id.low ^ options.corpus.seed);
  std::set<std::string> drawn;
  std::string rows;
  for (std::size_t i = 0; i < options.lists; ++i) {
    const std::string list =
        random_list(*options.alphabet, options.longest_list, random).to_string();
    if (!drawn.insert(list).second) continue;
    const auto made =
        run_in_child([&] { return emulate_list(program, *input, list, options.corpus.most_bytes); },
                     options.corpus.limits);
    rows += made ? *made : skip(reason_of(made.error()));
  }
  return rows;
}

std::string flags_rows(const FunctionProgram& program, const DatasetOptions& options) {
  const auto label = options.labels->find(program.id.hex());
  if (label == options.labels->end()) return skip("no label");
  const auto input = optimise(program, "", AssemblyOf::compiler);
  if (!input) return skip(reason_of(input.error()));
  FlagTuningAnswer answer;
  answer.unoptimised_size = input->binary_size;
  if (!label->second.list.empty()) {
    auto list = PassList::parse(label->second.list, *options.catalogue);
    if (!list) return skip("label is no pass list");
    const auto output = optimise(program, label->second.list, AssemblyOf::compiler);
    if (!output) return skip(reason_of(output.error()));
    if (output->binary_size != label->second.binary_size) return skip("label of another size");
    answer.list = std::move(*list);
    answer.optimised_size = output->binary_size;
    if (options.with_code) answer.code = output->text;
  }
  return task_row(program, "flags", flag_tuning_prompt(program.text), to_string(answer));
}

std::string rows_of(const FunctionProgram& program, const DatasetOptions& options) {
  switch (options.kind) {
    case DatasetKind::emulate:
      return emulate_rows(program, options);
    case DatasetKind::flags:
      return flags_rows(program, options);
    case DatasetKind::lift:
      return lift_rows(program, options);
    case DatasetKind::pretrain:
      break;
  }
  return pretrain_rows(program);
}

/// Sorts a child's lines into rows, which it returns, and skips.
std::string take_rows(const std::string& lines, DatasetCounts& counts) {
  std::string rows;
  for (std::size_t at = 0; at < lines.size();) {
    const std::size_t end = lines.find('\n', at);
    const std::string line = lines.substr(at, end - at);
    at = end + 1;
    if (line.starts_with(k_skip)) {
      ++counts.skipped[line.substr(1)];
      continue;
    }
    const Json row = Json::parse(line);
    ++counts.rows[row.value("kind", row.value("task", ""))];
    counts.bytes += line.size() + 1;
    rows += line + '\n';
  }
  return rows;
}

void read_label(const Json& row, Labels& labels, LabelCounts& counts) {
  if (row.value("type", "") != "program") return;
  if (row.contains("error")) {
    ++counts.skipped["search failed"];
    return;
  }
  const bool improved = row.at("improved").get<bool>();
  if (improved && row.value("gate", "") != "sound") {
    ++counts.skipped["list is not gated"];
    return;
  }
  const auto best = row.at("best").at("binary_size").get<std::uint64_t>();
  const auto baseline = row.at("baseline").at("binary_size").get<std::uint64_t>();
  // A list that only equals -Oz teaches nothing that -Oz does not.
  const bool smaller = improved && best < baseline;
  counts.improved += smaller;
  if (smaller)
    counts.log_ratio += std::log(static_cast<double>(best) / static_cast<double>(baseline));
  const std::string id = std::filesystem::path(row.at("name").get<std::string>()).stem();
  labels[id] = {smaller ? row.at("list").get<std::string>() : "", best};
}

}  // namespace

Result<Labels> read_labels(const std::filesystem::path& path, LabelCounts& counts) {
  LLMC_TRY(const std::string text, read_rows(path));
  Labels labels;
  std::size_t number = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = std::string_view(text).substr(at, end - at);
    at = end + 1;
    ++number;
    if (line.empty()) continue;
    try {
      read_label(Json::parse(line), labels, counts);
    } catch (const Json::exception&) {
      return fail(fmt::format("{}:{}: not a row of llmc tune --json", path.string(), number));
    }
  }
  return labels;
}

Result<DatasetCounts> write_dataset(const std::vector<FunctionProgram>& programs,
                                    const DatasetOptions& options, RowFile& file,
                                    const CorpusProgress& progress) {
  DatasetCounts counts;
  std::size_t done = 0;
  LLMC_CHECK(run_in_children(
      programs.size(), options.corpus,
      [&](std::size_t i) -> Result<std::string> { return rows_of(programs[i], options); },
      [&](const ChildResult& result) -> Result<void> {
        progress(++done, programs.size());
        if (result.bytes) return file.add(take_rows(*result.bytes, counts));
        ++counts.skipped[reason_of(result.bytes.error())];
        return {};
      }));
  return counts;
}

}  // namespace llmc
