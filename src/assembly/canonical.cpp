#include "assembly/canonical.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "assembly/assembly.h"
#include "assembly/facts.h"
#include "assembly/machine.h"
#include "support/digest.h"

namespace llmc {
namespace {

/// Content that prints longer than this is printed as its hash.
constexpr std::size_t k_longest_content = 4000;

/// So many data are visited for one function; what is beyond is printed by name, and so is equal to
/// nothing else.
constexpr int k_most_visits = 100'000;

/// What a symbol with an addend means.
struct Meaning {
  enum class Kind { name, place, constant, variable };
  Kind kind = Kind::name;
  std::string name;  ///< of a `name`
  std::size_t place = 0;  ///< of a `place`: the number of the instruction, without nops
  const AsmDatum* datum = nullptr;  ///< of `constant` and `variable`: data without a name
  std::int64_t addend = 0;
};

class CanonicalWriter {
 public:
  CanonicalWriter(const AsmUnit& unit, const AsmFunction& function)
      : unit_(unit), function_(function) {
    number_instructions();
    for (const AsmLabel& label : function.labels)
      labels_.emplace(label.name, numbers_[std::min(label.at, function.instructions.size())]);
    if (function.linkage == AsmLinkage::local) labels_.emplace(function.name, 0);
    for (const AsmDatum& datum : unit.data)
      for (const AsmInnerName& inner : datum.inner_names)
        if (is_private_name(inner.name))
          inner_.emplace(inner.name, std::pair(&datum, inner.offset));
  }

  std::vector<std::string> symbols() {
    mark_places();
    std::vector<std::string> symbols;
    for (const AsmInstruction& instruction : function_.instructions) {
      std::string text;
      for (const AsmOperand& operand : instruction.operands) {
        if (operand.kind != AsmOperand::Kind::symbol) continue;
        text += operand_text(operand) + ";";
        const Meaning meant = meaning(operand.symbol, operand.value);
        if (meant.kind == Meaning::Kind::variable) text += content(*meant.datum);
      }
      symbols.push_back(std::move(text));
    }
    return symbols;
  }

  std::string text() {
    mark_places();
    std::string text;
    const auto put_label = [&](std::size_t place) {
      if (const auto label = places_.find(place); label != places_.end())
        text += fmt::format("L{}:\n", label->second);
    };
    for (std::size_t i = 0; i < function_.instructions.size(); ++i) {
      const AsmInstruction& instruction = function_.instructions[i];
      if (does_nothing(instruction)) continue;
      put_label(numbers_[i]);
      text += line(instruction) + "\n";
    }
    put_label(numbers_.back());
    for (std::size_t i = 0; i < variables_.size(); ++i)
      text += fmt::format("D{}: {} {}\n", i + 1, static_cast<int>(variables_[i]->kind),
                          content(*variables_[i]));
    return text;
  }

 private:
  void number_instructions() {
    std::size_t number = 0;
    for (const AsmInstruction& instruction : function_.instructions) {
      numbers_.push_back(number);
      if (!does_nothing(instruction)) ++number;
    }
    numbers_.push_back(number);
  }

  [[nodiscard]] Meaning meaning(const std::string& symbol, std::int64_t addend) {
    if (const auto label = labels_.find(symbol); label != labels_.end())
      return {.kind = Meaning::Kind::place, .place = label->second, .addend = addend};
    if (!is_private_name(symbol)) return {.name = representative(symbol), .addend = addend};
    auto [known, is_new] = data_.try_emplace(symbol, nullptr, 0);
    if (is_new) known->second = datum_behind(symbol);
    const auto [datum, offset] = known->second;
    if (datum == nullptr) {
      const auto alias = unit_.aliases.find(symbol);
      if (alias != unit_.aliases.end() && !is_private_name(alias->second))
        return meaning(alias->second, addend);
      return {.name = symbol, .addend = addend};
    }
    return datum_meaning(*datum, static_cast<std::int64_t>(offset) + addend);
  }

  /// A local alias is only another name for what it means.
  [[nodiscard]] std::string representative(const std::string& symbol) const {
    const auto alias = unit_.aliases.find(symbol);
    const auto linkage = unit_.alias_linkage.find(symbol);
    const bool is_local =
        linkage != unit_.alias_linkage.end() && linkage->second == AsmLinkage::local;
    return alias != unit_.aliases.end() && is_local && !is_private_name(alias->second)
               ? alias->second
               : symbol;
  }

  [[nodiscard]] std::pair<const AsmDatum*, std::uint64_t> datum_behind(const std::string& symbol) {
    if (const auto inner = inner_.find(symbol); inner != inner_.end()) return inner->second;
    return {unit_.datum(symbol), 0};
  }

