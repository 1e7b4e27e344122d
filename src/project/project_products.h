// What a project's build links, which units are in it, and what it would weigh with another object
// of a unit: the bytes that pay are those of programs and shared libraries, after section garbage
// collection and with COMDAT bodies counted once, and not those of objects.
//
// To know them, a copy of the built tree is linked again: an object is put in its place, and into
// the archives that hold it, and the build's own link commands run once more. That takes some 20 ms
// for each program.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "project/project_record.h"
#include "support/digest.h"
#include "support/error.h"
#include "toolchain/measurement.h"

namespace llmc {

/// Bytes by section of a linked program.
using SectionBytes = std::map<std::string, std::uint64_t>;

/// A program or a shared library.
struct Product {
  std::string name;  ///< its path in the tree
  Measurement sizes;
  std::map<std::size_t, SectionBytes> parts;  ///< of each unit of the record that is in it
  std::string problem;  ///< why it cannot be linked again; then `parts` is empty

  /// All bytes of one unit; 0 if it is not in it.
  [[nodiscard]] std::uint64_t bytes_of(std::size_t unit) const;
};

/// The products of a build that lie in `tree` and whose names fit one of `patterns` (all, if there
/// is none), measured.
std::vector<Product> find_products(const RecordedBuild& build, const std::filesystem::path& tree,
                                   const std::vector<std::string>& patterns);

/// The sizes of the same products in another tree. Fails on one that is not there.
Result<std::vector<Measurement>> measure_products(const std::vector<Product>& products,
                                                  const std::filesystem::path& tree);

/// Links products again with other objects.
class ProductBench {
 public:
  /// Copies `tree`, in which `build` was recorded, to `folder`/tree and links all `products` there,
  /// which fills in their parts.
  static Result<ProductBench> open(const RecordedBuild& build, const std::filesystem::path& tree,
                                   const std::filesystem::path& folder,
                                   std::vector<Product> products, const std::string& clang);

  [[nodiscard]] const std::vector<Product>& products() const { return products_; }

  /// Bytes of all products that hold one of `units`, of the three that hold most of them if there
  /// are more, with `object` for each of these units. The object's own bytes where no product holds
  /// them. `units` are places of the record that were compiled from the same program. Fails where
  /// they do not link with it; what was in place is there again in any case.
  Result<std::uint64_t> bytes_with(const std::vector<std::size_t>& units,
                                   const std::string& object);

  /// Puts `object` in the place of `units`, for good.
  Result<void> keep(const std::vector<std::size_t>& units, const std::string& object);

  /// Links everything again and says what each product weighs.
  Result<std::vector<Measurement>> link_all();

  /// Links one product with further arguments for the compiler, such as "-Wl,--gc-sections", and
  /// says what it weighs then.
  Result<Measurement> link_with(std::size_t product, const std::vector<std::string>& arguments);

  /// Links one product and says what each unit has in it.
  Result<std::map<std::size_t, SectionBytes>> parts_of(std::size_t product);

 private:
  struct Link {
    std::filesystem::path directory;
    std::vector<std::string> driver;  ///< clang's command
    std::vector<std::string> command;  ///< the linker's own, or clang's where that does more
    std::filesystem::path output;
  };
  /// An archive of the tree and the member that a unit is in it.
  struct Membership {
    std::filesystem::path archive;
    std::string member;
  };

  Result<void> prepare_link(const RecordedLink& recorded, const std::string& clang);
  Result<void> run_link(const Link& link, const std::vector<std::string>& command) const;
  Result<Measurement> link(std::size_t product) const;
  Result<std::uint64_t> bytes_of(const std::vector<std::size_t>& products) const;
  std::size_t unit_of(const std::string& piece, const std::filesystem::path& directory);
  Result<void> index_archive(const std::filesystem::path& archive);
  Result<void> place(std::size_t unit, const std::string& object);
  [[nodiscard]] std::filesystem::path moved(const std::filesystem::path& path) const;

  std::filesystem::path tree_, folder_;
  std::vector<std::filesystem::path> objects_;  ///< of each unit, in the copy
  std::vector<Product> products_;
  std::vector<Link> links_;  ///< of each product
  std::vector<std::string> current_;  ///< the bytes of each unit's object
  std::map<Digest, std::size_t> by_content_;
  std::map<std::string, std::size_t> by_path_;
  std::map<std::string, std::size_t> by_member_;  ///< "archive(member)" to unit
  std::map<std::string, bool> indexed_;  ///< archives that were looked into
  std::map<std::size_t, std::vector<Membership>> memberships_;
};

}  // namespace llmc
