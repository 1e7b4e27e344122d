#include "corpus/labels.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <sstream>

#include "corpus/compiler.h"
#include "corpus/row_file.h"
#include "ir/normal_form.h"
#include "support/numbers.h"
#include "toolchain/program.h"
#include "tune/portfolio.h"

namespace llmc {
namespace {

using Json = nlohmann::json;

double log_ratio(std::uint64_t after, std::uint64_t before) {
  return before == 0 ? 0 : std::log(static_cast<double>(after) / static_cast<double>(before));
}

RatioTable ratios_of(const std::vector<MeasuredSizes>& programs) {
  RatioTable ratios;
  for (const MeasuredSizes& sizes : programs) {
    std::vector<double>& row = ratios.emplace_back();
    for (const auto& size : sizes.with)
      row.push_back(size ? log_ratio(*size, sizes.baseline)
                         : std::numeric_limits<double>::quiet_NaN());
  }
  return ratios;
}

void read_label(const Json& row, Labels& labels) {
  if (row.value("type", "") != "program") return;
  const auto id =
      parse_digest(std::filesystem::path(row.at("name").get<std::string>()).stem().string());
  if (!id) {
    ++labels.skipped["of another file"];
    return;
  }
  if (row.contains("error")) {
    ++labels.skipped["search failed"];
    return;
  }
  const bool improved = row.at("improved").get<bool>();
  if (improved && row.value("gate", "") != "sound") {
    ++labels.skipped["list is not gated"];
    return;
  }
  const auto best = row.at("best").at("binary_size").get<std::uint64_t>();
  const auto baseline = row.at("baseline").at("binary_size").get<std::uint64_t>();
  // A list that only equals -Oz teaches nothing that -Oz does not.
  const bool smaller = improved && best < baseline;
  labels.by_program[*id] = {smaller ? row.at("list").get<std::string>() : "",
                            smaller ? best : baseline, baseline};
}

/// Runs in a child: the size with clang's -Oz and with each list, one a line; "-" for failures.
Result<std::string> sizes_of(const FunctionProgram& program, const std::vector<std::string>& lists,
                             const CorpusOptions& options, Care care) {
  LLMC_TRY(const CorpusCompiler compiler, CorpusCompiler::create(target_of_normal(program.text)));
  LLMC_TRY(const IrModule baseline, compiler.optimise_as_clang(program));
  LLMC_TRY(const std::uint64_t size, compiler.size(baseline));
  std::string text = fmt::format("{}\n", size);
  for (const std::string& list : lists) {
    // A list that was sound elsewhere can still be the death of LLVM here.
    const auto made = run_with(care, options, [&]() -> Result<std::string> {
      LLMC_TRY(const IrModule module, compiler.optimise(program, list));
      LLMC_TRY(const std::uint64_t bytes, compiler.size(module));
      return std::to_string(bytes);
    });
    text += made.value_or("-") + "\n";
  }
  return text;
}

MeasuredSizes parse_sizes(const FunctionProgram& program, const std::string& text) {
  MeasuredSizes sizes{program.id, 0, {}};
  std::istringstream lines(text);
  std::string line;
  std::getline(lines, line);
  sizes.baseline = std::stoull(line);
  while (std::getline(lines, line))
    sizes.with.push_back(line == "-" ? std::nullopt : std::optional(std::stoull(line)));
  return sizes;
}

Label choose(const MeasuredSizes& sizes, const std::vector<std::string>& lists) {
  Label label{"", sizes.baseline, sizes.baseline};
  for (std::size_t i = 0; i < lists.size(); ++i) {
    const auto& size = sizes.with[i];
    if (!size || *size >= label.binary_size) continue;
    label.list = lists[i];
    label.binary_size = *size;
  }
  return label;
}

constexpr std::string_view k_magic = "llmc-labels 1";
/// No program is larger.
constexpr std::int64_t k_most_bytes = std::int64_t{1} << 40;

/// A line of the file.
std::string print_sizes(const MeasuredSizes& sizes) {
  std::vector<std::string> changes;
  for (const auto& size : sizes.with)
    changes.push_back(size ? std::to_string(static_cast<std::int64_t>(*size) -
                                            static_cast<std::int64_t>(sizes.baseline))
                           : "x");
  return fmt::format("{} {}{}\n", sizes.program.hex(), sizes.baseline, print_repeated(changes));
}

/// Reads a line of the file; nothing if it is none for so many lists.
std::optional<MeasuredSizes> parse_size_line(const std::string& line, std::size_t lists) {
  std::istringstream words(line);
  std::string id;
  MeasuredSizes sizes;
  words >> id >> sizes.baseline;
  const auto program = parse_digest(id);
  if (!program || words.fail() || sizes.baseline > static_cast<std::uint64_t>(k_most_bytes))
    return std::nullopt;
  sizes.program = *program;
  std::string rest;
  std::getline(words, rest);
  const auto changes = parse_repeated(rest, lists);
  if (!changes || changes->size() != lists) return std::nullopt;
  const auto baseline = static_cast<std::int64_t>(sizes.baseline);
  for (const std::string& change : *changes) {
    std::int64_t more = 0;
    if (change == "x") {
      sizes.with.push_back(std::nullopt);
      continue;
    }
    if (!parse_number(change, more) || more < -baseline || more > k_most_bytes) return std::nullopt;
    sizes.with.push_back(static_cast<std::uint64_t>(baseline + more));
  }
  return sizes;
}

Result<SizeTable> parse_size_table(const std::string& text, const std::string& name) {
  SizeTable table;
  std::istringstream lines(text);
  std::string line;
  bool complete = false;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    if (number == 1 || line.starts_with("toolchain ")) continue;
    if (line.starts_with("list ")) {
      table.lists.push_back(line.substr(5));
    } else if (line.starts_with("end ")) {
      complete = line.substr(4) == std::to_string(table.programs.size());
      break;
    } else {
      auto sizes = parse_size_line(line, table.lists.size());
      if (!sizes)
        return fail(fmt::format("{}:{}: no sizes of a program; expected ID BASELINE CHANGE...",
                                name, number));
      table.programs.push_back(std::move(*sizes));
    }
  }
  if (!complete) return fail(name + ": truncated; make it again");
  return table;
}

Result<Labels> parse_tune_rows(const std::string& text, const std::string& name) {
  Labels labels;
  std::istringstream lines(text);
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    try {
      read_label(Json::parse(line), labels);
    } catch (const Json::exception&) {
      return fail(fmt::format("{}:{}: not a row of llmc tune --json", name, number));
    }
  }
  return labels;
}

}  // namespace