  /// A place in a datum, by the name that the user gave if there is one.
  [[nodiscard]] static Meaning datum_meaning(const AsmDatum& datum, std::int64_t offset) {
    Meaning meaning{.datum = &datum, .addend = offset};
    if (!is_private_name(datum.name)) meaning.name = datum.name;
    for (const AsmInnerName& inner : datum.inner_names) {
      if (is_private_name(inner.name) || static_cast<std::int64_t>(inner.offset) > offset) continue;
      meaning.name = inner.name;
      meaning.addend = offset - static_cast<std::int64_t>(inner.offset);
    }
    if (!meaning.name.empty() || !datum.problem.empty()) {
      if (meaning.name.empty()) meaning.name = datum.name;
      return meaning;
    }
    const bool changes = datum.kind == AsmSectionKind::writable ||
                         datum.kind == AsmSectionKind::zero || datum.kind == AsmSectionKind::thread;
    meaning.kind = changes ? Meaning::Kind::variable : Meaning::Kind::constant;
    return meaning;
  }

  /// Numbers the places that something refers to, directly or through data without a name.
  void mark_places() {
    std::set<std::size_t> used;
    std::set<const AsmDatum*> seen;
    std::vector<const AsmDatum*> open;
    const auto mark = [&](const std::string& symbol) {
      const Meaning meant = meaning(symbol, 0);
      if (meant.kind == Meaning::Kind::place) used.insert(meant.place);
      const bool nameless =
          meant.kind == Meaning::Kind::constant || meant.kind == Meaning::Kind::variable;
      if (nameless && seen.insert(meant.datum).second) open.push_back(meant.datum);
    };
    for (const AsmInstruction& instruction : function_.instructions)
      for (const AsmOperand& operand : instruction.operands)
        if (operand.kind == AsmOperand::Kind::symbol) mark(operand.symbol);
    while (!open.empty()) {
      const AsmDatum& datum = *open.back();
      open.pop_back();
      for (const AsmReference& reference : datum.references) {
        mark(reference.symbol);
        if (!reference.minus.empty()) mark(reference.minus);
      }
    }
    std::size_t number = 0;
    for (const std::size_t place : used) places_[place] = ++number;
  }

  static std::string with_addend(std::string text, std::int64_t addend) {
    if (addend != 0) text += fmt::format("{:+}", addend);
    return text;
  }

  [[nodiscard]] std::string printed(const Meaning& meant, std::string_view suffix = {}) {
    std::string text;
    switch (meant.kind) {
      case Meaning::Kind::name:
        text = meant.name;
        break;
      case Meaning::Kind::place:
        text = fmt::format("L{}", places_.at(meant.place));
        break;
      case Meaning::Kind::constant:
        text = content(*meant.datum);
        break;
      case Meaning::Kind::variable: {
        auto found = std::ranges::find(variables_, meant.datum);
        if (found == variables_.end()) found = variables_.insert(found, meant.datum);
        text = fmt::format("D{}", found - variables_.begin() + 1);
        break;
      }
    }
    return with_addend(text + std::string(suffix), meant.addend);
  }

  /// An exchange of two registers reads the same both ways; assemblers encode either.
  static std::string ordered_exchange(std::string text) {
    const std::size_t first = text.find('%'), comma = text.find(", ");
    if (first == std::string::npos || comma == std::string::npos || comma < first) return text;
    const std::string a = text.substr(first, comma - first), b = text.substr(comma + 2);
    return a <= b ? text : text.substr(0, first) + b + ", " + a;
  }

  std::string line(const AsmInstruction& instruction) {
    std::string text = instruction.text;
    if (instruction.name.starts_with("XCHG") && instruction.name.ends_with("rr"))
      return ordered_exchange(std::move(text));
    // What has been put in is not searched again, so the pieces are put in from the right.
    std::map<std::size_t, std::pair<std::size_t, std::string>, std::greater<>> pieces;
    for (const AsmOperand& operand : instruction.operands) {
      if (operand.kind != AsmOperand::Kind::symbol) continue;
      const std::string shown = symbol_text(unit_.target, operand);
      const std::size_t at = find_piece(text, shown);
      if (at != std::string::npos) pieces[at] = {shown.size(), operand_text(operand)};
    }
    for (const auto& [at, piece] : pieces) text.replace(at, piece.first, piece.second);
    return text;
  }

  [[nodiscard]] std::string operand_text(const AsmOperand& operand) {
    const Meaning meant = meaning(operand.symbol, operand.value);
    if (unit_.target == NormalTarget::aarch64)
      return (operand.modifier.empty() ? std::string() : ":" + operand.modifier + ":") +
             printed(meant);
    const bool plain = operand.modifier.empty() || operand.modifier == "PLT";
    return printed(meant, plain ? std::string() : "@" + operand.modifier);
  }

