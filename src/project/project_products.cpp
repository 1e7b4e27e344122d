#include "project/project_products.h"

#include <fmt/format.h>
#include <fnmatch.h>

#include <algorithm>
#include <limits>
#include <numeric>

#include "project/project_link_map.h"
#include "soundness/build_phase.h"
#include "support/files.h"
#include "support/subprocess.h"
#include "support/text.h"
#include "toolchain/front_end.h"

namespace llmc {
namespace fs = std::filesystem;

namespace {

constexpr std::size_t k_no_unit = std::numeric_limits<std::size_t>::max();
constexpr std::size_t k_most_links = 3;  ///< for one question about a unit

Result<Measurement> measure_file(const fs::path& path) {
  LLMC_TRY(const std::string bytes, read_file(path));
  return measure_object(bytes, path.string());
}

bool fits(const std::string& name, const std::vector<std::string>& patterns) {
  return patterns.empty() || std::ranges::any_of(patterns, [&](const std::string& pattern) {
           return ::fnmatch(pattern.c_str(), name.c_str(), 0) == 0;
         });
}

}  // namespace

std::uint64_t Product::bytes_of(std::size_t unit) const {
  const auto found = parts.find(unit);
  if (found == parts.end()) return 0;
  std::uint64_t bytes = 0;
  for (const auto& [section, size] : found->second) bytes += size;
  return bytes;
}

std::vector<Product> find_products(const RecordedBuild& build, const fs::path& tree,
                                   const std::vector<std::string>& patterns) {
  std::vector<Product> products;
  for (const RecordedLink& link : build.links) {
    Product product;
    product.name = link.output.lexically_relative(tree).string();
    if (product.name.empty() || product.name.starts_with("..") || !fits(product.name, patterns))
      continue;
    auto sizes = measure_file(link.output);
    if (!sizes) continue;  // removed since, or no program
    product.sizes = *sizes;
    products.push_back(std::move(product));
  }
  return products;
}

Result<std::vector<Measurement>> measure_products(const std::vector<Product>& products,
                                                  const fs::path& tree) {
  std::vector<Measurement> sizes;
  for (const Product& product : products) {
    LLMC_TRY(sizes.emplace_back(), measure_file(tree / product.name));
  }
  return sizes;
}

Result<ProductBench> ProductBench::open(const RecordedBuild& build, const fs::path& tree,
                                        const fs::path& folder, std::vector<Product> products,
                                        const std::string& clang) {
  ProductBench bench;
  bench.tree_ = tree;
  bench.folder_ = folder;
  LLMC_CHECK(copy_to_tree(tree, folder));
  for (std::size_t i = 0; i < build.units.size(); ++i) {
    const fs::path object = bench.moved(build.units[i].object);
    std::string bytes = read_file(object).value_or("");
    bench.by_path_[object.string()] = i;
    if (!bytes.empty()) bench.by_content_[Digest::of(bytes)] = i;
    bench.objects_.push_back(object);
    bench.current_.push_back(std::move(bytes));
  }
  bench.products_ = std::move(products);
  for (std::size_t i = 0; i < bench.products_.size(); ++i) {
    const auto link =
        std::ranges::find(build.links, tree / bench.products_[i].name, &RecordedLink::output);
    if (link == build.links.end()) return fail(bench.products_[i].name + ": is not of this build");
    LLMC_CHECK(bench.prepare_link(*link, clang));
    auto parts = bench.parts_of(i);
    if (parts)
      bench.products_[i].parts = std::move(*parts);
    else
      bench.products_[i].problem = parts.error().message;
  }
  return bench;
}

fs::path ProductBench::moved(const fs::path& path) const {
  return replace_all(path.string(), tree_.string(), (folder_ / "tree").string());
}

Result<void> ProductBench::prepare_link(const RecordedLink& recorded, const std::string& clang) {
  Link link;
  link.directory = moved(recorded.directory);
  link.output = moved(recorded.output);
  link.driver = {clang};
  if (recorded.is_cxx) link.driver.push_back("--driver-mode=g++");
  for (const std::string& argument : recorded.arguments)
    link.driver.push_back(moved(argument).string());
  link.driver.push_back("-Wl,-Map=" + (folder_ / "link.map").string());
  link.command = link.driver;
  // The linker alone, without the driver, takes half the time.
  std::vector<std::string> question = link.driver;
  question.push_back("-###");
  SubprocessOptions options;
  options.directory = link.directory;
  LLMC_TRY(const SubprocessResult answer, run_subprocess(question, options));
  auto commands = split_command_lines(answer.errors);
  if (answer.exit_status == 0 && commands.size() == 1) link.command = std::move(commands.front());
  links_.push_back(std::move(link));
  return {};
}

Result<void> ProductBench::run_link(const Link& link,
                                    const std::vector<std::string>& command) const {
  SubprocessOptions options;
  options.directory = link.directory;
  options.limit = std::chrono::minutes(2);
  std::error_code ignored;
  fs::remove(link.output, ignored);
  LLMC_TRY(const SubprocessResult result, run_subprocess(command, options));
  if (result.exit_status != 0)
    return fail(fmt::format("cannot be linked again: {}", first_line(result.errors)));
  return {};
}

Result<Measurement> ProductBench::link(std::size_t product) const {
  LLMC_CHECK(run_link(links_[product], links_[product].command));
  return measure_file(links_[product].output);
}

Result<std::map<std::size_t, SectionBytes>> ProductBench::parts_of(std::size_t product) {
  LLMC_CHECK(link(product));
  LLMC_TRY(const std::string text, read_file(folder_ / "link.map"));
  LLMC_TRY(const auto pieces, read_link_map(text));
  std::map<std::size_t, SectionBytes> parts;
  for (const LinkedPiece& piece : pieces) {
    const std::size_t unit = unit_of(piece.object, links_[product].directory);
    if (unit != k_no_unit) parts[unit][piece.section] += piece.bytes;
  }
  return parts;
}

/// The unit that a piece of the map is of; k_no_unit for those of the system.
std::size_t ProductBench::unit_of(const std::string& piece, const fs::path& directory) {
  const fs::path path = (directory / piece).lexically_normal();
  if (const auto found = by_path_.find(path.string()); found != by_path_.end())
    return found->second;
  const std::string inside = (folder_ / "tree").string();
  if (!path.string().starts_with(inside)) return k_no_unit;
  const std::size_t bracket = path.string().rfind('(');
  if (!path.string().ends_with(')') || bracket == std::string::npos) {
    // A copy or a link, as libtool makes them.
    const auto bytes = read_file(path);
    const auto found = bytes ? by_content_.find(Digest::of(*bytes)) : by_content_.end();
    if (found == by_content_.end()) return k_no_unit;
    return by_path_[path.string()] = found->second;
  }
  if (!index_archive(path.string().substr(0, bracket))) return k_no_unit;
  const auto found = by_member_.find(path.string());
  return found == by_member_.end() ? k_no_unit : found->second;
}

/// Finds out which members of the archive are which units: by their content, else by their name,
/// where one unit alone has an object of that name.
Result<void> ProductBench::index_archive(const fs::path& archive) {
  if (!indexed_.emplace(archive.string(), true).second) return {};
  LLMC_TRY(const std::string bytes, read_file(archive));
  LLMC_TRY(const auto members, read_archive(bytes));
  for (const ArchiveMember& member : members) {
    std::size_t unit = k_no_unit;
    const auto same = by_content_.find(Digest::of(member.bytes));
    if (!member.bytes.empty() && same != by_content_.end()) {
      unit = same->second;
    } else {
      const auto fits_name = [&](const fs::path& object) {
        return object.filename() == fs::path(member.name).filename();
      };
      const auto first = std::ranges::find_if(objects_, fits_name);
      if (std::ranges::count_if(objects_, fits_name) == 1)
        unit = static_cast<std::size_t>(first - objects_.begin());
    }
    if (unit == k_no_unit) continue;
    by_member_[fmt::format("{}({})", archive.string(), member.name)] = unit;
    const bool twice = std::ranges::count(members, member.name, &ArchiveMember::name) > 1;
    if (!member.bytes.empty() && !twice) memberships_[unit].push_back({archive, member.name});
  }
  return {};
}

Result<void> ProductBench::place(std::size_t unit, const std::string& object) {
  LLMC_CHECK(write_file(objects_[unit], object));
  const auto found = memberships_.find(unit);
  if (found == memberships_.end()) return {};
  for (const Membership& one : found->second) {
    // `ar` takes the member's name from the file's.
    const fs::path file = folder_ / "member" / one.member;
    LLMC_CHECK(make_folder(file.parent_path()));
    LLMC_CHECK(write_file(file, object));
    LLMC_TRY(const SubprocessResult result,
             run_subprocess({"ar", "r", one.archive.string(), file.string()}));
    if (result.exit_status != 0)
      return fail(fmt::format("{}: ar cannot replace {}: {}", one.archive.string(), one.member,
                              result.errors));
  }
  return {};
}

Result<std::uint64_t> ProductBench::bytes_with(const std::vector<std::size_t>& units,
                                               const std::string& object) {
  const auto share = [&](std::size_t product) {
    return std::accumulate(units.begin(), units.end(), std::uint64_t{0},
                           [&](std::uint64_t sum, std::size_t unit) {
                             return sum + products_[product].bytes_of(unit);
                           });
  };
  std::vector<std::size_t> affected;
  for (std::size_t i = 0; i < products_.size(); ++i)
    if (share(i) > 0) affected.push_back(i);
  std::ranges::stable_sort(affected, std::ranges::greater(), share);
  if (affected.size() > k_most_links) affected.resize(k_most_links);
  if (affected.empty()) {
    LLMC_TRY(const Measurement sizes, measure_object(object, objects_[units.front()].string()));
    return sizes.binary_size();
  }
  for (const std::size_t unit : units) {
    LLMC_CHECK(place(unit, object));
  }
  const Result<std::uint64_t> bytes = bytes_of(affected);
  for (const std::size_t unit : units) {
    LLMC_CHECK(place(unit, current_[unit]));
  }
  return bytes;
}

Result<std::uint64_t> ProductBench::bytes_of(const std::vector<std::size_t>& products) const {
  std::uint64_t bytes = 0;
  for (const std::size_t product : products) {
    LLMC_TRY(const Measurement sizes, link(product));
    bytes += sizes.binary_size();
  }
  return bytes;
}

Result<void> ProductBench::keep(const std::vector<std::size_t>& units, const std::string& object) {
  for (const std::size_t unit : units) {
    current_[unit] = object;
    LLMC_CHECK(place(unit, object));
  }
  return {};
}

Result<std::vector<Measurement>> ProductBench::link_all() {
  std::vector<Measurement> sizes;
  for (std::size_t i = 0; i < products_.size(); ++i) {
    if (!products_[i].problem.empty()) {
      sizes.push_back(products_[i].sizes);
      continue;
    }
    LLMC_TRY(sizes.emplace_back(), link(i));
  }
  return sizes;
}

Result<Measurement> ProductBench::link_with(std::size_t product,
                                            const std::vector<std::string>& arguments) {
  std::vector<std::string> command = links_[product].driver;
  command.insert(command.end(), arguments.begin(), arguments.end());
  LLMC_CHECK(run_link(links_[product], command));
  return measure_file(links_[product].output);
}

}  // namespace llmc
