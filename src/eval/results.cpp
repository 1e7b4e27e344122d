#include "eval/results.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <unordered_map>

namespace llmc {
namespace {

using OrderedJson = nlohmann::ordered_json;

template <typename Enum>
constexpr int k_names = 0;
template <>
constexpr auto k_names<ProposalStatus> =
    std::to_array<std::string_view>({"ok", "invalid", "failed", "unsound", "untested"});
template <>
constexpr auto k_names<OutputResult> =
    std::to_array<std::string_view>({"equal", "different", "failed", "skipped"});
template <>
constexpr auto k_names<LiftedTo> = std::to_array<std::string_view>(
    {"refused", "parses", "verifies", "compiles", "same-instructions", "identical"});
template <>
constexpr auto k_names<LiftExecution> =
    std::to_array<std::string_view>({"equal", "different", "undecided", "not run"});
template <>
constexpr auto k_names<EmulatedAnswer> =
    std::to_array<std::string_view>({"none", "does not compile", "compiles", "exact"});

template <typename Enum>
std::string_view name_of(Enum value) {
  return k_names<Enum>[static_cast<std::size_t>(value)];
}

// Each `fields` below names the members of one type once, for the printer and the parser alike:
// `visit(name, member)`, or `visit.absent(name, member)` for those that are left out where they
// have no value.

void fields(auto& visit, auto& sizes)
  requires std::same_as<std::remove_const_t<std::remove_reference_t<decltype(sizes)>>, Measurement>
{
  visit("instructions", sizes.instructions);
  visit("text", sizes.text);
  visit("rodata", sizes.rodata);
  visit("data", sizes.data);
  visit("eh_frame", sizes.eh_frame);
  visit("bss", sizes.bss);
}

template <typename Row, typename Of>
concept RowOf = std::same_as<std::remove_const_t<Row>, Of>;

void fields(auto& visit, RowOf<SymbolChange> auto& symbol) {
  visit("name", symbol.name);
  visit("before", symbol.before);
  visit("after", symbol.after);
}

void fields(auto& visit, RowOf<RunRow> auto& row) {
  visit("task", row.task);
  visit("llmc", row.llmc);
  visit("llvm", row.llvm);
  visit("target", row.target);
  visit("objective", row.objective);
  visit("seed", row.seed);
  visit("suite", row.suite);
  visit("command", row.command);
  visit("model", row.model);
  visit("model_hash", row.model_hash);
}

void fields(auto& visit, RowOf<UnitRow> auto& row) {
  visit("id", row.id);
  visit("name", row.name);
  visit("benchmark", row.benchmark);
  visit.absent("failed", row.failed);
  visit.absent("baseline", row.baseline);
  visit.absent("size", row.size);
  visit("tokens", row.tokens);
  visit("fits", row.fits);
  visit.absent("split", row.split);
}

void fields(auto& visit, RowOf<ProposalRow> auto& row) {
  visit("id", row.id);
  visit("proposer", row.proposer);
  visit("rank", row.rank);
  visit("list", row.list);
  visit("status", row.status);
  visit.absent("reason", row.reason);
  visit("size", row.size);
  visit("compilations", row.compilations);
  visit.absent("predicted_before", row.predicted_before);
  visit.absent("predicted_after", row.predicted_after);
}

void fields(auto& visit, RowOf<TimeRow> auto& row) {
  visit("proposer", row.proposer);
  visit.absent("id", row.id);
  visit("seconds", row.seconds);
}

void fields(auto& visit, RowOf<DetailRow> auto& row) {
  visit("id", row.id);
  visit("proposer", row.proposer);
  visit("list", row.list);
  visit("ir_before", row.ir_before);
  visit("ir_after", row.ir_after);
  visit("measurement", row.measurement);
  visit("symbols", row.symbols);
}

void fields(auto& visit, RowOf<OutputRow> auto& row) {
  visit("benchmark", row.benchmark);
  visit("proposer", row.proposer);
  visit("result", row.result);
  visit.absent("reason", row.reason);
}

void fields(auto& visit, RowOf<LiftRow> auto& row) {
  visit("id", row.id);
  visit("benchmark", row.benchmark);
  visit("unit", row.unit);
  visit("function", row.function);
  visit("by", row.by);
  visit("instructions", row.instructions);
  visit("rung", row.rung);
  visit("executed", row.executed);
  visit("bleu", row.bleu);
  visit("edit_distance", row.edit_distance);
  visit("features", row.features);
  visit.absent("reason", row.reason);
}

void fields(auto& visit, RowOf<EmulateRow> auto& row) {
  visit("id", row.id);
  visit("benchmark", row.benchmark);
  visit("name", row.name);
  visit("answer", row.answer);
  visit("bleu", row.bleu);
  visit("predicted_size", row.predicted_size);
  visit("true_size", row.true_size);
  visit("tokens", row.tokens);
}

void fields(auto& visit, RowOf<PerplexityRow> auto& row) {
  visit("name", row.name);
  visit("benchmark", row.benchmark);
  visit("language", row.language);
  visit("tokens", row.tokens);
  visit("bytes", row.bytes);
  visit("nats", row.nats);
}

void fields(auto& visit, RowOf<CodeRow> auto& row) {
  visit("problem", row.problem);
  visit("set", row.set);
  visit("samples", row.samples);
  visit("passed", row.passed);
  visit.absent("reason", row.reason);
}

class ResultPrinter {
 public:
  template <typename T>
  void operator()(const char* name, const T& value) {
    json_[name] = to_json(value);
  }
  void absent(const char* name, const std::string& value) {
    if (!value.empty()) (*this)(name, value);
  }
  template <typename T>
  void absent(const char* name, const std::optional<T>& value) {
    if (value) (*this)(name, *value);
  }

