#include "benchmark/suite_manifest.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <set>

#include "support/files.h"
#include "support/text.h"

namespace llmc {
namespace {

namespace fs = std::filesystem;
using OrderedJson = nlohmann::ordered_json;

constexpr int k_suite_format = 1;

/// Reads the fields of one object of the manifest, and remembers the first that is wrong.
class SuiteFields {
 public:
  SuiteFields(const OrderedJson& json, std::string where) : json_(json), where_(std::move(where)) {
    if (!json.is_object()) complain("expected an object");
  }

  std::string text(const char* name, bool is_needed) {
    if (!problem_.empty()) return "";
    const auto found = json_.find(name);
    if (found == json_.end()) {
      if (is_needed) complain(fmt::format("\"{}\" is missing", name));
      return "";
    }
    if (!found->is_string()) {
      complain(fmt::format("\"{}\" must be a string", name));
      return "";
    }
    return found->get<std::string>();
  }

  std::vector<std::string> texts(const char* name) {
    std::vector<std::string> values;
    for (const OrderedJson& one : list(name)) {
      if (!one.is_string()) complain(fmt::format("\"{}\" must hold strings", name));
      if (!problem_.empty()) return {};
      values.push_back(one.get<std::string>());
    }
    return values;
  }

  OrderedJson list(const char* name) {
    if (!problem_.empty()) return OrderedJson::array();
    const auto found = json_.find(name);
    if (found == json_.end()) return OrderedJson::array();
    if (!found->is_array()) complain(fmt::format("\"{}\" must be a list", name));
    return problem_.empty() ? *found : OrderedJson::array();
  }

  void complain(const std::string& what) {
    if (problem_.empty()) problem_ = where_ + ": " + what;
  }
  [[nodiscard]] Result<void> outcome() const {
    return problem_.empty() ? Result<void>() : fail(problem_, ErrorKind::usage);
  }

 private:
  const OrderedJson& json_;
  std::string where_;
  std::string problem_;
};

Result<CompileCommand> parse_unit(const OrderedJson& json, const std::string& where) {
  SuiteFields fields(json, where);
  CompileCommand unit;
  unit.file = fields.text("file", true);
  unit.directory = fields.text("directory", false);
  if (unit.directory.empty()) unit.directory = k_tree_placeholder;
  unit.flags = fields.texts("flags");
  unit.is_cxx = fields.text("language", false) == "c++";
  LLMC_CHECK(fields.outcome());
  return unit;
}

Result<Benchmark> parse_benchmark(const OrderedJson& json, std::size_t number) {
  SuiteFields fields(json, fmt::format("benchmark {}", number + 1));
  Benchmark benchmark;
  benchmark.name = fields.text("name", true);
  benchmark.folder = fields.text("folder", true);
  benchmark.build = fields.text("build", true);
  benchmark.runs = fields.texts("runs");
  benchmark.compare = fields.texts("compare");
  benchmark.left_out = fields.texts("left_out");
  benchmark.problem = fields.text("problem", false);
  const OrderedJson units = fields.list("units");
  LLMC_CHECK(fields.outcome());
  for (const OrderedJson& one : units) {
    LLMC_TRY(CompileCommand unit, parse_unit(one, fmt::format("{}: unit {}", benchmark.name,
                                                              benchmark.units.size() + 1)));
    benchmark.units.push_back(std::move(unit));
  }
  return benchmark;
}

}  // namespace

CompileCommand replace_in_unit(CompileCommand unit, std::string_view from, std::string_view to) {
  unit.file = replace_all(unit.file.string(), from, to);
  unit.directory = replace_all(unit.directory.string(), from, to);
  for (std::string& flag : unit.flags) flag = replace_all(flag, from, to);
  return unit;
}

Result<BenchmarkSuite> parse_suite(std::string_view text, const fs::path& folder) {
  const OrderedJson json = OrderedJson::parse(text, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded() || !json.is_object())
    return fail("no suite: expected a JSON object, as `llmc eval init` writes it",
                ErrorKind::usage);
  if (const auto format = json.find("format"); format == json.end() || *format != k_suite_format)
    return fail(fmt::format("a suite of format {}, but this llmc reads {}",
                            format == json.end() ? "unknown" : format->dump(), k_suite_format),
                ErrorKind::usage);
  SuiteFields fields(json, "suite");
  BenchmarkSuite suite{fields.text("name", true), folder, {}};
  const OrderedJson benchmarks = fields.list("benchmarks");
  LLMC_CHECK(fields.outcome());
  std::set<std::string> names;
  for (const OrderedJson& one : benchmarks) {
    LLMC_TRY(Benchmark benchmark, parse_benchmark(one, suite.benchmarks.size()));
    if (!names.insert(benchmark.name).second)
      return fail("two benchmarks are called " + benchmark.name, ErrorKind::usage);
    suite.benchmarks.push_back(std::move(benchmark));
  }
  return suite;
}

Result<BenchmarkSuite> read_suite(const fs::path& path) {
  std::error_code code;
  const fs::path file = fs::is_directory(path, code) ? path / k_suite_file_name : path;
  if (!fs::exists(file, code))
    return fail(fmt::format("{}: no such suite; `llmc eval init` writes one", file.string()),
                ErrorKind::usage);
  LLMC_TRY(const std::string text, read_file(file));
  auto suite = parse_suite(text, fs::absolute(file).parent_path());
  if (!suite) return std::unexpected(suite.error().with_context(file.string()));
  return suite;
}

std::string print_suite(const BenchmarkSuite& suite) {
  OrderedJson benchmarks = OrderedJson::array();
  for (const Benchmark& one : suite.benchmarks) {
    OrderedJson units = OrderedJson::array();
    for (const CompileCommand& unit : one.units) {
      OrderedJson row = {{"file", unit.file.string()},
                         {"directory", unit.directory.string()},
                         {"flags", unit.flags}};
      if (unit.is_cxx) row["language"] = "c++";
      units.push_back(std::move(row));
    }
    OrderedJson row = {{"name", one.name},        {"folder", one.folder.string()},
                       {"build", one.build},      {"runs", one.runs},
                       {"compare", one.compare},  {"units", std::move(units)},
                       {"left_out", one.left_out}};
    if (!one.problem.empty()) row["problem"] = one.problem;
    benchmarks.push_back(std::move(row));
  }
  return OrderedJson({{"format", k_suite_format},
                      {"name", suite.name},
                      {"benchmarks", std::move(benchmarks)}})
             .dump(1, ' ', false, OrderedJson::error_handler_t::replace) +
         "\n";
}

}  // namespace llmc
