// Names for the places in an object that something refers to. Internal to this folder.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "assembly/object_file.h"

namespace llmc {

/// A name and what is added to it.
struct ObjectPlace {
  std::string symbol;
  std::int64_t addend = 0;
};

/// The extent of a function in its section.
struct ObjectFunction {
  std::size_t symbol = 0;                ///< in the file
  std::vector<std::size_t> other_names;  ///< symbols at the same place
  std::size_t section = 0;
  std::uint64_t begin = 0, end = 0;
  bool overlaps = false;  ///< the next one begins before its end
};

class ObjectPlaces {
 public:
  explicit ObjectPlaces(const ObjectFile& file);

  /// In the order of sections and addresses.
  [[nodiscard]] const std::vector<ObjectFunction>& functions() const { return functions_; }

  /// The function that has the place; null if there is none.
  [[nodiscard]] const ObjectFunction* function_at(std::size_t section, std::uint64_t offset) const;

  /// The name of a place of a section. Of code: the function that begins there, else a label. Of
  /// data: the symbol that it lies in, else a label made up, where the data is cut from now on.
  /// `inside`: a label also at the beginning of this function (a jump of its own).
  ObjectPlace name(std::size_t section, std::int64_t offset,
                   const ObjectFunction* inside = nullptr);

  /// What a relocation's symbol with `addend` is: its name, or that of the place in a section.
  ObjectPlace target(std::size_t symbol, std::int64_t addend,
                     const ObjectFunction* inside = nullptr);

  /// The label at a place of code; made up if it has none yet.
  std::string label(std::size_t section, std::uint64_t offset);

  /// The places of a section's code that have labels.
  [[nodiscard]] const std::map<std::uint64_t, std::string>& labels(std::size_t section) const {
    return labels_[section];
  }
  /// Where a data section is cut: at its symbols and at the places that were named.
  [[nodiscard]] const std::set<std::uint64_t>& cuts(std::size_t section) const {
    return cuts_[section];
  }
  /// The symbols of the file at a place of a data section, those of the user first.
  [[nodiscard]] std::vector<std::size_t> symbols_at(std::size_t section,
                                                    std::uint64_t offset) const;

  /// The name that places without a symbol get.
  [[nodiscard]] std::string made_up(std::size_t section, std::uint64_t offset) const;

 private:
  void find_functions();
  ObjectPlace name_in_data(std::size_t section, std::uint64_t offset);

  const ObjectFile& file_;
  std::vector<ObjectFunction> functions_;
  std::vector<std::vector<std::size_t>> functions_of_;                      ///< for each section
  std::vector<std::map<std::uint64_t, std::vector<std::size_t>>> symbols_;  ///< named, of data
  std::vector<std::map<std::uint64_t, std::string>> labels_;
  std::vector<std::set<std::uint64_t>> cuts_;
  std::set<std::string, std::less<>> names_;
};

}  // namespace llmc
