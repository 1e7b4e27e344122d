#include "corpus/corpus.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <unordered_set>

#include "ir/normal_form.h"
#include "ir/split.h"
#include "support/files.h"

namespace llmc {
namespace {

using Json = nlohmann::ordered_json;

/// Unoptimised IR of the unit; clang runs below this process.
Result<std::string> unit_bitcode(const Input& input) {
  if (input.command) {
    LLMC_TRY(const FrontEnd front_end, FrontEnd::find());
    return front_end.unoptimised_bitcode(*input.command);
  }
  LLMC_TRY(const std::string bytes, read_file(input.name));
  LLMC_TRY(const IrModule module, IrModule::parse(bytes, input.name, ValueNames::discard));
  return module.bitcode();
}

/// One function's row, or why there is none.
Json describe_function(const std::string& bitcode, const std::string& function,
                       const CorpusOptions& options) {
  const auto module = extract_function(bitcode, function);
  if (!module) return {{"skip", "cannot be cut out"}};
  if (module->instruction_count() < options.least_instructions) return {{"skip", "trivial"}};
  auto text = normal_text(*module);
  if (!text) return {{"skip", "no normal form"}};
  if (text->size() > options.most_bytes) return {{"skip", "too long"}};
  if (text->size() < options.least_bytes) return {{"skip", "too short"}};
  if (auto again = read_normal(*text, function); !again)
    return {{"skip", "normal form does not parse"}};
  return {{"function", function}, {"text", *text}, {"plain", module->text().size()}};
}

/// Runs in a child: the unit's functions as a JSON array.
Result<std::string> describe_unit(const Input& input, const CorpusOptions& options) {
  LLMC_TRY(const std::string bitcode, unit_bitcode(input));
  LLMC_TRY(const IrModule module, IrModule::parse(bitcode, input.name, ValueNames::discard));
  Json functions = Json::array();
  for (const std::string& function : defined_functions(module))
    functions.push_back(describe_function(bitcode, function, options));
  return functions.dump(-1, ' ', false, Json::error_handler_t::replace);
}

void add_functions(const Json& functions, const CorpusUnit& unit, std::unordered_set<Digest>& known,
                   Corpus& corpus) {
  for (const Json& row : functions) {
    ++corpus.counts.functions;
    if (row.contains("skip")) {
      ++corpus.counts.skipped[row["skip"].get<std::string>()];
      continue;
    }
    FunctionProgram program;
    program.text = row["text"].get<std::string>();
    program.id = Digest::of(program.text);
    if (!known.insert(program.id).second) {
      ++corpus.counts.skipped["duplicate"];
      continue;
    }
    program.function = row["function"].get<std::string>();
    program.package = unit.package;
    program.source = unit.source;
    program.path = unit.input.name;
    corpus.counts.plain_bytes += row["plain"].get<std::uint64_t>();
    corpus.counts.normal_bytes += program.text.size();
    corpus.programs.push_back(std::move(program));
  }
}

/// Leaves the programs whose ids, hashed with the seed, are smallest, in their old order.
void sample(std::vector<FunctionProgram>& programs, std::size_t most, std::uint64_t seed) {
  if (most == 0 || programs.size() <= most) return;
  const auto rank = [&](const FunctionProgram& program) {
    return Digest::of(fmt::format("{}/{}", seed, program.id.hex()));
  };
  std::vector<Digest> ranks;
  for (const FunctionProgram& program : programs) ranks.push_back(rank(program));
  std::ranges::nth_element(ranks, ranks.begin() + static_cast<std::ptrdiff_t>(most));
  const Digest limit = ranks[most];
  std::erase_if(programs, [&](const FunctionProgram& each) { return rank(each) >= limit; });
}

}  // namespace

Result<void> run_in_children(std::size_t count, const CorpusOptions& options,
                             const std::function<Result<std::string>(std::size_t)>& work,
                             const std::function<Result<void>(const ChildResult&)>& deliver) {
  ChildPool pool(options.jobs, options.limits);
  std::map<std::size_t, ChildResult> waiting;
  // One slow item must not make all results behind it wait in memory.
  const std::size_t window = 16 + 4 * std::size_t{options.jobs};
  std::size_t next = 0;
  std::size_t started = 0;
  while (next < count) {
    if (options.interrupt != nullptr && *options.interrupt != 0)
      return fail("interrupted; nothing was written", ErrorKind::interrupted);
    if (started < count && started < next + window && pool.has_room()) {
      const std::size_t item = started++;
      LLMC_CHECK(pool.start(item, [&work, item] { return work(item); }));
      continue;
    }
    auto result = pool.wait();
    if (!result) continue;
    waiting.emplace(result->tag, std::move(*result));
    for (auto at = waiting.find(next); at != waiting.end(); at = waiting.find(++next)) {
      LLMC_CHECK(deliver(at->second));
      waiting.erase(at);
    }
  }
  return {};
}

Result<Corpus> collect_programs(const std::vector<CorpusUnit>& units, const CorpusOptions& options,
                                const CorpusProgress& progress) {
  Corpus corpus;
  std::unordered_set<Digest> known;
  LLMC_CHECK(run_in_children(
      units.size(), options, [&](std::size_t i) { return describe_unit(units[i].input, options); },
      [&](const ChildResult& result) -> Result<void> {
        const CorpusUnit& unit = units[result.tag];
        ++corpus.counts.units;
        progress(corpus.counts.units, units.size());
        if (result.bytes) {
          add_functions(Json::parse(*result.bytes), unit, known, corpus);
          return {};
        }
        ++corpus.counts.failed_units;
        const std::string& why = result.bytes.error().message;
        corpus.failures.push_back(why.starts_with(unit.input.name) ? why
                                                                   : unit.input.name + ": " + why);
        return {};
      }));
  sample(corpus.programs, options.most_programs, options.seed);
  return corpus;
}

}  // namespace llmc
