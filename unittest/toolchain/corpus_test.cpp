// The fuzzers' seed corpora, replayed through the same functions.
#include "fuzz/targets.h"
#include "testing.h"

namespace llmc {
namespace {

/// Runs `check` on every file of fuzz/corpus/`name`, and on all its beginnings.
void replay(const std::string& name, const char* (*check)(std::string_view)) {
  int files = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(test::source_path("fuzz/corpus/" + name))) {
    const std::string bytes = test::contents(entry.path());
    for (std::size_t kept = 0; kept <= bytes.size(); ++kept) {
      const char* wrong = check(std::string_view(bytes).substr(0, kept));
      ASSERT_EQ(wrong, nullptr) << entry.path() << ", its first " << kept << " bytes: " << wrong;
    }
    ++files;
  }
  EXPECT_GT(files, 5);
}

TEST(Corpus, PassListsHoldTheirProperties) { replay("pass_list", fuzz::check_pass_list); }

TEST(Corpus, CompileCommandsHoldTheirProperties) {
  replay("compile_commands", fuzz::check_compile_commands);
}

}  // namespace
}  // namespace llmc
