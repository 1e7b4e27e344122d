#include "corpus/similarity.h"

#include <xxhash.h>

#include <algorithm>
#include <cctype>
#include <limits>

#include "support/text.h"

namespace llmc {
namespace {

/// What is left out of a text before it is compared.
enum class Left {
  names,  ///< symbols, types, contents of strings
  names_and_values  ///< numbered values and constants as well
};

bool is_name(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '.' || c == '$' ||
         c == '-';
}

/// The end of the quoted text that begins at `at`.
std::size_t end_of_quoted(std::string_view text, std::size_t at) {
  const std::size_t end = text.find('"', at + 1);
  return end == text.npos ? text.size() : end + 1;
}

std::size_t end_of_name(std::string_view text, std::size_t at) {
  if (at < text.size() && text[at] == '"') return end_of_quoted(text, at);
  while (at < text.size() && is_name(text[at])) ++at;
  return at;
}

/// `text` with the parts left out replaced by single letters that LLVM would not print there.
std::string mask(std::string_view text, Left left) {
  std::string result;
  result.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    const bool begins_word = at == 0 || !is_name(text[at - 1]);
    const bool is_digit = std::isdigit(static_cast<unsigned char>(c)) != 0;
    if (c == '"') {
      result += '"';
      at = end_of_quoted(text, at);
    } else if (c == '@') {
      result += '@';
      at = end_of_name(text, at + 1);
    } else if (c == '%') {
      const std::size_t end = end_of_name(text, at + 1);
      const bool is_value =
          end > at + 1 && std::isdigit(static_cast<unsigned char>(text[at + 1])) != 0;
      result += is_value ? "%" : "%T";
      if (is_value && left == Left::names) result += text.substr(at + 1, end - at - 1);
      at = end;
    } else if (left == Left::names_and_values && begins_word && (is_digit || c == '-')) {
      result += 'N';
      at = std::max(end_of_name(text, at), at + 1);
    } else {
      result += c;
      ++at;
    }
  }
  return result;
}

/// The finaliser of MurmurHash3: spreads every bit over all others.
std::uint64_t mix(std::uint64_t bits) {
  bits = (bits ^ (bits >> 33)) * 0xff51afd7ed558ccdULL;
  bits = (bits ^ (bits >> 33)) * 0xc4ceb9fe1a85ec53ULL;
  return bits ^ (bits >> 33);
}

std::vector<std::uint64_t> line_hashes(std::string_view text) {
  std::vector<std::uint64_t> hashes;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    hashes.push_back(XXH3_64bits(line.data(), line.size()));
  }
  return hashes;
}

}  // namespace

Digest shape_of(std::string_view normal_text) { return Digest::of(mask(normal_text, Left::names)); }

std::string Sketch::bytes() const {
  std::string bytes;
  for (const std::uint32_t entry : least)
    for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(entry >> shift & 0xff);
  return bytes;
}

Sketch Sketch::from_bytes(std::string_view bytes) {
  Sketch sketch;
  if (bytes.size() != 4 * k_least) return sketch;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    sketch.least[i / 4] |= std::uint32_t{static_cast<unsigned char>(bytes[i])} << 8 * (i % 4);
  return sketch;
}

Sketch sketch_of(std::string_view normal_text) {
  const std::vector<std::uint64_t> lines = line_hashes(mask(normal_text, Left::names_and_values));
  Sketch sketch;
  sketch.least.fill(std::numeric_limits<std::uint32_t>::max());
  for (std::size_t first = 0; first == 0 || first + Sketch::k_run <= lines.size(); ++first) {
    std::uint64_t run = 0;
    for (std::size_t i = first; i < std::min(first + Sketch::k_run, lines.size()); ++i)
      run = mix(run ^ lines[i]);
    for (std::size_t i = 0; i < Sketch::k_least; ++i) {
      const auto hash = static_cast<std::uint32_t>(mix(run + i * 0x9e3779b97f4a7c15ULL));
      sketch.least[i] = std::min(sketch.least[i], hash);
    }
  }
  return sketch;
}

double resemblance(const Sketch& a, const Sketch& b) {
  std::size_t equal = 0;
  for (std::size_t i = 0; i < Sketch::k_least; ++i) equal += a.least[i] == b.least[i];
  return static_cast<double>(equal) / Sketch::k_least;
}

bool NearDuplicates::seen(const Sketch& sketch) {
  std::array<std::uint64_t, k_bands> keys{};
  for (std::size_t band = 0; band < k_bands; ++band) {
    for (std::size_t row = 0; row < k_rows; ++row)
      keys[band] = mix(keys[band] ^ sketch.least[band * k_rows + row]);
    const auto found = bands_[band].find(keys[band]);
    if (found == bands_[band].end()) continue;
    for (const std::uint32_t candidate : found->second)
      if (resemblance(kept_[candidate], sketch) >= threshold_) return true;
  }
  const auto number = static_cast<std::uint32_t>(kept_.size());
  kept_.push_back(sketch);
  for (std::size_t band = 0; band < k_bands; ++band) bands_[band][keys[band]].push_back(number);
  return false;
}

}  // namespace llmc
