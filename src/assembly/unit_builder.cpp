#include "assembly/unit_builder.h"

#include <fmt/format.h>
#include <llvm/BinaryFormat/ELF.h>

#include <algorithm>
#include <unordered_map>

namespace llmc {
namespace {

/// A place in one of the unit's data.
struct DatumPlace {
  std::size_t datum = 0;
  std::uint64_t offset = 0;
};

/// A value whose symbols are known only when all of the text is read.
struct PendingValue {
  DatumPlace at;
  unsigned size = 0;
  AsmSum sum;
  unsigned line = 0;
};

/// Where a datum begins in its section.
struct DatumStart {
  const llvm::MCSectionELF* section = nullptr;
  std::uint64_t offset = 0;
};

/// What the sections have in common while they are gone through.
struct UnitDraft {
  const AsmRecord& record;
  AsmUnit unit;
  std::unordered_map<const llvm::MCSymbol*, DatumPlace> places;
  std::vector<PendingValue> values;
  std::vector<DatumStart> starts;  ///< of each datum

  [[nodiscard]] SymbolAttributes attributes(const llvm::MCSymbol* symbol) const {
    const auto found = record.attributes.find(symbol);
    return found == record.attributes.end() ? SymbolAttributes{} : found->second;
  }
};

/// Goes through the items of one section. At each moment either a function is open, or a datum, or
/// labels wait to know which of the two they begin.
class SectionReader {
 public:
  SectionReader(UnitDraft& draft, const llvm::MCSectionELF& section)
      : draft_(draft),
        section_(section),
        name_(section.getName().str()),
        kind_(section_kind(name_, section.getType(), section.getFlags())) {}

  void read(const RecordedItem& item) {
    line_ = item.line;
    std::visit([&](const auto& content) { take(content); }, item.content);
  }

  void finish() {
    if (!waiting_.empty()) begin_datum();
  }

 private:
  AsmUnit& unit() { return draft_.unit; }
  AsmFunction& function() { return unit().functions[*function_]; }
  AsmDatum& datum() { return unit().data[*datum_]; }

  [[nodiscard]] std::string group() const {
    const auto* symbol = section_.getGroup();
    return symbol == nullptr ? std::string() : symbol->getName().str();
  }

  /// Whether `label` begins a function rather than being a place in the one that is open.
  bool begins_function(const RecordedLabel& label) {
    if (kind_ != AsmSectionKind::code || label.anonymous) return false;
    const SymbolAttributes attributes = draft_.attributes(label.symbol);
    if (attributes.function) return true;
    if (attributes.object || !function_) return false;
    return !open_is_typed_ && !is_private_name(label.symbol->getName().str()) &&
           attributes.linkage != AsmLinkage::local;
  }

  void begin_function(const llvm::MCSymbol* symbol) {
    if (!waiting_.empty()) begin_datum();
    const SymbolAttributes attributes = draft_.attributes(symbol);
    const std::string name = symbol->getName().str();
    if (function_ && function().instructions.empty() && function().problem.empty()) {
      unit().aliases[name] = function().name;
      unit().alias_linkage[name] = attributes.linkage;
      return;
    }
    datum_.reset();
    function_ = unit().functions.size();
    open_is_typed_ = attributes.function;
    functions_here_.emplace_back(symbol, *function_);
    unit().functions.push_back({.name = name,
                                .linkage = attributes.linkage,
                                .visibility = attributes.visibility,
                                .section = name_,
                                .comdat = group(),
                                .alignment = std::exchange(alignment_, 1),
                                .line = line_});
  }

