// What can be asked for: requests as JSON objects, and the command lines that they stand for.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/error.h"

namespace llmc {

/// Which language code may be in, and the ending of a file that the commands know it by.
struct Language {
  std::string_view name;
  std::string_view extension;
};

/// One word that a field may have, and what it adds to the command line.
struct Choice {
  std::string_view word;
  std::vector<std::string_view> arguments;
};

/// A field of a request besides its code.
struct Field {
  enum class Kind {
    number,  ///< a whole number from `least` to `most`: `option NUMBER`
    list,    ///< a pass list: `option LIST`
    words,   ///< an array of different words of `choices`: `option WORD,WORD`
    choice   ///< one word of `choices`: its arguments
  };
  std::string_view name;
  Kind kind = Kind::choice;
  std::string_view option;
  std::vector<Choice> choices;
  long least = 0;
  long most = 0;
  bool required = false;
};

/// A path of the server and the command behind it.
struct Endpoint {
  std::string_view path;
  std::string_view command;
  std::string_view code_field;      ///< the field with the code
  std::vector<Language> languages;  ///< one only: there is no field `language`
  std::vector<std::string_view> arguments;  ///< always there
  std::vector<Field> fields;
};

/// All endpoints that run a command. This table is the place to change when a command changes.
const std::vector<Endpoint>& endpoints();

/// The endpoint of that path, or null.
const Endpoint* find_endpoint(std::string_view path);

/// A request as a command line. All file names are ours and without folders.
struct CommandLine {
  std::vector<std::string> arguments;  ///< the command first, the code's file last
  std::string code_file;
  std::string code;
  std::string output_file;  ///< what the command writes besides its rows; empty: nothing
};

/// An output file whose content is bytes rather than text.
inline constexpr std::string_view k_object_file = "output.o";

/// What `body` asks `endpoint` for. The error is a sentence that begins with the field's name.
Result<CommandLine> read_request(const Endpoint& endpoint, std::string_view body);

}  // namespace llmc
