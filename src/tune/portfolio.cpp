#include "tune/portfolio.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "support/digest.h"
#include "support/files.h"
#include "support/text.h"
#include "toolchain/optimizer.h"

namespace llmc {
namespace {

constexpr std::string_view k_magic = "llmc-portfolio 1 ";

/// One list a line; `path` and `line`, the number of the first, are for messages.
Result<std::vector<PassList>> parse_lines(std::string_view body, std::size_t line,
                                          const std::filesystem::path& path,
                                          const PassCatalogue& catalogue) {
  std::vector<PassList> lists;
  for (; !body.empty(); ++line) {
    const std::string_view entry = take_line(body);
    if (entry.empty() || entry.starts_with('#')) continue;
    auto list = PassList::parse(entry, catalogue);
    if (!list) return fail(fmt::format("{}:{}: {}", path.string(), line, list.error().message));
    lists.push_back(std::move(*list));
  }
  return lists;
}

}  // namespace

std::string print_portfolio(const std::vector<std::string>& lists, const std::string& comment) {
  std::string body = "# " + comment + "\n";
  for (const std::string& list : lists) body += list + "\n";
  return fmt::format("{}{}\n{}", k_magic, Digest::of(body).hex(), body);
}

Result<std::vector<PassList>> read_portfolio(const std::filesystem::path& path,
                                             const PassCatalogue& catalogue) {
  LLMC_TRY(const std::string text, read_file(path));
  std::string_view body = text;
  const std::string_view first = take_line(body);
  if (!first.starts_with(k_magic))
    return fail(fmt::format("{}: not a portfolio; expected a first line '{}<checksum>'",
                            path.string(), k_magic));
  if (first.substr(k_magic.size()) != Digest::of(body).hex())
    return fail(fmt::format("{}: the checksum does not fit; the file is truncated or was edited",
                            path.string()));
  return parse_lines(body, 2, path, catalogue);
}

Result<std::vector<PassList>> read_lists(const std::filesystem::path& path,
                                         const PassCatalogue& catalogue) {
  LLMC_TRY(const std::string text, read_file(path));
  if (text.starts_with(k_magic)) return read_portfolio(path, catalogue);
  return parse_lines(text, 1, path, catalogue);
}

std::filesystem::path default_portfolio() {
  if (const char* chosen = std::getenv("LLMC_PORTFOLIO"); chosen != nullptr) return chosen;
  const std::filesystem::path shipped =
      std::filesystem::path(LLMC_SOURCE_FOLDER) / "data" / "portfolio.txt";
  std::error_code code;
  return std::filesystem::exists(shipped, code) ? shipped : std::filesystem::path();
}

std::vector<PassList> stock_lists(const PassCatalogue& catalogue) {
  std::vector<PassList> lists;
  const auto add = [&](const std::string& text) {
    auto list = PassList::parse(text, catalogue);
    if (list && !list->empty() && std::ranges::find(lists, *list) == lists.end())
      lists.push_back(std::move(*list));
  };
  add(clang_oz_pipeline_text());
  for (const char* name : {"default<Oz>", "default<Os>", "default<O2>", "default<O1>"}) add(name);
  return lists;
}

std::vector<std::size_t> choose_greedily(const RatioTable& log_ratios, std::size_t most) {
  std::vector<std::size_t> chosen;
  if (log_ratios.empty()) return chosen;
  const std::size_t lists = log_ratios.front().size();
  std::vector<double> best(log_ratios.size(), 0.0);
  while (chosen.size() < most) {
    double best_saving = 1e-9;
    std::size_t best_list = lists;
    for (std::size_t list = 0; list < lists; ++list) {
      double saving = 0;
      for (std::size_t program = 0; program < log_ratios.size(); ++program) {
        const double ratio = log_ratios[program][list];
        if (!std::isnan(ratio)) saving += std::max(0.0, best[program] - ratio);
      }
      if (saving > best_saving) best_saving = saving, best_list = list;
    }
    if (best_list == lists) break;
    chosen.push_back(best_list);
    for (std::size_t program = 0; program < log_ratios.size(); ++program) {
      const double ratio = log_ratios[program][best_list];
      if (!std::isnan(ratio)) best[program] = std::min(best[program], ratio);
    }
  }
  return chosen;
}

}  // namespace llmc
