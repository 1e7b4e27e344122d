#include "corpus/evaluation_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cstring>
#include <map>
#include <regex>
#include <sstream>

#include "corpus/similarity.h"
#include "support/files.h"

namespace llmc {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view k_magic = "llmc-functions 1\n";

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

/// The rules of each kind as one regular expression.
using Rules = std::map<std::string, std::regex, std::less<>>;

/// How each kind of rule looks at a name; {} stands for the rules.
const std::map<std::string, std::string, std::less<>>& kinds() {
  static const std::map<std::string, std::string, std::less<>> forms = {
      {"package", "^({})$"}, {"word", "(^|[_-])({})([_-]|$)"}, {"beginning", "^({})"}};
  return forms;
}

Result<Rules> parse_rules(const std::string& text, const std::string& name) {
  std::map<std::string, std::string> alternatives;
  std::istringstream lines(text);
  std::size_t number = 0;
  for (std::string line; std::getline(lines, line);) {
    ++number;
    if (line.empty() || line.starts_with('#')) continue;
    const std::size_t blank = line.find(' ');
    const std::string kind = line.substr(0, blank);
    if (blank == line.npos || !kinds().contains(kind))
      return fail(
          fmt::format("{}:{}: expected 'package', 'word' or 'beginning' and a regular "
                      "expression",
                      name, number));
    std::string& all = alternatives[kind];
    all += (all.empty() ? "(" : "|(") + line.substr(blank + 1) + ")";
  }
  Rules rules;
  for (const auto& [kind, form] : kinds()) {
    if (!alternatives.contains(kind)) return fail(fmt::format("{}: no rule '{}'", name, kind));
    try {
      rules.emplace(kind, std::regex(fmt::format(fmt::runtime(form), alternatives[kind]),
                                     std::regex::extended | std::regex::optimize));
    } catch (const std::regex_error& error) {
      return fail(
          fmt::format("{}: a rule '{}' is no regular expression: {}", name, kind, error.what()));
    }
  }
  return rules;
}

void put(std::string& bytes, std::uint64_t number) {
  for (int shift = 0; shift < 64; shift += 8) bytes += static_cast<char>(number >> shift & 0xff);
}

std::uint64_t get(std::string_view bytes) {
  std::uint64_t number = 0;
  for (int i = 7; i >= 0; --i)
    number = number << 8 | static_cast<unsigned char>(bytes[static_cast<std::size_t>(i)]);
  return number;
}

/// Only the first eight bytes of a shape are kept.
Result<std::vector<std::uint64_t>> parse_functions(const std::string& bytes,
                                                   const std::string& name) {
  const auto damaged = [&] {
    return fail(
        fmt::format("{}: damaged, or no file of functions; restore it from the repository", name));
  };
  const std::size_t head = k_magic.size() + 8;
  if (bytes.size() < head + 16 || !bytes.starts_with(k_magic)) return damaged();
  const std::string_view body = std::string_view(bytes).substr(0, bytes.size() - 16);
  const Digest hash = Digest::of(body);
  const std::string_view tail = std::string_view(bytes).substr(body.size());
  if (get(tail) != hash.low || get(tail.substr(8)) != hash.high) return damaged();
  const std::uint64_t count = get(body.substr(k_magic.size()));
  if ((body.size() - head) % 8 != 0 || count != (body.size() - head) / 8) return damaged();
  std::vector<std::uint64_t> shapes;
  for (std::size_t at = head; at < body.size(); at += 8) shapes.push_back(get(body.substr(at)));
  return shapes;
}

}  // namespace

struct EvaluationSet::State {
  Rules rules;
  std::vector<std::uint64_t> shapes;  ///< ascending

  [[nodiscard]] bool matches(std::string_view kind, const std::string& name) const {
    return std::regex_search(name, rules.find(kind)->second);
  }
};

EvaluationSet::EvaluationSet(std::unique_ptr<State> state) : state_(std::move(state)) {}
EvaluationSet::EvaluationSet(EvaluationSet&&) noexcept = default;
EvaluationSet::~EvaluationSet() = default;

Result<EvaluationSet> EvaluationSet::read(const fs::path& rules, const fs::path& functions) {
  auto state = std::make_unique<State>();
  LLMC_TRY(const std::string text, read_file(rules));
  LLMC_TRY(state->rules, parse_rules(text, rules.string()));
  EvaluationSet set(std::move(state));
  LLMC_CHECK(set.add_functions(functions));
  return set;
}

Result<void> EvaluationSet::add_functions(const fs::path& functions) {
  LLMC_TRY(const std::string bytes, read_file(functions));
  LLMC_TRY(const auto shapes, parse_functions(bytes, functions.string()));
  state_->shapes.insert(state_->shapes.end(), shapes.begin(), shapes.end());
  std::ranges::sort(state_->shapes);
  return {};
}

Result<EvaluationSet> EvaluationSet::installed() {
  const fs::path data = fs::path(LLMC_SOURCE_FOLDER) / "data";
  return read(data / "evaluation-set.txt", data / "evaluation-functions.bin");
}

bool EvaluationSet::has_package(const std::string& name) const {
  return state_->matches("package", lower(name));
}

bool EvaluationSet::has_file(const fs::path& path) const {
  const std::string stem = lower(path.stem().string());
  return state_->matches("word", stem) || state_->matches("beginning", stem);
}

bool EvaluationSet::has_function(std::string_view normal_text) const {
  return has_function(shape_of(normal_text), normal_text.size());
}

bool EvaluationSet::has_function(const Digest& shape, std::uint64_t bytes) const {
  return bytes >= k_least_bytes && std::ranges::binary_search(state_->shapes, shape.low);
}

std::size_t EvaluationSet::functions() const { return state_->shapes.size(); }

std::string print_evaluation_functions(std::vector<Digest> shapes) {
  std::ranges::sort(shapes, {}, &Digest::low);
  const auto twins = std::ranges::unique(shapes, {}, &Digest::low);
  shapes.erase(twins.begin(), twins.end());
  std::string bytes(k_magic);
  put(bytes, shapes.size());
  for (const Digest& shape : shapes) put(bytes, shape.low);
  const Digest hash = Digest::of(bytes);
  put(bytes, hash.low);
  put(bytes, hash.high);
  return bytes;
}

}  // namespace llmc
