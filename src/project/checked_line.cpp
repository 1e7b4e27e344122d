#include "project/checked_line.h"

#include <fmt/format.h>

#include <charconv>

namespace llmc {
namespace {

std::string escape_field(std::string_view field) {
  std::string escaped;
  for (const char byte : field) {
    switch (byte) {
      case '\t':
        escaped += "\\t";
        break;
      case '\n':
        escaped += "\\n";
        break;
      case '\r':
        escaped += "\\r";
        break;
      case '\\':
        escaped += "\\\\";
        break;
      default:
        escaped += byte;
    }
  }
  return escaped;
}

std::string unescape_field(std::string_view field) {
  std::string plain;
  for (std::size_t i = 0; i < field.size(); ++i) {
    if (field[i] != '\\' || i + 1 == field.size()) {
      plain += field[i];
      continue;
    }
    const char code = field[++i];
    plain += code == 't' ? '\t' : code == 'n' ? '\n' : code == 'r' ? '\r' : code;
  }
  return plain;
}

std::string checksum_of_line(std::string_view line) {
  return fmt::format("{:016x}", Digest::of(line).low);
}

bool parse_hex(std::string_view hex, std::uint64_t& number) {
  const auto [end, error] = std::from_chars(hex.data(), hex.data() + hex.size(), number, 16);
  return error == std::errc() && end == hex.data() + hex.size();
}

}  // namespace

std::string print_checked_line(const std::vector<std::string>& fields) {
  std::string line;
  for (const std::string& field : fields) line += escape_field(field) + "\t";
  return line + checksum_of_line(line) + "\n";
}

std::optional<std::vector<std::string>> parse_checked_line(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  const std::size_t last = line.rfind('\t');
  if (last == std::string_view::npos) return std::nullopt;
  if (line.substr(last + 1) != checksum_of_line(line.substr(0, last + 1))) return std::nullopt;
  std::vector<std::string> fields;
  for (std::size_t at = 0; at <= last;) {
    const std::size_t stop = line.find('\t', at);
    fields.push_back(unescape_field(line.substr(at, stop - at)));
    at = stop + 1;
  }
  return fields;
}

std::optional<Digest> digest_of_hex(std::string_view hex) {
  Digest digest;
  if (hex.size() != 32 || !parse_hex(hex.substr(0, 16), digest.high) ||
      !parse_hex(hex.substr(16), digest.low))
    return std::nullopt;
  return digest;
}

}  // namespace llmc
