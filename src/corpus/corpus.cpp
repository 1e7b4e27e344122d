#include "corpus/corpus.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <unordered_set>

#include "corpus/row_file.h"

namespace llmc {
namespace {

using OrderedJson = nlohmann::ordered_json;

/// Runs in a child: the unit's functions as a JSON array.
Result<std::string> describe_unit(const Input& input, const CorpusOptions& options) {
  LLMC_TRY(const std::string bitcode, unit_bitcode(input));
  LLMC_TRY(const IrModule module, IrModule::parse(bitcode, input.name, ValueNames::discard));
  OrderedJson functions = OrderedJson::array();
  const auto take = [&](const CutFunction& cut) {
    functions.push_back(cut.skip.empty() ? OrderedJson{{"function", cut.name},
                                                       {"text", cut.text},
                                                       {"plain", cut.module->text().size()}}
                                         : OrderedJson{{"skip", cut.skip}});
  };
  LLMC_CHECK(cut_unit(bitcode, module, options.cut, take));
  return functions.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
}

/// Programs as they come in, the known ones left out.
class Collector {
 public:
  Collector(const CorpusOptions& options, Corpus& corpus) : options_(options), corpus_(corpus) {}

  void leave_out(const Digest& id) { unwanted_.insert(id); }

  /// `row` is one of describe_function's.
  void add(const OrderedJson& row, const CorpusUnit& unit) {
    ++corpus_.counts.functions;
    if (row.contains("skip")) {
      ++corpus_.counts.skipped[row["skip"].get<std::string>()];
      return;
    }
    FunctionProgram program{{}, row["function"], unit.package, unit.source, row["text"]};
    if (add(std::move(program))) {
      corpus_.counts.plain_bytes += row["plain"].get<std::uint64_t>();
      corpus_.counts.normal_bytes += corpus_.programs.back().text.size();
    }
  }

  /// A row of a file, which may be about something else.
  void add(const OrderedJson& row) {
    if (row.value("kind", "") != "ir") return;
    ++corpus_.counts.functions;
    FunctionProgram program{
        {}, row.at("function"), row.at("package"), row.at("source"), row.at("text")};
    if (program.text.size() > options_.cut.most_bytes)
      ++corpus_.counts.skipped["too long"];
    else if (program.text.size() < options_.cut.least_bytes)
      ++corpus_.counts.skipped["too short"];
    else
      add(std::move(program));
  }

 private:
  bool add(FunctionProgram program) {
    program.id = Digest::of(program.text);
    const bool unwanted = unwanted_.contains(program.id);
    if (unwanted || !known_.insert(program.id).second) {
      ++corpus_.counts.skipped[unwanted ? "in the other data set" : "duplicate"];
      return false;
    }
    corpus_.programs.push_back(std::move(program));
    return true;
  }

  const CorpusOptions& options_;
  Corpus& corpus_;
  std::unordered_set<Digest> known_;
  std::unordered_set<Digest> unwanted_;
};

Result<void> for_each_row(const std::filesystem::path& path,
                          const std::function<void(const OrderedJson&)>& use) {
  return for_each_line(path, [&](std::size_t number, std::string_view line) -> Result<void> {
    try {
      use(OrderedJson::parse(line));
    } catch (const OrderedJson::exception&) {
      return fail(fmt::format("{}:{}: not a row of a data set", path.string(), number));
    }
    return {};
  });
}

}  // namespace

void sample_programs(std::vector<FunctionProgram>& programs, std::size_t most, std::uint64_t seed) {
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

namespace {

/// Programs that a child works on.
constexpr std::size_t k_programs_per_child = 16;

/// Results of several programs as one text: of each "+LENGTH\nBYTES", or "-LENGTH\nMESSAGE".
std::string pack(const Result<std::string>& result) {
  const std::string& bytes = result ? *result : result.error().message;
  return fmt::format("{}{}\n{}", result ? '+' : '-', bytes.size(), bytes);
}

/// Takes the first result off the front of `text`.
Result<std::string> unpack(std::string_view& text) {
  const bool good = text.starts_with('+');
  const std::size_t end = text.find('\n');
  std::size_t size = 0;
  std::from_chars(text.data() + 1, text.data() + end, size);
  const std::string bytes(text.substr(end + 1, size));
  text.remove_prefix(end + 1 + size);
  if (good) return bytes;
  return fail(bytes);
}

}  // namespace

Result<void> run_on_programs(std::size_t count, const CorpusOptions& options,
                             const std::function<Result<std::string>(std::size_t, Care)>& work,
                             const std::function<Result<void>(const ChildResult&)>& deliver) {
  const std::size_t chunks = (count + k_programs_per_child - 1) / k_programs_per_child;
  const auto first_of = [](std::size_t chunk) { return chunk * k_programs_per_child; };
  const auto size_of = [&](std::size_t chunk) {
    return std::min(k_programs_per_child, count - first_of(chunk));
  };
  const auto work_on_chunk = [&](std::size_t chunk) -> Result<std::string> {
    std::string results;
    for (std::size_t i = 0; i < size_of(chunk); ++i)
      results += pack(work(first_of(chunk) + i, Care::several));
    return results;
  };
  const auto deliver_chunk = [&](const ChildResult& result) -> Result<void> {
    const std::size_t first = first_of(result.tag);
    if (!result.bytes)
      return run_in_children(
          size_of(result.tag), options, [&](std::size_t i) { return work(first + i, Care::alone); },
          [&](const ChildResult& one) {
            return deliver({first + one.tag, one.outcome, one.bytes, one.seconds});
          });
    std::string_view text = *result.bytes;
    for (std::size_t i = 0; i < size_of(result.tag); ++i) {
      LLMC_CHECK(deliver({first + i, Outcome::ok, unpack(text), 0}));
    }
    return {};
  };
  return run_in_children(chunks, options, work_on_chunk, deliver_chunk);
}

Result<Corpus> collect_programs(const CorpusSources& sources, const CorpusOptions& options,
                                const CorpusProgress& progress) {
  Corpus corpus;
  Collector collector(options, corpus);
  for (const auto& path : sources.without) {
    LLMC_CHECK(for_each_row(path, [&](const OrderedJson& row) {
      if (row.value("kind", "") == "ir")
        collector.leave_out(Digest::of(row.at("text").get<std::string>()));
    }));
  }
  for (const auto& path : sources.row_files) {
    LLMC_CHECK(for_each_row(path, [&](const OrderedJson& row) { collector.add(row); }));
  }
  const std::vector<CorpusUnit>& units = sources.units;
  LLMC_CHECK(run_in_children(
      units.size(), options, [&](std::size_t i) { return describe_unit(units[i].input, options); },
      [&](const ChildResult& result) -> Result<void> {
        const CorpusUnit& unit = units[result.tag];
        ++corpus.counts.units;
        progress(corpus.counts.units, units.size());
        if (result.bytes) {
          for (const OrderedJson& row : OrderedJson::parse(*result.bytes)) collector.add(row, unit);
          return {};
        }
        ++corpus.counts.failed_units;
        const std::string& why = result.bytes.error().message;
        corpus.failures.push_back(why.starts_with(unit.input.name) ? why
                                                                   : unit.input.name + ": " + why);
        return {};
      }));
  sample_programs(corpus.programs, options.most_programs, options.seed);
  return corpus;
}

}  // namespace llmc
