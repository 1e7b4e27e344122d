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
  LLMC_TRY(const CorpusCompiler compiler, CorpusCompiler::create());
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

/// Sizes of one program; the first is that of -Oz.
struct Sizes {
  const FunctionProgram* program = nullptr;
  std::vector<std::optional<std::uint64_t>> of;
};

Sizes parse_sizes(const FunctionProgram& program, const std::string& text) {
  Sizes sizes{&program, {}};
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    sizes.of.push_back(line == "-" ? std::nullopt : std::optional(std::stoull(line)));
  return sizes;
}

/// The lists' indices, best first.
std::vector<std::size_t> greedy_order(const std::vector<Sizes>& table, std::size_t lists) {
  RatioTable ratios;
  for (const Sizes& sizes : table) {
    std::vector<double>& row = ratios.emplace_back();
    for (std::size_t i = 1; i <= lists; ++i)
      row.push_back(sizes.of[i] ? log_ratio(*sizes.of[i], *sizes.of[0])
                                : std::numeric_limits<double>::quiet_NaN());
  }
  return choose_greedily(ratios, lists);
}

Label choose(const Sizes& sizes, const std::vector<std::size_t>& order,
             const std::vector<std::string>& lists) {
  Label label{"", *sizes.of[0], *sizes.of[0]};
  for (const std::size_t i : order) {
    const auto& size = sizes.of[i + 1];
    if (!size || *size >= label.binary_size) continue;
    label.list = lists[i];
    label.binary_size = *size;
  }
  return label;
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
  Labels labels;
  std::istringstream lines(text);
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    try {
      read_label(Json::parse(line), labels);
    } catch (const Json::exception&) {
      return fail(fmt::format("{}:{}: not a row of llmc tune --json", path.string(), number));
    }
  }
  return labels;
}

Result<Labels> choose_labels(const std::vector<FunctionProgram>& programs,
                             const std::vector<std::string>& lists, const CorpusOptions& options,
                             const CorpusProgress& progress) {
  Labels labels;
  std::vector<Sizes> table;
  std::size_t done = 0;
  LLMC_CHECK(run_on_programs(
      programs.size(), options,
      [&](std::size_t i, Care care) { return sizes_of(programs[i], lists, options, care); },
      [&](const ChildResult& result) -> Result<void> {
        progress(++done, programs.size());
        if (result.bytes)
          table.push_back(parse_sizes(programs[result.tag], *result.bytes));
        else
          ++labels.skipped[skip_reason(result.bytes.error())];
        return {};
      }));
  const std::vector<std::size_t> order = greedy_order(table, lists.size());
  for (const Sizes& sizes : table)
    labels.by_program[sizes.program->id] = choose(sizes, order, lists);
  return labels;
}

}  // namespace llmc