  static OrderedJson print(const auto& value, OrderedJson start = OrderedJson::object()) {
    ResultPrinter printer;
    printer.json_ = std::move(start);
    fields(printer, value);
    return std::move(printer.json_);
  }

 private:
  template <typename T>
  static OrderedJson to_json(const T& value) {
    if constexpr (std::is_enum_v<T>)
      return std::string(name_of(value));
    else if constexpr (requires { OrderedJson(value); } && !std::is_class_v<T>)
      return value;
    else if constexpr (std::same_as<T, std::string>)
      return value;
    else
      return print(value);
  }
  template <typename T>
  static OrderedJson to_json(const std::optional<T>& value) {
    return value ? to_json(*value) : OrderedJson();
  }
  template <typename T>
  static OrderedJson to_json(const std::vector<T>& values) {
    OrderedJson json = OrderedJson::array();
    for (const T& value : values) json.push_back(to_json(value));
    return json;
  }

  OrderedJson json_;
};

class ResultParser {
 public:
  explicit ResultParser(const OrderedJson& json) : json_(json) {}

  template <typename T>
  void operator()(const char* name, T& value) {
    const auto found = json_.find(name);
    if (found == json_.end())
      complain(fmt::format("has no \"{}\"", name));
    else
      read(name, *found, value);
  }
  template <typename T>
  void operator()(const char* name, std::optional<T>& value) {
    absent(name, value);
  }
  void absent(const char* name, std::string& value) {
    if (json_.contains(name)) read(name, json_[name], value);
  }
  template <typename T>
  void absent(const char* name, std::optional<T>& value) {
    if (json_.contains(name) && !json_[name].is_null()) read(name, json_[name], value.emplace());
  }

  [[nodiscard]] const std::string& complaint() const { return complaint_; }

 private:
  void complain(std::string what) {
    if (complaint_.empty()) complaint_ = std::move(what);
  }
  void expect(bool right, const char* name, const char* what) {
    if (!right) complain(fmt::format("has a \"{}\" that is no {}", name, what));
  }
  void read(const char* name, const OrderedJson& json, std::string& value) {
    expect(json.is_string(), name, "text");
    if (json.is_string()) value = json.get<std::string>();
  }
  void read(const char* name, const OrderedJson& json, std::uint64_t& value) {
    expect(json.is_number_unsigned(), name, "whole number");
    if (json.is_number_unsigned()) value = json.get<std::uint64_t>();
  }
  void read(const char* name, const OrderedJson& json, double& value) {
    expect(json.is_number(), name, "number");
    if (json.is_number()) value = json.get<double>();
  }
  void read(const char* name, const OrderedJson& json, bool& value) {
    expect(json.is_boolean(), name, "true or false");
    if (json.is_boolean()) value = json.get<bool>();
  }
  template <typename T>
    requires std::is_enum_v<T>
  void read(const char* name, const OrderedJson& json, T& value) {
    const std::string text = json.is_string() ? json.get<std::string>() : json.type_name();
    const auto found = std::ranges::find(k_names<T>, text);
    if (found == k_names<T>.end())
      complain(fmt::format("has a \"{}\" that is none: {}", name, text));
    else
      value = static_cast<T>(found - k_names<T>.begin());
  }
  template <typename T>
  void read(const char* name, const OrderedJson& json, std::vector<T>& values) {
    expect(json.is_array(), name, "list");
    if (!json.is_array()) return;
    for (const OrderedJson& one : json) read(name, one, values.emplace_back());
  }
  template <typename T>
  void read(const char* name, const OrderedJson& json, T& value) {
    expect(json.is_object(), name, "object");
    if (!json.is_object()) return;
    ResultParser parser(json);
    fields(parser, value);
    if (!parser.complaint_.empty())
      complain(fmt::format("has a \"{}\" that {}", name, parser.complaint_));
  }

