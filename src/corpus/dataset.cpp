#include "corpus/dataset.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <set>

#include "corpus/made_code.h"
#include "ir/forget.h"
#include "ir/normal_form.h"
#include "ir/sketch.h"
#include "support/text.h"
#include "tasks/answers.h"
#include "tasks/assembly_text.h"
#include "tasks/prompts.h"
#include "tasks/response.h"

namespace llmc {
namespace {

using OrderedJson = nlohmann::ordered_json;

/// What a child says instead of a row.
constexpr char k_skip = '!';

std::string to_line(const OrderedJson& row) {
  return row.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + '\n';
}

std::string skip(const std::string& reason) { return k_skip + reason + '\n'; }

void add_origin(OrderedJson& row, const FunctionProgram& program) {
  row["program"] = program.id.hex();
  row["function"] = program.function;
  row["package"] = program.package;
  row["source"] = program.source;
}

/// `passes` is the list that `text` is the result of; empty for none.
std::string pretrain_row(const FunctionProgram& program, const char* kind, const std::string& text,
                         const std::string& passes) {
  OrderedJson row = {{"task", "pretrain"}, {"kind", kind}, {"text", text}};
  if (!passes.empty()) row["passes"] = passes;
  add_origin(row, program);
  return to_line(row);
}

std::string task_row(const FunctionProgram& program, const char* task, const std::string& prompt,
                     const std::string& completion) {
  OrderedJson row = {{"task", task}, {"prompt", prompt}, {"completion", completion}};
  add_origin(row, program);
  return to_line(row);
}

/// The lists of `count` draws, each once; equal for equal programs and seeds.
std::vector<std::string> drawn_lists(const FunctionProgram& program, const DatasetOptions& options,
                                     std::size_t count) {
  Random random(program.id.low ^ options.corpus.seed);
  std::vector<std::string> drawn;
  for (std::size_t i = 0; i < count; ++i) {
    std::string list = random_list(*options.alphabet, options.longest_list, random).to_string();
    if (std::ranges::find(drawn, list) == drawn.end()) drawn.push_back(std::move(list));
  }
  return drawn;
}

Result<std::string> pretrain_rows(const FunctionProgram& program, const DatasetOptions& options,
                                  const CorpusCompiler& compiler, Care care) {
  std::string rows = pretrain_row(program, "ir", program.text, "");
  std::set<std::string> known = {program.text};
  const auto add_optimised = [&](const std::string& text, const std::string& list) {
    if (known.insert(text).second) rows += pretrain_row(program, "ir-optimised", text, list);
  };
  LLMC_TRY(const OzCode oz, oz_code(program, compiler));
  add_optimised(oz.text, k_oz);
  rows += pretrain_row(program, "asm", oz.assembly, k_oz);
  for (const char* list : {"default<O1>", "default<O2>", "default<O3>"}) {
    LLMC_TRY(const std::string text, text_after(program, list, compiler));
    add_optimised(text, list);
  }
  for (const std::string& list : drawn_lists(program, options, options.pretrain_lists)) {
    // A drawn list may be the death of LLVM.
    const auto text =
        run_with(care, options.corpus, [&] { return text_after(program, list, compiler); });
    if (text)
      add_optimised(*text, list);
    else
      rows += skip(skip_reason(text.error()));
  }
  return rows;
}

/// The IR that says least and still compiles to `oz.assembly`.
Result<std::string> plainest_text(const FunctionProgram& program, const OzCode& oz,
                                  const CorpusCompiler& compiler) {
  for (const Forget what : {Forget::flags, Forget::attributes}) {
    LLMC_TRY(IrModule module, read_normal(oz.text, program.function));
    forget(module, what);
    LLMC_TRY(const std::string text, normal_text(module));
    LLMC_TRY(IrModule seen, read_normal(text, program.function));
    LLMC_TRY(const std::string assembly, compiler.assembly(std::move(seen)));
    if (assembly == oz.assembly) return text;
  }
  return oz.text;
}

Result<std::string> lift_rows(const FunctionProgram& program, const DatasetOptions& options,
                              const CorpusCompiler& compiler) {
  LLMC_TRY(const OzCode oz, oz_code(program, compiler));
  if (oz.assembly.size() > options.corpus.cut.most_bytes) return skip("assembly too long");
  LLMC_TRY(const std::string text, plainest_text(program, oz, compiler));
  return task_row(program, "lift", disassembly_prompt(oz.assembly),
                  to_string(DisassemblyAnswer{text}));
}

Result<std::string> emulate_list(const FunctionProgram& program, EmulationPrompt prompt,
                                 const CorpusCompiler& compiler, std::size_t most_bytes) {
  LLMC_TRY(const Emulated made, emulate(program, prompt.passes, compiler));
  std::string rows;
  for (const CodeKind kind : {CodeKind::ir, CodeKind::assembly}) {
    prompt.wanted = kind;
    const EmulationAnswer& answer = kind == CodeKind::ir ? made.ir : made.assembly;
    const char* task = kind == CodeKind::ir ? "emulate-ir" : "emulate-asm";
    rows += answer.code.size() > most_bytes
                ? skip("output too long")
                : task_row(program, task, to_string(prompt), to_string(answer));
  }
  return rows;
}

Result<std::string> emulate_rows(const FunctionProgram& program, const DatasetOptions& options,
                                 const CorpusCompiler& compiler, Care care) {
  LLMC_TRY(const IrModule input, compiler.optimise(program, ""));
  EmulationPrompt prompt{CodeKind::ir, "", program.text, input.instruction_count(), 0};
  LLMC_TRY(prompt.binary_size, compiler.size(input));
  std::string rows;
  for (const std::string& list : drawn_lists(program, options, options.lists)) {
    prompt.passes = list;
    // A drawn list may be the death of LLVM.
    const auto made = run_with(care, options.corpus, [&] {
      return emulate_list(program, prompt, compiler, options.corpus.cut.most_bytes);
    });
    rows += made ? *made : skip(skip_reason(made.error()));
  }
  return rows;
}

Result<std::string> flags_rows(const FunctionProgram& program, const DatasetOptions& options,
                               const CorpusCompiler& compiler) {
  const auto found = options.labels->by_program.find(program.id);
  if (found == options.labels->by_program.end()) return skip("no label");
  const Label& label = found->second;
  LLMC_TRY(const IrModule input, compiler.optimise(program, ""));
  FlagTuningAnswer answer;
  LLMC_TRY(answer.unoptimised_size, compiler.size(input));
  if (!label.list.empty()) {
    auto list = PassList::parse(label.list, *options.catalogue);
    if (!list) return skip("label is no pass list");
    LLMC_TRY(const IrModule optimised, compiler.optimise(program, label.list));
    LLMC_TRY(answer.optimised_size, compiler.size(optimised));
    if (answer.optimised_size != label.binary_size) return skip("label of another size");
    answer.list = std::move(*list);
    if (options.with_code) {
      LLMC_TRY(answer.code, normal_text(optimised));
    }
  }
  return task_row(program, "flags", flag_tuning_prompt(program.text), to_string(answer));
}

constexpr std::size_t k_told_sizes = 24;  ///< in an answer

Result<std::string> respond_rows(const FunctionProgram& program, const DatasetOptions& options) {
  const auto found = options.log_ratios->find(program.id);
  if (found == options.log_ratios->end()) return skip("no sizes");
  const std::vector<double>& ratios = found->second;
  LLMC_TRY(const IrModule module, read_normal(program.text, program.function));
  const std::string sketch = sketch_of(module);
  return task_row(program, "respond", response_prompt(sketch),
                  std::to_string(options.classes->nearest(ratios))) +
         task_row(program, "sizes", sizes_prompt(sketch), told_sizes(ratios));
}

/// Runs in a child.
Result<std::string> rows_of(const FunctionProgram& program, const DatasetOptions& options,
                            Care care) {
  LLMC_TRY(const CorpusCompiler compiler, CorpusCompiler::create(target_of_normal(program.text)));
  switch (options.kind) {
    case DatasetKind::emulate:
      return emulate_rows(program, options, compiler, care);
    case DatasetKind::flags:
      return flags_rows(program, options, compiler);
    case DatasetKind::lift:
      return lift_rows(program, options, compiler);
    case DatasetKind::respond:
      return respond_rows(program, options);
    case DatasetKind::pretrain:
      break;
  }
  return pretrain_rows(program, options, compiler, care);
}

/// Sorts a child's lines into rows, which it returns, and skips.
std::string take_rows(std::string_view lines, std::size_t sampled, DatasetCounts& counts) {
  std::string rows;
  while (!lines.empty()) {
    const std::string line(take_line(lines));
    if (line.starts_with(k_skip)) {
      ++counts.skipped[line.substr(1)];
      continue;
    }
    const OrderedJson row = OrderedJson::parse(line);
    ++counts.rows[row.value("kind", row.value("task", ""))];
    counts.bytes += line.size() + 1;
    std::string text =
        row.value("text", "") + row.value("prompt", "") + row.value("completion", "");
    counts.text_bytes += text.size();
    if (sampled > 0) counts.sample.emplace(Digest::of(line), std::move(text));
    if (counts.sample.size() > sampled) counts.sample.erase(std::prev(counts.sample.end()));
    rows += line + '\n';
  }
  return rows;
}

}  // namespace

std::string told_sizes(const std::vector<double>& log_ratios) {
  const std::size_t told = std::min(log_ratios.size(), k_told_sizes);
  return sizes_answer({log_ratios.begin(), log_ratios.begin() + static_cast<long>(told)});
}

DatasetKind dataset_kind(std::string_view name) {
  return name == "emulate"   ? DatasetKind::emulate
         : name == "flags"   ? DatasetKind::flags
         : name == "lift"    ? DatasetKind::lift
         : name == "respond" ? DatasetKind::respond
                             : DatasetKind::pretrain;
}

std::vector<std::string> DatasetCounts::sampled_texts() const {
  std::vector<std::string> texts;
  for (const auto& [hash, text] : sample) texts.push_back(text);
  return texts;
}

Result<DatasetCounts> write_dataset(const std::vector<FunctionProgram>& programs,
                                    const DatasetOptions& options, RowFile& file,
                                    const CorpusProgress& progress) {
  DatasetCounts counts;
  std::size_t done = 0;
  LLMC_CHECK(run_on_programs(
      programs.size(), options.corpus,
      [&](std::size_t i, Care care) { return rows_of(programs[i], options, care); },
      [&](const ChildResult& result) -> Result<void> {
        progress(++done, programs.size());
        if (result.bytes) return file.add(take_rows(*result.bytes, options.sampled, counts));
        ++counts.skipped[skip_reason(result.bytes.error())];
        return {};
      }));
  return counts;
}

}  // namespace llmc
