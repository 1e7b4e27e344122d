// Options of a command, declared once: the same rows parse them, check them and explain them.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "support/error.h"

namespace llmc::train {

/// What a command takes. Each declaration binds a variable; its value at that time is the default
/// that the help shows. `names` is "--output" or "-o,--output", `value` the word for what follows.
///
///     Arguments arguments("llmc-train pack", "Tokenises text and packs it into shards.");
///     arguments.option("-o,--output", "FILE", "the shard to write", output).required();
///     arguments.option("--context", "N", "tokens of a document at most", context, 2, 65536);
///     arguments.positionals("INPUTS", "JSON lines, plain or zstd", inputs);
///     if (const int code = arguments.parse(words); code >= 0) return code;
///
/// Spellings: `--name VALUE`, `--name=VALUE`, `-n VALUE`, `-nVALUE`; `--` ends the options; `-` is
/// a file. An option given twice takes the last value, unless it fills a list.
class Arguments {
 public:
  Arguments(std::string program, std::string summary);

  Arguments& flag(const char* names, const char* help, bool& target);
  Arguments& option(const char* names, const char* value, const char* help, std::string& target);
  Arguments& option(const char* names, const char* value, const char* help,
                    std::filesystem::path& target);
  /// May be repeated.
  Arguments& option(const char* names, const char* value, const char* help,
                    std::vector<std::string>& target);
  /// A whole number, a number in [least, most].
  Arguments& option(const char* names, const char* value, const char* help, std::int64_t& target,
                    std::int64_t least, std::int64_t most);
  Arguments& option(const char* names, const char* value, const char* help, double& target,
                    double least, double most);
  /// One of a few words.
  Arguments& choice(const char* names, const char* help, const std::vector<std::string>& words,
                    std::string& target);
  /// One word at its place; must be given.
  Arguments& positional(const char* value, const char* help, std::string& target);
  Arguments& positional(const char* value, const char* help, std::filesystem::path& target);
  /// All the words that are left, at least one; the last declaration.
  Arguments& positionals(const char* value, const char* help, std::vector<std::string>& target);

  /// The option declared last must be given.
  Arguments& required();

  /// Parses; returns an exit code if the command is over (help was asked for, or the usage is
  /// wrong and that was reported), else -1.
  [[nodiscard]] int parse(const std::vector<std::string>& words);
  /// The same without printing: an error, or whether help was asked for.
  [[nodiscard]] Result<bool> try_parse(const std::vector<std::string>& words);
  /// The text of --help.
  [[nodiscard]] std::string help() const;

 private:
  struct Row {
    std::string short_name, long_name;  ///< "-o", "--output"; both empty for positionals
    std::string value;                  ///< empty for flags
    std::string help, range, fallback;
    std::function<Result<void>(const std::string&)> set;
    bool required = false, many = false, given = false;
    [[nodiscard]] const std::string& name() const;
  };
  Arguments& add(const char* names, const char* value, const char* help, std::string fallback,
                 std::function<Result<void>(const std::string&)> set);
  [[nodiscard]] Row* find(const std::string& name);
  [[nodiscard]] Error unknown(const std::string& name) const;
  Result<void> take_option(const std::vector<std::string>& words, std::size_t& at);
  Result<void> take_positional(const std::string& word);

  std::string program_;
  std::string summary_;
  std::vector<Row> rows_;
};

}  // namespace llmc::train
