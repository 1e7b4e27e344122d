#include "project/project_products.h"

#include "support/files.h"
#include "testing.h"

namespace llmc {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// A built project: a program of main.o and an archive with part.o and idle.o, of which the program
/// needs part.o alone.
class Bench : public testing::Test {
 protected:
  Bench() {
    compile("main", "int part(int); int main(int n, char **v) { (void)v; return part(n); }");
    compile("part", "int part(int x) { return x * 3; }");
    compile("idle", "int idle(int x) { return x / 7; }");
    test::output_of({"ar", "rcs", file("lib.a"), file("part.o"), file("idle.o")});
    const RecordedLink link{tree(), {"main.o", "lib.a", "-o", "prog"}, false, tree() / "prog"};
    build_.links.push_back(link);
    test::output_of({clang_, file("main.o"), file("lib.a"), "-o", file("prog")});
  }

  [[nodiscard]] std::filesystem::path tree() const { return folder_.path() / "baseline" / "tree"; }
  [[nodiscard]] std::string file(const std::string& name) const { return (tree() / name).string(); }

  /// A new object of `source`, which is also a unit of the build.
  void compile(const std::string& name, const std::string& source) {
    EXPECT_TRUE(make_folder(tree()));
    EXPECT_TRUE(write_file(file(name + ".c"), source));
    test::output_of({clang_, "-Oz", "-c", file(name + ".c"), "-o", file(name + ".o")});
    RecordedUnit unit;
    unit.source = file(name + ".c");
    unit.object = file(name + ".o");
    build_.units.push_back(unit);
  }

  /// The object of other code for `name`.
  std::string other_object(const std::string& source) {
    const std::string path = (folder_.path() / "other.c").string();
    EXPECT_TRUE(write_file(path, source));
    test::output_of({clang_, "-Oz", "-c", path, "-o", path + ".o"});
    return test::contents(path + ".o");
  }

  ProductBench open(const std::vector<std::string>& patterns = {}) {
    return test::take(ProductBench::open(build_, tree(), folder_.path() / "links",
                                         find_products(build_, tree(), patterns), clang_));
  }

  TemporaryFolder folder_ = test::temporary_folder();
  std::string clang_ = test::llvm_tool("clang");
  RecordedBuild build_;
};

constexpr const char* k_large = "int part(int x) { return x * x / (x + 3) % (x + 9) * 77 - x; }";

TEST_F(Bench, KnowsWhichUnitsAreInAProduct) {
  const ProductBench bench = open();
  ASSERT_EQ(bench.products().size(), 1U);
  const Product& product = bench.products()[0];
  EXPECT_EQ(product.name, "prog");
  EXPECT_EQ(product.problem, "");
  EXPECT_GT(product.bytes_of(0), 0U);
  EXPECT_GT(product.bytes_of(1), 0U);
  EXPECT_EQ(product.bytes_of(2), 0U);  // nobody calls it
}

TEST_F(Bench, SaysWhatALinkWithAnotherObjectOfAnArchiveGives) {
  ProductBench bench = open();
  const std::string object = other_object(k_large);
  const std::uint64_t before = bench.products()[0].sizes.binary_size();
  const std::uint64_t with = test::take(bench.bytes_with({1}, object));
  EXPECT_GT(with, before);
  // The same by hand.
  EXPECT_TRUE(write_file(file("part.o"), object));
  test::output_of({clang_, file("main.o"), file("part.o"), "-o", file("byhand")});
  EXPECT_EQ(with,
            test::take(measure_object(test::contents(file("byhand")), "byhand")).binary_size());
  // What was in place is there again.
  EXPECT_EQ(test::take(bench.link_all())[0].binary_size(), before);
}

TEST_F(Bench, KeepsWhatItIsTold) {
  ProductBench bench = open();
  const std::string object = other_object(k_large);
  const std::uint64_t with = test::take(bench.bytes_with({1}, object));
  ASSERT_TRUE(bench.keep({1}, object));
  EXPECT_EQ(test::take(bench.link_all())[0].binary_size(), with);
}

TEST_F(Bench, AnObjectThatDoesNotLinkLeavesNoTrace) {
  ProductBench bench = open();
  const std::uint64_t before = bench.products()[0].sizes.binary_size();
  EXPECT_THAT(
      test::message_of(bench.bytes_with({1}, other_object("int other(void) { return 1; }"))),
      HasSubstr("cannot be linked again"));
  EXPECT_EQ(test::take(bench.link_all())[0].binary_size(), before);
}

TEST_F(Bench, AUnitInNoProductCountsWithItsObject) {
  ProductBench bench = open();
  const std::string object = other_object(k_large);
  EXPECT_EQ(test::take(bench.bytes_with({2}, object)),
            test::take(measure_object(object, "object")).binary_size());
}

TEST_F(Bench, TheTreeItselfIsNotTouched) {
  const std::string before = test::contents(file("prog"));
  ProductBench bench = open();
  ASSERT_TRUE(bench.keep({0, 1}, other_object(k_large)));
  EXPECT_EQ(test::contents(file("prog")), before);
}

TEST_F(Bench, ProductsAreChosenByPattern) {
  EXPECT_EQ(find_products(build_, tree(), {"pr*"}).size(), 1U);
  EXPECT_EQ(find_products(build_, tree(), {"lib*"}).size(), 0U);
}

}  // namespace
}  // namespace llmc
