#include "train/cli/arguments.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

#include "support/text.h"
#include "train/cli/command.h"

namespace llmc::train {
namespace {

std::string print(double number) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, number).ptr;
  return {text, end};
}

std::string print(std::int64_t number) { return std::to_string(number); }

template <typename Number>
std::string range_text(Number least, Number most) {
  return print(least) + " to " + print(most);
}

/// Reads all of `word` as a number in the range.
template <typename Number>
Result<Number> read_number(const std::string& word, Number least, Number most) {
  Number number{};
  const auto [end, code] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (code == std::errc::invalid_argument || end != word.data() + word.size())
    return fail("'" + word + "' is not a " + (std::is_integral_v<Number> ? "whole " : "") +
                "number");
  // Also false where the number is not one.
  if (code != std::errc() || !(number >= least && number <= most))
    return fail(word + " is out of range; expected " + range_text(least, most));
  return number;
}

}  // namespace

const std::string& Arguments::Row::name() const {
  if (!long_name.empty()) return long_name;
  return short_name.empty() ? value : short_name;
}

Arguments::Arguments(std::string program, std::string summary)
    : program_(std::move(program)), summary_(std::move(summary)) {}

Arguments& Arguments::add(const char* names, const char* value, const char* help,
                          std::string fallback,
                          std::function<Result<void>(const std::string&)> set) {
  Row row{.value = value, .help = help, .fallback = std::move(fallback), .set = std::move(set)};
  const std::string text = names;
  const auto comma = text.find(',');
  if (comma != std::string::npos) row.short_name = text.substr(0, comma);
  (text.starts_with("--") || comma != std::string::npos ? row.long_name : row.short_name) =
      comma == std::string::npos ? text : text.substr(comma + 1);
  rows_.push_back(std::move(row));
  return *this;
}

Arguments& Arguments::flag(const char* names, const char* help, bool& target) {
  return add(names, "", help, "", [&target](const std::string&) {
    target = true;
    return Result<void>{};
  });
}

Arguments& Arguments::option(const char* names, const char* value, const char* help,
                             std::string& target) {
  return add(names, value, help, target, [&target](const std::string& word) {
    target = word;
    return Result<void>{};
  });
}

Arguments& Arguments::option(const char* names, const char* value, const char* help,
                             std::filesystem::path& target) {
  return add(names, value, help, target.string(), [&target](const std::string& word) {
    target = word;
    return word.empty() ? Result<void>(fail("the name of a file is empty")) : Result<void>{};
  });
}

Arguments& Arguments::option(const char* names, const char* value, const char* help,
                             std::vector<std::string>& target) {
  add(names, value, help, "", [&target](const std::string& word) {
    target.push_back(word);
    return Result<void>{};
  });
  rows_.back().many = true;
  return *this;
}

Arguments& Arguments::option(const char* names, const char* value, const char* help,
                             std::int64_t& target, std::int64_t least, std::int64_t most) {
  add(names, value, help, print(target), [=, &target](const std::string& word) -> Result<void> {
    LLMC_TRY(target, read_number(word, least, most));
    return {};
  });
  rows_.back().range = range_text(least, most);
  return *this;
}

Arguments& Arguments::option(const char* names, const char* value, const char* help, double& target,
                             double least, double most) {
  add(names, value, help, print(target), [=, &target](const std::string& word) -> Result<void> {
    LLMC_TRY(target, read_number(word, least, most));
    return {};
  });
  rows_.back().range = range_text(least, most);
  return *this;
}

Arguments& Arguments::choice(const char* names, const char* help,
                             const std::vector<std::string>& words, std::string& target) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : "|") + word;
  return add(names, all.c_str(), help, target, [=, &target](const std::string& word) {
    if (std::ranges::find(words, word) == words.end())
      return Result<void>(fail("'" + word + "' is none of " + all));
    target = word;
    return Result<void>{};
  });
}

Arguments& Arguments::positional(const char* value, const char* help, std::string& target) {
  return option("", value, help, target).required();
}

Arguments& Arguments::positional(const char* value, const char* help,
                                 std::filesystem::path& target) {
  return option("", value, help, target).required();
}

Arguments& Arguments::positionals(const char* value, const char* help,
                                  std::vector<std::string>& target) {
  return option("", value, help, target).required();
}

Arguments& Arguments::required() {
  rows_.back().required = true;
  return *this;
}

