#include "execution/layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace llmc {
namespace {

std::uint64_t round_up(std::uint64_t value, std::uint64_t to) { return (value + to - 1) / to * to; }

/// `count.0` of gcc and `f.count` of clang as `count`.
std::string undecorated(const std::string& name) {
  std::string result = name;
  const std::size_t last = result.rfind('.');
  if (last != std::string::npos && last > 0 && last + 1 < result.size() &&
      std::all_of(result.begin() + static_cast<std::ptrdiff_t>(last) + 1, result.end(),
                  [](unsigned char c) { return std::isdigit(c) != 0; }))
    result.resize(last);
  const std::size_t first = result.rfind('.');
  if (first != std::string::npos && first > 0) result.erase(0, first + 1);
  return result;
}

}  // namespace

Result<std::uint64_t> AddressBook::function(const std::string& name) {
  const auto [found, fresh] = function_numbers_.try_emplace(name, functions_.size());
  if (fresh) {
    if (functions_.size() == k_stub_limit) return fail("it calls too many functions");
    functions_.push_back(name);
  }
  return k_stub_base + found->second * k_stub_size;
}

std::size_t AddressBook::function_at(std::uint64_t address) const {
  const std::uint64_t number = (address - k_stub_base) / k_stub_size;
  return address < k_stub_base ? functions_.size() : std::min(number, functions_.size());
}

std::string AddressBook::data_key(const DataPlace& datum) {
  std::string key = datum.local ? undecorated(datum.name) : datum.name;
  // Two of one side that would be taken for the same keep their whole names.
  if (names_here_.try_emplace(key, datum.name).first->second != datum.name) key = datum.name;
  return key;
}

Result<void> AddressBook::part(const DataPlace& datum) {
  const auto [found, fresh] = data_numbers_.try_emplace(data_key(datum), data_.size());
  if (fresh)
    data_.push_back(datum);
  else if (data_[found->second].address != datum.address)
    return fail(fmt::format("{} is merged with other variables in both, differently", datum.name));
  return {};
}

Result<std::uint64_t> AddressBook::datum(const DataPlace& datum, std::uint64_t alignment) {
  const std::string key = data_key(datum);
  const auto found = data_numbers_.find(key);
  if (found != data_numbers_.end()) {
    DataPlace& place = data_[found->second];
    if (datum.defined && place.defined && datum.size != place.size)
      return fail(fmt::format("{} has {} bytes in the one and {} in the other", datum.name,
                              place.size, datum.size));
    if (datum.defined && datum.size > round_up(place.address + place.size, k_page) - place.address)
      return fail(fmt::format("{} has more bytes ({}) in the IR than in the assembly", datum.name,
                              datum.size));
    if (datum.defined) place.constant = datum.constant && (place.constant || !place.defined);
    place.defined |= datum.defined;
    return place.address;
  }
  const std::uint64_t size = std::max<std::uint64_t>(datum.size, datum.defined ? 1 : k_page);
  const std::uint64_t pages = round_up(size + alignment, k_page);
  if (pages > k_data_limit - next_datum_ - k_page)
    return fail(fmt::format("{} is too large to be run with ({} bytes)", datum.name, size));
  // Ending where a page ends, so that what reads or writes beyond it faults.
  const std::uint64_t address = (next_datum_ + pages - size) / alignment * alignment;
  next_datum_ += pages + k_page;
  data_numbers_[key] = data_.size();
  data_.push_back(datum);
  data_.back().address = address;
  data_.back().size = size;
  return address;
}

Result<std::uint64_t> AddressBook::constant(const std::string& content, std::uint64_t size,
                                            std::uint64_t alignment) {
  const auto found = constants_.find(content);
  if (found != constants_.end()) return found->second;
  const std::uint64_t address = round_up(next_constant_, std::max<std::uint64_t>(alignment, 16));
  if (size > k_constant_limit - address - k_page) return fail("its constants are too large");
  next_constant_ = address + size;
  constants_[content] = address;
  return address;
}

}  // namespace llmc
