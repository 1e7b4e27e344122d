#include "serve/endpoint.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <set>

namespace llmc {
namespace {

using nlohmann::json;

constexpr std::size_t k_longest_list = 65'536;

const std::vector<Language>& compiled_languages() {
  static const std::vector<Language> languages = {{"c", ".c"}, {"c++", ".cpp"}, {"ir", ".ll"}};
  return languages;
}

template <typename Rows>
std::string names(const Rows& rows, std::string_view Rows::value_type::* name) {
  std::vector<std::string_view> all;
  for (const auto& row : rows) all.push_back(row.*name);
  return fmt::format("{}", fmt::join(all, ", "));
}

Result<json> parse_object(std::string_view body) {
  try {
    json request = json::parse(body);
    if (!request.is_object()) return fail("the body is not a JSON object");
    return request;
  } catch (const json::exception&) {  // its words may hold bytes of the body that are not UTF-8
    return fail("the body is not JSON; expected one object in UTF-8");
  }
}

Result<std::string> read_text(const json& request, std::string_view name) {
  const auto found = request.find(name);
  if (found == request.end()) return fail(fmt::format("{}: the field is missing", name));
  if (!found->is_string()) return fail(fmt::format("{}: expected a string", name));
  return found->get<std::string>();
}

Result<Language> read_language(const Endpoint& endpoint, const json& request) {
  if (endpoint.languages.size() == 1) return endpoint.languages[0];
  LLMC_TRY(const std::string name, read_text(request, "language"));
  for (const Language& language : endpoint.languages)
    if (language.name == name) return language;
  return fail(
      fmt::format("language: expected one of {}", names(endpoint.languages, &Language::name)));
}

Result<void> add_number(const Field& field, const json& value, CommandLine& line) {
  const bool fits = value.is_number_integer() && value >= field.least && value <= field.most;
  if (!fits)
    return fail(fmt::format("{}: expected a whole number from {} to {}", field.name, field.least,
                            field.most));
  line.arguments.emplace_back(field.option);
  line.arguments.push_back(std::to_string(value.get<long>()));
  return {};
}

Result<void> add_list(const Field& field, const json& value, CommandLine& line) {
  if (!value.is_string()) return fail(fmt::format("{}: expected a string", field.name));
  auto list = value.get<std::string>();
  const bool printable = std::ranges::all_of(list, [](char c) { return c >= ' ' && c <= '~'; });
  if (!printable || list.starts_with('-') || list.size() > k_longest_list)
    return fail(
        fmt::format("{}: not a pass list; expected one as `opt -passes=` takes it", field.name));
  line.arguments.emplace_back(field.option);
  line.arguments.push_back(std::move(list));
  return {};
}

const Choice* find_choice(const Field& field, const json& value) {
  if (!value.is_string()) return nullptr;
  const auto found = std::ranges::find(field.choices, value.get<std::string>(), &Choice::word);
  return found == field.choices.end() ? nullptr : &*found;
}

Result<void> add_words(const Field& field, const json& value, CommandLine& line) {
  std::vector<std::string_view> words;
  std::set<std::string_view> seen;
  bool fits = value.is_array() && !value.empty();
  for (const json& item : value.is_array() ? value : json::array()) {
    const Choice* choice = find_choice(field, item);
    fits = fits && choice != nullptr && seen.insert(choice->word).second;
    if (!fits) break;
    words.push_back(choice->word);
  }
  if (!fits)
    return fail(fmt::format("{}: expected an array of some of {}, each once", field.name,
                            names(field.choices, &Choice::word)));
  line.arguments.emplace_back(field.option);
  line.arguments.push_back(fmt::format("{}", fmt::join(words, ",")));
  return {};
}

Result<void> add_choice(const Field& field, const json& value, CommandLine& line) {
  const Choice* choice = find_choice(field, value);
  if (choice == nullptr)
    return fail(
        fmt::format("{}: expected one of {}", field.name, names(field.choices, &Choice::word)));
  const auto& added = choice->arguments;
  line.arguments.insert(line.arguments.end(), added.begin(), added.end());
  const auto output = std::ranges::find(added, "-o");
  if (output != added.end()) line.output_file = *(output + 1);
  return {};
}

Result<void> add_field(const Field& field, const json& value, CommandLine& line) {
  switch (field.kind) {
    case Field::Kind::number:
      return add_number(field, value, line);
    case Field::Kind::list:
      return add_list(field, value, line);
    case Field::Kind::words:
      return add_words(field, value, line);
    case Field::Kind::choice:
      break;
  }
  return add_choice(field, value, line);
}

/// Misspelt fields, and those that stand for flags, are not silently left out.
Result<void> check_names(const Endpoint& endpoint, const json& request) {
  std::vector<std::string_view> known = {endpoint.code_field};
  if (endpoint.languages.size() > 1) known.emplace_back("language");
  for (const Field& field : endpoint.fields) known.push_back(field.name);
  for (const auto& [name, value] : request.items())
    if (std::ranges::find(known, name) == known.end())
      return fail(fmt::format("{}: unknown field; expected {}", name, fmt::join(known, ", ")));
  return {};
}

}  // namespace

const std::vector<Endpoint>& endpoints() {
  using Kind = Field::Kind;
  static const std::vector<Endpoint> table = {
      {"/v1/size", "size", "code", compiled_languages(), {"--json"}, {}},
      {"/v1/optimize",
       "optimize",
       "code",
       compiled_languages(),
       {"--json"},
       {{"k", Kind::number, "-k", {}, 1, 30},
        {"from", Kind::words, "--from", {{"model", {}}, {"portfolio", {}}, {"search", {}}}},
        {"output",
         Kind::choice,
         "",
         {{"none", {}},
          {"object", {"-o", k_object_file, "--emit", "obj"}},
          {"ir", {"-o", "output.ll", "--emit", "ll"}},
          {"assembly", {"-o", "output.s", "--emit", "asm"}}}}}},
      {"/v1/emulate",
       "emulate",
       "code",
       compiled_languages(),
       {"--json"},
       {{"list", Kind::list, "-p", {}, 0, 0, true},
        {"wanted", Kind::choice, "", {{"ir", {}}, {"assembly", {"--asm"}}}}}},
      {"/v1/lift", "lift", "assembly", {{"assembly", ".s"}}, {"--json", "--with-ir"}, {}},
  };
  return table;
}

const Endpoint* find_endpoint(std::string_view path) {
  const auto found = std::ranges::find(endpoints(), path, &Endpoint::path);
  return found == endpoints().end() ? nullptr : &*found;
}

Result<CommandLine> read_request(const Endpoint& endpoint, std::string_view body) {
  LLMC_TRY(const json request, parse_object(body));
  LLMC_CHECK(check_names(endpoint, request));
  CommandLine line;
  LLMC_TRY(line.code, read_text(request, endpoint.code_field));
  if (line.code.empty()) return fail(fmt::format("{}: there is none", endpoint.code_field));
  LLMC_TRY(const Language language, read_language(endpoint, request));
  line.code_file = fmt::format("program{}", language.extension);
  line.arguments.emplace_back(endpoint.command);
  line.arguments.insert(line.arguments.end(), endpoint.arguments.begin(), endpoint.arguments.end());
  for (const Field& field : endpoint.fields) {
    const auto value = request.find(field.name);
    if (value != request.end())
      LLMC_CHECK(add_field(field, *value, line));
    else if (field.required)
      return fail(fmt::format("{}: the field is missing", field.name));
  }
  line.arguments.push_back(line.code_file);
  return line;
}

}  // namespace llmc
