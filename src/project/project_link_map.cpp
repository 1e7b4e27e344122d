#include "project/project_link_map.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "support/numbers.h"
#include "support/text.h"

namespace llmc {
namespace {

constexpr std::string_view k_gnu_heading = "Linker script and memory map";
constexpr std::string_view k_lld_heading = "Align Out     In      Symbol";

/// The next word of the line; empty at its end.
std::string_view next_word(std::string_view& line) {
  line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
  const std::string_view word = line.substr(0, line.find(' '));
  line.remove_prefix(word.size());
  return word;
}

std::optional<std::uint64_t> hexadecimal(std::string_view word) {
  if (word.starts_with("0x")) word.remove_prefix(2);
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number, 16);
  if (word.empty() || error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return number;
}

/// An output section of a map, while its pieces are read. What is not loaded, such as debug
/// information, stands at address 0.
struct OutputSection {
  std::string name;
  std::optional<std::uint64_t> address;

  [[nodiscard]] bool counts() const {
    return address.value_or(0) != 0 && !name.starts_with(".bss") && !name.starts_with(".tbss");
  }
};

/// GNU ld's map: an output section stands at the beginning of a line, the pieces in it behind one
/// blank, and what follows a long name on the next line.
class GnuMap {
 public:
  std::vector<LinkedPiece> read(std::string_view text) {
    while (!text.empty()) take(take_line(text));
    return std::move(pieces_);
  }

 private:
  enum class Waiting { no, for_output, for_piece };

  void take(std::string_view line) {
    if (line.empty()) {
      waiting_ = Waiting::no;
    } else if (line.front() != ' ') {
      output_ = {std::string(next_word(line)), std::nullopt};
      waiting_ = Waiting::for_output;
      take_numbers(line);
    } else if (line.size() > 1 && line[1] != ' ' && line[1] != '*') {
      next_word(line);
      waiting_ = Waiting::for_piece;
      take_numbers(line);
    } else if (line.starts_with("                0x")) {
      take_numbers(line);
    }
  }

  /// Address, size and object of what is waited for; they may be on the next line.
  void take_numbers(std::string_view line) {
    const auto address = hexadecimal(next_word(line));
    if (!address || waiting_ == Waiting::no) return;
    const bool is_piece = waiting_ == Waiting::for_piece;
    waiting_ = Waiting::no;
    if (!is_piece) {
      output_.address = address;
      return;
    }
    const auto size = hexadecimal(next_word(line));
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    if (size.value_or(0) == 0 || line.empty() || !output_.counts()) return;
    pieces_.push_back({std::string(line), output_.name, *size});
  }

  std::vector<LinkedPiece> pieces_;
  OutputSection output_;
  Waiting waiting_ = Waiting::no;
};

/// lld's map: a table in which the column of the name says what a line is about.
std::vector<LinkedPiece> read_lld_map(std::string_view text, std::size_t out_column) {
  std::vector<LinkedPiece> pieces;
  OutputSection output;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    std::string_view rest = line;
    const auto address = hexadecimal(next_word(rest));
    next_word(rest);
    const auto size = hexadecimal(next_word(rest));
    next_word(rest);
    const std::size_t column = line.size() - rest.size() + rest.find_first_not_of(' ');
    if (!address || !size || rest.empty() || column >= line.size()) continue;
    const std::string_view name = line.substr(column);
    if (column == out_column) output = {std::string(name), address};
    const std::size_t bracket = name.rfind(":(");
    const bool is_piece = column == out_column + 8 && bracket != std::string_view::npos;
    if (is_piece && *size != 0 && output.counts())
      pieces.push_back({std::string(name.substr(0, bracket)), output.name, *size});
  }
  return pieces;
}

/// One header of an archive: the name field, and what the member holds.
struct ArchiveEntry {
  std::string_view name;
  std::size_t size = 0;
};

std::optional<ArchiveEntry> read_entry(std::string_view header) {
  if (header.size() < 60 || header.substr(58, 2) != "`\n") return std::nullopt;
  const auto field = [&](std::size_t from, std::size_t length) {
    const std::string_view text = header.substr(from, length);
    return text.substr(0, text.find_last_not_of(' ') + 1);
  };
  ArchiveEntry entry{field(0, 16)};
  if (!parse_number(field(48, 10), entry.size)) return std::nullopt;
  return entry;
}

/// The name that an entry's field means: itself, or the place of a long one in `long_names`.
std::string member_name(std::string_view field, std::string_view long_names) {
  std::size_t offset = 0;
  if (field.starts_with('/') && parse_number(field.substr(1), offset)) {
    const std::string_view rest = long_names.substr(std::min(offset, long_names.size()));
    field = rest.substr(0, rest.find('\n'));
  }
  if (field.ends_with('/')) field.remove_suffix(1);
  return std::string(field);
}

}  // namespace

Result<std::vector<LinkedPiece>> read_link_map(std::string_view text) {
  if (const std::size_t start = text.find(k_gnu_heading); start != std::string_view::npos)
    return GnuMap().read(text.substr(start + k_gnu_heading.size()));
  const std::size_t heading = text.find(k_lld_heading);
  const std::size_t line = text.rfind('\n', heading);
  if (heading == std::string_view::npos || (line != std::string_view::npos && line < heading))
    return fail("not a link map; expected one that GNU ld or lld has written");
  return read_lld_map(text, heading + k_lld_heading.find("Out"));
}

Result<std::vector<ArchiveMember>> read_archive(std::string_view bytes) {
  const bool thin = bytes.starts_with("!<thin>\n");
  if (!thin && !bytes.starts_with("!<arch>\n")) return fail("not an archive");
  std::vector<ArchiveMember> members;
  std::string_view long_names;
  for (std::size_t at = 8; at < bytes.size();) {
    const auto entry = read_entry(bytes.substr(at));
    if (!entry) return fail("a damaged archive: a member's header makes no sense");
    at += 60;
    const bool is_index = entry->name == "/" || entry->name == "/SYM64/";
    const bool is_names = entry->name == "//";
    const bool holds_bytes = !thin || is_index || is_names;
    if (holds_bytes && entry->size > bytes.size() - at)
      return fail("a damaged archive: it ends within a member");
    const std::string_view content = holds_bytes ? bytes.substr(at, entry->size) : "";
    if (is_names) long_names = content;
    if (!is_index && !is_names) members.push_back({member_name(entry->name, long_names), content});
    at += content.size() + content.size() % 2;
  }
  return members;
}

}  // namespace llmc
