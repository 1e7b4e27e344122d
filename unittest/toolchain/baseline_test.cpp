// The in-process -Oz baseline is clang's own, byte for byte: on every example and for every kind of
// flag that an entry of a compilation database may carry.
#include "testing.h"
#include "toolchain/front_end.h"
#include "toolchain/measurement.h"
#include "toolchain/program.h"

namespace llmc {
namespace {

using test::take;

/// Equal objects, with the sizes in the message where they are not.
void expect_equal_objects(const std::string& ours, const std::string& clangs,
                          const std::string& what) {
  if (ours == clangs) return;
  const Measurement a = take(measure_object(ours, "ours"));
  const Measurement b = take(measure_object(clangs, "clang's"));
  ADD_FAILURE() << what << ": objects differ; ours text " << a.text << " rodata " << a.rodata
                << " eh_frame " << a.eh_frame << " data " << a.data << " of " << ours.size()
                << " bytes, clang's text " << b.text << " rodata " << b.rodata << " eh_frame "
                << b.eh_frame << " data " << b.data << " of " << clangs.size() << " bytes";
}

/// The object without debug information, which is in no size and not promised to be equal.
std::string without_debug(const std::string& object) {
  const TemporaryFolder folder = test::temporary_folder();
  const std::string path = (folder.path() / "a.o").string();
  EXPECT_TRUE(write_file(path, object));
  test::output_of({test::llvm_tool("llvm-objcopy"), "--strip-debug", path});
  return test::contents(path);
}

void expect_clangs_baseline(const CompileCommand& command, const std::string& what) {
  const FrontEnd front_end = take(FrontEnd::find());
  const Program program = take(front_end.compile(command), what.c_str());
  std::string ours = take(baseline_object(program), what.c_str());
  std::string clangs = take(front_end.clang_oz_object(command), what.c_str());
  if (std::ranges::find(command.flags, "-g") != command.flags.end()) {
    ours = without_debug(ours);
    clangs = without_debug(clangs);
  }
  expect_equal_objects(ours, clangs, what);
}

CompileCommand command_for(const std::filesystem::path& source,
                           const std::vector<std::string>& flags) {
  return {{}, source, flags, source.extension() == ".cpp"};
}

std::string test_name(std::string text) {
  for (char& c : text)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  return text;
}

class BaselineOfExample : public testing::TestWithParam<std::filesystem::path> {};

TEST_P(BaselineOfExample, IsClangsByteForByte) {
  expect_clangs_baseline(command_for(GetParam(), {}), GetParam().filename());
}

TEST_P(BaselineOfExample, IsClangsWithAnEntrysFlags) {
  if (GetParam().extension() == ".cpp")
    GTEST_SKIP() << "takes seconds; BaselineWithFlags does it on a smaller C++ source";
  const std::vector<std::string> arguments = {
      "-O2", "-g0", "-DNDEBUG", "-ffunction-sections", "-fdata-sections", "-c", GetParam().string(),
      "-o",  "a.o"};
  expect_clangs_baseline(command_for(GetParam(), own_flags(arguments, GetParam().string())),
                         GetParam().filename());
}

INSTANTIATE_TEST_SUITE_P(Examples, BaselineOfExample, testing::ValuesIn(test::example_sources()),
                         [](const auto& info) { return test_name(info.param.filename()); });

// C++ without the standard library: templates, virtual functions, exceptions, static objects.
constexpr const char* k_cxx = R"(
struct Shape { virtual ~Shape(); virtual double area() const = 0; };
Shape::~Shape() {}
struct Square : Shape { double side; explicit Square(double s) : side(s) {}
  double area() const override { return side * side; } };
struct Disc : Shape { double radius; explicit Disc(double r) : radius(r) {}
  double area() const override { return 3.25 * radius * radius; } };
template <typename T, int N> struct Stack {
  T items[N]; int count = 0;
  void push(T item) { if (count == N) throw N; items[count++] = item; }
  T pop() { if (count == 0) throw "empty"; return items[--count]; }
};
struct Counter { int *at; explicit Counter(int *where) : at(where) { ++*at; } ~Counter() { --*at; } };
static int live;
static int zeros[100];
static Counter at_start(&zeros[3]);
thread_local int depth = 4;
int sum(const int *numbers, int count) {
  Stack<int, 16> stack;
  Counter guard(&live);
  try { for (int i = 0; i < count; ++i) stack.push(numbers[i]); } catch (int) { return -1; }
  int total = 0;
  while (stack.count > 0) total += stack.pop() * ++depth;
  return total + zeros[count & 31];
}
double total(const Shape *const *shapes, int count) {
  double all = 0;
  for (int i = 0; i < count; ++i) all += shapes[i]->area();
  return all;
}
Shape *make(int kind, double size) {
  switch (kind) {
    case 0: return new Square(size);
    case 1: return new Disc(size);
    case 2: return new Square(size * 2);
    case 3: return new Disc(size + 1);
    case 4: return new Square(-size);
    default: return nullptr;
  }
}
void scale(float *values, int count) { for (int i = 0; i < count; ++i) values[i] = values[i] * 2 + 1; }
)";

using Flags = std::vector<std::string>;

class BaselineWithFlags : public testing::TestWithParam<Flags> {};

TEST_P(BaselineWithFlags, IsClangsForC) {
  expect_clangs_baseline(command_for(test::source_path("examples/format.c"), GetParam()),
                         "format.c");
}

TEST_P(BaselineWithFlags, IsClangsForCxx) {
  const TemporaryFolder folder = test::temporary_folder();
  ASSERT_TRUE(write_file(folder.path() / "a.cpp", k_cxx));
  expect_clangs_baseline({folder.path(), "a.cpp", GetParam(), true}, "a.cpp");
}

INSTANTIATE_TEST_SUITE_P(
    Flags, BaselineWithFlags,
    testing::Values(Flags{"-fPIC"}, Flags{"-fno-pic"}, Flags{"-mcmodel=large"},
                    Flags{"-march=haswell", "-ffp-contract=fast"},
                    Flags{"-fno-asynchronous-unwind-tables", "-fno-rtti"}, Flags{"-ffast-math"},
                    Flags{"-g"}, Flags{"-fno-builtin"},
                    Flags{"-fstack-protector-strong", "-fno-omit-frame-pointer"},
                    Flags{"-fno-addrsig", "-fno-unroll-loops", "-fvectorize"},
                    Flags{"-fno-zero-initialized-in-bss"}, Flags{"-Wa,--noexecstack"},
                    Flags{"-fmerge-all-constants", "-fno-plt"}, Flags{"-fno-jump-tables"},
                    Flags{"-fno-slp-vectorize", "-fno-vectorize"}, Flags{"-ffreestanding"},
                    Flags{"-fno-math-errno", "-fno-trapping-math"}, Flags{"-fcf-protection=full"},
                    Flags{"-ftls-model=local-exec", "-fvisibility=hidden"},
                    Flags{"-fno-use-cxa-atexit"}, Flags{"-mno-red-zone"},
                    Flags{"-fno-strict-aliasing", "-fwrapv", "-fno-common"},
                    Flags{"-fno-integrated-cc1", "-gline-tables-only"}),
    [](const auto& info) {
      std::string name;
      for (const std::string& flag : info.param) name += flag;
      return test_name(name);
    });

// Needs no headers, so that other targets are tested on every machine.
constexpr const char* k_freestanding = R"(
typedef unsigned long word;
struct node { struct node *left, *right; int key; double weight; };
static const char *const names[] = {"one", "two", "three", "four"};
static int counters[64];
_Thread_local int last;
int find(const struct node *tree, int key) {
  while (tree) {
    if (tree->key == key) return counters[key & 63]++;
    tree = key < tree->key ? tree->left : tree->right;
  }
  last = key;
  return -1;
}
double total(const struct node *tree) {
  return tree ? tree->weight * 2 + total(tree->left) + total(tree->right) : 0;
}
const char *name_of(int i) {
  switch (i) {
    case 3: return names[0];
    case 5: return names[1];
    case 7: return names[2];
    case 8: return "eight";
    case 9: return "nine";
    case 10: return "ten";
    default: return names[3];
  }
}
void copy(char *to, const char *from, word n) { while (n--) *to++ = *from++; }
word hash(const unsigned char *text) {
  word h = 5381;
  while (*text) h = h * 33 ^ *text++;
  return h;
}
)";

