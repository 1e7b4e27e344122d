#include "tune/portfolio.h"

#include <cmath>
#include <limits>

#include "tune/tune_testing.h"

namespace llmc {
namespace {

using test::catalogue;
using test::message_of;
using test::take;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

const std::vector<std::string> k_lists = {"function(gvn),globaldce", "default<Oz>",
                                          "cgscc(inline,function(dce))"};

/// A portfolio file with these bytes, read.
Result<std::vector<PassList>> read(const std::string& bytes) {
  const TemporaryFolder folder = test::temporary_folder();
  const auto path = folder.path() / "portfolio.txt";
  EXPECT_TRUE(write_file(path, bytes));
  return read_portfolio(path, catalogue());
}

TEST(Portfolio, ReadsWhatItPrints) {
  const std::vector<PassList> lists = take(read(print_portfolio(k_lists, "made by a test")));
  ASSERT_THAT(lists, SizeIs(3));
  for (std::size_t i = 0; i < lists.size(); ++i) EXPECT_EQ(lists[i].to_string(), k_lists[i]);
  EXPECT_THAT(take(read(print_portfolio({}, "empty"))), IsEmpty());
}

TEST(Portfolio, RefusesEveryTruncation) {
  const std::string whole = print_portfolio(k_lists, "made by a test");
  for (std::size_t kept = 0; kept < whole.size(); ++kept)
    ASSERT_FALSE(read(whole.substr(0, kept))) << kept << " of " << whole.size() << " bytes";
}

TEST(Portfolio, RefusesWhatWasChanged) {
  std::string changed = print_portfolio(k_lists, "made by a test");
  changed[changed.find("gvn")] = 'G';
  EXPECT_THAT(message_of(read(changed)), HasSubstr("checksum"));
  EXPECT_THAT(message_of(read(print_portfolio(k_lists, "x") + "globaldce\n")),
              HasSubstr("checksum"));
}

TEST(Portfolio, RefusesWhatIsNone) {
  for (const char* bytes : {"", "globaldce\n", "llmc-portfolio 2 0\n",
                            "\x7f"
                            "ELF"})
    EXPECT_THAT(message_of(read(bytes)), HasSubstr("not a portfolio"));
}

TEST(Portfolio, NamesTheLineOfAnUnknownPass) {
  EXPECT_THAT(message_of(read(print_portfolio({"globaldce", "no-such-pass"}, "x"))),
              AllOf(HasSubstr("portfolio.txt:4: "), HasSubstr("no-such-pass")));
}

TEST(Portfolio, AMissingFileIsAnError) {
  EXPECT_THAT(message_of(read_portfolio("/no/such/portfolio.txt", catalogue())),
              StartsWith("/no/such/portfolio.txt"));
}

TEST(Portfolio, TheShippedOneIsReadable) {
  const auto path = default_portfolio();
  ASSERT_FALSE(path.empty());
  EXPECT_FALSE(take(read_portfolio(path, catalogue())).empty());
}

TEST(StockLists, AreDifferentAndValid) {
  const std::vector<PassList> lists = stock_lists(catalogue());
  EXPECT_GE(lists.size(), 5U);
  for (std::size_t i = 0; i < lists.size(); ++i) {
    EXPECT_TRUE(check_with_llvm(lists[i].to_string()));
    for (std::size_t j = 0; j < i; ++j) EXPECT_FALSE(lists[i] == lists[j]);
  }
}

// --- Choosing -----------------------------------------------------------------------------------

constexpr double k_failed = std::numeric_limits<double>::quiet_NaN();

TEST(ChooseGreedily, TakesWhatSavesMostGivenWhatIsTaken) {
  // Two programs, three lists: the second is best for both together; given it, the first adds 0.2
  // on the first program, the third nothing.
  const RatioTable table = {{-0.5, -0.3, -0.2}, {0.4, -0.3, -0.1}};
  EXPECT_THAT(choose_greedily(table, 3), ElementsAre(1, 0));
  EXPECT_THAT(choose_greedily(table, 1), ElementsAre(1));
  EXPECT_THAT(choose_greedily(table, 0), IsEmpty());
}

TEST(ChooseGreedily, TakesNothingThatIsWorseThanOz) {
  EXPECT_THAT(choose_greedily({{0.1, 0.0}, {0.2, 0.3}}, 2), IsEmpty());
}

TEST(ChooseGreedily, CountsAFailureAsNoSaving) {
  EXPECT_THAT(choose_greedily({{k_failed, -0.1}, {-0.3, k_failed}}, 2), ElementsAre(1 - 1, 1));
}

TEST(ChooseGreedily, BreaksTiesByTheFirst) {
  EXPECT_THAT(choose_greedily({{-0.1, -0.1}}, 2), ElementsAre(0));
}

TEST(ChooseGreedily, OfNothingIsNothing) {
  EXPECT_THAT(choose_greedily({}, 3), IsEmpty());
  EXPECT_THAT(choose_greedily({{}, {}}, 3), IsEmpty());
}

// Against trying all sets: the first choice is optimal, and k choices reach 1 - 1/e of the best.
TEST(ChooseGreedily, KeepsNemhausersBound) {
  Random random(77);
  const auto saving = [](const RatioTable& table, const std::vector<std::size_t>& lists) {
    double total = 0;
    for (const auto& row : table) {
      double best = 0;
      for (const std::size_t list : lists) best = std::min(best, row[list]);
      total -= best;
    }
    return total;
  };
  for (int round = 0; round < 50; ++round) {
    RatioTable table(6, std::vector<double>(7));
    for (auto& row : table)
      for (double& cell : row) cell = random.unit() - 0.7;
    const auto chosen = choose_greedily(table, 3);
    double best = 0;
    for (std::size_t a = 0; a < 7; ++a)
      for (std::size_t b = 0; b < a; ++b)
        for (std::size_t c = 0; c < b; ++c) best = std::max(best, saving(table, {a, b, c}));
    EXPECT_GE(saving(table, chosen), (1 - 1 / std::exp(1.0)) * best);
    for (std::size_t list = 0; list < 7; ++list)
      EXPECT_GE(saving(table, {chosen[0]}), saving(table, {list}));
  }
}

}  // namespace
}  // namespace llmc
