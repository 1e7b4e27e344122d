#include "tune/search.h"

#include <array>

#include "tune/portfolio.h"
#include "tune/tune_testing.h"
#include "tune/tuner.h"

namespace llmc {
namespace {

using test::alphabet;
using test::catalogue;
using test::evaluate_one;
using test::evaluator;
using test::example;
using test::finish;
using test::message_of;
using test::take;
using testing::HasSubstr;

SearchSetting setting_with(const SearchOptions& options) {
  SearchSetting setting;
  setting.alphabet = &alphabet();
  setting.seeds = stock_lists(catalogue());
  setting.options = options;
  return setting;
}

SearchResult search_with(const SearchOptions& options, unsigned jobs = 1,
                         const char* name = "fixfft.c") {
  EvaluatorOptions pool_options;
  pool_options.jobs = jobs;
  const auto pool = evaluator(pool_options);
  EvaluationHub hub(*pool);
  const SearchSetting setting = setting_with(options);
  return take(finish(hub, search(hub, example(name), setting, [](auto, const auto&) {})),
              "a search");
}

std::string in_words(const SearchResult& result) {
  std::string words =
      result.best.list + "|" + result.found_by + "|" + test::sizes_in_words(result.best.sizes) +
      "|" + std::to_string(result.evaluations) + "|" + std::to_string(result.minimisation);
  for (const TracePoint& point : result.trace)
    words += " " + std::to_string(point.evaluations) + ":" + std::to_string(point.cost);
  return words;
}

class SearchOf : public testing::TestWithParam<Strategy> {};

TEST_P(SearchOf, GivesTheSameForTheSameSeedWithAnyNumberOfJobs) {
  SearchOptions options;
  options.strategy = GetParam();
  options.evaluations = 16;
  options.random_length = 12;
  options.seed = 5;
  const std::string once = in_words(search_with(options, 1));
  EXPECT_EQ(in_words(search_with(options, 1)), once);
  EXPECT_EQ(in_words(search_with(options, 2)), once);
}

TEST_P(SearchOf, IsNeverWorseThanOz) {
  SearchOptions options;
  options.strategy = GetParam();
  options.evaluations = 16;
  options.random_length = 12;
  for (const Objective objective : {Objective::binary, Objective::instructions}) {
    options.objective = objective;
    const SearchResult result = search_with(options);
    EXPECT_LE(cost(result.best.sizes, objective), cost(result.baseline.sizes, objective));
    EXPECT_EQ(result.baseline.list, k_baseline_list);
    EXPECT_TRUE(result.best.ok());
    EXPECT_LE(result.evaluations, 16U);
    std::uint64_t last = cost(result.baseline.sizes, objective);
    for (const TracePoint& point : result.trace) {
      EXPECT_LT(point.cost, last) << "the trace holds improvements only";
      last = point.cost;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Strategies, SearchOf, testing::Values(Strategy::random, Strategy::evolve),
                         [](const auto& info) {
                           return info.param == Strategy::random ? "Random" : "Evolve";
                         });

TEST(Search, SeedsGiveDifferentSearches) {
  SearchOptions options;
  options.strategy = Strategy::random;
  options.evaluations = 6;
  options.random_length = 12;
  options.minimise = Minimise::none;
  options.seed = 1;
  const std::string first = in_words(search_with(options));
  options.seed = 2;
  EXPECT_NE(in_words(search_with(options)), first);
}

TEST(Search, ItsWinnerIsWhatTheListGives) {
  SearchOptions options;
  options.evaluations = 20;
  const SearchResult result = search_with(options);
  ASSERT_NE(result.best.list, k_baseline_list) << "nothing beat -Oz";
  EXPECT_EQ(test::sizes_in_words(result.best.sizes),
            take(test::plain_sizes(example("fixfft.c"), result.best.list)));
  EXPECT_EQ(take(PassList::parse(result.best.list, catalogue())).to_string(), result.best.list)
      << "the winner is not in canonical form";
}

TEST(Search, AProgramWithoutABaselineIsAnError) {
  const Program broken =
      take(make_program(take(IrModule::parse("target datalayout = \"E-p:16:16\"\n"
                                             "target triple = \"x86_64-pc-linux-gnu\"\n"
                                             "define void @f() {\n  ret void\n}\n",
                                             "broken.ll"))
                            .bitcode(),
                        "broken.ll", {}));
  const auto pool = evaluator();
  EvaluationHub hub(*pool);
  const SearchSetting setting = setting_with({});
  EXPECT_THAT(message_of(finish(hub, search(hub, broken, setting, [](auto, const auto&) {}))),
              HasSubstr("broken.ll: the -Oz baseline does not compile"));
}

// --- Minimising ---------------------------------------------------------------------------------

/// The lists that are `list` without one of its passes.
std::vector<std::string> with_one_dropped(const PassList& list) {
  // Leaves by their path through the managers.
  std::vector<std::string> shorter;
  const std::size_t leaves = list.pass_count();
  for (std::size_t drop = 0; drop < leaves; ++drop) {
    std::size_t at = 0;
    const auto copy = [&](const auto& self,
                          const std::vector<PassElement>& elements) -> std::vector<PassElement> {
      std::vector<PassElement> kept;
      for (const PassElement& element : elements) {
        if (!element.is_manager) {
          if (at++ != drop) kept.push_back(element);
          continue;
        }
        PassElement manager = element;
        manager.inner = self(self, element.inner);
        if (!manager.inner.empty()) kept.push_back(std::move(manager));
      }
      return kept;
    };
    const std::string text = PassList(copy(copy, list.elements())).to_string();
    if (!text.empty() && std::ranges::find(shorter, text) == shorter.end()) shorter.push_back(text);
  }
  return shorter;
}

void expect_minimal(Minimise how, const std::string& winner) {
  const Program& program = example("protocol.c");
  const auto pool = evaluator();
  EvaluationHub hub(*pool);
  SearchOptions options;
  options.minimise = how;
  const SearchSetting setting = setting_with(options);
  const Evaluation start = evaluate_one(*pool, program, winner);
  ASSERT_TRUE(start.ok());
  std::uint64_t spent = 0;
  const Evaluation result = take(finish(hub, minimise(hub, program, start, setting, spent)));
  ASSERT_TRUE(result.ok());
  EXPECT_LE(result.sizes.binary_size(), start.sizes.binary_size());
  EXPECT_GT(spent, 0U);
  const PassList list = take(PassList::parse(result.list, catalogue()));
  EXPECT_LE(list.pass_count(), take(PassList::parse(winner, catalogue())).pass_count());
  const std::vector<std::string> shorter = with_one_dropped(list);
  const auto rows = take(pool->evaluate(program, shorter));
  for (const Evaluation& row : rows)
    EXPECT_TRUE(!row.ok() || row.sizes.binary_size() > result.sizes.binary_size())
        << result.list << "\nhas a pass that does nothing; without it: " << row.list;
}

TEST(Minimise, LeavesOnlyPassesThatAreNeeded) {
  expect_minimal(Minimise::drop,
                 "globaldce,function(sroa<modify-cfg>,dce,early-cse<memssa>,dce,"
                 "instcombine<no-verify-fixpoint>,simplifycfg,dce),constmerge,cgscc(inline),"
                 "function(gvn,dce,loop-mssa(licm),adce),globaldce");
}

TEST(Minimise, LeavesOnlyNeededPartsOfClangsPipeline) {
  expect_minimal(Minimise::drop,
                 take(PassList::parse(clang_oz_pipeline_text(), catalogue())).to_string());
}

TEST(Minimise, SortsWhatMayBeSorted) {
  const Program& program = example("protocol.c");
  const auto pool = evaluator();
  EvaluationHub hub(*pool);
  const SearchSetting setting = setting_with({});
  const Evaluation start =
      evaluate_one(*pool, program, "function(sroa<modify-cfg>),cgscc(inline),globaldce");
  std::uint64_t spent = 0;
  const Evaluation result = take(finish(hub, minimise(hub, program, start, setting, spent)));
  const std::vector<PassElement> elements =
      take(PassList::parse(result.list, catalogue())).elements();
  for (std::size_t i = 0; i + 1 < elements.size(); ++i) {
    if (to_string(elements[i]) <= to_string(elements[i + 1])) continue;
    std::vector<PassElement> swapped = elements;
    std::swap(swapped[i], swapped[i + 1]);
    const Evaluation row = evaluate_one(*pool, program, PassList(swapped).to_string());
    EXPECT_TRUE(!row.ok() || row.sizes.binary_size() > result.sizes.binary_size()) << row.list;
  }
}

// --- Order of rows ------------------------------------------------------------------------------

TEST(Better, IsAStrictWeakOrder) {
  std::vector<Evaluation> rows;
  Random random(3);
  for (int i = 0; i < 40; ++i) {
    Evaluation row;
    row.outcome = random.chance(0.7) ? Outcome::ok : Outcome::crash;
    row.list = std::string(1 + random.below(3), static_cast<char>('a' + random.below(2)));
    if (random.chance(0.1)) row.list = k_baseline_list;
    row.sizes.text = row.ok() ? random.below(3) : 0;
    row.sizes.instructions = row.ok() ? random.below(3) : 0;
    rows.push_back(row);
  }
  for (const Objective objective : {Objective::binary, Objective::instructions}) {
    const auto less = [&](const Evaluation& a, const Evaluation& b) {
      return better(a, b, objective);
    };
    for (const Evaluation& a : rows) {
      EXPECT_FALSE(less(a, a));
      for (const Evaluation& b : rows) {
        EXPECT_FALSE(less(a, b) && less(b, a));
        const bool equal = !less(a, b) && !less(b, a);
        for (const Evaluation& c : rows) {
          EXPECT_FALSE(less(a, b) && less(b, c) && !less(a, c)) << "not transitive";
          const bool equal_to_c = !less(b, c) && !less(c, b);
          EXPECT_FALSE(equal && equal_to_c && (less(a, c) || less(c, a))) << "ties are not";
        }
      }
    }
  }
}

TEST(Better, PrefersOkThenSmallerThenShorterThenFirst) {
  const auto row = [](Outcome outcome, std::uint64_t size, std::string list) {
    Evaluation evaluation;
    evaluation.outcome = outcome;
    evaluation.sizes.text = size;
    evaluation.list = std::move(list);
    return evaluation;
  };
  // Best first.
  const std::array<Evaluation, 6> order = {row(Outcome::ok, 10, "zzzzzzzzzzzz"),
                                           row(Outcome::ok, 20, std::string(k_baseline_list)),
                                           row(Outcome::ok, 20, "b"),
                                           row(Outcome::ok, 20, "aa"),
                                           row(Outcome::ok, 20, "ab"),
                                           row(Outcome::crash, 0, "a")};
  for (std::size_t i = 0; i < order.size(); ++i)
    for (std::size_t j = 0; j < order.size(); ++j)
      EXPECT_EQ(better(order[i], order[j], Objective::binary), i < j) << i << " " << j;
}

// --- Whole runs ---------------------------------------------------------------------------------

TEST(Tune, GivesTheSameWithAnyNumberOfJobs) {
  const std::vector<Program> programs = {example("protocol.c"), example("scheduler.c")};
  SearchOptions options;
  options.evaluations = 12;
  const SearchSetting setting = setting_with(options);
  const auto run = [&](unsigned jobs) {
    EvaluatorOptions pool_options;
    pool_options.jobs = jobs;
    const auto pool = evaluator(pool_options);
    std::vector<std::string> words;
    for (const TunedProgram& tuned :
         take(llmc::tune(*pool, programs, setting, 2, [](const auto&) {})))
      words.push_back(tuned.program->name + in_words(take(Result<SearchResult>(tuned.result))));
    return words;
  };
  const auto alone = run(1);
  ASSERT_EQ(alone.size(), 2U);
  EXPECT_THAT(alone[0], HasSubstr("protocol.c"));
  EXPECT_EQ(run(2), alone);
}

TEST(Tune, OneProgramThatCannotBeSearchedSparesTheOthers) {
  std::vector<Program> programs = {example("protocol.c"), example("protocol.c")};
  programs[0].triple = "zx81-unknown-none";
  programs[0].codegen.triple = "zx81-unknown-none";
  programs[0].id = Digest::of("broken");
  SearchOptions options;
  options.evaluations = 4;
  options.minimise = Minimise::none;
  const SearchSetting setting = setting_with(options);
  const auto pool = evaluator();
  const auto tuned = take(llmc::tune(*pool, programs, setting, 0, [](const auto&) {}));
  EXPECT_FALSE(tuned[0].result);
  EXPECT_TRUE(tuned[1].result);
}

TEST(Tune, AnInterruptedRunSaysSo) {
  const std::vector<Program> programs = {example("protocol.c"), example("scheduler.c")};
  const SearchSetting setting = setting_with({});
  const auto pool = evaluator();
  volatile int flag = 0;
  pool->set_interrupt_flag(&flag);
  const auto tuned =
      take(llmc::tune(*pool, programs, setting, 0, [&](const TunerProgress&) { flag = 1; }));
  ASSERT_EQ(tuned.size(), 2U);
  for (const TunedProgram& one : tuned) {
    ASSERT_FALSE(one.result);
    EXPECT_EQ(one.result.error().kind, ErrorKind::interrupted);
  }
}

}  // namespace
}  // namespace llmc