  const OrderedJson& json_;
  std::string complaint_;
};

/// In the order of ResultRow's types.
constexpr auto k_types =
    std::to_array<std::string_view>({"run", "unit", "proposal", "time", "detail", "output", "lift",
                                     "emulate", "perplexity", "code"});

/// What holds between members.
std::string check(const auto& row) {
  if constexpr (RowOf<decltype(row), const UnitRow&>) {
    if (row.failed.empty() && (!row.baseline || !row.size))
      return R"(has neither "failed" nor both of "baseline" and "size")";
  } else if constexpr (RowOf<decltype(row), const ProposalRow&>) {
    if (row.rank == 0) return R"(has a "rank" of 0; the first is 1)";
    if (row.status == ProposalStatus::ok && !row.size) return R"(is ok and has no "size")";
  } else if constexpr (RowOf<decltype(row), const CodeRow&>) {
    if (row.passed > row.samples) return "has more passed than samples";
  }
  return "";
}

template <typename Row>
Result<ResultRow> parse_as(const OrderedJson& json, std::string_view type) {
  Row row;
  ResultParser parser(json);
  fields(parser, row);
  std::string complaint = parser.complaint();
  if (complaint.empty()) complaint = check(row);
  if (!complaint.empty()) return fail(fmt::format("a row of type {} {}", type, complaint));
  return row;
}

/// parse_as of the type with this index.
template <std::size_t... Index>
Result<ResultRow> parse_type(std::size_t index, const OrderedJson& json,
                             std::index_sequence<Index...>) {
  Result<ResultRow> row = fail("no row");
  ((Index == index
        ? void(row = parse_as<std::variant_alternative_t<Index, ResultRow>>(json, k_types[Index]))
        : void()),
   ...);
  return row;
}

/// The member of that name; null if there is none. Members are not copied: they could be nested so
/// deeply that a copy exhausts the stack.
const OrderedJson* member(const OrderedJson& json, const char* name) {
  if (!json.is_object()) return nullptr;
  const auto found = json.find(name);
  return found == json.end() ? nullptr : &*found;
}

/// The text of the member "type"; empty if it has none.
std::string_view type_of(const OrderedJson& json) {
  const OrderedJson* type = member(json, "type");
  if (type == nullptr || !type->is_string()) return "";
  return type->get_ref<const std::string&>();
}

/// What a run row says of its format, if that is not ours.
std::optional<std::string> other_format(const OrderedJson& json) {
  const OrderedJson* format = member(json, "format");
  if (format == nullptr) return "unknown";
  if (!format->is_number()) return format->type_name();
  if (*format == k_results_format) return std::nullopt;
  return format->dump();
}

Result<ResultRow> row_of(const OrderedJson& json) {
  if (!json.is_object()) return fail("no JSON object");
  const std::string_view type = type_of(json);
  if (type.empty()) return fail(R"(a row without a "type")");
  const auto found = std::ranges::find(k_types, type);
  if (found == k_types.end()) return fail(fmt::format("unknown type \"{}\"", type));
  if (const auto format = type == "run" ? other_format(json) : std::nullopt)
    return fail(
        fmt::format("results of format {}; this llmc reads format {}", *format, k_results_format));
  return parse_type(static_cast<std::size_t>(found - k_types.begin()), json,
                    std::make_index_sequence<std::variant_size_v<ResultRow>>());
}

OrderedJson parse_json(std::string_view line) {
  return OrderedJson::parse(line, /*cb=*/nullptr, /*allow_exceptions=*/false);
}

std::string joined(std::initializer_list<std::string_view> parts) {
  std::string key;
  for (const std::string_view part : parts) (key += part) += '\0';
  return key;
}

struct KeyOf {
  std::string operator()(const RunRow& row) const { return print_result_row(row); }
  std::string operator()(const TimeRow& row) const { return print_result_row(row); }
  std::string operator()(const UnitRow& row) const { return row.id; }
  std::string operator()(const ProposalRow& row) const {
    return joined({row.id, row.proposer, std::to_string(row.rank)});
  }
  std::string operator()(const DetailRow& row) const {
    return joined({row.id, row.proposer, row.list});
  }
  std::string operator()(const OutputRow& row) const {
    return joined({row.benchmark, row.proposer});
  }
  std::string operator()(const LiftRow& row) const {
    return joined({row.id, row.unit, row.function, row.by});
  }
  std::string operator()(const EmulateRow& row) const { return row.id; }
  std::string operator()(const PerplexityRow& row) const {
    return joined({row.benchmark, row.name, row.language});
  }
  std::string operator()(const CodeRow& row) const { return joined({row.set, row.problem}); }
};

/// The line of a row, for people: without its end, and not much of it.
std::string excerpt(const ResultRow& row) {
  constexpr std::size_t k_most = 400;
  std::string line = print_result_row(row);
  line.pop_back();
  return line.size() <= k_most ? line : line.substr(0, k_most) + "…";
}

/// Puts rows into a ResultSet, each once.
class ResultCollector {
 public:
  void add(const std::string& file, ReadResults read) {
    for (const std::string& note : read.notes) set_.notes.push_back(file + ": " + note);
    for (ResultLine& line : read.rows) add(file, std::move(line));
  }

