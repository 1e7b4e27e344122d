#include "corpus/dataset_check.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <unordered_set>

#include "corpus/made_code.h"
#include "ir/normal_form.h"
#include "tasks/answers.h"
#include "tasks/prompts.h"

namespace llmc {
namespace {

using OrderedJson = nlohmann::ordered_json;

/// Whether a row of pretraining says what the compiler says.
Result<std::string> check_pretrain(const OrderedJson& row, const FunctionProgram& program,
                                   const CorpusCompiler& compiler) {
  const std::string text = row.at("text");
  const std::string kind = row.at("kind");
  if (kind == "ir") {
    LLMC_TRY(const std::string again,
             text_after({{}, program.function, "", "", text}, "", compiler));
    return again == text ? "" : "is not in normal form";
  }
  if (program.text.empty()) return "stands without the program it was made from";
  if (kind == "asm") {
    LLMC_TRY(const OzCode oz, oz_code(program, compiler));
    return oz.assembly == text ? "" : "the compiler writes other assembly";
  }
  LLMC_TRY(const std::string again, text_after(program, row.at("passes"), compiler));
  return again == text ? "" : "the compiler makes other IR";
}

Result<std::string> check_emulation(const OrderedJson& row, FunctionProgram program,
                                    const CorpusCompiler& compiler) {
  LLMC_TRY(const EmulationPrompt prompt,
           parse_emulation_prompt(row.at("prompt").get<std::string>()));
  program.text = prompt.ir;
  LLMC_TRY(const IrModule input, compiler.optimise(program, ""));
  LLMC_TRY(const std::uint64_t size, compiler.size(input));
  if (size != prompt.binary_size || input.instruction_count() != prompt.instructions)
    return "the sizes in the prompt are others";
  LLMC_TRY(const Emulated made, emulate(program, prompt.passes, compiler));
  const EmulationAnswer& wanted = prompt.wanted == CodeKind::ir ? made.ir : made.assembly;
  return to_string(wanted) == row.at("completion") ? "" : "the compiler answers otherwise";
}

Result<std::string> check_flags(const OrderedJson& row, FunctionProgram program,
                                const PassCatalogue& catalogue, const CorpusCompiler& compiler) {
  LLMC_TRY(program.text, code_of_prompt(row.at("prompt").get<std::string>()));
  LLMC_TRY(const FlagTuningAnswer answer,
           FlagTuningAnswer::parse(row.at("completion").get<std::string>(), catalogue));
  LLMC_TRY(const IrModule input, compiler.optimise(program, ""));
  LLMC_TRY(const std::uint64_t before, compiler.size(input));
  if (before != answer.unoptimised_size) return "the size before is another";
  if (!answer.list) return "";
  LLMC_TRY(const IrModule oz, compiler.optimise_as_clang(program));
  LLMC_TRY(const std::uint64_t baseline, compiler.size(oz));
  LLMC_TRY(const IrModule optimised, compiler.optimise(program, answer.list->to_string()));
  LLMC_TRY(const std::uint64_t after, compiler.size(optimised));
  if (after != answer.optimised_size) return "the size after is another";
  if (after >= baseline) return "-Oz is as small";
  if (answer.code.empty()) return "";
  LLMC_TRY(const std::string code, normal_text(optimised));
  return code == answer.code ? "" : "the optimised code is another";
}

Result<std::string> check_lift(const OrderedJson& row, const FunctionProgram& program,
                               const CorpusCompiler& compiler) {
  LLMC_TRY(const std::string wanted, code_of_prompt(row.at("prompt").get<std::string>()));
  LLMC_TRY(const DisassemblyAnswer answer,
           DisassemblyAnswer::parse(row.at("completion").get<std::string>()));
  LLMC_TRY(IrModule module, read_normal(answer.ir, program.function));
  LLMC_TRY(const std::string assembly, compiler.assembly(std::move(module)));
  return assembly == wanted ? "" : "the IR compiles to other assembly";
}

/// Whether a row about responses says what the table of sizes says. The program itself is not in
/// the row, so its sketch is taken as it stands.
std::string check_response(const OrderedJson& row, const DatasetOptions& options) {
  if (options.classes == nullptr || options.log_ratios == nullptr)
    return "cannot be checked without the sizes that it is from";
  const auto id = parse_digest(row.at("program").get<std::string>());
  const auto found = id ? options.log_ratios->find(*id) : options.log_ratios->end();
  if (found == options.log_ratios->end()) return "is about a program without sizes";
  const std::vector<double>& ratios = found->second;
  const std::string wanted = row.at("task") == "respond"
                                 ? std::to_string(options.classes->nearest(ratios))
                                 : told_sizes(ratios);
  return row.at("completion") == wanted ? "" : "the sizes say otherwise";
}

/// What is wrong with a row; empty if nothing.
Result<std::string> check_row(const OrderedJson& row, const std::string& program_text,
                              const DatasetOptions& options) {
  const FunctionProgram program{{}, row.at("function"), "", "", program_text};
  const std::string task = row.at("task");
  std::string code = program_text;
  if (task == "lift") {
    LLMC_TRY(const DisassemblyAnswer answer,
             DisassemblyAnswer::parse(row.at("completion").get<std::string>()));
    code = answer.ir;
  } else if (task == "pretrain" && row.at("kind") == "ir") {
    code = row.at("text");
  }
  LLMC_TRY(const CorpusCompiler compiler, CorpusCompiler::create(target_of_normal(code)));
  if (task == "pretrain") return check_pretrain(row, program, compiler);
  if (task == "flags") return check_flags(row, program, *options.catalogue, compiler);
  if (task == "respond" || task == "sizes") return check_response(row, options);
  if (task == "lift") return check_lift(row, program, compiler);
  if (task.starts_with("emulate")) return check_emulation(row, program, compiler);
  return "is about no task that llmc knows";
}

/// A row that was drawn to be checked.
struct DrawnRow {
  std::size_t number;  ///< its line
  OrderedJson row;
  std::string program_text;  ///< of the program's "ir" row in the same file, if there is one
};

/// The rows whose hashes with the seed are smallest, in their order.
Result<std::vector<DrawnRow>> draw_rows(const std::filesystem::path& path, std::size_t most,
                                        std::uint64_t seed) {
  std::vector<std::pair<Digest, std::size_t>> ranks;
  LLMC_CHECK(for_each_line(path, [&](std::size_t number, std::string_view line) {
    ranks.emplace_back(Digest::of(fmt::format("{}/{}", seed, line)), number);
    return Result<void>();
  }));
  std::ranges::sort(ranks);
  if (most > 0 && ranks.size() > most) ranks.resize(most);
  std::unordered_set<std::size_t> wanted;
  for (const auto& [rank, number] : ranks) wanted.insert(number);
  std::vector<DrawnRow> drawn;
  std::map<std::string, std::string> texts;
  LLMC_CHECK(for_each_line(path, [&](std::size_t number, std::string_view line) -> Result<void> {
    const bool is_wanted = wanted.contains(number);
    // Programs' own rows stand in front of what was made of them.
    if (!is_wanted && !line.contains("\"kind\":\"ir\"")) return {};
    OrderedJson row = OrderedJson::parse(line, nullptr, false);
    if (!row.is_object() || !row.contains("task") || !row.contains("function"))
      return fail(fmt::format("{}:{}: not a row of a data set", path.string(), number));
    const std::string program = row.value("program", "");
    if (row.value("kind", "") == "ir") texts = {{program, row.value("text", "")}};
    if (is_wanted) drawn.push_back({number, std::move(row), texts[program]});
    return {};
  }));
  return drawn;
}

}  // namespace

Result<DatasetCheck> check_dataset(const std::filesystem::path& path, std::size_t most,
                                   const DatasetOptions& options, const CorpusProgress& progress) {
  LLMC_TRY(const std::vector<DrawnRow> drawn, draw_rows(path, most, options.corpus.seed));
  DatasetCheck check;
  const auto work = [&](std::size_t i, Care) -> Result<std::string> {
    try {
      return check_row(drawn[i].row, drawn[i].program_text, options);
    } catch (const OrderedJson::exception&) {
      return std::string("lacks a key");
    }
  };
  LLMC_CHECK(run_on_programs(
      drawn.size(), options.corpus, work, [&](const ChildResult& result) -> Result<void> {
        ++check.checked;
        progress(check.checked, drawn.size());
        const std::string wrong = result.bytes ? *result.bytes : result.bytes.error().message;
        if (!wrong.empty())
          check.wrong.push_back(
              fmt::format("{}:{}: {}", path.string(), drawn[result.tag].number, wrong));
        return {};
      }));
  return check;
}

}  // namespace llmc
