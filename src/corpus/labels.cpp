#include "corpus/labels.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <sstream>

#include "corpus/compiler.h"
#include "corpus/row_file.h"
#include "ir/normal_form.h"
#include "toolchain/program.h"
#include "tune/portfolio.h"

namespace llmc {
namespace {

using Json = nlohmann::json;

double log_ratio(std::uint64_t after, std::uint64_t before) {
  return before == 0 ? 0 : std::log(static_cast<double>(after) / static_cast<double>(before));
}

/// The digest that 32 hexadecimal digits stand for.
std::optional<Digest> parse_digest(const std::string& hex) {
  if (hex.size() != 32 || hex.find_first_not_of("0123456789abcdef") != hex.npos)
    return std::nullopt;
  return Digest{std::stoull(hex.substr(0, 16), nullptr, 16),
                std::stoull(hex.substr(16), nullptr, 16)};
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

Label choose(const MeasuredSizes& sizes, const std::vector<std::size_t>& order,
             const std::vector<std::string>& lists) {
  Label label{"", sizes.baseline, sizes.baseline};
  for (const std::size_t i : order) {
    const auto& size = sizes.with[i];
    if (!size || *size >= label.binary_size) continue;
    label.list = lists[i];
    label.binary_size = *size;
  }
  return label;
}

constexpr std::string_view k_magic = "llmc-labels 1";

/// Reads what write_labels wrote.
Result<Labels> parse_label_file(const std::string& text, const std::string& name) {
  Labels labels;
  std::vector<std::string> lists;
  std::istringstream lines(text);
  std::string line;
  std::size_t number = 0;
  const auto wrong = [&](const char* what) {
    return fail(fmt::format("{}:{}: {}", name, number, what));
  };
  bool complete = false;
  while (std::getline(lines, line)) {
    ++number;
    if (number == 1 || line.starts_with("toolchain ")) continue;
    if (line.starts_with("list ")) {
      lists.push_back(line.substr(5));
      continue;
    }
    if (line.starts_with("end ")) {
      complete = line.substr(4) == std::to_string(labels.by_program.size());
      break;
    }
    std::istringstream words(line);
    std::string id;
    std::string list;
    Label label;
    words >> id >> label.baseline >> label.binary_size >> list;
    const auto program = parse_digest(id);
    if (!program || words.fail()) return wrong("no label; expected ID BASELINE SIZE LIST");
    if (list != "-") {
      std::size_t index = lists.size();
      std::from_chars(list.data(), list.data() + list.size(), index);
      if (index >= lists.size()) return wrong("names a list that is not there");
      label.list = lists[index];
    }
    labels.by_program[*program] = label;
  }
  if (!complete) return fail(name + ": truncated; make it again");
  return labels;
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

std::size_t Labels::improved() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      by_program, [](const auto& each) { return !each.second.list.empty(); }));
}

double Labels::gain() const {
  double sum = 0;
  for (const auto& [id, label] : by_program) sum += log_ratio(label.binary_size, label.baseline);
  return by_program.empty() ? 0 : 1 - std::exp(sum / static_cast<double>(by_program.size()));
}

Result<Labels> read_labels(const std::filesystem::path& path) {
  LLMC_TRY(const std::string text, read_rows(path));
  return text.starts_with(k_magic) ? parse_label_file(text, path.string())
                                   : parse_tune_rows(text, path.string());
}

Result<void> write_labels(const Labels& labels, const std::filesystem::path& path) {
  std::map<std::string, std::size_t> lists;
  for (const auto& [id, label] : labels.by_program)
    if (!label.list.empty()) lists.try_emplace(label.list, 0);
  std::string text = fmt::format("{}\ntoolchain {}\n", k_magic, toolchain_version());
  std::size_t number = 0;
  for (auto& [list, index] : lists) {
    index = number++;
    text += fmt::format("list {}\n", list);
  }
  for (const auto& [id, label] : labels.by_program)
    text += fmt::format("{} {} {} {}\n", id.hex(), label.baseline, label.binary_size,
                        label.list.empty() ? "-" : std::to_string(lists.at(label.list)));
  text += fmt::format("end {}\n", labels.by_program.size());
  LLMC_TRY(RowFile file, RowFile::create(path));
  LLMC_CHECK(file.add(text));
  return file.finish();
}

std::vector<std::size_t> greedy_order(const std::vector<MeasuredSizes>& table, std::size_t count) {
  RatioTable ratios;
  for (const MeasuredSizes& sizes : table) {
    std::vector<double>& row = ratios.emplace_back();
    for (const auto& size : sizes.with)
      row.push_back(size ? log_ratio(*size, sizes.baseline)
                         : std::numeric_limits<double>::quiet_NaN());
  }
  return choose_greedily(ratios, count);
}

Labels choose_smallest(const std::vector<MeasuredSizes>& table,
                       const std::vector<std::string>& lists,
                       const std::vector<std::size_t>& order) {
  Labels labels;
  for (const MeasuredSizes& sizes : table)
    labels.by_program[sizes.program] = choose(sizes, order, lists);
  return labels;
}

Result<Labels> choose_labels(const std::vector<FunctionProgram>& programs,
                             const std::vector<std::string>& lists, const CorpusOptions& options,
                             const CorpusProgress& progress) {
  std::map<std::string, std::uint64_t> skipped;
  std::vector<MeasuredSizes> table;
  std::size_t done = 0;
  LLMC_CHECK(run_on_programs(
      programs.size(), options,
      [&](std::size_t i, Care care) { return sizes_of(programs[i], lists, options, care); },
      [&](const ChildResult& result) -> Result<void> {
        progress(++done, programs.size());
        if (result.bytes)
          table.push_back(parse_sizes(programs[result.tag], *result.bytes));
        else
          ++skipped[skip_reason(result.bytes.error())];
        return {};
      }));
  Labels labels = choose_smallest(table, lists, greedy_order(table, lists.size()));
  labels.skipped = std::move(skipped);
  return labels;
}

}  // namespace llmc