  ResultSet take() { return std::move(set_); }

 private:
  void add(const std::string& file, ResultLine line) {
    std::visit(
        [&]<typename Row>(Row& row) {
          for_each_kind(set_, [&]<typename Other>(std::vector<Other>& rows) {
            if constexpr (std::same_as<Row, Other>) add(file, line.line, std::move(row), rows);
          });
        },
        line.row);
  }

  template <typename Row>
  void add(const std::string& file, std::size_t line, Row row, std::vector<Row>& rows) {
    const auto [known, is_new] = known_.try_emplace(result_key(row), rows.size());
    if (is_new) {
      rows.push_back(std::move(row));
    } else if (rows[known->second] != row) {
      set_.notes.push_back(
          fmt::format("{}: line {}: contradicts an earlier row, which counts: {} "
                      "against {}",
                      file, line, excerpt(row), excerpt(rows[known->second])));
    }
  }

  ResultSet set_;
  std::unordered_map<std::string, std::size_t> known_;  ///< by key: where in its list
};

}  // namespace

std::string_view to_string(ProposalStatus status) { return name_of(status); }
std::string_view to_string(OutputResult result) { return name_of(result); }
std::string_view to_string(LiftedTo rung) { return name_of(rung); }
std::string_view to_string(LiftExecution execution) { return name_of(execution); }
std::string_view to_string(EmulatedAnswer answer) { return name_of(answer); }

std::string print_result_row(const ResultRow& row) {
  OrderedJson start = {{"type", k_types[row.index()]}};
  if (std::holds_alternative<RunRow>(row)) start["format"] = k_results_format;
  const OrderedJson json =
      std::visit([&](const auto& one) { return ResultPrinter::print(one, std::move(start)); }, row);
  return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

Result<ResultRow> parse_result_row(std::string_view line) {
  const OrderedJson json = parse_json(line);
  if (json.is_discarded()) return fail("no JSON");
  return row_of(json);
}

std::string result_key(const ResultRow& row) {
  return joined({k_types[row.index()], std::visit(KeyOf(), row)});
}

ReadResults read_results(std::string_view text) {
  ReadResults results;
  std::size_t number = 0, left_out = 0;
  bool is_ours = true, has_run = false;
  const auto note = [&](std::size_t line, const std::string& what) {
    results.notes.push_back(fmt::format("line {}: {}", line, what));
  };
  const auto say_left_out = [&] {
    if (left_out > 0) results.notes.back() += fmt::format("; its {} rows are left out", left_out);
    left_out = 0;
  };
  while (!text.empty()) {
    ++number;
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) continue;
    const OrderedJson json = parse_json(line);
    const bool is_run = type_of(json) == "run";
    if (is_run) {
      say_left_out();
      is_ours = !other_format(json);
    } else if (!is_ours) {
      ++left_out;
      continue;
    }
    if (json.is_discarded()) {
      note(number, end == std::string_view::npos ? "cut off; the rows before it count" : "no JSON");
      continue;
    }
    auto row = row_of(json);
    if (!row) {
      note(number, row.error().message);
      continue;
    }
    if (!has_run && !is_run) note(number, "a row before any row of type run");
    has_run = true;
    results.rows.push_back({number, std::move(*row)});
  }
  say_left_out();
  return results;
}

bool ResultSet::empty() const {
  bool empty = true;
  for_each_kind(*this, [&](const auto& rows) { empty = empty && rows.empty(); });
  return empty;
}

ResultSet collect_results(std::vector<NamedResults> files) {
  ResultCollector collector;
  for (auto& [name, read] : files) collector.add(name, std::move(read));
  return collector.take();
}

std::string print_results(const ResultSet& results) {
  std::string text;
  for_each_kind(results, [&](const auto& rows) {
    for (const auto& row : rows) text += print_result_row(row);
  });
  return text;
}

}  // namespace llmc
