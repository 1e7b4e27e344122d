#include "project/decision_cache.h"

#include <fstream>

#include "soundness/compiler_wrapper.h"
#include "testing.h"

namespace llmc {
namespace {

namespace fs = std::filesystem;
using test::message_of;
using test::take;

const Digest k_key{1, 2};

UnitDecision some_decision() { return {"gvn,sroa", 100, 90, {3, 4}, "portfolio", 5}; }

fs::path only_file_below(const fs::path& folder) {
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) return entry.path();
  throw std::runtime_error("no file");
}

TEST(DecisionCache, GivesBackWhatItWasGiven) {
  const TemporaryFolder folder = test::temporary_folder();
  const DecisionCache cache(folder.path() / "new", "");
  EXPECT_EQ(cache.find(k_key), std::nullopt);
  ASSERT_TRUE(cache.add(k_key, some_decision()));
  EXPECT_EQ(cache.find(k_key), some_decision());
  EXPECT_EQ(cache.find({1, 3}), std::nullopt);
}

TEST(DecisionCache, ADecisionCountsOnItsSuiteOnly) {
  const TemporaryFolder folder = test::temporary_folder();
  ASSERT_TRUE(DecisionCache(folder.path(), "").add(k_key, some_decision()));
  EXPECT_EQ(DecisionCache(folder.path(), "dir=other").find(k_key), std::nullopt);
}

TEST(DecisionCache, ADamagedFileCountsAsAbsent) {
  const TemporaryFolder folder = test::temporary_folder();
  const DecisionCache cache(folder.path(), "");
  ASSERT_TRUE(cache.add(k_key, some_decision()));
  const fs::path file = only_file_below(folder.path());
  const std::string whole = test::contents(file);
  for (const std::string& bytes :
       {whole.substr(0, whole.size() / 2), std::string(), whole + "x", "x" + whole.substr(1)}) {
    ASSERT_TRUE(write_file(file, bytes));
    EXPECT_EQ(cache.find(k_key), std::nullopt) << bytes;
  }
}

TEST(DecisionCache, AFolderThatIsNoneIsOneSentence) {
  const TemporaryFolder folder = test::temporary_folder();
  ASSERT_TRUE(write_file(folder.path() / "file", ""));
  const DecisionCache cache(folder.path() / "file", "");
  EXPECT_THAT(message_of(cache.add(k_key, some_decision())), testing::HasSubstr("cannot create"));
  EXPECT_EQ(cache.find(k_key), std::nullopt);
}

TEST(DecisionCache, RemembersWhichListsIgnoreDebugInformation) {
  const TemporaryFolder folder = test::temporary_folder();
  const DecisionCache cache(folder.path(), "");
  EXPECT_FALSE(cache.ignores_debug_info(k_key, "gvn"));
  cache.remember_ignores_debug_info(k_key, "gvn");
  EXPECT_TRUE(cache.ignores_debug_info(k_key, "gvn"));
  EXPECT_FALSE(cache.ignores_debug_info(k_key, "sroa"));
}

}  // namespace
}  // namespace llmc