  /// Where `piece` stands in `text` as an operand of its own.
  static std::size_t find_piece(std::string_view text, std::string_view piece) {
    std::size_t at = text.find(' ');
    if (at == std::string_view::npos) return at;
    for (at = text.find(piece, at); at != std::string_view::npos; at = text.find(piece, at + 1)) {
      const char before = text[at - 1];
      const std::size_t end = at + piece.size();
      if ((!is_name_character(before) || before == '$') && before != '%' &&
          (end == text.size() || !is_name_character(text[end])))
        break;
    }
    return at;
  }

  /// The bytes of a constant or variable with what its references mean.
  std::string content(const AsmDatum& datum) {
    if (const auto known = contents_.find(&datum); known != contents_.end()) return known->second;
    if (const auto above = std::ranges::find(stack_, &datum); above != stack_.end()) {
      highest_loop_ = std::min<std::size_t>(highest_loop_, above - stack_.begin());
      return fmt::format("^{}", stack_.end() - above);
    }
    if (++visits_ > k_most_visits) return datum.name;
    stack_.push_back(&datum);
    const std::size_t depth = stack_.size() - 1;
    std::string text = "{" + raw_content(datum) + "}";
    if (text.size() > k_longest_content) text = "{#" + Digest::of(text).hex() + "}";
    stack_.pop_back();
    // What refers to data further up reads differently elsewhere.
    if (highest_loop_ >= depth) {
      contents_[&datum] = text;
      highest_loop_ = k_no_loop;
    }
    return text;
  }

  static bool is_text(std::string_view bytes) {
    if (bytes.empty() || bytes.back() != '\0') return false;
    bytes.remove_suffix(1);
    return std::ranges::all_of(
        bytes, [](char c) { return (c >= ' ' && c <= '~') || c == '\n' || c == '\t'; });
  }

  static std::string escaped(std::string_view bytes) {
    std::string text;
    for (const char c : bytes) {
      if (c == '"' || c == '\\') text += '\\';
      text += c == '\n' ? std::string("\\n") : c == '\t' ? std::string("\\t") : std::string(1, c);
    }
    return text;
  }

  static std::string bytes_text(std::string_view bytes) {
    if (bytes.empty()) return {};
    if (is_text(bytes)) return '"' + escaped(bytes.substr(0, bytes.size() - 1)) + '"';
    if (std::ranges::all_of(bytes, [](char c) { return c == 0; }))
      return fmt::format("0*{}", bytes.size());
    std::string text;
    for (const char c : bytes) text += fmt::format("{:02x}", static_cast<unsigned char>(c));
    return text;
  }

  std::string raw_content(const AsmDatum& datum) {
    const std::string_view bytes =
        std::string_view(datum.bytes).substr(0, datum.bytes.size() - datum.padding);
    std::string text;
    std::size_t done = 0;
    for (const AsmReference& reference : datum.references) {
      if (reference.offset < done || reference.offset + reference.size > datum.bytes.size())
        continue;
      text += bytes_text(
          bytes.substr(std::min<std::size_t>(done, bytes.size()), reference.offset - done));
      text += fmt::format("<{} {}>", reference.size, reference_text(datum, reference));
      done = reference.offset + reference.size;
    }
    return text + bytes_text(bytes.substr(std::min(done, bytes.size())));
  }

  /// Relative to the beginning of the datum ("@") if it is relative to the datum or to its place.
  std::string reference_text(const AsmDatum& datum, const AsmReference& reference) {
    std::int64_t addend = reference.addend;
    std::string minus;
    if (reference.relative) {
      addend -= static_cast<std::int64_t>(reference.offset);
      minus = "-@";
    } else if (!reference.minus.empty()) {
      const bool own =
          reference.minus == datum.name ||
          std::ranges::find(datum.other_names, reference.minus) != datum.other_names.end();
      minus = own ? "-@" : "-" + printed(meaning(reference.minus, 0));
    }
    std::string text = printed(meaning(reference.symbol, addend)) + minus;
    if (reference.shift != 0) text += fmt::format(">>{}", reference.shift);
    return text;
  }

  static constexpr std::size_t k_no_loop = ~std::size_t{0};

  const AsmUnit& unit_;
  const AsmFunction& function_;
  std::vector<std::size_t> numbers_;  ///< of instructions when nops are not counted
  std::map<std::string, std::size_t> labels_;
  std::map<std::string, std::pair<const AsmDatum*, std::uint64_t>> inner_, data_;
  std::map<std::size_t, std::size_t> places_;  ///< to the number of the label
  std::vector<const AsmDatum*> variables_;
  std::map<const AsmDatum*, std::string> contents_;
  std::vector<const AsmDatum*> stack_;
  std::size_t highest_loop_ = k_no_loop;
  int visits_ = 0;
};

}  // namespace

std::string canonical_text(const AsmUnit& unit, const AsmFunction& function) {
  return CanonicalWriter(unit, function).text();
}

std::vector<std::string> canonical_symbols(const AsmUnit& unit, const AsmFunction& function) {
  return CanonicalWriter(unit, function).symbols();
}

}  // namespace llmc