  /// A datum with the labels that wait as its names.
  void begin_datum() {
    function_.reset();
    DatumStart start{&section_, 0};
    if (datum_) start.offset = draft_.starts[*datum_].offset + this->datum().bytes.size();
    start.offset = (start.offset + alignment_ - 1) / alignment_ * alignment_;
    draft_.starts.push_back(start);
    datum_ = unit().data.size();
    AsmDatum datum{.kind = kind_,
                   .section = name_,
                   .comdat = group(),
                   .entry_size = section_.getEntrySize(),
                   .strings = (section_.getFlags() & llvm::ELF::SHF_STRINGS) != 0,
                   .alignment = std::exchange(alignment_, 1)};
    const llvm::MCSymbol* named = nullptr;
    for (const RecordedLabel& label : waiting_) {
      draft_.places[label.symbol] = {*datum_, 0};
      if (label.anonymous) continue;
      const std::string name = label.symbol->getName().str();
      // The name that the user gave is the datum's, wherever it stands.
      if (named != nullptr && (!is_private_name(datum.name) || is_private_name(name))) {
        datum.other_names.push_back(name);
        continue;
      }
      if (named != nullptr) datum.other_names.push_back(datum.name);
      named = label.symbol;
      datum.name = name;
    }
    const SymbolAttributes attributes = draft_.attributes(named);
    datum.linkage = attributes.linkage;
    datum.visibility = attributes.visibility;
    unit().data.push_back(std::move(datum));
    waiting_.clear();
  }

  void spoil_function(std::string what) {
    if (function().problem.empty()) function().problem = fmt::format("line {}: {}", line_, what);
  }

  /// Makes sure that a datum is open; false if a function is in the way.
  bool open_datum() {
    const bool named = std::ranges::any_of(waiting_, [](auto& label) { return !label.anonymous; });
    if (function_ && !ended_ && !named) {
      spoil_function("there is data in the middle of code");
      return false;
    }
    if (named || !datum_ || function_) begin_datum();
    for (const RecordedLabel& label : waiting_)
      draft_.places[label.symbol] = {*datum_, datum().bytes.size()};
    waiting_.clear();
    if (alignment_ > 1) {
      // Alignment without a label belongs to what goes on, which is where the label said.
      if (datum().alignment % alignment_ != 0)
        spoil_datum("the alignment in the middle of data is more than that of its label");
      else
        datum().bytes.resize((datum().bytes.size() + alignment_ - 1) / alignment_ * alignment_);
      alignment_ = 1;
    }
    return true;
  }

  void spoil_datum(std::string what) {
    if (datum().problem.empty()) datum().problem = fmt::format("line {}: {}", line_, what);
  }

  void take(const RecordedLabel& label) {
    if (begins_function(label)) {
      ended_ = false;
      begin_function(label.symbol);
    } else if (function_ && !ended_ && !draft_.attributes(label.symbol).object) {
      function().labels.push_back({label.symbol->getName().str(), function().instructions.size()});
    } else {
      waiting_.push_back(label);
    }
  }

  void take(const AsmInstruction& instruction) {
    if (kind_ != AsmSectionKind::code) {
      unit().problems.push_back(
          fmt::format("line {}: there is an instruction in the section {}", line_, name_));
      return;
    }
    if (!waiting_.empty() && !waiting_.back().anonymous) begin_untyped_function();
    if (!function_ || ended_) {
      unit().problems.push_back(fmt::format("line {}: this instruction is in no function", line_));
      return;
    }
    if (function().problem.empty()) function().instructions.push_back(instruction);
    alignment_ = 1;
  }

  void begin_untyped_function() {
    const std::vector<RecordedLabel> labels = std::exchange(waiting_, {});
    function_.reset();
    ended_ = false;
    const auto is_named = [](const RecordedLabel& label) {
      return !label.anonymous && !is_private_name(label.symbol->getName().str());
    };
    const auto first = std::ranges::find_if(labels, is_named);
    begin_function(first == labels.end() ? labels.back().symbol : first->symbol);
    for (const RecordedLabel& label : labels) {
      if (is_named(label) && label.symbol != first->symbol)
        begin_function(label.symbol);
      else if (label.symbol->getName().str() != function().name)
        function().labels.push_back({label.symbol->getName().str(), 0});
    }
  }

  void take(const RecordedBytes& bytes) {
    if (open_datum()) datum().bytes += bytes.bytes;
  }

  void take(const RecordedZeros& zeros) {
    if (open_datum()) datum().bytes.append(zeros.count, '\0');
  }