TEST(BaselineOfOtherTargets, IsClangsByteForByte) {
  const TemporaryFolder folder = test::temporary_folder();
  ASSERT_TRUE(write_file(folder.path() / "a.c", k_freestanding));
  for (const Flags& flags :
       {Flags{}, Flags{"--target=aarch64-linux-gnu"},
        Flags{"--target=aarch64-linux-gnu", "-fno-pic"},
        Flags{"--target=aarch64-linux-gnu", "-mcpu=cortex-a72", "-ffunction-sections"},
        Flags{"--target=i686-linux-gnu"}, Flags{"-m32", "-fPIC"}, Flags{"-ffreestanding"},
        Flags{"--target=riscv64-linux-gnu"}, Flags{"--target=armv7-linux-gnueabihf"}})
    expect_clangs_baseline({folder.path(), "a.c", flags, false}, testing::PrintToString(flags));
  ASSERT_TRUE(write_file(folder.path() / "a.cpp", k_cxx));
  for (const Flags& flags : {Flags{"--target=aarch64-linux-gnu"}, Flags{"--target=i686-linux-gnu"}})
    expect_clangs_baseline({folder.path(), "a.cpp", flags, true}, testing::PrintToString(flags));
}

// With a cross compiler's headers the examples themselves can be compared as well.
TEST(BaselineOfOtherTargets, IsClangsOnExamplesWhoseHeadersAreThere) {
  int compared = 0;
  for (const auto& source : test::example_sources()) {
    const CompileCommand command = command_for(source, {"--target=aarch64-linux-gnu"});
    if (!take(FrontEnd::find()).unoptimised_bitcode(command)) continue;
    expect_clangs_baseline(command, source.filename());
    ++compared;
  }
  if (compared == 0) GTEST_SKIP() << "no headers for aarch64 here";
}

}  // namespace
}  // namespace llmc
