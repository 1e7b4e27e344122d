#include "assembly/object_places.h"

#include <fmt/format.h>
#include <llvm/BinaryFormat/ELF.h>

#include <algorithm>

#include "assembly/machine.h"

namespace llmc {
namespace {

bool is_code(const ObjectSection& section) {
  return (section.flags & llvm::ELF::SHF_EXECINSTR) != 0;
}

/// "$x", "$d.3": where code and data begin, not names.
bool is_mapping_symbol(const ObjectSymbol& symbol) { return symbol.name.starts_with('$'); }

}  // namespace

ObjectPlaces::ObjectPlaces(const ObjectFile& file)
    : file_(file),
      functions_of_(file.sections.size()),
      symbols_(file.sections.size()),
      labels_(file.sections.size()),
      cuts_(file.sections.size()) {
  for (std::size_t i = 0; i < file.symbols.size(); ++i) {
    const ObjectSymbol& symbol = file.symbols[i];
    names_.insert(symbol.name);
    if (symbol.section == 0 || symbol.name.empty() || symbol.common) continue;
    if (symbol.type == llvm::ELF::STT_SECTION || is_mapping_symbol(symbol)) continue;
    if (symbol.type == llvm::ELF::STT_FILE) continue;
    symbols_[symbol.section][symbol.value].push_back(i);
    if (!is_code(file.sections[symbol.section])) cuts_[symbol.section].insert(symbol.value);
  }
  for (auto& places : symbols_)
    for (auto& [offset, symbols] : places)
      std::ranges::stable_partition(
          symbols, [&](std::size_t symbol) { return !is_private_name(file.symbols[symbol].name); });
  find_functions();
}

void ObjectPlaces::find_functions() {
  for (std::size_t section = 0; section < file_.sections.size(); ++section) {
    if (!is_code(file_.sections[section]) || file_.sections[section].skipped) continue;
    std::uint64_t end_of_last = 0;
    for (const auto& [offset, symbols] : symbols_[section]) {
      // Declared functions first; another symbol begins one where none is open.
      std::vector<std::size_t> here = symbols;
      std::ranges::stable_partition(here, [&](std::size_t symbol) {
        return file_.symbols[symbol].type == llvm::ELF::STT_FUNC;
      });
      const ObjectSymbol& first = file_.symbols[here.front()];
      const bool declared = first.type == llvm::ELF::STT_FUNC;
      if (!declared && (offset < end_of_last || first.type == llvm::ELF::STT_OBJECT ||
                        is_private_name(first.name)))
        continue;
      if (!functions_of_[section].empty()) {
        ObjectFunction& last = functions_[functions_of_[section].back()];
        if (last.end > offset && file_.symbols[last.symbol].size != 0) last.overlaps = true;
        last.end = std::min(last.end, offset);
      }
      ObjectFunction function{here.front(), {here.begin() + 1, here.end()}, section,
                              offset,       file_.sections[section].size,   false};
      if (first.size != 0)
        function.end = offset + std::min(first.size, file_.sections[section].size - offset);
      end_of_last = function.end;
      functions_of_[section].push_back(functions_.size());
      functions_.push_back(std::move(function));
    }
  }
}

const ObjectFunction* ObjectPlaces::function_at(std::size_t section, std::uint64_t offset) const {
  const auto& numbers = functions_of_[section];
  auto after = std::ranges::upper_bound(
      numbers, offset, {}, [&](std::size_t number) { return functions_[number].begin; });
  if (after == numbers.begin()) return nullptr;
  const ObjectFunction& function = functions_[*--after];
  return offset < function.end || offset == function.begin ? &function : nullptr;
}

std::vector<std::size_t> ObjectPlaces::symbols_at(std::size_t section, std::uint64_t offset) const {
  const auto found = symbols_[section].find(offset);
  return found == symbols_[section].end() ? std::vector<std::size_t>() : found->second;
}

std::string ObjectPlaces::made_up(std::size_t section, std::uint64_t offset) const {
  std::string name = fmt::format(".L{}_{:x}", section, offset);
  while (names_.contains(name)) name += '_';
  return name;
}

std::string ObjectPlaces::label(std::size_t section, std::uint64_t offset) {
  const auto [label, is_new] = labels_[section].try_emplace(offset);
  if (is_new) label->second = made_up(section, offset);
  return label->second;
}

ObjectPlace ObjectPlaces::name_in_data(std::size_t section, std::uint64_t offset) {
  auto after = symbols_[section].upper_bound(offset);
  if (after != symbols_[section].begin()) {
    const auto& [begin, symbols] = *std::prev(after);
    const ObjectSymbol& symbol = file_.symbols[symbols.front()];
    const auto inside = static_cast<std::int64_t>(offset - begin);
    if (inside == 0 || symbol.size == 0 || offset - begin < symbol.size)
      return {symbol.name, inside};
  }
  // An entry of a pool of constants is one thing, wherever in it something points.
  const ObjectSection& data = file_.sections[section];
  std::uint64_t begin = offset;
  if ((data.flags & llvm::ELF::SHF_MERGE) != 0 && (data.flags & llvm::ELF::SHF_STRINGS) == 0 &&
      data.entry_size != 0)
    begin = offset / data.entry_size * data.entry_size;
  cuts_[section].insert(begin);
  return {made_up(section, begin), static_cast<std::int64_t>(offset - begin)};
}

ObjectPlace ObjectPlaces::name(std::size_t section, std::int64_t offset,
                               const ObjectFunction* inside) {
  const std::uint64_t size = file_.sections[section].size;
  if (offset < 0 || static_cast<std::uint64_t>(offset) > size) {
    // Outside of the section: counted from its beginning.
    ObjectPlace place = name(section, 0, inside);
    place.addend += offset;
    return place;
  }
  const auto place = static_cast<std::uint64_t>(offset);
  if (!is_code(file_.sections[section])) return name_in_data(section, place);
  const ObjectFunction* function = function_at(section, place);
  if (function != nullptr && function->begin == place && function != inside)
    return {file_.symbols[function->symbol].name, 0};
  return {label(section, place), 0};
}

ObjectPlace ObjectPlaces::target(std::size_t symbol, std::int64_t addend,
                                 const ObjectFunction* inside) {
  const ObjectSymbol& named = file_.symbols[symbol];
  if (named.section == 0) return {named.name, addend};
  if (named.type != llvm::ELF::STT_SECTION && !named.name.empty() && !is_mapping_symbol(named))
    return {named.name, addend};
  return name(named.section, static_cast<std::int64_t>(named.value) + addend, inside);
}

}  // namespace llmc