std::optional<Digest> parse_digest(const std::string& hex) {
  if (hex.size() != 32 || hex.find_first_not_of("0123456789abcdef") != hex.npos)
    return std::nullopt;
  return Digest{std::stoull(hex.substr(0, 16), nullptr, 16),
                std::stoull(hex.substr(16), nullptr, 16)};
}

std::size_t Labels::improved() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      by_program, [](const auto& each) { return !each.second.list.empty(); }));
}

double Labels::gain() const {
  double sum = 0;
  for (const auto& [id, label] : by_program) sum += log_ratio(label.binary_size, label.baseline);
  return by_program.empty() ? 0 : 1 - std::exp(sum / static_cast<double>(by_program.size()));
}

void SizeTable::put_first(const std::vector<std::size_t>& order) {
  std::vector<std::size_t> all = order;
  for (std::size_t i = 0; i < lists.size(); ++i)
    if (std::ranges::find(order, i) == order.end()) all.push_back(i);
  const auto reorder = [&](auto& row) {
    auto moved = row;
    for (std::size_t i = 0; i < all.size(); ++i) moved[i] = std::move(row[all[i]]);
    row = std::move(moved);
  };
  reorder(lists);
  for (MeasuredSizes& each : programs) reorder(each.with);
}

void SizeTable::keep(const std::vector<std::size_t>& order) {
  put_first(order);
  lists.resize(order.size());
  for (MeasuredSizes& each : programs) each.with.resize(order.size());
}

Labels SizeTable::labels() const {
  Labels labels;
  for (const MeasuredSizes& sizes : programs)
    labels.by_program[sizes.program] = choose(sizes, lists);
  return labels;
}

Result<void> write_size_table(SizeTable table, const std::filesystem::path& path) {
  std::ranges::sort(table.programs, {}, &MeasuredSizes::program);
  LLMC_TRY(RowFile file, RowFile::create(path));
  LLMC_CHECK(file.add(fmt::format("{}\ntoolchain {}\n", k_magic, toolchain_version())));
  for (const std::string& list : table.lists) {
    LLMC_CHECK(file.add(fmt::format("list {}\n", list)));
  }
  for (const MeasuredSizes& sizes : table.programs) {
    LLMC_CHECK(file.add(print_sizes(sizes)));
  }
  LLMC_CHECK(file.add(fmt::format("end {}\n", table.programs.size())));
  return file.finish();
}

