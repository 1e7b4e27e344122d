// The fuzzer's seed corpus, replayed through the same function.
#include "fuzz/targets.h"
#include "testing.h"

namespace llmc {
namespace {

/// More beginnings of one file than this are not tried, but as many spread over it.
constexpr std::size_t k_beginnings = 60;

TEST(Corpus, AssemblyHoldsItsProperties) {
  int files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(test::source_path("fuzz/corpus/assembly"))) {
    const std::string bytes = test::contents(entry.path());
    const std::size_t step = std::max<std::size_t>(1, bytes.size() / k_beginnings);
    for (std::size_t kept = 0; kept <= bytes.size(); kept += step) {
      const char* wrong = fuzz::check_assembly(std::string_view(bytes).substr(0, kept));
      ASSERT_EQ(wrong, nullptr) << entry.path() << ", its first " << kept << " bytes: " << wrong;
    }
    ASSERT_EQ(fuzz::check_assembly(bytes), nullptr) << entry.path();
    ++files;
  }
  EXPECT_GT(files, 5);
}

}  // namespace
}  // namespace llmc