int Arguments::parse(const std::vector<std::string>& words) {
  const Result<bool> asked = try_parse(words);
  if (!asked)
    return report(
        {asked.error().message + "; `" + program_ + " --help` explains", ErrorKind::usage});
  if (!*asked) return -1;
  std::fputs(help().c_str(), stdout);
  return k_exit_done;
}

Result<bool> Arguments::try_parse(const std::vector<std::string>& words) {
  for (Row& row : rows_) row.given = false;
  bool options = true;
  for (std::size_t at = 0; at < words.size(); ++at) {
    const std::string& word = words[at];
    if (options && word == "--") {
      options = false;
    } else if (options && (word == "--help" || word == "-h")) {
      return true;
    } else if (options && word.size() > 1 && word[0] == '-') {
      LLMC_CHECK(take_option(words, at));
    } else {
      LLMC_CHECK(take_positional(word));
    }
  }
  for (const Row& row : rows_)
    if (row.required && !row.given) return fail(row.name() + " is missing", ErrorKind::usage);
  return false;
}

Result<void> Arguments::take_option(const std::vector<std::string>& words, std::size_t& at) {
  const std::string& word = words[at];
  const bool is_long = word.starts_with("--");
  const std::size_t end = is_long ? word.find('=') : 2;
  Row* row = find(word.substr(0, end));
  if (row == nullptr) return std::unexpected(unknown(word.substr(0, is_long ? end : word.size())));
  const bool attached = end < word.size();
  row->given = true;
  if (row->value.empty()) {
    if (attached) return fail(row->name() + " takes no value", ErrorKind::usage);
    return row->set("");
  }
  std::string value;
  if (attached) {
    value = word.substr(is_long ? end + 1 : end);
  } else if (at + 1 < words.size()) {
    value = words[++at];
  } else {
    return fail(row->name() + " needs a value: " + row->value, ErrorKind::usage);
  }
  if (const auto set = row->set(value); !set)
    return fail(row->name() + ": " + set.error().message, ErrorKind::usage);
  return {};
}

Result<void> Arguments::take_positional(const std::string& word) {
  for (Row& row : rows_) {
    if (!row.long_name.empty() || !row.short_name.empty() || (row.given && !row.many)) continue;
    row.given = true;
    if (const auto set = row.set(word); !set)
      return fail(row.name() + ": " + set.error().message, ErrorKind::usage);
    return {};
  }
  return fail("unexpected argument '" + word + "'", ErrorKind::usage);
}

Arguments::Row* Arguments::find(const std::string& name) {
  for (Row& row : rows_)
    if (!name.empty() && (name == row.long_name || name == row.short_name)) return &row;
  return nullptr;
}

Error Arguments::unknown(const std::string& name) const {
  std::vector<std::string> names;
  for (const Row& row : rows_)
    if (!row.long_name.empty()) names.push_back(row.long_name);
  const std::string nearest = nearest_name(name, names);
  return {"unknown option '" + name + "'" +
              (nearest.empty() ? "" : ", did you mean '" + nearest + "'?"),
          ErrorKind::usage};
}

std::string Arguments::help() const {
  std::string usage = "Usage: " + program_ + " [OPTIONS]";
  std::string positionals;
  std::string options;
  for (const Row& row : rows_) {
    const bool named = !row.short_name.empty() || !row.long_name.empty();
    std::string left = row.value + (row.many && !named ? "..." : "");
    if (named) {
      const bool both = !row.short_name.empty() && !row.long_name.empty();
      const char* space = row.short_name.empty() ? "    " : "";
      left = space + row.short_name + (both ? ", " : "") + row.long_name +
             (row.value.empty() ? "" : " " + row.value);
    } else {
      usage += " " + left;
    }
    std::string line = "  " + left;
    line += line.size() < 30 ? std::string(30 - line.size(), ' ') : "\n" + std::string(30, ' ');
    line += row.help + (row.range.empty() ? "" : "; " + row.range);
    if (named && row.required)
      line += " (required)";
    else if (named && !row.fallback.empty())
      line += " [" + row.fallback + "]";
    (named ? options : positionals) += line + "\n";
  }
  options += "  -h, --help                  print this\n";
  return usage + "\n\n" + summary_ + "\n" + (positionals.empty() ? "" : "\nArguments:\n") +
         positionals + "\nOptions:\n" + options;
}

}  // namespace llmc::train