  void take(const RecordedValue& value) {
    if (!open_datum()) return;
    draft_.values.push_back({{*datum_, datum().bytes.size()}, value.size, value.sum, line_});
    datum().bytes.append(value.size, '\0');
  }

  void take(const RecordedAlignment& alignment) {
    alignment_ = std::max(alignment_, alignment.alignment);
  }

  void take(const RecordedEnd& end) {
    for (const auto& [symbol, number] : functions_here_) {
      if (symbol != end.symbol) continue;
      if (function_ == number) {
        ended_ = true;
        alignment_ = 1;
      } else if (number + 1 < unit().functions.size() && unit().functions[number].problem.empty() &&
                 !closed_.contains(number)) {
        unit().functions[number].problem =
            fmt::format("line {}: the function '{}' begins before this one ends", line_,
                        unit().functions[number + 1].name);
      }
      closed_.insert(number);
    }
  }

  void take(const RecordedFrame& frame) {
    if (!function_) return;
    function().unwinds = true;
    if (!frame.personality.empty()) function().personality = frame.personality;
  }

  void take(const RecordedProblem& problem) {
    const bool named = !waiting_.empty() && !waiting_.back().anonymous;
    if (kind_ == AsmSectionKind::code && named) begin_untyped_function();
    if (function_ && !ended_) {
      spoil_function(problem.what);
    } else {
      unit().problems.push_back(fmt::format("line {}: {}", line_, problem.what));
      if (!waiting_.empty()) begin_datum();
      if (datum_) spoil_datum(problem.what);
    }
  }