Result<SizeTable> read_size_table(const std::filesystem::path& path) {
  LLMC_TRY(const std::string text, read_rows(path));
  if (!text.starts_with(k_magic)) return fail(path.string() + ": no labels of llmc");
  return parse_size_table(text, path.string());
}

Result<Labels> read_labels(const std::filesystem::path& path, const PassCatalogue& catalogue) {
  LLMC_TRY(const std::string text, read_rows(path));
  if (!text.starts_with(k_magic)) return parse_tune_rows(text, path.string());
  LLMC_TRY(SizeTable table, parse_size_table(text, path.string()));
  keep_trusted(table, catalogue);
  return table.labels();
}

RatioTable SizeTable::log_ratios() const { return ratios_of(programs); }

void keep_trusted(SizeTable& table, const PassCatalogue& catalogue) {
  std::vector<std::size_t> trusted;
  for (std::size_t i = 0; i < table.lists.size(); ++i) {
    const auto list = PassList::parse(table.lists[i], catalogue);
    if (list && list->tier(catalogue) <= PassTier::trusted) trusted.push_back(i);
  }
  table.keep(trusted);
}

Result<SizeTable> join_tables(const SizeTable& known, const SizeTable& more) {
  std::vector<std::size_t> fresh;
  SizeTable joined{known.lists, {}};
  for (std::size_t i = 0; i < more.lists.size(); ++i)
    if (std::ranges::find(known.lists, more.lists[i]) == known.lists.end()) {
      fresh.push_back(i);
      joined.lists.push_back(more.lists[i]);
    }
  std::unordered_map<Digest, const MeasuredSizes*> by_id;
  for (const MeasuredSizes& one : known.programs) by_id[one.program] = &one;
  for (const MeasuredSizes& one : more.programs) {
    const auto found = by_id.find(one.program);
    if (found == by_id.end()) continue;
    MeasuredSizes both = *found->second;
    if (both.baseline != one.baseline)
      return fail(
          fmt::format("program {} has {} bytes at -Oz, and {} in the labels that were given; "
                      "they are of another compiler",
                      one.program.hex(), one.baseline, both.baseline));
    for (const std::size_t list : fresh) both.with.push_back(one.with[list]);
    joined.programs.push_back(std::move(both));
  }
  return joined;
}

Result<std::map<Digest, std::vector<double>>> log_ratios_with(SizeTable table,
                                                              const std::vector<std::string>& lists,
                                                              const std::string& name) {
  std::vector<std::size_t> order;
  for (const std::string& list : lists) {
    const auto found = std::ranges::find(table.lists, list);
    if (found == table.lists.end())
      return fail(
          fmt::format("{}: has no sizes with the list '{}' of the response classes; make both in "
                      "one run of llmc corpus label --steps choose",
                      name, list));
    order.push_back(static_cast<std::size_t>(found - table.lists.begin()));
  }
  table.keep(order);
  RatioTable ratios = table.log_ratios();
  std::map<Digest, std::vector<double>> by_program;
  for (std::size_t i = 0; i < ratios.size(); ++i)
    by_program[table.programs[i].program] = std::move(ratios[i]);
  return by_program;
}

std::vector<std::size_t> greedy_order(const std::vector<MeasuredSizes>& programs,
                                      std::size_t count) {
  return choose_greedily(ratios_of(programs), count);
}

Result<Labels> choose_labels(const std::vector<FunctionProgram>& programs,
                             const std::vector<std::string>& lists, const CorpusOptions& options,
                             const CorpusProgress& progress) {
  std::map<std::string, std::uint64_t> skipped;
  SizeTable table{lists, {}};
  std::size_t done = 0;
  LLMC_CHECK(run_on_programs(
      programs.size(), options,
      [&](std::size_t i, Care care) { return sizes_of(programs[i], lists, options, care); },
      [&](const ChildResult& result) -> Result<void> {
        progress(++done, programs.size());
        if (result.bytes)
          table.programs.push_back(parse_sizes(programs[result.tag], *result.bytes));
        else
          ++skipped[skip_reason(result.bytes.error())];
        return {};
      }));
  table.put_first(greedy_order(table.programs, lists.size()));
  Labels labels = table.labels();
  labels.skipped = std::move(skipped);
  return labels;
}

}  // namespace llmc
