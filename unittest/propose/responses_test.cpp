// From guesses of how sizes respond to a plan, with a model that guesses what the test wants.
#include "propose/responses.h"

#include "catalogue.h"
#include "propose/propose_testing.h"
#include "testing.h"
#include "toolchain/front_end.h"

namespace llmc {
namespace {

using test::catalogue;
using test::message_of;
using test::program_of;
using test::take;
using test::texts_of;
using testing::DoubleNear;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

/// Class 1 wants function(sroa), class 2 default<O1>.
ResponseClasses example() {
  ResponseClasses classes;
  classes.lists = {"function(dse)", "function(sroa)", "default<O1>"};
  classes.classes = {{5, {0, 0, 0}, {0, 0.1, 0.2}},
                     {3, {0.09, 0.10, 0}, {-0.09, -0.10, 0.01}},
                     {2, {0, 0, 0.08}, {0, 0.5, -0.08}}};
  return classes;
}

/// Sure of class 1 for functions that return nothing, of class 2 for all others.
class GuessingModel : public LanguageModel {
 public:
  explicit GuessingModel(std::uint64_t context = 10'000) {
    info_.name = "guessing";
    info_.location = "guessing.gguf";
    info_.context = context;
    info_.card["llmc.responses"] = print_response_classes(example());
  }
  const ModelInfo& info() const override { return info_; }
  Result<std::uint64_t> count_tokens(std::string_view text) override { return text.size() / 4; }
  Result<Generation> generate(const GenerationRequest&) override { return fail("not asked"); }
  Result<TextScore> score(std::string_view, std::string_view) override { return TextScore{}; }
  Result<TextScore> score_text(std::string_view, std::uint32_t) override { return TextScore{}; }
  Result<std::vector<double>> choose(std::string_view prompt,
                                     const std::vector<std::string>& choices) override {
    prompts_.emplace_back(prompt);
    if (prompts_.size() > calls_before_failure_) return fail("out of order");
    EXPECT_EQ(choices.size(), 3U);
    return prompt.contains("fn void") ? std::vector<double>{0, 1, 0} : std::vector<double>{0, 0, 1};
  }

  ModelInfo info_;
  std::vector<std::string> prompts_;
  std::size_t calls_before_failure_ = 1000;
};

ModelAdvice ask(GuessingModel& model, const Program& program, unsigned lists,
                std::size_t functions = 64) {
  AdviceOptions options;
  options.sampling.count = lists;
  options.questions.most_functions = functions;
  return take(ask_for_responses(program, model, *take(response_classes_of(model.info())),
                                catalogue(), options));
}

constexpr const char* k_two =
    "int table[9]; int large(const int *p, int n) { int s = 0; for (int i = 0; i < n; i++) s += "
    "p[i] * i + table[i]; return s; }"
    "void small(int *p) { *p = 1; }";

TEST(Responses, ComeFromTheModelsFileIfItHasThem) {
  ModelInfo info;
  EXPECT_FALSE(take(response_classes_of(info)));
  info.location = "small.gguf";
  info.card["llmc.responses"] = "llmc-responses 1 0\nlist x\n";
  EXPECT_THAT(message_of(response_classes_of(info)), StartsWith("small.gguf: the checksum"));
  EXPECT_EQ(take(response_classes_of(GuessingModel().info()))->lists.size(), 3U);
}

TEST(Responses, OfOneFunctionArePlannedAloneAndFilledUpInOrder) {
  GuessingModel model;
  const ModelAdvice advice = ask(model, program_of("int f(int *p) { return *p + 1; }"), 3);
  ASSERT_EQ(model.prompts_.size(), 1U);
  EXPECT_THAT(model.prompts_[0], StartsWith("[INST] How does its size respond?\nall x"));
  EXPECT_FALSE(advice.questions.is_split);
  EXPECT_THAT(texts_of(rank_lists(advice, 3)),
              ElementsAre("default<O1>", "function(dse)", "function(sroa)"));
  EXPECT_THAT(texts_of(rank_lists(advice, 1)), ElementsAre("default<O1>"));
  // As the card rounds what class 2 does.
  EXPECT_THAT(advice.plan_changes,
              ElementsAre(DoubleNear(-0.08, 1e-3), DoubleNear(0, 1e-3), DoubleNear(0.5, 1e-3)));
}

TEST(Responses, OfSeveralFunctionsAreWeighedBySize) {
  GuessingModel model;
  const ModelAdvice advice = ask(model, program_of(k_two), 1);
  ASSERT_EQ(advice.answers.size(), 2U);
  EXPECT_TRUE(advice.questions.is_split);
  EXPECT_EQ(advice.answers[0].about, "large");
  EXPECT_GT(advice.answers[0].weight, 0.8);
  EXPECT_THAT(texts_of(rank_lists(advice, 5)), ElementsAre("default<O1>"));
  // For the small function alone the other list is best.
  ASSERT_FALSE(advice.answers[1].advice.empty());
  EXPECT_EQ(advice.answers[1].advice[0].list->to_string(), "function(sroa)");
}

TEST(Responses, AskAboutTheLargestFunctionsOnly) {
  GuessingModel model;
  const ModelAdvice advice = ask(model, program_of(k_two), 1, 1);
  EXPECT_EQ(model.prompts_.size(), 1U);
  ASSERT_EQ(advice.questions.unasked.size(), 1U);
  EXPECT_EQ(advice.questions.unasked[0].function, "small");
}

TEST(Responses, SketchesAreCutToFitTheModel) {
  const char* source =
      "long f(long a, double b, char *c, short *d, float e) { *c = a * 3; *d = a / 5; b += e; "
      "return "
      "a > 2 ? (long)b << 3 : a & *c | *d ^ 7; }";
  GuessingModel roomy;
  ask(roomy, program_of(source), 1);
  GuessingModel model(60);
  ask(model, program_of(source), 1);
  ASSERT_EQ(model.prompts_.size(), 1U);
  EXPECT_GT(roomy.prompts_[0].size(), 300U);
  EXPECT_LE(model.prompts_[0].size(), 240U);
  EXPECT_THAT(model.prompts_[0], StartsWith("[INST] How does its size respond?\nall x"));
}

TEST(Responses, AModelThatFailsIsToldAndPlansNothing) {
  GuessingModel model;
  model.calls_before_failure_ = 1;
  const ModelAdvice advice = ask(model, program_of(k_two), 3);
  EXPECT_EQ(advice.failure, "out of order");
  EXPECT_TRUE(advice.plan.empty());
  EXPECT_TRUE(advice.plan_changes.empty());
}

TEST(Responses, ListsBeyondTheTierAreNotPlannedAndTakeNoPlace) {
  GuessingModel model;
  AdviceOptions options;
  ResponseClasses classes = example();
  const auto plan = [&](unsigned lists) {
    options.sampling.count = lists;
    const auto advice = take(ask_for_responses(program_of("int f(int *p) { return *p; }"), model,
                                               classes, catalogue(), options));
    return texts_of(rank_lists(advice, lists));
  };
  EXPECT_THAT(plan(1), ElementsAre("default<O1>"));
  for (const char* list : {"no-such-pass", "function(unify-loop-exits)"}) {
    classes.lists[2] = list;
    EXPECT_THAT(plan(3), ElementsAre("function(dse)", "function(sroa)"));
    EXPECT_THAT(plan(1), ElementsAre("function(dse)"));
  }
}

}  // namespace
}  // namespace llmc
