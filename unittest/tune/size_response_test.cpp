#include "tune/size_response.h"

#include <cmath>
#include <limits>

#include "testing.h"

namespace llmc {
namespace {

using test::message_of;
using test::take;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr double k_unmeasured = std::numeric_limits<double>::quiet_NaN();

/// Three ways to respond to three lists, `count` programs of each, with a little noise.
RatioTable three_kinds(std::size_t count) {
  RatioTable table;
  for (std::size_t i = 0; i < count; ++i) {
    const double noise = 1e-3 * static_cast<double>(i % 3);
    table.push_back({-0.10 - noise, -0.09, 0.02});
    table.push_back({0.0, 0.05, -0.08 - noise});
    table.push_back({0.0, 0.3, k_unmeasured});
  }
  return table;
}

TEST(SizeResponse, FindsTheKindsThatThereAre) {
  const ResponseClasses classes = learn_response_classes(three_kinds(20), {"a", "b", "c"}, 3, 1);
  ASSERT_EQ(classes.classes.size(), 3U);
  EXPECT_EQ(classes.classes[0].programs, 20U);
  EXPECT_THAT(classes.classes[0].saving, ElementsAre(0, 0, 0));
  EXPECT_DOUBLE_EQ(classes.classes[0].change[2], 1);  // failures are as bad as it gets
  const std::size_t first = classes.nearest({-0.1, -0.09, 0});
  const std::size_t second = classes.nearest({0, 0, -0.08});
  EXPECT_NE(first, second);
  EXPECT_EQ(classes.nearest({0, 0.1, k_unmeasured}), 0U);
  EXPECT_NEAR(classes.classes[first].saving[0], 0.101, 5e-4);
  EXPECT_NEAR(classes.classes[second].change[2], -0.081, 5e-4);
}

TEST(SizeResponse, LearnsTheSameFromTheSame) {
  const auto text = [](std::uint64_t seed) {
    return print_response_classes(
        learn_response_classes(three_kinds(20), {"a", "b", "c"}, 4, seed));
  };
  EXPECT_EQ(text(7), text(7));
}

TEST(SizeResponse, HasNoMoreClassesThanWaysToRespond) {
  const RatioTable same(5, {-0.1, 0});
  EXPECT_EQ(learn_response_classes(same, {"a", "b"}, 100, 1).classes.size(), 2U);
  EXPECT_EQ(learn_response_classes({}, {"a"}, 100, 1).classes.size(), 1U);
}

ResponseClasses example() {
  ResponseClasses classes;
  classes.lists = {"sroa", "dse", "default<O1>"};
  classes.classes = {{5, {0, 0, 0}, {0, 0.1, 0.2}},
                     {3, {0.10, 0.09, 0}, {-0.10, -0.09, 0.01}},
                     {2, {0, 0, 0.08}, {0.5, 0, -0.08}}};
  return classes;
}

TEST(SizeResponse, PrintsAndParses) {
  const std::string text = print_response_classes(example());
  const ResponseClasses again = take(parse_response_classes(text, "x"));
  EXPECT_EQ(print_response_classes(again), text);
  EXPECT_EQ(again.lists, example().lists);
  EXPECT_THAT(again.shares(), ElementsAre(0.5, 0.3, 0.2));
}

TEST(SizeResponse, TakesFurtherListsAsItsProgramsRespondToThem) {
  const RatioTable ratios = {{-0.2, 0.1}, {-0.2, 0.3}, {0.1, -0.4}};
  const ResponseClasses more =
      extend_response_classes(example(), {"gvn", "licm"}, ratios, {1, 1, 0});
  EXPECT_THAT(more.lists, ElementsAre("sroa", "dse", "default<O1>", "gvn", "licm"));
  EXPECT_THAT(more.classes[0].saving, ElementsAre(0, 0, 0, 0, 0.4));
  EXPECT_THAT(more.classes[1].saving, ElementsAre(0.10, 0.09, 0, 0.2, 0));
  EXPECT_THAT(more.classes[1].change, ElementsAre(-0.10, -0.09, 0.01, -0.2, 0.2));
  // Nothing is known of the third class: nothing is hoped for.
  EXPECT_THAT(more.classes[2].saving, ElementsAre(0, 0, 0.08, 0, 0));
  EXPECT_THAT(more.classes[2].change, ElementsAre(0.5, 0, -0.08, -0.1, 0));
  EXPECT_EQ(more.classes[1].programs, 3U);
  EXPECT_EQ(take(parse_response_classes(print_response_classes(more), "x")).lists, more.lists);
}

TEST(SizeResponse, RefusesWhatIsTruncatedOrForeign) {
  const std::string text = print_response_classes(example());
  EXPECT_THAT(message_of(parse_response_classes(text.substr(0, text.size() - 8), "m.gguf")),
              HasSubstr("m.gguf: the checksum does not fit"));
  EXPECT_THAT(message_of(parse_response_classes("hello", "m.gguf")),
              HasSubstr("m.gguf: no response classes"));
  // A right checksum over wrong contents.
  ResponseClasses wrong = example();
  wrong.classes[1].saving.pop_back();
  EXPECT_THAT(message_of(parse_response_classes(print_response_classes(wrong), "m")),
              HasSubstr("no class"));
}

TEST(SizeResponse, PlansSoThatEachListAddsMost) {
  // The example at the top of the header: sroa first, then not its twin.
  EXPECT_THAT(plan_lists(example(), {{1, {0, 0.6, 0.4}}}, 5), ElementsAre(0, 2));
  EXPECT_THAT(plan_lists(example(), {{1, {0, 0.1, 0.9}}}, 5), ElementsAre(2, 0));
  EXPECT_THAT(plan_lists(example(), {{1, {0.2, 0.1, 0.7}}}, 1), ElementsAre(2));
  EXPECT_THAT(plan_lists(example(), {{1, {1, 0, 0}}}, 5), ElementsAre());
}

TEST(SizeResponse, ExpectsTheMeanOfWhatClassesDo) {
  // Half a program, of class 2 or 3: the other half stays as it is.
  const std::vector<double> changes = expected_changes(example(), {{0.5, {0, 0.6, 0.4}}});
  ASSERT_EQ(changes.size(), 3U);
  EXPECT_NEAR(changes[0], 0.5 * (0.6 * -0.10 + 0.4 * 0.5), 1e-12);
  EXPECT_NEAR(changes[1], 0.5 * 0.6 * -0.09, 1e-12);
  EXPECT_NEAR(changes[2], 0.5 * (0.6 * 0.01 + 0.4 * -0.08), 1e-12);
}

TEST(SizeResponse, WeighsThePartsOfAProgram) {
  // What makes the large part smaller and the small one much larger is no good for both.
  const ResponseGuess large{0.8, {0, 1, 0}};
  const ResponseGuess small{0.2, {0, 0, 1}};
  EXPECT_THAT(plan_lists(example(), {large, small}, 5), ElementsAre(1));
  const ResponseGuess tiny{0.01, {0, 0, 1}};
  EXPECT_THAT(plan_lists(example(), {large, tiny}, 1), ElementsAre(0));
}

}  // namespace
}  // namespace llmc