  UnitDraft& draft_;
  const llvm::MCSectionELF& section_;
  std::string name_;
  AsmSectionKind kind_;
  unsigned line_ = 0;
  std::uint64_t alignment_ = 1;
  std::vector<RecordedLabel> waiting_;
  std::optional<std::size_t> function_, datum_;
  bool ended_ = false;          ///< the open function's end has been said
  bool open_is_typed_ = false;  ///< the open function has been declared as one
  std::vector<std::pair<const llvm::MCSymbol*, std::size_t>> functions_here_;
  std::set<std::size_t> closed_;
};

/// `symbol` as a name and what is added to it, such that places without a name get one.
std::pair<std::string, std::uint64_t> named_place(const UnitDraft& draft,
                                                  const llvm::MCSymbol* symbol) {
  const auto found = draft.places.find(symbol);
  const std::string name = symbol->getName().str();
  if (found == draft.places.end()) return {name, 0};
  const AsmDatum& datum = draft.unit.data[found->second.datum];
  if (found->second.offset == 0 &&
      (datum.name == name || std::ranges::find(datum.other_names, name) != datum.other_names.end()))
    return {name, 0};
  return {datum.name, found->second.offset};
}

/// Writes a value that is known after all: the difference of two places in one section of data.
bool write_known_difference(UnitDraft& draft, const PendingValue& value) {
  if (value.sum.plus == nullptr || value.sum.minus == nullptr) return false;
  const auto plus = draft.places.find(value.sum.plus);
  const auto minus = draft.places.find(value.sum.minus);
  if (plus == draft.places.end() || minus == draft.places.end()) return false;
  const DatumStart &of_plus = draft.starts[plus->second.datum],
                   &of_minus = draft.starts[minus->second.datum];
  if (of_plus.section != of_minus.section ||
      draft.unit.data[plus->second.datum].kind == AsmSectionKind::code)
    return false;
  std::uint64_t number = of_plus.offset + plus->second.offset - of_minus.offset -
                         minus->second.offset + static_cast<std::uint64_t>(value.sum.constant);
  number >>= value.sum.shift;
  std::string& bytes = draft.unit.data[value.at.datum].bytes;
  for (unsigned i = 0; i < value.size; ++i)
    bytes[value.at.offset + i] = static_cast<char>(i < 8 ? number >> (8 * i) : 0);
  return true;
}

void resolve_value(UnitDraft& draft, const PendingValue& value) {
  AsmDatum& datum = draft.unit.data[value.at.datum];
  if (value.sum.plus == nullptr) {
    datum.problem = fmt::format("line {}: a negative address is not understood", value.line);
    return;
  }
  if (write_known_difference(draft, value)) return;
  AsmReference reference{.offset = value.at.offset,
                         .size = value.size,
                         .addend = value.sum.constant,
                         .shift = value.sum.shift};
  const auto [symbol, offset] = named_place(draft, value.sum.plus);
  reference.symbol = symbol;
  reference.addend += static_cast<std::int64_t>(offset);
  if (value.sum.minus != nullptr) {
    const auto place = draft.places.find(value.sum.minus);
    const auto [minus, less] = named_place(draft, value.sum.minus);
    if (place != draft.places.end() && place->second.datum == value.at.datum &&
        place->second.offset == value.at.offset && value.at.offset != 0) {
      reference.relative = true;
    } else {
      reference.minus = minus;
      reference.addend -= static_cast<std::int64_t>(less);
    }
  }
  datum.references.push_back(std::move(reference));
}

void add_commons(UnitDraft& draft) {
  for (const RecordedCommon& common : draft.record.commons) {
    const SymbolAttributes attributes = draft.attributes(common.symbol);
    draft.unit.data.push_back({.name = common.symbol->getName().str(),
                               .linkage = attributes.linkage,
                               .visibility = attributes.visibility,
                               .kind = AsmSectionKind::zero,
                               .section = "COMMON",
                               .alignment = common.alignment,
                               .bytes = std::string(common.size, '\0')});
  }
}

void resolve_assignments(const AsmMachine& machine, UnitDraft& draft) {
  for (const auto& [symbol, expression] : draft.record.assignments) {
    const auto sum = sum_of(*expression, *machine.syntax);
    const std::string name = symbol->getName().str();
    if (!sum || sum->shift != 0 || (sum->plus != nullptr && !sum->modifier.empty())) {
      draft.unit.problems.push_back(
          fmt::format("the value that is assigned to '{}' is not understood", name));
      continue;
    }
    // Numbers and differences have been put in the place of the symbol where it is used.
    if (sum->plus == nullptr || sum->minus != nullptr) continue;
    const SymbolAttributes attributes = draft.attributes(symbol);
    const auto place = draft.places.find(sum->plus);
    if (place != draft.places.end()) {
      AsmDatum& datum = draft.unit.data[place->second.datum];
      const std::uint64_t offset = place->second.offset + static_cast<std::uint64_t>(sum->constant);
      if (offset == 0) {
        draft.unit.aliases[name] = datum.name;
        draft.unit.alias_linkage[name] = attributes.linkage;
      }
      datum.inner_names.push_back({name, offset, attributes.linkage, attributes.visibility});
    } else if (sum->constant == 0) {
      draft.unit.aliases[name] = sum->plus->getName().str();
      draft.unit.alias_linkage[name] = attributes.linkage;
    } else {
      draft.unit.problems.push_back(
          fmt::format("'{}' is in the middle of something that is not data", name));
    }
  }
  for (AsmDatum& datum : draft.unit.data)
    std::ranges::stable_sort(datum.inner_names, {}, &AsmInnerName::offset);
}

}  // namespace

AsmUnit build_unit(const AsmMachine& machine, const AsmRecord& record) {
  UnitDraft draft{.record = record};
  draft.unit.target = machine.kind;
  for (const RecordedSection& section : record.sections) {
    SectionReader reader(draft, *section.section);
    for (const RecordedItem& item : section.items) reader.read(item);
    reader.finish();
  }
  add_commons(draft);
  for (const PendingValue& value : draft.values) resolve_value(draft, value);
  resolve_assignments(machine, draft);
  draft.unit.problems.insert(draft.unit.problems.end(), record.problems.begin(),
                             record.problems.end());
  std::set<std::string> weak;
  for (const auto& [symbol, attributes] : record.attributes)
    if (attributes.linkage == AsmLinkage::weak) weak.insert(symbol->getName().str());
  collect_undefined(draft.unit, weak);
  return std::move(draft.unit);
}

}  // namespace llmc
